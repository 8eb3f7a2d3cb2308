/**
 * What a browser can be made to send from elsewhere, and what nobody sends by accident: forms and scripts of other sites with the cookie
 * of who is signed in, other hosts, headers that smuggle, bodies that never end, keys that reach into prototypes.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operator } from '../../../src/application/caller.ts';
import { makeSignInLink, signIn } from '../../../src/application/sessions.ts';
import { ApiFixture, type Client } from '../../support/api-fixture.ts';
import { openLine, type Answer, type Line } from '../../support/openapi/sending.ts';

let fixture: ApiFixture;
let line: Line;
let host: string;
let cookie: string;
let ann: Client;
beforeAll(async () => {
  fixture = await ApiFixture.open();
  await fixture.user('ann', { accountName: 'main' });
  ann = await fixture.client('ann');
  line = openLine(fixture.api.url);
  host = new URL(fixture.api.url).host;
  const { code } = await makeSignInLink(operator, fixture.ports, { userName: 'ann' });
  const session = await signIn(fixture.ports, { kind: 'link', code }, 'a test');
  cookie = `rollkeeper_session_${host.split(':')[1] ?? ''}=${session?.secret ?? ''}`;
});
afterAll(async () => {
  line.close();
  await fixture.close();
});

/** Makes a token with the cookie of Ann's browser: what a page elsewhere would want. */
const ask = (
  headers: Readonly<Record<string, string>>,
  body = '{"name":"stolen","scope":"manage"}',
): Promise<Answer> =>
  line.send({
    method: 'POST',
    path: '/api/tokens',
    headers: { cookie, 'content-type': 'application/json', ...headers },
    body,
  });

const tokensTotal = async (): Promise<number> => (await ann<unknown[]>('/api/tokens')).body.length;

describe('a page of another site', () => {
  const own = (): string => `http://${host}`;
  it.each([
    ['a form', { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' }],
    ['a form that looks like JSON', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
    ['a script', { origin: 'https://evil.example', 'x-rollkeeper': '1' }],
    ['a script in a sandbox', { origin: 'null', 'x-rollkeeper': '1' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1', 'x-rollkeeper': '1' }],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site', 'x-rollkeeper': '1' }],
    ['a neighbour of the site, as the browser says', { 'sec-fetch-site': 'same-site', 'x-rollkeeper': '1' }],
    ['a browser that says nothing', {}],
    ['a browser that says nothing but the header', { 'x-rollkeeper': '1' }],
  ])('changes nothing with the cookie: %s', async (_, headers) => {
    const before = await tokensTotal();
    const { status } = await ask(headers);
    expect([403, 415]).toContain(status);
    expect(await tokensTotal()).toBe(before);
  });

  it('changes nothing although it names the right origin, without the header that no form has', async () => {
    expect((await ask({ origin: own() })).status).toBe(403);
    expect((await ask({ 'sec-fetch-site': 'same-origin' })).status).toBe(403);
  });

  it('is no different for every method that changes something', async () => {
    const headers = { cookie, origin: 'https://evil.example', 'x-rollkeeper': '1' };
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expect((await line.send({ method, path: '/api/channels/x', headers, body: null })).status).toBe(403);
  });

  it('the page of this server itself may', async () => {
    expect((await ask({ origin: own(), 'x-rollkeeper': '1' })).status).toBe(201);
  });

  it('reads nothing either: no answer allows another origin', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const headers = { cookie, origin: 'https://evil.example', 'access-control-request-method': 'POST' };
      const answer = await line.send({ method, path: '/api/tokens', headers, body: null });
      const allowing = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
      expect(allowing).toEqual([]);
    }
  });
});

it('A name of another host that leads here is not answered, whatever it asks for', async () => {
  for (const other of [
    'evil.example',
    'evil.example:8787',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
  ])
    for (const path of ['/api/tokens', '/api/session', '/api/openapi.json'])
      expect(
        (await line.send({ method: 'GET', path, headers: { cookie, host: other }, body: null })).status,
      ).toBe(421);
});

it('Keys that reach into prototypes are refused as keys that nobody asked for', async () => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    const headers = { origin: `http://${host}`, 'x-rollkeeper': '1' };
    const { status } = await ask(headers, `{"name":"p","scope":"read","${key}":{"isAdministrator":true}}`);
    expect(status).toBe(400);
  }
  expect(({} as { isAdministrator?: boolean }).isAdministrator).toBeUndefined();
});

it('No path leads out of the page to a file', async () => {
  const paths = [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/assets/..%2f..%2fpackage.json',
    '/%5c..%5cpackage.json',
    '//etc/passwd',
  ];
  for (const path of paths) {
    const { status, text } = await line.send({ method: 'GET', path, headers: {}, body: null });
    expect(status, path).toBeLessThan(500);
    expect(text, path).not.toMatch(/"dependencies"|root:/);
  }
});

/** @returns everything that comes back until the server closes the line */
async function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(fixture.api.url);
  const socket = connect(Number(port), hostname);
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return said;
}

describe('a request that is two', () => {
  it.each([
    ['two lengths', 'content-length: 4\r\ncontent-length: 40'],
    ['a length and chunks', 'content-length: 4\r\ntransfer-encoding: chunked'],
    ['chunks that are none', 'transfer-encoding: xchunked'],
    ['a line break in a header', 'x-a: b\rx-c: d'],
    ['a NUL in a header', 'x-a: \0'],
  ])('is refused as a whole and the line is closed: %s', async (_, headers) => {
    const said = await raw(
      `POST /api/session HTTP/1.1\r\nhost: ${host}\r\n${headers}\r\n\r\n{}\r\nGET /api/openapi.json HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
    );
    expect(said).toMatch(/^HTTP\/1\.1 4\d\d/);
    expect(said.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });
});

describe('an address that is written in another way', () => {
  it.each([
    ['a letter as a number', '/%61pi/presets'],
    ['a whole address', '{own}/api/presets'],
    ['a whole address with a letter as a number', '{own}/ap%69/presets'],
  ])('does not lead past the door: %s', async (_, path) => {
    const target = path.replace('{own}', fixture.api.url);
    const said = await raw(`GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    expect(said).toMatch(/^HTTP\/1\.1 401/);
    expect(said).toMatch(/^cache-control: no-store\r$/im);
  });
});

it('What a caller sends comes back in no header', async () => {
  const answer = await ann(`/api/tasks/${encodeURIComponent('a\r\nset-cookie: a=b')}`);
  expect(answer.status).toBe(404);
  expect(answer.headers.get('set-cookie')).toBeNull();
});

it('A secret that was sent comes back in no problem', async () => {
  const apiSecret = 's3cr3t'.repeat(200);
  const answer = await ann('/api/accounts', { body: { name: 'x', apiKey: 'abcdef', apiSecret } });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).not.toContain('s3cr3t');
  expect(fixture.logged.join('')).not.toContain('s3cr3t');
});

describe('one connection', () => {
  /** Everything that comes until the server closes it. */
  async function sent(text: string): Promise<string> {
    const { port, hostname } = new URL(fixture.api.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.write(text);
    await once(socket, 'close');
    return answer;
  }

  it('on which answers are asked for faster than they are read is closed, and others are served', async () => {
    const request = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const answers = (await sent(request.repeat(500))).split('HTTP/1.1 200').length - 1;
    expect(answers).toBeLessThan(500);
    expect(await sent(request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))).toMatch(
      /^HTTP\/1\.1 200/,
    );
  });

  it('that offers HTTP/2 in clear is answered in HTTP/1.1', async () => {
    const headers = [
      'Connection: close, Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABk',
    ];
    const answer = await sent(['GET /healthz HTTP/1.1', `Host: ${host}`, ...headers, '', ''].join('\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
  });
});
