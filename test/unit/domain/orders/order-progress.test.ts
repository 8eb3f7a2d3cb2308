/**
 * What is known of an order does not depend on the order in which it arrives: fills count once, by execution id, and
 * no report takes back what an earlier one proved.
 */
import { said, withReason } from '../../../support/texts.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sum } from '../../../../src/domain/money.ts';
import type { Fill, OrderReport } from '../../../../src/domain/market/order.ts';
import {
  averagePrice,
  executedQty,
  filledQty,
  isFinal,
  isToldAndVerified,
  isToldFilled,
  isVerified,
  noProgress,
  noteFill,
  noteReport,
  noteSighting,
  outcomeOf,
  type Ending,
  type OrderProgress,
} from '../../../../src/domain/orders/order-progress.ts';
import { call24, fill, nowMs, report } from '../samples.ts';

type Received = { report: OrderReport } | { fill: Fill };
const receive = (received: readonly Received[]): OrderProgress =>
  received.reduce(
    (known, item) => ('fill' in item ? noteFill(known, item.fill) : noteReport(known, item.report)),
    noProgress,
  );
const reports = (...list: OrderReport[]): OrderProgress => receive(list.map((item) => ({ report: item })));

/** The true story of one order: parts of a hundredth each, one report after every fill, and an end. */
const story = fc
  .record({
    parts: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 6 }),
    end: fc.constantFrom<OrderReport['status']>('filled', 'cancelled', 'rejected'),
  })
  .map(({ parts, end }) => {
    const fills = parts.map((part, at) => fill(`e${at}`, `${part / 100}`, { atMs: nowMs + at }));
    const done = (count: number): string => sum(fills.slice(0, count).map(({ qty }) => qty));
    const open = [0, ...fills.map((_, at) => at + 1)].map((count) =>
      report({ executedQty: done(count), updatedAtMs: nowMs + count }),
    );
    const last = report({ status: end, executedQty: done(fills.length), updatedAtMs: nowMs + 99 });
    return { fills, reports: [...open, last], last };
  });

/** Everything of a story, some of it twice or three times, in any order. */
const repeated = story.chain((truth) => {
  const all: Received[] = [
    ...truth.fills.map((item) => ({ fill: item })),
    ...truth.reports.map((item) => ({ report: item })),
  ];
  const copies = fc.array(fc.constantFrom(...all), { maxLength: 12 });
  const received = copies.chain((again) => {
    const everything = [...all, ...again];
    return fc.shuffledSubarray(everything, { minLength: everything.length });
  });
  return received.map((items) => ({ ...truth, received: items }));
});

describe('however often and in whatever order reports arrive', () => {
  test('an order ends with the same quantity, verified, each fill counted once', () => {
    fc.assert(
      fc.property(repeated, ({ received, fills, last }) => {
        const known = receive(received);
        expect(known.report).toEqual(last);
        expect([...known.fills].sort((a, b) => a.atMs - b.atMs)).toEqual(fills);
        expect(executedQty(known)).toBe(last.executedQty);
        expect(isVerified(known)).toBe(true);
      }),
    );
  });

  test('what is proved executed never becomes less, and what is over never opens again', () => {
    fc.assert(
      fc.property(repeated, ({ received }) => {
        let known = noProgress;
        for (const item of received) {
          const next = 'fill' in item ? noteFill(known, item.fill) : noteReport(known, item.report);
          expect(Number(executedQty(next))).toBeGreaterThanOrEqual(Number(executedQty(known)));
          if (isFinal(known.report)) expect(isFinal(next.report)).toBe(true);
          known = next;
        }
      }),
    );
  });
});

describe('a report', () => {
  test('with more executed wins, even when it is stamped earlier', () => {
    const later = report({ executedQty: '0.2', updatedAtMs: nowMs + 5 });
    expect(reports(later, report({ executedQty: '0.1', updatedAtMs: nowMs + 9 })).report).toBe(later);
  });

  test('of an end is not taken back by one that still says open', () => {
    const cancelled = report({ status: 'cancelled', executedQty: '0.1' });
    const known = reports(cancelled, report({ executedQty: '0.1', updatedAtMs: nowMs + 9 }));
    expect(known.report).toBe(cancelled);
  });

  test('that is newer and says the same quantity replaces an open one', () => {
    const amended = report({ price: '1010', updatedAtMs: nowMs + 1 });
    expect(reports(report(), amended).report).toBe(amended);
    expect(reports(amended, report()).report).toBe(amended);
  });
});

describe('an order is verified', () => {
  test('only when it is over and every fill that the exchange counted is known', () => {
    const cancelled = report({ status: 'cancelled', executedQty: '0.2' });
    expect(isVerified(noProgress)).toBe(false);
    expect(isVerified(reports(report({ executedQty: '0' })))).toBe(false);
    expect(isVerified(reports(cancelled))).toBe(false);
    expect(isVerified(noteFill(reports(cancelled), fill('e1', '0.1')))).toBe(false);
    expect(
      isVerified(receive([{ report: cancelled }, { fill: fill('e1', '0.1') }, { fill: fill('e2', '0.1') }])),
    ).toBe(true);
  });

  test('at once when it ended with nothing', () => {
    expect(isVerified(reports(report({ status: 'cancelled' })))).toBe(true);
    expect(isVerified(reports(report({ status: 'rejected', reason: 'EC_NoEnoughQtyToFill' })))).toBe(true);
  });

  test('by a look-up as well as by the stream', () => {
    const sighting = { order: report({ status: 'filled', executedQty: '0.3' }), fills: [fill('e1', '0.3')] };
    expect(isVerified(noteSighting(noProgress, sighting))).toBe(true);
    expect(noteSighting(noProgress, { order: null, fills: [] })).toEqual(noProgress);
  });
});

describe('the outcome', () => {
  const order = { linkId: 'close-task000001-v1', symbol: call24, qty: '0.3', nowMs };
  const end = (known: OrderProgress, changes: Partial<Ending> = {}) =>
    withReason(outcomeOf(order, known, { refusal: null, cause: null, before: [], ...changes }));

  test('is filled, partial, unfilled or rejected by what was executed, whatever the status says', () => {
    const cancelled = (qty: string) => reports(report({ status: 'cancelled', executedQty: qty }));
    expect(end(cancelled('0.3')).result).toBe('filled');
    expect(end(cancelled('0.1')).result).toBe('partial');
    expect(end(cancelled('0')).result).toBe('unfilled');
    expect(end(noProgress, { refusal: 'request' }).result).toBe('rejected');
    expect(end(receive([{ fill: fill('e1', '0.1') }]), { refusal: 'request' }).result).toBe('partial');
    expect(end(receive([{ fill: fill('e1', '0.3') }]), { refusal: 'request' }).result).toBe('filled');
  });

  test('says why the exchange refused it, at once or later, and nothing once the order was seen alive', () => {
    const refused: Partial<Ending> = { refusal: 'margin', cause: said('too little') };
    expect(end(noProgress, refused)).toMatchObject({ result: 'rejected', refusal: 'margin' });
    const ended = reports(report({ status: 'cancelled', refusal: 'price', reason: 'would have taken' }));
    expect(end(ended)).toMatchObject({ result: 'rejected', refusal: 'price', reason: 'would have taken' });
    const alive = reports(report({ status: 'cancelled' }));
    expect(end(alive, refused)).toMatchObject({ result: 'unfilled', refusal: null });
  });

  test('takes its money from the fills when they are complete', () => {
    const known = receive([
      { report: report({ status: 'filled', executedQty: '0.3', averagePrice: '1', fee: '9' }) },
      { fill: fill('e1', '0.1', { price: '1000', fee: '0.11' }) },
      { fill: fill('e2', '0.2', { price: '1010', fee: '0.22' }) },
    ]);
    expect(end(known)).toMatchObject({ executedQty: '0.3', value: '302', fee: '0.33' });
  });

  test('takes it from the exchange when fills are missing', () => {
    const known = receive([
      { report: report({ status: 'filled', executedQty: '0.3', averagePrice: '1005', fee: '0.5' }) },
      { fill: fill('e1', '0.1') },
    ]);
    expect(end(known)).toMatchObject({ executedQty: '0.3', value: '301.5', fee: '0.5' });
  });

  test('says why it ended short, and nothing when it did not', () => {
    const cancelled = reports(report({ status: 'cancelled', reason: 'cancelled by the exchange' }));
    expect(end(cancelled).reason).toBe('cancelled by the exchange');
    expect(end(cancelled, { cause: { code: 'deadlinePassed', figures: {} } }).reason).toBe(
      'not filled by its deadline',
    );
    expect(end(receive([{ fill: fill('e1', '0.3') }]), { cause: said('too late') }).reason).toBe('');
    expect(filledQty(cancelled)).toBe('0');
  });

  test('shows an average price to 8 places, and none for nothing', () => {
    expect(averagePrice('100', '3')).toBe('33.33333333');
    expect(averagePrice('302', '0.3')).toBe('1006.66666667');
    expect(averagePrice('0', '0')).toBe('0');
  });
});

describe('fills that are told ahead of their fees', () => {
  const fast = (execId: string, qty: string): Fill => ({ ...fill(execId, qty), fee: '0', isFast: true });
  const told = (...fills: Fill[]): OrderProgress => receive(fills.map((item) => ({ fill: item })));

  test('say that an order is filled, once each, and add nothing to what is booked', () => {
    const known = told(fast('e1', '0.1'), fast('e1', '0.1'), fast('e2', '0.2'));
    expect(isToldFilled(known, '0.3')).toBe(true);
    expect([filledQty(known), executedQty(known)]).toEqual(['0', '0']);
    expect(isToldFilled(told(fast('e1', '0.1')), '0.3')).toBe(false);
    expect(isToldFilled(noProgress, '0')).toBe(false);
  });

  test('are no proof before every one of them has come with its fee, whatever the ids are', () => {
    const known = told(fast('f1', '0.1'), fill('e1', '0.1'), fast('f2', '0.2'));
    expect(isToldAndVerified(known, '0.3')).toBe(false);
    expect(filledQty(known)).toBe('0.1');
    expect(isToldAndVerified(noteFill(known, fill('e2', '0.2')), '0.3')).toBe(true);
  });

  test('are nothing without others: half of an order told ahead and the other half not is not all of it', () => {
    const known = told(fast('f1', '0.1'), fill('e2', '0.2'));
    expect([isToldFilled(known, '0.3'), isToldAndVerified(known, '0.3')]).toEqual([false, false]);
  });
});
