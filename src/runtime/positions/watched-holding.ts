/** Compares the holding that a spec watches with what the account has of it, as its task is made or edited. */
import { coverText } from '../../domain/explain/guard-text.ts';
import { coverOf, isCovered } from '../../domain/rules/cover.ts';
import { openLegs, type Legs } from '../../domain/rules/structure.ts';
import type { TaskSpec } from '../../domain/spec/task-spec.ts';
import { isWatched } from '../../domain/spec/watched-shape.ts';
import type { TradingAccount } from '../../ports/exchange.ts';

/** Where the legs of a spec are written. */
export interface LegPlaces {
  /** Of the options, in their order. */
  readonly options: readonly number[];
  readonly watched: number;
}

/** @param spec as a person wrote it */
export function legPlaces(spec: unknown): LegPlaces {
  const { legs } = Object(spec) as { legs?: unknown };
  const written: readonly unknown[] = Array.isArray(legs) ? legs : [];
  const options = [...written.keys()].filter((place) => !isWatched(written[place]));
  return { options, watched: written.findIndex(isWatched) };
}

/** What is wrong with a spec: `found` names the holding, `expected` what would do. */
export interface CoverProblem {
  readonly found: string;
  readonly expected: string;
}

/**
 * Why the holding that the spec watches does not cover what the task is short of; `null` when it does, and where none is watched.
 * @throws Retryable | Terminal when the account cannot be read
 */
export async function coverProblem(
  { watched }: TaskSpec,
  legs: Legs,
  account: Pick<TradingAccount, 'holding'>,
): Promise<CoverProblem | null> {
  if (!watched) return null;
  const { symbol } = watched;
  const cover = coverOf(openLegs(legs), { symbol, qty: await account.holding(symbol) });
  if (cover === null)
    return {
      found: symbol,
      expected: 'no holding: none of the options is short, so there is nothing to cover',
    };
  if (isCovered(cover)) return null;
  const { optionType, needed } = cover;
  const side = optionType === 'call' ? 'long' : 'short';
  return { found: coverText(cover), expected: `a holding of at least ${needed} ${side}` };
}
