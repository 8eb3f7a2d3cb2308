/** How people read a target. */
import type { Preference, Target } from '../rules/targets.ts';
import { expiryForm, strikeForm } from '../spec/target-form.ts';

/** `+1000`, `same strike, expiry next-weekly, preferring credit, then delta`. */
export function targetText({ strike, expiry, prefer }: Target): string {
  return [
    strike.kind === 'same' ? 'same strike' : strikeForm(strike),
    ...(expiry.kind === 'same' ? [] : [`expiry ${expiryForm(expiry)}`]),
    ...(prefer ? [`preferring ${prefer.join(', then ')}`] : []),
  ].join(', ');
}

const better: Readonly<Record<Preference, string>> = {
  credit: 'because it pays a credit and others do not',
  mostCredit: 'because it brings more than others',
  delta: 'because its delta is lower',
  theta: 'because its theta is better',
  spread: 'because it is quoted closer together',
  openInterest: 'because more of it are open',
  nearestExpiry: 'because it expires earlier',
  furthestExpiry: 'because it expires later',
  furthestStrike: 'because its strike is further away',
};

/** What the target asks for, and the preference that left no other; `null` where none had to. */
export const wantedText = (decidedBy: Preference | null): string =>
  decidedBy === null
    ? 'what the target asks for'
    : `what the target asks for, preferred ${better[decidedBy]}`;
