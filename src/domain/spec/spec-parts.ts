/** What a task manages, taken apart: one option, or several as one, and what covers them. */
import type { SpecLeg } from './legs-shape.ts';
import {
  defaultHoldingName,
  isOption,
  isWatched,
  type SpecHolding,
  type WatchedLeg,
} from './watched-shape.ts';

export interface SpecParts {
  readonly symbol: string;
  readonly qty: string;
  /** Two or more options; absent in a task of one. */
  readonly legs?: readonly SpecLeg[];
  readonly watched?: SpecHolding;
}

interface WrittenParts {
  readonly symbol?: string | undefined;
  readonly qty?: string;
  readonly legs?: readonly (SpecLeg | WatchedLeg)[] | undefined;
}

/** One option beside a holding is a task of one option. A part that is wrong in itself may be missing. */
export function partsOf({ symbol = '', qty = '', legs }: WrittenParts): SpecParts {
  if (legs === undefined) return { symbol, qty };
  const options = legs.filter(isOption);
  const [first, ...others] = options;
  const holding = legs.find(isWatched);
  const watched = holding && {
    watched: { name: holding.name ?? defaultHoldingName, symbol: holding.watch },
  };
  if (watched && first && others.length === 0)
    return { symbol: first.symbol, qty: first.qty ?? qty, ...watched };
  return { symbol: first?.symbol ?? symbol, qty, legs: options, ...watched };
}
