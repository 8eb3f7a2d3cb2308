/**
 * The exchange, the network and the order machine never agree on who was first. Whatever overtakes what, the order ends
 * with what was traded, nothing is asked for in a hurry, and no answer is believed against what was reported.
 */
import { said } from '../support/texts.ts';
import { describe, expect, test } from 'vitest';
import type { Execution } from '../../src/domain/rules/rule.ts';
import { TaskFixture } from '../support/task-fixture.ts';
import {
  amending,
  cancelling,
  fill,
  filled,
  lookInVain,
  OrderFixture,
  report,
  startMs,
  unknown,
  walk,
  working,
} from './order-fixture.ts';

const refused = (scope: string, reason = 'no') => ({ kind: 'refused', cause: said(reason), scope });
const retry = (retryAfterMs: number) => ({ kind: 'retry', cause: said('being processed'), retryAfterMs });

describe('Filled reported twice, the second time as a cancellation that came too late,', () => {
  const second = { ...filled, updatedAtMs: startMs + 5 };

  test('counts once', async () => {
    const fixture = await cancelling();
    await fixture.acknowledge('cancel order');
    fixture.receiveReport(filled);
    fixture.receiveReport(second);
    expect(fixture.state).toBe('verifying');
    fixture.receiveFill(fill('e1', '0.3'));
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3', value: '300', reason: '' });
  });
});

describe('an amendment', () => {
  test('refused because more is filled than it leaves is looked up, and the rest is worked on', async () => {
    const fixture = await amending();
    await fixture.answer('amend order', refused('final', 'filled beyond the new quantity'));
    await fixture.lookUp(report({ executedQty: '0.1' }), [fill('e1', '0.1')]);
    expect(fixture.state).toBe('working');
    fixture.receiveFill(fill('e2', '0.2'));
    fixture.receiveReport(filled);
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });

  test.each([
    ['did not happen', '1000', '1020'],
    ['happened', '1010', '1020'],
  ])('of unknown outcome that %s leaves the order at the price it has there', async (_, price, next) => {
    const fixture = await amending();
    await fixture.answer('amend order', { kind: 'unknown', cause: said('timeout') });
    await fixture.lookUp(report({ price }));
    expect(fixture.context.price).toBe(price);
    await fixture.ring();
    await fixture.quote();
    expect(fixture.amended.at(-1)).toBe(next);
  });

  test('that the exchange takes back is noticed, and made again', async () => {
    const fixture = await amending();
    await fixture.acknowledge('amend order');
    expect(fixture.context.price).toBe('1010');
    fixture.receiveReport(report({ price: '1000', updatedAtMs: startMs + 9_000 }));
    expect(fixture.context.price).toBe('1000');
  });

  test('is not followed by another one before the order was seen, when its outcome is unknown', async () => {
    const fixture = await working();
    fixture.receiveReport(report());
    await fixture.ring();
    await fixture.quote();
    await fixture.answer('amend order', { kind: 'unknown', cause: said('timeout') });
    await fixture.answer('look up order', { kind: 'failed', cause: said('timeout') });
    await fixture.ring();
    await fixture.lookUp(null);
    expect(fixture.state).toBe('resolving.waiting');
    await fixture.ring();
    await fixture.lookUp(report());
    expect(fixture.state).toBe('working');
  });

  test('that may be retried waits as long as the exchange says', async () => {
    const fixture = await amending();
    await fixture.answer('amend order', retry(20_000));
    const atMs = fixture.nowMs;
    await fixture.ring();
    expect(fixture.nowMs).toBe(atMs + 20_000);
    expect(fixture.waitsFor).toBe('read quote');
  });

  test('that may be retried only after the deadline does not hold the cancellation up', async () => {
    const fixture = await amending();
    await fixture.answer('amend order', retry(600_000));
    await fixture.ring();
    expect(fixture.nowMs).toBe(startMs + 120_000);
    expect(fixture.waitsFor).toBe('cancel order');
  });
});

describe('a cancellation', () => {
  /** Every answer is this one, and the order stays open. */
  async function inVain(fixture: OrderFixture, answer: object, forMs: number): Promise<number[]> {
    const endMs = fixture.nowMs + forMs;
    while (fixture.nowMs < endMs) {
      await fixture.answer('cancel order', answer);
      await fixture.ring();
      await fixture.lookUp(report());
    }
    return fixture.cancelledAtMs.map((atMs, at, all) => atMs - (all[at - 1] ?? atMs)).slice(1);
  }

  test('that may be retried waits as long as the exchange says', async () => {
    const fixture = await cancelling();
    await fixture.answer('cancel order', retry(1_000));
    const atMs = fixture.nowMs;
    await fixture.ring();
    expect(fixture.nowMs).toBe(atMs + 1_000);
    await fixture.lookUp(report());
    expect(fixture.waitsFor).toBe('cancel order');
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
    const fixture = await cancelling();
    const all = await inVain(fixture, answer, 3_600_000);
    expect(all.slice(0, pauses.length)).toEqual(pauses);
    expect(new Set(all.slice(pauses.length))).toEqual(new Set([30_000]));
    expect(fixture.output).toBeUndefined();
  });

  test('that the account may not make is a matter for a person, again and again', async () => {
    const fixture = await cancelling();
    await inVain(fixture, refused('account', 'the API key is not accepted'), 31 * 60_000);
    expect(fixture.calls).toHaveLength(4);
    expect(fixture.calls[0]).toBe('it should be over and still is open (the API key is not accepted)');
    fixture.receiveReport(report({ status: 'cancelled' }));
    expect(fixture.output).toMatchObject({ result: 'unfilled', reason: 'not filled by its deadline' });
  });

  test('after a long absence is tried before a person is asked', async () => {
    const fixture = await working();
    fixture.restart();
    fixture.nowMs = startMs + 3_600_000;
    await fixture.ring();
    await fixture.acknowledge('cancel order');
    fixture.receiveReport(report({ status: 'cancelled' }));
    expect(fixture.calls).toEqual([]);
    expect(fixture.output?.result).toBe('unfilled');
  });
});

describe('the answer of a submit that comes after the order was reported', () => {
  function heardFirst(): OrderFixture {
    const fixture = new OrderFixture();
    fixture.receiveFill(fill('e1', '0.1'));
    fixture.receiveReport(report({ executedQty: '0.1' }));
    expect(fixture.state).toBe('submitting');
    return fixture;
  }

  test('is good when it acknowledges it', async () => {
    const fixture = heardFirst();
    await fixture.acknowledge('submit order');
    expect(fixture.state).toBe('working');
    expect(fixture.context.progress.fills).toHaveLength(1);
  });

  test.each<[string, object]>([
    ['refuses it', refused('margin')],
    ['wants it again', retry(1_000)],
    ['is lost', { kind: 'unknown', cause: said('timeout') }],
  ])('is not believed when it %s: the order is looked up, and not sent again', async (_, answer) => {
    const fixture = heardFirst();
    await fixture.answer('submit order', answer);
    expect(fixture.waitsFor).toBe('look up order');
    await fixture.lookUp(report({ executedQty: '0.1' }), [fill('e1', '0.1')]);
    expect(fixture.state).toBe('working');
    expect(fixture.submitted).toHaveLength(1);
    fixture.receiveReport(report({ status: 'cancelled', executedQty: '0.1' }));
    expect(fixture.output).toMatchObject({
      result: 'partial',
      executedQty: '0.1',
      refusal: null,
      reason: '',
    });
  });

  test('may come while a second try is waited for: it is looked up instead', async () => {
    const fixture = new OrderFixture();
    await fixture.answer('submit order', retry(5_000));
    fixture.receiveReport(report());
    expect(fixture.waitsFor).toBe('look up order');
    expect(fixture.submitted).toHaveLength(1);
  });
});

describe('a refusal', () => {
  test('of an order sent again proves nothing of the first one: it is looked for once more', async () => {
    const fixture = await unknown();
    await lookInVain(fixture, 60_000);
    expect(fixture.submitted).toHaveLength(2);
    await fixture.answer('submit order', refused('request', 'the position to reduce is gone'));
    expect(fixture.output).toBeUndefined();
    await fixture.lookUp(filled, [fill('e1', '0.3')]);
    expect(fixture.output).toMatchObject({ result: 'filled', refusal: null });
  });

  test('of an order sent again ends it once it is proved absent', async () => {
    const fixture = await unknown();
    await lookInVain(fixture, 60_000);
    await fixture.answer('submit order', refused('margin', 'no margin'));
    await lookInVain(fixture, 60_000);
    expect(fixture.submitted).toHaveLength(2);
    expect(fixture.output).toMatchObject({ result: 'rejected', refusal: 'margin', reason: 'no margin' });
  });

  test('after the acknowledgement, with something executed, leaves a part', async () => {
    const fixture = await working();
    fixture.receiveReport(report({ status: 'rejected', executedQty: '0.1', reason: 'later' }));
    expect(fixture.state).toBe('verifying');
    fixture.receiveFill(fill('e1', '0.1'));
    expect(fixture.output).toMatchObject({ result: 'partial', executedQty: '0.1', reason: 'later' });
  });

  test('by the exchange itself, long after it took the order, says why', async () => {
    const fixture = await working();
    fixture.receiveFill(fill('e1', '0.1'));
    fixture.nowMs = startMs + 100_000;
    fixture.receiveReport(
      report({ status: 'cancelled', executedQty: '0.1', refusal: 'request', reason: 'CancelByReduceOnly' }),
    );
    expect(fixture.output).toMatchObject({
      result: 'partial',
      executedQty: '0.1',
      refusal: 'request',
      reason: 'CancelByReduceOnly',
    });
  });
});

describe('a report', () => {
  test('older than what is known takes nothing back', async () => {
    const fixture = await amending();
    await fixture.acknowledge('amend order');
    fixture.receiveReport(report({ price: '1010', executedQty: '0.2', updatedAtMs: startMs + 9 }));
    fixture.receiveReport(report({ price: '1000', executedQty: '0.1', updatedAtMs: startMs + 10 }));
    fixture.receiveReport(report({ price: '1000', executedQty: '0.2', updatedAtMs: startMs + 8 }));
    expect(fixture.context.progress.report?.executedQty).toBe('0.2');
    expect(fixture.context.price).toBe('1010');
  });

  test('that never comes is not waited for: a silent order is looked up after half a minute', async () => {
    const fixture = await working({ execution: { ...walk, everyMs: 10_000 } });
    for (let step = 0; step < 2; step += 1) {
      await fixture.ring();
      await fixture.answer('read quote', { kind: 'failed', cause: said('timeout') });
    }
    await fixture.ring();
    expect(fixture.nowMs).toBe(startMs + 30_000);
    await fixture.lookUp(filled, [fill('e1', '0.3')]);
    expect(fixture.output?.result).toBe('filled');
  });

  test('missed by the stream is looked for as soon as the stream is back', async () => {
    const fixture = await unknown();
    for (let lookUp = 0; lookUp < 3; lookUp += 1) {
      await fixture.lookUp(null, [], '0.2');
      if (lookUp < 2) await fixture.ring();
    }
    fixture.receive({ type: 'RECONNECTED' });
    expect(fixture.waitsFor).toBe('look up order');
  });

  test('of another order under our link id is no sign of absence', async () => {
    const fixture = await unknown();
    for (let lookUp = 0; lookUp < 20; lookUp += 1) {
      await fixture.lookUp(report({ side: 'Sell' }));
      await fixture.ring();
    }
    expect(fixture.submitted).toHaveLength(1);
    expect(fixture.output).toBeUndefined();
  });
});

describe('a price found on a quote that has grown old', () => {
  async function oldPrice(style: Execution['style'] = 'walk'): Promise<OrderFixture> {
    const fixture = new OrderFixture({ execution: { ...walk, style } });
    await fixture.answer('submit order', retry(16_000));
    await fixture.ring();
    expect(fixture.waitsFor).toBe('read quote');
    return fixture;
  }

  test.each([
    ['walk', '1020'],
    ['cross', '1070'],
    ['rest', '1000'],
  ] as const)(
    'is not sent: a %s is priced anew and goes out under the same link id',
    async (style, price) => {
      const fixture = await oldPrice(style);
      await fixture.quote({ bid: '1000', ask: '1040', mark: '1020' });
      expect(fixture.submitted[1]).toEqual({ ...fixture.submitted[0], price });
    },
  );

  test.each<[string, object]>([
    ['old', { atMs: startMs }],
    ['one-sided', { ask: null }],
  ])('waits for a better one while the next quote is %s, and ends at its deadline', async (_, quote) => {
    const fixture = await oldPrice();
    while (!fixture.isOver()) {
      await fixture.quote(quote);
      await fixture.ring();
    }
    expect(fixture.nowMs).toBe(startMs + 120_000);
    expect(fixture.submitted).toHaveLength(1);
    expect(fixture.output).toMatchObject({
      result: 'unfilled',
      reason: expect.stringMatching(/old|no ask/) as string,
    });
  });

  test('does not matter once the order is reported', async () => {
    const fixture = await oldPrice();
    fixture.receiveReport(report());
    expect(fixture.waitsFor).toBe('look up order');
  });
});

test('a submit that may be retried only after its deadline is given up at once, and says until when', async () => {
  const fixture = new OrderFixture();
  await fixture.answer('submit order', retry(600_000));
  await fixture.ring();
  expect(fixture.nowMs).toBe(startMs);
  expect(fixture.output).toMatchObject({
    result: 'unfilled',
    reason: 'being processed',
    notBeforeMs: startMs + 600_000,
  });
});

test('a repeated report of an order that is settled changes nothing in its task', async () => {
  const fixture = new TaskFixture();
  await fixture.price('23500');
  const { held, rollsDone, lastRoll } = fixture.task.context;
  const turns = fixture.journal.records.length;
  for (const { report, fills } of fixture.account.orders.values()) {
    for (const fill of fills) fixture.account.listener?.fill(fill);
    fixture.account.listener?.order({ ...report, updatedAtMs: report.updatedAtMs + 5 });
  }
  await fixture.clock.advance(1_000);
  expect(fixture.task.context).toMatchObject({ held, rollsDone, lastRoll });
  expect(fixture.journal.records).toHaveLength(turns);
});
