/** A trigger is a level: what is at or beyond it holds however it got there, and what is not known holds nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import { triggerText } from '../../../../src/domain/explain/trigger-text.ts';
import { judge, watchesOf } from '../../../../src/domain/rules/trigger-judging.ts';
import {
  fieldsOf,
  watchOf,
  type Condition,
  type ConditionKind,
  type Readings,
  type Trigger,
} from '../../../../src/domain/rules/triggers.ts';
import { distanceOf, valueOf } from '../../../../src/domain/rules/condition-values.ts';
import { optionNamed } from '../../../support/options.ts';

const expiryMs = Date.UTC(2023, 2, 31, 8);
const nowMs = Date.UTC(2023, 2, 1, 12);
const call: HeldOption = {
  ...optionNamed('BTC-31MAR23-25000-C-USDT'),
  side: 'Sell',
  qty: '0.5',
  premium: '500',
};
const put: HeldOption = { ...call, ...optionNamed('BTC-31MAR23-20000-P-USDT') };
const long: HeldOption = { ...call, side: 'Buy' };

const condition = (kind: ConditionKind, direction: 'above' | 'below', level: string): Condition => ({
  kind,
  direction,
  level,
  holdMs: 0,
});
const above = condition('index', 'above', '25500');
const below = { ...condition('index', 'below', '22500'), holdMs: 5_000 };
const holds = (trigger: Trigger, readings: Readings, { held = call, atMs = nowMs } = {}) =>
  judge({ trigger, held, heldSince: {} }, readings, atMs).holds;

describe('a price of the underlying', () => {
  test.each([
    [above, '25499.99', false],
    [above, '25500', true],
    [above, '25500.00', true],
    [above, '99999', true],
    [above, '9999', false],
    [condition('index', 'below', '22500'), '22500.01', false],
    [condition('index', 'below', '22500'), '22500', true],
    [condition('index', 'below', '22500'), '3000', true],
  ])('%j at an index of %s: %s', (trigger, index, expected) => {
    expect(holds(trigger, { index })).toBe(expected);
  });

  test('is the one that is named: mark and last say nothing of the index', () => {
    expect(holds(above, { mark: '30000', last: '30000' })).toBe(false);
    expect(holds(condition('mark', 'above', '25500'), { mark: '30000', index: '1' })).toBe(true);
    expect(holds(condition('last', 'above', '25500'), { last: '30000', index: '1' })).toBe(true);
  });
});

describe('what a condition means for the option held', () => {
  test.each<[string, Condition, HeldOption, string, string, string]>([
    ['delta of a call', condition('delta', 'above', '0.45'), call, 'delta', 'rising', '0.45'],
    ['delta of a put', condition('delta', 'above', '0.45'), put, 'delta', 'falling', '-0.45'],
    ['a small delta of a put', condition('delta', 'below', '0.1'), put, 'delta', 'rising', '-0.1'],
    ['profit of a short', condition('profit', 'above', '0.8'), call, 'optionMark', 'falling', '200'],
    ['profit of a long', condition('profit', 'above', '0.8'), long, 'optionMark', 'rising', '1800'],
    ['loss of a short', condition('profit', 'below', '-1'), call, 'optionMark', 'rising', '2000'],
    ['moneyness of a call', condition('moneyness', 'above', '-0.01'), call, 'optionIndex', 'rising', '24750'],
    ['moneyness of a put', condition('moneyness', 'above', '-0.01'), put, 'optionIndex', 'falling', '20200'],
    ['its own mark', condition('optionMark', 'below', '50'), call, 'optionMark', 'falling', '50'],
    ['theta of any option', condition('theta', 'above', '12'), put, 'theta', 'falling', '-12'],
    ['a small theta', condition('theta', 'below', '3'), long, 'theta', 'rising', '-3'],
    [
      'implied volatility',
      condition('impliedVolatility', 'above', '0.6'),
      put,
      'volatility',
      'rising',
      '0.6',
    ],
    [
      'realised volatility',
      { ...condition('realisedVolatility', 'below', '0.4'), overDays: 14 },
      call,
      'realised14',
      'falling',
      '0.4',
    ],
    [
      'rank of implied volatility',
      condition('impliedVolatilityRank', 'above', '0.5'),
      call,
      'volatilityRank',
      'rising',
      '0.5',
    ],
    ['extrinsic value', condition('extrinsicValue', 'below', '20'), call, 'extrinsicValue', 'falling', '20'],
    [
      'extrinsic value as a share of the premium',
      condition('extrinsicShare', 'below', '0.1'),
      put,
      'extrinsicValue',
      'falling',
      '100',
    ],
    ['deviations of a call', condition('deviations', 'below', '1'), call, 'deviations', 'falling', '1'],
    ['deviations of a put', condition('deviations', 'above', '2'), put, 'deviations', 'rising', '2'],
    [
      'days to expiry',
      condition('daysToExpiry', 'below', '2'),
      call,
      'clock',
      'rising',
      `${expiryMs - 172_800_000}`,
    ],
    [
      'an hour of its last day',
      condition('expiryDay', 'above', '21600000'),
      call,
      'clock',
      'rising',
      `${Date.UTC(2023, 2, 31, 6)}`,
    ],
  ])('%s', (_, trigger, held, field, direction, level) => {
    expect(watchOf(trigger, { held }, nowMs)).toEqual({ field, direction, level });
  });

  test('holds by the clock alone, whatever prices are known', () => {
    const trigger = condition('daysToExpiry', 'below', '2');
    expect(holds(trigger, {}, { atMs: expiryMs - 172_800_001 })).toBe(false);
    expect(holds(trigger, {}, { atMs: expiryMs - 172_800_000 })).toBe(true);
  });

  test('is shown in its own unit, with the way that is left', () => {
    const readings = {
      delta: '-0.3',
      theta: '-12.5',
      volatility: '0.55',
      optionMark: '250',
      optionIndex: '21000',
      clock: `${expiryMs - 86_400_000}`,
    };
    const shown = (kind: ConditionKind, held = put) =>
      valueOf(condition(kind, 'above', '0'), { held }, readings);
    expect(shown('delta')).toBe('0.3');
    expect(shown('profit')).toBe('0.75');
    expect(shown('profit', long)).toBe('-0.75');
    expect(shown('moneyness')).toBe('-0.05');
    expect(shown('daysToExpiry')).toBe('1');
    expect(shown('theta')).toBe('12.5');
    expect(shown('impliedVolatility')).toBe('0.55');
    expect(shown('extrinsicValue')).toBe('250');
    expect(shown('extrinsicShare', long)).toBe('0.25');
    expect(valueOf(above, { held: call }, {})).toBeNull();
    expect(distanceOf(above, '25000.5')).toBe('499.5');
    expect(distanceOf(below, '23000')).toBe('500');
    expect(distanceOf(above, '25600')).toBe('-100');
  });
});

describe('a combination', () => {
  const delta = condition('delta', 'above', '0.45');
  const any: Trigger = { kind: 'any', of: [above, delta] };
  const all: Trigger = { kind: 'all', of: [above, delta] };

  test.each([
    [any, { index: '25000', delta: '0.3' }, false],
    [any, { index: '25500', delta: '0.3' }, true],
    [any, { delta: '0.45' }, true],
    [all, { index: '25500', delta: '0.3' }, false],
    [all, { index: '25500' }, false],
    [all, { index: '25500', delta: '0.5' }, true],
    [{ kind: 'any', of: [all, condition('optionMark', 'below', '5')] }, { optionMark: '5' }, true],
    [
      { kind: 'all', of: [any, condition('optionMark', 'below', '5')] },
      { index: '26000', optionMark: '6' },
      false,
    ],
  ] as const)('%j with %j: %s', (trigger, readings, expected) => {
    expect(holds(trigger as Trigger, readings)).toBe(expected);
  });

  test('looks at each field once', () => {
    expect(fieldsOf({ kind: 'any', of: [above, delta, condition('index', 'below', '1')] })).toEqual([
      'index',
      'delta',
    ]);
  });

  test('reads as a sentence', () => {
    expect(
      triggerText({
        kind: 'any',
        of: [{ ...condition('index', 'above', '25500'), holdMs: 5_000 }, condition('profit', 'above', '0.8')],
      }),
    ).toBe('any of (index above 25500 for 5 s, profit above 80 %)');
  });
});

describe('a condition that must go on holding', () => {
  const index = { ...condition('index', 'above', '25500'), holdMs: 5_000 };
  const profit = condition('profit', 'above', '0.8');

  test('holds when it has done so for long enough', () => {
    const watched = { trigger: index, held: call, heldSince: {} };
    const first = judge(watched, { index: '25600' }, nowMs);
    expect(first).toMatchObject({ holds: false, heldSince: { 0: nowMs }, dueAtMs: nowMs + 5_000 });
    const later = judge({ ...watched, heldSince: first.heldSince }, { index: '25700' }, nowMs + 5_000);
    expect(later).toMatchObject({ holds: true, heldSince: { 0: nowMs } });
    expect(
      judge({ ...watched, heldSince: first.heldSince }, { index: '25400' }, nowMs + 3_000).heldSince,
    ).toEqual({});
  });

  test('counts from its own beginning, not from when the others came', () => {
    const trigger: Trigger = { kind: 'all', of: [index, profit] };
    const watched = { trigger, held: call, heldSince: { 0: nowMs - 60_000 } };
    expect(judge(watched, { index: '25600', optionMark: '300' }, nowMs).dueAtMs).toBeNull();
    expect(judge(watched, { index: '25600', optionMark: '200' }, nowMs).holds).toBe(true);
  });

  test('of several, the trigger is due as soon as enough of them have', () => {
    const slow = { ...condition('mark', 'above', '25500'), holdMs: 60_000 };
    const readings = { index: '26000', mark: '26000' };
    const due = (kind: 'any' | 'all') =>
      judge({ trigger: { kind, of: [slow, index] }, held: call, heldSince: {} }, readings, nowMs).dueAtMs;
    expect(due('any')).toBe(nowMs + 5_000);
    expect(due('all')).toBe(nowMs + 60_000);
  });
});

describe('the watches of a waiting task cover everything that can change the answer', () => {
  /** Prices jump; a task is woken only when one of its watches is reached, as the trigger book does it. */
  test('and find what a look at every price would have found', () => {
    const leaf = fc
      .record({
        kind: fc.constantFrom<ConditionKind>('index', 'mark', 'delta'),
        direction: fc.constantFrom<'above' | 'below'>('above', 'below'),
        level: fc.integer({ min: 1, max: 9 }).map(String),
      })
      .map((each): Condition => ({ ...each, holdMs: 0 }));
    const { trigger } = fc.letrec<{ trigger: Trigger }>((tie) => ({
      trigger: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.record({
          kind: fc.constantFrom<'any' | 'all'>('any', 'all'),
          of: fc.array(tie('trigger'), { minLength: 1, maxLength: 3 }),
        }),
      ),
    }));
    const steps = fc.array(
      fc.record({ field: fc.constantFrom('index', 'mark', 'delta'), value: fc.integer({ min: 0, max: 10 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(trigger, steps, (rule, moves) => {
        const watched = { trigger: rule, held: call, heldSince: {} };
        const asking = { atMs: nowMs, isConfirming: false };
        let readings: Readings = {};
        let armed = watchesOf(watched, readings, asking);
        for (const { field, value } of moves) {
          readings = { ...readings, [field]: `${value}` };
          const truth = judge(watched, readings, nowMs).holds;
          const isWoken = armed.some(
            (each) =>
              each.field === field &&
              (each.direction === 'rising' ? value >= Number(each.level) : value <= Number(each.level)),
          );
          if (truth) expect(isWoken).toBe(true);
          if (truth) return;
          if (isWoken) armed = watchesOf(watched, readings, asking);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  /** Time passes minute by minute; the clock wakes a task at its level, an index when it is reached. */
  test('and miss no minute in which an hour and a price hold together', () => {
    const leaf = fc.oneof(
      fc
        .record({
          direction: fc.constantFrom<'above' | 'below'>('above', 'below'),
          level: fc.integer({ min: 1, max: 9 }).map(String),
        })
        .map((each): Condition => ({ kind: 'index', ...each, holdMs: 0 })),
      fc
        .record({ minute: fc.integer({ min: 0, max: 30 }), within: fc.integer({ min: 1, max: 9 }) })
        .map(({ minute, within }): Condition => ({
          ...condition('every', 'below', '0'),
          schedule: { on: 'day', timeMs: minute * 60_000, zone: 'UTC', withinMs: within * 60_000 },
        })),
    );
    const { trigger } = fc.letrec<{ trigger: Trigger }>((tie) => ({
      trigger: fc.oneof(
        { maxDepth: 2 },
        leaf,
        fc.record({
          kind: fc.constantFrom<'any' | 'all'>('any', 'all'),
          of: fc.array(tie('trigger'), { minLength: 1, maxLength: 3 }),
        }),
      ),
    }));
    const midnightMs = Date.UTC(2023, 2, 2);
    fc.assert(
      fc.property(
        trigger,
        fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 45, maxLength: 45 }),
        (rule, path) => {
          const watched = { trigger: rule, held: call, heldSince: {} };
          const startMs = midnightMs - 60_000;
          let index = '0';
          if (judge(watched, { index }, startMs).holds) return;
          let armed = watchesOf(watched, { index }, { atMs: startMs, isConfirming: false });
          for (const [minute, price] of path.entries()) {
            const atMs = midnightMs + minute * 60_000;
            for (const moved of ['clock', 'index'] as const) {
              if (moved === 'index') index = String(price);
              const value = moved === 'clock' ? atMs : price;
              const isWoken = armed.some(
                (each) =>
                  each.field === moved &&
                  (each.direction === 'rising' ? value >= Number(each.level) : value <= Number(each.level)),
              );
              const readings = { index };
              const { holds } = judge(watched, readings, atMs);
              if (holds) expect(isWoken).toBe(true);
              if (holds) return;
              if (isWoken) armed = watchesOf(watched, readings, { atMs, isConfirming: false });
            }
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('a confirming task waits for its release', () => {
    const watched = { trigger: below, held: call, heldSince: { 0: nowMs } };
    expect(watchesOf(watched, { index: '22000' }, { atMs: nowMs, isConfirming: true })).toEqual([
      { field: 'index', direction: 'rising', level: '22500' },
    ]);
  });
});
