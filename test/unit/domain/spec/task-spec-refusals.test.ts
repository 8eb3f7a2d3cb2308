/** A wrong spec is refused with the path, the value and what would be right: each row is one mistake a person makes. */
import { describe, expect, test } from 'vitest';
import { base, issuesOf } from './spec-issues.ts';

const price = 'a price above 0, like 25500';
const duration = 'a duration like 5s, 2m or 1h';
const percentage = 'a percentage like 5%';
const strikes =
  'strike steps like "+2 steps" or "2 steps away", an amount like +1000 or -1000, a percentage like +5%, "strike 66000", "delta 0.25", "delta at most 0.30", "furthest for a credit of 0", "best credit within delta 0.10..0.30", "same distance from spot", or same';
const trigger = 'a price like 25500, or a condition like { index: { above: 25500 } }';
const target = 'a step like +1000, { strike: +2 steps }, or close';
const expiry =
  'same, next-weekly, next-monthly, next-quarterly, "min 7d", "nearest 45d", "between 30d and 60d" (each also with "from held"), or "+14d"';
const preferred =
  'a list of credit, mostCredit, delta, theta, spread, openInterest, nearestExpiry, furthestExpiry, furthestStrike, the most important first';
const delta = 'a delta between 0 and 1, like 0.45';
const share = 'a percentage like 80% or -1%';
const parts = 'a list of conditions like [ { index: { above: 25500 } }, { daysToExpiry: { below: 2 } } ]';
const hours = 'hours in UTC like 22:00-06:00';
const kinds =
  'index, mark, last, delta, theta, impliedVolatility, impliedVolatilityRank, realisedVolatility, optionMark, extrinsicValue, profit, moneyness, deviations, daysToExpiry, expiryDay, every, any, all';
const guards =
  'netCredit, debit, spread, openInterest, rolls, cooldown, maintenanceMargin, notBeforeExpiry, quietHours, notDuring, allowWrongWay, strikeHighWaterMark, whenRefused';
const quantity = 'all, or a quantity like "0.3"';
const money = 'an amount of settle coin, like 0 or -12.5';
const most = 'an amount above 0, like 50, a share of the premium, like 10%, or 1% of spot';
const dated =
  'dated times like 2026-12-10 13:00..15:00 Europe/Berlin, 2026-12-09..2026-12-11 or 2026-12-10, or events';
const someHour =
  'an hour like day at 14:00, weekday at 08:30 or Friday at 07:30 Europe/Berlin, or { time: day at 14:00, within: 1h }';
const wholeUp = 'a whole number from 1 up';
const symbol = 'an option symbol like BTC-31MAR23-26000-C-USDT';

/** What is different from a good spec, where the fault is, what was found there, what would be right. */
const mistakes: [object, string, string, string][] = [
  [{ symbol: 'BTCUSDT' }, 'symbol', '"BTCUSDT"', symbol],
  [{ symbol: 5 }, 'symbol', '5', symbol],
  [{ symbol: undefined }, 'symbol', 'nothing', symbol],
  [{ qty: '0' }, 'qty', '"0"', quantity],
  [{ qty: -1 }, 'qty', '-1', quantity],
  [{ qty: 'everything' }, 'qty', '"everything"', quantity],
  [{ qty: '1e5' }, 'qty', '"1e5"', quantity],
  [{ trigger: undefined }, 'trigger', 'nothing', trigger],
  [{ trigger: true }, 'trigger', 'true', trigger],
  [{ trigger: 'soon' }, 'trigger.index.above', '"soon"', price],
  [{ trigger: 0 }, 'trigger.index.above', '0', price],
  [{ trigger: { index: { below: -5 } } }, 'trigger.index.below', '-5', price],
  [{ trigger: { index: {} } }, 'trigger.index', '{}', 'exactly one of above and below'],
  [
    { trigger: { index: { above: 2, below: 1 } } },
    'trigger.index',
    '{"above":2,"below":1}',
    'exactly one of above and below',
  ],
  [{ trigger: { index: { above: 1, for: '5 s' } } }, 'trigger.index.for', '"5 s"', duration],
  [{ target: undefined }, 'target', 'nothing', target],
  [{ target: 0 }, 'target.strike', '0', strikes],
  [{ target: '0 steps' }, 'target.strike', '"0 steps"', strikes],
  [{ target: '+1.5 steps' }, 'target.strike', '"+1.5 steps"', strikes],
  [{ target: '0%' }, 'target.strike', '"0%"', strikes],
  [{ target: 'delta 1.5' }, 'target.strike', '"delta 1.5"', strikes],
  [{ target: 'closed' }, 'target.strike', '"closed"', strikes],
  [{ target: null }, 'target', 'null', target],
  [{ target: { strike: 1000, expiry: 'next' } }, 'target.expiry', '"next"', expiry],
  [{ target: { strike: 1000, expiry: 'min 7' } }, 'target.expiry', '"min 7"', expiry],
  [
    { target: { strike: 1000, expiry: 'next-weekly from held' } },
    'target.expiry',
    '"next-weekly from held"',
    expiry,
  ],
  [{ target: { strike: 1000, expiry: '14d' } }, 'target.expiry', '"14d"', expiry],
  [
    { target: { strike: 1000, expiry: 'between 60d and 30d' } },
    'target.expiry',
    '"between 60d and 30d"',
    'the smaller number of days first, like "between 30d and 60d"',
  ],
  [{ target: 'delta at most 1.5' }, 'target.strike', '"delta at most 1.5"', strikes],
  [{ target: 'delta at most 0.0' }, 'target.strike', '"delta at most 0.0"', strikes],
  [{ target: 'furthest for a credit' }, 'target.strike', '"furthest for a credit"', strikes],
  [
    { target: 'best credit within delta 0.30..0.10' },
    'target.strike',
    '"best credit within delta 0.30..0.10"',
    strikes,
  ],
  [{ target: 'strike 0' }, 'target.strike', '"strike 0"', strikes],
  [{ target: { strike: 1000, prefer: [] } }, 'target.prefer', '[]', preferred],
  [{ target: { strike: 1000, prefer: 'credit' } }, 'target.prefer', '"credit"', preferred],
  [{ target: { strike: 1000, prefer: ['gamma'] } }, 'target.prefer.0', '"gamma"', preferred],
  [
    { target: { strike: 1000, prefer: ['delta', 'delta'] } },
    'target.prefer',
    '["delta","delta"]',
    'each of them once',
  ],
  [{ trigger: {} }, 'trigger', '{}', `exactly one of ${kinds}`],
  [
    { trigger: { index: { above: 1 }, delta: { above: 0.5 } } },
    'trigger',
    '{"index":{"above":1},"delta":{"above":0.5}}',
    `exactly one of ${kinds}`,
  ],
  [{ trigger: { delta: { above: 45 } } }, 'trigger.delta.above', '45', delta],
  [{ trigger: { delta: { above: -0.45 } } }, 'trigger.delta.above', '-0.45', delta],
  [{ trigger: { profit: { above: 80 } } }, 'trigger.profit.above', '80', share],
  [
    { trigger: { impliedVolatility: { above: '0%' } } },
    'trigger.impliedVolatility.above',
    '"0%"',
    'a yearly volatility like 60%',
  ],
  [
    { trigger: { impliedVolatility: { above: 60 } } },
    'trigger.impliedVolatility.above',
    '60',
    'a yearly volatility like 60%',
  ],
  [
    { trigger: { impliedVolatilityRank: { above: '101%' } } },
    'trigger.impliedVolatilityRank.above',
    '"101%"',
    'a rank from 0% to 100%, like 50%',
  ],
  [
    { trigger: { realisedVolatility: { above: '60%', over: '10d' } } },
    'trigger.realisedVolatility.over',
    '"10d"',
    'one of 7d, 14d, 21d, 30d, 60d, 90d, 180d, 270d',
  ],
  [
    { trigger: { realisedVolatility: { above: '60%', days: 7 } } },
    'trigger.realisedVolatility.days',
    '7',
    'one of above, below, for, over',
  ],
  [
    { trigger: { realisedVolatility: { over: '7d' } } },
    'trigger.realisedVolatility',
    '{"over":"7d"}',
    'exactly one of above and below',
  ],
  [
    { trigger: { extrinsicValue: { below: 'little' } } },
    'trigger.extrinsicValue.below',
    '"little"',
    'an amount per unit, like 20, or a share of the premium, like 10%',
  ],
  [
    { trigger: { theta: { above: '12%' } } },
    'trigger.theta.above',
    '"12%"',
    'what a unit loses in a day, in settle coin, like 12',
  ],
  [
    { trigger: { deviations: { below: 'one' } } },
    'trigger.deviations.below',
    '"one"',
    'a number of standard deviations, like 1 or -0.5',
  ],
  ...[
    'Friday',
    'Friday 07:30',
    'Friday at 7:30',
    'day at 24:00',
    'weekend at 07:30',
    'day at 07:30 CEST',
    7,
  ].map((every): [object, string, string, string] => [
    { trigger: { every } },
    'trigger.every',
    JSON.stringify(every),
    someHour,
  ]),
  [{ trigger: { every: { time: 'noon' } } }, 'trigger.every.time', '"noon"', someHour],
  [
    { trigger: { every: { time: 'day at 12:00', within: '25h' } } },
    'trigger.every.within',
    '"25h"',
    'a duration from 1m to 24h',
  ],
  [
    { trigger: { every: { time: 'day at 12:00', for: '1h' } } },
    'trigger.every.for',
    '"1h"',
    'one of time, within',
  ],
  [{ trigger: { moneyness: { above: 'at' } } }, 'trigger.moneyness.above', '"at"', share],
  [{ trigger: { optionMark: { below: -5 } } }, 'trigger.optionMark.below', '-5', 'a price like 50'],
  [{ trigger: { daysToExpiry: 2 } }, 'trigger.daysToExpiry', '2', 'an object like { below: 2 }'],
  [
    { trigger: { expiryDay: { after: '09:00' } }, target: 'close' },
    'trigger.expiryDay.after',
    '"09:00"',
    'an hour before the delivery at 08:00 UTC',
  ],
  [
    {
      trigger: { any: [{ index: { above: 25500 } }, { all: [{ expiryDay: { after: '08:00' } }] }] },
      target: 'close',
    },
    'trigger.any.1.all.0.expiryDay.after',
    '"08:00"',
    'an hour before the delivery at 08:00 UTC',
  ],
  [
    { trigger: { expiryDay: { after: '25:00' } } },
    'trigger.expiryDay.after',
    '"25:00"',
    'an hour in UTC like 06:30',
  ],
  [{ trigger: { any: [] } }, 'trigger.any', '[]', parts],
  [{ trigger: { all: { index: { above: 1 } } } }, 'trigger.all', '{"index":{"above":1}}', parts],
  [{ trigger: { any: [{ all: [{ index: { above: 0 } }] }] } }, 'trigger.any.0.all.0.index.above', '0', price],
  [{ evenIfTrue: 'yes' }, 'evenIfTrue', '"yes"', 'true or false'],
  [
    { guards: { openInterest: { min: 0 } } },
    'guards.openInterest.min',
    '0',
    'an amount of base coin above 0, like 5',
  ],
  [{ guards: { rolls: {} } }, 'guards.rolls', '{}', 'max, perDay or both'],
  [{ guards: { rolls: { perDay: 0 } } }, 'guards.rolls.perDay', '0', wholeUp],
  [{ guards: { maintenanceMargin: { max: 85 } } }, 'guards.maintenanceMargin.max', '85', percentage],
  [{ guards: { notBeforeExpiry: '30' } }, 'guards.notBeforeExpiry', '"30"', duration],
  ...[
    '10 December',
    '2026-02-30',
    '2026-12-10 13:00',
    '2026-12-10..',
    '2026-12-11..2026-12-10',
    '2026-12-10 15:00..13:00',
    '2026-12-10 13:00..24:30',
    '2026-12-10 Europe/Atlantis',
    '2026-12-10 CEST',
  ].map((text): [object, string, string, string] => [
    { guards: { notDuring: text } },
    'guards.notDuring',
    JSON.stringify(text),
    dated,
  ]),
  [{ guards: { notDuring: ['2026-12-10', 'CPI'] } }, 'guards.notDuring.1', '"CPI"', dated],
  [{ guards: { notDuring: [] } }, 'guards.notDuring', '[]', dated],
  [{ guards: { notDuring: [{ name: 'CPI', times: 'then' }] } }, 'guards.notDuring.0.times', '"then"', dated],
  [
    { guards: { notDuring: { name: 'CPI', times: '2026-12-10', zone: 'UTC' } } },
    'guards.notDuring.zone',
    '"UTC"',
    'one of name, times',
  ],
  [{ guards: { debit: { max: '1% of index' } } }, 'guards.debit.max', '"1% of index"', most],
  [{ guards: { quietHours: '22-6' } }, 'guards.quietHours', '"22-6"', hours],
  [{ guards: { quietHours: '22:00-24:00' } }, 'guards.quietHours', '"22:00-24:00"', hours],
  [{ guards: { quietHours: '22:00-22:00' } }, 'guards.quietHours', '"22:00-22:00"', 'two different hours'],
  [{ guards: { whenRefused: 'panic' } }, 'guards.whenRefused', '"panic"', 'skip, close or alert'],
  [{ execution: { style: 'sweep' } }, 'execution.style', '"sweep"', 'walk, cross or rest'],
  [{ execution: { every: 3 } }, 'execution.every', '3', duration],
  [{ execution: { deadline: '-1s' } }, 'execution.deadline', '"-1s"', duration],
  [{ execution: { steps: 0 } }, 'execution.steps', '0', 'a whole number from 1 to 100'],
  [{ execution: { steps: 101 } }, 'execution.steps', '101', 'a whole number from 1 to 100'],
  [{ execution: { every: '0s' } }, 'execution.every', '"0s"', 'a duration from 100ms up, like 3s'],
  [{ execution: { deadline: '0s' } }, 'execution.deadline', '"0s"', 'a duration from 1s up, like 2m'],
  [{ execution: { steps: 2.5 } }, 'execution.steps', '2.5', 'a whole number from 1 to 100'],
  [{ execution: { slippage: '5%' } }, 'execution.slippage', '"5%"', 'an object like { max: 5% }'],
  [{ execution: { slippage: { max: 0.05 } } }, 'execution.slippage.max', '0.05', percentage],
  [{ execution: { slippage: { max: '-5%' } } }, 'execution.slippage.max', '"-5%"', percentage],
  [
    { execution: { every: '5s', deadline: '5s' } },
    'execution.deadline',
    '"5s"',
    'longer than execution.every, so that a walk reaches the far touch',
  ],
  [{ execution: 'walk' }, 'execution', '"walk"', 'an object like { style: walk, deadline: 2m }'],
  [{ leg2: { fallback: 'panic' } }, 'leg2.fallback', '"panic"', 'keepTrying, reopenLeg1 or stayFlat'],
  [{ leg2: { attempts: 0 } }, 'leg2.attempts', '0', wholeUp],
  [{ follow: 'index' }, 'follow', '"index"', 'strike, fixed or percent'],
  [{ guards: { rolls: { max: 0 } } }, 'guards.rolls.max', '0', wholeUp],
  [{ guards: { rolls: 6 } }, 'guards.rolls', '6', 'an object like { max: 6, perDay: 2 }'],
  [{ guards: { netCredit: { min: 'some' } } }, 'guards.netCredit.min', '"some"', money],
  [{ guards: { debit: { max: -5 } } }, 'guards.debit.max', '-5', most],
  [{ guards: { debit: { max: '5 %' } } }, 'guards.debit.max', '"5 %"', most],
  [{ guards: { spread: { max: 0.2 } } }, 'guards.spread.max', '0.2', 'a percentage like 5%'],
  [{ guards: { spread: '20%' } }, 'guards.spread', '"20%"', 'an object like { max: 20% }'],
  [{ guards: { cooldown: 15 } }, 'guards.cooldown', '15', duration],
  [{ guards: { allowWrongWay: 'yes' } }, 'guards.allowWrongWay', '"yes"', 'true or false'],
];

describe('a wrong value is named with what would be right', () => {
  test.each(mistakes)('%j at %s', (changes, path, found, expected) => {
    expect(issuesOf({ ...base, ...changes })).toEqual([{ path, found, expected }]);
  });

  test.each([
    [null, 'null'],
    [[], '[]'],
    ['a task', '"a task"'],
  ])('%j is no spec at all', (input, found) => {
    expect(issuesOf(input)).toEqual([
      { path: '', found, expected: 'a task spec: an object with symbol, trigger and target' },
    ]);
  });

  test('and so is every other one beside it', () => {
    const issues = issuesOf({ ...base, symbol: 'BTC', qty: 0, follow: 'x', leg2: { attempts: 0 } });
    expect(issues.map(({ path }) => path).sort()).toEqual(['follow', 'leg2.attempts', 'qty', 'symbol']);
  });
});

describe('an unknown key is named with the known ones', () => {
  test.each<[object, string, string]>([
    [
      { triger: 1 },
      'triger',
      'symbol, qty, trigger, target, rules, evenIfTrue, execution, leg2, follow, guards, approval, emergencyStop',
    ],
    [{ trigger: { index: { above: 1, fro: '5s' } } }, 'trigger.index.fro', 'above, below, for'],
    [{ target: { strike: 1000, expriy: 'same' } }, 'target.expriy', 'strike, expiry, prefer'],
    [{ execution: { stile: 'walk' } }, 'execution.stile', 'style, every, steps, deadline, slippage, legs'],
    [{ execution: { slippage: { max: '5%', min: '1%' } } }, 'execution.slippage.min', 'max'],
    [{ leg2: { fallbak: 'stayFlat' } }, 'leg2.fallbak', 'fallback, attempts'],
    [{ guards: { openInterst: { min: 5 } } }, 'guards.openInterst', guards],
    [{ trigger: { dleta: { above: 0.5 } } }, 'trigger.dleta', kinds],
    [{ trigger: { any: [{ index: { abov: 1 } }] } }, 'trigger.any.0.index.abov', 'above, below, for'],
    [{ guards: { netCredit: { min: 0, max: 5 } } }, 'guards.netCredit.max', 'min'],
    [{ guards: { rolls: { max: 6, perWeek: 2 } } }, 'guards.rolls.perWeek', 'max, perDay'],
  ])('%j', (changes, path, known) => {
    expect(issuesOf({ ...base, ...changes })).toEqual([
      { path, found: 'an unknown key', expected: `one of ${known}` },
    ]);
  });
});

test('a condition within any or all that is wrong in itself is said to be, and ends nothing', () => {
  for (const word of ['any', 'all'])
    for (const trigger of [{ [word]: [{ above: 1 }] }, { all: [{ [word]: [{ above: 1 }] }, 25_500] }]) {
      const faults = issuesOf({ ...base, trigger }).map(({ path, found }) => `${path}: ${found}`);
      expect(faults).toContainEqual(expect.stringMatching(/\.0\.above: an unknown key$/));
    }
});
