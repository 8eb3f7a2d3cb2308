/**
 * One order is worked until its executed quantity is proved: nothing else counts, no request whose outcome is unknown is
 * repeated unseen, and whatever the exchange says late, twice or never, the order ends with what was really traded.
 */
import { said } from '../support/texts.ts';
import { describe, expect, test } from 'vitest';
import { quoteAgeMaxMs } from '../../src/domain/orders/limit-price.ts';
import {
  amending,
  cancelling,
  fill,
  filled,
  OrderFixture,
  report,
  startMs,
  walk,
  working,
} from './order-fixture.ts';

const cross = { ...walk, style: 'cross' } as const;

describe('a walk', () => {
  test('steps from mid to the far touch, one amendment every few seconds, and stays there', async () => {
    const fixture = await working();
    expect(fixture.submitted).toMatchObject([
      { price: '1000', timeInForce: 'GTC', qty: '0.3', reduceOnly: true },
    ]);
    const times: number[] = [];
    for (let step = 0; step < 5; step += 1) {
      await fixture.ring();
      times.push(fixture.nowMs - startMs);
      await fixture.quote();
      await fixture.acknowledge('amend order');
    }
    expect(fixture.amended).toEqual(['1010', '1020', '1030', '1040', '1050']);
    expect(times).toEqual([3_000, 6_000, 9_000, 12_000, 15_000]);
    await fixture.ring();
    await fixture.quote();
    expect(fixture.amended).toHaveLength(5);
    expect(fixture.state).toBe('working');
  });

  test('keeps its price without a quote worth trading on', async () => {
    const fixture = await working();
    for (const quote of [{ ask: null }, { atMs: startMs - 60_000 }]) {
      await fixture.ring();
      await fixture.quote(quote);
    }
    await fixture.ring();
    await fixture.answer('read quote', { kind: 'failed', cause: said('timeout') });
    expect(fixture.amended).toEqual([]);
    expect(fixture.state).toBe('working');
  });

  test('follows the market, never past its bound', async () => {
    const fixture = await working();
    await fixture.ring();
    await fixture.quote({ bid: '1080', ask: '1200' });
    expect(fixture.amended).toEqual(['1050']);
  });

  test('ends at its deadline', async () => {
    const fixture = await cancelling();
    await fixture.acknowledge('cancel order');
    fixture.receiveReport(report({ status: 'cancelled' }));
    expect(fixture.output).toMatchObject({ result: 'unfilled', reason: 'not filled by its deadline' });
  });
});

describe('a crossing order', () => {
  test('is sent once at its bound, immediate or cancel, and ends with what the exchange says', () => {
    const fixture = new OrderFixture({ execution: cross });
    expect(fixture.submitted).toMatchObject([{ price: '1050', timeInForce: 'IOC' }]);
    fixture.receiveReport(report({ status: 'cancelled', reason: 'EC_NoImmediateQtyToFill' }));
    expect(fixture.output).toMatchObject({
      result: 'unfilled',
      executedQty: '0',
      reason: 'EC_NoImmediateQtyToFill',
    });
  });

  test('that is never reported is cancelled and looked up, not amended', async () => {
    const fixture = await working({ execution: cross });
    await fixture.ring();
    expect(fixture.waitsFor).toBe('cancel order');
    await fixture.answer('cancel order', { kind: 'refused', cause: said('gone'), scope: 'final' });
    await fixture.ring();
    await fixture.lookUp(report({ status: 'cancelled', executedQty: '0.1' }), [fill('e1', '0.1')]);
    expect(fixture.output).toMatchObject({ result: 'partial', executedQty: '0.1' });
  });
});

describe('a rest', () => {
  const rest = { ...walk, style: 'rest' } as const;

  test('is sent post-only at the near touch and follows it, one look every few seconds', async () => {
    const fixture = await working({ execution: rest });
    expect(fixture.submitted).toMatchObject([{ price: '950', timeInForce: 'PostOnly' }]);
    for (const bid of ['960', '960', '940']) {
      await fixture.ring();
      await fixture.quote({ bid });
      if (fixture.waits('amend order')) await fixture.acknowledge('amend order');
    }
    expect(fixture.amended).toEqual(['960', '940']);
    expect(fixture.nowMs - startMs).toBe(9_000);
  });

  test('keeps its price while the quote is too old to follow', async () => {
    const fixture = await working({ execution: rest });
    await fixture.ring();
    await fixture.quote({ bid: '970', atMs: fixture.nowMs - quoteAgeMaxMs - 1 });
    expect(fixture.amended).toEqual([]);
    await fixture.ring();
    await fixture.quote({ bid: '970', atMs: fixture.nowMs - quoteAgeMaxMs });
    expect(fixture.amended).toEqual(['970']);
  });

  test('is cancelled at its deadline', async () => {
    const fixture = await working({ execution: { ...rest, everyMs: 60_000 } });
    await fixture.ring();
    await fixture.lookUp(report({ price: '950' }));
    await fixture.ring();
    expect(fixture.nowMs).toBe(startMs + 120_000);
    await fixture.acknowledge('cancel order');
    fixture.receiveReport(report({ status: 'cancelled' }));
    expect(fixture.output).toMatchObject({ result: 'unfilled', reason: 'not filled by its deadline' });
  });

  test('that the exchange ends because it would have taken was refused for its price alone', async () => {
    const fixture = await working({ execution: rest });
    fixture.receiveReport(report({ status: 'cancelled', refusal: 'price', reason: 'would have taken' }));
    expect(fixture.output).toMatchObject({
      result: 'rejected',
      refusal: 'price',
      reason: 'would have taken',
    });
  });
});

describe('a refused submit', () => {
  test('ends the order with the reason', async () => {
    const fixture = new OrderFixture();
    await fixture.answer('submit order', { kind: 'refused', cause: said('no margin'), scope: 'margin' });
    expect(fixture.output).toMatchObject({ result: 'rejected', reason: 'no margin', refusal: 'margin' });
  });

  test('of an account that may not trade says so', async () => {
    const fixture = new OrderFixture();
    await fixture.answer('submit order', { kind: 'refused', cause: said('banned'), scope: 'account' });
    expect(fixture.output).toMatchObject({ result: 'rejected', refusal: 'account' });
  });

  test('that may be retried goes out again, identical, when it may', async () => {
    const fixture = new OrderFixture();
    await fixture.answer('submit order', {
      kind: 'retry',
      cause: said('too many visits'),
      retryAfterMs: 700,
    });
    expect(fixture.submitted).toHaveLength(1);
    await fixture.ring();
    expect(fixture.nowMs).toBe(startMs + 700);
    expect(fixture.submitted[1]).toEqual(fixture.submitted[0]);
  });

  test('that may be retried is given up at the deadline', async () => {
    const fixture = new OrderFixture();
    await fixture.answer('submit order', {
      kind: 'retry',
      cause: said('too many visits'),
      retryAfterMs: 120_000,
    });
    await fixture.ring();
    expect(fixture.submitted).toHaveLength(1);
    expect(fixture.output).toMatchObject({ result: 'unfilled', reason: 'too many visits' });
  });
});

describe('a fill while the order is being cancelled', () => {
  test('counts when it is reported before the answer', async () => {
    const fixture = await cancelling();
    fixture.receiveFill(fill('e1', '0.3'));
    fixture.receiveReport(filled);
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3', reason: '' });
  });

  test('counts when it is reported after the acknowledgement', async () => {
    const fixture = await cancelling();
    await fixture.acknowledge('cancel order');
    expect(fixture.state).toBe('awaitingEnd');
    fixture.receiveReport(filled);
    fixture.receiveFill(fill('e1', '0.3'));
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });

  test('is looked for when the cancellation is refused because the order is gone', async () => {
    const fixture = await cancelling();
    await fixture.answer('cancel order', { kind: 'refused', cause: said('order is filled'), scope: 'final' });
    await fixture.ring();
    await fixture.lookUp(filled, [fill('e1', '0.1'), fill('e2', '0.2')]);
    expect(fixture.output).toMatchObject({ result: 'filled', value: '300', fee: '0.2' });
  });

  test('is looked up when nothing is reported after the acknowledgement', async () => {
    const fixture = await cancelling();
    await fixture.acknowledge('cancel order');
    await fixture.ring();
    await fixture.lookUp(report({ status: 'cancelled', executedQty: '0.1' }), [fill('e1', '0.1')]);
    expect(fixture.output).toMatchObject({ result: 'partial', executedQty: '0.1' });
  });

  test('or none: a cancellation without effect is asked for again', async () => {
    const fixture = await cancelling();
    await fixture.answer('cancel order', { kind: 'unknown', cause: said('timeout') });
    await fixture.ring();
    await fixture.lookUp(report());
    expect(fixture.waitsFor).toBe('cancel order');
  });
});

describe('an amendment', () => {
  test('refused because the order just filled leads to a look-up, and the fill counts', async () => {
    const fixture = await amending();
    await fixture.answer('amend order', { kind: 'refused', cause: said('order is filled'), scope: 'final' });
    await fixture.lookUp(filled, [fill('e1', '0.3')]);
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
    expect(fixture.submitted).toHaveLength(1);
  });

  test('of unknown outcome leads to a look-up, and the order is worked on', async () => {
    const fixture = await amending();
    await fixture.answer('amend order', { kind: 'unknown', cause: said('timeout') });
    await fixture.lookUp(report({ price: '1010' }));
    expect(fixture.state).toBe('working');
    await fixture.ring();
    await fixture.quote();
    expect(fixture.amended).toEqual(['1010', '1020']);
  });

  test('refused for another reason leaves the order where it is', async () => {
    const fixture = await amending();
    await fixture.answer('amend order', {
      kind: 'refused',
      cause: said('price out of range'),
      scope: 'price',
    });
    expect(fixture.state).toBe('working');
    expect(fixture.context.price).toBe('1000');
  });

  test('overtaken by the fill is forgotten', async () => {
    const fixture = await amending();
    fixture.receiveFill(fill('e1', '0.3'));
    fixture.receiveReport(filled);
    expect(fixture.output?.result).toBe('filled');
  });
});

describe('fills', () => {
  test('reported twice count once', async () => {
    const fixture = await working();
    fixture.receiveFill(fill('e1', '0.1'));
    for (let repeat = 0; repeat < 2; repeat += 1) fixture.receiveReport(filled);
    fixture.receiveFill(fill('e1', '0.1'));
    expect(fixture.state).toBe('verifying');
    fixture.receiveFill(fill('e2', '0.2'));
    expect(fixture.output).toMatchObject({ executedQty: '0.3', value: '300', fee: '0.2' });
  });

  test('that are complete do not end an order before the exchange says that it is over', async () => {
    const fixture = await working();
    fixture.receiveFill(fill('e1', '0.3'));
    expect(fixture.state).toBe('working');
    fixture.receiveReport(filled);
    expect(fixture.output?.result).toBe('filled');
  });

  test('that come after Cancelled are waited for', async () => {
    const fixture = await working();
    fixture.receiveReport(report({ status: 'cancelled', executedQty: '0.2' }));
    expect(fixture.state).toBe('verifying');
    fixture.receiveFill(fill('e1', '0.1'));
    expect(fixture.state).toBe('verifying');
    fixture.receiveFill(fill('e2', '0.1'));
    expect(fixture.output).toMatchObject({ result: 'partial', executedQty: '0.2', value: '200' });
  });

  test('that never come are taken from the exchange, after looking for them', async () => {
    const fixture = await working();
    const cancelled = report({ status: 'cancelled', executedQty: '0.2', averagePrice: '1005', fee: '0.3' });
    fixture.receiveReport(cancelled);
    await fixture.ring();
    let lookUps = 0;
    for (; !fixture.isOver(); lookUps += 1) {
      await fixture.lookUp(cancelled);
      if (!fixture.isOver()) await fixture.ring();
    }
    expect(lookUps).toBe(7);
    expect(fixture.output).toMatchObject({ result: 'partial', executedQty: '0.2', value: '201', fee: '0.3' });
  });

  test('of other orders are none of ours', async () => {
    const fixture = await working();
    fixture.receiveFill(fill('e1', '0.3', { linkId: 'close-task000001-v2' }));
    fixture.receiveFill(fill('e2', '0.3', { side: 'Sell' }));
    fixture.receiveReport({ ...filled, symbol: 'BTC-31MAR23-25000-C-USDT' });
    expect(fixture.context.progress).toEqual({ report: null, fills: [] });
  });

  test('reported before the acknowledgement end the order all the same', () => {
    const fixture = new OrderFixture();
    fixture.receiveFill(fill('e1', '0.3'));
    fixture.receiveReport(filled);
    expect(fixture.output?.result).toBe('filled');
  });
});

describe('a reconnect', () => {
  test('leads to a look-up, because something may have been missed', async () => {
    const fixture = await working();
    fixture.receive({ type: 'RECONNECTED' });
    expect(fixture.waitsFor).toBe('look up order');
    await fixture.lookUp(report());
    expect(fixture.state).toBe('working');
    fixture.receive({ type: 'RECONNECTED' });
    await fixture.lookUp(filled, [fill('e1', '0.3')]);
    expect(fixture.output?.result).toBe('filled');
  });
});
