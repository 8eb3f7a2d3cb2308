/** Which expiries a roll may go to: the ladder is what the exchange lists, and which rung is which is the exchange's to say. */
import { dayMs } from '../units.ts';

/** Days are counted from now, or from the held option's delivery. Nothing goes back in time. */
export type ExpiryTarget =
  | { readonly kind: 'same' }
  /** The nearest one after the held option's that is a weekly, monthly or quarterly. */
  | { readonly kind: 'next'; readonly rung: Rung }
  /** The nearest one that is so many days away, never before the held option's. */
  | { readonly kind: 'min'; readonly days: number; readonly from?: 'held' }
  /**
   * The one whose distance comes nearest to so many days, the earlier of two: from now on among the held one and later
   * ones, from the held one on among later ones only.
   */
  | { readonly kind: 'nearest'; readonly days: number; readonly from?: 'held' }
  /** Any of those so many days away, never before the held option's. */
  | {
      readonly kind: 'between';
      readonly daysMin: number;
      readonly daysMax: number;
      readonly from?: 'held';
    };

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

/** What the target asks for among the listed expiries, earliest first: more than one only for `between`. */
export function chooseExpiries(
  { heldMs, target, nowMs }: ExpirySearch,
  listed: readonly Expiry[],
): readonly number[] {
  if (target.kind === 'same') return [heldMs];
  const ahead = listed
    .filter(({ expiryMs }) => expiryMs > nowMs && expiryMs >= heldMs)
    .sort((a, b) => a.expiryMs - b.expiryMs);
  if (target.kind === 'next')
    return timesOf(
      ahead.filter(({ expiryMs, expiryKind }) => expiryMs > heldMs && isRung(expiryKind, target.rung)),
    ).slice(0, 1);
  const fromMs = target.from === 'held' ? heldMs : nowMs;
  const isAway = (expiryMs: number, days: number): boolean => expiryMs - fromMs >= days * dayMs;
  switch (target.kind) {
    case 'min':
      return timesOf(ahead)
        .filter((expiryMs) => isAway(expiryMs, target.days))
        .slice(0, 1);
    case 'between':
      return timesOf(ahead).filter(
        (expiryMs) => isAway(expiryMs, target.daysMin) && expiryMs - fromMs <= target.daysMax * dayMs,
      );
    case 'nearest': {
      const later = timesOf(ahead).filter((expiryMs) => target.from !== 'held' || expiryMs > heldMs);
      const away = (expiryMs: number): number => Math.abs(expiryMs - fromMs - target.days * dayMs);
      // A stable sort keeps the earlier of two first.
      return later.sort((a, b) => away(a) - away(b)).slice(0, 1);
    }
  }
}

const timesOf = (expiries: readonly Expiry[]): number[] => expiries.map(({ expiryMs }) => expiryMs);

/**
 * How far from now the expiry may be at the least, in days, where the target alone says so; `null` where it depends on
 * what is held or listed. Of `nearest` it is the distance asked for.
 */
export function soonestDays(target: ExpiryTarget): number | null {
  if (target.kind === 'same' || target.kind === 'next') return null;
  const days = target.kind === 'between' ? target.daysMin : target.days;
  if (target.from !== 'held') return days;
  // The held expiry itself is no days away from the held expiry.
  return days === 0 && target.kind !== 'nearest' ? 0 : null;
}
