import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Retryable, UnknownOutcome } from '../../../src/domain/errors.ts';
import { ExchangeClock } from '../../../src/exchange/bybit/time/exchange-clock.ts';
import { localTime } from '../../../src/exchange/bybit/time/local-time.ts';
import { addressBudget } from '../../../src/exchange/bybit/rest/request-budget.ts';
import { RestChannel } from '../../../src/exchange/bybit/rest/rest.ts';
import { wireLimits } from '../../../src/exchange/bybit/wire-limits.ts';
import { heldBytes, megabyte } from '../../support/memory.ts';

type Script = (response: http.ServerResponse, url: string) => void;

let server: http.Server;
let script: Script;
let channel: RestChannel;
/** Answers whose socket was closed before they ended. */
let cutOff: number;
const good = (result: unknown = {}): string => JSON.stringify({ retCode: 0, result, time: Date.now() });

async function open(timeoutMs: number): Promise<void> {
  server = http.createServer((request, response) => {
    response.on('close', () => (cutOff += response.writableFinished ? 0 : 1));
    response.on('error', () => undefined);
    request.resume().on('end', () => script(response, request.url ?? ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  channel = new RestChannel(
    {
      restUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      clock: new ExchangeClock(),
      local: localTime,
      timeoutMs,
      address: addressBudget(localTime),
      onTimeRefused: () => undefined,
    },
    { apiKey: 'testkey', apiSecret: 'testsecret' },
  );
}

beforeEach(() => (cutOff = 0));
afterEach(() => {
  channel.close();
  server.closeAllConnections();
  server.close();
});

const read = () =>
  channel.read({ subject: 'read tickers', path: '/v5/market/tickers', params: {} }, z.unknown());
const readAll = () =>
  channel.readAll({
    subject: 'read tickers',
    path: '/v5/market/tickers',
    params: {},
    shape: z.unknown(),
    toDomain: (row) => row,
  });
const cancel = () =>
  channel.write({
    command: 'cancel',
    subject: 'cancel close-1',
    path: '/v5/order/cancel',
    params: {},
    notAfterMs: Number.POSITIVE_INFINITY,
  });
/** Writes for as long as the client reads, and counts. */
function pour(response: http.ServerResponse, counted: (bytes: number) => void): void {
  const piece = Buffer.alloc(64 * 1024, 0x20);
  const more = (): void => {
    while (!response.destroyed) {
      counted(piece.length);
      if (response.write(piece)) continue;
      response.once('drain', more);
      return;
    }
  };
  more();
}

describe('an answer that is too large', () => {
  it('compressed 400 MB are given up at 8 MB, and the next request works', async () => {
    await open(30_000);
    const bomb = Buffer.concat(Array.from({ length: 100 }, () => gzipSync(Buffer.alloc(4 * megabyte, 0x20))));
    script = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    const before = heldBytes();
    await expect(read()).rejects.toMatchObject({
      name: 'Retryable',
      message: expect.stringContaining(`larger than ${wireLimits.marketAnswerBytesMax} bytes`) as string,
    });
    expect(heldBytes() - before).toBeLessThan(100 * megabyte);
    await expect(cancel()).rejects.toBeInstanceOf(UnknownOutcome);
    await expect(cancel()).rejects.toThrow(`larger than ${wireLimits.accountAnswerBytesMax} bytes`);
    script = (response) => response.end(good());
    await expect(read()).resolves.toMatchObject({ result: {} });
  });

  it.each([200, 500])('and never ends is given up with its socket (HTTP %i)', async (status) => {
    await open(30_000);
    let poured = 0;
    script = (response) => {
      response.statusCode = status;
      pour(response, (bytes) => (poured += bytes));
    };
    await expect(cancel()).rejects.toBeInstanceOf(UnknownOutcome);
    await expect.poll(() => cutOff).toBe(1);
    expect(poured).toBeLessThan(8 * wireLimits.marketAnswerBytesMax);
  });

  it('is never taken for JSON or for an object of its characters', async () => {
    await open(30_000);
    script = (response) => response.end(`"${'x'.repeat(4 * megabyte)}"`);
    await expect(read()).rejects.toThrow(/it is not a Bybit V5 answer.*x{50,300}…/);
  });
});

describe('an answer that comes too late', () => {
  it.each<[string, Script]>([
    ['never begins', () => undefined],
    ['stops after its head', (response) => response.writeHead(200).flushHeaders()],
    [
      'trickles',
      (response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('because it %s is not read any further: its socket is destroyed', async (_what, slow) => {
    await open(200);
    script = slow;
    await expect(cancel()).rejects.toThrow('timeout');
    await expect.poll(() => cutOff).toBe(1);
    await expect(read()).rejects.toBeInstanceOf(Retryable);
    await expect.poll(() => cutOff).toBe(2);
  });
});

describe('a list', () => {
  const page = (rows: number, cursor: string): string =>
    good({ list: Array.from({ length: rows }, () => 1), nextPageCursor: cursor });

  it('of more rows than any list has is given up', async () => {
    await open(30_000);
    let pages = 0;
    script = (response) => response.end(page(6_000, `page-${(pages += 1)}`));
    await expect(readAll()).rejects.toThrow(`did not end after ${wireLimits.rowsMax} rows`);
    expect(pages).toBe(4);
  });

  it('whose pages take longer together than any list may is given up', async () => {
    await open(1_000);
    let pages = 0;
    script = (response) => {
      setTimeout(() => response.end(page(1, `page-${(pages += 1)}`)), 500);
    };
    await expect(readAll()).rejects.toMatchObject({
      name: 'Retryable',
      message: expect.stringMatching(/did not end after \d+ ms|timeout/) as string,
    });
    expect(pages).toBeLessThan(wireLimits.pagesMax);
  });

  it('with a cursor of any length is none', async () => {
    await open(30_000);
    script = (response) => response.end(page(1, 'x'.repeat(wireLimits.cursorCharsMax + 1)));
    await expect(readAll()).rejects.toThrow('nextPageCursor: longer than 2048 characters');
  });
});

describe('a name in an answer', () => {
  it.each(['__proto__', 'constructor', 'toString'])('like %s is no status and no field', async (word) => {
    await open(30_000);
    script = (response) => response.end(`{"${word}":{"retCode":0},"result":{}}`);
    await expect(cancel()).rejects.toBeInstanceOf(UnknownOutcome);
  });
});
