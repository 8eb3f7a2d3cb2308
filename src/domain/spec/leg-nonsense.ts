/**
 * Conditions of a structure that speak of no leg it has, or of none where one is needed: where, and what would be right.
 * Without a leg only the underlying, the time and what a structure has as one can be asked for.
 */
import type { SymbolRules } from '../market/exchange-rules.ts';
import { kindsOfStructure, kindsWithoutLeg } from '../rules/leg-views.ts';
import { isCombination, isSide, sideWords, type Condition, type Trigger } from '../rules/triggers.ts';

type Path = (string | number)[];

/** A spec as it is written, long or short; a part that is wrong in itself is missing. */
interface WrittenSpec {
  readonly legs?: readonly { readonly name: string; readonly symbol: string }[] | undefined;
  readonly trigger?: Trigger;
  readonly rules?: readonly { readonly when: Trigger }[];
}

/** @returns paths in the spec, each with what would be right there */
export function* legNonsense(
  { legs, trigger, rules = [] }: WrittenSpec,
  { readSymbol }: Pick<SymbolRules, 'readSymbol'>,
): Generator<[Path, string]> {
  const types = new Set(legs?.map(({ symbol }) => readSymbol(symbol)?.optionType ?? null));
  const words = legs && { names: legs.map(({ name }) => name), hasSides: types.size > 1 };
  if (trigger) yield* nonsenseOf(trigger, words, ['trigger']);
  for (const [place, { when }] of rules.entries()) yield* nonsenseOf(when, words, ['rules', place, 'when']);
}

/** What a condition may name. */
interface LegWords {
  readonly names: readonly string[];
  readonly hasSides: boolean;
}

function* nonsenseOf(trigger: Trigger, words: LegWords | undefined, path: Path): Generator<[Path, string]> {
  if (isCombination(trigger)) {
    for (const [at, part] of trigger.of.entries())
      yield* nonsenseOf(part, words, [...path, trigger.kind, at]);
    return;
  }
  const right = rightLeg(trigger, words);
  if (right !== null) yield [[...path, 'leg'], right];
}

/** `null` when the condition speaks of what the task has. */
function rightLeg({ kind, leg }: Condition, words: LegWords | undefined): string | null {
  if (words === undefined) return leg === undefined ? null : 'no leg: the task has one option, and no legs';
  const { names, hasSides } = words;
  const known = [...names, ...(hasSides ? sideWords : [])];
  const word = kind === 'extrinsicShare' ? 'extrinsicValue' : kind;
  if (leg !== undefined) {
    if (kindsWithoutLeg.includes(kind)) return `no leg: ${word} is the same for all of them`;
    if (isSide(leg) && !hasSides)
      return `one of ${known.join(', ')}: without both calls and puts no side is tested`;
    return known.includes(leg) ? null : `one of ${known.join(', ')}`;
  }
  const isOfAll = kindsWithoutLeg.includes(kind) || kindsOfStructure.includes(kind);
  return isOfAll || kind === 'daysToExpiry' || kind === 'expiryDay'
    ? null
    : `one of ${known.join(', ')}: the structure as one has no ${word}`;
}
