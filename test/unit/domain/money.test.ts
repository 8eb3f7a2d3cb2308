/** Money is exact: decimal strings in, decimal strings out, on the grid the exchange wants and never past it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  decimal,
  decimalPattern,
  isOnGrid,
  isPositive,
  isZero,
  larger,
  multiply,
  onGrid,
  readDecimal,
  smaller,
  subtract,
  sum,
} from '../../../src/domain/money.ts';

/** A whole number of 10^-places, and the same number written out: integers are the model that is surely exact. */
const written = (units: bigint, places: number): string => {
  const digits = `${units < 0n ? -units : units}`.padStart(places + 1, '0');
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return units < 0n ? `-${text}` : text;
};
/** Without trailing zeros or a sign before zero, as the product writes it. */
const plain = (text: string): string =>
  (text.includes('.') ? text.replace(/\.?0+$/, '') : text).replace(/^-0$/, '0');

const places = 8;
const units = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n });

describe('arithmetic', () => {
  test('does not know the errors of binary fractions', () => {
    expect(add('0.1', '0.2')).toBe('0.3');
    expect(subtract('0.3', '0.1')).toBe('0.2');
    expect(multiply('1.1', '1.1')).toBe('1.21');
  });

  test('adds up any list exactly, in any order', () => {
    fc.assert(
      fc.property(fc.array(units, { maxLength: 30 }), (list) => {
        const total = list.reduce((a, b) => a + b, 0n);
        const texts = list.map((value) => written(value, places));
        expect(sum(texts)).toBe(plain(written(total, places)));
        expect(sum([...texts].reverse())).toBe(sum(texts));
      }),
    );
  });

  test('multiplies and subtracts exactly', () => {
    fc.assert(
      fc.property(units, units, (a, b) => {
        const [x, y] = [written(a, places), written(b, places)];
        expect(multiply(x, y)).toBe(plain(written(a * b, places * 2)));
        expect(subtract(x, y)).toBe(plain(written(a - b, places)));
      }),
    );
  });

  test('never writes an exponent, a trailing zero or a negative zero', () => {
    expect(multiply('0.00000001', '0.00000001')).toBe('0.0000000000000001');
    expect(multiply('100000000000', '100000000000')).toBe('10000000000000000000000');
    expect(add('1199.50', '0.50')).toBe('1200');
    expect(multiply('-1', '0')).toBe('0');
    expect(sum([])).toBe('0');
  });

  test('compares by value, not by text', () => {
    expect(compare('10', '9')).toBeGreaterThan(0);
    expect(compare('1.0', '1')).toBe(0);
    expect(smaller('-2', '1')).toBe('-2');
    expect(larger('9', '10')).toBe('10');
    expect([isPositive('0'), isPositive('-1'), isPositive('0.01')]).toEqual([false, false, true]);
    expect(isZero('0.00')).toBe(true);
  });
});

describe('a number from outside', () => {
  test.each([
    'Infinity',
    '-Infinity',
    'NaN',
    '0x10',
    '0b1',
    '1_000',
    '1,000',
    '',
    ' 1',
    '.5',
    '1.',
    '1e9999999999999999999',
    '1e600000000',
    '1e10000000',
    '1e-31',
    '1'.repeat(41),
    `0.${'1'.repeat(40)}`,
  ])('is malformed as %j', (text) => {
    expect(readDecimal(text)).toBeNull();
    expect(decimalPattern.test(text)).toBe(false);
  });

  test.each([
    ['24000', '24000'],
    ['-0.50', '-0.5'],
    ['+2', '2'],
    ['1e3', '1000'],
    ['2.5E-8', '0.000000025'],
    ['-0', '0'],
    ['9'.repeat(40), '9'.repeat(40)],
  ])('%s is read as %s', (text, plainText) => {
    expect(readDecimal(text)).toBe(plainText);
  });

  test('is read into plain notation of bounded length, or not at all, whatever it is', () => {
    const digits = fc.stringMatching(/^[0-9]{0,60}$/);
    const texts = fc.oneof(
      fc.string(),
      fc.tuple(digits, digits, fc.integer()).map(([a, b, e]) => `${a}.${b}e${e}`),
      fc.double().map(String),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const read = readDecimal(text);
        if (read === null) return;
        expect(read).toMatch(/^-?\d{1,71}(\.\d{1,70})?$/);
        expect(compare(read, text)).toBe(0);
      }),
    );
  });

  test('is never calculated with when it is not finite or cannot be written out', () => {
    for (const text of ['Infinity', 'NaN', '0x10', '1_000', '1e600000000', '1'.repeat(500)])
      expect(() => decimal(text)).toThrow(RangeError);
  });
});

describe('the grid', () => {
  const steps = fc.constantFrom('0.01', '0.05', '0.1', '1', '5', '25');

  test('down is at or below the value, up at or above it, both less than a step away, all on the grid', () => {
    fc.assert(
      fc.property(units, steps, (value, step) => {
        const text = written(value, places);
        const [down, up, nearest] = (['down', 'up', 'nearest'] as const).map((way) =>
          onGrid(text, step, way),
        );
        if (down === undefined || up === undefined || nearest === undefined) throw new Error('unreachable');
        for (const moved of [down, up, nearest]) expect(isOnGrid(moved, step)).toBe(true);
        expect(compare(down, text)).toBeLessThanOrEqual(0);
        expect(compare(up, text)).toBeGreaterThanOrEqual(0);
        expect(compare(subtract(text, down), step)).toBeLessThan(0);
        expect(compare(subtract(up, text), step)).toBeLessThan(0);
        expect([down, up]).toContain(nearest);
      }),
    );
  });

  test('leaves alone what is on it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), steps, (count, step) => {
        const value = multiply(`${count}`, step);
        for (const way of ['down', 'up', 'nearest'] as const) expect(onGrid(value, step, way)).toBe(value);
      }),
    );
  });

  test('takes the nearer side', () => {
    expect(onGrid('12.4', '5', 'nearest')).toBe('10');
    expect(onGrid('12.6', '5', 'nearest')).toBe('15');
    expect(isOnGrid('0.35', '0.1')).toBe(false);
  });
});

describe('a decimal string', () => {
  test.each(['0', '-12.5', '0.05', '25500'])('%s is one', (text) => expect(text).toMatch(decimalPattern));
  test.each(['', '.5', '5.', '1e5', 'NaN', '+5', '1,000', ' 5', '0x10'])('"%s" is none', (text) =>
    expect(text).not.toMatch(decimalPattern),
  );
});
