/** How people read a target. */
import type { Target } from '../rules/targets.ts';
import { expiryForm, strikeForm } from '../spec/target-form.ts';

/** `+1000`, `same strike, expiry next-weekly`. */
export function targetText(target: Target): string {
  const strike = target.strike.kind === 'same' ? 'same strike' : strikeForm(target.strike);
  return target.expiry.kind === 'same' ? strike : `${strike}, expiry ${expiryForm(target.expiry)}`;
}
