/** A trade that a person has confirmed is done only while it is the one that was shown, or a better one. */
import { describe, expect, test } from 'vitest';
import { changedPreview, shownTrade } from '../../../src/application/shown-trade.ts';
import type { Preview } from '../../../src/domain/explain/preview.ts';

const symbol = 'BTC-31MAR23-25000-C-USDT';
/** A roll whose two legs trade 400 USDT together; worse by more than 20 is another one. */
const preview = (changes: Partial<Preview> = {}): Preview =>
  ({
    would: 'roll',
    to: symbol,
    netCredit: '-100',
    reason: null,
    legs: [
      { qty: '0.5', limitPrice: '500' },
      { qty: '0.5', limitPrice: '300' },
    ],
    ...changes,
  }) as Preview;
const changed = (now: Partial<Preview>, shown: Partial<Preview> = {}): string | null =>
  changedPreview(shownTrade(preview(shown)), preview(now));

describe('a trade that was shown', () => {
  test('is measured by what its legs trade together', () => {
    expect(shownTrade(preview())).toEqual({ to: symbol, netCredit: '-100', premium: '400' });
    expect(shownTrade(preview({ legs: [] }))).toMatchObject({ premium: '0' });
  });

  test.each([
    ['the same', '-100'],
    ['better', '50'],
    ['worse by a twentieth of its premium', '-120'],
  ])('is still that one when its net is %s', (_, netCredit) => {
    expect(changed({ netCredit })).toBeNull();
  });

  test('is another one when its net is worse by more than a twentieth of its premium', () => {
    expect(changed({ netCredit: '-120.01' })).toBe('its net has changed from -100 to -120.01');
  });

  test('is another one into another option, or into none', () => {
    const to = 'BTC-31MAR23-26000-C-USDT';
    expect(changed({ to })).toBe(`it would go to ${to} now`);
    expect(changed({ to: null })).toBe('it would go to nothing now');
  });

  test('is none any more when it cannot be done, whatever else there is', () => {
    expect(changed({ would: 'nothing', reason: 'the spread is too wide', to: null })).toBe(
      'it cannot be done now: the spread is too wide',
    );
  });

  test('is another one when only one of the two has prices', () => {
    expect(changed({ netCredit: null })).toBe('its prices are not known');
    expect(changed({}, { netCredit: null })).toBe('its prices are not known');
    expect(changed({ netCredit: null }, { netCredit: null })).toBeNull();
  });
});
