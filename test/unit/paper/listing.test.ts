/** What is listed, when, and under which name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../../src/domain/money.ts';
import { formatOptionSymbol, parseOptionSymbol } from '../../../src/exchange/bybit/symbols.ts';
import { expiriesAt, expiryOn, ladderSpan } from '../../../src/exchange/paper/expiries.ts';
import { strikeStepAt } from '../../../src/exchange/paper/coin-rules.ts';
import { Listing } from '../../../src/exchange/paper/listing.ts';
import { dayMs } from '../../../src/domain/units.ts';

const codes = (nowMs: number): readonly string[] => expiriesAt(nowMs).map(({ code }) => code);

describe('the expiry ladder', () => {
  it('has three dailies, four Fridays, the month ends and the quarters', () => {
    expect(codes(Date.parse('2023-03-05T12:00Z'))).toEqual([
      '6MAR23',
      '7MAR23',
      '8MAR23',
      '10MAR23',
      '17MAR23',
      '24MAR23',
      '31MAR23',
      '28APR23',
      '26MAY23',
      '30JUN23',
      '29SEP23',
      '29DEC23',
    ]);
  });

  it('writes days without padding', () => {
    expect(expiryOn(Date.UTC(2025, 4, 9)).code).toBe('9MAY25');
  });

  it('shows a new daily at 08:00, first as PreLaunch, and an expired one as Delivering until noon', () => {
    const listing = new Listing();
    listing.notePrice('BTC', 23_500);
    const status = (symbol: string, nowMs: number): string => {
      const instrument = listing.find(symbol, nowMs);
      return instrument ? listing.statusOf(instrument, nowMs) : 'absent';
    };
    const fresh = 'BTC-9MAR23-23500-C-USDT';
    expect(status(fresh, Date.parse('2023-03-06T07:59Z'))).toBe('absent');
    expect(status(fresh, Date.parse('2023-03-06T08:01Z'))).toBe('PreLaunch');
    expect(status(fresh, Date.parse('2023-03-06T08:05Z'))).toBe('Trading');
    const old = 'BTC-6MAR23-23500-C-USDT';
    expect(status(old, Date.parse('2023-03-06T07:59Z'))).toBe('Trading');
    expect(status(old, Date.parse('2023-03-06T08:00Z'))).toBe('Delivering');
    expect(status(old, Date.parse('2023-03-06T11:59Z'))).toBe('Delivering');
    expect(status(old, Date.parse('2023-03-06T12:00Z'))).toBe('absent');
  });

  it('does not change before the end of the span it gives', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('2023-01-01T00:00Z'), max: Date.parse('2027-01-01T00:00Z') }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (nowMs, share) => {
          const laterMs = Math.floor(nowMs + (ladderSpan(nowMs).untilMs - nowMs) * share);
          expect(codes(laterMs)).toEqual(codes(nowMs));
        },
      ),
    );
  });
});

describe('the listing', () => {
  it('lists 31MAR23 throughout March 2023 at every 500 from 18000 to 32000', () => {
    for (const [day, price] of [
      ['2023-03-01', 23_140],
      ['2023-03-10', 20_000],
      ['2023-03-21', 28_100],
    ] as const) {
      const listing = new Listing();
      listing.notePrice('BTC', price);
      const listed = listing.of('BTC', Date.parse(`${day}T00:00Z`));
      for (let strike = 18_000; strike <= 32_000; strike += 500)
        for (const letter of ['C', 'P'])
          expect(listed.has(`BTC-31MAR23-${strike}-${letter}-USDT`)).toBe(true);
    }
  });

  it('has about 700 to 900 BTC instruments, more than one default page', () => {
    const listing = new Listing();
    listing.notePrice('BTC', 23_140);
    expect(listing.of('BTC', Date.parse('2023-03-05T12:00Z')).size).toBeGreaterThan(600);
    expect(listing.of('BTC', Date.parse('2023-03-05T12:00Z')).size).toBeLessThan(900);
  });

  it('reaches from about 10k to 60k on the long expiries', () => {
    const listing = new Listing();
    listing.notePrice('BTC', 23_140);
    const strikes = [...listing.of('BTC', Date.parse('2023-03-05T12:00Z')).values()].map(
      ({ strike }) => strike,
    );
    expect(Math.min(...strikes)).toBe(10_000);
    expect(Math.max(...strikes)).toBe(60_000);
  });

  it('keeps a strike once it is listed, however far the price moves', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 10_000, max: 120_000, noNaN: true }), { minLength: 2, maxLength: 6 }),
        (prices) => {
          const listing = new Listing();
          const nowMs = Date.parse('2023-03-05T12:00Z');
          let before: readonly string[] = [];
          for (const price of prices) {
            listing.notePrice('BTC', price);
            const listed = listing.of('BTC', nowMs);
            expect(before.filter((symbol) => !listed.has(symbol))).toEqual([]);
            before = [...listed.keys()];
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([1e-9, 1, 2_350, 235_000, 1e8])(
    'lists few more strikes when one price is %d instead of 23500, and keeps those near it',
    (wrong) => {
      const listing = new Listing();
      const nowMs = Date.parse('2023-03-05T12:00Z');
      listing.notePrice('BTC', 23_500);
      listing.notePrice('BTC', wrong);
      const listed = listing.of('BTC', nowMs);
      expect(listed.size).toBeLessThan(40_000);
      for (let strike = 18_000; strike <= 32_000; strike += 500)
        expect(listed.has(`BTC-31MAR23-${strike}-C-USDT`)).toBe(true);
    },
  );

  it('never loses the settle coin of a symbol', () => {
    const listing = new Listing();
    listing.notePrice('BTC', 23_140);
    listing.notePrice('ETH', 1_600);
    const coins = new Set<string>();
    for (const base of ['BTC', 'ETH'])
      for (const [symbol, instrument] of listing.of(base, Date.parse('2023-03-05T12:00Z'))) {
        expect(formatOptionSymbol(parseOptionSymbol(symbol))).toBe(symbol);
        expect(instrument.settleCoin).toBe(symbol.endsWith('-USDT') ? 'USDT' : 'USDC');
        coins.add(instrument.settleCoin);
      }
    expect([...coins].sort()).toEqual(['USDC', 'USDT']);
  });

  it('names no instrument of an unknown coin or of an impossible day', () => {
    const listing = new Listing();
    expect(listing.instrumentOf('DOGE-31MAR23-1-C-USDT')).toBeUndefined();
    expect(listing.instrumentOf('BTC-31FEB23-25000-C-USDT')).toBeUndefined();
  });

  it('gives every instrument its own symbolId', () => {
    const listing = new Listing();
    listing.notePrice('BTC', 23_140);
    const all = [...listing.of('BTC', Date.parse('2023-03-05T12:00Z') + dayMs).values()];
    expect(new Set(all.map(({ symbolId }) => symbolId)).size).toBe(all.length);
  });
});

describe('a coin without rules of its own', () => {
  const nowMs = Date.parse('2025-01-10T12:00Z');

  it.each([
    [0.21, '0.005'],
    [0.5, '0.01'],
    [20, '0.5'],
    [2.2, '0.05'],
    [100, '2.5'],
    [23_500, '500'],
  ])('at %d has strikes %s apart', (price, step) => {
    expect(strikeStepAt(price).toFixed()).toBe(step);
  });

  it('lists the fractional strikes of DOGE', () => {
    const listing = new Listing();
    listing.notePrice('DOGE', 0.21);
    expect(listing.find('DOGE-31JAN25-0.215-C-USDT', nowMs)).toMatchObject({ strike: 0.215 });
    expect(listing.rulesOf('DOGE')).toMatchObject({ tickSize: '0.00001', qtyStep: '1000', indexPlaces: 6 });
  });

  it('has a sensible ladder at any price, and symbols that can be read back', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (magnitude) => {
        const price = 10 ** magnitude;
        const listing = new Listing();
        listing.notePrice('XYZ', price);
        const rules = listing.rulesOf('XYZ');
        const step = new Decimal(rules?.strikeStep ?? 0);
        expect(step.dividedBy(price).toNumber()).toBeGreaterThan(0.0099);
        expect(step.dividedBy(price).toNumber()).toBeLessThan(0.02501);
        expect(step.modulo(rules?.tickSize ?? 0).isZero()).toBe(true);
        const perExpiry = new Map<string, number[]>();
        for (const [symbol, { expiry }] of listing.of('XYZ', nowMs)) {
          const parsed = parseOptionSymbol(symbol);
          expect(formatOptionSymbol(parsed)).toBe(symbol);
          expect(new Decimal(parsed.strike).modulo(step).isZero()).toBe(true);
          perExpiry.set(expiry.code, [...(perExpiry.get(expiry.code) ?? []), Number(parsed.strike)]);
        }
        expect(perExpiry.size).toBeGreaterThan(8);
        for (const strikes of perExpiry.values()) {
          expect(new Set(strikes.filter((strike) => strike > price)).size).toBeGreaterThan(5);
          expect(new Set(strikes.filter((strike) => strike < price)).size).toBeGreaterThan(5);
        }
      }),
      { numRuns: 40 },
    );
  });
});
