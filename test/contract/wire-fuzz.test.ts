/**
 * The clients against a server of ours that answers with garbage: every request ends in a value or in one of the domain's
 * errors, no frame breaks anything, memory and log stay bounded, and at the end everything works.
 */
import { heldBytes, megabyte } from '../support/memory.ts';
import { repeatText, seed } from '../support/seed.ts';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Retryable, Terminal, UnknownOutcome } from '../../src/domain/errors.ts';
import { AccountRest } from '../../src/exchange/bybit/rest/account-rest.ts';
import { ExchangeClock } from '../../src/exchange/bybit/time/exchange-clock.ts';
import { localTime } from '../../src/exchange/bybit/time/local-time.ts';
import { MarketRest } from '../../src/exchange/bybit/rest/market-rest.ts';
import { RestChannel } from '../../src/exchange/bybit/rest/rest.ts';
import { RollingWindow } from '../../src/exchange/bybit/rest/rolling-window.ts';
import { wireLimits } from '../../src/exchange/bybit/wire-limits.ts';
import { StreamServer, ticker, until } from '../unit/bybit/stream-server.ts';
import { badAnswer, badBody, badFrame, randomFrom } from './garbage.ts';
import { Unanswered } from '../../src/exchange/bybit/stream/trade-stream.ts';
import { send } from '../unit/bybit/stream-frames.ts';

const heapMaxBytes = 300 * megabyte;
const symbol = 'BTC-31MAR23-26000-C-USDT';

/** An error that is not caught would end the daemon. */
const escaped: unknown[] = [];
const note = (error: unknown): void => void escaped.push(error);
beforeEach(() => {
  escaped.length = 0;
  process.on('uncaughtException', note).on('unhandledRejection', note);
});
afterEach(() => void process.off('uncaughtException', note).off('unhandledRejection', note));

describe('requests', () => {
  it(
    `that are answered with garbage end in an answer or a named error (${repeatText})`,
    { timeout: 300_000 },
    async () => {
      const random = randomFrom(seed);
      const good = JSON.stringify({
        retCode: 0,
        retMsg: 'OK',
        time: 1_700_000_000_000,
        result: { list: [{ symbol, markPrice: '7', indexPrice: '25000' }] },
      });
      let isSane = false;
      const server = net.createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', () => {
          const sane = `HTTP/1.1 200 OK\r\ncontent-length: ${good.length}\r\n\r\n${good}`;
          const answer = isSane ? Buffer.from(sane) : badAnswer(random);
          if (isSane) socket.write(sane);
          else if (answer === null) socket.destroy();
          else socket.end(answer);
        });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = new RollingWindow({
        name: 'this address',
        limit: 100_000,
        windowMs: 1,
        waitersMax: 100_000,
        local: localTime,
      });
      const channel = new RestChannel(
        {
          restUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          clock: new ExchangeClock(),
          local: localTime,
          timeoutMs: 1_000,
          address,
          onTimeRefused: () => undefined,
        },
        { apiKey: 'testkey', apiSecret: 'testsecret' },
      );
      const lines: string[] = [];
      const log = pino({ base: null }, { write: (line: string) => void lines.push(line) });
      const market = new MarketRest(channel, log);
      const account = new AccountRest(channel);
      const order = { linkId: 'close-a-v1', symbol };
      const kinds: readonly (() => Promise<unknown>)[] = [
        () => market.serverTimeMs(),
        () => market.instruments('BTC'),
        () => market.quotes('BTC', null, () => true),
        () => market.quote(`BTC-31MAR23-${Math.floor(random() * 1e6)}-C-USDT`),
        () => market.underlying('BTC'),
        () => market.quotesOf([symbol]),
        () => account.positions(),
        () => account.findOrder(order),
        () => account.margin(),
        () => account.cancel(order, Number.POSITIVE_INFINITY),
      ];
      const before = heldBytes();
      const wrong: unknown[] = [];
      let answered = 0;
      const ask = async (): Promise<void> => {
        const kind = kinds[Math.floor(random() * (random() < 0.9 ? 6 : kinds.length))];
        try {
          await kind?.();
        } catch (error) {
          const isNamed = [Retryable, Terminal, UnknownOutcome].some((each) => error instanceof each);
          if (!isNamed || (error as Error).message.length > 1_000) wrong.push(error);
        }
        answered += 1;
      };
      const asker = async (): Promise<void> => {
        for (let nth = 0; nth < 50; nth += 1) await ask();
      };
      await Promise.all(Array.from({ length: 40 }, asker));
      expect(wrong).toEqual([]);
      expect(escaped).toEqual([]);
      expect(answered).toBe(2_000);
      expect(heldBytes() - before).toBeLessThan(heapMaxBytes);
      expect(lines.length).toBeLessThan(100);
      expect(Math.max(0, ...lines.map((line) => line.length))).toBeLessThan(2_000);
      isSane = true;
      await expect.poll(() => market.quote(symbol).catch(() => null)).toMatchObject({ symbol, mark: '7' });
      channel.close();
      market.close();
      server.close();
    },
  );
});

describe('streams', () => {
  let server: StreamServer;
  afterEach(() => server.close());

  const isLive = (): boolean =>
    ['live BTC', `live ${symbol}`, 'connected'].every((each) => server.reports.includes(each));

  async function connect(): Promise<void> {
    server = await StreamServer.open({ stepMaxMs: 20_000 });
    server.prices('BTC');
    server.options(symbol);
    server.account();
    await until('all are connected', () => server.asked.length >= 5);
    await until('all are live', () => {
      server.push(ticker('BTCUSDT', Date.now(), {}));
      server.push(ticker(symbol, Date.now(), {}));
      return isLive();
    });
  }

  it(`that bring garbage stay connected and usable (${repeatText})`, async () => {
    await connect();
    const random = randomFrom(seed);
    const before = heldBytes();
    const counted = () => server.tools.counters.malformedFrames;
    for (let round = 0; round < 50; round += 1) {
      const fromCount = counted();
      for (let nth = 0; nth < 40; nth += 1) server.push(badFrame(random));
      server.push('the end of a round');
      // Each of three streams counts the end of the round.
      await until('the round was read', () => counted() >= fromCount + 3);
    }
    expect(escaped).toEqual([]);
    expect(counted()).toBeGreaterThan(3_000);
    expect(heldBytes() - before).toBeLessThan(heapMaxBytes);
    const warnings = server.logs.filter(({ msg }) => msg.includes('could not be read'));
    expect(warnings.length).toBeLessThan(50);
    expect(Math.max(...server.logs.map((line) => JSON.stringify(line).length))).toBeLessThan(2_000);
    expect(JSON.stringify(server.logs)).not.toMatch(/\\u001b|\\u0007/);
    server.reports.length = 0;
    await until('prices flow again', () => {
      server.push(ticker('BTCUSDT', Date.now() + 3_600_000, {}));
      server.push(ticker(symbol, Date.now() + 3_600_000, {}));
      return server.reports.includes('tick BTC') && server.reports.includes(`tick ${symbol}`);
    });
  });

  it(`of orders that bring garbage give each order an answer or a named end (${repeatText})`, async () => {
    server = await StreamServer.open({ stepMaxMs: 20_000 });
    const random = randomFrom(seed);
    const orders = server.orders();
    const connected = () => until('orders are taken', () => orders.isLive);
    await connected();
    let isSane = false;
    server.answer = ({ op, ...request }, socket) => {
      const { reqId = '' } = request as { readonly reqId?: string };
      const isOrder = op.startsWith('order.');
      if (isSane || !isOrder) {
        send(socket, { ...(isOrder && { reqId }), retCode: 0, retMsg: 'OK', op, connId: 't' });
        return;
      }
      for (let nth = 0; nth < 3; nth += 1) socket.send(badFrame(random));
      if (random() < 0.5) socket.send(badBody(random).replace('{', `{"op":"${op}","reqId":"${reqId}",`));
      else socket.terminate();
    };
    const wrong: unknown[] = [];
    const ask = async (): Promise<object | null> => {
      const signal = AbortSignal.timeout(100);
      try {
        return await orders.send({ op: 'order.cancel', params: { symbol }, stampedAtMs: 0, signal });
      } catch (error) {
        if (!(error instanceof Unanswered)) wrong.push(error);
        return null;
      }
    };
    for (let round = 0; round < 60; round += 1) {
      await connected();
      await Promise.all([ask(), ask()]);
    }
    expect(wrong).toEqual([]);
    expect(escaped).toEqual([]);
    expect(Math.max(...server.logs.map((line) => JSON.stringify(line).length))).toBeLessThan(2_000);
    isSane = true;
    // What is left of the garbage may still be taken for an answer that cannot be read.
    await expect.poll(() => connected().then(ask)).toMatchObject({ json: { retCode: 0 } });
  });

  it.each<[string, (socket: net.Socket) => void]>([
    ['a text that is no UTF-8', (socket) => socket.write(Buffer.from([0x81, 2, 0xc3, 0x28]))],
    ['a reserved opcode', (socket) => socket.write(Buffer.from([0x83, 0]))],
    ['a compressed frame that was never agreed on', (socket) => socket.write(Buffer.from([0xc1, 1, 0x20]))],
    ['a frame of an exabyte', (socket) => socket.write(Buffer.from([0x82, 127, 0, 0xff, 0, 0, 0, 0, 0, 0]))],
    ['no frame at all', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    [
      'fragments without end',
      (socket) => {
        socket.write(Buffer.from([0x01, 1, 0x20]));
        for (let nth = 0; nth < 100_000 && !socket.destroyed; nth += 1)
          socket.write(Buffer.from([0, 1, 0x20]));
      },
    ],
    [
      'a frame larger than any is',
      (socket) => {
        const size = wireLimits.frameBytesMax + 1;
        const start = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
        start.writeUInt32BE(size, 6);
        socket.write(Buffer.concat([start, Buffer.alloc(size, 0x20)]));
      },
    ],
  ])('that are broken by %s come back by themselves', async (_what, spoil) => {
    await connect();
    const before = server.connections;
    server.reports.length = 0;
    for (const socket of server.sockets) spoil((socket as unknown as { _socket: net.Socket })._socket);
    await until('all are connected anew', () => server.connections >= before + 3);
    await until('all are live', () => {
      server.push(ticker('BTCUSDT', Date.now(), {}));
      server.push(ticker(symbol, Date.now(), {}));
      return isLive();
    });
    expect(escaped).toEqual([]);
  });
});
