/** How a condition names a leg, how that is written and said, and which legs cannot be meant. */
import { describe, expect, test } from 'vitest';
import { conditionName, triggerText } from '../../../../src/domain/explain/trigger-text.ts';
import { legNonsense } from '../../../../src/domain/spec/leg-nonsense.ts';
import { fullForm } from '../../../../src/domain/spec/task-spec-form.ts';
import { triggerShape } from '../../../../src/domain/spec/trigger-shape.ts';
import { bybitRules } from '../../../../src/exchange/bybit/rules.ts';
import { readSpec } from '../../../support/options.ts';
import { call, put, readTrigger, alertingSpec, strangleOf } from '../../../support/structures.ts';
import { base, issuesOf } from './spec-issues.ts';

const strangle = [
  { name: 'call', symbol: call.symbol },
  { name: 'put', symbol: put.symbol },
];
const vertical = [
  { name: 'lower call', symbol: call.symbol },
  { name: 'upper call', symbol: 'BTC-31MAR23-25000-C-USDT' },
];
const findings = (legs: typeof strangle | undefined, written: unknown) => [
  ...legNonsense({ legs, rules: [{ when: readTrigger(written) }] }, bybitRules),
];

describe('a leg', () => {
  test('is written beside the condition, and written out again as it was read', () => {
    const written = {
      any: [
        { leg: 'call', delta: { above: '0.45' } },
        {
          all: [
            { leg: 'tested', extrinsicValue: { below: '10%' } },
            { leg: 'put', expiryDay: { after: '06:30' } },
          ],
        },
        { profit: { above: '50%' } },
      ],
    };
    const spec = alertingSpec(written);
    const [rule] = (fullForm(spec) as { rules: readonly { when: unknown }[] }).rules;
    expect(rule?.when).toEqual(written);
    expect(readTrigger(written)).toEqual(readTrigger(rule?.when));
    expect(readTrigger({ delta: { above: 0.45 } })).not.toHaveProperty('leg');
  });

  test.each<[unknown, string, string]>([
    [{ leg: 'call', any: [{ delta: { above: 0.3 } }] }, 'leg', 'beside each condition of its own'],
    [{ leg: '', delta: { above: 0.3 } }, 'leg', 'the name of a leg, tested or untested'],
    [{ leg: 1, delta: { above: 0.3 } }, 'leg', 'the name of a leg, tested or untested'],
    [{ leg: 'call' }, '', 'exactly one of index'],
    [{ leg: 'call', delta: { above: 0.3 }, theta: { above: 1 } }, '', 'exactly one of index'],
  ])('is refused in %j', (written, path, expected) => {
    const { error } = triggerShape.safeParse(written);
    const issues = (error?.issues ?? []).map((issue) => [issue.path.join('.'), issue.message]);
    expect(issues).toEqual([[path, expect.stringMatching(expected) as string]]);
  });

  test.each([
    [{ leg: 'call', delta: { above: 0.45 } }, 'delta of call above 0.45'],
    [{ leg: 'tested', delta: { above: 0.3, for: '5s' } }, 'delta of the tested side above 0.3 for 5 s'],
    [{ leg: 'untested', optionMark: { below: 50 } }, 'mark of the untested side below 50'],
    [{ leg: 'lower call', profit: { above: '50%' } }, 'profit of lower call above 50 %'],
  ])('%j is said as %s', (written, text) => {
    expect(triggerText(readTrigger(written))).toBe(text);
  });

  test('has the name of a condition only where it is named', () => {
    expect(conditionName('optionMark')).toBe("the option's mark");
    expect(conditionName('optionMark', 'put')).toBe('mark of put');
  });
});

describe('legs that cannot be meant are refused', () => {
  const delta = { above: 0.3 };

  test('in a task of one option', () => {
    const expected = 'no leg: the task has one option, and no legs';
    expect(issuesOf({ ...base, trigger: { all: [{ leg: 'call', delta: { above: '0.45' } }] } })).toEqual([
      { path: 'trigger.all.0.leg', found: '"call"', expected },
    ]);
    const rules = [{ when: { leg: 'tested', delta: { above: '0.45' } }, then: 'close' }];
    const { symbol } = readSpec(base);
    expect(issuesOf({ symbol, rules })).toEqual([{ path: 'rules.0.when.leg', found: '"tested"', expected }]);
  });

  test.each<[string, typeof strangle, unknown, string]>([
    ['an unknown name', strangle, { leg: 'wing', delta }, 'one of call, put, tested, untested'],
    [
      'a side where there is one type',
      vertical,
      { leg: 'tested', delta },
      'one of lower call, upper call: without both',
    ],
    [
      'a leg of the index',
      strangle,
      { leg: 'call', index: { above: 1 } },
      'no leg: index is the same for all of them',
    ],
    [
      'no leg of a volatility',
      strangle,
      { impliedVolatility: { above: '60%' } },
      'one of call, put, tested, untested: the structure as one has no impliedVolatility',
    ],
    [
      'no leg of a share',
      strangle,
      { extrinsicValue: { below: '10%' } },
      'the structure as one has no extrinsicValue',
    ],
    [
      'no leg of a rank',
      vertical,
      { impliedVolatilityRank: { above: '50%' } },
      'one of lower call, upper call: the structure',
    ],
    ['no leg of a distance', strangle, { deviations: { below: 1 } }, 'no deviations'],
    ['no leg of moneyness', strangle, { moneyness: { above: '0%' } }, 'no moneyness'],
  ])('%s', (_, legs, written, expected) => {
    const message = expect.stringContaining(expected) as string;
    expect(findings(legs, written)).toEqual([[['rules', 0, 'when', 'leg'], message]]);
    const nested = { any: [{ index: { above: 1 } }, written] };
    expect(findings(legs, nested)).toEqual([[['rules', 0, 'when', 'any', 1, 'leg'], message]]);
  });

  test.each([
    { leg: 'call', delta },
    { leg: 'untested', moneyness: { above: '0%' } },
    { leg: 'put', daysToExpiry: { below: 2 } },
    { profit: { above: '50%' } },
    { optionMark: { below: 50 } },
    { theta: { above: 1 } },
    { delta },
    { daysToExpiry: { below: 2 } },
    { expiryDay: { after: '06:30' } },
    { every: 'Friday at 07:30' },
    { realisedVolatility: { above: '60%' } },
    { last: { above: 1 } },
  ])('and %j is not', (written) => {
    expect(findings(strangle, written)).toEqual([]);
  });

  test('as a person reads it', () => {
    const moneyness = strangleOf({ when: { any: [{ moneyness: { above: '0%' } }] }, then: 'close' });
    const expected = 'one of call, put, tested, untested: the structure as one has no moneyness';
    expect(issuesOf(moneyness)).toEqual([{ path: 'rules.0.when.any.0.leg', found: 'nothing', expected }]);
    const short = {
      legs: [{ symbol: call.symbol }, { symbol: put.symbol }],
      trigger: { leg: 'wing', delta },
      target: 'close',
    };
    expect(issuesOf(short)).toEqual([
      { path: 'trigger.leg', found: '"wing"', expected: 'one of call, put, tested, untested' },
    ]);
  });

  test('where the trigger is written short, there', () => {
    const trigger = readTrigger({ leg: 'wing', delta });
    expect([...legNonsense({ legs: strangle, trigger }, bybitRules)]).toEqual([
      [['trigger', 'leg'], 'one of call, put, tested, untested'],
    ]);
  });
});

describe('a rule that watches one leg and rolls another', () => {
  const written = (strike: string, guards: object = {}) =>
    strangleOf({
      when: { leg: 'tested', delta: { above: '0.3' } },
      then: { roll: { strike }, legs: 'untested' },
      guards,
    });

  test('is refused, because it would roll again and again', () => {
    expect(issuesOf(written('2 steps away'))).toEqual([
      {
        path: 'rules.0.then.roll',
        found: '{"strike":"2 steps away"}',
        expected:
          'legs, or a target, at which rules.0.when.delta does not hold at once again, or guards.rolls with max or perDay: the rule would roll again and again',
      },
    ]);
  });

  test('is taken when its rolls are bounded, or lead to a delta at which they end', () => {
    expect(issuesOf(written('2 steps away', { rolls: { perDay: 1 } }))).toEqual([]);
    expect(issuesOf(written('delta 0.30'))).toEqual([]);
    const spec = readSpec(written('delta 0.30'));
    expect(readSpec(fullForm(spec))).toEqual(spec);
  });
});
