/** A spec written out in full says the same as what was read, through YAML too, whatever it says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { preferences } from '../../../../src/domain/rules/target-rule.ts';
import { durationText, fullForm } from '../../../../src/domain/spec/task-spec-form.ts';
import { readSpec } from '../../../support/options.ts';

test('the shortest spec is printed with every default in its place', () => {
  const spec = readSpec({ symbol: 'BTC-31MAR23-26000-C-USDT', trigger: 25500, target: '+1000' });
  expect(fullForm(spec)).toEqual({
    symbol: 'BTC-31MAR23-26000-C-USDT',
    qty: 'all',
    trigger: { index: { above: '25500' } },
    evenIfTrue: false,
    target: { strike: '+1000', expiry: 'same' },
    execution: { style: 'walk', every: '3s', steps: 5, deadline: '2m', slippage: { max: '5%' } },
    leg2: { fallback: 'keepTrying', attempts: 5 },
    follow: 'strike',
    guards: {
      cooldown: '5m',
      maintenanceMargin: { max: '85%' },
      notBeforeExpiry: '5m',
      allowWrongWay: false,
      strikeHighWaterMark: false,
      whenRefused: 'alert',
    },
  });
});

describe('a duration', () => {
  test.each([
    [0, '0s'],
    [1, '1ms'],
    [1_500, '1500ms'],
    [90_000, '90s'],
    [120_000, '2m'],
    [86_400_000, '1d'],
  ])('of %d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

const digits = (min: number, max: number, places: number): fc.Arbitrary<string> =>
  fc.integer({ min: min * 10 ** places, max: max * 10 ** places }).map((n) => {
    const text = String(n).padStart(places + 1, '0');
    return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
  });
const price = fc.oneof(digits(1, 200_000, 0), digits(1, 200_000, 2), digits(1, 90_000, 7));
const duration = (minMs: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.integer({ min: minMs, max: 100_000 }).map((ms) => `${ms}ms`),
    fc.integer({ min: Math.ceil(minMs / 1_000), max: 10_000 }).map((seconds) => `${seconds}s`),
    fc.integer({ min: 1, max: 500 }).map((minutes) => `${minutes}m`),
    fc.integer({ min: 1, max: 30 }).map((days) => `${days}d`),
  );

const approval = fc.oneof(
  fc.constant('none'),
  fc.record(
    {
      timeout: fc.constantFrom('30s', '90s', '10m', '24h'),
      otherwise: fc.constantFrom('roll', 'skip'),
      tolerance: fc.oneof(
        price,
        digits(0, 100, 2).map((percent) => `${percent}%`),
        fc.constant(0),
      ),
    },
    { requiredKeys: [] },
  ),
);

const percentOf = (places: number): fc.Arbitrary<string> => digits(0, 300, places).map((text) => `${text}%`);
const level = (value: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
  fc
    .tuple(fc.constantFrom('above', 'below'), value, fc.option(duration(0)))
    .map(([way, at, hold]) => ({ [way]: at, ...(hold !== null && { for: hold }) }));
const hour = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const timeless = fc.oneof(
  ...['index', 'mark', 'last', 'optionMark'].map((kind) => level(price).map((at) => ({ [kind]: at }))),
  level(digits(0, 1, 3).filter((text) => Number(text) > 0 && Number(text) < 1)).map((at) => ({ delta: at })),
  level(percentOf(2)).map((at) => ({ profit: at })),
  level(percentOf(3).map((text) => `-${text}`)).map((at) => ({ moneyness: at })),
  level(percentOf(1).filter((text) => Number.parseFloat(text) > 0)).map((at) => ({ impliedVolatility: at })),
  level(percentOf(1).filter((text) => Number.parseFloat(text) > 0)).map((at) => ({ realisedVolatility: at })),
  level(percentOf(1).filter((text) => Number.parseFloat(text) <= 100)).map((at) => ({
    impliedVolatilityRank: at,
  })),
  fc.constant({ realisedVolatility: { below: '40%', over: '14d', for: '1h' } }),
  level(fc.oneof(price, percentOf(2))).map((at) => ({ extrinsicValue: at })),
  level(digits(-40, 40, 0)).map((at) => ({ theta: at })),
  level(fc.integer({ min: -300, max: 300 }).map((hundredths) => String(hundredths / 100))).map((at) => ({
    deviations: at,
  })),
);
const timed = fc.oneof(
  fc.integer({ min: 0, max: 30 }).map((below) => ({ daysToExpiry: { below } })),
  hour.filter((after) => after < '08:00').map((after) => ({ expiryDay: { after } })),
  fc
    .tuple(
      fc.constantFrom('day', 'weekday', 'Monday', 'sunday'),
      hour,
      fc.constantFrom('', ' UTC', ' Europe/Berlin', ' America/Argentina/Buenos_Aires'),
    )
    .chain(([day, time, zone]) => {
      const text = `${day} at ${time}${zone}`;
      return fc.constantFrom(text, { time: text }, { time: text, within: '2h' });
    })
    .map((every) => ({ every })),
);
const nested = (leaf: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc.letrec<{ trigger: object }>((tie) => ({
    trigger: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc
        .tuple(fc.constantFrom('any', 'all'), fc.array(tie('trigger'), { minLength: 1, maxLength: 3 }))
        .map(([kind, of]) => ({ [kind]: of })),
    ),
  })).trigger;
const strike = fc.oneof(
  fc.integer({ min: 1, max: 40 }).map((steps) => `+${steps} steps`),
  fc.integer({ min: 1, max: 40 }).map((steps) => `-${steps} steps`),
  price.map((amount) => `+${amount}`),
  digits(1, 140, 2).map((amount) => `-${amount}`),
  digits(1, 40, 2).map((percent) => `+${percent}%`),
  digits(1, 99, 0).map((percent) => `delta 0.${percent.padStart(2, '0')}`),
  digits(1, 99, 0).map((percent) => `delta at most .${percent.padStart(2, '0')}`),
  price.map((at) => `strike 1${at}`),
  fc
    .tuple(fc.constantFrom('', '-', '+'), price)
    .map(([sign, sum]) => `furthest for a credit of ${sign}${sum}`),
  fc
    .tuple(fc.integer({ min: 10, max: 49 }), fc.integer({ min: 50, max: 99 }))
    .map(([least, most]) => `best credit within delta 0.${least}..0.${most}`),
  fc.constant('same distance from spot'),
);
const days = fc.integer({ min: 31, max: 400 });
const later = fc.oneof(
  fc.constantFrom('next-weekly', 'next-monthly', 'next-quarterly'),
  fc
    .tuple(fc.constantFrom('min', 'nearest'), days, fc.constantFrom('', ' from now', ' from held'))
    .map(([word, count, from]) => `${word} ${count}d${from}`),
  fc
    .tuple(days, days, fc.constantFrom('', ' from held'))
    .map(([a, b, from]) => `between ${Math.min(a, b)}d and ${Math.max(a, b)}d${from}`),
  days.map((count) => `+${count}d`),
);
const prefer = fc.uniqueArray(fc.constantFrom(...preferences), { minLength: 1 });
/** Where a roll may go whenever it is: later, or anywhere when the trigger does not look at the clock. */
const triggersAndTargets = fc.oneof(
  fc.record({ trigger: price, target: strike }),
  fc.record({
    trigger: nested(timeless),
    target: fc.record(
      { strike, expiry: fc.oneof(fc.constant('same'), later), prefer },
      { requiredKeys: ['strike'] },
    ),
  }),
  fc.record({
    trigger: nested(fc.oneof(timeless, timed)),
    target: fc.record(
      { strike: fc.oneof(strike, fc.constant('same')), expiry: later, prefer },
      { requiredKeys: ['strike', 'expiry'] },
    ),
  }),
  fc.record({ trigger: nested(fc.oneof(timeless, timed)), target: fc.constant('close') }),
);

const dayOfYear = fc
  .integer({ min: 0, max: 364 })
  .map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
const blackout = fc.oneof(
  dayOfYear,
  dayOfYear.map((day) => `${day} Asia/Tokyo`),
  fc.tuple(dayOfYear, dayOfYear).map((days) => days.sort().join('..')),
  fc
    .tuple(dayOfYear, hour, hour, fc.constantFrom('', ' UTC', ' America/New_York', ' Asia/Kathmandu'))
    .filter(([, from, to]) => from < to)
    .map(([day, from, to, zone]) => `${day} ${from}..${to}${zone}`)
    // In New York this hour is missing on that day.
    .filter((text) => !/2026-03-08 0[12].*York/.test(text)),
);

/** Whatever a person may write: every part may be left out, and calls and puts may roll the wrong way when they say so. */
const rest = fc.record(
  {
    symbol: fc.constantFrom('BTC-31MAR23-26000-C-USDT', 'ETH-9MAY25-1800.5-P', 'SOL-27MAR26-150-P-USDT'),
    qty: fc.oneof(fc.constant('all'), digits(1, 500, 2)),
    evenIfTrue: fc.boolean(),
    execution: fc.record(
      {
        style: fc.constantFrom('walk', 'cross', 'rest'),
        every: duration(100).filter((text) => !/[md]$/.test(text) || text.endsWith('ms')),
        steps: fc.integer({ min: 1, max: 100 }),
        deadline: fc.constantFrom('15d', '20000m', '2000000s'),
        slippage: fc.record({ max: digits(0, 100, 3).map((percent) => `${percent}%`) }),
      },
      { requiredKeys: ['deadline'] },
    ),
    leg2: fc.record(
      {
        fallback: fc.constantFrom('keepTrying', 'reopenLeg1', 'stayFlat'),
        attempts: fc.integer({ min: 1, max: 99 }),
      },
      { requiredKeys: [] },
    ),
    follow: fc.constantFrom('strike', 'fixed', 'percent'),
    approval,
    guards: fc.record(
      {
        netCredit: fc.record({
          min: fc.oneof(
            price,
            price.map((amount) => `-${amount}`),
          ),
        }),
        debit: fc.record({
          max: fc.oneof(
            price,
            digits(0, 100, 2).map((percent) => `${percent}%`),
            digits(0, 100, 2).map((percent) => `${percent}% of spot`),
          ),
        }),
        spread: fc.record({ max: digits(0, 100, 1).map((percent) => `${percent}%`) }),
        openInterest: fc.record({ min: price }),
        rolls: fc.record(
          { max: fc.integer({ min: 1, max: 1_000 }), perDay: fc.integer({ min: 1, max: 9 }) },
          { requiredKeys: ['perDay'] },
        ),
        cooldown: duration(0),
        maintenanceMargin: fc.record({ max: percentOf(1) }),
        notBeforeExpiry: duration(0),
        quietHours: fc
          .tuple(hour, hour)
          .filter(([from, to]) => from !== to)
          .map(([from, to]) => `${from}-${to}`),
        notDuring: fc.oneof(
          blackout,
          fc.constant('events'),
          fc.array(
            fc.oneof(
              blackout,
              fc.constant('events'),
              fc.record({ name: fc.constant('FOMC'), times: blackout }),
            ),
            {
              minLength: 1,
            },
          ),
        ),
        allowWrongWay: fc.constant(true),
        strikeHighWaterMark: fc.boolean(),
        whenRefused: fc.constantFrom('skip', 'alert'),
      },
      { requiredKeys: ['allowWrongWay', 'rolls'] },
    ),
  },
  { requiredKeys: ['symbol', 'guards'] },
);
const written = fc.tuple(rest, triggersAndTargets).map(([others, rule]) => ({ ...others, ...rule }));

test('reading what was printed gives the same spec, and printing that the same text', () => {
  fc.assert(
    fc.property(written, (input) => {
      const spec = readSpec(input);
      const text = stringify(fullForm(spec));
      const again = readSpec(parse(text));
      expect(again).toEqual(spec);
      expect(stringify(fullForm(again))).toBe(text);
      expect(readSpec(JSON.parse(JSON.stringify(fullForm(spec))))).toEqual(spec);
    }),
    { numRuns: 2_000 },
  );
});

const portion = fc.oneof(
  digits(1, 99, 2).map((percent) => `${percent}%`),
  fc.constantFrom('half', '0.2'),
);
const rule = fc
  .tuple(triggersAndTargets, fc.constantFrom('as it is', 'alert', 'reduce', 'qty', 'scale'), portion)
  .map(([{ trigger: when, target }, kind, part]) => {
    if (kind === 'alert') return { when, then: 'alert' };
    if (kind === 'reduce') return { when, then: { reduce: part } };
    if (target === 'close') return { when, then: 'close' };
    if (kind === 'qty') return { when, then: { roll: target, qty: part } };
    return { when, then: { roll: target, ...(kind === 'scale' && { scale: ['100%', '50%'] }) } };
  });
const ownSettings = fc.record(
  {
    guards: fc.record(
      {
        // An alert rests for a while at least.
        cooldown: fc.constantFrom('1m', '15m', '1h', '1d'),
        netCredit: fc.record({ min: price }),
        rolls: fc.record({ max: fc.integer({ min: 1, max: 9 }) }),
      },
      { requiredKeys: [] },
    ),
    execution: fc.record({ style: fc.constantFrom('cross', 'rest') }),
    approval,
    name: fc.constantFrom('take profit', 'manage', 'x'),
  },
  { requiredKeys: [] },
);
const ruleList = fc
  .array(fc.tuple(rule, ownSettings), { minLength: 1, maxLength: 5 })
  .map((rules) =>
    rules.map(([own, settings]) => ({
      ...own,
      ...settings,
      ...(own.then === 'alert' && 'approval' in settings && { approval: 'none' }),
    })),
  )
  .filter((rules) => {
    const names = rules.flatMap(({ name }) => name ?? []);
    return new Set(names).size === names.length;
  });

test('and so it does of several rules, whose settings are written once where most of them share them', () => {
  fc.assert(
    fc.property(rest, ruleList, (others, rules) => {
      const spec = readSpec({ ...others, rules });
      const form = fullForm(spec);
      expect(readSpec(parse(stringify(form)))).toEqual(spec);
      expect(fullForm(readSpec(form))).toEqual(form);
    }),
    { numRuns: 1_000 },
  );
});
