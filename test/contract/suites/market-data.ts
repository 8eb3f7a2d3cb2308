/**
 * What is relied on of public prices: the feed says what it knows and when it knows nothing, listings are in order, and
 * quotes are those of now. Bitcoin is at 23,500 on 1 March 2023, and the market is open with bitcoin watched.
 */
import { expect } from 'vitest';
import { Retryable, Terminal } from '../../../src/domain/errors.ts';
import type { Instrument } from '../../../src/domain/market/order.ts';
import type { Readings } from '../../../src/domain/rules/triggers.ts';
import type { Faults } from '../../../src/exchange/paper/faults.ts';
import type { MarketData } from '../../../src/ports/market-data.ts';
import { short as option, startMs, type Watched } from '../exchange-fixture.ts';
import { contractOf, type Cases, type Closable } from './contract.ts';

export interface MarketFixture extends Closable {
  /** Open; time passes as it has to while it is asked. */
  readonly market: MarketData;
  /** What its feeds have said. */
  readonly watched: Watched;
  readonly nowMs: () => number;
  readonly setIndex: (price: string) => Promise<void>;
  readonly pass: (durationMs: number) => Promise<void>;
  readonly until: (what: string, holds: () => boolean) => Promise<void>;
  /** The feed of underlyings stops, and comes back by itself. */
  readonly breakFeed: () => void;
  readonly faults: Pick<Faults, 'noQuote'>;
}

const series = {
  baseCoin: 'BTC',
  settleCoin: 'USDT',
  optionType: 'call',
  expiryMs: Date.UTC(2023, 2, 31, 8),
} as const;
const other = 'BTC-31MAR23-27000-C-USDT';
const unlisted = 'BTC-31MAR23-26001-C-USDT';

const strikesOf = (instruments: readonly Instrument[]) => instruments.map(({ strike }) => Number(strike));
const ticksOf = ({ watched }: MarketFixture, source: string) =>
  watched.ticks.filter((tick) => tick.source === source);

const figuresIn = (readings: Readings = {}) =>
  Object.fromEntries(Object.entries(readings).map(([field, figure]) => [field, Number(figure)]));
const lastIndex = (fixture: MarketFixture) => Number(ticksOf(fixture, 'BTC').at(-1)?.readings.index);

const feed = {
  'has a price of what is watched as soon as it is open, and says that it is live': (fixture) => {
    expect(ticksOf(fixture, 'BTC').length).toBeGreaterThan(0);
    expect(fixture.watched.feed).toEqual(['live']);
  },

  'streams the prices of a base coin, in exchange time': async (fixture) => {
    const { setIndex, until, nowMs } = fixture;
    await setIndex('25750.5');
    const last = () => ticksOf(fixture, 'BTC').at(-1);
    await until('it follows', () => Number(last()?.readings.index) === 25_750.5);
    expect(last()?.atMs).toBeGreaterThanOrEqual(startMs);
    expect(last()?.atMs).toBeLessThanOrEqual(nowMs());
    expect(figuresIn(last()?.readings)).toEqual({ index: 25_750.5, mark: 25_750.5, last: 25_750.5 });
  },

  'changes nothing when it is asked again to watch a base coin': async (fixture) => {
    const { market, watched, setIndex, until } = fixture;
    const before = watched.feed.length;
    market.watchUnderlying('BTC');
    market.watchUnderlying('BTC');
    await setIndex('23600');
    await until('it follows', () => lastIndex(fixture) === 23_600);
    expect(watched.feed.slice(before)).toEqual([]);
  },

  'streams what an option is worth until it is unwatched once, however often it was watched': async (
    fixture,
  ) => {
    const { market, setIndex, until, pass } = fixture;
    market.watchOption(option);
    market.watchOption(option);
    await setIndex('23500');
    await until('its ticker came', () => ticksOf(fixture, option).length > 0);
    const readings = ticksOf(fixture, option).at(-1)?.readings ?? {};
    expect(Number(readings.delta)).toBeGreaterThan(0);
    expect(Number(readings.delta)).toBeLessThan(0.5);
    expect(Number(readings.optionIndex)).toBe(23_500);
    expect(Number(readings.optionMark)).toBeGreaterThan(0);
    market.unwatchOption(option);
    market.watchOption(other);
    await setIndex('23400');
    await until('another one came', () => ticksOf(fixture, other).length > 0);
    const count = ticksOf(fixture, option).length;
    await setIndex('23300');
    await pass(300);
    expect(ticksOf(fixture, option)).toHaveLength(count);
  },

  'says that it is stale when its feed stops, and live again afterwards': async (fixture) => {
    const { watched, breakFeed, setIndex, until } = fixture;
    const before = watched.feed.length;
    breakFeed();
    const told = () => watched.feed.slice(before).filter((entry) => !entry.startsWith('options '));
    await until('it is live again', () => told().length >= 2);
    expect(told()).toEqual([expect.stringMatching(/^stale: ./), 'live']);
    await setIndex('24000');
    await until('prices go on', () => lastIndex(fixture) === 24_000);
  },

  'says nothing more once it is closed': async ({ market, watched, setIndex, pass }) => {
    await market.close();
    const count = watched.ticks.length;
    await setIndex('24000');
    await pass(300);
    expect(watched.ticks).toHaveLength(count);
  },
} satisfies Cases<MarketFixture>;

const listings = {
  'lists what differs in strike and expiry alone, nearest expiry first, then strikes ascending': async ({
    market,
  }) => {
    const listed = await market.listed(series);
    expect(listed.length).toBeGreaterThan(50);
    expect(listed).toEqual(
      listed.toSorted((a, b) => a.expiryMs - b.expiryMs || Number(a.strike) - Number(b.strike)),
    );
    for (const { symbol, baseCoin, settleCoin, optionType } of listed) {
      expect({ baseCoin, settleCoin, optionType }).toEqual({
        baseCoin: 'BTC',
        settleCoin: 'USDT',
        optionType: 'call',
      });
      expect(symbol).toMatch(/^BTC-\d{1,2}[A-Z]{3}\d\d-\d+-C-USDT$/);
    }
  },

  'lists several expiries': async ({ market }) => {
    const expiries = new Set((await market.listed(series)).map(({ expiryMs }) => expiryMs));
    expect(expiries.size).toBeGreaterThan(5);
  },

  'has a chain of one series, strikes ascending, each with its quote': async ({ market }) => {
    const chain = await market.chain(series);
    const instruments = chain.map(({ instrument }) => instrument);
    expect(strikesOf(instruments)).toEqual(strikesOf(instruments).toSorted((a, b) => a - b));
    for (const { symbol, status, expiryMs } of instruments) {
      expect(symbol).toMatch(/^BTC-31MAR23-\d+-C-USDT$/);
      expect([status, expiryMs]).toEqual(['Trading', Date.UTC(2023, 2, 31, 8)]);
    }
    for (const { instrument, quote } of chain) expect(quote?.symbol).toBe(instrument.symbol);
    const near = chain.find(({ instrument }) => instrument.symbol === option)?.quote;
    expect(Number(near?.bid)).toBeLessThan(Number(near?.ask));
  },

  'has an empty chain of a series that is not listed': async ({ market }) => {
    expect(await market.chain({ ...series, expiryMs: Date.UTC(2024, 2, 30, 8) })).toEqual([]);
  },

  'lists a series and quotes a few of it as the whole chain does': async ({ market }) => {
    const chain = await market.chain(series);
    const listed = await market.listed(series);
    const ofExpiry = listed.filter(({ symbol }) => symbol.includes('-31MAR23-'));
    expect(ofExpiry).toEqual(chain.map(({ instrument }) => instrument));
    const few = chain.slice(2, 4).map(({ instrument }) => instrument.symbol);
    const quotes = await market.quotes(few);
    expect(quotes.map(({ symbol }) => symbol)).toEqual(few);
    for (const { symbol, bid, ask } of quotes)
      expect(chain.find(({ quote }) => quote?.symbol === symbol)?.quote).toMatchObject({ bid, ask });
  },

  'keeps settle coins, and calls and puts, apart': async ({ market }) => {
    const chain = await market.chain({ ...series, settleCoin: 'USDC', optionType: 'put' });
    expect(chain.length).toBeGreaterThan(0);
    for (const { instrument } of chain) {
      expect(instrument).toMatchObject({ settleCoin: 'USDC', optionType: 'put' });
      expect(instrument.symbol).toMatch(/-P$/);
    }
  },
} satisfies Cases<MarketFixture>;

const quotes = {
  'quotes an option as it is now, in exchange time': async ({ market, nowMs, setIndex }) => {
    const before = await market.quote(option);
    expect([before.symbol, Number(before.index)]).toEqual([option, 23_500]);
    expect(before.atMs).toBeGreaterThanOrEqual(startMs);
    expect(before.atMs).toBeLessThanOrEqual(nowMs() + 1_000);
    await setIndex('24500');
    expect(Number((await market.quote(option)).index)).toBe(24_500);
  },

  'has no price on a side that is empty': async ({ market, faults }) => {
    const { ask } = await market.quote(option);
    faults.noQuote(option, 'bid');
    expect(await market.quote(option)).toMatchObject({ bid: null, ask });
    faults.noQuote(option, 'both');
    expect(await market.quote(option)).toMatchObject({ bid: null, ask: null });
  },

  'quotes what there is when an option among others does not exist': async ({ market }) => {
    const found = await market.quotes([option, unlisted]);
    expect(found.map(({ symbol }) => symbol)).toEqual([option]);
    expect(await market.quotes([])).toEqual([]);
  },

  'rejects the quote of an option that does not exist as one of the known errors': async ({ market }) => {
    const refused = await market.quote(unlisted).catch((error: unknown) => error);
    expect(refused instanceof Retryable || refused instanceof Terminal).toBe(true);
  },

  'reads index, mark and last price of a base coin': async ({ market, setIndex }) => {
    await setIndex('24000.5');
    const read = await market.underlying('BTC');
    expect(figuresIn(read)).toEqual({ index: 24_000.5, mark: 24_000.5, last: 24_000.5 });
  },

  'has no realised volatility over days that it has not seen': async ({ market }) => {
    expect(await market.realisedVolatility('BTC', 7)).toBeNull();
  },

  'the half-month call 2,500 above the index, in figures': async ({ market }) => {
    const { bid, ask, mark, index, greeks } = await market.quote(option);
    expect([bid, ask, index].map(Number)).toEqual([610, 625, 23_500]);
    expect(Number(mark)).toBeCloseTo(617.5, 0);
    expect(Number(greeks?.delta)).toBeCloseTo(0.2892, 3);
    expect(Number(greeks?.theta)).toBeCloseTo(-20.8, 1);
    expect(Number(greeks?.vega)).toBeCloseTo(23.2, 1);
    expect(Number(greeks?.volatility)).toBeCloseTo(0.5439, 3);
    const [listed] = (await market.listed(series)).filter(({ symbol }) => symbol === option);
    expect(listed).toEqual({
      symbol: option,
      baseCoin: 'BTC',
      settleCoin: 'USDT',
      optionType: 'call',
      strike: '26000',
      status: 'Trading',
      expiryMs: Date.UTC(2023, 2, 31, 8),
      expiryKind: 'quarterly',
      tickSize: '5',
      minPrice: '5',
      qtyStep: '0.01',
      minQty: '0.01',
      maxQty: '500',
    });
  },
} satisfies Cases<MarketFixture>;

export const describeMarketData = contractOf('MarketData', { ...feed, ...listings, ...quotes });
