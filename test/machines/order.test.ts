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
  OrderBench,
  report,
  startMs,
  walk,
  working,
} from './order-bench.ts';

const cross = { ...walk, style: 'cross' } as const;

describe('a walk', () => {
  test('steps from mid to the far touch, one amendment every few seconds, and stays there', async () => {
    const bench = await working();
    expect(bench.submitted).toMatchObject([
      { price: '1000', timeInForce: 'GTC', qty: '0.3', reduceOnly: true },
    ]);
    const times: number[] = [];
    for (let step = 0; step < 5; step += 1) {
      await bench.ring();
      times.push(bench.nowMs - startMs);
      await bench.quote();
      await bench.acknowledge('amend order');
    }
    expect(bench.amended).toEqual(['1010', '1020', '1030', '1040', '1050']);
    expect(times).toEqual([3_000, 6_000, 9_000, 12_000, 15_000]);
    await bench.ring();
    await bench.quote();
    expect(bench.amended).toHaveLength(5);
    expect(bench.state).toBe('working');
  });

  test('keeps its price without a quote worth trading on', async () => {
    const bench = await working();
    for (const quote of [{ ask: null }, { atMs: startMs - 60_000 }]) {
      await bench.ring();
      await bench.quote(quote);
    }
    await bench.ring();
    await bench.answer('read quote', { kind: 'failed', cause: said('timeout') });
    expect(bench.amended).toEqual([]);
    expect(bench.state).toBe('working');
  });

  test('follows the market, never past its bound', async () => {
    const bench = await working();
    await bench.ring();
    await bench.quote({ bid: '1080', ask: '1200' });
    expect(bench.amended).toEqual(['1050']);
  });

  test('ends at its deadline', async () => {
    const bench = await cancelling();
    await bench.acknowledge('cancel order');
    bench.hearReport(report({ status: 'cancelled' }));
    expect(bench.output).toMatchObject({ result: 'unfilled', reason: 'not filled by its deadline' });
  });
});

describe('a crossing order', () => {
  test('is sent once at its bound, immediate or cancel, and ends with what the exchange says', () => {
    const bench = new OrderBench({ execution: cross });
    expect(bench.submitted).toMatchObject([{ price: '1050', timeInForce: 'IOC' }]);
    bench.hearReport(report({ status: 'cancelled', reason: 'EC_NoImmediateQtyToFill' }));
    expect(bench.output).toMatchObject({
      result: 'unfilled',
      executedQty: '0',
      reason: 'EC_NoImmediateQtyToFill',
    });
  });

  test('that nobody hears of is cancelled and looked up, not amended', async () => {
    const bench = await working({ execution: cross });
    await bench.ring();
    expect(bench.waitsFor).toBe('cancel order');
    await bench.answer('cancel order', { kind: 'refused', cause: said('gone'), scope: 'final' });
    await bench.ring();
    await bench.lookUp(report({ status: 'cancelled', executedQty: '0.1' }), [fill('e1', '0.1')]);
    expect(bench.output).toMatchObject({ result: 'partial', executedQty: '0.1' });
  });
});

describe('a rest', () => {
  const rest = { ...walk, style: 'rest' } as const;

  test('is sent post-only at the near touch and follows it, one look every few seconds', async () => {
    const bench = await working({ execution: rest });
    expect(bench.submitted).toMatchObject([{ price: '950', timeInForce: 'PostOnly' }]);
    for (const bid of ['960', '960', '940']) {
      await bench.ring();
      await bench.quote({ bid });
      if (bench.waits('amend order')) await bench.acknowledge('amend order');
    }
    expect(bench.amended).toEqual(['960', '940']);
    expect(bench.nowMs - startMs).toBe(9_000);
  });

  test('keeps its price while the quote is too old to follow', async () => {
    const bench = await working({ execution: rest });
    await bench.ring();
    await bench.quote({ bid: '970', atMs: bench.nowMs - quoteAgeMaxMs - 1 });
    expect(bench.amended).toEqual([]);
    await bench.ring();
    await bench.quote({ bid: '970', atMs: bench.nowMs - quoteAgeMaxMs });
    expect(bench.amended).toEqual(['970']);
  });

  test('is cancelled at its deadline', async () => {
    const bench = await working({ execution: { ...rest, everyMs: 60_000 } });
    await bench.ring();
    await bench.lookUp(report({ price: '950' }));
    await bench.ring();
    expect(bench.nowMs).toBe(startMs + 120_000);
    await bench.acknowledge('cancel order');
    bench.hearReport(report({ status: 'cancelled' }));
    expect(bench.output).toMatchObject({ result: 'unfilled', reason: 'not filled by its deadline' });
  });

  test('that the exchange ends because it would have taken was refused for its price alone', async () => {
    const bench = await working({ execution: rest });
    bench.hearReport(report({ status: 'cancelled', refusal: 'price', reason: 'would have taken' }));
    expect(bench.output).toMatchObject({ result: 'rejected', refusal: 'price', reason: 'would have taken' });
  });
});

describe('a refused submit', () => {
  test('ends the order with the reason', async () => {
    const bench = new OrderBench();
    await bench.answer('submit order', { kind: 'refused', cause: said('no margin'), scope: 'margin' });
    expect(bench.output).toMatchObject({ result: 'rejected', reason: 'no margin', refusal: 'margin' });
  });

  test('of an account that may not trade says so', async () => {
    const bench = new OrderBench();
    await bench.answer('submit order', { kind: 'refused', cause: said('banned'), scope: 'account' });
    expect(bench.output).toMatchObject({ result: 'rejected', refusal: 'account' });
  });

  test('that may be retried goes out again, identical, when it may', async () => {
    const bench = new OrderBench();
    await bench.answer('submit order', { kind: 'retry', cause: said('too many visits'), retryAfterMs: 700 });
    expect(bench.submitted).toHaveLength(1);
    await bench.ring();
    expect(bench.nowMs).toBe(startMs + 700);
    expect(bench.submitted[1]).toEqual(bench.submitted[0]);
  });

  test('that may be retried is given up at the deadline', async () => {
    const bench = new OrderBench();
    await bench.answer('submit order', {
      kind: 'retry',
      cause: said('too many visits'),
      retryAfterMs: 120_000,
    });
    await bench.ring();
    expect(bench.submitted).toHaveLength(1);
    expect(bench.output).toMatchObject({ result: 'unfilled', reason: 'too many visits' });
  });
});

describe('a fill while the order is being cancelled', () => {
  test('counts when it is heard before the answer', async () => {
    const bench = await cancelling();
    bench.hearFill(fill('e1', '0.3'));
    bench.hearReport(filled);
    expect(bench.output).toMatchObject({ result: 'filled', executedQty: '0.3', reason: '' });
  });

  test('counts when it is heard after the acknowledgement', async () => {
    const bench = await cancelling();
    await bench.acknowledge('cancel order');
    expect(bench.state).toBe('awaitingEnd');
    bench.hearReport(filled);
    bench.hearFill(fill('e1', '0.3'));
    expect(bench.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });

  test('is looked for when the cancellation is refused because the order is gone', async () => {
    const bench = await cancelling();
    await bench.answer('cancel order', { kind: 'refused', cause: said('order is filled'), scope: 'final' });
    await bench.ring();
    await bench.lookUp(filled, [fill('e1', '0.1'), fill('e2', '0.2')]);
    expect(bench.output).toMatchObject({ result: 'filled', value: '300', fee: '0.2' });
  });

  test('is looked for when nothing is heard after the acknowledgement', async () => {
    const bench = await cancelling();
    await bench.acknowledge('cancel order');
    await bench.ring();
    await bench.lookUp(report({ status: 'cancelled', executedQty: '0.1' }), [fill('e1', '0.1')]);
    expect(bench.output).toMatchObject({ result: 'partial', executedQty: '0.1' });
  });

  test('or none: a cancellation without effect is asked for again', async () => {
    const bench = await cancelling();
    await bench.answer('cancel order', { kind: 'unknown', cause: said('timeout') });
    await bench.ring();
    await bench.lookUp(report());
    expect(bench.waitsFor).toBe('cancel order');
  });
});

describe('an amendment', () => {
  test('refused because the order just filled leads to a look-up, and the fill counts', async () => {
    const bench = await amending();
    await bench.answer('amend order', { kind: 'refused', cause: said('order is filled'), scope: 'final' });
    await bench.lookUp(filled, [fill('e1', '0.3')]);
    expect(bench.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
    expect(bench.submitted).toHaveLength(1);
  });

  test('of unknown outcome leads to a look-up, and the order is worked on', async () => {
    const bench = await amending();
    await bench.answer('amend order', { kind: 'unknown', cause: said('timeout') });
    await bench.lookUp(report({ price: '1010' }));
    expect(bench.state).toBe('working');
    await bench.ring();
    await bench.quote();
    expect(bench.amended).toEqual(['1010', '1020']);
  });

  test('refused for another reason leaves the order where it is', async () => {
    const bench = await amending();
    await bench.answer('amend order', { kind: 'refused', cause: said('price out of range'), scope: 'price' });
    expect(bench.state).toBe('working');
    expect(bench.context.price).toBe('1000');
  });

  test('overtaken by the fill is forgotten', async () => {
    const bench = await amending();
    bench.hearFill(fill('e1', '0.3'));
    bench.hearReport(filled);
    expect(bench.output?.result).toBe('filled');
  });
});

describe('fills', () => {
  test('reported twice count once', async () => {
    const bench = await working();
    bench.hearFill(fill('e1', '0.1'));
    for (let repeat = 0; repeat < 2; repeat += 1) bench.hearReport(filled);
    bench.hearFill(fill('e1', '0.1'));
    expect(bench.state).toBe('verifying');
    bench.hearFill(fill('e2', '0.2'));
    expect(bench.output).toMatchObject({ executedQty: '0.3', value: '300', fee: '0.2' });
  });

  test('that are complete do not end an order before the exchange says that it is over', async () => {
    const bench = await working();
    bench.hearFill(fill('e1', '0.3'));
    expect(bench.state).toBe('working');
    bench.hearReport(filled);
    expect(bench.output?.result).toBe('filled');
  });

  test('that come after Cancelled are waited for', async () => {
    const bench = await working();
    bench.hearReport(report({ status: 'cancelled', executedQty: '0.2' }));
    expect(bench.state).toBe('verifying');
    bench.hearFill(fill('e1', '0.1'));
    expect(bench.state).toBe('verifying');
    bench.hearFill(fill('e2', '0.1'));
    expect(bench.output).toMatchObject({ result: 'partial', executedQty: '0.2', value: '200' });
  });

  test('that never come are taken from the exchange, after looking for them', async () => {
    const bench = await working();
    const cancelled = report({ status: 'cancelled', executedQty: '0.2', averagePrice: '1005', fee: '0.3' });
    bench.hearReport(cancelled);
    await bench.ring();
    let lookUps = 0;
    for (; !bench.isOver(); lookUps += 1) {
      await bench.lookUp(cancelled);
      if (!bench.isOver()) await bench.ring();
    }
    expect(lookUps).toBe(7);
    expect(bench.output).toMatchObject({ result: 'partial', executedQty: '0.2', value: '201', fee: '0.3' });
  });

  test('of other orders are none of ours', async () => {
    const bench = await working();
    bench.hearFill(fill('e1', '0.3', { linkId: 'close-task000001-v2' }));
    bench.hearFill(fill('e2', '0.3', { side: 'Sell' }));
    bench.hearReport({ ...filled, symbol: 'BTC-31MAR23-25000-C-USDT' });
    expect(bench.context.progress).toEqual({ report: null, fills: [] });
  });

  test('heard before the acknowledgement end the order all the same', () => {
    const bench = new OrderBench();
    bench.hearFill(fill('e1', '0.3'));
    bench.hearReport(filled);
    expect(bench.output?.result).toBe('filled');
  });
});

describe('a reconnect', () => {
  test('leads to a look-up, because something may have been missed', async () => {
    const bench = await working();
    bench.hear({ type: 'RECONNECTED' });
    expect(bench.waitsFor).toBe('look up order');
    await bench.lookUp(report());
    expect(bench.state).toBe('working');
    bench.hear({ type: 'RECONNECTED' });
    await bench.lookUp(filled, [fill('e1', '0.3')]);
    expect(bench.output?.result).toBe('filled');
  });
});
