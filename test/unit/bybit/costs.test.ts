/** Bybit's margin and fees for an option, by its published formulas; the paper exchange has its own reading of them. */
import { describe, expect, test } from 'vitest';
import { tradeFee, usualFees } from '../../../src/exchange/bybit/fees.ts';
import { shortMargin } from '../../../src/exchange/bybit/margin.ts';
import { optionNamed } from '../../support/options.ts';
import { call24, call25, quote } from '../domain/samples.ts';

describe('a short option', () => {
  test('needs the larger of its two parts, and its price', () => {
    // 15 % of 23000 less 1000 out of the money is 2450, more than 10 %.
    const old = shortMargin(optionNamed(call24), quote(call24, { mark: '900' }), '900');
    expect(old).toEqual({ initial: '3350', maintenance: '1636' });
    // 2000 out of the money leave less than 10 %.
    const next = shortMargin(optionNamed(call25), quote(call25, { mark: '500' }), '600');
    expect(next).toEqual({ initial: '2900', maintenance: '1236' });
  });

  test('on a coin whose factors are not published needs an unknown margin', () => {
    expect(shortMargin(optionNamed('XRP-31MAR23-1-C-USDT'), quote(call24), '1')).toBeNull();
  });
});

test('a fee is a share of the index, and never more than seven percent of the option', () => {
  expect(tradeFee(usualFees.taker, { index: '23000' }, '900')).toBe('6.9');
  expect(tradeFee(usualFees.taker, { index: '23000' }, '5')).toBe('0.35');
});
