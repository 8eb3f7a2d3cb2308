import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../../src/domain/money.ts';
import { minus, sumOf } from '../../../src/dashboard/format/decimals.ts';
import { moneyDigits, numberText, percentText } from '../../../src/dashboard/format/numbers.ts';
import { readSymbol } from '../../../src/dashboard/format/symbols.ts';
import { durationText, momentText } from '../../../src/dashboard/format/times.ts';

const amount = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.nat(8))
  .map(([value, digits]) =>
    decimal(String(value))
      .dividedBy(10 ** digits)
      .toFixed(),
  );

describe('sums of money', () => {
  it('are exact', () => {
    expect(sumOf(['0.1', '0.2'])).toBe('0.3');
    expect(sumOf([])).toBe('0');
    expect(minus('1', '-0.5')).toBe('1.5');
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 6 }), amount, (all, one) => {
        const expected = all.reduce((total, each) => total.plus(each), decimal('0'));
        expect(decimal(sumOf(all)).equals(expected)).toBe(true);
        expect(decimal(minus(sumOf(all), one)).equals(expected.minus(one))).toBe(true);
      }),
    );
  });
});

describe('numbers', () => {
  it('are written as a locale writes them, with every digit', () => {
    expect(numberText('64250.5', 'en-GB')).toBe('64,250.5');
    expect(numberText('64250.5', 'de-DE', { min: 2 })).toBe('64.250,50');
    expect(numberText('123456789012345678.12345678', 'en')).toBe('123,456,789,012,345,678.12345678');
    expect(numberText('12.5', 'en', { sign: 'always' })).toBe('+12.5');
    expect(numberText('all', 'en')).toBe('all');
  });

  it('have the digits of their coin', () => {
    expect(moneyDigits('USDT')).toEqual({ min: 2, max: 2 });
    expect(moneyDigits('BTC')).toEqual({ min: 2, max: 6 });
  });

  it('keep their width while a share changes', () => {
    expect(percentText(0.019, 'en')).toBe('1.90%');
    expect(percentText(0.311, 'en')).toBe('31.1%');
  });
});

describe('times', () => {
  it('say their zone', () => {
    const at = Date.UTC(2023, 2, 14, 12, 45, 59);
    expect(momentText(at, 'en-GB', 'UTC')).toBe('14 Mar 2023, 12:45:59 UTC');
    expect(momentText(at, 'en-GB', 'Europe/Berlin')).toContain('13:45:59 CET');
  });

  it('last as long as their largest unit says', () => {
    expect(durationText(12_400, 'en')).toBe('12 sec');
    expect(durationText(3 * 86_400_000, 'en')).toBe('3 days');
    expect(durationText(-5, 'en')).toBe('0 sec');
  });
});

describe('symbols', () => {
  it('are read with and without their settle coin', () => {
    expect(readSymbol('ETH-8DEC26-3250-P')).toEqual({
      coin: 'ETH',
      strike: '3250',
      kind: 'put',
      expiryMs: Date.UTC(2026, 11, 8, 8),
      settleCoin: 'USDC',
    });
    expect(readSymbol('BTC-31XXX23-25000-C-USDT')).toBeNull();
    expect(readSymbol('BTCUSDT')).toBeNull();
  });
});
