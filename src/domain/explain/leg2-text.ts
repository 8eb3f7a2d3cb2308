/** Alerts between the legs of a roll, for people. */
import { percentText } from '../money.ts';
import type { Margin } from '../market/order.ts';
import type { Sentences } from '../reason.ts';
import type { Fallback, LastFailure, Leg2AlertFigures, NextStep } from '../roll/leg2-alerts.ts';
import { durationText } from './duration-text.ts';
import { passedOverText, reasonText, reasonTextOrNothing } from './reason-text.ts';
import { missingText, noWayBackText } from './standing-text.ts';

export const leg2Sentences: Sentences<Leg2AlertFigures> = {
  leg2GoesElsewhere: ({ rollId, toSymbol, wantedSymbol, passedOver }) =>
    `Leg 2 of ${rollId} goes to ${toSymbol} instead of ${wantedSymbol ?? ''}: ${passedOverText(passedOver)}.`,
  leg2NotOpen: (standing) => `Leg 2 of ${standing.rollId} is not open: ${standingText(standing)}`,
  leg2StillNotOpen: (standing) => `Leg 2 of ${standing.rollId} is still not open: ${standingText(standing)}`,
  personStillNeeded: ({ symbol, missing, forMs, reason }) =>
    `The task on ${symbol} still needs a person: ${missing === null ? '' : missingText(missing)}, for ${durationText(forMs)} now. Last: ${reasonTextOrNothing(reason)}. Nothing happens until it is retried, reopened or accepted as flat.`,
  leg2GoesBack: ({ rollId, missing, last, symbol }) =>
    `Leg 2 of ${rollId} could not be opened: ${missingText(missing)}. ${lastText(last)}Opening ${symbol} again.`,
  halfClosedGoesBack: ({ rollId, missing, last, symbol }) =>
    `Roll ${rollId} could not close every leg: ${missingText(missing)}. ${lastText(last)}Opening ${symbol} again.`,
  leg2StaysFlat: ({ rollId, missing, last }) =>
    `Leg 2 of ${rollId} could not be opened: ${missingText(missing)}. ${lastText(last)}Staying flat, as the task says.`,
};

const standingText = ({ missing, forMs, last, next }: Leg2AlertFigures['leg2NotOpen']): string =>
  `${missingText(missing)}, for ${durationText(forMs)} now. ${lastText(last)}${nextText(next, afterLeg2)}`;

export function lastText(last: LastFailure | null): string {
  if (last === null) return '';
  const { reason, refusal, margin } = last;
  const help =
    refusal === 'margin'
      ? ` ${marginText(margin)} Free margin or deposit.`
      : refusal === 'account'
        ? ' The account may not trade; only a person can end that.'
        : '';
  return `Last: ${reasonText(reason)}.${help} `;
}

/** As the exchange showed it before the order; it does not say what the order would have needed. */
function marginText(margin: Margin | null): string {
  if (margin === null) return '';
  const { available, equity, maintenanceRate } = margin;
  const rate = maintenanceRate === null ? '' : `, maintenance margin ${percentText(maintenanceRate)}`;
  return `Available ${available} of ${equity} equity${rate}.`;
}

/** The fallback that comes once so many tries have failed. */
export type TriesLeft = Exclude<Fallback, { readonly kind: 'noWayBack' }>;

const afterLeg2 = ({ kind, symbol }: TriesLeft): string =>
  kind === 'reopenLeg1' ? `${symbol} is opened again` : 'it stays flat';

/** @param then what follows the last try, in words */
export function nextText(next: NextStep, then: (fallback: TriesLeft) => string): string {
  if (next.kind === 'order') {
    const { linkId, side, qty, symbol } = next;
    return `Order ${linkId} to ${side} ${qty} ${symbol} is under way.`;
  }
  const when = next.inMs > 0 ? `Next try in ${durationText(next.inMs)}` : 'Trying again now';
  return `${when}, for as long as it takes${fallbackText(next.fallback, then)}.`;
}

function fallbackText(fallback: Fallback | null, then: (fallback: TriesLeft) => string): string {
  if (fallback === null) return '';
  if (fallback.kind === 'noWayBack') return `: ${noWayBackText(fallback.noWayBack)}, so it cannot go back`;
  const { triesLeft } = fallback;
  return ` or until ${then(fallback)} after ${triesLeft} more failed ${triesLeft === 1 ? 'try' : 'tries'}`;
}
