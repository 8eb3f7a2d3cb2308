/**
 * Whether what an account holds beside its options covers those of a task that are short: who is short calls can deliver what he
 * holds, and who is short puts can give what is put to him against what he is short of. Only short options count; a long one
 * of the same type lessens nothing.
 */
import type { HeldOption } from '../market/held-option.ts';
import type { OptionType } from '../market/option.ts';
import { compare, isPositive, multiply, sum, type DecimalString } from '../money.ts';

/** What an account has of a holding, in base coin, negative for a short. */
export interface HeldHolding {
  readonly symbol: string;
  readonly qty: DecimalString;
}

/** A holding as it was seen last. */
export interface SeenCover {
  readonly symbol: string;
  /** In base coin, negative for a short. */
  readonly qty: DecimalString;
  readonly isCovered: boolean;
  /** Exchange time. */
  readonly atMs: number;
}

/** What is to be covered beside what covers it. Quantities in base coin. */
export interface CoverFigures {
  readonly holding: string;
  /** Of the options that it may cover. */
  readonly optionType: OptionType;
  /** Of the holding, negative for a short. */
  readonly qty: DecimalString;
  /** Of those options, short. */
  readonly needed: DecimalString;
}

export type OptionLeg = Pick<HeldOption, 'side' | 'optionType' | 'qty'>;

const shortOf = (legs: readonly OptionLeg[], type: OptionType): DecimalString =>
  sum(legs.filter(({ side, optionType }) => side === 'Sell' && optionType === type).map(({ qty }) => qty));

/**
 * Of a task that is short both calls and puts a holding covers those that its sign can: calls if it is long, or nothing.
 * @returns `null` when the task is short of nothing
 */
export function coverOf(legs: readonly OptionLeg[], { symbol, qty }: HeldHolding): CoverFigures | null {
  const needed = { call: shortOf(legs, 'call'), put: shortOf(legs, 'put') };
  const isShort = compare(qty, '0') < 0;
  const both = isPositive(needed.call) && isPositive(needed.put);
  const optionType = both ? (isShort ? 'put' : 'call') : isPositive(needed.call) ? 'call' : 'put';
  if (!isPositive(needed[optionType])) return null;
  return { holding: symbol, optionType, qty, needed: needed[optionType] };
}

/** A long holding covers as much short in calls, a short one as much in puts. */
export const isCovered = ({ optionType, qty, needed }: CoverFigures): boolean =>
  compare(optionType === 'call' ? qty : multiply(qty, '-1'), needed) >= 0;
