/**
 * Bybit's calendar of option expiries: weeklies and longer on Fridays, monthlies on the last one, quarterlies in March,
 * June, September and December.
 */
import type { ExpiryKind } from '../../domain/market/expiries.ts';
import { dayMs } from '../../domain/units.ts';

const friday = 5;
const weekMs = 7 * dayMs;

/** Derived from the day alone, because the listing does not say it. */
export function expiryKindOf(expiryMs: number): ExpiryKind {
  const date = new Date(expiryMs);
  if (date.getUTCDay() !== friday) return 'daily';
  if (new Date(expiryMs + weekMs).getUTCMonth() === date.getUTCMonth()) return 'weekly';
  return date.getUTCMonth() % 3 === 2 ? 'quarterly' : 'monthly';
}
