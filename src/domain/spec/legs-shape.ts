/**
 * How the legs of a structure are written: the options that a task manages as one, and what each is called. What a rule
 * trades of them is in leg-choice.ts.
 */
import { z } from 'zod';
import { symbolMeant, type NamedOption, type SymbolRules } from '../market/exchange-rules.ts';
import { compare, type DecimalString } from '../money.ts';
import type { Side } from '../market/order.ts';
import { orUnknownKey, positive } from './task-spec-words.ts';

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

/** Words that mean legs in a rule, and so are no names. */
const reserved = ['tested', 'untested', 'all', 'structure'];
const nameExpected = `a name of 1 to 40 characters, like call, and not one of ${reserved.join(', ')}`;
export const legName = z
  .string({ error: nameExpected })
  .trim()
  .min(1, { error: nameExpected })
  .max(40, { error: nameExpected })
  .refine((name) => !reserved.includes(name), { error: nameExpected });

export const symbolShape = ({ readSymbol, symbolExample }: SymbolRules) => {
  const error = `an option symbol like ${symbolExample}`;
  return z.string({ error }).refine((text) => readSymbol(text) !== null, { error });
};

const sideExpected = 'short or long';
const sideShape = z
  .enum(['short', 'long'], { error: sideExpected })
  .transform((side): Side => (side === 'short' ? 'Sell' : 'Buy'));

/** A list of legs, each with its name. @param rules of the exchange whose options they are */
export const legsShape = (rules: SymbolRules) => {
  const expected = `a list of ${legsMin} to ${legsMax} legs like { name: call, symbol: ${rules.symbolExample} }`;
  const leg = z.strictObject(
    {
      name: legName.optional(),
      symbol: symbolShape(rules),
      qty: qtyShape.optional(),
      side: sideShape.optional(),
    },
    orUnknownKey(`a leg like { name: call, symbol: ${rules.symbolExample} }`, 'name, symbol, qty, side'),
  );
  return z
    .array(leg, { error: expected })
    .min(legsMin, { error: expected })
    .max(legsMax, { error: expected })
    .superRefine((legs, context) => {
      for (const [path, message] of nonsenseIn(legs, rules))
        context.addIssue({ code: 'custom', path, message });
    })
    .transform((legs): readonly SpecLeg[] =>
      legs.map(({ symbol, qty, side }, place) => ({
        name: nameOf(legs, place, rules) ?? '',
        symbol,
        ...(qty !== undefined && { qty }),
        ...(side !== undefined && { side }),
      })),
    );
};

interface WrittenLeg {
  readonly name?: string | undefined;
  readonly symbol: string;
}

function* nonsenseIn(
  legs: readonly WrittenLeg[],
  rules: SymbolRules,
): Generator<[(string | number)[], string]> {
  const [first = null] = legs.map(({ symbol }) => rules.readSymbol(symbol));
  for (const [place, { symbol }] of legs.entries()) {
    const before = legs.slice(0, place);
    if (before.some((other) => other.symbol === symbol))
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
    else if (before.some((_, at) => nameOf(legs, at, rules) === name))
      yield [[place, 'name'], 'a name that no other leg has'];
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
function nameOf(legs: readonly WrittenLeg[], place: number, rules: SymbolRules): string | null {
  const own = legs[place];
  const option = own ? rules.readSymbol(own.symbol) : null;
  if (own === undefined || option === null) return null;
  if (own.name !== undefined) return own.name;
  const { optionType, strike } = option;
  const family = legs.flatMap(({ symbol }) => {
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
