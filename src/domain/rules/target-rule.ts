/** What a task may ask of the option that it rolls into: a strike, an expiry, and what is preferred among several. */
import type { ExpiryTarget } from '../market/expiries.ts';
import { rightWay, type OptionType } from '../market/option.ts';
import { compare, decimal, toText, type DecimalString } from '../money.ts';
import type { ReasonOf } from '../reason.ts';

/**
 * New strike relative to the old one, at an absolute level, or by what the option's quote says. Deltas are without sign,
 * credits in settle coin for the whole quantity, before fees, at prices at which both legs can be traded at once.
 */
export type StrikeTarget =
  | ({ readonly kind: 'steps'; readonly steps: number } & Away)
  | ({ readonly kind: 'amount'; readonly amount: DecimalString } & Away)
  | ({ readonly kind: 'percent'; readonly share: DecimalString } & Away)
  | { readonly kind: 'same' }
  | { readonly kind: 'strike'; readonly strike: DecimalString }
  /** The nearest to it. */
  | { readonly kind: 'delta'; readonly delta: DecimalString }
  /** All up to it, the nearest to it first. */
  | { readonly kind: 'deltaAtMost'; readonly delta: DecimalString }
  /** The one furthest away for which the roll still brings so much. */
  | { readonly kind: 'furthest'; readonly creditMin: DecimalString }
  /** The one that brings most. */
  | { readonly kind: 'bestCredit'; readonly deltaMin: DecimalString; readonly deltaMax: DecimalString }
  /** As far from the index, in proportion, as the held option was when it was opened. */
  | { readonly kind: 'sameDistance' };

/** Of a structure: a step without a sign, up for calls and down for puts (`strikeFor`). */
interface Away {
  readonly away?: true;
}

/** What may be preferred, as it is written. */
export const preferences = [
  'credit',
  'mostCredit',
  'delta',
  'theta',
  'spread',
  'openInterest',
  'nearestExpiry',
  'furthestExpiry',
  'furthestStrike',
] as const;
export type Preference = (typeof preferences)[number];

export interface Target {
  readonly strike: StrikeTarget;
  readonly expiry: ExpiryTarget;
  /** What decides among several candidates, the most important first. */
  readonly prefer?: readonly Preference[];
}

/** Why there is no option to roll into. Strikes and credits in settle coin. */
export interface TargetProblemFigures {
  readonly noSuchExpiry: { readonly optionType: OptionType; readonly expiry: ExpiryTarget };
  readonly noSuchStrike: {
    readonly optionType: OptionType;
    readonly target: Target;
    readonly strike: DecimalString;
  };
  /** No strike brings enough; the best there was, `null` where no roll can be priced. */
  readonly noSuchCredit: {
    readonly optionType: OptionType;
    readonly creditMin: DecimalString;
    readonly best: { readonly symbol: string; readonly netCredit: DecimalString } | null;
  };
  /** No strike has such a delta; the nearest there was, `null` where none is known. */
  readonly noSuchDelta: {
    readonly optionType: OptionType;
    readonly deltaMin: DecimalString;
    readonly deltaMax: DecimalString;
    readonly nearest: { readonly symbol: string; readonly delta: DecimalString } | null;
  };
  /** The distance from the index cannot be kept; a `null` is what is not known. */
  readonly distanceUnknown: {
    readonly indexAtOpening: DecimalString | null;
    readonly index: DecimalString | null;
  };
  readonly sameOption: { readonly strike: DecimalString };
  readonly wrongWay: {
    readonly optionType: OptionType;
    readonly from: DecimalString;
    readonly to: DecimalString;
  };
}

export type TargetProblem = ReasonOf<TargetProblemFigures>;

/**
 * Positive upwards, negative downwards, 0 when it does not say.
 * @param from the held strike, which an absolute one is compared with
 */
export function directionOf(target: StrikeTarget, from: DecimalString | null = null): number {
  switch (target.kind) {
    case 'steps':
      return Math.sign(target.steps);
    case 'amount':
      return Math.sign(compare(target.amount, '0'));
    case 'percent':
      return Math.sign(compare(target.share, '0'));
    case 'strike':
      return from === null ? 0 : compare(target.strike, from);
    case 'delta':
    case 'deltaAtMost':
    case 'furthest':
    case 'bestCredit':
    case 'sameDistance':
    case 'same':
      return 0;
  }
}

/** It says up or down, whatever it is asked of. */
export const isSignedStep = (target: StrikeTarget): boolean =>
  (target.kind === 'steps' || target.kind === 'amount' || target.kind === 'percent') && target.away !== true;

/** What the target says of an option of this type: a step away gets the sign of its way. */
export function strikeFor(target: StrikeTarget, optionType: OptionType): StrikeTarget {
  const way = rightWay(optionType);
  const signed = (value: DecimalString): DecimalString => toText(decimal(value).times(way));
  switch (target.kind) {
    case 'steps':
      return target.away ? { kind: 'steps', steps: target.steps * way } : target;
    case 'amount':
      return target.away ? { kind: 'amount', amount: signed(target.amount) } : target;
    case 'percent':
      return target.away ? { kind: 'percent', share: signed(target.share) } : target;
    case 'same':
    case 'strike':
    case 'delta':
    case 'deltaAtMost':
    case 'furthest':
    case 'bestCredit':
    case 'sameDistance':
      return target;
  }
}

/** The target as it is meant for an option of this type. */
export const targetFor = (target: Target, optionType: OptionType): Target => ({
  ...target,
  strike: strikeFor(target.strike, optionType),
});
