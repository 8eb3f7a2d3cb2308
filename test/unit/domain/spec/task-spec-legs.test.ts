/** A structure is written as legs with names; what a rule trades of them, and what makes no sense for them, is said with its path. */
import { describe, expect, test } from 'vitest';
import type { LegChoice } from '../../../../src/domain/rules/rule.ts';
import { strikeFor } from '../../../../src/domain/rules/target-rule.ts';
import { fullForm } from '../../../../src/domain/spec/task-spec-form.ts';
import { readSpec, ruleOf, targetOf } from '../../../support/options.ts';
import { issuesOf } from './spec-issues.ts';

const call26 = 'BTC-31MAR23-26000-C-USDT';
const call28 = 'BTC-31MAR23-28000-C-USDT';
const put22 = 'BTC-31MAR23-22000-P-USDT';
const put20 = 'BTC-31MAR23-20000-P-USDT';
const strangle = [{ symbol: call26 }, { symbol: put22 }];
const take = [{ when: { profit: { above: '50%' } }, then: 'close' }];

const written = (changes: object = {}): object => ({ legs: strangle, qty: '0.3', rules: take, ...changes });
const withThen = (then: unknown, changes: object = {}): object =>
  written({ rules: [{ when: { index: { above: 25_000 } }, then }], ...changes });
const namesOf = (...legs: readonly object[]) => readSpec(written({ legs })).legs?.map(({ name }) => name);
const choiceOf = (legs: unknown): LegChoice | undefined => {
  const { then } = ruleOf(readSpec(withThen({ close: 'all', legs })));
  return then.kind === 'close' ? then.legs : undefined;
};

describe('the legs of a structure', () => {
  test('are read with their names, and the first is the symbol of the task', () => {
    expect(readSpec(written())).toMatchObject({
      symbol: call26,
      qty: '0.3',
      legs: [
        { name: 'call', symbol: call26 },
        { name: 'put', symbol: put22 },
      ],
    });
  });

  test('may each have a quantity and a side, a name, and the symbol that the exchange shows', () => {
    const legs = [
      { name: 'cap', symbol: 'BTCUSDT-31MAR23-28000-C', side: 'long', qty: 0.1 },
      { symbol: call26, side: 'short', qty: 'all' },
    ];
    expect(readSpec(written({ legs })).legs).toEqual([
      { name: 'cap', symbol: call28, qty: '0.1', side: 'Buy' },
      { name: 'lower call', symbol: call26, qty: 'all', side: 'Sell' },
    ]);
  });

  test('are written as symbols alone where nothing else is to be said', () => {
    expect(namesOf(call26 as never, put22 as never)).toEqual(['call', 'put']);
  });

  test('are named by type, then by strike, then by expiry', () => {
    const far = 'BTC-28APR23-26000-C-USDT';
    expect(namesOf({ symbol: call28 }, { symbol: call26 }, { symbol: put22 }, { symbol: put20 })).toEqual([
      'upper call',
      'lower call',
      'upper put',
      'lower put',
    ]);
    expect(namesOf({ symbol: far }, { symbol: call26 })).toEqual(['far call', 'near call']);
    expect(namesOf({ symbol: call26 }, { symbol: call28 }, { symbol: 'BTC-31MAR23-27000-C-USDT' })).toEqual([
      'lower call',
      'upper call',
      'middle call',
    ]);
  });

  test.each([
    ['fewer than two', [{ symbol: call26 }], 'legs', 'a list of 2 to 6 legs'],
    ['no list', 'call', 'legs', 'a list of 2 to 6 legs'],
    ['a wrong symbol', [{ symbol: 'X' }, { symbol: put22 }], 'legs.0.symbol', 'an option symbol like'],
    [
      'one option twice',
      [{ symbol: call26 }, { name: 'b', symbol: call26 }],
      'legs.1.symbol',
      'no other leg',
    ],
    [
      'another coin',
      [{ symbol: call26 }, { symbol: 'ETH-31MAR23-2000-P-USDT' }],
      'legs.1.symbol',
      'an option of BTC settled in USDT, as the first leg is',
    ],
    ['a reserved name', [{ name: 'tested', symbol: call26 }, { symbol: put22 }], 'legs.0.name', 'not one of'],
    [
      'one name twice',
      [
        { name: 'a', symbol: call26 },
        { name: 'a', symbol: put22 },
      ],
      'legs.1.name',
      'a name that no other leg has',
    ],
    ['a wrong side', [{ symbol: call26, side: 'Sell' }, { symbol: put22 }], 'legs.0.side', 'short or long'],
    ['a wrong quantity', [{ symbol: call26, qty: 0 }, { symbol: put22 }], 'legs.0.qty', 'all, or a quantity'],
    [
      'an unknown key',
      [{ symbol: call26, strike: 1 }, { symbol: put22 }],
      'legs.0.strike',
      'name, symbol, qty, side',
    ],
  ])('are refused with %s', (_, legs, path, expected) => {
    expect(issuesOf(written({ legs }))).toContainEqual(
      expect.objectContaining({ path, expected: expect.stringContaining(expected) as string }),
    );
  });

  test('stand instead of a symbol, never beside it', () => {
    expect(issuesOf(written({ symbol: call26 }))).toMatchObject([
      { path: 'symbol', expected: 'either symbol or legs' },
    ]);
  });
});

describe('what a rule trades of the legs', () => {
  test.each([
    ['tested', 'tested'],
    ['untested', 'untested'],
    ['all', undefined],
    ['call', ['call']],
    [
      ['put', 'call'],
      ['put', 'call'],
    ],
  ])('is %j', (legs, choice) => {
    expect(choiceOf(legs)).toEqual(choice);
  });

  test.each([
    ['an unknown name', withThen({ close: 'all', legs: ['calls'] }), 'names of legs: call, put'],
    ['an alert', withThen({ alert: true, legs: 'call' }), 'roll, close or reduce'],
    [
      'a side where there is only one',
      withThen({ close: 'all', legs: 'tested' }, { legs: [{ symbol: call26 }, { symbol: call28 }] }),
      'they are all calls, so no side is tested',
    ],
    [
      'legs of a task of one option',
      { symbol: call26, rules: [{ when: { index: { above: 1 } }, then: { close: 'all', legs: 'tested' } }] },
      'a task with legs',
    ],
  ])('is refused for %s', (_, spec, expected) => {
    expect(issuesOf(spec)).toMatchObject([{ expected: expect.stringContaining(expected) as string }]);
  });
});

describe('a target of legs', () => {
  const steps = (strike: unknown, legs?: unknown): object =>
    withThen({ roll: { strike }, ...(legs ? { legs } : {}) });

  test('goes away from the price by type of the leg', () => {
    const strike = targetOf(readSpec(steps('2 steps away')))?.strike;
    expect(strike).toEqual({ kind: 'steps', steps: 2, away: true });
    expect(strike && strikeFor(strike, 'call')).toEqual({ kind: 'steps', steps: 2 });
    expect(strike && strikeFor(strike, 'put')).toEqual({ kind: 'steps', steps: -2 });
  });

  test('means away where a number has no sign', () => {
    expect(targetOf(readSpec(steps(1000)))?.strike).toEqual({ kind: 'amount', amount: '1000', away: true });
    expect(targetOf(readSpec(steps('5%')))?.strike).toEqual({ kind: 'percent', share: '0.05', away: true });
    expect(
      targetOf(readSpec({ legs: strangle, trigger: { delta: { above: 0.4 } }, target: 1000 }))?.strike,
    ).toEqual({
      kind: 'amount',
      amount: '1000',
      away: true,
    });
  });

  test('with a sign is refused where both types are rolled', () => {
    const expected = expect.stringContaining('"2 steps away" or "1000 away"') as string;
    for (const legs of [undefined, 'tested', ['call', 'put']])
      expect(issuesOf(steps('+1000', legs))).toMatchObject([{ path: 'rules.0.then.roll.strike', expected }]);
    expect(issuesOf(steps('+1000', 'call'))).toEqual([]);
  });

  test('the wrong way is refused, but for the untested side, which follows the price', () => {
    expect(issuesOf(steps('+1000', 'put'))).toMatchObject([
      { expected: expect.stringContaining('a step downwards for a put') as string },
    ]);
    expect(issuesOf(steps('strike 27000'))).toMatchObject([
      { expected: expect.stringContaining('a strike below 22000 for a put') as string },
    ]);
    expect(issuesOf(steps('strike 24000', 'untested'))).toEqual([]);
    expect(issuesOf(steps('strike 27000', 'tested'))).toEqual([]);
  });

  test('that may be a strike is asked for', () => {
    expect(issuesOf(steps(24_000, 'call'))).toMatchObject([
      { expected: expect.stringContaining('strike 24000 (the absolute strike)') as string },
    ]);
  });

  test('asks in which direction a bare price is meant for calls and puts', () => {
    expect(issuesOf({ legs: strangle, trigger: 25_000, target: 'close' })).toMatchObject([
      { path: 'trigger.index' },
    ]);
    expect(
      readSpec({ legs: [{ symbol: put22 }, { symbol: put20 }], trigger: 23_000, target: 'close' }).rules[0]
        ?.when,
    ).toMatchObject({ kind: 'index', direction: 'below' });
  });
});

test.each([
  written(),
  written({ legs: [{ name: 'cap', symbol: call28, side: 'long', qty: '0.1' }, { symbol: call26 }] }),
  withThen({ roll: { strike: '2 steps away', expiry: 'next-weekly' }, legs: 'untested' }),
  withThen({ roll: { strike: '5% away', expiry: 'same' }, qty: 'half', legs: ['call'] }),
  withThen({ close: 'all', legs: 'tested' }),
  withThen({ reduce: 'half', legs: ['put'] }),
  {
    legs: strangle,
    trigger: { daysToExpiry: { below: 2 } },
    target: { strike: '1000 away', expiry: 'next-weekly' },
  },
])('a spec of legs is read from its full form as the same spec: %j', (spec) => {
  const read = readSpec(spec);
  expect(readSpec(fullForm(read))).toEqual(read);
});
