/** What a person may write for a task, in short and in full, and what it means. Wrong specs have a file of their own. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rightWay } from '../../../../src/domain/market/option.ts';
import { readSpec, ruleOf, targetOf } from '../../../support/options.ts';

const call = 'BTC-31MAR23-26000-C-USDT';
const put = 'BTC-31MAR23-22000-P-USDT';
const spec = (changes: object = {}) =>
  readSpec({ symbol: call, trigger: 25500, target: '+1000', ...changes });
const putSpec = (changes: object = {}) =>
  readSpec({ symbol: put, trigger: 22500, target: -1000, ...changes });

const unguarded = {
  rollsMax: null,
  rollsPerDayMax: null,
  cooldownMs: 300_000,
  maintenanceMax: '0.85',
  notBeforeExpiryMs: 300_000,
  quietHours: null,
  allowWrongWay: false,
  strikeHighWaterMark: false,
  whenRefused: 'alert',
};

describe('the shortest spec', () => {
  test('is a symbol, a price and a step; the rest has careful defaults', () => {
    expect(spec()).toEqual({
      symbol: call,
      qty: 'all',
      rules: [
        {
          name: 'rule 1',
          when: { kind: 'index', direction: 'above', level: '25500', holdMs: 0 },
          then: {
            kind: 'roll',
            target: { strike: { kind: 'amount', amount: '1000' }, expiry: { kind: 'same' } },
            qty: { kind: 'share', share: '1' },
            scale: [],
          },
          guards: unguarded,
          execution: { style: 'walk', everyMs: 3_000, steps: 5, deadlineMs: 120_000, slippageMax: '0.05' },
        },
      ],
      rollsMax: null,
      evenIfTrue: false,
      leg2: { fallback: 'keepTrying', attemptsMax: 5 },
      follow: 'strike',
    });
  });

  test('fires above its price for a call and below it for a put', () => {
    expect(ruleOf(spec()).when).toMatchObject({ direction: 'above' });
    expect(ruleOf(putSpec()).when).toEqual({ kind: 'index', direction: 'below', level: '22500', holdMs: 0 });
  });

  test('means the same as the full form', () => {
    expect(spec({ trigger: '25500', target: 1000 })).toEqual(spec());
    expect(
      spec({ trigger: { index: { above: 25500 } }, target: { strike: '+1000', expiry: 'same' } }),
    ).toEqual(spec());
    expect(putSpec({ trigger: { index: { below: '22500' } }, target: { strike: -1000 } })).toEqual(putSpec());
  });

  test('is not changed by reading it', () => {
    const input = Object.freeze({ symbol: call, trigger: 25500, target: '+1000' });
    readSpec(input);
    expect(input).toEqual({ symbol: call, trigger: 25500, target: '+1000' });
  });
});

test.each([
  ['3s', 2],
  ['2500ms', 2],
  ['2s', 1],
  ['2m', 5],
])('a walk with a deadline of %s takes as many of its steps as end before it: %d', (deadline, steps) => {
  const execution = { every: '1s', steps: 5, deadline };
  const spec = readSpec({ symbol: 'BTC-31MAR23-24000-C-USDT', trigger: 23500, target: 1000, execution });
  expect(ruleOf(spec).execution.steps).toBe(steps);
});

test.each(['walk', 'cross', 'rest'])('an order may be worked as a %s', (style) => {
  const spec = readSpec({ symbol: put, trigger: 22_500, target: -1_000, execution: { style } });
  expect(ruleOf(spec).execution.style).toBe(style);
});

describe('every part of the full form', () => {
  test('reaches the task', () => {
    expect(
      readSpec({
        symbol: put,
        qty: '0.3',
        trigger: { index: { below: '22500.5', for: '5s' } },
        evenIfTrue: true,
        target: { strike: '-2 steps', expiry: 'next-weekly' },
        execution: { style: 'cross', every: '500ms', steps: 10, deadline: '2m', slippage: { max: '12.5%' } },
        leg2: { fallback: 'stayFlat', attempts: 3 },
        follow: 'percent',
        guards: {
          netCredit: { min: -12.5 },
          debit: { max: '10%' },
          spread: { max: '20%' },
          openInterest: { min: 5 },
          rolls: { max: 6, perDay: 2 },
          cooldown: '1h',
          maintenanceMargin: { max: '70%' },
          notBeforeExpiry: '30m',
          quietHours: '22:00-06:30',
          allowWrongWay: true,
          strikeHighWaterMark: true,
          whenRefused: 'close',
        },
      }),
    ).toEqual({
      symbol: put,
      qty: '0.3',
      rules: [
        {
          name: 'rule 1',
          when: { kind: 'index', direction: 'below', level: '22500.5', holdMs: 5_000 },
          then: {
            kind: 'roll',
            target: { strike: { kind: 'steps', steps: -2 }, expiry: { kind: 'next', rung: 'weekly' } },
            qty: { kind: 'share', share: '1' },
            scale: [],
          },
          execution: { style: 'cross', everyMs: 500, steps: 10, deadlineMs: 120_000, slippageMax: '0.125' },
          guards: {
            netCreditMin: '-12.5',
            debitMax: { kind: 'share', value: '0.1' },
            spreadMax: '0.2',
            openInterestMin: '5',
            rollsMax: null,
            rollsPerDayMax: 2,
            cooldownMs: 3_600_000,
            maintenanceMax: '0.7',
            notBeforeExpiryMs: 1_800_000,
            quietHours: { fromMs: 79_200_000, toMs: 23_400_000 },
            allowWrongWay: true,
            strikeHighWaterMark: true,
            whenRefused: 'close',
          },
        },
      ],
      rollsMax: 6,
      evenIfTrue: true,
      leg2: { fallback: 'stayFlat', attemptsMax: 3 },
      follow: 'percent',
    });
  });

  test('keeps its default when only its neighbour is given', () => {
    expect(ruleOf(spec({ execution: { steps: 2 } })).execution).toEqual({
      ...ruleOf(spec()).execution,
      steps: 2,
    });
    expect(spec({ leg2: { fallback: 'reopenLeg1' } }).leg2).toEqual({
      fallback: 'reopenLeg1',
      attemptsMax: 5,
    });
    expect(ruleOf(spec({ guards: { cooldown: '15m' } })).guards).toEqual({
      ...ruleOf(spec()).guards,
      cooldownMs: 900_000,
    });
  });
});

describe('a quantity or price', () => {
  test.each([
    [0.3, '0.3'],
    ['0.3', '0.3'],
    [' 0.3 ', '0.3'],
    [1e-7, '0.0000001'],
    [1_000_000, '1000000'],
  ])('of %j is %s', (qty, expected) => expect(spec({ qty }).qty).toBe(expected));

  test('may carry a plus sign', () => {
    expect(ruleOf(spec({ trigger: '+25500' })).when).toMatchObject({ level: '25500' });
  });
});

const strikeOf = (read: ReturnType<typeof spec>) => targetOf(read)?.strike;

describe('a target', () => {
  test.each([
    ['+2 steps', { kind: 'steps', steps: 2 }],
    ['1 step', { kind: 'steps', steps: 1 }],
    ['+3steps', { kind: 'steps', steps: 3 }],
    ['+1000', { kind: 'amount', amount: '1000' }],
    ['1000.5', { kind: 'amount', amount: '1000.5' }],
    [500, { kind: 'amount', amount: '500' }],
    ['+5%', { kind: 'percent', share: '0.05' }],
    ['12.5%', { kind: 'percent', share: '0.125' }],
    ['delta 0.25', { kind: 'delta', delta: '0.25' }],
    ['delta .3', { kind: 'delta', delta: '0.3' }],
    ['delta at most 0.30', { kind: 'deltaAtMost', delta: '0.3' }],
    ['furthest for a credit of 0', { kind: 'furthest', creditMin: '0' }],
    ['furthest for a credit of -12.5', { kind: 'furthest', creditMin: '-12.5' }],
    ['best credit within delta 0.10..0.30', { kind: 'bestCredit', deltaMin: '0.1', deltaMax: '0.3' }],
    ['same distance from spot', { kind: 'sameDistance' }],
    ['strike 28000', { kind: 'strike', strike: '28000' }],
    ['+66000', { kind: 'amount', amount: '66000' }],
    ['2 steps away', { kind: 'steps', steps: 2 }],
    ['1000 away', { kind: 'amount', amount: '1000' }],
    ['5% away', { kind: 'percent', share: '0.05' }],
  ])('of %j for a call is %j', (target, expected) => expect(strikeOf(spec({ target }))).toEqual(expected));

  test.each([
    ['-1 step', { kind: 'steps', steps: -1 }],
    ['-1000', { kind: 'amount', amount: '-1000' }],
    [-500, { kind: 'amount', amount: '-500' }],
    ['1 step away', { kind: 'steps', steps: -1 }],
    ['1000 away', { kind: 'amount', amount: '-1000' }],
    ['5% away', { kind: 'percent', share: '-0.05' }],
  ])('of %j for a put is %j', (target, expected) => expect(strikeOf(putSpec({ target }))).toEqual(expected));

  test('goes the other way only when the task says so', () => {
    expect(strikeOf(spec({ target: -1000, guards: { allowWrongWay: true } }))).toEqual({
      kind: 'amount',
      amount: '-1000',
    });
    expect([rightWay('call'), rightWay('put')]).toEqual([1, -1]);
  });
});

describe('units', () => {
  test.each([
    ['0s', 0],
    ['250ms', 250],
    ['5s', 5_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('a cooldown of %s is %i ms', (cooldown, ms) =>
    expect(ruleOf(spec({ guards: { cooldown } })).guards.cooldownMs).toBe(ms),
  );

  test.each([
    ['5%', '0.05'],
    ['0.5%', '0.005'],
    ['12.5%', '0.125'],
    ['0%', '0'],
    ['00.05%', '0.0005'],
    ['100%', '1'],
    ['1000%', '10'],
  ])('a slippage of %s is the fraction %s', (max, fraction) =>
    expect(ruleOf(spec({ execution: { slippage: { max } } })).execution.slippageMax).toBe(fraction),
  );

  test('a percentage is a hundredth, to the last digit', () => {
    const percents = fc.tuple(fc.nat({ max: 100_000 }), fc.nat({ max: 9_999 }));
    fc.assert(
      fc.property(percents, ([whole, fraction]) => {
        const digits = `${fraction}`.padStart(4, '0');
        const { slippageMax } = ruleOf(
          spec({
            execution: { slippage: { max: `${whole}.${digits}%` } },
          }),
        ).execution;
        const [before = '', after = ''] = slippageMax.split('.');
        expect(BigInt(before + after.padEnd(6, '0'))).toBe(BigInt(`${whole}${digits}`));
        expect(slippageMax).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/);
      }),
    );
  });
});

describe('an expiry', () => {
  test.each([
    ['same', { kind: 'same' }],
    ['next-weekly', { kind: 'next', rung: 'weekly' }],
    ['next-monthly', { kind: 'next', rung: 'monthly' }],
    ['next-quarterly', { kind: 'next', rung: 'quarterly' }],
    ['min 7d', { kind: 'min', days: 7 }],
    ['min 7d from now', { kind: 'min', days: 7 }],
    ['min 7d from held', { kind: 'min', days: 7, from: 'held' }],
    ['nearest 45d', { kind: 'nearest', days: 45 }],
    ['nearest 14d from held', { kind: 'nearest', days: 14, from: 'held' }],
    ['+14d', { kind: 'nearest', days: 14, from: 'held' }],
    ['between 30d and 60d', { kind: 'between', daysMin: 30, daysMax: 60 }],
    ['between 7d and 21d from held', { kind: 'between', daysMin: 7, daysMax: 21, from: 'held' }],
  ])('of %s is %j', (expiry, expected) => {
    expect(targetOf(spec({ target: { strike: 1000, expiry } }))?.expiry).toEqual(expected);
  });

  test('may come with the same strike', () => {
    const rolled = spec({
      trigger: { daysToExpiry: { below: 2 } },
      target: { strike: 'same', expiry: 'next-weekly' },
    });
    expect(targetOf(rolled)).toEqual({ strike: { kind: 'same' }, expiry: { kind: 'next', rung: 'weekly' } });
  });
});

test('a target may say what is preferred', () => {
  const preferring = spec({ target: { strike: 'delta at most 0.3', prefer: ['credit', 'delta'] } });
  expect(targetOf(preferring)?.prefer).toEqual(['credit', 'delta']);
  expect(targetOf(spec())).not.toHaveProperty('prefer');
});

test('a task may only close', () => {
  expect(targetOf(spec({ target: 'close' }))).toBeNull();
});

describe('a trigger', () => {
  const condition = (kind: string, direction: string, level: string) => ({
    kind,
    direction,
    level,
    holdMs: 0,
  });

  test.each([
    [{ mark: { below: 20000 } }, condition('mark', 'below', '20000')],
    [{ last: { above: 20000, for: '1m' } }, { ...condition('last', 'above', '20000'), holdMs: 60_000 }],
    [{ delta: { above: 0.45, for: '5s' } }, { ...condition('delta', 'above', '0.45'), holdMs: 5_000 }],
    [{ optionMark: { below: 50 } }, condition('optionMark', 'below', '50')],
    [{ profit: { above: '80%' } }, condition('profit', 'above', '0.8')],
    [{ profit: { below: '-100%' } }, condition('profit', 'below', '-1')],
    [{ moneyness: { above: '-1%' } }, condition('moneyness', 'above', '-0.01')],
  ])('%j is %j', (trigger, expected) => expect(ruleOf(spec({ trigger })).when).toEqual(expected));

  test.each([
    [{ daysToExpiry: { below: 2 } }, condition('daysToExpiry', 'below', '2')],
    [{ expiryDay: { after: '06:30' } }, condition('expiryDay', 'above', '23400000')],
  ])('on the time (%j) is %j', (trigger, expected) => {
    const target = { strike: 'same', expiry: 'next-weekly' };
    expect(ruleOf(spec({ trigger, target })).when).toEqual(expected);
  });

  test('may be any or all of several, nested', () => {
    const trigger = {
      any: [{ index: { above: 25500 } }, { all: [{ delta: { above: 0.4 } }, { profit: { above: '50%' } }] }],
    };
    expect(ruleOf(spec({ trigger })).when).toEqual({
      kind: 'any',
      of: [
        condition('index', 'above', '25500'),
        { kind: 'all', of: [condition('delta', 'above', '0.4'), condition('profit', 'above', '0.5')] },
      ],
    });
  });
});
