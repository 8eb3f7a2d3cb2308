/** The published SDK, unchanged, trades on the paper exchange: REST, the private and public streams, order entry. */
import http from 'node:http';
import {
  RestClientV5,
  WebsocketAPIClient,
  WebsocketClient,
  type WSClientConfigurableOptions,
  type WsKey,
} from 'bybit-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import { multiply, subtract, sum } from '../../src/domain/money.ts';
import { pause, pick, type Frame } from '../unit/paper/wire.ts';

const quiet = { trace: () => undefined, info: () => undefined, error: () => undefined };
const credentials = { key: 'sdk', secret: 'sdk-secret' };
const agent = new http.Agent({ keepAlive: true });
const paths: Partial<Record<WsKey, string>> = {
  v5LinearPublic: '/v5/public/linear',
  v5OptionPublic: '/v5/public/option',
  v5Private: '/v5/private',
  v5PrivateTrade: '/v5/trade',
};

class PaperSocket extends WebsocketClient {
  readonly #base: string;
  constructor(base: string, options: WSClientConfigurableOptions) {
    super(options, quiet);
    this.#base = base;
  }
  protected override getWsUrl(key: WsKey): Promise<string> {
    return Promise.resolve(`${this.#base}${paths[key] ?? '/unknown'}`);
  }
}

let exchange: PaperExchange;
let rest: RestClientV5;
let ws: PaperSocket;
let trade: WebsocketAPIClient;
let call = '';
let bestAsk = '';
const updates: Frame[] = [];
const notices: { event: string; data: unknown }[] = [];

const until = async (what: string, fits: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 300; turn += 1) {
    if (fits()) return;
    await pause(10);
  }
  throw new Error(`never happened: ${what}`);
};
const framesOf = (topic: string, linkId: string, status?: string): readonly Frame[] =>
  updates
    .filter((frame) => frame['topic'] === topic)
    .flatMap((frame) => frame['data'] as Frame[])
    .filter((row) => row['orderLinkId'] === linkId && row['orderStatus'] === (status ?? row['orderStatus']));

beforeAll(async () => {
  // The SDK stamps requests with the machine's clock, so the market is of today.
  exchange = await startPaperExchange({
    source: { kind: 'manual', prices: { BTC: '60000', ETH: '2500' } },
    accounts: [{ apiKey: credentials.key, apiSecret: credentials.secret, usdt: '100000' }],
    // Prices here are far away on purpose, to fill at once or never.
    engine: { priceBand: null },
  });
  rest = new RestClientV5(
    { ...credentials, baseUrl: exchange.url, recv_window: 5000, parseAPIRateLimits: true },
    { timeout: 3000, httpAgent: agent },
  );
  ws = new PaperSocket(exchange.wsUrl, { ...credentials, reconnectTimeout: 100 });
  ws.on('update', (frame: unknown) => void updates.push(frame as Frame));
  for (const event of ['open', 'authenticated', 'response', 'exception', 'reconnected'] as const)
    ws.on(event, (data: unknown) => void notices.push({ event, data }));
  trade = new WebsocketAPIClient(
    { ...credentials, wsUrl: `${exchange.wsUrl}/v5/trade`, attachEventListeners: false },
    quiet,
  );
});
afterAll(async () => {
  ws.closeAll(true);
  trade.getWSClient().closeAll(true);
  agent.destroy();
  await exchange.close();
});

describe('bybit-api over REST', () => {
  it('reads time, the whole chain and a quote', async () => {
    expect((await rest.getServerTime()).retCode).toBe(0);
    const chain = await rest.getInstrumentsInfo({ category: 'option', baseCoin: 'BTC', limit: 1000 });
    const soon = exchange.player.nowMs() + 20 * 86_400_000;
    const option = chain.result.list.find(
      (row) =>
        row.symbol.endsWith('-62000-C-USDT') && row.status === 'Trading' && Number(row.deliveryTime) > soon,
    );
    expect(option).toMatchObject({ settleCoin: 'USDT', optionsType: 'Call' });
    call = option?.symbol ?? '';
    const ticker = await rest.getTickers({ category: 'option', symbol: call });
    bestAsk = ticker.result.list[0]?.ask1Price ?? '';
    expect(Number(bestAsk)).toBeGreaterThan(0);
    expect(ticker.result.list[0]?.indexPrice).toBe('60000.00');
  });

  it('sells, sees the position, and buys it back reduce-only', async () => {
    const base = {
      category: 'option',
      symbol: call,
      orderType: 'Limit',
      qty: '0.1',
      timeInForce: 'IOC',
    } as const;
    const sold = await rest.submitOrder({ ...base, side: 'Sell', price: '5', orderLinkId: 'rest-1' });
    expect(sold).toMatchObject({ retCode: 0, result: { orderLinkId: 'rest-1' } });
    await until('the fill', () => exchange.account('sdk').fills().length === 1);
    const [position] = (await rest.getPositionInfo({ category: 'option' })).result.list;
    expect(position).toMatchObject({ symbol: call, side: 'Sell', size: '0.1' });
    const bought = await rest.submitOrder({
      ...base,
      side: 'Buy',
      price: '60000',
      reduceOnly: true,
      orderLinkId: 'rest-2',
    });
    expect(bought.retCode).toBe(0);
    await until('the close', () => exchange.account('sdk').positions().length === 0);
    const executions = await rest.getExecutionList({ category: 'option', orderLinkId: 'rest-2' });
    expect(executions.result.list).toMatchObject([{ execQty: '0.1', closedSize: '0.1', side: 'Buy' }]);
    const history = await rest.getHistoricOrders({ category: 'option', orderLinkId: 'rest-2' });
    expect(history.result.list).toMatchObject([{ orderStatus: 'Filled', cumExecQty: '0.1' }]);
    const flows = exchange
      .account('sdk')
      .fills()
      .map(({ side, price, qty, fee }) =>
        subtract(multiply(multiply(price, qty), side === 'Buy' ? '-1' : '1'), fee),
      );
    const wallet = await rest.getWalletBalance({ accountType: 'UNIFIED', coin: 'USDT' });
    const balance = wallet.result.list[0]?.coin[0]?.walletBalance ?? '';
    expect(subtract(balance, '100000')).toBe(sum(flows));
  });

  it('amends and cancels a resting order, and finds it by its link id at every stage', async () => {
    await rest.submitOrder({
      category: 'option',
      symbol: call,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.1',
      price: '10',
      orderLinkId: 'rest-3',
    });
    const found = async () =>
      (await rest.getActiveOrders({ category: 'option', orderLinkId: 'rest-3' })).result.list[0];
    await until('it is in the book', () => exchange.account('sdk').orders().at(-1)?.status === 'New');
    expect(await found()).toMatchObject({ orderStatus: 'New', price: '10', leavesQty: '0.1' });
    const ref = { category: 'option', symbol: call, orderLinkId: 'rest-3' } as const;
    expect((await rest.amendOrder({ ...ref, price: '15' })).retCode).toBe(0);
    await until('the amend', () => exchange.account('sdk').orders().at(-1)?.price === '15');
    expect((await rest.cancelOrder(ref)).retCode).toBe(0);
    await until('the cancel', () => exchange.account('sdk').orders().at(-1)?.status === 'Cancelled');
    expect(await found()).toMatchObject({ orderStatus: 'Cancelled', cancelType: 'CancelByUser' });
    expect((await rest.cancelOrder(ref)).retCode).toBe(110001);
  });

  it('is refused a link id it used before: 110072', async () => {
    const again = await rest.submitOrder({
      category: 'option',
      symbol: call,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.1',
      price: '10',
      orderLinkId: 'rest-3',
    });
    expect(again.retCode).toBe(110072);
    expect(exchange.stats().duplicateLinkIds).toBe(1);
  });

  it('reads every account endpoint a roller asks', async () => {
    const answers = await Promise.all([
      rest.getAccountInfo(),
      rest.getFeeRate({ category: 'option', baseCoin: 'BTC' }),
      rest.getCoinGreeks('BTC'),
      rest.getTransactionLog({ category: 'option' }),
      rest.getDeliveryRecord({ category: 'option' }),
      rest.getClosedOptionsPositions({ category: 'option' }),
      rest.getOptionAssetInfo(),
      rest.getQueryApiKey(),
      rest.getSystemStatus(),
      rest.getOrderbook({ category: 'option', symbol: call, limit: 25 }),
      rest.getIndexPriceComponents({ indexName: 'BTCUSDT' }),
      rest.getDeliveryPrice({ category: 'option', settleCoin: 'USDT' }),
      rest.preCheckOrder({
        category: 'option',
        symbol: call,
        side: 'Sell',
        orderType: 'Limit',
        qty: '1',
        price: '500',
        orderLinkId: 'pre',
      }),
    ]);
    expect(answers.map(({ retCode }) => retCode)).toEqual(answers.map(() => 0));
    expect(pick(answers[3], 'result.list')).toHaveLength(2);
    expect(pick(answers[5], 'result.list.0.qty')).toBe('0.1');
    expect(Number(pick(answers[12], 'result.postImrE4'))).toBeGreaterThan(0);
  });

  it('sees a path that does not exist as an HTTP error', async () => {
    await expect(rest.getPrivate('/v5/no-such-thing')).rejects.toMatchObject({ code: 404 });
  });
});

describe('bybit-api over WebSocket', () => {
  it('authenticates, subscribes and gets tickers of both kinds', async () => {
    ws.subscribeV5(['order.option', 'execution.option', 'position.option', 'wallet'], 'option').forEach(
      (subscribed) => {
        subscribed.catch(() => undefined);
      },
    );
    void ws.subscribeV5(['tickers.BTCUSDT'], 'linear');
    void ws.subscribeV5([`tickers.${call}`], 'option');
    await until('both tickers', () =>
      ['tickers.BTCUSDT', `tickers.${call}`].every((topic) =>
        updates.some((frame) => frame['topic'] === topic),
      ),
    );
    await until('authentication', () => notices.some(({ event }) => event === 'authenticated'));
    await until('the private subscription', () =>
      notices.some(({ event, data }) => event === 'response' && pick(data, 'wsKey') === 'v5Private'),
    );
    expect(notices.filter(({ event }) => event === 'exception')).toEqual([]);
    expect(updates.filter((frame) => frame['type'] === 'COMMAND_RESP')).toHaveLength(1);
  });

  it('enters an order and learns of its fill on the private stream, once', async () => {
    const order = { category: 'option', symbol: call, side: 'Buy', orderType: 'Limit', qty: '0.2' } as const;
    const ack = await trade.submitNewOrder({ ...order, price: '60000', orderLinkId: 'ws-1' });
    expect(ack).toMatchObject({ retCode: 0, data: { orderLinkId: 'ws-1' } });
    await until('the fill', () => framesOf('order.option', 'ws-1', 'Filled').length > 0);
    expect(framesOf('execution.option', 'ws-1')).toHaveLength(1);
    expect(framesOf('execution.option', 'ws-1')[0]).toMatchObject({ execQty: '0.2', isMaker: false });
    const positions = updates.filter((frame) => frame['topic'] === 'position.option');
    expect(pick(positions.at(-1), 'data.0')).toMatchObject({ symbol: call, side: 'Buy', size: '0.2' });
    expect(updates.some((frame) => frame['topic'] === 'wallet')).toBe(true);
  });

  it('amends and cancels over the socket', async () => {
    const order = { category: 'option', symbol: call, side: 'Buy', orderType: 'Limit', qty: '0.1' } as const;
    await trade.submitNewOrder({ ...order, price: '10', orderLinkId: 'ws-2' });
    await until('it rests', () => framesOf('order.option', 'ws-2', 'New').length > 0);
    const ref = { category: 'option', symbol: call, orderLinkId: 'ws-2' } as const;
    expect(await trade.amendOrder({ ...ref, price: '20' })).toMatchObject({ retCode: 0 });
    await until('the amend', () => framesOf('order.option', 'ws-2').some((row) => row['price'] === '20'));
    expect(await trade.cancelOrder(ref)).toMatchObject({ retCode: 0 });
    await until('the cancel', () => framesOf('order.option', 'ws-2', 'Cancelled').length > 0);
  });

  it('has a duplicate rejected with the raw answer', async () => {
    const order = { category: 'option', symbol: call, side: 'Buy', orderType: 'Limit', qty: '0.1' } as const;
    await expect(trade.submitNewOrder({ ...order, price: '10', orderLinkId: 'ws-2' })).rejects.toMatchObject({
      retCode: 110072,
    });
  });

  it('comes back by itself after the sockets are dropped, subscriptions included', async () => {
    exchange.faults.dropSockets('private');
    await until('the way back', () => notices.some(({ event }) => event === 'reconnected'));
    await until(
      'the subscriptions',
      () => notices.filter(({ event }) => event === 'authenticated').length >= 2,
    );
    await pause(100);
    await rest.submitOrder({
      category: 'option',
      symbol: call,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.1',
      price: '10',
      orderLinkId: 'after-drop',
    });
    await until('news after the drop', () => framesOf('order.option', 'after-drop', 'New').length > 0);
  });
});

describe('stops of bybit-api', () => {
  it('puts a stop-loss on a position, sees it stand, moves it, and is told of everything when the mark comes to it', async () => {
    // An option that no other test trades.
    const symbol = call.replace('-62000-', '-64000-');
    const isHeld = () =>
      exchange
        .account('sdk')
        .positions()
        .some((position) => position.symbol === symbol);
    const set = (prices: { stopLoss?: string; takeProfit?: string }) =>
      rest.setTradingStop({ category: 'option', symbol, tpslMode: 'Full', positionIdx: 0, ...prices });
    expect((await set({ stopLoss: '9000' })).retCode).toBe(10001);
    await rest.submitOrder({
      category: 'option',
      symbol,
      side: 'Sell',
      orderType: 'Limit',
      qty: '0.1',
      price: '5',
      takeProfit: '5',
      orderLinkId: 'short-with-stop',
    });
    await until('the short', isHeld);
    expect((await set({ stopLoss: '9000' })).retCode).toBe(0);
    const standing = async () => (await rest.getActiveOrders({ category: 'option', symbol })).result.list;
    await until('the stop', () => updates.some((frame) => JSON.stringify(frame).includes('"9000"')));
    expect(await standing()).toMatchObject([
      {
        stopOrderType: 'StopLoss',
        orderStatus: 'Untriggered',
        triggerPrice: '9000',
        orderLinkId: '',
        qty: '0.1',
      },
      { stopOrderType: 'TakeProfit', orderStatus: 'Untriggered', triggerPrice: '5' },
    ]);
    const [position] = (await rest.getPositionInfo({ category: 'option', symbol })).result.list;
    expect(position).toMatchObject({ stopLoss: '9000', takeProfit: '5' });
    expect((await set({ stopLoss: '9000' })).retCode).toBe(34040);
    expect(
      (await rest.setTradingStop({ category: 'option', symbol, tpslMode: 'Partial', positionIdx: 0 }))
        .retCode,
    ).toBe(10001);
    exchange.setIndex('BTC', '72000');
    await until('the end of the position', () => !isHeld());
    const closed = (await rest.getActiveOrders({ category: 'option', symbol, openOnly: 1 })).result.list;
    expect(closed.find(({ stopOrderType }) => stopOrderType === 'StopLoss')).toMatchObject({
      orderStatus: 'Filled',
      createType: 'CreateByStopLoss',
      orderLinkId: '',
    });
    expect(closed.find(({ stopOrderType }) => stopOrderType === 'TakeProfit')).toMatchObject({
      orderStatus: 'Cancelled',
    });
    await until('the execution', () =>
      updates.some(({ topic, data }) =>
        [topic === 'execution.option', (data as Frame[])[0]?.['stopOrderType'] === 'StopLoss'].every(Boolean),
      ),
    );
  });
});
