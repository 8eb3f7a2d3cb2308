/** The paper server's wire, byte for byte where the reference is (bybit-v5.md §2–§5): what any Bybit client relies on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import { hmacHex } from '../../src/exchange/paper/server/auth.ts';
import { levels, pick, plain, RawSocket, rows, signed, type Answer } from '../unit/paper/wire.ts';

const symbol = 'BTC-31MAR23-25000-C-USDT';
const startMs = Date.UTC(2023, 2, 5, 12);
let exchange: PaperExchange;
const sockets: RawSocket[] = [];
const socket = (path: string): Promise<RawSocket> => {
  const opened = new RawSocket(`${exchange.wsUrl}${path}`);
  sockets.push(opened);
  return opened.open();
};
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
  signed('GET', path, query, { url: exchange.url, timestampMs: exchange.player.nowMs() });
const post = (path: string, body: string): Promise<Answer> =>
  signed('POST', path, body, { url: exchange.url, timestampMs: exchange.player.nowMs() });

beforeAll(async () => {
  exchange = await startPaperExchange({
    source: { kind: 'manual', prices: { BTC: '23500' }, startMs },
    accounts: [
      { apiKey: 'k', apiSecret: 's', usdt: '100000' },
      { apiKey: 'limited', apiSecret: 's', usdt: '100000' },
      { apiKey: 'ws', apiSecret: 's', usdt: '100000' },
    ],
  });
});
afterAll(async () => {
  for (const opened of sockets) opened.socket.terminate();
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
    expect(
      (await signed('GET', '/v5/account/info', '', { ...base, sign: '0'.repeat(64) })).json,
    ).toMatchObject({ retCode: 10004 });
    expect((await signed('GET', '/v5/account/info', '', { ...base, key: 'nobody' })).json).toMatchObject({
      retCode: 10003,
    });
    expect((await plain('GET', exchange.url, '/v5/account/info')).status).toBe(401);
  });

  it('may leave the receive window out, which then is 5000', async () => {
    const at = (timestampMs: number) =>
      signed('GET', '/v5/account/info', '', { url: exchange.url, timestampMs, recvWindow: null });
    expect((await at(exchange.player.nowMs() - 4_000)).json).toMatchObject({ retCode: 0 });
    expect((await at(exchange.player.nowMs() - 6_000)).json).toMatchObject({ retCode: 10002 });
  });
});

describe('the receive window', () => {
  const at = (offsetMs: number, recvWindow = '5000'): Promise<Answer> =>
    signed('GET', '/v5/account/info', '', {
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
    expect((await plain('GET', exchange.url, '/v5/nope')).status).toBe(404);
    expect((await plain('GET', exchange.url, '/v5/order/create')).status).toBe(404);
    await expect(new RawSocket(`${exchange.wsUrl}/v5/public/spot`).open()).rejects.toThrow('404');
  });

  it('wraps every answer in the envelope, in compact JSON', async () => {
    const { text, json } = await plain('GET', exchange.url, '/v5/market/time');
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
      const { json } = await plain(
        'GET',
        exchange.url,
        '/v5/market/instruments-info',
        `${query}&cursor=${sent}`,
      );
      for (const row of rows(json)) symbols.add(String(row['symbol']));
      cursor = String(pick(json, 'result.nextPageCursor'));
      if (cursor === '') break;
    }
    const whole = await plain(
      'GET',
      exchange.url,
      '/v5/market/instruments-info',
      'category=option&limit=1000',
    );
    expect(symbols.size).toBe(rows(whole.json).length);
    const byDefault = await plain('GET', exchange.url, '/v5/market/instruments-info', 'category=option');
    expect(rows(byDefault.json)).toHaveLength(500);
  });

  it('says "0" where there is no quote, and joins tickers to fewer symbols than instruments', async () => {
    exchange.faults.noQuote(symbol, 'bid');
    const { json } = await plain(
      'GET',
      exchange.url,
      '/v5/market/tickers',
      `category=option&symbol=${symbol}`,
    );
    expect(rows(json)[0]).toMatchObject({ bid1Price: '0', bid1Size: '0', bid1Iv: '0' });
    expect(pick(json, 'result.list.0.ask1Price')).not.toBe('0');
    exchange.faults.noQuote(symbol, null);
    const neither = await plain('GET', exchange.url, '/v5/market/tickers', 'category=option');
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
      signed('GET', path, '', {
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

describe('the public streams', () => {
  it('answer ping each in its own way', async () => {
    const linear = await socket('/v5/public/linear');
    expect(await linear.ask({ op: 'ping', req_id: '7' })).toMatchObject({
      success: true,
      ret_msg: 'pong',
      req_id: '7',
      op: 'ping',
    });
    expect(linear.texts[0]).toContain('"ret_msg":"pong"');
    const option = await socket('/v5/public/option');
    const pong = await option.ask({ op: 'ping' });
    expect(Object.keys(pong).sort()).toEqual(['args', 'op']);
    expect(pong['op']).toBe('pong');
  });

  it('give linear tickers as a snapshot and then deltas of what changed', async () => {
    const linear = await socket('/v5/public/linear');
    linear.send({ op: 'subscribe', args: ['tickers.BTCUSDT'], req_id: 's1' });
    expect(await linear.next()).toMatchObject({ success: true, op: 'subscribe', req_id: 's1' });
    const first = await linear.next();
    expect(first).toMatchObject({
      topic: 'tickers.BTCUSDT',
      type: 'snapshot',
      data: { indexPrice: '23500.00' },
    });
    exchange.setIndex('BTC', '23600');
    const delta = await linear.next((frame) => pick(frame, 'data.indexPrice') === '23600.00');
    expect(delta).toMatchObject({ type: 'delta', data: { symbol: 'BTCUSDT', lastPrice: '23600.0' } });
    expect(pick(delta, 'data.fundingRate')).toBeUndefined();
    exchange.setIndex('BTC', '23500');
  });

  it('refuse an unknown linear topic as a whole', async () => {
    const linear = await socket('/v5/public/linear');
    const answer = await linear.ask({ op: 'subscribe', args: ['tickers.BTCUSDT', 'tickers.NOPE'] });
    expect(answer).toMatchObject({ success: false, op: 'subscribe' });
  });

  it('answer option subscriptions with COMMAND_RESP, without op and req_id, and name what failed', async () => {
    const option = await socket('/v5/public/option');
    const args = [
      `tickers.${symbol}`,
      'tickers.BTC-31MAR23-1-C-USDT',
      'tickers.BTC',
      `orderbook.50.${symbol}`,
    ];
    const answer = await option.ask({ op: 'subscribe', args, req_id: args.join(',') });
    expect(Object.keys(answer).sort()).toEqual(['conn_id', 'data', 'success', 'type']);
    expect(answer).toMatchObject({
      type: 'COMMAND_RESP',
      data: {
        failTopics: ['tickers.BTC-31MAR23-1-C-USDT'],
        successTopics: [`tickers.${symbol}`, 'tickers.BTC', `orderbook.50.${symbol}`],
      },
    });
    const ticker = await option.next();
    expect(ticker).toMatchObject({ topic: `tickers.${symbol}`, type: 'snapshot' });
    for (const field of ['bidPrice', 'askPrice', 'bidIv', 'askIv', 'markPriceIv', 'underlyingPrice', 'delta'])
      expect(typeof pick(ticker, `data.${field}`)).toBe('string');
    await option.next((frame) => frame['topic'] === `tickers.${symbol}`);
    expect(option.frames.filter((frame) => frame['topic'] && frame['topic'] !== `tickers.${symbol}`)).toEqual(
      [],
    );
  });

  it('give an order book as a snapshot and then the levels that changed', async () => {
    const option = await socket('/v5/public/option');
    option.send({ op: 'subscribe', args: [`orderbook.25.${symbol}`] });
    const snapshot = await option.next((frame) => frame['type'] === 'snapshot');
    const book = new Map<string, string>(levels(snapshot, 'data.b'));
    exchange.setIndex('BTC', '23800');
    const delta = await option.next(
      (frame) => frame['type'] === 'delta' && levels(frame, 'data.b').length > 0,
    );
    for (const [price, size] of levels(delta, 'data.b'))
      if (size === '0') book.delete(price);
      else book.set(price, size);
    const { json } = await plain(
      'GET',
      exchange.url,
      '/v5/market/orderbook',
      `category=option&symbol=${symbol}&limit=25`,
    );
    const shown = levels(json, 'result.b')
      .map(([price]) => price)
      .sort();
    expect([...book.keys()].sort()).toEqual(shown);
    exchange.setIndex('BTC', '23500');
  });

  it.each(['', '{', '7', '{"op":"dance"}', '{"op":"subscribe","args":"x"}', '{"op":"subscribe"}'])(
    'survive the frame %j',
    async (text) => {
      for (const path of ['/v5/public/linear', '/v5/public/option', '/v5/private', '/v5/trade']) {
        const opened = await socket(path);
        opened.send(text);
        await opened.next();
        const pong = await opened.ask({ op: 'ping' }, (frame) => JSON.stringify(frame).includes('pong'));
        expect(pong).toBeDefined();
        opened.socket.terminate();
      }
    },
  );
});

describe('the private stream', () => {
  it('says success or failure of authentication in its own shape', async () => {
    const good = await socket('/v5/private');
    expect(await good.authenticate(exchange.player.nowMs() + 5_000)).toEqual({
      success: true,
      ret_msg: '',
      op: 'auth',
      conn_id: expect.any(String) as unknown,
      req_id: 'auth',
    });
    const bad = await socket('/v5/private');
    const failed = await bad.authenticate(exchange.player.nowMs() + 5_000, 'k', 'wrong');
    expect(failed).toMatchObject({ success: false, op: 'auth' });
    expect(failed['ret_msg']).not.toBe('');
    const late = await socket('/v5/private');
    expect(await late.authenticate(exchange.player.nowMs() - 2_000)).toMatchObject({ success: false });
  });

  it('gives nothing to whoever is not authenticated', async () => {
    const opened = await socket('/v5/private');
    expect(await opened.ask({ op: 'subscribe', args: ['order'] })).toMatchObject({ success: false });
  });

  it('refuses all-in-one and categorised topics in one request', async () => {
    const opened = await socket('/v5/private');
    await opened.authenticate(exchange.player.nowMs() + 5_000);
    const mixed = await opened.ask({ op: 'subscribe', args: ['order', 'order.option'] });
    expect(mixed).toMatchObject({ success: false, op: 'subscribe' });
    const good = await opened.ask({ op: 'subscribe', args: ['order.option', 'wallet'] });
    expect(good).toMatchObject({ success: true });
  });

  it('tells order, execution, position and wallet under the name that was subscribed', async () => {
    const opened = await socket('/v5/private');
    await opened.authenticate(exchange.player.nowMs() + 5_000);
    await opened.ask({
      op: 'subscribe',
      args: ['order.option', 'execution.option', 'position', 'wallet', 'greeks'],
    });
    await post('/v5/order/create', order({ price: '3000', orderLinkId: 'told' }));
    const execution = await opened.next((frame) => frame['topic'] === 'execution.option');
    expect(execution['data']).toMatchObject([
      {
        category: 'option',
        orderLinkId: 'told',
        execQty: '0.05',
        isMaker: false,
        feeCurrency: 'USDT',
        execType: 'Trade',
      },
    ]);
    const filled = await opened.next((frame) => frame['topic'] === 'order.option');
    expect(filled['data']).toMatchObject([
      { orderLinkId: 'told', orderStatus: 'Filled', leavesQty: '', cumExecQty: '0.05' },
    ]);
    expect('createType' in (rows(filled, 'data')[0] ?? {})).toBe(false);
    const position = await opened.next((frame) => frame['topic'] === 'position');
    expect(rows(position, 'data')[0]).toMatchObject({ symbol, side: 'Buy', size: '0.05' });
    expect(pick(position, 'data.0.entryPrice')).toBeDefined();
    expect(pick(position, 'data.0.avgPrice')).toBeUndefined();
    const wallet = await opened.next((frame) => frame['topic'] === 'wallet');
    expect(pick(wallet, 'data.0.coin.0.coin')).toBe('USDT');
  });
});

describe('order entry over WebSocket', () => {
  const header = () => ({
    'X-BAPI-TIMESTAMP': String(exchange.player.nowMs()),
    'X-BAPI-RECV-WINDOW': '5000',
  });
  const entered = async (): Promise<RawSocket> => {
    const opened = await socket('/v5/trade');
    // An account of its own: the budget of order/create is shared with REST.
    const answer = await opened.authenticate(exchange.player.nowMs() + 5_000, 'ws');
    expect(answer).toEqual({ retCode: 0, retMsg: 'OK', op: 'auth', connId: expect.any(String) as unknown });
    return opened;
  };

  it('acknowledges with the ids, the budget and the echoed reqId', async () => {
    const opened = await entered();
    const args = [JSON.parse(order({ orderLinkId: 'ws-1' }))];
    const answer = await opened.ask({ reqId: 'c-1', header: header(), op: 'order.create', args });
    expect(answer).toMatchObject({
      reqId: 'c-1',
      retCode: 0,
      op: 'order.create',
      data: { orderLinkId: 'ws-1' },
      header: { 'X-Bapi-Limit': '10' },
    });
    const again = await opened.ask({ reqId: 'c-1', header: header(), op: 'order.create', args });
    expect(again).toMatchObject({ retCode: 20006 });
    const duplicate = await opened.ask({ reqId: 'c-2', header: header(), op: 'order.create', args });
    expect(duplicate).toMatchObject({ reqId: 'c-2', retCode: 110072 });
  });

  it('refuses an old timestamp, an unknown op, a second auth and a stranger', async () => {
    const opened = await entered();
    const args = [JSON.parse(order())];
    const old = { 'X-BAPI-TIMESTAMP': String(exchange.player.nowMs() - 10_000) };
    expect(await opened.ask({ reqId: '1', header: old, op: 'order.create', args })).toMatchObject({
      retCode: 10002,
    });
    expect(await opened.ask({ reqId: '2', op: 'order.dance', args })).toMatchObject({ retCode: 10404 });
    expect(await opened.authenticate(exchange.player.nowMs() + 5_000)).toMatchObject({ retCode: 20001 });
    const stranger = await socket('/v5/trade');
    expect(await stranger.ask({ reqId: '3', header: header(), op: 'order.create', args })).toMatchObject({
      retCode: 10005,
    });
    expect(await stranger.authenticate(exchange.player.nowMs() + 5_000, 'k', 'wrong')).toMatchObject({
      retCode: 10004,
      op: 'auth',
    });
  });
});
