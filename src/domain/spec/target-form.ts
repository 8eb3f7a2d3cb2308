/** How a target is written in a spec; reading it is in target-shape.ts. */
import type { ExpiryTarget } from '../market/expiries.ts';
import { decimal, toText, type DecimalString } from '../money.ts';
import type { StrikeTarget } from '../rules/targets.ts';

/** `+2 steps`, `-1000`, `+5%`, `delta 0.25` or `same`. */
export function strikeForm(target: StrikeTarget): string {
  switch (target.kind) {
    case 'same':
      return 'same';
    case 'delta':
      return `delta ${target.delta}`;
    case 'amount':
      return signed(target.amount);
    case 'percent':
      return `${signed(toText(decimal(target.share).times(100)))}%`;
    case 'steps':
      return `${target.steps > 0 ? '+' : '-'}${Math.abs(target.steps)} ${Math.abs(target.steps) === 1 ? 'step' : 'steps'}`;
  }
}

/** `same`, `next-weekly` or `min 7d`. */
export function expiryForm(target: ExpiryTarget): string {
  if (target.kind === 'same') return 'same';
  return target.kind === 'next' ? `next-${target.rung}` : `min ${target.days}d`;
}

const signed = (value: DecimalString): string => (decimal(value).isPositive() ? `+${value}` : value);
