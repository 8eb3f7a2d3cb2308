/** The paper server's wire, byte for byte (docs/exchange.md): what any Bybit client relies on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import { hmacHex } from '../../src/exchange/paper/server/auth.ts';
import {
  type Answer,
  pick,
  plainGet,
  plainPost,
  RawSocket,
  rows,
  signedGet,
  signedPost,
} from '../unit/paper/wire.ts';

const symbol = 'BTC-31MAR23-25000-C-USDT';
const startMs = Date.UTC(2023, 2, 5, 12);
let exchange: PaperExchange;
let links = 0;
const order = (change: Record<string, unknown> = {}): string => {
  links += 1;
  return JSON.stringify({
    category: 'option',
    symbol,
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.05',
    price: '5',
    orderLinkId: `wire-${links}`,
    ...change,
  });
};
const get = (path: string, query = ''): Promise<Answer> =>
  signedGet(path, query, { url: exchange.url, timestampMs: exchange.player.nowMs() });
const post = (path: string, body: string): Promise<Answer> =>
  signedPost(path, body, { url: exchange.url, timestampMs: exchange.player.nowMs() });

beforeAll(async () => {
  exchange = await startPaperExchange({
    source: { kind: 'manual', prices: { BTC: '23500' }, startMs },
    accounts: [
      { apiKey: 'k', apiSecret: 's', usdt: '100000' },
      { apiKey: 'limited', apiSecret: 's', usdt: '100000' },
    ],
  });
});
afterAll(async () => {
  await exchange.close();
});

describe('signatures', () => {
  it('are those of the golden vectors', () => {
    const text = (payload: string): string => `1700000000000testkey5000${payload}`;
    expect(hmacHex('testsecret', text('category=option&symbol=BTC-27MAR26-70000-C-USDT'))).toBe(
      'ada04facd36640e2fff84a2ac0cec46167a50a12bd8b2d08de08189a003d13c7',
    );
    expect(hmacHex('testsecret', text('{"category":"option","settleCoin":"USDT"}'))).toBe(
      '822fc49623d073b5bdf648f236f6e29b94d792005b3881cb8e99c43b206e281b',
    );
    expect(hmacHex('testsecret', 'GET/realtime1700000005000')).toBe(
      '2330de2041c701a1bf5a61887575a7a784add8c50269478c248edf1b43312515',
    );
  });

  it('are checked over the raw query: encoded as sent, and decoded only then', async () => {
    const answer = await get('/v5/order/realtime', 'orderLinkId=a%2Db&category=option');
    expect(answer.json).toMatchObject({ retCode: 0, result: { list: [] } });
  });

  it('that are wrong get 10004, an unknown key 10003, none at all 401', async () => {
    const base = { url: exchange.url, timestampMs: exchange.player.nowMs() };
    expect((await signedGet('/v5/account/info', '', { ...base, sign: '0'.repeat(64) })).json).toMatchObject({
      retCode: 10004,
    });
    expect((await signedGet('/v5/account/info', '', { ...base, key: 'unknown' })).json).toMatchObject({
      retCode: 10003,
    });
    expect((await plainGet(exchange.url, '/v5/account/info')).status).toBe(401);
  });

  it('may leave the receive window out, which then is 5000', async () => {
    const at = (timestampMs: number) =>
      signedGet('/v5/account/info', '', { url: exchange.url, timestampMs, recvWindow: null });
    expect((await at(exchange.player.nowMs() - 4_000)).json).toMatchObject({ retCode: 0 });
    expect((await at(exchange.player.nowMs() - 6_000)).json).toMatchObject({ retCode: 10002 });
  });
});

describe('the receive window', () => {
  const at = (offsetMs: number, recvWindow = '5000'): Promise<Answer> =>
    signedGet('/v5/account/info', '', {
      url: exchange.url,
      timestampMs: exchange.player.nowMs() + offsetMs,
      recvWindow,
    });

  it('reaches back as far as asked', async () => {
    expect((await at(-4_500)).json).toMatchObject({ retCode: 0 });
    expect((await at(-5_500)).json).toMatchObject({ retCode: 10002 });
    expect((await at(-5_500, '20000')).json).toMatchObject({ retCode: 0 });
  });

  it('never reaches a second ahead, however large it is', async () => {
    expect((await at(800)).json).toMatchObject({ retCode: 0 });
    expect((await at(1_200)).json).toMatchObject({ retCode: 10002 });
    expect((await at(1_200, '60000')).json).toMatchObject({ retCode: 10002 });
  });
});

describe('REST', () => {
  it('answers unknown paths, wrong methods and unknown socket paths with 404', async () => {
    expect((await plainGet(exchange.url, '/v5/nope')).status).toBe(404);
    expect((await plainGet(exchange.url, '/v5/order/create')).status).toBe(404);
    await expect(new RawSocket(`${exchange.wsUrl}/v5/public/spot`).open()).rejects.toThrow('404');
  });

  it('wraps every answer in the envelope, in compact JSON', async () => {
    const { text, json } = await plainGet(exchange.url, '/v5/market/time');
    expect(text).toMatch(
      /^\{"retCode":0,"retMsg":"OK","result":\{"timeSecond":"\d{10}","timeNano":"\d{19}"\},"retExtInfo":\{\},"time":\d{13}\}$/,
    );
    expect(json['time']).toBeGreaterThanOrEqual(startMs);
  });

  it.each(['', '{', '[', '"x"', 'null', '{"category":"option"}', '{"category":7}', '[{}]'])(
    'answers the malformed body %j with 10001 and lives on',
    async (body) => {
      const answer = await post('/v5/order/create', body);
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({ retCode: 10001 });
    },
  );

  it('lists the chain in pages that follow the cursor, whether the client encodes it again or not', async () => {
    const query = 'category=option&baseCoin=BTC&limit=300';
    const symbols = new Set<string>();
    let cursor = '';
    for (let page = 0; page < 10; page += 1) {
      const sent = page % 2 === 0 ? encodeURIComponent(cursor) : cursor;
      const { json } = await plainGet(exchange.url, '/v5/market/instruments-info', `${query}&cursor=${sent}`);
      for (const row of rows(json)) symbols.add(String(row['symbol']));
      cursor = String(pick(json, 'result.nextPageCursor'));
      if (cursor === '') break;
    }
    const whole = await plainGet(exchange.url, '/v5/market/instruments-info', 'category=option&limit=1000');
    expect(symbols.size).toBe(rows(whole.json).length);
    const byDefault = await plainGet(exchange.url, '/v5/market/instruments-info', 'category=option');
    expect(rows(byDefault.json)).toHaveLength(500);
  });

  it('says "0" where there is no quote, and joins tickers to fewer symbols than instruments', async () => {
    exchange.faults.noQuote(symbol, 'bid');
    const { json } = await plainGet(exchange.url, '/v5/market/tickers', `category=option&symbol=${symbol}`);
    expect(rows(json)[0]).toMatchObject({ bid1Price: '0', bid1Size: '0', bid1Iv: '0' });
    expect(pick(json, 'result.list.0.ask1Price')).not.toBe('0');
    exchange.faults.noQuote(symbol, null);
    const neither = await plainGet(exchange.url, '/v5/market/tickers', 'category=option');
    expect(neither.json).toMatchObject({ retCode: 10001 });
  });

  it('shows a flat position only when its symbol is asked for', async () => {
    expect(rows((await get('/v5/position/list', 'category=option')).json)).toEqual([]);
    const one = await get('/v5/position/list', `category=option&symbol=${symbol}`);
    expect(rows(one.json)).toMatchObject([{ symbol, size: '0', side: '' }]);
  });

  it('answers a batch item by item: 0 on top, two lists in step', async () => {
    const request = [
      { orderLinkId: 'batch-1' },
      { orderLinkId: 'batch-2', qty: '0.001' },
      { orderLinkId: 'batch-1' },
    ].map((change) => JSON.parse(order(change)) as unknown);
    const { json } = await post('/v5/order/create-batch', JSON.stringify({ category: 'option', request }));
    expect(json['retCode']).toBe(0);
    expect(rows(json, 'retExtInfo.list').map((row) => row['code'])).toEqual([0, 10001, 110072]);
    expect(rows(json).map((row) => row['orderId'] !== '')).toEqual([true, false, false]);
    expect(rows(json)[1]).toMatchObject({ orderLinkId: 'batch-2', createAt: '' });
  });

  it('counts the budget of each endpoint in headers and refuses an excess with 10006', async () => {
    const send = (path: string) =>
      signedGet(path, '', {
        url: exchange.url,
        key: 'limited',
        timestampMs: exchange.player.nowMs(),
      });
    const answers = await Promise.all(Array.from({ length: 12 }, () => send('/v5/user/query-api')));
    const codes = answers.map(({ json }) => json['retCode'] as number);
    expect(codes.filter((code) => code === 0)).toHaveLength(10);
    expect(codes.filter((code) => code === 10006)).toHaveLength(2);
    expect(answers[0]?.headers.get('x-bapi-limit')).toBe('10');
    const remaining = answers.map(({ headers }) => Number(headers.get('x-bapi-limit-status')));
    expect(Math.min(...remaining)).toBe(0);
    expect((await send('/v5/account/info')).json).toMatchObject({ retCode: 0 });
  });
});

/** For tests that send more orders than a second allows. */
const unlimited = (): Promise<PaperExchange> =>
  startPaperExchange({
    source: { kind: 'manual', prices: { BTC: '23500' }, startMs },
    accounts: [{ apiKey: 'k', apiSecret: 's', usdt: '100000' }],
    rateLimits: { perEndpoint: false },
  });
let free: PaperExchange;
beforeAll(async () => (free = await unlimited()));
afterAll(() => free.close());
const postFree = (path: string, body: string): Promise<Answer> =>
  signedPost(path, body, { url: free.url, timestampMs: free.player.nowMs() });

describe('what is not offered', () => {
  it.each([
    ['triggerPrice', '24000'],
    ['mmp', true],
    ['closeOnTrigger', true],
    ['tpslMode', 'Partial'],
    ['slippageTolerance', '0.5'],
    ['bboSideType', 'Queue'],
    ['smpType', 'CancelMaker'],
    ['orderFilter', 'StopOrder'],
    ['tpLimitPrice', '2000'],
    ['reduce_only', true],
    ['__proto__', {}],
  ])('is refused by its name: %s', async (name, value) => {
    const body = order().replace(/}$/, `,${JSON.stringify(name)}:${JSON.stringify(value)}}`);
    const answer = await postFree('/v5/order/create', body);
    expect(answer.json).toMatchObject({ retCode: 10001 });
    expect(String(answer.json['retMsg'])).toContain(name);
    expect((await postFree('/v5/order/pre-check', body)).json).toMatchObject({ retCode: 10001 });
  });

  it('is refused around a batch too, whose orders then do not come', async () => {
    const batch = `{"category":"option","mmp":true,"request":[${order({ orderLinkId: 'batched' })}]}`;
    const answer = await postFree('/v5/order/create-batch', batch);
    expect(answer.json).toMatchObject({ retCode: 10001 });
    expect(String(answer.json['retMsg'])).toContain('mmp');
    expect((await postFree('/v5/order/create', order({ orderLinkId: 'batched' }))).json).toMatchObject({
      retCode: 0,
    });
  });

  it('is taken where it asks for nothing', async () => {
    const nothing = { takeProfit: '', stopLoss: '0', mmp: false, closeOnTrigger: false, tpslMode: 'Full' };
    const others = {
      isLeverage: 0,
      marketUnit: 'baseCoin',
      smpType: 'None',
      triggerDirection: 1,
      triggerBy: 'MarkPrice',
    };
    expect((await postFree('/v5/order/create', order({ ...nothing, ...others }))).json).toMatchObject({
      retCode: 0,
    });
  });

  it('answers 10032 on documented paths, as the exchange does in demo trading, and 404 on others', async () => {
    for (const [method, path] of [
      ['GET', '/v5/market/kline'],
      ['POST', '/v5/position/switch-mode'],
      ['GET', '/v5/announcements/index'],
      ['POST', '/v5/position/set-tpsl-mode'],
      ['GET', '/v5/earn/product'],
      ['POST', '/v5/crypto-loan-flexible/borrow'],
    ] as const) {
      const answer = await (method === 'GET' ? plainGet : plainPost)(exchange.url, path);
      expect([answer.status, answer.json['retCode']], path).toEqual([200, 10032]);
    }
    expect((await plainPost(exchange.url, '/v5/market/kline')).status).toBe(404);
    expect((await plainGet(exchange.url, '/v5/earning/product')).status).toBe(404);
  });

  it('does not name a position after what every object has', async () => {
    for (const symbol of ['__proto__', 'constructor', 'toString'])
      expect((await get('/v5/position/list', `category=option&symbol=${symbol}`)).json).toMatchObject({
        retCode: 10001,
      });
  });
});

describe('prices far from the mark', () => {
  it('are refused on the side on which they cost: 30208 and 30209', async () => {
    expect((await postFree('/v5/order/create', order({ price: '5000' }))).json).toMatchObject({
      retCode: 30208,
    });
    const deep = order({ symbol: 'BTC-31MAR23-20000-C-USDT', side: 'Sell', price: '5' });
    expect((await postFree('/v5/order/create', deep)).json).toMatchObject({ retCode: 30209 });
    expect((await postFree('/v5/order/create', order({ side: 'Sell', price: '5000' }))).json).toMatchObject({
      retCode: 0,
    });
  });
});

describe('a fill', () => {
  it('is published by base coin, with the taxes on its fee to its owner alone', async () => {
    const taxed = await startPaperExchange({
      source: { kind: 'manual', prices: { BTC: '23500' }, startMs },
      accounts: [{ apiKey: 'k', apiSecret: 's', usdt: '100000' }],
      engine: { extraFees: [{ feeType: 'GST', subFeeType: 'IND_GST', share: '0.18' }] },
    });
    const subscriber = await new RawSocket(`${taxed.wsUrl}/v5/public/option`).open();
    const owner = await new RawSocket(`${taxed.wsUrl}/v5/private`).open();
    await subscriber.ask({ op: 'subscribe', args: ['publicTrade.BTC'] });
    await owner.authenticate(taxed.player.nowMs() + 10_000);
    await owner.ask({ op: 'subscribe', args: ['execution.option'] });
    const sign = () => ({ url: taxed.url, timestampMs: taxed.player.nowMs() });
    await signedPost('/v5/order/create', order({ orderType: 'Market', price: '' }), sign());
    const trade = await subscriber.next(({ topic }) => topic === 'publicTrade.BTC', 20_000);
    expect(pick(trade, 'data.0')).toMatchObject({ s: symbol, S: 'Buy', v: '0.05', BT: false });
    const execution = await owner.next(({ topic }) => topic === 'execution.option', 20_000);
    const fee = Number(pick(execution, 'data.0.execFee'));
    const [extra] = pick(execution, 'data.0.extraFees') as { fee: string; feeRate: string }[];
    expect(extra).toMatchObject({
      feeCoin: 'USDT',
      feeType: 'GST',
      subFeeType: 'IND_GST',
      feeRate: '0.000054',
    });
    expect(Number(extra?.fee)).toBeCloseTo(0.18 * fee, 7);
    const list = await signedGet('/v5/execution/list', 'category=option', sign());
    expect(rows(list.json)[0]?.['extraFees']).toEqual([extra]);
    const paid = Number(pick(execution, 'data.0.execPrice')) * 0.05 + fee + Number(extra?.fee);
    expect(Number(taxed.account('k').wallet().USDT)).toBeCloseTo(100_000 - paid, 6);
    await taxed.close();
  });
});
