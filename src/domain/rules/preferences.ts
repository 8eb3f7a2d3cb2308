/**
 * What is preferred among several options that a roll could go to: one preference after the other, a later one only
 * among those that the earlier ones find equal.
 */
import { rightWay } from '../market/option.ts';
import type { ListedOption, Quote } from '../market/order.ts';
import type { HeldOption } from '../market/held-option.ts';
import { Decimal, decimal, type Decimal as DecimalValue, type DecimalString } from '../money.ts';
import { closingTouch, openingTouch } from './leg-prices.ts';
import type { Preference } from './target-rule.ts';

/** What a roll leaves, and the quote at which it does. */
export interface Leaving {
  readonly held: Pick<HeldOption, 'side' | 'optionType'>;
  readonly old: Quote | null;
  /** To be closed, and to be opened, in base coin. */
  readonly qty: DecimalString;
  readonly openQty: DecimalString;
}

export interface Choice {
  readonly option: ListedOption;
  /** The preference that left nothing else; `null` where there was no other, or all of them found others equal. */
  readonly decidedBy: Preference | null;
  /** One that was equal until then. */
  readonly preferredTo: ListedOption | null;
}

/** The higher the better; `null` when it is not known, which is worse than anything. */
type Key = (option: ListedOption, leaving: Leaving) => DecimalValue | null;

const hundredths = 2;
const [pays, paysNot] = [decimal('1'), decimal('0')];
/** Digits beyond those that are compared need not be worked out. */
const Rough = Decimal.clone({ precision: 8 });

/** Without its sign; `null` when it is not known. */
export function deltaOf({ quote }: ListedOption): DecimalValue | null {
  const delta = quote?.greeks?.delta;
  return delta === undefined ? null : decimal(delta.startsWith('-') ? delta.slice(1) : delta);
}

const keys: Readonly<Record<Preference, Key>> = {
  credit: ({ quote }, { held, old, qty, openQty }) => {
    const [closing, opening] = [old && closingTouch(held.side, old), quote && openingTouch(held.side, quote)];
    if (closing === null || opening === null) return null;
    const [paid, received] = [decimal(closing).times(qty), decimal(opening).times(openQty)];
    const ahead = held.side === 'Sell' ? received.minus(paid) : paid.minus(received);
    return ahead.isNegative() && !ahead.isZero() ? paysNot : pays;
  },
  // What closing costs, and the quantity, are the same for all of them.
  mostCredit: ({ quote }, { held }) => creditKey(quote && openingTouch(held.side, quote), held),
  delta: (option) => deltaOf(option)?.toDecimalPlaces(hundredths).negated() ?? null,
  theta: ({ quote }, { held }) => {
    const theta = quote?.greeks?.theta;
    if (theta === undefined) return null;
    return held.side === 'Sell' ? decimal(theta).negated() : decimal(theta);
  },
  spread: ({ quote }) => {
    if (!quote || quote.bid === null || quote.ask === null) return null;
    const [bid, ask] = [decimal(quote.bid), decimal(quote.ask)];
    const share = Rough.div(ask.minus(bid).times(2), ask.plus(bid)).toDecimalPlaces(hundredths);
    // A crossed book is no narrower than one without a spread.
    return Decimal.min(share.negated(), 0);
  },
  openInterest: ({ quote }) => (quote?.openInterest == null ? null : decimal(quote.openInterest)),
  nearestExpiry: ({ instrument }) => decimal(`-${instrument.expiryMs}`),
  furthestExpiry: ({ instrument }) => decimal(`${instrument.expiryMs}`),
  furthestStrike: ({ instrument }, { held }) => decimal(instrument.strike).times(rightWay(held.optionType)),
};

/** The higher the better for who opens it at this price. */
export const creditKey = (
  opening: DecimalString | null,
  { side }: Pick<HeldOption, 'side'>,
): DecimalValue | null => {
  if (opening === null) return null;
  return side === 'Sell' ? decimal(opening) : decimal(opening).negated();
};

const readFromListing: readonly Preference[] = ['nearestExpiry', 'furthestExpiry', 'furthestStrike'];
/** It cannot be judged without a quote. */
export const needsQuote = (preference: Preference): boolean => !readFromListing.includes(preference);

/**
 * @param candidates in the order that decides where no preference does
 * @returns `null` of none
 */
export function prefer(
  candidates: readonly ListedOption[],
  preferences: readonly Preference[],
  leaving: Leaving,
): Choice | null {
  let equal = candidates;
  for (const preference of preferences) {
    const better = bestOf(equal, (option) => keys[preference](option, leaving));
    const [option] = better;
    if (option && better.length === 1 && equal.length > 1) {
      return { option, decidedBy: preference, preferredTo: equal.find((each) => each !== option) ?? null };
    }
    equal = better;
  }
  const [option] = equal;
  return option ? { option, decidedBy: null, preferredTo: null } : null;
}

/** All that are as good as the best of them, in their order. */
export function bestOf(
  options: readonly ListedOption[],
  keyOf: (option: ListedOption) => DecimalValue | null,
): readonly ListedOption[] {
  let best: DecimalValue | null = null;
  let found: ListedOption[] = [];
  for (const option of options) {
    const key = keyOf(option);
    const ahead = found.length === 0 ? 1 : compareKeys(key, best);
    if (ahead > 0) [best, found] = [key, [option]];
    else if (ahead === 0) found.push(option);
  }
  return found;
}

const compareKeys = (a: DecimalValue | null, b: DecimalValue | null): number =>
  a === null || b === null ? Number(a !== null) - Number(b !== null) : a.comparedTo(b);
