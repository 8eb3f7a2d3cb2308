/** What the saga relies on of orders: what is reported of them, what a refusal means, and what a lost answer leaves open. */
import { expect } from 'vitest';
import { Retryable, Terminal, UnknownOutcome } from '../../../src/domain/errors.ts';
import type { OrderReport } from '../../../src/domain/market/order.ts';
import { whenever } from '../exchange-fixture.ts';
import { type AccountFixture, closing, filled, held, rested, resting } from './account-fixture.ts';
import type { Cases } from './contract.ts';

const reportsOf = ({ received }: AccountFixture, linkId: string, status: OrderReport['status']) =>
  received.orders.filter((report) => report.linkId === linkId && report.status === status);

export const orders = {
  'reports an order and its fill on the stream after acknowledging it': async (fixture) => {
    const { account, received, nowMs, until } = fixture;
    const order = closing();
    await account.submit(order, whenever);
    await until('it is filled', () => received.last(order.linkId)?.status === 'filled');
    expect(received.last(order.linkId)).toMatchObject({
      executedQty: '0.1',
      qty: '0.1',
      symbol: held,
      side: 'Buy',
      refusal: null,
    });
    await until('its fill is reported', () => received.fills.length > 0);
    const [fill] = received.fills;
    expect(fill).toMatchObject({ linkId: order.linkId, symbol: held, qty: '0.1', side: 'Buy' });
    expect(fill?.execId).not.toBe('');
    expect(Number(fill?.fee)).toBeGreaterThan(0);
    for (const atMs of [fill?.atMs, received.last(order.linkId)?.updatedAtMs]) {
      expect(atMs).toBeGreaterThanOrEqual(Date.UTC(2023, 2, 1));
      expect(atMs).toBeLessThanOrEqual(nowMs() + 1_000);
    }
    expect(await account.position(held)).toMatchObject({ side: 'Sell', qty: '0.4' });
  },

  'reports an order that rests as open, at its new price once it is amended, and ended when it is cancelled':
    async (fixture) => {
      const { account, received, until } = fixture;
      const order = resting();
      await rested(fixture, order);
      await account.amend({ ...order, price: '310' }, whenever);
      await until('it is amended', () => received.last(order.linkId)?.price === '310');
      expect((await account.findOrder(order)).order).toMatchObject({ status: 'open', price: '310' });
      await account.cancel(order, whenever);
      await until('it is cancelled', () => received.last(order.linkId)?.status === 'cancelled');
      expect(received.last(order.linkId)).toMatchObject({ executedQty: '0', refusal: null });
      expect(await account.findOrder(order)).toMatchObject({ order: { status: 'cancelled' }, fills: [] });
    },

  'says why an order ended': async (fixture) => {
    const { account, received, until } = fixture;
    const order = resting();
    await rested(fixture, order);
    await account.cancel(order, whenever);
    await until('it is cancelled', () => received.last(order.linkId)?.status === 'cancelled');
    expect(received.last(order.linkId)?.reason).toContain('CancelByUser');
    expect((await account.findOrder(order)).order?.reason).toBe(received.last(order.linkId)?.reason);
  },

  'fills an order that is amended across the market': async (fixture) => {
    const { account, received, until } = fixture;
    const order = resting();
    await rested(fixture, order);
    await account.amend({ ...order, price: '640' }, whenever);
    await until('it is filled', () => received.last(order.linkId)?.status === 'filled');
  },

  'ends an order that finds too little with what it got': async (fixture) => {
    const { account, received, until, faults } = fixture;
    faults.thinBook(held, '0.03');
    const order = closing();
    await account.submit(order, whenever);
    await until('it is over', () => received.last(order.linkId)?.status === 'cancelled');
    expect(received.last(order.linkId)).toMatchObject({ executedQty: '0.03', qty: '0.1' });
    expect(received.last(order.linkId)?.reason).not.toBe('');
    const found = await account.findOrder(order);
    expect(found.order).toMatchObject({ status: 'cancelled', executedQty: '0.03' });
    expect(found.fills.map((fill) => fill.qty)).toEqual(['0.03']);
  },

  'ends an order that may not take and would, and refuses it for its price': async (fixture) => {
    const { account, received, until } = fixture;
    const order = closing({ timeInForce: 'PostOnly' });
    await account.submit(order, whenever);
    await until('it is over', () => (received.last(order.linkId)?.status ?? 'open') !== 'open');
    expect(received.last(order.linkId)).toMatchObject({ executedQty: '0', refusal: 'price' });
  },

  'reports an order that is rejected after its acknowledgement': async (fixture) => {
    const { account, received, until, faults } = fixture;
    const order = closing();
    faults.add({ kind: 'rejectLater', reason: 'EC_Others', match: { linkIdPrefix: order.linkId } });
    await account.submit(order, whenever);
    await until('it is rejected', () => received.last(order.linkId)?.status === 'rejected');
    expect(received.last(order.linkId)).toMatchObject({ executedQty: '0', reason: 'EC_Others' });
  },

  'gives a fill that is reported twice the same id': async (fixture) => {
    const { account, received, until, faults } = fixture;
    const order = closing();
    faults.add({ kind: 'duplicateFilled', match: { linkIdPrefix: order.linkId } });
    await account.submit(order, whenever);
    await until('the fill is reported twice', () => received.fills.length >= 2);
    expect(new Set(received.fills.map((fill) => fill.execId)).size).toBe(1);
  },

  'leaves an order filled that was filled before its cancel arrived, however often that is said': async (
    fixture,
  ) => {
    const { account, until, faults } = fixture;
    const order = resting();
    await rested(fixture, order);
    faults.add({ kind: 'lateCancel', match: { linkIdPrefix: order.linkId } });
    await account.cancel(order, whenever);
    const reports = () => reportsOf(fixture, order.linkId, 'filled');
    await until('it is reported filled twice', () => reports().length >= 2);
    expect(reportsOf(fixture, order.linkId, 'cancelled')).toEqual([]);
    expect(reports().every((report) => report.executedQty === '0.1')).toBe(true);
    expect((await account.findOrder(order)).order?.status).toBe('filled');
  },

  'finds an order after the exchange restarted and forgot its recent ones': async (fixture) => {
    const { account, received, restart } = fixture;
    const order = closing();
    await filled(fixture, order);
    await restart();
    const found = await account.findOrder(order);
    expect(found.order).toMatchObject({ status: 'filled', executedQty: '0.1' });
    expect(found.fills.map((fill) => fill.execId)).toEqual([received.fills[0]?.execId]);
  },
} satisfies Cases<AccountFixture>;

export const writes = {
  'refuses as over what can be neither amended nor cancelled any more, or never was': async (fixture) => {
    const { account } = fixture;
    const order = closing();
    await filled(fixture, order);
    const never = { linkId: 'close-never-v1', symbol: held };
    for (const attempt of [
      () => account.amend({ ...order, price: '310' }, whenever),
      () => account.cancel(order, whenever),
      () => account.amend({ ...never, price: '310' }, whenever),
      () => account.cancel(never, whenever),
    ]) {
      const refused = await attempt().catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(Terminal);
      expect(refused).toMatchObject({ scope: 'final' });
    }
  },

  'refuses for good what the account cannot pay for, with the code, naming the order': async ({
    account,
  }) => {
    const order = closing({ side: 'Sell', price: '610', qty: '400', reduceOnly: false, timeInForce: 'GTC' });
    const refused = await account.submit(order, whenever).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Terminal);
    expect(refused).toMatchObject({ scope: 'margin', code: '110007' });
    expect(String(refused)).toContain(order.linkId);
  },

  'refuses for good what is off the grid or of no listed option': async ({ account, ordersTaken }) => {
    for (const wrong of [{ price: '307' }, { qty: '0.001' }, { symbol: 'BTC-31MAR23-26001-C-USDT' }]) {
      const refused = await account.submit(closing(wrong), whenever).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(Terminal);
      expect(refused).toMatchObject({ scope: 'request' });
    }
    expect(ordersTaken()).toEqual([]);
  },

  'does not know what becomes of an order under a link id that was used, and has it once': async (
    fixture,
  ) => {
    const { account, ordersTaken } = fixture;
    const order = closing();
    await filled(fixture, order);
    const refused = await account.submit(order, whenever).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnknownOutcome);
    expect(refused).toMatchObject({ orderExists: true });
    expect(ordersTaken()).toEqual([order.linkId]);
    expect(await account.position(held)).toMatchObject({ qty: '0.4' });
  },

  'does not let a write leave that was decided too long ago; it may be decided anew': async (fixture) => {
    const { account, received, nowMs, ordersTaken, pass } = fixture;
    const order = resting();
    await rested(fixture, order);
    const late = closing();
    const tooOld = nowMs() - 1;
    for (const attempt of [
      () => account.submit(late, tooOld),
      () => account.amend({ ...order, price: '310' }, tooOld),
      () => account.cancel(order, tooOld),
    ])
      expect(await attempt().catch((error: unknown) => error)).toBeInstanceOf(Retryable);
    await pass(50);
    expect(ordersTaken()).toEqual([order.linkId]);
    expect(received.last(order.linkId)).toMatchObject({ status: 'open', price: order.price });
    await account.submit(late, nowMs() + 60_000);
    expect(ordersTaken()).toEqual([order.linkId, late.linkId]);
  },

  'does not know the outcome of an order whose answer is lost, and finds it by its link id': async (
    fixture,
  ) => {
    const { account, faults } = fixture;
    const order = closing();
    faults.add({ kind: 'loseAnswer', match: { endpoint: '/v5/order/create' } });
    expect(await account.submit(order, whenever).catch((error: unknown) => error)).toBeInstanceOf(
      UnknownOutcome,
    );
    const found = await account.findOrder(order);
    expect(found.order).toMatchObject({ linkId: order.linkId, status: 'filled', executedQty: '0.1' });
    expect(found.fills).toHaveLength(1);
  },

  'does not know the outcome of an order whose connection breaks, and finds nothing when it never arrived':
    async ({ account, faults }) => {
      const order = closing();
      faults.add({ kind: 'loseRequest', how: 'reset', match: { endpoint: '/v5/order/create' } });
      expect(await account.submit(order, whenever).catch((error: unknown) => error)).toBeInstanceOf(
        UnknownOutcome,
      );
      expect(await account.findOrder(order)).toEqual({ order: null, fills: [] });
    },

  'sends an order once, whatever the answer': async ({ account, faults, ordersTaken, pass }) => {
    const order = closing();
    for (const fault of ['httpError', 'malformedAnswer', 'reject'] as const) {
      const linkId = `${order.linkId}-${fault}`;
      const match = { linkIdPrefix: linkId };
      if (fault === 'httpError') faults.add({ kind: fault, status: 502, match });
      else if (fault === 'reject') faults.add({ kind: fault, retCode: 10016, match });
      else faults.add({ kind: fault, match });
      const outcome = await account.submit({ ...order, linkId }, whenever).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(UnknownOutcome);
    }
    await pass(100);
    expect(ordersTaken()).toEqual([`${order.linkId}-malformedAnswer`]);
  },

  'rejects a read that is not answered as one that may be repeated': async ({ account, faults }) => {
    faults.add({ kind: 'httpError', status: 502, match: { endpoint: '/v5/position/list' } });
    expect(await account.positions().catch((error: unknown) => error)).toBeInstanceOf(Retryable);
    expect(await account.positions()).toHaveLength(1);
  },
} satisfies Cases<AccountFixture>;
