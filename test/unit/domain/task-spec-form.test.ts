/** A spec written out in full says the same as what was read, through YAML too, whatever it says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { durationText, fullForm } from '../../../src/domain/task-spec-form.ts';
import { parseTaskSpec } from '../../../src/domain/task-spec.ts';

test('the shortest spec is printed with every default in its place', () => {
  const spec = parseTaskSpec({ symbol: 'BTC-31MAR23-26000-C-USDT', trigger: 25500, target: '+1000' });
  expect(fullForm(spec)).toEqual({
    symbol: 'BTC-31MAR23-26000-C-USDT',
    qty: 'all',
    trigger: { index: { above: '25500' } },
    target: { strike: '+1000', expiry: 'same' },
    execution: { style: 'walk', every: '3s', steps: 5, deadline: '2m', slippage: { max: '5%' } },
    leg2: { fallback: 'keepTrying', attempts: 5 },
    follow: 'strike',
    guards: { cooldown: '5m', allowWrongWay: false },
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

/** Whatever a person may write: every part may be left out, and calls and puts may roll the wrong way when they say so. */
const written = fc.record(
  {
    symbol: fc.constantFrom('BTC-31MAR23-26000-C-USDT', 'ETH-9MAY25-1800.5-P', 'SOL-27MAR26-150-P-USDT'),
    qty: fc.oneof(fc.constant('all'), digits(1, 500, 2)),
    trigger: fc.oneof(
      price,
      fc.record({ above: price, for: duration(0) }, { requiredKeys: ['above'] }).map((index) => ({ index })),
      price.map((below) => ({ index: { below } })),
    ),
    target: fc.oneof(
      fc.integer({ min: 1, max: 40 }).map((steps) => `+${steps} steps`),
      fc.integer({ min: 1, max: 40 }).map((steps) => ({ strike: `-${steps} steps`, expiry: 'same' })),
      price,
      price.map((amount) => ({ strike: `-${amount}` })),
    ),
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
          ),
        }),
        spread: fc.record({ max: digits(0, 100, 1).map((percent) => `${percent}%`) }),
        rolls: fc.record({ max: fc.integer({ min: 1, max: 1_000 }) }),
        cooldown: duration(0),
        allowWrongWay: fc.constant(true),
      },
      { requiredKeys: ['allowWrongWay'] },
    ),
  },
  { requiredKeys: ['symbol', 'trigger', 'target', 'guards'] },
);

test('reading what was printed gives the same spec, and printing that the same text', () => {
  fc.assert(
    fc.property(written, (input) => {
      const spec = parseTaskSpec(input);
      const text = stringify(fullForm(spec));
      const again = parseTaskSpec(parse(text));
      expect(again).toEqual(spec);
      expect(stringify(fullForm(again))).toBe(text);
      expect(parseTaskSpec(JSON.parse(JSON.stringify(fullForm(spec))))).toEqual(spec);
    }),
    { numRuns: 500 },
  );
});
