/**
 * Which days have an option expiry at any moment, and since when they are listed (docs/exchange.md#symbols):
 * dailies, weeklies on Fridays, monthlies and quarterlies on the last Friday, all at 08:00 UTC. A day's class and
 * launch depend on the calendar alone, so the ladder of a moment is always the same.
 */
import { expiryOf } from '../bybit/symbols.ts';
import { dayMs, hourMs, minuteMs } from '../../domain/units.ts';

export type ExpiryClass = 'daily' | 'weekly' | 'monthly' | 'quarterly';

export interface Expiry {
  /** As written in symbols, e.g. `9MAY25`. */
  readonly code: string;
  readonly kind: ExpiryClass;
  /** From here on it is shown, as PreLaunch at first. */
  readonly shownFromMs: number;
  readonly launchMs: number;
  readonly deliveryMs: number;
  /** Until here it is shown as Delivering. */
  readonly shownUntilMs: number;
}

const friday = 5;
export const preLaunchMs = 5 * minuteMs;
const deliveringMs = 4 * hourMs;
const listedDays: Readonly<Record<ExpiryClass, number>> = {
  daily: 3,
  weekly: 28,
  monthly: 98,
  quarterly: 308,
};

/** Every expiry shown at `nowMs`, nearest first. */
export function expiriesAt(nowMs: number): readonly Expiry[] {
  const todayMs = Math.floor(nowMs / dayMs) * dayMs;
  const days = Array.from({ length: listedDays.quarterly + 2 }, (_, at) => expiryOn(todayMs + at * dayMs));
  return days.filter((expiry) => nowMs >= expiry.shownFromMs && nowMs < expiry.shownUntilMs);
}

/** At what times of a day the ladder, or a status on it, changes. */
const changesMs = [8 * hourMs, 8 * hourMs + preLaunchMs, 8 * hourMs + deliveringMs];

/** The span around `nowMs` in which the ladder and the statuses on it do not change. */
export function ladderSpan(nowMs: number): { readonly fromMs: number; readonly untilMs: number } {
  const todayMs = Math.floor(nowMs / dayMs) * dayMs;
  const edges = [-dayMs, 0, dayMs].flatMap((day) => changesMs.map((change) => todayMs + day + change));
  const next = edges.findIndex((edgeMs) => edgeMs > nowMs);
  return { fromMs: edges[next - 1] ?? todayMs, untilMs: edges[next] ?? todayMs + dayMs };
}

export function expiryOn(dateMs: number): Expiry {
  const kind = classOf(dateMs);
  const deliveryMs = dateMs + 8 * hourMs;
  const shownFromMs = deliveryMs - listedDays[kind] * dayMs;
  return {
    code: expiryOf(dateMs),
    kind,
    shownFromMs,
    launchMs: shownFromMs + preLaunchMs,
    deliveryMs,
    shownUntilMs: deliveryMs + deliveringMs,
  };
}

function classOf(dateMs: number): ExpiryClass {
  const date = new Date(dateMs);
  if (date.getUTCDay() !== friday) return 'daily';
  const weekLater = new Date(dateMs + 7 * dayMs);
  if (weekLater.getUTCMonth() === date.getUTCMonth()) return 'weekly';
  return date.getUTCMonth() % 3 === 2 ? 'quarterly' : 'monthly';
}
