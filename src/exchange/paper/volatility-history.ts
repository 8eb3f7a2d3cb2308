/**
 * The realised volatility of the index: the deviation of its hourly log returns, for a year. Bounded by the longest period
 * that is published; unknown until a period has been seen whole.
 */
import { dayMs, hourMs } from '../../domain/units.ts';

/** In days, as the exchange publishes them (Bybit docs: v5/market/iv). */
export const volatilityPeriods: readonly number[] = [7, 14, 21, 30, 60, 90, 180, 270];

const hoursPerDay = dayMs / hourMs;
const keptHours = 270 * hoursPerDay + 1;
const hoursPerYear = 365 * hoursPerDay;

export class VolatilityHistory {
  /** The last price of each hour, newest last. */
  #closes: number[] = [];
  #hour = -1;

  addPrice(atMs: number, price: number): void {
    const hour = Math.floor(atMs / hourMs);
    const last = this.#closes.at(-1);
    if (last === undefined || hour <= this.#hour) {
      this.#closes[Math.max(0, this.#closes.length - 1)] = price;
      this.#hour = Math.max(hour, this.#hour);
      return;
    }
    // In an hour without a price the last one stood.
    const missed = Math.min(hour - this.#hour - 1, keptHours);
    for (let count = 0; count < missed; count += 1) this.#closes.push(last);
    this.#closes.push(price);
    this.#hour = hour;
    if (this.#closes.length > 2 * keptHours) this.#closes = this.#closes.slice(-keptHours);
  }

  /** A fraction per year; `null` before so many days were seen. */
  over(days: number): number | null {
    const hours = days * hoursPerDay;
    if (this.#closes.length <= hours) return null;
    const closes = this.#closes.slice(-hours - 1);
    const returns = closes.slice(1).map((close, at) => Math.log(close / (closes[at] ?? close)));
    const mean = returns.reduce((total, each) => total + each, 0) / hours;
    const variance = returns.reduce((total, each) => total + (each - mean) ** 2, 0) / (hours - 1);
    return Math.sqrt(variance * hoursPerYear);
  }
}
