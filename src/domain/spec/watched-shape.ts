/** How a leg is written that is only watched: a holding beside the options, which covers those that are short. */
import { z } from 'zod';
import type { SymbolRules } from '../market/exchange-rules.ts';
import type { NamedHolding } from '../market/holding.ts';
import { legName } from './leg-name.ts';
import { orUnknownKey } from './task-spec-words.ts';

/** A holding that covers the options of a task and is never traded. */
export interface SpecHolding {
  /** Unique among the legs. */
  readonly name: string;
  /** As the exchange names it. */
  readonly symbol: string;
}

/** A leg as it is written, where it is a holding. */
export interface WatchedLeg {
  readonly name?: string | undefined;
  readonly watch: string;
}

/** What it is called where it has no name. */
export const defaultHoldingName = 'holding';

/** @param rules of the exchange that has it */
export const watchedShape = ({ readHolding, holdingExample }: SymbolRules) => {
  const error = `a holding like ${holdingExample}`;
  return z.strictObject(
    {
      name: legName.default(defaultHoldingName),
      watch: z.string({ error }).refine((text) => readHolding(text) !== null, { error }),
    },
    orUnknownKey('a holding like { watch: … }, of which nothing is traded', 'name, watch'),
  );
};

/** It is written as a holding, right or wrong. */
export const isWatched = (leg: unknown): leg is WatchedLeg =>
  typeof leg === 'object' && leg !== null && 'watch' in leg;

/** It is written as an option, right or wrong. */
export const isOption = <Leg>(leg: Leg): leg is Exclude<Leg, WatchedLeg> => !isWatched(leg);

/** With the holding as the exchange writes it. */
export const spellOutWatched = (leg: WatchedLeg, { readHolding }: SymbolRules): WatchedLeg => {
  const { watch } = leg as { watch: unknown };
  return typeof watch === 'string' ? { ...leg, watch: readHolding(watch)?.symbol ?? watch } : leg;
};

/** What is wrong with a holding among legs. @param options the other legs, as far as their symbols are right */
export function* nonsenseOfWatched(
  legs: readonly unknown[],
  [option]: readonly { readonly baseCoin: string }[],
  { readHolding }: SymbolRules,
): Generator<[(string | number)[], string]> {
  const places = [...legs.keys()].filter((place) => isWatched(legs[place]));
  for (const place of places.slice(1)) yield [[place, 'watch'], 'one holding at most'];
  for (const place of places) {
    const leg = legs[place];
    const holding: NamedHolding | null = isWatched(leg) ? readHolding(leg.watch) : null;
    if (holding && option && holding.baseCoin !== option.baseCoin)
      yield [[place, 'watch'], `a holding of ${option.baseCoin}, as the options are`];
  }
}

/** As it is written among the legs. */
export const watchedForm = ({ name, symbol }: SpecHolding): object => ({ name, watch: symbol });
