/** Time value and distance of a strike, of figures that a person can check with a pocket calculator. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deviations, extrinsicValue } from '../../../../src/domain/rules/option-figures.ts';
import { optionNamed } from '../../../support/options.ts';

const call = optionNamed('BTC-31MAR23-25000-C-USDT');
const put = optionNamed('BTC-31MAR23-25000-P-USDT');
const dayMs = 86_400_000;
const quarterBefore = call.expiryMs - 91.25 * dayMs;

describe('extrinsic value', () => {
  test.each([
    ['of a call out of the money is its mark', call, '400', '24000', '400'],
    ['of a call in the money is what exceeds the payout', call, '1300', '26000', '300'],
    ['of a put out of the money is its mark', put, '400', '26000', '400'],
    ['of a put in the money is what exceeds the payout', put, '1000.5', '24000', '0.5'],
    ['is below 0 where the mark is', call, '990', '26000', '-10'],
  ])('%s', (_, option, mark, index, expected) => {
    expect(extrinsicValue(option, { mark, index })).toBe(expected);
  });
});

describe('deviations', () => {
  // A quarter of a year at 50 % is one deviation of 25 %, and 25000 / 20000 is e to the 0.223144.
  test.each([
    ['of a call out of the money', call, '20000', '0.892574'],
    ['of a put at the same place, which is in the money', put, '20000', '-0.892574'],
    ['at the money', call, '25000', '0'],
    ['of a put out of the money', put, '31250', '0.892574'],
  ])('%s', (_, option, index, expected) => {
    expect(deviations(option, { index, volatility: '0.5' }, quarterBefore)).toBe(expected);
  });

  test('are not known without volatility or time', () => {
    expect(deviations(call, { index: '20000', volatility: '0' }, quarterBefore)).toBeNull();
    expect(deviations(call, { index: '20000', volatility: '0.5' }, call.expiryMs)).toBeNull();
  });

  test('grow as time passes and shrink as volatility rises, on either side of the strike', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_000, max: 60_000 }).filter((index) => Math.abs(index - 25_000) > 100),
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 10, max: 150 }),
        (index, days, percent) => {
          const at = (daysLeft: number, share: number): number =>
            Math.abs(
              Number(
                deviations(
                  call,
                  { index: `${index}`, volatility: `${share / 100}` },
                  call.expiryMs - daysLeft * dayMs,
                ),
              ),
            );
          expect(at(days - 1, percent)).toBeGreaterThan(at(days, percent));
          expect(at(days, percent + 1)).toBeLessThan(at(days, percent));
        },
      ),
    );
  });
});
