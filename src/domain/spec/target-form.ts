/** How a target is written in a spec; reading it is in target-shape.ts. */
import type { ExpiryTarget } from '../market/expiries.ts';
import { decimal, toText, type DecimalString } from '../money.ts';
import type { StrikeTarget, Target } from '../rules/targets.ts';

/** `{ strike: +2 steps, expiry: nearest 45d, prefer: [credit] }`; without `prefer` where nothing is preferred. */
export const targetForm = ({ strike, expiry, prefer }: Target): object => ({
  strike: strikeForm(strike),
  expiry: expiryForm(expiry),
  ...(prefer && { prefer }),
});

/** `+2 steps`, `-1000`, `+5%`, `2 steps away`, `delta 0.25`, `furthest for a credit of 0` or `same`. */
export function strikeForm(target: StrikeTarget): string {
  switch (target.kind) {
    case 'same':
      return 'same';
    case 'delta':
      return `delta ${target.delta}`;
    case 'deltaAtMost':
      return `delta at most ${target.delta}`;
    case 'furthest':
      return `furthest for a credit of ${target.creditMin}`;
    case 'bestCredit':
      return `best credit within delta ${target.deltaMin}..${target.deltaMax}`;
    case 'sameDistance':
      return 'same distance from spot';
    case 'strike':
      return `strike ${target.strike}`;
    case 'amount':
      return target.away ? `${target.amount} away` : signed(target.amount);
    case 'percent': {
      const percent = toText(decimal(target.share).times(100));
      return target.away ? `${percent}% away` : `${signed(percent)}%`;
    }
    case 'steps': {
      const steps = `${Math.abs(target.steps)} ${Math.abs(target.steps) === 1 ? 'step' : 'steps'}`;
      return target.away ? `${steps} away` : `${target.steps > 0 ? '+' : '-'}${steps}`;
    }
  }
}

/** `same`, `next-weekly`, `min 7d`, `nearest 45d`, `between 7d and 21d from held` or `+14d`. */
export function expiryForm(target: ExpiryTarget): string {
  if (target.kind === 'same') return 'same';
  if (target.kind === 'next') return `next-${target.rung}`;
  const from = target.from === 'held' ? ' from held' : '';
  switch (target.kind) {
    case 'min':
      return `min ${target.days}d${from}`;
    case 'nearest':
      return target.from === 'held' ? `+${target.days}d` : `nearest ${target.days}d`;
    case 'between':
      return `between ${target.daysMin}d and ${target.daysMax}d${from}`;
  }
}

const signed = (value: DecimalString): string => (decimal(value).isPositive() ? `+${value}` : value);
