/** Whether a trade is still the one that a person has seen and confirmed. */
import { decimal, multiply, subtract, sum, type DecimalString } from '../domain/money.ts';
import type { Preview } from '../domain/explain/preview.ts';

/** What the person has seen. */
export interface ShownTrade {
  readonly to: string | null;
  readonly netCredit: DecimalString | null;
  /** Traded over all legs at their limit prices, in settle coin: what a change of the net is measured by. */
  readonly premium: DecimalString;
}

/** A net that is worse by more than this share of the premium is another trade. */
const toleratedShare = '0.05';

export const shownTrade = ({ to, netCredit, legs }: Preview): ShownTrade => ({
  to,
  netCredit,
  premium: sum(legs.map(({ qty, limitPrice }) => multiply(qty, limitPrice))),
});

/** @returns what has changed, as a clause; `null` when it is what was shown, or better */
export function changedPreview(shown: ShownTrade, { to, netCredit, would, reason }: Preview): string | null {
  if (would === 'nothing') return `it cannot be done now: ${reason}`;
  if (to !== shown.to) return `it would go to ${to ?? 'nothing'} now`;
  if (shown.netCredit === null || netCredit === null)
    return netCredit === shown.netCredit ? null : 'its prices are not known';
  const worseBy = decimal(subtract(shown.netCredit, netCredit));
  return worseBy.greaterThan(multiply(shown.premium, toleratedShare))
    ? `its net has changed from ${shown.netCredit} to ${netCredit}`
    : null;
}
