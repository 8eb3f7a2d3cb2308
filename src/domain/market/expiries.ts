/** Which expiry a roll goes to: the ladder is what the exchange lists, and which rung is which is told by its day. */

export type ExpiryTarget =
  | { readonly kind: 'same' }
  /** The nearest one after the held option's that is a weekly, monthly or quarterly. */
  | { readonly kind: 'next'; readonly rung: Rung }
  /** The nearest one that is so many days away, never before the held option's. */
  | { readonly kind: 'min'; readonly days: number };

export type Rung = 'weekly' | 'monthly' | 'quarterly';

const dayMs = 86_400_000;
const friday = 5;

/**
 * Weeklies and longer expire on Fridays, monthlies on the last one, quarterlies in March, June, September and
 * December (docs/exchange.md#symbols).
 */
export function isRung(expiryMs: number, rung: Rung): boolean {
  const date = new Date(expiryMs);
  if (date.getUTCDay() !== friday) return false;
  if (rung === 'weekly') return true;
  if (new Date(expiryMs + 7 * dayMs).getUTCMonth() === date.getUTCMonth()) return false;
  return rung === 'monthly' || date.getUTCMonth() % 3 === 2;
}

/** @returns `null` when no listed expiry is what the target asks for */
export function chooseExpiry(
  heldMs: number,
  target: ExpiryTarget,
  listedMs: readonly number[],
  nowMs: number,
): number | null {
  if (target.kind === 'same') return heldMs;
  const isWanted = (ms: number): boolean =>
    ms > nowMs &&
    (target.kind === 'next'
      ? ms > heldMs && isRung(ms, target.rung)
      : ms >= heldMs && ms - nowMs >= target.days * dayMs);
  const wanted = listedMs.filter(isWanted);
  return wanted.length > 0 ? Math.min(...wanted) : null;
}
