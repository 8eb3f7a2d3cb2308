/** Of whom a condition of a structure speaks; a structure of one leg is judged as the single task of that option is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import { valueOf } from '../../../../src/domain/rules/condition-values.ts';
import {
  asOneOption,
  computedViewsOf,
  optionsNeeded,
  ranksNeeded,
  viewFor,
} from '../../../../src/domain/rules/leg-views.ts';
import { judge, watchesOf } from '../../../../src/domain/rules/trigger-judging.ts';
import {
  conditionsOf,
  isCombination,
  type Condition,
  type FieldReadings,
  type Readings,
  type Trigger,
} from '../../../../src/domain/rules/triggers.ts';
import { optionNamed } from '../../../support/options.ts';
import { call, put, readTrigger } from '../../../support/structures.ts';

const nowMs = Date.UTC(2023, 2, 1, 12);
const strangle = { held: call, others: [put] };
const wing: HeldOption = {
  ...optionNamed('BTC-31MAR23-25000-C-USDT'),
  side: 'Buy',
  qty: '0.3',
  premium: '90',
  leg: 'wing',
};
const gone = { ...put, qty: '0' };

const deltas = (ofCall: string, ofPut: string): Readings => ({
  legs: { call: { delta: ofCall }, put: { delta: ofPut } },
});
const holds = (written: unknown, readings: Readings, task: typeof strangle = strangle): boolean =>
  judge({ trigger: readTrigger(written), ...task, heldSince: {} }, readings, nowMs).holds;
const condition = (written: unknown): Condition => conditionsOf(readTrigger(written))[0] as Condition;
const symbolSeen = (written: unknown, readings: Readings, task: typeof strangle = strangle) =>
  viewFor(condition(written), task, readings)?.held.symbol ?? null;
const valueIn = (written: unknown, readings: Readings, task: typeof strangle = strangle) =>
  valueOf(condition(written), task, { ...readings, clock: String(nowMs) });

describe('a condition', () => {
  test('that names a leg speaks of it, whichever leg has its turn', () => {
    const readings = deltas('0.2', '-0.45');
    for (const task of [strangle, { held: put, others: [call] }]) {
      expect(holds({ leg: 'put', delta: { above: 0.45 } }, readings, task)).toBe(true);
      expect(holds({ leg: 'call', delta: { above: 0.45 } }, readings, task)).toBe(false);
    }
  });

  test.each([
    ['0.31', '-0.2', call.symbol, put.symbol],
    ['0.2', '-0.31', put.symbol, call.symbol],
  ])('of a side at deltas %s and %s', (ofCall, ofPut, tested, untested) => {
    const readings = deltas(ofCall, ofPut);
    expect(symbolSeen({ leg: 'tested', delta: { above: 0.3 } }, readings)).toBe(tested);
    expect(symbolSeen({ leg: 'untested', delta: { above: 0.3 } }, readings)).toBe(untested);
    expect(holds({ leg: 'tested', delta: { above: 0.3 } }, readings)).toBe(true);
    expect(holds({ leg: 'untested', delta: { below: 0.2 } }, readings)).toBe(true);
  });

  test('of a side looks at its short, not at the long that covers it', () => {
    const readings = { legs: { ...deltas('0.31', '-0.2').legs, wing: { delta: '0.5' } } };
    const task = { held: wing, others: [call, put] };
    expect(symbolSeen({ leg: 'tested', delta: { above: 0.3 } }, readings, task)).toBe(call.symbol);
  });

  test.each<[string, unknown, Readings, typeof strangle]>([
    [
      'a delta of a side',
      { leg: 'tested', delta: { above: 0.3 } },
      { legs: { call: { delta: '0.9' } } },
      strangle,
    ],
    [
      'a leg that is gone',
      { leg: 'put', delta: { above: 0.3 } },
      deltas('0.9', '-0.9'),
      { held: call, others: [gone] },
    ],
    [
      'a side that is gone',
      { leg: 'tested', delta: { above: 0.3 } },
      deltas('0.9', '-0.9'),
      { held: call, others: [gone] },
    ],
    ['one mark of two', { optionMark: { below: 9000 } }, { legs: { call: { optionMark: '1' } } }, strangle],
    [
      'another leg',
      { leg: 'put', optionMark: { below: 9 } },
      { legs: { call: { optionMark: '1' } } },
      strangle,
    ],
    [
      'what no structure has',
      { moneyness: { above: '-90%' } },
      { legs: { call: { optionIndex: '24000' } } },
      strangle,
    ],
  ])('is not known, and holds nothing, without %s', (_, written, readings, task) => {
    expect(holds(written, readings, task)).toBe(false);
    expect(valueIn(written, readings, task)).toBeNull();
    const trigger = readTrigger(written);
    const at = { atMs: nowMs, isConfirming: true };
    expect(() => watchesOf({ trigger, ...task, heldSince: { 0: 1 } }, readings, at)).not.toThrow();
  });

  test('on the underlying is the same for all, and on the time of the leg that is delivered first', () => {
    const later = { ...call, ...optionNamed('BTC-28APR23-24000-C-USDT') };
    const calendar = { held: later, others: [put] };
    expect(holds({ index: { above: 23_000 } }, { index: '23500' }, calendar)).toBe(true);
    expect(symbolSeen({ daysToExpiry: { below: 30 } }, {}, calendar)).toBe(put.symbol);
    expect(valueIn({ daysToExpiry: { below: 30 } }, {}, calendar)).toBe('29.8333');
    expect(valueIn({ leg: 'call', daysToExpiry: { below: 30 } }, {}, calendar)).toBe('57.8333');
  });
});

describe('a structure as one', () => {
  const marks = (ofCall: string, ofPut: string): Readings => ({
    legs: { call: { optionMark: ofCall }, put: { optionMark: ofPut } },
  });

  test('earns what its legs earn together', () => {
    // 1500 a unit were received: at 750 half of it is earned.
    expect(holds({ profit: { above: '50%' } }, marks('500', '251'))).toBe(false);
    expect(holds({ profit: { above: '50%' } }, marks('500', '250'))).toBe(true);
    expect(valueIn({ profit: { above: '50%' } }, marks('500', '250'))).toBe('0.5');
    expect(valueIn({ optionMark: { below: 100 } }, marks('500', '250'))).toBe('750');
  });

  test('of a credit is a short whose long takes from its mark; of a debit it is a long', () => {
    const credit = { held: call, others: [wing] };
    const debit = { held: { ...call, side: 'Buy' as const }, others: [{ ...wing, side: 'Sell' as const }] };
    const readings = { legs: { call: { optionMark: '500' }, wing: { optionMark: '200' } } };
    expect(asOneOption([call, wing])).toMatchObject({ side: 'Sell', qty: '0.3', premium: '180' });
    expect(asOneOption([debit.held, ...debit.others])).toMatchObject({ side: 'Buy', premium: '180' });
    // 600 a unit, and 300 now: half of the credit is earned, half of the debit lost.
    expect(valueIn({ profit: { above: '50%' } }, readings, credit)).toBe('0.5');
    expect(valueIn({ profit: { above: '50%' } }, readings, debit)).toBe('-0.5');
    expect(valueIn({ optionMark: { above: 1 } }, readings, debit)).toBe('300');
  });

  test('has net greeks of a unit, which is the smallest quantity', () => {
    const ratio = { held: call, others: [{ ...put, qty: '0.6' }] };
    const readings = { legs: { call: { delta: '0.3', theta: '-10' }, put: { delta: '-0.25', theta: '-8' } } };
    expect(valueIn({ delta: { above: 0.1 } }, readings)).toBe('0.05');
    expect(valueIn({ theta: { above: 1 } }, readings)).toBe('18');
    expect(valueIn({ delta: { above: 0.1 } }, readings, ratio)).toBe('0.2');
    expect(valueIn({ theta: { above: 1 } }, readings, ratio)).toBe('26');
  });

  test('that was taken for nothing has no share of a premium', () => {
    const free = { held: call, others: [{ ...wing, premium: call.premium }] };
    const readings = { legs: { call: { optionMark: '0' }, wing: { optionMark: '0' } } };
    expect(holds({ profit: { above: '50%' } }, readings, free)).toBe(false);
  });

  test('is what is left of it when a leg is gone', () => {
    const left = { held: gone, others: [call] };
    expect(valueIn({ optionMark: { below: 1 } }, marks('500', '250'), left)).toBe('500');
  });
});

describe('the tickers that a trigger needs', () => {
  const needed = (written: unknown, task: typeof strangle = strangle) =>
    optionsNeeded(readTrigger(written), task).map(({ leg }) => leg);

  test.each<[unknown, readonly string[]]>([
    [{ index: { above: 1 } }, []],
    [{ daysToExpiry: { below: 1 } }, []],
    [{ leg: 'put', daysToExpiry: { below: 1 } }, []],
    [{ leg: 'put', delta: { above: 0.3 } }, ['put']],
    [{ leg: 'tested', daysToExpiry: { below: 1 } }, ['call', 'put']],
    [{ profit: { above: '50%' } }, ['wing', 'call', 'put']],
    [
      {
        any: [
          { leg: 'put', delta: { above: 0.3 } },
          { leg: 'tested', delta: { above: 0.3 } },
        ],
      },
      ['put', 'call'],
    ],
  ])('%j: %j', (written, legs) => {
    expect(needed(written, { held: wing, others: [call, put] })).toEqual(legs);
  });

  test('are ranked only where a rank is asked for, and computed only where several legs make a figure', () => {
    const rank = readTrigger({ leg: 'put', impliedVolatilityRank: { above: '50%' } });
    expect(ranksNeeded(rank, strangle)).toEqual([put]);
    expect(computedViewsOf(rank, strangle)).toEqual([]);
    const both = readTrigger({ all: [{ leg: 'tested', delta: { above: 0.3 } }, { theta: { above: 1 } }] });
    expect(computedViewsOf(both, strangle)).toEqual(['tested', 'structure']);
    expect(computedViewsOf(both, { held: call })).toEqual([]);
  });
});

const kindsOfOne = ['profit', 'optionMark', 'theta', 'delta'] as const;
const single: fc.Arbitrary<Condition> = fc.record({
  kind: fc.constantFrom(
    ...kindsOfOne,
    'moneyness',
    'extrinsicValue',
    'impliedVolatility',
    'index',
    'daysToExpiry',
  ),
  direction: fc.constantFrom('above', 'below'),
  level: fc.constantFrom('0.05', '0.3', '0.6', '1', '12', '400', '23000', '24000'),
  holdMs: fc.constantFrom(0, 0, 5_000),
});
const singleTrigger: fc.Arbitrary<Trigger> = fc.oneof(
  single,
  fc.record({ kind: fc.constantFrom('any', 'all'), of: fc.array(single, { minLength: 1, maxLength: 4 }) }),
);
const onlyKnown = <Known extends object>(known: Known): Known =>
  Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as Known;
const maybe = (...values: readonly string[]) => fc.constantFrom(undefined, ...values);

/** With the leg's name where a structure needs one, and now and then where it does not. */
function named(trigger: Trigger, alsoWhereNotNeeded: boolean): Trigger {
  if (isCombination(trigger))
    return { ...trigger, of: trigger.of.map((part) => named(part, alsoWhereNotNeeded)) };
  const needsNone = ['index', 'daysToExpiry', ...kindsOfOne].includes(trigger.kind);
  const mayHave = trigger.kind !== 'index' && alsoWhereNotNeeded;
  return needsNone && !mayHave ? trigger : { ...trigger, leg: 'call' };
}

test('a structure of one leg is judged as the task of that option is', () => {
  fc.assert(
    fc.property(
      singleTrigger,
      fc.boolean(),
      fc.record({ side: fc.constantFrom('Buy' as const, 'Sell' as const), isPut: fc.boolean() }),
      fc.record({
        delta: maybe('0.05', '0.3', '0.61'),
        theta: maybe('-0.5', '-12', '-400'),
        optionMark: maybe('30', '360', '400', '900', '1200'),
        optionIndex: maybe('23000', '24000', '26000'),
        volatility: maybe('0.3', '0.6'),
      }),
      maybe('22999', '24000'),
      (trigger, alsoWhereNotNeeded, { side, isPut }, { delta, ...others }, index) => {
        const held: HeldOption = { ...call, ...(isPut && optionNamed('BTC-31MAR23-24000-P-USDT')), side };
        const signed = delta && isPut ? `-${delta}` : delta;
        const own: FieldReadings = onlyKnown({ ...others, delta: signed } as FieldReadings);
        const flat = onlyKnown({ index } as FieldReadings);
        const alone = { trigger, held, heldSince: {} };
        const structure = { trigger: named(trigger, alsoWhereNotNeeded), held, others: [], heldSince: {} };
        const inLegs: Readings = { ...flat, legs: { call: own } };
        expect(judge(structure, inLegs, nowMs)).toEqual(judge(alone, { ...flat, ...own }, nowMs));
        const clock = String(nowMs);
        for (const [place, each] of conditionsOf(structure.trigger).entries())
          expect(valueOf(each, structure, { ...inLegs, clock })).toBe(
            valueOf(conditionsOf(trigger)[place] as Condition, alone, { ...flat, ...own, clock }),
          );
      },
    ),
    { numRuns: 3_000 },
  );
});
