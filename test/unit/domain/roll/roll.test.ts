/** The words of a roll: names of its orders, what is left to do, what it earned, and how long to wait after a failure. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  backOffAfter,
  countOrder,
  hasRest,
  isFlat,
  isNaked,
  leftToClose,
  leftToOpen,
  netCredit,
  orderLinkId,
  rollsAreUsedUp,
  startRoll,
  summarize,
  taskOfLinkId,
} from '../../../../src/domain/roll/roll.ts';
import { holdingsOf } from '../../../../src/domain/roll/holdings.ts';
import { call24, call25, held, nowMs, outcome, roll, tally, indexAbove } from '../samples.ts';
import { readSpec } from '../../../support/options.ts';

const taskIds = fc.stringMatching(/^[a-z0-9]{10}$/);
const legs = fc.constantFrom<'close' | 'open'>('close', 'open');

describe("an order's link id", () => {
  test('names leg, task, locked version and, from the second on, the attempt', () => {
    expect(orderLinkId({ leg: 'close', taskId: 'k3f9a2b7c1', lockedVersion: 17, attempt: 1 })).toBe(
      'close-k3f9a2b7c1-v17',
    );
    expect(orderLinkId({ leg: 'open', taskId: 'k3f9a2b7c1', lockedVersion: 17, attempt: 2 })).toBe(
      'open-k3f9a2b7c1-v17-a2',
    );
  });

  test('has at most 36 characters the exchange allows, after millions of versions and attempts', () => {
    fc.assert(
      fc.property(
        legs,
        taskIds,
        fc.nat({ max: 99_999_999 }),
        fc.integer({ min: 1, max: 999_999 }),
        (leg, taskId, lockedVersion, attempt) => {
          expect(orderLinkId({ leg, taskId, lockedVersion, attempt })).toMatch(/^[A-Za-z0-9_-]{1,36}$/);
        },
      ),
    );
  });

  test('is never the same for two orders', () => {
    const order = fc.record({
      leg: legs,
      taskId: taskIds,
      lockedVersion: fc.nat(),
      attempt: fc.integer({ min: 1, max: 1_000 }),
    });
    fc.assert(
      fc.property(order, order, (a, b) => {
        expect(orderLinkId(a) === orderLinkId(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test('leads back to its task', () => {
    fc.assert(
      fc.property(
        legs,
        taskIds,
        fc.nat(),
        fc.integer({ min: 1, max: 1_000 }),
        (leg, taskId, lockedVersion, attempt) => {
          expect(taskOfLinkId(orderLinkId({ leg, taskId, lockedVersion, attempt }))).toBe(taskId);
        },
      ),
    );
  });

  test.each([
    '',
    'manual',
    'close-task',
    'close--v1',
    'stop-task000001-v1',
    'close-task000001-v1-b2',
    'x-close-t-v1',
  ])('of another origin (%j) belongs to no task', (linkId) => expect(taskOfLinkId(linkId)).toBeNull());
});

describe('a roll', () => {
  test('starts with everything to close and nothing missing', () => {
    const fresh = startRoll({
      taskId: 't1',
      version: 7,
      atMs: nowMs,
      indexPrice: '23500',
      trigger: indexAbove('23500'),
      rules: [0],
      asked: null,
      held,
    });
    expect(fresh).toMatchObject({
      rollId: 't1-v7',
      lockedVersion: 7,
      fromSymbol: call24,
      toSymbol: null,
      round: 1,
    });
    expect([leftToClose(fresh), leftToOpen(fresh)]).toEqual(['0.3', '0']);
    expect([isNaked(fresh), hasRest(fresh), isFlat(fresh)]).toEqual([false, true, false]);
  });

  test('is naked while more is closed than opened', () => {
    const half = roll({ closed: tally('0.3'), opened: tally('0.1') });
    expect([leftToClose(half), leftToOpen(half)]).toEqual(['0', '0.2']);
    expect([isNaked(half), hasRest(half), isFlat(half)]).toEqual([true, false, false]);
    expect(isNaked(roll({ closed: tally('0.3'), opened: tally('0.3') }))).toBe(false);
  });

  test('is flat only when all is closed and nothing opened', () => {
    expect(isFlat(roll({ closed: tally('0.3') }))).toBe(true);
    expect(isFlat(roll({ closed: tally('0.2') }))).toBe(false);
  });

  test('that goes back to the old option leaves its rest where it is', () => {
    expect(hasRest(roll({ closed: tally('0.1') }))).toBe(true);
    expect(hasRest(roll({ closed: tally('0.1'), compensating: true }))).toBe(false);
  });

  test('that does not exist is neither naked nor flat', () => {
    expect([isNaked(null), hasRest(null), isFlat(null)]).toEqual([false, false, false]);
  });

  test('adds its orders up exactly, without counting attempts twice', () => {
    const once = countOrder(
      tally('0', { attempts: 2 }),
      outcome({ executedQty: '0.1', value: '99.9', fee: '0.1' }),
    );
    expect(countOrder(once, outcome({ executedQty: '0.2', value: '200.1', fee: '0.2' }))).toEqual({
      attempts: 2,
      executedQty: '0.3',
      value: '300',
      fee: '0.3',
    });
  });
});

describe('the net credit', () => {
  const closed = tally('0.3', { value: '300' });
  const opened = tally('0.3', { value: '210' });

  test('of a short is what it sold for less what it bought back for', () => {
    expect(netCredit('Sell', closed, opened)).toBe('-90');
    expect(netCredit('Sell', opened, closed)).toBe('90');
  });

  test('of a long is what it sold for less what it bought for', () => {
    expect(netCredit('Buy', closed, opened)).toBe('90');
    expect(netCredit('Buy', closed, closed)).toBe('0');
  });

  test('stands in the summary, fees apart', () => {
    const done = roll({
      toSymbol: call25,
      closed: { ...closed, fee: '0.2' },
      opened: { ...opened, fee: '0.1' },
    });
    const next = { kind: 'index', direction: 'above', level: '24500', holdMs: 0 } as const;
    expect(
      summarize(done, [{ held, move: done }], { endedAtMs: nowMs + 5, nextTrigger: next }),
    ).toMatchObject({
      endedAtMs: nowMs + 5,
      fromSymbol: call24,
      toSymbol: call25,
      qty: '0.3',
      netCredit: '-90',
      fee: '0.3',
      trigger: indexAbove('23500'),
      nextTrigger: indexAbove('24500'),
      compensated: false,
      isFlat: false,
    });
  });
});

describe('the wait after a failure', () => {
  test('grows from a second to a minute and stays there', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 1_000].map(backOffAfter)).toEqual([
      1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 60_000, 60_000,
    ]);
    expect(backOffAfter(0)).toBe(1_000);
  });
});

describe('the rolls of a task', () => {
  const spec = (guards: object) => readSpec({ symbol: call24, trigger: 23500, target: 1000, guards });

  test('are used up at their bound, and never without one', () => {
    const two = spec({ rolls: { max: 2 } });
    expect([0, 1, 2, 3].map((done) => rollsAreUsedUp(two, done))).toEqual([false, false, true, true]);
    expect(rollsAreUsedUp(spec({}), 1_000_000)).toBe(false);
  });
});

test('a task manages what it holds: during a roll, for what is left at the old option and open at the new one', () => {
  expect(holdingsOf({ held, roll: null })).toEqual([held]);
  const midway = roll({ qty: '0.3', toSymbol: call25, closed: tally('0.2'), opened: tally('0.1') });
  expect(
    holdingsOf({ held: { ...held, symbol: call24, qty: '0.3' }, roll: midway }).map(
      ({ symbol, qty }) => `${qty} ${symbol}`,
    ),
  ).toEqual([`0.1 ${call24}`, `0.1 ${call25}`]);
});
