/** The port of the metrics: slow, hanging and many scrapers cost each other and the daemon nothing; what cannot be had is said. */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { BadInput } from '../../../src/domain/errors.ts';
import type { OutboxBacklog } from '../../../src/ports/system.ts';
import { openMetricsServer, type MetricsServer } from '../../../src/telemetry/metrics/server.ts';
import { sampleMetrics, sampleOutbox } from '../../support/metrics/sample-reading.ts';
import { scrape } from '../../support/metrics/scraped.ts';

const log = pino({ level: 'silent' });
const host = '127.0.0.1';
const opened: MetricsServer[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of opened.splice(0)) await server.close();
});

async function served(metrics = sampleMetrics(), problems: readonly string[] = []): Promise<string> {
  const server = await openMetricsServer({ host, port: 0, metrics, problems: () => problems, log });
  opened.push(server);
  return server.url;
}

async function hang(url: string, text: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), host);
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  socket.pause();
  socket.write(text);
  return socket;
}

test('scrapers that hang, do not read or send half a request hold nobody else up', async () => {
  const url = await served();
  for (let at = 0; at < 10; at += 1) {
    await hang(url, '');
    await hang(url, 'GET /metrics HTTP/1.1\r\nHost:');
    await hang(url, 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20));
  }
  expect((await scrape(url)).of('rollkeeper_tasks')).toBe(7);
  const [server] = opened.splice(0);
  await server?.close();
});

test('scrapes at the same time ask the database once, and one that does not answer holds none of them up for long', async () => {
  let asked = 0;
  let answer: (backlog: OutboxBacklog) => void = () => undefined;
  const metrics = sampleMetrics({
    outbox: () => {
      asked += 1;
      return new Promise((resolve) => (answer = resolve));
    },
  });
  const url = await served(metrics);
  const together = await Promise.all([scrape(url), scrape(url), scrape(url)]);
  expect(together.map((scraped) => scraped.of('rollkeeper_outbox_up'))).toEqual([0, 0, 0]);
  expect(together[0].of('rollkeeper_tasks')).toBe(7);
  // It is still being asked, and is not asked a second time.
  await scrape(url);
  expect(asked).toBe(1);
  answer(sampleOutbox);
  const later = scrape(url);
  await expect.poll(() => asked).toBe(2);
  answer(sampleOutbox);
  expect((await later).of('rollkeeper_outbox_up')).toBe(1);
});

test('health says why, and nothing else is there', async () => {
  const url = await served(sampleMetrics(), ['no prices: silent', 'the journal cannot write']);
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { isReady: false, problems: ['no prices: silent', 'the journal cannot write'] },
  ]);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/`)).status).toBe(404);
  expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
  const head = await fetch(`${url}/metrics`, { method: 'HEAD' });
  expect(head.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
});

test('a port that is taken and an address that is not here are errors that name key, value and way out', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, host, resolve));
  const { port } = other.address() as AddressInfo;
  const open = (place: { host: string; port: number }) =>
    openMetricsServer({ ...place, metrics: sampleMetrics(), problems: () => [], log });
  const taken = await open({ host, port }).catch((error: unknown) => error);
  expect(taken).toBeInstanceOf(BadInput);
  expect((taken as BadInput).issues).toEqual([
    { path: 'METRICS_PORT', found: `${port}, where another program listens`, expected: 'a free port' },
  ]);
  const elsewhere = await open({ host: '192.0.2.1', port: 0 }).catch((error: unknown) => error);
  expect((elsewhere as BadInput).issues[0]).toMatchObject({ path: 'METRICS_HOST', found: '192.0.2.1' });
  await new Promise((resolve) => other.close(resolve));
});
