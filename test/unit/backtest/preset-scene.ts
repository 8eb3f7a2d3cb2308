/** Presets in a backtest: made prices from 2 January 2023 on, a row an hour, and what the model says of an option then. */
import { specOfPreset } from '../../../src/application/presets.ts';
import { backtest, type BacktestResult } from '../../../src/backtest/backtest.ts';
import type { Candle } from '../../../src/backtest/price-file.ts';
import type { PresetValues } from '../../../src/domain/spec/preset.ts';
import { dayMs, hourMs, minuteMs } from '../../../src/domain/units.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import { defaultDepth } from '../../../src/exchange/paper/depth.ts';
import { expiriesAt } from '../../../src/exchange/paper/expiries.ts';
import { Faults } from '../../../src/exchange/paper/faults.ts';
import { Listing } from '../../../src/exchange/paper/listing.ts';
import { Market } from '../../../src/exchange/paper/market.ts';
import { randomWalk } from '../../../src/exchange/paper/walk.ts';
import { readPresets } from '../../../src/files/preset-files.ts';

export const startMs = Date.UTC(2023, 0, 2);
const usualVolatility = 0.55;

/** A price on a day, counted from the start. */
export type Corner = readonly [day: number, price: number];

/** Straight lines from corner to corner. */
export function alongLines(...corners: readonly Corner[]): readonly Candle[] {
  const [lastDay] = corners.at(-1) ?? [0];
  return Array.from({ length: Math.round(lastDay * 24) }, (_, hour): Candle => {
    const [open, close] = [priceOn(corners, hour / 24), priceOn(corners, (hour + 1) / 24)];
    const [low, high] = [Math.min(open, close), Math.max(open, close)];
    return { atMs: startMs + hour * hourMs, open, high, low, close };
  });
}

export function priceOn(corners: readonly Corner[], day: number): number {
  const at = corners.findIndex(([each]) => each > day);
  const [before, after] = [corners.at(at - 1), corners.at(at)];
  if (!before || !after || at < 1) return corners.at(-1)?.[1] ?? 0;
  return before[1] + ((after[1] - before[1]) * (day - before[0])) / (after[0] - before[0]);
}

/** The other way round: what a call lives through happens to the put at the same distance. */
export const mirrored = (corners: readonly Corner[]): Corner[] =>
  corners.map(([day, price]) => [day, 50_000 - price]);

/** A walk of so many days. */
export function walked(seed: number, days: number): readonly Candle[] {
  const source = randomWalk({ seed, startPrice: 25_000, startMs, minutes: days * 24 * 60 });
  return Array.from({ length: days * 24 }, (_, hour): Candle => {
    const minutes = Array.from({ length: 60 }, (__, at) => source.minute(hour * 60 + at)).flatMap(
      (minute) => minute ?? [],
    );
    const [first, last] = [minutes[0], minutes.at(-1)];
    return {
      atMs: startMs + hour * hourMs,
      open: first?.open ?? 0,
      high: Math.max(...minutes.map(({ high }) => high)),
      low: Math.min(...minutes.map(({ low }) => low)),
      close: last?.close ?? 0,
    };
  });
}

export interface Scene {
  readonly preset: string;
  readonly symbol?: string;
  /** Of a structure, as a spec has them. */
  readonly legs?: readonly object[];
  readonly prices: readonly Candle[];
  readonly values?: PresetValues;
  readonly volatility?: number;
}

const presets = readPresets();

/** Half a coin, sold at the first price. */
export function play({
  preset,
  symbol,
  legs,
  prices,
  values = {},
  volatility,
}: Scene): Promise<BacktestResult> {
  // eslint-disable-next-line @typescript-eslint/require-await -- as a file is read
  async function* candles(): AsyncGenerator<readonly Candle[]> {
    yield prices;
  }
  return backtest({
    spec: specOfPreset(presets, { preset, symbol, legs, values }, bybitRules),
    qty: '0.5',
    side: 'Sell',
    cash: '100000',
    volatility: volatility ?? usualVolatility,
    candles: candles(),
  });
}

/** What the model says of an option. */
export function valueAt(
  symbol: string,
  atMs: number,
  index: number,
): { readonly mark: number; readonly delta: number } {
  const pricing = { volatility: usualVolatility, carry: 0.02 };
  const market = new Market({ pricing, depth: defaultDepth, refillMs: 1_000 }, new Faults());
  market.tick(atMs, 'BTC', index);
  const quote = market.quote(symbol);
  if (!quote) throw new Error(`${symbol} is not listed at ${new Date(atMs).toISOString()}`);
  return { mark: quote.value.mark, delta: Math.abs(quote.value.delta) };
}

/** Strikes of an expiry, ascending, as they are listed around a price. */
export function strikesListed(expiryMs: number, atMs: number, index: number): readonly number[] {
  const listing = new Listing();
  listing.notePrice('BTC', index);
  const strikes = [...listing.of('BTC', atMs).values()]
    .filter(({ expiry }) => expiry.deliveryMs === expiryMs)
    .map(({ strike }) => strike);
  return [...new Set(strikes)].sort((a, b) => a - b);
}

/** Delivery times of what can be traded at that time, earliest first. */
export const expiriesListedAt = (atMs: number): readonly number[] =>
  expiriesAt(atMs)
    .filter(({ launchMs, deliveryMs }) => launchMs <= atMs && deliveryMs > atMs)
    .map(({ deliveryMs }) => deliveryMs);

/** Of those that are not before the held one. */
export function nearestExpiry(atMs: number, days: number, heldMs: number): number | undefined {
  const away = (expiryMs: number): number => Math.abs(expiryMs - atMs - days * dayMs);
  return expiriesListedAt(atMs)
    .filter((expiryMs) => expiryMs >= heldMs)
    .sort((a, b) => away(a) - away(b))[0];
}

/** `Fri 07:30`, UTC. */
export const hourOf = (atMs: number): string => {
  const text = new Date(Math.floor(atMs / minuteMs) * minuteMs).toUTCString();
  return `${text.slice(0, 3)} ${text.slice(17, 22)}`;
};
