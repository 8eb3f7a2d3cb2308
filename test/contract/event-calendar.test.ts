/** Every calendar of events there is against the promises of the port, and what only one of them promises. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CalendarPlace } from '../../src/config/shapes.ts';
import { calendarSource, type DownloadSettings } from '../../src/daemon/calendar-source.ts';
import { RefreshedCalendar } from '../../src/daemon/event-calendar.ts';
import {
  answerWith,
  calendarOf,
  certificate,
  secret,
  serveCalendar,
  type CalendarServer,
} from '../support/calendar-server.ts';
import { describeEventCalendarReader, type EventCalendarFixture } from './suites/event-calendar.ts';

const startMs = Date.UTC(2026, 11, 1);
const everyMs = 20;

interface Line {
  readonly level: number;
  readonly msg: string;
}

function readerOf(place: CalendarPlace, settings: DownloadSettings = {}) {
  const lines: Line[] = [];
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line) as Line) });
  const clock = { atMs: startMs, nowMs: () => clock.atMs };
  const readers: RefreshedCalendar[] = [];
  const open = (): RefreshedCalendar => {
    const reader = new RefreshedCalendar({ source: calendarSource(place, settings), clock, log, everyMs });
    readers.push(reader);
    return reader;
  };
  const close = (): void => {
    for (const reader of readers) reader.close();
  };
  return { open, close, clock, lines };
}

function openFile(kind: 'yaml' | 'ics'): EventCalendarFixture {
  const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-calendar-'));
  const path = join(folder, `events.${kind}`);
  const { open, close, clock } = readerOf({ kind: 'file', path });
  const yamlOf = ({ from, name }: { readonly from: string; readonly name: string }): string => {
    const hour = Number(from.slice(9, 11));
    const [day, minute] = [from.replace(/^(....)(..)(..).*/, '$1-$2-$3'), from.slice(11, 13)];
    return `- { name: ${name}, times: "${day} ${hour}:${minute}..${hour + 1}:${minute}" }\n`;
  };
  return {
    open,
    clock,
    secret: null,
    say: (events) => {
      if (events === 'no calendar') writeFileSync(path, 'Christmas');
      else writeFileSync(path, kind === 'ics' ? calendarOf(...events) : events.map(yamlOf).join(''));
    },
    close: () => {
      close();
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  };
}

async function openAddress(kind: 'http' | 'https'): Promise<EventCalendarFixture> {
  const server = await serveCalendar(kind);
  const { open, close, clock } = readerOf({ kind: 'url', url: server.url }, { ca: certificate });
  return {
    open,
    clock,
    secret,
    say: (events) => {
      server.respond = events === 'no calendar' ? answerWith(500) : answerWith(200, calendarOf(...events));
    },
    close: () => {
      close();
      return server.close();
    },
  };
}

describeEventCalendarReader('a YAML file', { open: () => openFile('yaml') });
describeEventCalendarReader('an iCalendar', { open: () => openFile('ics') });
describeEventCalendarReader('an address on this machine', { open: () => openAddress('http') });
describeEventCalendarReader('an encrypted address', { open: () => openAddress('https') });

describe('an address', () => {
  let server: CalendarServer;
  beforeEach(async () => {
    server = await serveCalendar();
  });
  afterEach(() => server.close());

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await sleep(5);
  }

  test('is asked only for what changed, and known as of the last time that it was asked', async () => {
    const events = calendarOf({ from: '20261210T133000Z', name: 'CPI' });
    server.respond = (request, response) => {
      const isKnown = request.headers['if-none-match'] === '"1"';
      response.writeHead(isKnown ? 304 : 200, { etag: '"1"' }).end(isKnown ? '' : events);
    };
    const { open, close, clock } = readerOf({ kind: 'url', url: server.url });
    const reader = open();
    await until(() => reader.known() !== null);
    clock.atMs += 1_000;
    await until(() => reader.known()?.asOfMs === clock.atMs);
    expect(reader.known()?.events).toMatchObject([{ name: 'CPI' }]);
    expect(server.requests.slice(1).every(({ headers }) => headers['if-none-match'] === '"1"')).toBe(true);
    close();
  });

  test('that sends a page is not believed: the next answer is not compared with the page', async () => {
    server.respond = answerWith(200, '<html>Sign in</html>', { etag: '"page"' });
    const { open, close } = readerOf({ kind: 'url', url: server.url });
    const reader = open();
    await until(() => server.requests.length > 2);
    expect(reader.known()).toBeNull();
    expect(reader.trouble()?.problem).toMatch(
      /127\.0\.0\.1:\d+: no iCalendar: it begins with "<html>Sign in/,
    );
    expect(server.requests.some(({ headers }) => headers['if-none-match'] !== undefined)).toBe(false);
    close();
  });

  test('does not say its secret in the log, whatever goes wrong, and complains once', async () => {
    server.respond = answerWith(302, '', { location: `http://example.com/${secret}` });
    const { open, close, lines } = readerOf({ kind: 'url', url: server.url });
    const reader = open();
    await until(() => server.requests.length > 2);
    server.respond = answerWith(200, calendarOf());
    await until(() => reader.known() !== null);
    close();
    expect(JSON.stringify(lines)).not.toContain(secret);
    expect(lines.filter(({ level }) => level >= 50)).toHaveLength(1);
  });

  test('that hangs keeps a start waiting for as long as it is let, not longer', async () => {
    server.respond = () => undefined;
    const { open, close } = readerOf({ kind: 'url', url: server.url });
    const reader = open();
    const before = Date.now();
    await reader.tried(50);
    expect(Date.now() - before).toBeLessThan(2_000);
    expect(reader.known()).toBeNull();
    close();
  });

  test('is no longer known when the events that it looked for come to an end', async () => {
    server.respond = answerWith(200, calendarOf());
    const { open, close, clock } = readerOf({ kind: 'url', url: server.url });
    const reader = open();
    await until(() => reader.known() !== null);
    server.respond = answerWith(500);
    clock.atMs += 77 * 86_400_000;
    await until(() => reader.trouble() !== null);
    const asOfMs = reader.known()?.asOfMs ?? 0;
    clock.atMs = asOfMs + 79 * 86_400_000;
    expect(reader.known()).toBeNull();
    close();
  });
});
