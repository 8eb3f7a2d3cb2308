/**
 * The exchange, the network and the order machine never agree on who was first. Whatever overtakes what, the order ends
 * with what was traded, nothing is asked for in a hurry, and no answer is believed against what was heard.
 */
import { said } from '../support/texts.ts';
import { describe, expect, test } from 'vitest';
import type { Execution } from '../../src/domain/spec/task-spec.ts';
import { TaskBench } from '../support/task-bench.ts';
import {
  amending,
  cancelling,
  fill,
  filled,
  lookInVain,
  OrderBench,
  report,
  startMs,
  unknown,
  walk,
  working,
} from './order-bench.ts';

const refused = (scope: string, reason = 'no') => ({ kind: 'refused', cause: said(reason), scope });
const retry = (retryAfterMs: number) => ({ kind: 'retry', cause: said('being processed'), retryAfterMs });

describe('Filled told twice, the second time as a cancellation that came too late,', () => {
  const second = { ...filled, updatedAtMs: startMs + 5 };

  test('counts once', async () => {
    const bench = await cancelling();
    await bench.acknowledge('cancel order');
    bench.hearReport(filled);
    bench.hearReport(second);
    expect(bench.state).toBe('verifying');
    bench.hearFill(fill('e1', '0.3'));
    expect(bench.output).toMatchObject({ result: 'filled', executedQty: '0.3', value: '300', reason: '' });
  });
});

describe('an amendment', () => {
  test('refused because more is filled than it leaves is looked up, and the rest is worked on', async () => {
    const bench = await amending();
    await bench.answer('amend order', refused('final', 'filled beyond the new quantity'));
    await bench.lookUp(report({ executedQty: '0.1' }), [fill('e1', '0.1')]);
    expect(bench.state).toBe('working');
    bench.hearFill(fill('e2', '0.2'));
    bench.hearReport(filled);
    expect(bench.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });

  test.each([
    ['did not happen', '1000', '1020'],
    ['happened', '1010', '1020'],
  ])('of unknown outcome that %s leaves the order at the price it has there', async (_, price, next) => {
    const bench = await amending();
    await bench.answer('amend order', { kind: 'unknown', cause: said('timeout') });
    await bench.lookUp(report({ price }));
    expect(bench.context.price).toBe(price);
    await bench.ring();
    await bench.quote();
    expect(bench.amended.at(-1)).toBe(next);
  });

  test('that the exchange takes back is noticed, and made again', async () => {
    const bench = await amending();
    await bench.acknowledge('amend order');
    expect(bench.context.price).toBe('1010');
    bench.hearReport(report({ price: '1000', updatedAtMs: startMs + 9_000 }));
    expect(bench.context.price).toBe('1000');
  });

  test('is not followed by another one before the order was seen, when its outcome is unknown', async () => {
    const bench = await working();
    bench.hearReport(report());
    await bench.ring();
    await bench.quote();
    await bench.answer('amend order', { kind: 'unknown', cause: said('timeout') });
    await bench.answer('look up order', { kind: 'failed', cause: said('timeout') });
    await bench.ring();
    await bench.lookUp(null);
    expect(bench.state).toBe('resolving.waiting');
    await bench.ring();
    await bench.lookUp(report());
    expect(bench.state).toBe('working');
  });

  test('that may be retried waits as long as it was told to', async () => {
    const bench = await amending();
    await bench.answer('amend order', retry(20_000));
    const atMs = bench.nowMs;
    await bench.ring();
    expect(bench.nowMs).toBe(atMs + 20_000);
    expect(bench.waitsFor).toBe('read quote');
  });

  test('that may be retried only after the deadline does not hold the cancellation up', async () => {
    const bench = await amending();
    await bench.answer('amend order', retry(600_000));
    await bench.ring();
    expect(bench.nowMs).toBe(startMs + 120_000);
    expect(bench.waitsFor).toBe('cancel order');
  });
});

describe('a cancellation', () => {
  /** Every answer is this one, and the order stays open. */
  async function inVain(bench: OrderBench, answer: object, forMs: number): Promise<number[]> {
    const endMs = bench.nowMs + forMs;
    while (bench.nowMs < endMs) {
      await bench.answer('cancel order', answer);
      await bench.ring();
      await bench.lookUp(report());
    }
    return bench.cancelledAtMs.map((atMs, at, all) => atMs - (all[at - 1] ?? atMs)).slice(1);
  }

  test('that may be retried waits as long as it was told to', async () => {
    const bench = await cancelling();
    await bench.answer('cancel order', retry(1_000));
    const atMs = bench.nowMs;
    await bench.ring();
    expect(bench.nowMs).toBe(atMs + 1_000);
    await bench.lookUp(report());
    expect(bench.waitsFor).toBe('cancel order');
  });

  test.each<[string, object, number[]]>([
    ['may be retried', retry(1_000), [1_000, 1_000, 1_500, 3_000, 5_000, 10_000, 20_000, 30_000, 30_000]],
    ['is refused', refused('account'), [300, 700, 1_500, 3_000, 5_000, 10_000, 20_000, 30_000, 30_000]],
    [
      'changes nothing',
      { kind: 'acknowledged' },
      [2_000, 2_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000],
    ],
  ])('that %s over and over is asked for ever more rarely, for ever', async (_, answer, pauses) => {
    const bench = await cancelling();
    const all = await inVain(bench, answer, 3_600_000);
    expect(all.slice(0, pauses.length)).toEqual(pauses);
    expect(new Set(all.slice(pauses.length))).toEqual(new Set([30_000]));
    expect(bench.output).toBeUndefined();
  });

  test('that the account may not make is a matter for a person, again and again', async () => {
    const bench = await cancelling();
    await inVain(bench, refused('account', 'the API key is not accepted'), 31 * 60_000);
    expect(bench.calls).toHaveLength(4);
    expect(bench.calls[0]).toBe('it should be over and still is open (the API key is not accepted)');
    bench.hearReport(report({ status: 'cancelled' }));
    expect(bench.output).toMatchObject({ result: 'unfilled', reason: 'not filled by its deadline' });
  });

  test('after a long absence is tried before anybody is asked', async () => {
    const bench = await working();
    bench.restart();
    bench.nowMs = startMs + 3_600_000;
    await bench.ring();
    await bench.acknowledge('cancel order');
    bench.hearReport(report({ status: 'cancelled' }));
    expect(bench.calls).toEqual([]);
    expect(bench.output?.result).toBe('unfilled');
  });
});

describe('the answer of a submit that comes after the order was heard of', () => {
  function heardFirst(): OrderBench {
    const bench = new OrderBench();
    bench.hearFill(fill('e1', '0.1'));
    bench.hearReport(report({ executedQty: '0.1' }));
    expect(bench.state).toBe('submitting');
    return bench;
  }

  test('is good when it acknowledges it', async () => {
    const bench = heardFirst();
    await bench.acknowledge('submit order');
    expect(bench.state).toBe('working');
    expect(bench.context.progress.fills).toHaveLength(1);
  });

  test.each<[string, object]>([
    ['refuses it', refused('margin')],
    ['wants it again', retry(1_000)],
    ['is lost', { kind: 'unknown', cause: said('timeout') }],
  ])('is not believed when it %s: the order is looked up, and not sent again', async (_, answer) => {
    const bench = heardFirst();
    await bench.answer('submit order', answer);
    expect(bench.waitsFor).toBe('look up order');
    await bench.lookUp(report({ executedQty: '0.1' }), [fill('e1', '0.1')]);
    expect(bench.state).toBe('working');
    expect(bench.submitted).toHaveLength(1);
    bench.hearReport(report({ status: 'cancelled', executedQty: '0.1' }));
    expect(bench.output).toMatchObject({ result: 'partial', executedQty: '0.1', refusal: null, reason: '' });
  });

  test('may come while a second try is waited for: it is looked up instead', async () => {
    const bench = new OrderBench();
    await bench.answer('submit order', retry(5_000));
    bench.hearReport(report());
    expect(bench.waitsFor).toBe('look up order');
    expect(bench.submitted).toHaveLength(1);
  });
});

describe('a refusal', () => {
  test('of an order sent again proves nothing of the first one: it is looked for once more', async () => {
    const bench = await unknown();
    await lookInVain(bench, 60_000);
    expect(bench.submitted).toHaveLength(2);
    await bench.answer('submit order', refused('request', 'the position to reduce is gone'));
    expect(bench.output).toBeUndefined();
    await bench.lookUp(filled, [fill('e1', '0.3')]);
    expect(bench.output).toMatchObject({ result: 'filled', refusal: null });
  });

  test('of an order sent again ends it once it is proved absent', async () => {
    const bench = await unknown();
    await lookInVain(bench, 60_000);
    await bench.answer('submit order', refused('margin', 'no margin'));
    await lookInVain(bench, 60_000);
    expect(bench.submitted).toHaveLength(2);
    expect(bench.output).toMatchObject({ result: 'rejected', refusal: 'margin', reason: 'no margin' });
  });

  test('after the acknowledgement, with something executed, leaves a part', async () => {
    const bench = await working();
    bench.hearReport(report({ status: 'rejected', executedQty: '0.1', reason: 'later' }));
    expect(bench.state).toBe('verifying');
    bench.hearFill(fill('e1', '0.1'));
    expect(bench.output).toMatchObject({ result: 'partial', executedQty: '0.1', reason: 'later' });
  });

  test('by the exchange itself, long after it took the order, says why', async () => {
    const bench = await working();
    bench.hearFill(fill('e1', '0.1'));
    bench.nowMs = startMs + 100_000;
    bench.hearReport(
      report({ status: 'cancelled', executedQty: '0.1', refusal: 'request', reason: 'CancelByReduceOnly' }),
    );
    expect(bench.output).toMatchObject({
      result: 'partial',
      executedQty: '0.1',
      refusal: 'request',
      reason: 'CancelByReduceOnly',
    });
  });
});

describe('a report', () => {
  test('older than what is known takes nothing back', async () => {
    const bench = await amending();
    await bench.acknowledge('amend order');
    bench.hearReport(report({ price: '1010', executedQty: '0.2', updatedAtMs: startMs + 9 }));
    bench.hearReport(report({ price: '1000', executedQty: '0.1', updatedAtMs: startMs + 10 }));
    bench.hearReport(report({ price: '1000', executedQty: '0.2', updatedAtMs: startMs + 8 }));
    expect(bench.context.progress.report?.executedQty).toBe('0.2');
    expect(bench.context.price).toBe('1010');
  });

  test('that never comes is not waited for: a silent order is looked up after half a minute', async () => {
    const bench = await working({ execution: { ...walk, everyMs: 10_000 } });
    for (let step = 0; step < 2; step += 1) {
      await bench.ring();
      await bench.answer('read quote', { kind: 'failed', cause: said('timeout') });
    }
    await bench.ring();
    expect(bench.nowMs).toBe(startMs + 30_000);
    await bench.lookUp(filled, [fill('e1', '0.3')]);
    expect(bench.output?.result).toBe('filled');
  });

  test('missed by the stream is looked for as soon as the stream is back', async () => {
    const bench = await unknown();
    for (let lookUp = 0; lookUp < 3; lookUp += 1) {
      await bench.lookUp(null, [], '0.2');
      if (lookUp < 2) await bench.ring();
    }
    bench.hear({ type: 'RECONNECTED' });
    expect(bench.waitsFor).toBe('look up order');
  });

  test('of somebody else under our link id is no sign of absence', async () => {
    const bench = await unknown();
    for (let lookUp = 0; lookUp < 20; lookUp += 1) {
      await bench.lookUp(report({ side: 'Sell' }));
      await bench.ring();
    }
    expect(bench.submitted).toHaveLength(1);
    expect(bench.output).toBeUndefined();
  });
});

describe('a price found on a quote that has grown old', () => {
  async function oldPrice(style: Execution['style'] = 'walk'): Promise<OrderBench> {
    const bench = new OrderBench({ execution: { ...walk, style } });
    await bench.answer('submit order', retry(16_000));
    await bench.ring();
    expect(bench.waitsFor).toBe('read quote');
    return bench;
  }

  test.each([
    ['walk', '1020'],
    ['cross', '1070'],
    ['rest', '1000'],
  ] as const)(
    'is not sent: a %s is priced anew and goes out under the same link id',
    async (style, price) => {
      const bench = await oldPrice(style);
      await bench.quote({ bid: '1000', ask: '1040', mark: '1020' });
      expect(bench.submitted[1]).toEqual({ ...bench.submitted[0], price });
    },
  );

  test.each<[string, object]>([
    ['old', { atMs: startMs }],
    ['one-sided', { ask: null }],
  ])('waits for a better one while the next quote is %s, and ends at its deadline', async (_, quote) => {
    const bench = await oldPrice();
    while (!bench.isOver()) {
      await bench.quote(quote);
      await bench.ring();
    }
    expect(bench.nowMs).toBe(startMs + 120_000);
    expect(bench.submitted).toHaveLength(1);
    expect(bench.output).toMatchObject({
      result: 'unfilled',
      reason: expect.stringMatching(/old|no ask/) as string,
    });
  });

  test('does not matter once the order is heard of', async () => {
    const bench = await oldPrice();
    bench.hearReport(report());
    expect(bench.waitsFor).toBe('look up order');
  });
});

test('a submit that may be retried only after its deadline is given up at once, and says until when', async () => {
  const bench = new OrderBench();
  await bench.answer('submit order', retry(600_000));
  await bench.ring();
  expect(bench.nowMs).toBe(startMs);
  expect(bench.output).toMatchObject({
    result: 'unfilled',
    reason: 'being processed',
    notBeforeMs: startMs + 600_000,
  });
});

test('what is told again of an order that is settled changes nothing in its task', async () => {
  const bench = new TaskBench();
  await bench.price('23500');
  const { held, rollsDone, lastRoll } = bench.task.context;
  const turns = bench.journal.records.length;
  for (const { report, fills } of bench.account.orders.values()) {
    for (const told of fills) bench.account.listener?.fill(told);
    bench.account.listener?.order({ ...report, updatedAtMs: report.updatedAtMs + 5 });
  }
  await bench.clock.advance(1_000);
  expect(bench.task.context).toMatchObject({ held, rollsDone, lastRoll });
  expect(bench.journal.records).toHaveLength(turns);
});
