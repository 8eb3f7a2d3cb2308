/** A symbol is read and written back without losing anything: the unpadded day, the strike's digits, the settle coin. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadInput } from '../../../src/domain/errors.ts';
import {
  correctSymbol,
  expiryDateMs,
  expiryOf,
  formatOptionSymbol,
  namedDeliveryMs,
  parseOptionSymbol,
  tryParseOptionSymbol,
} from '../../../src/exchange/bybit/symbols.ts';
import { Listing } from '../../../src/exchange/paper/listing.ts';

describe('an option symbol', () => {
  test('of five parts is settled in USDT', () => {
    expect(parseOptionSymbol('BTC-9MAY25-95000-C-USDT')).toEqual({
      baseCoin: 'BTC',
      expiry: '9MAY25',
      strike: '95000',
      optionType: 'call',
      settleCoin: 'USDT',
    });
  });

  test('of four parts is settled in USDC', () => {
    expect(parseOptionSymbol('ETH-31MAR23-1750-P')).toEqual({
      baseCoin: 'ETH',
      expiry: '31MAR23',
      strike: '1750',
      optionType: 'put',
      settleCoin: 'USDC',
    });
  });

  test('may have a strike with a fraction', () => {
    expect(parseOptionSymbol('XRP-28NOV25-2.25-C-USDT').strike).toBe('2.25');
  });

  test('survives reading and writing, whatever it is', () => {
    const symbol = fc.record({
      baseCoin: fc.constantFrom('BTC', 'ETH', 'SOL', 'XRP', 'MNT', '1INCH'),
      expiry: fc
        .date({
          min: new Date(Date.UTC(2020, 0, 1)),
          max: new Date(Date.UTC(2099, 11, 31)),
          noInvalidDate: true,
        })
        .map((date) => expiryOf(date.getTime())),
      strike: fc
        .tuple(fc.integer({ min: 0, max: 999_999 }), fc.constantFrom('', '.5', '.25', '.001'))
        .map(([whole, fraction]) => `${whole}${fraction}`),
      optionType: fc.constantFrom('call' as const, 'put' as const),
      settleCoin: fc.constantFrom('USDT' as const, 'USDC' as const),
    });
    fc.assert(
      fc.property(symbol, (option) => {
        expect(parseOptionSymbol(formatOptionSymbol(option))).toEqual(option);
      }),
    );
  });

  test.each([
    ['', 'nothing'],
    ['BTCUSDT', 'a future'],
    ['BTC-09MAY25-95000-C-USDT', 'a padded day'],
    ['BTC-0MAY25-95000-C', 'a day zero'],
    ['BTC-31FEB25-95000-C', 'a day that February does not have'],
    ['BTC-32JAN25-95000-C', 'a day that no month has'],
    ['BTC-9MAI25-95000-C', 'an unknown month'],
    ['BTC-9MAY2025-95000-C', 'a long year'],
    ['BTC-9MAY25-095000-C', 'a padded strike'],
    ['BTC-9MAY25-2.50-C', 'a strike with a trailing zero'],
    ['BTC-9MAY25--95000-C', 'a negative strike'],
    ['BTC-9MAY25-95000-X', 'neither call nor put'],
    ['BTC-9MAY25-95000-C-USDC', 'a settle coin that is never written'],
    ['BTC-9MAY25-95000-C-USDT-X', 'a sixth part'],
    ['btc-9may25-95000-c', 'small letters'],
    [' BTC-9MAY25-95000-C', 'a space'],
    ['BTC-9MAY25-95000-C\n', 'a line end'],
    ['BTCUSDT-31MAR23-26000-C', "the name on the exchange's pages: there is no coin BTCUSDT"],
    ['ETHUSDC-31MAR23-1750-P', 'the same, settled in USDC'],
  ])('%j is refused: %s', (text) => {
    expect(tryParseOptionSymbol(text)).toBeNull();
    expect(() => parseOptionSymbol(text)).toThrow(BadInput);
  });

  test('that is refused is shown, with an example of what would be right', () => {
    expect(() => parseOptionSymbol('BTC')).toThrow(
      'symbol: found "BTC", expected BASE-DMMMYY-STRIKE-C|P[-USDT], like BTC-9MAY25-95000-C-USDT',
    );
  });
});

describe('what a person writes instead of a symbol', () => {
  test.each([
    ['BTCUSDT-31MAR23-26000-C', 'BTC-31MAR23-26000-C-USDT'],
    ['BTCUSDT-31MAR23-26000-C-USDT', 'BTC-31MAR23-26000-C-USDT'],
    ['ETHUSDC-31MAR23-1750-P', 'ETH-31MAR23-1750-P'],
    ['BTC-31MAR23-26000-C-USDC', 'BTC-31MAR23-26000-C'],
    ['btc-31mar23-26000-c-usdt', 'BTC-31MAR23-26000-C-USDT'],
    [' BTC 31MAR23 26000 C USDT\n', 'BTC-31MAR23-26000-C-USDT'],
    ['BTC 31 Mar 2023 26,000 Call USDT', 'BTC-31MAR23-26000-C-USDT'],
    ['BTC-09MAY25-95000-C-USDT', 'BTC-9MAY25-95000-C-USDT'],
    ['XRP/USDT-28NOV25-2.250-PUT', 'XRP-28NOV25-2.25-P-USDT'],
    ['BTC-31MAR23-26000-C', null],
    ['BTC-31MAR23-26000-C-USDT', null],
    ['BTCUSDC-31MAR23-26000-C-USDT', null],
    ['BTC-31FEB23-26000-C-usdt', null],
    ['BTCUSDT-26000-C', null],
    ['BTCUSDT', null],
    ['', null],
  ])('%j means %j', (text, meant) => {
    expect(correctSymbol(text)).toBe(meant);
  });

  test('leads to a symbol that is right, or is not understood', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9 ,./_-]{0,70}$/), (text) => {
        const meant = correctSymbol(text);
        if (meant !== null) expect([tryParseOptionSymbol(text), correctSymbol(meant)]).toEqual([null, null]);
        if (meant !== null) expect(tryParseOptionSymbol(meant)).not.toBeNull();
      }),
    );
  });
});

test('an option is delivered at 08:00 UTC of the day that its symbol names', () => {
  expect(namedDeliveryMs('BTC-31MAR23-26000-C-USDT')).toBe(Date.UTC(2023, 2, 31, 8));
  expect(namedDeliveryMs('BTCUSDT')).toBeNull();
});

describe('an expiry', () => {
  test('is midnight UTC of its day', () => {
    expect(expiryDateMs('9MAY25')).toBe(Date.UTC(2025, 4, 9));
    expect(expiryDateMs('29FEB24')).toBe(Date.UTC(2024, 1, 29));
    expect(expiryDateMs('29FEB23')).toBeNull();
    expect(expiryDateMs('MAY25')).toBeNull();
  });

  test('is written with an unpadded day and a padded year', () => {
    expect(expiryOf(Date.UTC(2025, 4, 9, 8))).toBe('9MAY25');
    expect(expiryOf(Date.UTC(2103, 11, 31))).toBe('31DEC03');
  });
});

test('every form that the exchange lists, at any time of the year, comes back as it was', () => {
  for (let month = 0; month < 24; month += 1) {
    const listing = new Listing();
    const atMs = Date.UTC(2024, month, 1 + month, 9);
    for (const [coin, price] of [
      ['BTC', 70_000],
      ['ETH', 3_500],
      ['SOL', 150],
    ] as const)
      listing.notePrice(coin, price);
    const symbols = ['BTC', 'ETH', 'SOL'].flatMap((coin) => [...listing.of(coin, atMs).keys()]);
    expect(symbols.length).toBeGreaterThan(1_000);
    for (const symbol of symbols) expect(formatOptionSymbol(parseOptionSymbol(symbol))).toBe(symbol);
  }
});
