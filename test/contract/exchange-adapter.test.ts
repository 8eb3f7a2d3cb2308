/**
 * The Bybit adapter against the paper exchange over real sockets: whatever the saga may rely on of an account, each as
 * one claim. Both sides read the same reference and share no wire type, so an agreement here is worth something.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Retryable, Terminal, UnknownOutcome } from '../../src/domain/errors.ts';
import type { OrderReport, OrderRequest } from '../../src/domain/market/order.ts';
import type { BybitExchange } from '../../src/exchange/bybit/adapter.ts';
import type { PaperExchange } from '../../src/exchange/paper/exchange.ts';
import type { TradingAccount } from '../../src/ports/exchange.ts';
import { Heard, key, openBench, short, until, whenever } from './exchange-bench.ts';

const other = 'BTC-31MAR23-27000-C-USDT';
let linkIds = 0;

let paper: PaperExchange;
let bybit: BybitExchange;
let account: TradingAccount;
let heard: Heard;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ paper, bybit, account, heard, close } = await openBench());
});

afterEach(() => close());

/** A fresh order that closes part of the short at any price up to `price`. */
async function closing(fields: Partial<OrderRequest> = {}): Promise<OrderRequest> {
  const quote = await bybit.market.quote(short);
  linkIds += 1;
  return {
    linkId: `close-t${linkIds}-v1`,
    symbol: short,
    side: 'Buy',
    qty: '0.1',
    price: quote.ask ?? quote.mark,
    timeInForce: 'IOC',
    reduceOnly: true,
    ...fields,
  };
}
/** A price nobody sells at. */
const restingPrice = '5';

describe('an account at the exchange', () => {
  it('is connected once its stream is logged in and subscribed', () => {
    expect(heard.stream).toEqual(['connected']);
  });

  it('shows the position it holds, a flat one for anything else, and all of them', async () => {
    expect(await account.position(short)).toMatchObject({ symbol: short, side: 'Sell', qty: '0.5' });
    expect(await account.position(other)).toEqual({ symbol: other, side: null, qty: '0', averagePrice: '0' });
    expect(await account.positions()).toEqual([await account.position(short)]);
    const delivered = 'BTC-24FEB23-24000-C-USDT';
    expect(await account.position(delivered)).toMatchObject({ symbol: delivered, side: null, qty: '0' });
  });

  it('shows its margin as fractions and amounts', async () => {
    const margin = await account.margin();
    expect(Number(margin.equity)).toBeGreaterThan(50_000);
    expect(Number(margin.available)).toBeGreaterThan(0);
    expect(Number(margin.maintenanceRate)).toBeGreaterThan(0);
    expect(Number(margin.initialRate)).toBeLessThan(1);
  });

  it('is refused with the wrong secret, as an account error and without quoting the secret', async () => {
    const wrong = bybit.account({ ...key, apiSecret: 'not-the-secret' });
    const refused = await wrong.positions().catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'Terminal', scope: 'account' });
    expect(String(refused)).not.toContain('not-the-secret');
    const opening = await wrong.open(new Heard()).catch((error: unknown) => error);
    expect(opening).toMatchObject({ name: 'Terminal', scope: 'account' });
    await wrong.close();
  });
});

describe('an order', () => {
  it('is acknowledged, then reported and filled on the stream', async () => {
    const order = await closing();
    await account.submit(order, whenever);
    await until('it is filled', () => heard.last(order.linkId)?.status === 'filled');
    expect(heard.last(order.linkId)).toMatchObject({ executedQty: '0.1', symbol: short, side: 'Buy' });
    await until('its fill is heard', () => heard.fills.length > 0);
    const [fill] = heard.fills;
    expect(fill).toMatchObject({ linkId: order.linkId, symbol: short, qty: '0.1', side: 'Buy' });
    expect(Number(fill?.fee)).toBeGreaterThan(0);
    expect(await account.position(short)).toMatchObject({ side: 'Sell', qty: '0.4' });
  });

  it('that finds too little is cancelled with what it got', async () => {
    paper.faults.thinBook(short, '0.03');
    const order = await closing();
    await account.submit(order, whenever);
    await until('it is over', () => heard.last(order.linkId)?.status === 'cancelled');
    expect(heard.last(order.linkId)).toMatchObject({ executedQty: '0.03', qty: '0.1' });
    expect(heard.last(order.linkId)?.reason).not.toBe('');
    const found = await account.findOrder(order);
    expect(found.order).toMatchObject({ status: 'cancelled', executedQty: '0.03' });
    expect(found.fills.map((fill) => fill.qty)).toEqual(['0.03']);
  });

  it('rests, is amended, and is cancelled', async () => {
    const order = await closing({ timeInForce: 'GTC', price: restingPrice });
    await account.submit(order, whenever);
    await until('it rests', () => heard.last(order.linkId)?.status === 'open');
    await account.amend({ ...order, price: '10' }, whenever);
    await until('it is amended', () => heard.last(order.linkId)?.price === '10');
    await account.cancel(order, whenever);
    await until('it is cancelled', () => heard.last(order.linkId)?.status === 'cancelled');
    expect(heard.last(order.linkId)).toMatchObject({ executedQty: '0' });
    expect(heard.last(order.linkId)?.reason).toContain('CancelByUser');
  });

  it('that was filled before the cancel arrived stays filled, however often it is told', async () => {
    const order = await closing({ timeInForce: 'GTC', price: restingPrice });
    await account.submit(order, whenever);
    await until('it rests', () => heard.last(order.linkId)?.status === 'open');
    paper.faults.add({ kind: 'lateCancel', match: { linkIdPrefix: order.linkId } });
    await account.cancel(order, whenever);
    const filled = (): OrderReport[] =>
      heard.orders.filter((report) => report.linkId === order.linkId && report.status === 'filled');
    await until('it is told filled twice', () => filled().length >= 2);
    expect(heard.orders.filter((report) => report.status === 'cancelled')).toEqual([]);
    expect(filled().every((report) => report.executedQty === '0.1')).toBe(true);
    expect((await account.findOrder(order)).order?.status).toBe('filled');
  });

  it('that is filled can be neither amended nor cancelled: read it again', async () => {
    const order = await closing();
    await account.submit(order, whenever);
    await until('it is filled', () => heard.last(order.linkId)?.status === 'filled');
    for (const attempt of [
      account.amend({ ...order, price: '10' }, whenever),
      account.cancel(order, whenever),
    ]) {
      await expect(attempt).rejects.toMatchObject({ name: 'Terminal', scope: 'final' });
    }
  });

  it('whose answer is lost has an unknown outcome, and is found by its link id', async () => {
    const order = await closing();
    paper.faults.add({ kind: 'loseAnswer', match: { endpoint: '/v5/order/create' } });
    await expect(account.submit(order, whenever)).rejects.toBeInstanceOf(UnknownOutcome);
    const found = await account.findOrder(order);
    expect(found.order).toMatchObject({ linkId: order.linkId, status: 'filled', executedQty: '0.1' });
    expect(found.fills).toHaveLength(1);
  });

  it('is still found after the exchange restarted and forgot its recent orders', async () => {
    const order = await closing();
    await account.submit(order, whenever);
    await until('it is filled', () => heard.last(order.linkId)?.status === 'filled');
    paper.faults.restart();
    await until(
      'it is connected again',
      () => heard.stream.at(-1) === 'connected' && heard.stream.length > 1,
    );
    const found = await account.findOrder(order);
    expect(found.order).toMatchObject({ status: 'filled', executedQty: '0.1' });
    expect(found.fills.map((fill) => fill.execId)).toEqual([heard.fills[0]?.execId]);
  });

  it('whose connection breaks has an unknown outcome, and nothing is found when it never arrived', async () => {
    const order = await closing();
    paper.faults.add({ kind: 'loseRequest', how: 'reset', match: { endpoint: '/v5/order/create' } });
    await expect(account.submit(order, whenever)).rejects.toBeInstanceOf(UnknownOutcome);
    expect(await account.findOrder(order)).toEqual({ order: null, fills: [] });
  });

  it('is sent once, whatever the answer', async () => {
    const order = await closing();
    for (const fault of ['httpError', 'malformedAnswer', 'reject'] as const) {
      const linkId = `${order.linkId}-${fault}`;
      const match = { linkIdPrefix: linkId };
      if (fault === 'httpError') paper.faults.add({ kind: fault, status: 502, match });
      else if (fault === 'reject') paper.faults.add({ kind: fault, retCode: 10016, match });
      else paper.faults.add({ kind: fault, match });
      await expect(account.submit({ ...order, linkId }, whenever)).rejects.toBeInstanceOf(UnknownOutcome);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    const linked = paper
      .account(key.apiKey)
      .orders()
      .map((each) => each.linkId);
    expect(linked.filter((linkId) => linkId.startsWith(order.linkId))).toEqual([
      `${order.linkId}-malformedAnswer`,
    ]);
  });

  it('under a link id that was used before has an unknown outcome: look it up', async () => {
    const order = await closing();
    await account.submit(order, whenever);
    await expect(account.submit(order, whenever)).rejects.toBeInstanceOf(UnknownOutcome);
    await until('it is filled', () => heard.last(order.linkId)?.status === 'filled');
    expect(await account.position(short)).toMatchObject({ qty: '0.4' });
  });

  it('the account cannot pay for is refused for good, with the code and the amount of sense in it', async () => {
    const order = await closing({ side: 'Sell', qty: '400', reduceOnly: false, timeInForce: 'GTC' });
    const refused = await account.submit(order, whenever).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Terminal);
    expect(refused).toMatchObject({ scope: 'margin', code: '110007' });
    expect(String(refused)).toContain(order.linkId);
  });

  it('off the tick grid is refused for good', async () => {
    const order = await closing({ price: '7' });
    await expect(account.submit(order, whenever)).rejects.toMatchObject({
      name: 'Terminal',
      scope: 'request',
    });
  });

  it('that the exchange rejects after acknowledging it is reported as rejected', async () => {
    const order = await closing();
    paper.faults.add({ kind: 'rejectLater', reason: 'EC_Others', match: { linkIdPrefix: order.linkId } });
    await account.submit(order, whenever);
    await until('it is rejected', () => heard.last(order.linkId)?.status === 'rejected');
    expect(heard.last(order.linkId)).toMatchObject({ executedQty: '0', reason: 'EC_Others' });
  });

  it('told twice has one fill by its id', async () => {
    const order = await closing();
    paper.faults.add({ kind: 'duplicateFilled', match: { linkIdPrefix: order.linkId } });
    await account.submit(order, whenever);
    await until('the fill is told twice', () => heard.fills.length >= 2);
    expect(new Set(heard.fills.map((fill) => fill.execId)).size).toBe(1);
  });

  it('is not refused for hurry: twenty-five at once wait their turn', async () => {
    const order = await closing({ timeInForce: 'GTC', price: restingPrice, qty: '0.01' });
    const submits = Array.from({ length: 25 }, (_, index) =>
      account.submit({ ...order, linkId: `${order.linkId}-${index}` }, whenever),
    );
    await expect(Promise.all(submits)).resolves.toHaveLength(25);
    expect(paper.account(key.apiKey).orders()).toHaveLength(25);
  });
});

describe('a write decided too long ago', () => {
  it('does not leave, whichever it is, and may be decided anew', async () => {
    const order = await closing();
    const tooOld = bybit.clock.nowMs() - 1;
    for (const attempt of [
      account.submit(order, tooOld),
      account.amend({ ...order, price: '10' }, tooOld),
      account.cancel(order, tooOld),
    ]) {
      await expect(attempt).rejects.toThrow(Retryable);
    }
    expect(paper.account(key.apiKey).orders()).toEqual([]);
  });

  it('is one that waited too long for its turn: of many at once only those leave whose time has not passed', async () => {
    const order = await closing({ timeInForce: 'GTC', price: restingPrice, qty: '0.01' });
    const soon = bybit.clock.nowMs() + 900;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 15 }, (_, index) =>
        account.submit({ ...order, linkId: `${order.linkId}-${index}` }, soon),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array<string>(10).fill('fulfilled'),
      ...Array<string>(5).fill('rejected'),
    ]);
    expect(paper.account(key.apiKey).orders()).toHaveLength(10);
  });
});

describe('the streams', () => {
  it('of an account come back by themselves and say so', async () => {
    paper.faults.dropSockets('private');
    await until(
      'it is connected again',
      () => heard.stream.filter((said) => said === 'connected').length === 2,
    );
    expect(heard.stream[1]).toMatch(/^disconnected: /);
    const order = await closing();
    await account.submit(order, whenever);
    await until('it is filled', () => heard.last(order.linkId)?.status === 'filled');
  });

  it('of an account notice a socket that is open and dead', async () => {
    paper.faults.halfOpenSockets('private');
    await until(
      'it is connected again',
      () => heard.stream.filter((said) => said === 'connected').length === 2,
    );
  });

  it('survive malformed frames, and count them', async () => {
    expect(bybit.counters.malformedFrames).toBe(0);
    paper.faults.malformedFrame('private');
    await until('it is counted', () => bybit.counters.malformedFrames === 1);
    const order = await closing();
    await account.submit(order, whenever);
    await until('it is filled', () => heard.last(order.linkId)?.status === 'filled');
    expect(heard.stream).toEqual(['connected']);
  });
});
