import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { type StreamTools, streamTimes } from '../../../src/exchange/bybit/stream/connection-plan.ts';
import { todaysClock } from '../../../src/exchange/bybit/time/clock-claim.ts';
import { ExchangeClock } from '../../../src/exchange/bybit/time/exchange-clock.ts';
import { localTime } from '../../../src/exchange/bybit/time/local-time.ts';
import { connectionBudget } from '../../../src/exchange/bybit/rest/request-budget.ts';
import { OptionTickers, UnderlyingStream } from '../../../src/exchange/bybit/stream/price-streams.ts';
import { PrivateStream } from '../../../src/exchange/bybit/stream/private-stream.ts';
import { accept, grant, delta, send, ticker, type Request } from './stream-frames.ts';

let server: WebSocketServer;
let url: string;
let tools: StreamTools;
let requests: Request[];
let answer: (request: Request, socket: WebSocket) => void;
let said: string[];
let closers: { close(): void }[];

beforeEach(async () => {
  requests = [];
  said = [];
  closers = [];
  answer = accept;
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const request = JSON.parse(data.toString('utf8')) as Request;
      requests.push(request);
      answer(request, socket);
    });
  });
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  tools = {
    clock: new ExchangeClock(),
    local: localTime,
    log: pino({ level: 'silent' }),
    random: () => 0,
    budget: connectionBudget(localTime),
    times: { ...streamTimes, backOffFirstMs: 20, backOffCapMs: 20, stepMaxMs: 600, staleAfterMs: 2_000 },
    counters: { malformedFrames: 0, connections: 0 },
    priceAgeMaxMs: Number.POSITIVE_INFINITY,
  };
});

afterEach(() => {
  for (const closer of closers) closer.close();
  for (const socket of server.clients) socket.terminate();
  server.close();
});

function index(...baseCoins: string[]): UnderlyingStream {
  const stream = new UnderlyingStream(
    url,
    {
      tick: ({ source, readings, atMs }) => said.push(`${source} ${readings.index ?? ''} @${atMs}`),
      stale: (_, reason, sources) => said.push(`stale ${sources?.join() ?? ''}: ${reason}`),
      live: (_, sources) => said.push(`live ${sources?.join() ?? ''}`),
    },
    tools,
  );
  for (const baseCoin of baseCoins) stream.watch(baseCoin);
  closers.push(stream);
  return stream;
}

function account(onTimeRefused = (): void => undefined): PrivateStream {
  const stream = new PrivateStream({
    url,
    key: { accountId: 'a1', apiKey: 'testkey', apiSecret: 'testsecret' },
    listener: {
      order: ({ linkId, status }) => said.push(`order ${linkId} ${status}`),
      fill: ({ execId }) => said.push(`fill ${execId}`),
      position: ({ symbol, qty }) => said.push(`position ${qty} ${symbol}`),
      connected: () => said.push('connected'),
      disconnected: () => said.push('disconnected'),
    },
    tools,
    onTimeRefused,
  });
  closers.push(stream);
  return stream;
}

const anySocket = (): WebSocket => {
  const [socket] = server.clients;
  if (!socket) throw new Error('no client is connected');
  return socket;
};
async function until(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`waited in vain; said ${JSON.stringify(said)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('index prices', () => {
  it('are live with the first price, not with the acknowledgement', async () => {
    const opening = index('BTC').open();
    await until(() => requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(said).toEqual([]);
    send(anySocket(), ticker('BTCUSDT', 5, { indexPrice: '25000' }));
    await opening;
    expect(said).toEqual(['BTC 25000 @5', 'live BTC']);
  });

  it('come from indexPrice alone, and stay what they were where a delta leaves them out', async () => {
    void index('BTC').open();
    await until(() => requests.length === 1);
    const socket = anySocket();
    send(socket, delta('BTCUSDT', 4, { lastPrice: '1' }));
    send(socket, ticker('BTCUSDT', 5, { indexPrice: '25000', lastPrice: '2', markPrice: '3' }));
    send(socket, delta('BTCUSDT', 6, { lastPrice: '4' }));
    send(socket, delta('BTCUSDT', 7, { indexPrice: '25001' }));
    send(socket, delta('BTCUSDT', 6, { indexPrice: '99' }));
    await until(() => said.length >= 4);
    expect(said.filter((each) => each !== 'live BTC')).toEqual([
      'BTC 25000 @5',
      'BTC 25000 @6',
      'BTC 25001 @7',
    ]);
  });

  it('are not carried over a reconnect: an old price does not complete a new delta', async () => {
    void index('BTC').open();
    await until(() => requests.length === 1);
    send(anySocket(), ticker('BTCUSDT', 5, { indexPrice: '25000' }));
    await until(() => said.includes('live BTC'));
    anySocket().terminate();
    await until(() => requests.length === 2);
    send(anySocket(), delta('BTCUSDT', 9, { lastPrice: '1' }));
    send(anySocket(), ticker('BTCUSDT', 10, { indexPrice: '26000' }));
    await until(() => said.at(-1) === 'BTC 26000 @10' || said.at(-1) === 'live BTC');
    expect(said).not.toContain('BTC 25000 @9');
  });

  it('of a coin that is acknowledged and never comes do not hold up the others', async () => {
    const opening = index('BTC', 'XRP').open();
    await until(() => requests.length === 2);
    send(anySocket(), ticker('BTCUSDT', 5, { indexPrice: '25000' }));
    await opening;
    expect(said).toEqual(['BTC 25000 @5', 'live BTC']);
  });

  it('are tried again when nothing at all comes', async () => {
    void index('BTC').open();
    await until(() => tools.counters.connections >= 2);
    expect(said.filter((each) => !each.startsWith('stale BTC: '))).toEqual([]);
  });

  it.each([
    '1e9999999999999999999',
    '1e600000000',
    '1e10000000',
    'Infinity',
    '0x5dc0',
    '24_000',
    '1e13',
    '-1',
  ])('of %s are malformed: counted, and nobody is told of them', async (indexPrice) => {
    void index('BTC').open();
    await until(() => requests.length === 1);
    send(anySocket(), ticker('BTCUSDT', 5, { indexPrice }));
    await until(() => tools.counters.malformedFrames === 1);
    send(anySocket(), ticker('BTCUSDT', 6, { indexPrice: '24000' }));
    const prices = () => said.filter((each) => !each.startsWith('stale'));
    await until(() => prices().length > 0);
    expect(prices()[0]).toBe('BTC 24000 @6');
  });

  it('in a frame from the year 2099 are not believed, and do not make all later ones old', async () => {
    const clock = new ExchangeClock({ rules: todaysClock });
    await clock.measure(() => Promise.resolve(Date.now()));
    tools = { ...tools, clock };
    void index('BTC').open();
    await until(() => requests.length === 1);
    send(anySocket(), ticker('BTCUSDT', Date.UTC(2099, 0, 1), { indexPrice: '240000' }));
    const nowMs = clock.nowMs();
    send(anySocket(), ticker('BTCUSDT', nowMs, { indexPrice: '24000' }));
    await until(() => said.length > 0);
    expect(said[0]).toBe(`BTC 24000 @${nowMs}`);
  });

  it('that cannot be read are counted and do not keep the feed fresh', async () => {
    void index('BTC').open();
    await until(() => requests.length === 1);
    send(anySocket(), ticker('BTCUSDT', 5, { indexPrice: 'high' }));
    anySocket().send('{"topic":"tick');
    send(anySocket(), ticker('DOGEUSDT', 5, { indexPrice: '1' }));
    send(anySocket(), ticker('BTCUSDT', 5, { indexPrice: '0' }));
    await until(() => tools.counters.malformedFrames === 4);
    expect(said).toEqual([]);
  });

  it('of a backlog that a stalled connection delivers at once are no news', async () => {
    tools = { ...tools, priceAgeMaxMs: 10_000 };
    const nowMs = Date.now();
    void index('BTC').open();
    await until(() => requests.length === 1);
    await tools.clock.measure(() => Promise.resolve(nowMs));
    send(anySocket(), ticker('BTCUSDT', nowMs - 14_000, { indexPrice: '25000' }));
    send(anySocket(), delta('BTCUSDT', nowMs, { lastPrice: '1' }));
    await until(() => said.includes('live BTC'));
    expect(said).toEqual([`BTC 25000 @${nowMs}`, 'live BTC']);
  });

  it('keep coming when a listener fails', async () => {
    const stream = new UnderlyingStream(
      url,
      {
        tick: ({ readings }) => {
          said.push(readings.index ?? '');
          throw new Error('a mistake above');
        },
        stale: () => undefined,
        live: () => undefined,
      },
      tools,
    );
    closers.push(stream);
    stream.watch('BTC');
    void stream.open();
    await until(() => requests.length === 1);
    send(anySocket(), ticker('BTCUSDT', 5, { indexPrice: '1' }));
    send(anySocket(), ticker('BTCUSDT', 6, { indexPrice: '2' }));
    await until(() => said.length === 2);
    expect(tools.counters.malformedFrames).toBe(0);
  });
});

describe("options' tickers", () => {
  const symbol = 'BTC-31MAR23-26000-C-USDT';
  const option = (ts: number, data: object) => ({ id: 'x', ...ticker(symbol, ts, data) });
  const shown = { markPrice: '900', indexPrice: '23500' };
  const greeks = { delta: '-0.45', gamma: '0.0001', vega: '10', theta: '-20', markIv: '0.6' };

  function tickers(): OptionTickers {
    answer = grant;
    const stream = new OptionTickers(
      url,
      {
        tick: ({ source, readings, atMs }) => said.push(`${source} ${JSON.stringify(readings)} @${atMs}`),
        stale: (feed) => said.push(`${feed} stale`),
        live: (feed) => said.push(`${feed} live`),
      },
      tools,
    );
    closers.push(stream);
    return stream;
  }

  const asked = () => until(() => requests.some(({ op }) => op === 'subscribe'));

  it('come with delta, mark and index, and are live with the first', async () => {
    tickers().watch(symbol);
    await asked();
    send(anySocket(), option(5, { ...shown, ...greeks }));
    await until(() => said.length === 2);
    expect(said).toEqual([
      `${symbol} {"optionMark":"900","optionIndex":"23500","delta":"-0.45","theta":"-20","volatility":"0.6"} @5`,
      'options live',
    ]);
  });

  it('without a mark say nothing, and without greeks nothing of them', async () => {
    tickers().watch(symbol);
    await asked();
    send(anySocket(), option(5, { markPrice: '', indexPrice: '23500' }));
    send(anySocket(), option(6, shown));
    await until(() => said.length === 2);
    expect(said[0]).toBe(`${symbol} {"optionMark":"900","optionIndex":"23500"} @6`);
  });

  it('are unsubscribed when no longer wanted, and data that still comes is no fault', async () => {
    const stream = tickers();
    stream.watch(symbol);
    await asked();
    stream.unwatch(symbol);
    await until(() => requests.some(({ op }) => op === 'unsubscribe'));
    send(anySocket(), option(5, shown));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(said).toEqual([]);
    expect(tools.counters.malformedFrames).toBe(0);
  });

  it('are asked for again after a lost connection, which is reported', async () => {
    tickers().watch(symbol);
    answer = (request, socket) => {
      grant(request, socket);
      if (request.op === 'subscribe') send(socket, option(5, shown));
    };
    await until(() => said.includes('options live'));
    anySocket().terminate();
    await until(() => said.filter((each) => each === 'options live').length === 2);
    expect(said.filter((each) => each.startsWith('options'))).toEqual([
      'options live',
      'options stale',
      'options live',
    ]);
    expect(requests.filter(({ op }) => op === 'subscribe')).toHaveLength(2);
  });

  it('share connections, 500 on each', async () => {
    const stream = tickers();
    for (let at = 0; at < 501; at += 1) stream.watch(`BTC-31MAR23-${20_000 + at}-C-USDT`);
    await until(() => requests.flatMap(({ args = [] }) => args).length >= 501);
    expect(server.clients.size).toBe(2);
  });
});

describe('an account stream', () => {
  it('logs in before it subscribes, and asks for its three topics at once, and for fast executions by themselves', async () => {
    await account().open();
    expect(requests.map(({ op }) => op)).toEqual(['auth', 'subscribe', 'subscribe']);
    expect(requests[1]?.args).toEqual(['order.option', 'execution.option', 'position.option']);
    expect(requests[2]?.args).toEqual(['execution.fast.option']);
    expect(said).toEqual(['connected']);
  });

  it('takes a log-in refused once for a wrong clock, twice for a wrong key', async () => {
    let timesRefused = 0;
    answer = ({ op }, socket) => send(socket, { success: false, ret_msg: 'Params Error', op });
    const opening = account(() => (timesRefused += 1)).open();
    await expect(opening).rejects.toMatchObject({ name: 'Terminal', scope: 'account' });
    expect(timesRefused).toBe(2);
  });

  it('is not connected while one of its topics is refused', async () => {
    let refusals = 1;
    answer = (request, socket) => {
      if (request.op !== 'subscribe' || refusals === 0) {
        accept(request, socket);
        return;
      }
      refusals -= 1;
      send(socket, { success: false, ret_msg: 'no permission', op: 'subscribe', req_id: request.req_id });
    };
    await account().open();
    expect(tools.counters.connections).toBe(1);
    expect(requests.slice(2).map(({ args }) => args)).toEqual([
      ['execution.fast.option'],
      ['order.option'],
      ['execution.option'],
      ['position.option'],
    ]);
    expect(said).toEqual(['connected']);
  });

  it('loses no good row to a bad one', async () => {
    await account().open();
    const row = { symbol: 'BTC-27MAR26-70000-C-USDT', side: 'Buy', qty: '1', price: '5', updatedTime: '7' };
    send(anySocket(), {
      topic: 'order.option',
      creationTime: 8,
      data: [
        { ...row, orderLinkId: 'a', orderStatus: 'New' },
        { ...row, orderLinkId: 'b', orderStatus: 'Confused' },
        { ...row, orderLinkId: 'e', orderStatus: 'Rejected', rejectReason: 'EC_DuplicatedClOrdID' },
        { ...row, orderLinkId: 'c', orderStatus: 'Filled', cumExecQty: '1' },
        { ...row, orderLinkId: 'd', orderStatus: 'New', category: 'linear' },
      ],
    });
    await until(() => said.includes('order c filled'));
    expect(said).toEqual(['connected', 'order a open', 'order c filled']);
    expect(tools.counters.malformedFrames).toBe(1);
  });

  it('receives executions under the all-in-one topic name too', async () => {
    await account().open();
    const row = {
      symbol: 'BTC-27MAR26-70000-C-USDT',
      side: 'Buy',
      execId: 'e1',
      execQty: '1',
      execPrice: '5',
      execTime: '7',
      category: 'option',
    };
    send(anySocket(), { topic: 'execution', creationTime: 8, data: [row] });
    await until(() => said.includes('fill e1'));
  });

  it('ends its opening when it is closed before it was ever live', async () => {
    answer = () => undefined;
    const stream = account();
    const opening = stream.open();
    await until(() => requests.length === 1);
    stream.close();
    await expect(opening).rejects.toMatchObject({ name: 'Retryable' });
  });
});
