/** A few thousand malformed requests and frames at each listener: the process lives, and answers properly at the end. */
import { repeatText, seed } from '../../support/seed.ts';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { afterEach, describe, expect, it, onTestFailed } from 'vitest';
import { WebSocket } from 'ws';
import { startPaperExchange, type PaperExchange } from '../../../src/exchange/paper/exchange.ts';
import { InspectorRelay } from '../../../src/telemetry/inspector/relay.ts';
import { plainGet, RawSocket, signedGet, signedPost } from '../../unit/paper/wire.ts';
import {
  chance,
  frame,
  inParallel,
  order,
  paths,
  rawStream,
  request,
  sendRaw,
  settle,
  texts,
  upgrade,
} from './garbage.ts';

const streams = ['/v5/public/linear', '/v5/public/option', '/v5/private', '/v5/trade'];
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function paper(
  options: Partial<Parameters<typeof startPaperExchange>[0]> = {},
): Promise<PaperExchange> {
  const exchange = await startPaperExchange({
    source: { kind: 'manual', prices: { BTC: '23500' }, startMs: Date.UTC(2023, 2, 5, 12) },
    accounts: [{ apiKey: 'k', apiSecret: 's', usdt: '100000' }],
    rateLimits: { perEndpoint: false },
    ...options,
  });
  open.push(exchange);
  return exchange;
}

async function relay(): Promise<{ relay: InspectorRelay; warnings: string[] }> {
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  const opened = await InspectorRelay.open({ port: 0, log });
  open.push(opened);
  return { relay: opened, warnings };
}

type Below = (max: number) => number;

const portOf = (url: string): number => Number(new URL(url).port);

/** Its seed is printed when the test fails. */
function seeded(): Below {
  onTestFailed(() => console.error(repeatText));
  return chance(seed);
}

const garbageRequests = (below: Below, count: number): string[] =>
  Array.from({ length: count }, () => request(below));

async function throwFrames(below: Below, port: number, path: string): Promise<void> {
  await inParallel(Array.from({ length: 60 }), 20, async () => {
    const socket = await rawStream(port, path);
    for (let sent = 0; socket && sent < 5; sent += 1) socket.write(frame(below));
    await settle();
    socket?.destroy();
  });
}

async function throwTexts(url: string): Promise<void> {
  await inParallel(texts, 10, async (text) => {
    const socket = new WebSocket(url);
    socket.on('error', () => undefined);
    await once(socket, 'open');
    socket.send(text);
    socket.send(Buffer.from(text), { binary: true });
    for (const part of ['{"op":', '"ping"', '']) socket.send(part, { fin: part === '' });
    socket.ping(text.slice(0, 100));
    await settle();
    socket.terminate();
  });
}

/** Heap that is in use once garbage is away. */
const heapMb = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

describe('the paper server', () => {
  it('answers one request of // with 404 and lives on', async () => {
    const exchange = await paper();
    const port = portOf(exchange.url);
    const answer = await sendRaw(port, 'GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    for (const path of ['//', '///', '/%', '/\\', 'http://[', '*'])
      expect(await sendRaw(port, upgrade(path, 'x')), path).toMatch(/^HTTP\/1\.1 404 /);
    expect((await plainGet(exchange.url, '/v5/market/time')).json).toMatchObject({ retCode: 0 });
  });

  it('takes a full address for its path', async () => {
    const port = portOf((await paper()).url);
    const asked = 'GET http://127.0.0.1/v5/market/time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(port, asked)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('survives thousands of malformed requests, handshakes and frames without one failure of its own', async () => {
    const exchange = await paper();
    const port = portOf(exchange.url);
    const below = seeded();
    const before = heapMb();
    await inParallel(garbageRequests(below, 2_000), 40, (bytes) => sendRaw(port, bytes, 150));
    await inParallel(paths, 10, (path) => sendRaw(port, upgrade(path, '%', ['Sec-WebSocket-Protocol: a,a'])));
    for (const path of streams) await throwFrames(below, port, path);
    for (const path of streams) await throwTexts(`${exchange.wsUrl}${path}`);
    expect(exchange.listeners()).toMatchObject({ failed: 0 });
    expect((await plainGet(exchange.url, '/v5/market/time')).json).toMatchObject({ retCode: 0 });
    const stream = await new RawSocket(`${exchange.wsUrl}/v5/public/linear`).open();
    expect(await stream.ask({ op: 'ping', req_id: 'x' })).toMatchObject({ ret_msg: 'pong', req_id: 'x' });
    stream.socket.terminate();
    expect(heapMb() - before).toBeLessThan(150);
  }, 120_000);

  it('answers whatever a signed order holds with a code, and nothing it set off fails later', async () => {
    const exchange = await paper();
    const below = seeded();
    const sign = { url: exchange.url };
    const commands = ['create', 'amend', 'cancel', 'cancel-all', 'pre-check', 'create-batch', 'amend-batch'];
    await inParallel(Array.from({ length: 1_500 }), 20, async () => {
      const path = `/v5/order/${commands[below(commands.length)] ?? ''}`;
      const body = path.endsWith('batch')
        ? JSON.stringify({ category: 'option', request: [order(below), order(below)] })
        : JSON.stringify(order(below));
      const answer = await signedPost(path, body, { ...sign, timestampMs: exchange.player.nowMs() });
      expect(answer.status, body).toBe(200);
      expect(answer.json['retCode'], body).toBeTypeOf('number');
    });
    const query = 'category=option&symbol=__proto__';
    for (const path of [
      '/v5/position/list',
      '/v5/order/realtime',
      '/v5/execution/list',
      '/v5/asset/delivery-record',
    ]) {
      const answer = await signedGet(path, query, { ...sign, timestampMs: exchange.player.nowMs() });
      expect(answer.json['retCode'], path).toBe(path === '/v5/position/list' ? 10001 : 0);
    }
    await settle();
    expect(exchange.listeners().failed).toBe(0);
  }, 60_000);

  it('lets a client go that takes longer than 10 s for its headers', { timeout: 30_000 }, async () => {
    const socket = connect(portOf((await paper()).url), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /v5/market/time HTTP/1.1\r\nX: ');
    const drip = setInterval(() => socket.write('a'), 500);
    open.push({ close: () => (clearInterval(drip), socket.destroy()) });
    const startMs = performance.now();
    socket.resume();
    await once(socket, 'close');
    expect(performance.now() - startMs).toBeLessThan(20_000);
  });

  it('refuses a long body before reading it, and a long frame before parsing it', async () => {
    const exchange = await paper();
    const port = portOf(exchange.url);
    const head = 'POST /v5/order/create HTTP/1.1\r\nHost: x\r\n';
    expect(await sendRaw(port, `${head}Content-Length: 900000000\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = `20000\r\n${'a'.repeat(0x20000)}\r\n`;
    // The connection ends while bytes are on their way, which may take the answer with it.
    const ended = await sendRaw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`);
    expect(ended).toMatch(/^(HTTP\/1\.1 413 |$)/);
    const stream = await new RawSocket(`${exchange.wsUrl}/v5/trade`).open();
    const closed = once(stream.socket, 'close');
    stream.send(`{"op":"ping","args":[${'0,'.repeat(1_000_000)}0]}`);
    expect((await closed)[0]).toBe(1009);
  });

  it('lets clients go that do not read, each and all together', async () => {
    const bounds = { eachMaxBytes: 2 ** 20, allMaxBytes: 3 * 2 ** 20 };
    const exchange = await paper({ bounds });
    const clients = await Promise.all(
      Array.from({ length: 10 }, () => new RawSocket(`${exchange.wsUrl}/v5/public/linear`).open()),
    );
    for (const client of clients) client.socket.pause();
    const closed = clients.map((client) => once(client.socket, 'close'));
    // Each answer repeats what was asked, so a client that only writes makes the server's queue grow.
    const asked = JSON.stringify({ op: 'subscribe', args: [`x.${'a'.repeat(20_000)}`] });
    let isOver = false;
    const flood = async (client: RawSocket): Promise<void> => {
      while (!isOver && client.socket.readyState === WebSocket.OPEN) {
        for (let sent = 0; sent < 20; sent += 1) client.send(asked);
        await new Promise((resolve) => setImmediate(resolve));
        if (exchange.listeners().dropped === clients.length) isOver = true;
      }
    };
    await Promise.all(clients.map(flood));
    expect(exchange.listeners().dropped).toBe(clients.length);
    for (const client of clients) client.socket.terminate();
    await Promise.all(closed);
    expect((await plainGet(exchange.url, '/v5/market/time')).json).toMatchObject({ retCode: 0 });
  }, 60_000);

  it('lets only so many streams attach', async () => {
    const exchange = await paper({ bounds: { streamsMax: 2 } });
    const first = await new RawSocket(`${exchange.wsUrl}/v5/private`).open();
    await new RawSocket(`${exchange.wsUrl}/v5/public/linear`).open();
    await expect(new RawSocket(`${exchange.wsUrl}/v5/private`).open()).rejects.toThrow('429');
    const gone = once(first.socket, 'close');
    first.socket.close();
    await gone;
    await new RawSocket(`${exchange.wsUrl}/v5/private`).open();
  });

  it('reports a handler of its own that fails, answers 500 and goes on', async () => {
    const reported: string[] = [];
    const exchange = await paper({ onFailure: (where) => void reported.push(where) });
    exchange.player.nowMs = () => {
      throw new Error('a fault of ours');
    };
    for (let asked = 0; asked < 12; asked += 1)
      expect((await plainGet(exchange.url, '/v5/market/time')).status).toBe(500);
    const stream = await new RawSocket(`${exchange.wsUrl}/v5/private`).open();
    const closed = once(stream.socket, 'close');
    stream.send({ op: 'ping' });
    expect((await closed)[0]).toBe(1011);
    expect(exchange.listeners().failed).toBe(13);
    expect(reported).toEqual(['GET /v5/market/time', 'GET /v5/market/time']);
    Reflect.deleteProperty(exchange.player, 'nowMs');
    expect((await plainGet(exchange.url, '/v5/market/time')).json).toMatchObject({ retCode: 0 });
  });
});

describe('the inspector', () => {
  it('survives thousands of malformed requests, handshakes and frames without one failure of its own', async () => {
    const { relay: opened, warnings } = await relay();
    const port = portOf(opened.url);
    const below = seeded();
    const before = heapMb();
    await inParallel(garbageRequests(below, 2_000), 40, (bytes) => sendRaw(port, bytes, 150));
    await inParallel(paths, 10, (path) => sendRaw(port, upgrade(path, `127.0.0.1:${port}`)));
    for (const path of ['/', '/source', '/?task=__proto__']) await throwFrames(below, port, path);
    for (const path of ['/', '/source']) await throwTexts(`${opened.url.replace('http', 'ws')}${path}`);
    expect(warnings.filter((line) => line.includes('could not handle'))).toEqual([]);
    expect((await plainGet(opened.url, '/')).text).toContain('Stately inspector');
    expect(heapMb() - before).toBeLessThan(150);
  }, 120_000);

  const status = (answer: string): string => answer.slice(9, 12);

  it('refuses pages of others before it looks at what they ask for', async () => {
    const { relay: opened } = await relay();
    const port = portOf(opened.url);
    const own = `127.0.0.1:${port}`;
    const foreign = [
      'http://evil.example',
      'null',
      `https://${own}`,
      `http://127.0.0.1:${port + 1}`,
      '%',
      `http://${own}.evil`,
    ];
    for (const path of ['/', '//', '/%', '/source', 'http://[']) {
      for (const origin of foreign)
        expect(
          status(await sendRaw(port, upgrade(path, own, [`Origin: ${origin}`]))),
          `${path} ${origin}`,
        ).toBe('403');
      expect(status(await sendRaw(port, upgrade(path, `evil.example:${port}`))), path).toBe('403');
      expect(status(await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: evil.example\r\n\r\n`)), path).toBe(
        '403',
      );
      // An image or a script that another page loads has no origin, but browsers say where they ask from.
      const loaded = `GET ${path} HTTP/1.1\r\nHost: ${own}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n\r\n`;
      expect(status(await sendRaw(port, loaded)), path).toBe('403');
    }
    expect(status(await sendRaw(port, upgrade('/', own, [`Origin: http://${own}`])))).toBe('101');
    expect(status(await sendRaw(port, upgrade('/', own)))).toBe('101');
    expect(status(await sendRaw(port, upgrade('//', own)))).toBe('404');
    const visit = 'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n';
    expect(status(await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${own}\r\n${visit}\r\n`))).toBe('200');
  });

  it('lets only so many attach', async () => {
    const { relay: opened } = await relay();
    const url = opened.url.replace('http', 'ws');
    for (let attached = 0; attached < 32; attached += 1) await new RawSocket(`${url}/source`).open();
    await expect(new RawSocket(url).open()).rejects.toThrow('429');
  });
});
