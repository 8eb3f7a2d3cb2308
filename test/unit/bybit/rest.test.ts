import { reasonTextOrNothing } from '../../../src/domain/explain/reason-text.ts';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import { z } from 'zod';
import { quoteProblem } from '../../../src/domain/orders/limit-price.ts';
import { Retryable, UnknownOutcome } from '../../../src/domain/errors.ts';
import { AccountRest } from '../../../src/exchange/bybit/rest/account-rest.ts';
import { ExchangeClock } from '../../../src/exchange/bybit/time/exchange-clock.ts';
import { localTime } from '../../../src/exchange/bybit/time/local-time.ts';
import { MarketRest } from '../../../src/exchange/bybit/rest/market-rest.ts';
import { positionRow } from '../../../src/exchange/bybit/messages.ts';
import { parsePosition } from '../../../src/exchange/bybit/parse.ts';
import { addressBudget } from '../../../src/exchange/bybit/rest/request-budget.ts';
import { RestChannel } from '../../../src/exchange/bybit/rest/rest.ts';
import { HandTime } from './hand-time.ts';

interface Seen {
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}
type Script = (seen: Seen, response: http.ServerResponse) => void;

const exchangeMs = 1_700_000_000_000;
const credentials = { apiKey: 'testkey', apiSecret: 'testsecret' };
const answer = (result: unknown, fields: object = {}): string =>
  JSON.stringify({ retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: exchangeMs, ...fields });

let server: http.Server;
let seen: Seen[];
let script: Script;
let timesRefused: number;
let channel: RestChannel;

/** A clock that stands, so that signed times are known. */
async function standingClock(): Promise<ExchangeClock> {
  const local = new HandTime();
  const clock = new ExchangeClock({ local });
  while (!clock.isSet) {
    await clock.measure(() => Promise.resolve(exchangeMs));
    await local.pass(1_000);
  }
  await clock.measure(() => Promise.resolve(exchangeMs));
  return clock;
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  seen = [];
  timesRefused = 0;
  script = (_seen, response) => response.end(answer({}));
  server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const each = { url: request.url ?? '', headers: request.headers, body };
      seen.push(each);
      response.setHeader('content-type', 'application/json');
      script(each, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  channel = new RestChannel(
    {
      restUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      clock: await standingClock(),
      local: localTime,
      timeoutMs: 20_000,
      idleMaxMs: 2_000,
      address: addressBudget(localTime),
      onTimeRefused: () => (timesRefused += 1),
    },
    credentials,
  );
});

afterEach(() => {
  channel.close();
  server.closeAllConnections();
  server.close();
  vi.useRealTimers();
});

const readPositions = () =>
  channel.readAll({
    subject: 'read positions',
    path: '/v5/position/list',
    params: { category: 'option', limit: 200 },
    shape: positionRow,
    toDomain: parsePosition,
  });
const cancel = (notAfterMs = exchangeMs) =>
  channel.write({
    command: 'cancel',
    subject: 'cancel close-1',
    path: '/v5/order/cancel',
    params: { category: 'option', settleCoin: 'USDT' },
    notAfterMs,
  });

describe('a connection', () => {
  it('is used again at once, but not when it was idle for so long that the other side may be closing it', async () => {
    const connections = { made: 0, closed: 0 };
    server.on('connection', (socket) => {
      connections.made += 1;
      socket.on('close', () => (connections.closed += 1));
    });
    await cancel();
    await cancel();
    expect(connections.made).toBe(1);
    await expect.poll(() => connections.closed).toBe(1);
    await cancel();
    expect(connections.made).toBe(2);
  });
});

describe('a signed request', () => {
  it('carries the golden signature of a POST, made with the time of the exchange', async () => {
    await cancel();
    expect(seen[0]?.body).toBe('{"category":"option","settleCoin":"USDT"}');
    expect(seen[0]?.headers).toMatchObject({
      'x-bapi-timestamp': String(exchangeMs),
      'x-bapi-api-key': 'testkey',
      'x-bapi-recv-window': '5000',
      'x-bapi-sign': '822fc49623d073b5bdf648f236f6e29b94d792005b3881cb8e99c43b206e281b',
    });
  });

  it('signs exactly the query that is on the wire, cursors included', async () => {
    const cursors = ['first%3DX%26last%3DY', ''];
    const row = { symbol: 'BTC-27MAR26-70000-C-USDT', side: 'Sell', size: '0.05', avgPrice: '1240' };
    script = (_seen, response) =>
      response.end(answer({ list: [row], nextPageCursor: cursors.shift() ?? null }));
    expect(await readPositions()).toHaveLength(2);
    expect(new URL(seen[1]?.url ?? '', 'http://x').searchParams.get('cursor')).toBe('first%3DX%26last%3DY');
    for (const { url, headers } of seen) {
      const text = `${exchangeMs}testkey5000${url.slice(url.indexOf('?') + 1)}`;
      expect(headers['x-bapi-sign']).toBe(createHmac('sha256', 'testsecret').update(text).digest('hex'));
    }
  });
});

describe('ten tasks of an account that are woken at once', () => {
  it('cost one look at positions and one at margin, and the next look is asked anew', async () => {
    script = ({ url }, response) =>
      response.end(answer(url.includes('wallet') ? { list: [{ totalEquity: '1' }] } : { list: [] }));
    const account = new AccountRest(channel);
    const look = () => Promise.all([account.positions(), account.margin()]);
    await Promise.all(Array.from({ length: 10 }, look));
    expect(seen.map(({ url }) => url.split('?')[0]).sort()).toEqual([
      '/v5/account/wallet-balance',
      '/v5/position/list',
    ]);
    await look();
    expect(seen).toHaveLength(4);
  });
});

describe('a write', () => {
  it('leaves at the last moment of its time, and no later', async () => {
    await cancel(exchangeMs);
    await expect(cancel(exchangeMs - 1)).rejects.toMatchObject({ name: 'Retryable', retryAfterMs: 0 });
    await expect(cancel(exchangeMs - 3_000)).rejects.toThrow('3000 ms too late');
    expect(seen).toHaveLength(1);
  });

  it('is never signed with a later time than it was judged by, wherever the process is stopped', async () => {
    const steps = vi.spyOn(Date, 'now');
    for (let stopAt = 1; stopAt <= 4; stopAt += 1) {
      let readings = 0;
      steps.mockImplementation(() => exchangeMs + ((readings += 1) > stopAt ? 60_000 : 0));
      await cancel(exchangeMs);
    }
    steps.mockRestore();
    expect(seen).toHaveLength(4);
    for (const { headers } of seen)
      expect(Number(headers['x-bapi-timestamp'])).toBeLessThanOrEqual(exchangeMs);
  });
});

describe('an answer', () => {
  it('that misses the time window has the clock measured again', async () => {
    script = (_seen, response) => response.end(answer({}, { retCode: 10002, retMsg: 'recv_window' }));
    await expect(cancel()).rejects.toBeInstanceOf(Retryable);
    expect(timesRefused).toBe(1);
  });

  it('that quotes key and secret does not get them into the message', async () => {
    const retMsg = 'error sign! origin_string[1700000000000testkey5000] testsecret';
    script = (_seen, response) => response.end(answer({}, { retCode: 10004, retMsg }));
    const error: unknown = await cancel().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ scope: 'account', code: '10004' });
    expect(String(error)).not.toMatch(/testkey|testsecret/);
    expect((error as Error).cause).toBeUndefined();
  });

  it('may leave out everything but the code', async () => {
    script = (_seen, response) => response.end('{"retCode":0}');
    await expect(cancel()).resolves.toBeUndefined();
    script = (_seen, response) => response.end('{"retCode":110001}');
    await expect(cancel()).rejects.toMatchObject({ scope: 'final' });
  });

  it('acknowledges a write with retCode 0 and nothing else', async () => {
    for (const retCode of [1, -1, 10000, 110072, 987_654, 0.5]) {
      script = (_seen, response) => response.end(answer({ orderId: 'x' }, { retCode, retMsg: 'OK' }));
      await expect(cancel(), String(retCode)).rejects.toBeInstanceOf(Error);
    }
    for (const retCode of [null, '', 'OK', true]) {
      script = (_seen, response) => response.end(answer({ orderId: 'x' }, { retCode }));
      await expect(cancel(), JSON.stringify(retCode)).rejects.toBeInstanceOf(UnknownOutcome);
    }
  });

  it.each(['', '<html>', '{"retCode":', '[]', '"OK"'])('like %j to a write proves nothing', async (text) => {
    script = (_seen, response) => response.end(text);
    await expect(cancel()).rejects.toBeInstanceOf(UnknownOutcome);
    await expect(readPositions()).rejects.toBeInstanceOf(Retryable);
  });

  it('with a row that cannot be read fails the read, and says which field', async () => {
    script = (_seen, response) => response.end(answer({ list: [{ symbol: 'X', size: 'many' }] }));
    await expect(readPositions()).rejects.toThrow('size: not a number: "many"');
  });

  it('whose list never ends is not followed for ever', async () => {
    let pages = 0;
    script = (_seen, response) => response.end(answer({ list: [], nextPageCursor: `page-${(pages += 1)}` }));
    await expect(readPositions()).rejects.toThrow('did not end');
  });

  it('of HTTP 403 stops every request from this address for ten minutes', async () => {
    script = (_seen, response) => {
      response.statusCode = 403;
      response.end('access too frequent');
    };
    await expect(cancel()).rejects.toMatchObject({ name: 'Retryable', retryAfterMs: 600_000 });
    await expect(readPositions()).rejects.toThrow('no requests for another 600 s');
    expect(seen).toHaveLength(1);
  });

  it('that cannot be had at all is an unknown outcome of a write', async () => {
    server.close();
    server.closeAllConnections();
    await expect(cancel()).rejects.toThrow('ECONNREFUSED');
    await expect(cancel()).rejects.toBeInstanceOf(UnknownOutcome);
  });

  it('to a public question needs no key and is not signed', async () => {
    script = (_seen, response) => response.end(answer({ timeSecond: '1700000000' }));
    const { timeMs } = await channel.read(
      { subject: 'read server time', path: '/v5/market/time', params: {} },
      z.unknown(),
    );
    expect(timeMs).toBe(exchangeMs);
    expect(seen[0]?.headers['x-bapi-sign']).toBeUndefined();
  });
});

describe('a quote', () => {
  const symbol = 'BTC-27MAR26-70000-C-USDT';
  const row = { symbol, bid1Price: '5', ask1Price: '10', markPrice: '7', indexPrice: '70000' };
  const market = () => new MarketRest(channel, pino({ level: 'silent' }));

  it('is as old as the answer that it came in, by the clock of the exchange', async () => {
    script = (_seen, response) => response.end(answer({ list: [row] }, { time: exchangeMs - 16_000 }));
    const quote = await market().quote(symbol);
    expect(quote.atMs).toBe(exchangeMs - 16_000);
    expect(reasonTextOrNothing(quoteProblem(quote, 'Buy', exchangeMs))).toContain('16 s old');
  });

  it('in an answer without a time is none', async () => {
    script = (_seen, response) => response.end(answer({ list: [row] }, { time: undefined }));
    await expect(market().quote(symbol)).rejects.toBeInstanceOf(Retryable);
  });
});

describe('a position', () => {
  it('in a symbol the exchange no longer knows is looked for among all of them, and flat when absent', async () => {
    const held = 'BTC-27MAR26-70000-C-USDT';
    const row = { symbol: held, side: 'Sell', size: '0.05', avgPrice: '1240' };
    script = ({ url }, response) =>
      response.end(
        url.includes('symbol=')
          ? answer({}, { retCode: 10001, retMsg: 'symbol invalid' })
          : answer({ list: [row] }),
      );
    const account = new AccountRest(channel);
    expect(await account.position('BTC-24FEB23-24000-C-USDT')).toMatchObject({ side: null, qty: '0' });
    expect(await account.position(held)).toMatchObject({ side: 'Sell', qty: '0.05' });
  });
});

describe('a look-up', () => {
  it('asks recent orders, then history, then executions, and names the base coin', async () => {
    script = (_seen, response) => response.end(answer({ list: [] }));
    const sighting = await new AccountRest(channel).findOrder({
      linkId: 'open-1-v2',
      symbol: 'ETH-27MAR26-3000-P-USDT',
    });
    expect(sighting).toEqual({ order: null, fills: [] });
    expect(seen.map(({ url }) => url.slice(0, url.indexOf('?')))).toEqual([
      '/v5/order/realtime',
      '/v5/order/history',
      '/v5/execution/list',
    ]);
    expect(seen[2]?.url).toContain('baseCoin=ETH');
    expect(seen.every(({ url }) => url.includes('orderLinkId=open-1-v2'))).toBe(true);
  });

  it('finds the order itself, not the rejection of a second one under its link id', async () => {
    const row = {
      symbol: 'BTC-27MAR26-70000-C-USDT',
      side: 'Buy',
      qty: '1',
      price: '5',
      orderLinkId: 'open-1-v2',
    };
    const rows = [
      {
        ...row,
        orderStatus: 'Rejected',
        rejectReason: 'EC_DuplicatedClOrdID',
        cumExecQty: '0',
        updatedTime: '9',
      },
      { ...row, orderStatus: 'New', rejectReason: 'EC_NoError', cumExecQty: '0', updatedTime: '7' },
    ];
    script = (_seen, response) => response.end(answer({ list: rows }));
    const ref = { linkId: row.orderLinkId, symbol: row.symbol };
    expect((await new AccountRest(channel).findOrder(ref)).order).toMatchObject({ status: 'open' });
  });

  it('ignores rows of other orders and repeated executions', async () => {
    const order = {
      symbol: 'BTC-27MAR26-70000-C-USDT',
      side: 'Buy',
      qty: '1',
      price: '5',
      updatedTime: '7',
      orderStatus: 'Filled',
      cumExecQty: '1',
    };
    const fill = {
      symbol: order.symbol,
      side: 'Buy',
      execId: 'e1',
      execQty: '1',
      execPrice: '5',
      execTime: '7',
    };
    script = ({ url }, response) =>
      response.end(
        url.startsWith('/v5/execution')
          ? answer({ list: ['mine', 'mine', 'theirs'].map((orderLinkId) => ({ ...fill, orderLinkId })) })
          : answer({
              list: [
                { ...order, orderLinkId: 'theirs' },
                { ...order, orderLinkId: 'mine', orderStatus: 'PartiallyFilled', cumExecQty: '0.4' },
                { ...order, orderLinkId: 'mine' },
              ],
            }),
      );
    const sighting = await new AccountRest(channel).findOrder({ linkId: 'mine', symbol: order.symbol });
    expect(sighting.order).toMatchObject({ linkId: 'mine', status: 'filled', executedQty: '1' });
    expect(sighting.fills.map(({ execId, linkId }) => [execId, linkId])).toEqual([['e1', 'mine']]);
  });
});

describe('the realised volatility', () => {
  const read = () => new MarketRest(channel, pino({ level: 'silent' })).realisedVolatility('BTC', 30);
  const row = (value: string, hour: number, period = 30) => ({ period, value, time: `${hour * 3_600_000}` });

  it.each<[string, unknown, string | null]>([
    [
      'is the newest of its period',
      [row('0.41', 7), row('0.43', 9), row('0.42', 8), row('0.9', 9, 7)],
      '0.43',
    ],
    ['is read from a list, too', { category: 'option', list: [row('0.41', 7)] }, '0.41'],
    ['of an hour without a figure is the one before', [row('', 9), row('0', 8), row('0.4', 7)], '0.4'],
    ['is not known where there is none', [], null],
    ['is not known where no row can be read', [{ period: 30, value: 'low' }], null],
  ])('%s', async (_, result, expected) => {
    script = (_seen, response) => response.end(answer(result));
    expect(await read()).toBe(expected);
    expect(seen[0]?.url).toBe('/v5/market/historical-volatility?category=option&baseCoin=BTC&period=30');
  });
});
