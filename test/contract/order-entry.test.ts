/**
 * An account's orders over the websocket of the paper exchange, on real sockets: when that way is taken and when not, and
 * what a fault on it leaves open. What every account promises is in suites/trading-orders.ts, run over both ways.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Terminal, UnknownOutcome } from '../../src/domain/errors.ts';
import type { FaultRule } from '../../src/exchange/paper/faults.ts';
import { type EngineFixture, key, openFixture, takesOrders, until, whenever } from './exchange-fixture.ts';
import { closing, resting } from './suites/account-fixture.ts';

let fixture: EngineFixture;
beforeEach(async () => {
  fixture = await openFixture({ ordersBySocket: true });
});
afterEach(() => fixture.close());

/** Commands on orders so far: kind, way and result. */
const commands = (): string[] => fixture.requests.filter((request) => !request.startsWith('read'));
const ordersTaken = (): string[] =>
  fixture.paper
    .account(key.apiKey)
    .orders()
    .map(({ linkId }) => linkId);
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('orders', () => {
  it('are placed, amended and cancelled on the socket alone', async () => {
    const { account, received } = fixture;
    const order = resting();
    await account.submit(order, whenever);
    await until('it rests', () => received.last(order.linkId)?.status === 'open');
    await account.amend({ ...order, price: '310' }, whenever);
    await account.cancel(order, whenever);
    await until('it is cancelled', () => received.last(order.linkId)?.status === 'cancelled');
    expect(received.last(order.linkId)).toMatchObject({ price: '310' });
    expect(commands()).toEqual(['create websocket ok', 'amend websocket ok', 'cancel websocket ok']);
  });

  it('go by REST at once while the socket is down, and over it again when it is back', async () => {
    const { account, bybit, paper } = fixture;
    paper.faults.dropSockets('trade');
    await until('it is known', () => !takesOrders(bybit));
    await account.submit(closing(), whenever);
    await until('it is back', () => takesOrders(bybit));
    await account.submit(closing(), whenever);
    expect(commands()).toEqual(['create rest ok', 'create websocket ok']);
  });

  it('share their ten a second over both ways: the exchange refuses none', async () => {
    const { account, bybit, paper } = fixture;
    const order = resting({ qty: '0.01' });
    const submitted = (from: number, count: number): Promise<unknown> =>
      Promise.all(
        Array.from({ length: count }, (_, nth) =>
          account.submit({ ...order, linkId: `${order.linkId}-${from + nth}` }, whenever),
        ),
      );
    await submitted(0, 7);
    paper.faults.dropSockets('trade');
    await until('it is known', () => !takesOrders(bybit));
    await submitted(7, 8);
    expect(ordersTaken()).toHaveLength(15);
    expect(commands().slice(0, 8)).toEqual([
      ...Array<string>(7).fill('create websocket ok'),
      'create rest ok',
    ]);
  });

  it('of a key that may not trade are refused as by REST', async () => {
    const { account, bybit, paper } = fixture;
    paper.setKey(key.apiKey, { isReadOnly: true });
    const order = closing();
    const bySocket = await failureOf(account.submit(order, whenever));
    expect(bySocket).toBeInstanceOf(Terminal);
    paper.faults.dropSockets('trade');
    await until('it is known', () => !takesOrders(bybit));
    expect(await failureOf(account.submit(order, whenever))).toStrictEqual(bySocket);
    // Only REST says whether a refusal is for the session or for the key.
    expect(commands()).toEqual(['create rest refused', 'create rest refused']);
  });
});

describe('an order of which nothing is heard', () => {
  const lost: readonly (readonly [string, FaultRule, boolean])[] = [
    ['the answer', { kind: 'loseAnswer' }, true],
    ['the answer with its connection', { kind: 'loseAnswer', how: 'reset' }, true],
    ['half of the answer', { kind: 'malformedAnswer' }, true],
    ['the request', { kind: 'loseRequest' }, false],
    ['the request with its connection', { kind: 'loseRequest', how: 'reset' }, false],
    ['the connection to what serves it', { kind: 'httpError', status: 502 }, false],
  ];

  it.each(lost)(
    'because it lost %s is unknown, sent by no other way, and found or not',
    async (_what, fault, isTaken) => {
      const { account, paper } = fixture;
      const order = closing();
      paper.faults.add({ ...fault, match: { endpoint: 'order.create', linkIdPrefix: order.linkId } });
      expect(await failureOf(account.submit(order, whenever))).toBeInstanceOf(UnknownOutcome);
      expect((await account.findOrder(order)).order?.linkId).toBe(isTaken ? order.linkId : undefined);
      expect(ordersTaken()).toEqual(isTaken ? [order.linkId] : []);
      expect(commands()).toEqual(['create websocket unknown']);
    },
  );

  it('because it comes late is unknown, and its late answer changes nothing', async () => {
    const { account, bybit, paper } = fixture;
    const order = closing();
    paper.faults.add({ kind: 'delayAnswer', ms: 900, match: { linkIdPrefix: order.linkId } });
    expect(await failureOf(account.submit(order, whenever))).toBeInstanceOf(UnknownOutcome);
    // The exchange has answered a ping meanwhile, and so it is trusted.
    await until('the socket is trusted', () => takesOrders(bybit));
    await account.submit(closing(), whenever);
    expect(commands()).toEqual(['create websocket unknown', 'create websocket ok']);
    expect(ordersTaken()).toHaveLength(2);
  });

  it('because the socket is open and dead is sent no second time, though the exchange reads it later', async () => {
    const { account, bybit, paper, received } = fixture;
    const order = closing();
    paper.faults.halfOpenSockets('trade');
    expect(await failureOf(account.submit(order, whenever))).toBeInstanceOf(UnknownOutcome);
    expect((await account.findOrder(order)).order).toBeNull();
    await until('a ping has found it dead, and another socket takes orders', () => takesOrders(bybit));
    paper.faults.resumeSockets('trade');
    await until('it is filled after all', () => received.last(order.linkId)?.status === 'filled');
    expect((await account.findOrder(order)).order?.status).toBe('filled');
    // The same link id, as when its absence was taken for proved: the exchange has the last word.
    expect(await failureOf(account.submit(order, whenever))).not.toBeNull();
    expect(ordersTaken()).toEqual([order.linkId]);
  });

  it('because the socket is open and dead leaves its cancel to REST', async () => {
    const { account, received, bybit, paper } = fixture;
    const order = resting();
    await account.submit(order, whenever);
    await until('it rests', () => received.last(order.linkId)?.status === 'open');
    paper.faults.halfOpenSockets('trade');
    expect(await failureOf(account.amend({ ...order, price: '310' }, whenever))).toBeInstanceOf(
      UnknownOutcome,
    );
    await account.cancel(order, whenever);
    await until('it is cancelled', () => received.last(order.linkId)?.status === 'cancelled');
    expect(commands()).toEqual(['create websocket ok', 'amend websocket unknown', 'cancel rest ok']);
    await until('another socket takes orders', () => takesOrders(bybit));
  });
});
