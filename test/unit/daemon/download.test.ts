/** A calendar's server that misbehaves: every fault ends within its bounds, and no error says more of the address than its host. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { download, type DownloadOptions } from '../../../src/daemon/download.ts';
import { messageOf, Retryable } from '../../../src/domain/errors.ts';
import {
  answerWith,
  certificate,
  secret,
  serveCalendar,
  type CalendarServer,
  type Respond,
} from '../../support/calendar-server.ts';

let server: CalendarServer;
let encrypted: CalendarServer;
beforeEach(async () => {
  [server, encrypted] = await Promise.all([serveCalendar(), serveCalendar('https')]);
});
afterEach(async () => {
  await Promise.all([server.close(), encrypted.close()]);
});

const get = (from: CalendarServer, changes: Partial<DownloadOptions> = {}) =>
  download({
    url: from.url,
    bytesMax: 1_000,
    known: {},
    signal: new AbortController().signal,
    timeoutMs: 300,
    ca: certificate,
    ...changes,
  });

async function failureOf(answer: Promise<unknown>): Promise<Error> {
  const error = await answer.then(
    () => new Error('it did not fail'),
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(Error);
  expect(messageOf(error)).not.toContain(secret);
  return error as Error;
}

const redirectTo =
  (location: string): Respond =>
  (_, response) =>
    void response.writeHead(302, { location }).end();

test('a text comes with what says whether it has changed, and is not sent again while it has not', async () => {
  const modified = 'Sun, 29 Nov 2026 10:00:00 GMT';
  server.respond = answerWith(200, 'text ü', { etag: '"1"', 'last-modified': modified });
  const validators = { etag: '"1"', lastModified: modified };
  expect(await get(server)).toEqual({ text: 'text ü', validators });
  server.respond = answerWith(304);
  expect(await get(server, { known: validators })).toBeNull();
  const [, second] = server.requests;
  expect(second?.headers).toMatchObject({ 'if-none-match': '"1"', 'if-modified-since': modified });
});

test('an encrypted server is believed only with a certificate that is trusted', async () => {
  expect(await get(encrypted)).toMatchObject({ text: expect.stringContaining('VCALENDAR') as string });
  const { message } = await failureOf(get(encrypted, { ca: undefined }));
  expect(message).toMatch(/^127\.0\.0\.1:\d+: .*(self-signed|certificate)/);
});

describe('is reported, with the host', () => {
  test.each<[string, Respond, RegExp]>([
    ['a refusal', answerWith(404, 'no'), /answered with status 404$/],
    ['a server that is broken', answerWith(500, 'x'.repeat(5_000)), /answered with status 500$/],
    ['silence', () => undefined, /has not answered within 0\.3 s$/],
    [
      'an answer that never ends',
      (_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'), 10);
        response.on('close', () => clearInterval(timer));
      },
      /has not answered within 0\.3 s$/,
    ],
    ['a connection that closes', (request) => void request.socket.destroy(), /socket hang up|ECONNRESET/],
    [
      'a connection that closes in the middle',
      (request, response) => {
        response.writeHead(200, { 'content-length': '500' });
        response.write('BEGIN:VCALENDAR', () => request.socket.destroy());
      },
      /aborted|in the middle|ECONNRESET/,
    ],
    ['a huge answer', answerWith(200, 'x'.repeat(5_000)), /answered with more than/],
    ['what is compressed', answerWith(200, 'x', { 'content-encoding': 'gzip' }), /compressed/],
    ['a redirect to nowhere', redirectTo('http://['), /redirects to something that is no address/],
    ['a redirect to what is not encrypted', redirectTo('http://example.com/x'), /which is not encrypted/],
    ['a redirect to another kind of address', redirectTo('file:///etc/passwd'), /which is not encrypted/],
  ])('%s', async (_, respond, problem) => {
    server.respond = respond;
    const { message } = await failureOf(get(server));
    expect(message).toMatch(/^127\.0\.0\.1:\d+: /);
    expect(message).toMatch(problem);
  });

  test('nobody there', async () => {
    await server.close();
    expect((await failureOf(get(server))).message).toMatch(/ECONNREFUSED/);
  });

  test('a redirect to itself, after three', async () => {
    server.respond = redirectTo(server.url);
    expect((await failureOf(get(server))).message).toMatch(/redirects more than 3 times$/);
    expect(server.requests).toHaveLength(4);
  });

  test('a redirect from what is encrypted to what is not, also on this machine', async () => {
    encrypted.respond = redirectTo(server.url);
    expect((await failureOf(get(encrypted))).message).toMatch(
      /redirects to http:.*, which is not encrypted$/,
    );
    expect(server.requests).toHaveLength(0);
  });
});

test('a redirect to what is encrypted is followed', async () => {
  server.respond = redirectTo(encrypted.url);
  expect(await get(server)).toMatchObject({ text: expect.stringContaining('VCALENDAR') as string });
});

test('when to come back is taken from the answer, within an hour', async () => {
  server.respond = answerWith(429, '', { 'retry-after': '120' });
  const limited = await failureOf(get(server));
  expect(limited).toBeInstanceOf(Retryable);
  expect(limited).toMatchObject({ retryAfterMs: 120_000 });
  server.respond = answerWith(503, '', { 'retry-after': '999999' });
  expect(await failureOf(get(server))).toMatchObject({ retryAfterMs: 3_600_000 });
});

test('it is given up at once when the daemon closes', async () => {
  server.respond = () => undefined;
  const closing = new AbortController();
  const answer = failureOf(get(server, { signal: closing.signal, timeoutMs: 60_000 }));
  closing.abort();
  expect((await answer).message).toMatch(/aborted/);
});
