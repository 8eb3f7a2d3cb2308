/** The knobs on the wire: each does to a client what it says, and the exchange's own books stay right. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import {
  type Answer,
  pause,
  pick,
  plainGet,
  RawSocket,
  rows,
  signedGet,
  signedPost,
} from '../unit/paper/wire.ts';

const symbol = 'BTC-31MAR23-25000-C-USDT';
let exchange: PaperExchange;
let sockets: RawSocket[] = [];
let links = 0;

const body = (linkId: string, price = '3000'): string =>
  JSON.stringify({
    category: 'option',
    symbol,
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.1',
    price,
    orderLinkId: linkId,
  });
const post = (path: string, text: string): Promise<Answer> =>
  signedPost(path, text, { url: exchange.url, timestampMs: exchange.player.nowMs() });
const get = (path: string, query: string): Promise<Answer> =>
  signedGet(path, query, { url: exchange.url, timestampMs: exchange.player.nowMs() });
const create = (linkId: string, price?: string): Promise<Answer> =>
  post('/v5/order/create', body(linkId, price));
const fresh = (): string => `fault-${(links += 1)}`;
const orders = () => exchange.account('k').orders();

async function privateSocket(): Promise<RawSocket> {
  const socket = await new RawSocket(`${exchange.wsUrl}/v5/private`).open();
  sockets.push(socket);
  await socket.authenticate(exchange.player.nowMs() + 5_000);
  await socket.ask({ op: 'subscribe', args: ['order', 'execution'] });
  return socket;
}

beforeEach(async () => {
  exchange = await startPaperExchange({
    source: { kind: 'manual', prices: { BTC: '23500' }, startMs: Date.UTC(2023, 2, 5, 12) },
    accounts: [
      { apiKey: 'k', apiSecret: 's', usdt: '100000' },
      { apiKey: 'other', apiSecret: 's', usdt: '100000' },
    ],
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.socket.terminate();
  sockets = [];
  await exchange.close();
});

describe('a request', () => {
  it('that is lost has no effect and no answer', async () => {
    exchange.faults.add({ kind: 'loseRequest', how: 'reset', match: { endpoint: '/v5/order/create' } });
    await expect(create('lost')).rejects.toThrow();
    await pause(20);
    expect(orders()).toEqual([]);
    expect((await create('lost')).json).toMatchObject({ retCode: 0 });
  });

  it('whose answer is lost had its effect: the same id is then a duplicate', async () => {
    exchange.faults.add({ kind: 'loseAnswer', match: { linkIdPrefix: 'lost' } });
    await expect(create('lost')).rejects.toThrow(/timeout|aborted/i);
    expect(orders()).toMatchObject([{ linkId: 'lost', status: 'Filled', executedQty: '0.1' }]);
    expect((await create('lost')).json).toMatchObject({ retCode: 110072 });
    expect(orders()).toHaveLength(1);
  });

  it('can be answered late, with a server error, with cut JSON, or with a chosen code', async () => {
    exchange.faults.add({ kind: 'delayAnswer', ms: 300, match: { linkIdPrefix: 'late' } });
    const startedMs = performance.now();
    expect((await create('late')).json).toMatchObject({ retCode: 0 });
    expect(performance.now() - startedMs).toBeGreaterThan(290);
    exchange.faults.add({ kind: 'httpError', status: 502, match: { linkIdPrefix: 'broken' } });
    expect((await create('broken')).status).toBe(502);
    exchange.faults.add({ kind: 'malformedAnswer', match: { linkIdPrefix: 'cut' } });
    const cut = await create('cut');
    expect(() => JSON.parse(cut.text) as unknown).toThrow();
    exchange.faults.add({
      kind: 'reject',
      retCode: 10016,
      retMsg: 'server error',
      match: { linkIdPrefix: 'no' },
    });
    expect((await create('no')).json).toMatchObject({ retCode: 10016, retMsg: 'server error' });
    expect(orders().map(({ linkId }) => linkId)).toEqual(['late', 'cut']);
  });

  it('of another account is not touched', async () => {
    exchange.faults.add({ kind: 'reject', retCode: 10016, match: { apiKey: 'other' }, times: 'always' });
    expect((await create(fresh())).json).toMatchObject({ retCode: 0 });
  });

  it('does not have to wait for public data to break', async () => {
    exchange.faults.add({ kind: 'httpError', status: 503, match: { endpoint: '/v5/market/tickers' } });
    const ask = () => plainGet(exchange.url, '/v5/market/tickers', `category=option&symbol=${symbol}`);
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(200);
  });
});

describe('order entry over WebSocket', () => {
  it('loses answers and requests as HTTP does', async () => {
    const socket = await new RawSocket(`${exchange.wsUrl}/v5/trade`).open();
    sockets.push(socket);
    await socket.authenticate(exchange.player.nowMs() + 5_000);
    const send = (reqId: string, linkId: string): void => {
      const header = { 'X-BAPI-TIMESTAMP': String(exchange.player.nowMs()) };
      socket.send({ reqId, header, op: 'order.create', args: [JSON.parse(body(linkId)) as unknown] });
    };
    exchange.faults.add({ kind: 'loseRequest', match: { endpoint: 'order.create' } });
    send('1', 'gone');
    exchange.faults.add({ kind: 'loseAnswer', match: { linkIdPrefix: 'silent' } });
    send('2', 'silent');
    send('3', 'answered');
    expect(await socket.next((frame) => frame['op'] === 'order.create')).toMatchObject({
      reqId: '3',
      retCode: 0,
    });
    expect(orders().map(({ linkId }) => linkId)).toEqual(['silent', 'answered']);
  });

  it('has faults of its own, is closed by an HTTP error, and refuses what a key may not do', async () => {
    const socket = await new RawSocket(`${exchange.wsUrl}/v5/trade`).open();
    sockets.push(socket);
    await socket.authenticate(exchange.player.nowMs() + 5_000);
    const ask = (reqId: string, linkId: string) => {
      const header = { 'X-BAPI-TIMESTAMP': String(exchange.player.nowMs()) };
      const args = [JSON.parse(body(linkId)) as unknown];
      return { reqId, header, op: 'order.create', args };
    };
    exchange.faults.add({ kind: 'reject', retCode: 10016, match: { way: 'websocket' } });
    expect((await create(fresh())).json).toMatchObject({ retCode: 0 });
    expect(await socket.ask(ask('1', fresh()))).toMatchObject({ reqId: '1', retCode: 10016 });
    exchange.setKey('k', { isReadOnly: true });
    expect(await socket.ask(ask('2', fresh()))).toMatchObject({ reqId: '2', retCode: 10005 });
    exchange.setKey('k', { isReadOnly: false });
    exchange.faults.add({ kind: 'httpError', status: 502 });
    const before = orders().length;
    socket.send(ask('3', fresh()));
    await expect.poll(() => socket.closed).toBe(true);
    expect(orders()).toHaveLength(before);
  });
});

describe('what the account receives', () => {
  it('can come late, while look-ups know already', async () => {
    const socket = await privateSocket();
    exchange.faults.add({ kind: 'delayEvents', ms: 400 });
    const linkId = fresh();
    await create(linkId);
    await pause(50);
    const found = await get('/v5/order/realtime', `category=option&orderLinkId=${linkId}`);
    expect(rows(found.json)).toMatchObject([{ orderStatus: 'Filled' }]);
    expect(socket.frames.some((frame) => frame['topic'] === 'order')).toBe(false);
    expect(pick(await socket.next((frame) => frame['topic'] === 'order'), 'data.0.orderStatus')).toBe(
      'Filled',
    );
  });

  it('can come twice', async () => {
    const socket = await privateSocket();
    exchange.faults.add({ kind: 'duplicateFilled' });
    await create(fresh());
    await pause(60);
    const executions = socket.frames.filter((frame) => frame['topic'] === 'execution');
    expect(executions).toHaveLength(2);
    expect(pick(executions[0], 'data.0.execId')).toBe(pick(executions[1], 'data.0.execId'));
    expect(exchange.account('k').fills()).toHaveLength(1);
  });

  it('can be a broken frame, after which the stream goes on', async () => {
    const socket = await privateSocket();
    exchange.faults.malformedFrame('private');
    await create(fresh());
    await socket.next((frame) => pick(frame, 'data.0.orderStatus') === 'Filled');
    expect(socket.texts.some((text) => text.endsWith('"symbol":'))).toBe(true);
  });
});

describe('queries', () => {
  it('can be blind to what happened a moment ago, in all three places', async () => {
    exchange.faults.add({ kind: 'staleReads', ms: 300, times: 'always' });
    const linkId = fresh();
    await create(linkId);
    await pause(20);
    const look = async () => {
      const query = `category=option&orderLinkId=${linkId}`;
      const paths = ['/v5/order/realtime', '/v5/order/history', '/v5/execution/list'];
      const answers = await Promise.all(paths.map((path) => get(path, query)));
      return answers.map(({ json }) => rows(json).length);
    };
    expect(await look()).toEqual([0, 0, 0]);
    await pause(300);
    expect(await look()).toEqual([1, 1, 1]);
  });

  it('forget recent closed orders after a restart, which history still knows', async () => {
    const linkId = fresh();
    await create(linkId);
    const openId = fresh();
    await create(openId, '5');
    await pause(20);
    const socket = await privateSocket();
    exchange.faults.restart();
    await pause(20);
    expect(socket.closed).toBe(true);
    const find = async (path: string, id: string) =>
      rows((await get(path, `category=option&orderLinkId=${id}`)).json).length;
    expect(await find('/v5/order/realtime', linkId)).toBe(0);
    expect(await find('/v5/order/history', linkId)).toBe(1);
    expect(await find('/v5/order/realtime', openId)).toBe(1);
    expect((await create(linkId)).json).toMatchObject({ retCode: 110072 });
  });
});

describe('sockets', () => {
  it('can be dropped, one stream at a time', async () => {
    const socket = await privateSocket();
    const open = await new RawSocket(`${exchange.wsUrl}/v5/public/linear`).open();
    sockets.push(open);
    exchange.faults.dropSockets('private');
    await pause(30);
    expect(socket.closed).toBe(true);
    expect(open.closed).toBe(false);
  });

  it('can hang half-open: connected, and silent even to pings', async () => {
    const socket = await privateSocket();
    exchange.faults.halfOpenSockets('private');
    let ponged = false;
    socket.socket.on('pong', () => (ponged = true));
    socket.socket.ping();
    await create(fresh());
    socket.send({ op: 'ping' });
    await expect(socket.next(() => true, 200)).rejects.toThrow('no such frame');
    expect([ponged, socket.closed]).toEqual([false, false]);
    exchange.faults.resumeSockets('private');
    expect(await socket.ask({ op: 'ping' }, (frame) => frame['op'] === 'pong')).toBeDefined();
  });
});

describe('budgets', () => {
  it('answer an address beyond its share of requests with 403 while it is banned, when switched on', async () => {
    await exchange.close();
    exchange = await startPaperExchange({
      source: { kind: 'manual', prices: { BTC: '23500' } },
      accounts: [],
      rateLimits: { perAddress: true, addressMax: 20, addressBanMs: 60_000 },
    });
    const ask = async () => (await plainGet(exchange.url, '/v5/market/time')).status;
    const statuses: number[] = [];
    for (let round = 0; round < 3; round += 1)
      statuses.push(...(await Promise.all(Array.from({ length: 10 }, ask))));
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 403)).toHaveLength(10);
    expect(await ask()).toBe(403);
  });
});
