/**
 * Invented prices: a seeded geometric random walk, minute by minute, without an end. The standing paper account uses it,
 * because a tape would end.
 */
import { coinRulesFor } from './coin-rules.ts';
import { minuteMs } from '../../domain/units.ts';
import type { Minute, MinuteSource } from './price-path.ts';
import { yearMs } from './pricing.ts';
import { normalFrom, randomStream } from './random.ts';

export interface WalkSettings {
  readonly seed: number;
  readonly startPrice: number;
  readonly startMs: number;
  /** Fraction per year; default 0.6. */
  readonly volatility?: number | undefined;
  /** Ends after so many minutes; default never. */
  readonly minutes?: number | undefined;
  readonly baseCoin?: string | undefined;
}

const minutesPerYear = yearMs / minuteMs;
const stepsPerMinute = 6;

export function randomWalk(settings: WalkSettings): MinuteSource {
  const baseCoin = settings.baseCoin ?? 'BTC';
  const { indexPlaces } = coinRulesFor(baseCoin, settings.startPrice);
  const shown = (price: number): number => Math.max(10 ** -indexPlaces, Number(price.toFixed(indexPlaces)));
  const uniform = randomStream(settings.seed);
  const deviation = (settings.volatility ?? 0.6) / Math.sqrt(minutesPerYear * stepsPerMinute);
  const total = settings.minutes ?? null;
  /** Only the newest minutes are kept: a walk may last for months. */
  const recent: Minute[] = [];
  let made = 0;
  let last = settings.startPrice;

  const next = (): Minute => {
    const open = shown(last);
    const prices = [open];
    for (let step = 0; step < stepsPerMinute; step += 1) {
      last *= Math.exp(deviation * normalFrom(uniform) - (deviation * deviation) / 2);
      prices.push(shown(last));
    }
    const minute = {
      atMs: settings.startMs + made * minuteMs,
      open,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: shown(last),
    };
    made += 1;
    return minute;
  };

  return {
    baseCoin,
    startMs: settings.startMs,
    totalMinutes: total,
    minute(index) {
      if (total !== null && index >= total) return undefined;
      while (made <= index) {
        recent.push(next());
        if (recent.length > 8) recent.shift();
      }
      return recent[index - (made - recent.length)];
    },
  };
}
