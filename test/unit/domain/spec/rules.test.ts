/** What a person may write for a list of rules, and what it means. */
import { describe, expect, test } from 'vitest';
import { fullForm } from '../../../../src/domain/spec/task-spec-form.ts';
import { readSpec } from '../../../support/options.ts';
import { issuesOf } from './spec-issues.ts';

const symbol = 'BTC-31MAR23-26000-C-USDT';
const profit = { profit: { above: '50%' } };
const ruled = (...rules: object[]) => readSpec({ symbol, rules });
const issues = (...rules: object[]) =>
  issuesOf({ symbol, rules }).map(({ path, expected }) => `${path}: ${expected}`);

describe('a rule', () => {
  test('that alerts rests for a second at least: it would alert without end at one price', () => {
    const alerts = (cooldown: string) => issues({ when: profit, then: 'alert', guards: { cooldown } });
    expect(alerts('999ms')).toEqual([
      'rules.0.guards.cooldown: 1s or more: as long as its trigger holds, the rule alerts so often',
    ]);
    expect(alerts('1s')).toEqual([]);
  });

  test('is named by its place where it has no name', () => {
    const { rules } = ruled({ when: profit, then: 'close' }, { name: 'x', when: 25_500, then: 1000 });
    expect(rules.map(({ name }) => name)).toEqual(['rule 1', 'x']);
  });

  test.each<[unknown, object]>([
    ['close', { kind: 'close', qty: { kind: 'share', share: '1' } }],
    [{ close: 'all' }, { kind: 'close', qty: { kind: 'share', share: '1' } }],
    [{ reduce: 'half' }, { kind: 'close', qty: { kind: 'share', share: '0.5' } }],
    [{ reduce: '0.2' }, { kind: 'close', qty: { kind: 'amount', qty: '0.2' } }],
    ['alert', { kind: 'alert' }],
    ['+2 steps', { kind: 'roll', target: { strike: { kind: 'steps', steps: 2 } } }],
    [
      { roll: 1000, qty: '25%' },
      { kind: 'roll', qty: { kind: 'share', share: '0.25' } },
    ],
    [
      { strike: 'same', expiry: 'next-weekly' },
      { kind: 'roll', target: { expiry: { rung: 'weekly' } } },
    ],
    [
      { roll: 1000, scale: ['100%', '50%'] },
      { kind: 'roll', scale: ['1', '0.5'] },
    ],
  ])('may do %j', (then, expected) => {
    expect(ruled({ when: profit, then }).rules[0]?.then).toMatchObject(expected);
  });

  test('has the guards and the execution of the task, and its own in their place', () => {
    const spec = readSpec({
      symbol,
      guards: { cooldown: '15m', rolls: { max: 6, perDay: 2 }, netCredit: { min: 0 } },
      execution: { deadline: '5m' },
      rules: [
        { when: profit, then: 'close', execution: { style: 'rest' } },
        { when: 25_500, then: 1000, guards: { cooldown: '1h', rolls: { max: 2 } } },
      ],
    });
    expect(spec.rollsMax).toBe(6);
    expect(spec.rules).toMatchObject([
      {
        guards: { cooldownMs: 900_000, rollsMax: null, rollsPerDayMax: 2, netCreditMin: '0' },
        execution: { style: 'rest', deadlineMs: 300_000 },
      },
      {
        guards: { cooldownMs: 3_600_000, rollsMax: 2, rollsPerDayMax: 2, netCreditMin: '0' },
        execution: { style: 'walk', deadlineMs: 300_000 },
      },
    ]);
  });

  test('alone and without anything of its own is written as a trigger and a target', () => {
    expect(fullForm(ruled({ when: 25_500, then: 1000 }))).toMatchObject({
      trigger: { index: { above: '25500' } },
      target: { strike: '+1000' },
    });
  });
});

describe('rules are refused', () => {
  const close = { when: profit, then: 'close' };
  test.each<[string, object[], string]>([
    ['when there is none', [], 'rules: a list of 1 to 20 rules'],
    ['without a trigger', [{ then: 'close' }], 'rules.0.when: a price like'],
    ['without an action', [{ when: profit }], 'rules.0.then: close, alert, a step'],
    [
      'with two actions',
      [{ when: profit, then: { close: 'all', alert: true } }],
      'rules.0.then: exactly one of',
    ],
    [
      'with an unknown key',
      [{ ...close, wenn: 1 }],
      'rules.0.wenn: one of name, when, then, guards, execution',
    ],
    [
      'of one name',
      [
        { ...close, name: 'x' },
        { ...close, name: 'x' },
      ],
      'rules.1.name: a name that no other',
    ],
    ['that enlarge', [{ when: profit, then: { roll: 1000, qty: '150%' } }], 'rules.0.then.qty: all, half'],
    [
      'that reduce to nothing',
      [{ when: profit, then: { reduce: '100%' } }],
      'rules.0.then.reduce: less than all',
    ],
    [
      'with a size of nothing rolled',
      [{ when: profit, then: { close: 'all', qty: 'half' } }],
      'rules.0.then: roll,',
    ],
    ['beyond twenty', Array.from({ length: 21 }, () => close), 'rules: a list of 1 to 20 rules'],
    ['the wrong way', [{ when: 25_500, then: -1000 }], 'rules.0.then.roll.strike: a step upwards'],
    [
      'in their second place, by its path',
      [close, { when: { delta: { abov: 1 } }, then: 'close' }],
      'rules.1.when.delta.abov: one of above, below, for',
    ],
  ])('%s', (_, rules, expected) => {
    expect(issues(...rules).join('\n')).toContain(expected);
  });

  test('beside a trigger or a target', () => {
    const both = issuesOf({ symbol, trigger: 1, rules: [{ when: profit, then: 'close' }] });
    expect(both).toMatchObject([{ path: 'trigger', found: 'an unknown key' }]);
  });
});

describe('a rule that would fire again right after its own roll', () => {
  test.each<[object, unknown, string]>([
    [{ delta: { above: 0.3 } }, { strike: 'delta 0.35' }, 'delta'],
    [{ daysToExpiry: { below: 21 } }, { strike: 1000 }, 'daysToExpiry'],
    [{ daysToExpiry: { below: 21 } }, { strike: 'same', expiry: 'nearest 20d' }, 'daysToExpiry'],
    [{ profit: { below: '10%' } }, 1000, 'profit'],
    [{ moneyness: { above: '0%' } }, { strike: 'same', expiry: 'next-weekly' }, 'moneyness'],
    [{ index: { above: 1 } }, { strike: 'same', expiry: 'next-weekly' }, 'index'],
    [{ any: [{ delta: { above: 0.3 } }, { profit: { above: '-5%' } }] }, 1000, 'profit'],
  ])('%j to %j is refused, and %s is named', (when, target, kind) => {
    expect(issues({ when, then: { roll: target } }).join()).toContain(`${kind} does not hold at once again`);
  });

  test.each<[object, unknown]>([
    [{ delta: { above: 0.3 } }, { strike: 'delta 0.16' }],
    [{ daysToExpiry: { below: 21 } }, { strike: 'same', expiry: 'nearest 45d' }],
    [{ profit: { above: '50%' } }, 1000],
    [{ index: { above: 1 } }, 1000],
    [
      { all: [{ moneyness: { above: '0%' } }, { profit: { below: '-100%' } }] },
      { strike: 'same', expiry: '+7d' },
    ],
  ])('%j to %j is not', (when, target) => {
    expect(issues({ when, then: { roll: target } })).toEqual([]);
  });

  test('is allowed where a number of rolls bounds it', () => {
    const rule = { when: { index: { above: 1 } }, then: { strike: 'same', expiry: 'next-weekly' } };
    expect(issues({ ...rule, guards: { rolls: { max: 3 } } })).toEqual([]);
    expect(issuesOf({ symbol, rules: [rule], guards: { rolls: { perDay: 1 } } })).toEqual([]);
  });
});
