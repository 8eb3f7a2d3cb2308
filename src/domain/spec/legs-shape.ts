/**
 * How the legs of a structure are written: the options that a task manages as one, and what each is called. What a rule
 * trades of them is in leg-choice.ts.
 */
import { z } from 'zod';
import { symbolMeant, type NamedOption, type SymbolRules } from '../market/exchange-rules.ts';
import { compare, type DecimalString } from '../money.ts';
import type { Side } from '../market/order.ts';
import { legName } from './leg-name.ts';
import { orUnknownKey, positive } from './task-spec-words.ts';
import {
  isOption,
  isWatched,
  nonsenseOfWatched,
  spellOutWatched,
  watchedShape,
  type WatchedLeg,
} from './watched-shape.ts';

/** An option of a structure, as the spec names it. */
export interface SpecLeg {
  /** Unique among the legs. */
  readonly name: string;
  readonly symbol: string;
  /** Of this leg; the spec's own `qty` when absent. */
  readonly qty?: string;
  /** Which side it is meant to be: another one is refused at adoption. */
  readonly side?: Side;
}

export const legsMin = 2;
export const legsMax = 6;
const qtyExpected = 'all, or a quantity like "0.3"';
export const qtyShape = z.union([z.literal('all'), positive(qtyExpected)], { error: qtyExpected });

export const symbolShape = ({ readSymbol, symbolExample }: SymbolRules) => {
  const error = `an option symbol like ${symbolExample}`;
  return z.string({ error }).refine((text) => readSymbol(text) !== null, { error });
};

const sideExpected = 'short or long';
const sideShape = z
  .enum(['short', 'long'], { error: sideExpected })
  .transform((side): Side => (side === 'short' ? 'Sell' : 'Buy'));

/** A leg that is traded. */
export const legShape = (rules: SymbolRules) =>
  z.strictObject(
    {
      name: legName.optional(),
      symbol: symbolShape(rules),
      qty: qtyShape.optional(),
      side: sideShape.optional(),
    },
    orUnknownKey(`a leg like { name: call, symbol: ${rules.symbolExample} }`, 'name, symbol, qty, side'),
  );

/** A list of legs, each with its name; one may be a holding. @param rules of the exchange whose options they are */
export const legsShape = (rules: SymbolRules) => {
  const expected = `a list of ${legsMin} to ${legsMax} legs like { name: call, symbol: ${rules.symbolExample} }, or of one beside a holding that is watched`;
  const leg = legShape(rules);
  const watched = watchedShape(rules);
  const either = z.unknown().transform((written, context): z.output<typeof leg | typeof watched> => {
    const read = (isWatched(written) ? watched : leg).safeParse(written);
    if (read.success) return read.data;
    for (const issue of read.error.issues) context.addIssue({ ...issue, continue: false });
    // An unknown key does not keep the other legs from being looked at.
    return written as z.output<typeof leg>;
  });
  return z
    .array(either, { error: expected })
    .min(legsMin, { error: expected })
    .superRefine((legs, context) => {
      const options = legs.filter(isOption);
      if (options.length < 1 || options.length > legsMax)
        context.addIssue({ code: 'custom', message: expected });
      for (const [path, message] of nonsenseIn(legs, rules))
        context.addIssue({ code: 'custom', path, message });
    })
    .transform((legs): readonly (SpecLeg | WatchedLeg)[] =>
      legs.map((each, place) => {
        if (isWatched(each)) return each;
        const { symbol, qty, side } = each;
        return {
          name: nameOf(legs, place, rules) ?? '',
          symbol,
          ...(qty !== undefined && { qty }),
          ...(side !== undefined && { side }),
        };
      }),
    );
};

interface WrittenLeg {
  readonly name?: string | undefined;
  readonly symbol: string;
  readonly side?: Side | undefined;
}

type Written = readonly (WrittenLeg | WatchedLeg)[];

const optionLegs = (legs: Written): readonly WrittenLeg[] => legs.filter(isOption);

function* nonsenseIn(legs: Written, rules: SymbolRules): Generator<[(string | number)[], string]> {
  const options = optionsIn(legs, rules);
  const [first = null] = options;
  yield* nonsenseOfWatched(legs, options, rules);
  for (const [place, leg] of legs.entries()) {
    const before = legs.slice(0, place);
    const isNamed = before.some((_, at) => nameOf(legs, at, rules) === nameOf(legs, place, rules));
    if (isWatched(leg)) {
      if (isNamed) yield [[place, 'name'], 'a name that no other leg has'];
      continue;
    }
    const { symbol, side } = leg;
    if (options.length === 1 && side !== undefined)
      yield [[place, 'side'], 'nothing: of a single option the account shows whether it is short or long'];
    if (optionLegs(before).some((other) => other.symbol === symbol))
      yield [[place, 'symbol'], 'an option that no other leg names'];
    const option = rules.readSymbol(symbol);
    // What is wrong with it is said by its shape.
    if (option === null) continue;
    if (first && !isOfOneMarket(option, first))
      yield [
        [place, 'symbol'],
        `an option of ${first.baseCoin} settled in ${first.settleCoin}, as the first leg is`,
      ];
    const name = nameOf(legs, place, rules);
    if (name === null)
      yield [[place, 'name'], 'a name: its type, strike and expiry do not tell it from the others'];
    else if (isNamed) yield [[place, 'name'], 'a name that no other leg has'];
  }
}

const isOfOneMarket = (a: NamedOption, b: NamedOption): boolean =>
  a.baseCoin === b.baseCoin && a.settleCoin === b.settleCoin;

const byStrike = { 2: ['lower', 'upper'], 3: ['lower', 'middle', 'upper'] } as const;
const byExpiry = { 2: ['near', 'far'], 3: ['near', 'middle', 'far'] } as const;

/**
 * As it is written, else what it is: `call` when it is the only one, else `lower call` and `upper call` by strike, or `near
 * call` and `far call` at one strike. `null` where that does not tell them apart.
 */
function nameOf(legs: Written, place: number, rules: SymbolRules): string | null {
  const own = legs[place];
  if (isWatched(own)) return own.name ?? null;
  const option = own ? rules.readSymbol(own.symbol) : null;
  if (own === undefined || option === null) return null;
  if (own.name !== undefined) return own.name;
  const { optionType, strike } = option;
  const family = optionLegs(legs).flatMap(({ symbol }) => {
    const other = rules.readSymbol(symbol);
    return other?.optionType === optionType ? [{ symbol, strike: other.strike }] : [];
  });
  const { length } = family;
  if (length === 1) return optionType;
  if (length !== 2 && length !== 3) return null;
  const strikes = family.map((other) => other.strike);
  const lower = strikes.filter((other) => compare(other, strike) < 0).length;
  if (isDistinct(strikes)) return `${byStrike[length][lower] ?? ''} ${optionType}`;
  if (new Set(strikes.map(Number)).size > 1) return null;
  const deliveries = family.map(({ symbol }) => rules.namedDeliveryMs(symbol) ?? 0);
  const deliveryMs = rules.namedDeliveryMs(own.symbol) ?? 0;
  if (new Set(deliveries).size < length) return null;
  return `${byExpiry[length][deliveries.filter((other) => other < deliveryMs).length] ?? ''} ${optionType}`;
}

const isDistinct = (strikes: readonly DecimalString[]): boolean =>
  strikes.every((strike, at) => strikes.slice(0, at).every((other) => compare(other, strike) !== 0));

/** Each symbol as the exchange writes it; a text alone is a leg of that symbol. */
export function spellOutLegs(legs: unknown, rules: SymbolRules): unknown {
  if (!Array.isArray(legs)) return legs;
  return legs.map((leg: unknown): unknown => {
    if (isWatched(leg)) return spellOutWatched(leg, rules);
    if (typeof leg === 'string') return { symbol: symbolMeant(leg, rules) };
    if (typeof leg !== 'object' || leg === null || !('symbol' in leg)) return leg;
    return typeof leg.symbol === 'string' ? { ...leg, symbol: symbolMeant(leg.symbol, rules) } : leg;
  });
}

/** The options of spelled-out legs, as far as their symbols are right. */
export const optionsIn = (legs: unknown, { readSymbol }: SymbolRules): readonly NamedOption[] =>
  Array.isArray(legs)
    ? legs.flatMap((leg: unknown) => {
        const { symbol } = Object(leg) as { symbol?: unknown };
        return typeof symbol === 'string' ? (readSymbol(symbol) ?? []) : [];
      })
    : [];

/** As they are written in a spec. */
export const legsForm = (legs: readonly SpecLeg[]): readonly object[] =>
  legs.map(({ name, symbol, qty, side }) => ({
    name,
    symbol,
    ...(qty !== undefined && { qty }),
    ...(side !== undefined && { side: side === 'Sell' ? 'short' : 'long' }),
  }));
