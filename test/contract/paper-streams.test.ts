/**
 * The four streams frame by frame (docs/exchange.md#streams): each has replies of its own, and clients depend on
 * them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import { type Answer, levels, pick, plainGet, RawSocket, rows, signedPost } from '../unit/paper/wire.ts';

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
const post = (path: string, body: string): Promise<Answer> =>
  signedPost(path, body, { url: exchange.url, timestampMs: exchange.player.nowMs() });

beforeAll(async () => {
  exchange = await startPaperExchange({
    source: { kind: 'manual', prices: { BTC: '23500' }, startMs },
    accounts: [
      { apiKey: 'k', apiSecret: 's', usdt: '100000' },
      { apiKey: 'ws', apiSecret: 's', usdt: '100000' },
    ],
  });
});
afterAll(async () => {
  for (const opened of sockets) opened.socket.terminate();
  await exchange.close();
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
    const { json } = await plainGet(
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

  it('sends nothing without authentication', async () => {
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

  it('sends order, execution, position and wallet under the name that was subscribed', async () => {
    const opened = await socket('/v5/private');
    await opened.authenticate(exchange.player.nowMs() + 5_000);
    await opened.ask({
      op: 'subscribe',
      args: ['order.option', 'execution.option', 'position', 'wallet', 'greeks'],
    });
    await post('/v5/order/create', order({ price: '3000', orderLinkId: 'named' }));
    const execution = await opened.next((frame) => frame['topic'] === 'execution.option');
    expect(execution['data']).toMatchObject([
      {
        category: 'option',
        orderLinkId: 'named',
        execQty: '0.05',
        isMaker: false,
        feeCurrency: 'USDT',
        execType: 'Trade',
      },
    ]);
    const filled = await opened.next((frame) => frame['topic'] === 'order.option');
    expect(filled['data']).toMatchObject([
      { orderLinkId: 'named', orderStatus: 'Filled', leavesQty: '', cumExecQty: '0.05' },
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
