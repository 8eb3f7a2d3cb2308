/** Which expiry a roll goes to: the ladder is what the exchange lists, and which rung is which is the exchange's to say. */
import { dayMs } from '../units.ts';

export type ExpiryTarget =
  | { readonly kind: 'same' }
  /** The nearest one after the held option's that is a weekly, monthly or quarterly. */
  | { readonly kind: 'next'; readonly rung: Rung }
  /** The nearest one that is so many days away, never before the held option's. */
  | { readonly kind: 'min'; readonly days: number };

export type Rung = 'weekly' | 'monthly' | 'quarterly';
/** What the exchange makes of an expiry by its calendar; one that is several is the longest of them. */
export type ExpiryKind = 'daily' | Rung;

export interface Expiry {
  readonly expiryMs: number;
  readonly expiryKind: ExpiryKind;
}

const shortestFirst: readonly ExpiryKind[] = ['daily', 'weekly', 'monthly', 'quarterly'];

/** A quarterly is also a monthly, and each of them a weekly. */
export const isRung = (kind: ExpiryKind, rung: Rung): boolean =>
  shortestFirst.indexOf(kind) >= shortestFirst.indexOf(rung);

export interface ExpirySearch {
  readonly heldMs: number;
  readonly target: ExpiryTarget;
  readonly nowMs: number;
}

/** @returns `null` when no listed expiry is what the target asks for */
export function chooseExpiry(
  { heldMs, target, nowMs }: ExpirySearch,
  listed: readonly Expiry[],
): number | null {
  if (target.kind === 'same') return heldMs;
  const isWanted = ({ expiryMs, expiryKind }: Expiry): boolean =>
    expiryMs > nowMs &&
    (target.kind === 'next'
      ? expiryMs > heldMs && isRung(expiryKind, target.rung)
      : expiryMs >= heldMs && expiryMs - nowMs >= target.days * dayMs);
  const wanted = listed.filter(isWanted).map(({ expiryMs }) => expiryMs);
  return wanted.length > 0 ? Math.min(...wanted) : null;
}
