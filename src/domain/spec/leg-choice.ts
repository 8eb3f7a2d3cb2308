/** How a rule says which legs of a structure it trades, and the choices and targets that make no sense for them. */
import { z } from 'zod';
import type { NamedOption, SymbolRules } from '../market/exchange-rules.ts';
import type { OptionType } from '../market/option.ts';
import type { Guards } from '../rules/guards.ts';
import type { LegChoice } from '../rules/rule.ts';
import { isSignedStep, strikeFor, type Target } from '../rules/target-rule.ts';
import { legName } from './leg-name.ts';
import type { SpecLeg } from './legs-shape.ts';
import { targetNonsense } from './target-nonsense.ts';

const expected = 'tested, untested, all, the name of a leg, or a list of names like [call, put]';

/** `null`: all of them. */
export const legChoiceShape = z.union(
  [
    z.literal('all').transform(() => null),
    z.enum(['tested', 'untested']),
    legName.transform((name): readonly string[] => [name]),
    z
      .array(legName)
      .min(1)
      .refine((names) => new Set(names).size === names.length),
  ],
  { error: expected },
);

/** As it is written in a spec. */
export const legChoiceForm = (choice: LegChoice): string | readonly string[] =>
  typeof choice === 'string' ? choice : [...choice];

/** A leg with what its symbol says. */
interface NamedLeg extends NamedOption {
  readonly name: string;
}

const namedLegs = (legs: readonly SpecLeg[], { readSymbol }: SymbolRules): readonly NamedLeg[] =>
  legs.flatMap(({ name, symbol }) => {
    const option = readSymbol(symbol);
    return option ? [{ ...option, name }] : [];
  });

const typesOf = (legs: readonly NamedOption[]): readonly OptionType[] =>
  (['call', 'put'] as const).filter((type) => legs.some(({ optionType }) => optionType === type));

/**
 * A choice that the legs of the task do not have.
 * @param legs of the task; `undefined` in a task of one option
 * @returns what would be right; `null` when nothing is wrong
 */
export function choiceNonsense(
  choice: LegChoice | undefined,
  legs: readonly SpecLeg[] | undefined,
  rules: SymbolRules,
): string | null {
  if (choice === undefined) return null;
  if (legs === undefined) return 'a task with legs: this one has a single option';
  const names = legs.map(({ name }) => name);
  if (typeof choice !== 'string')
    return choice.every((name) => names.includes(name)) ? null : `names of legs: ${names.join(', ')}`;
  const [only, other] = typesOf(namedLegs(legs, rules));
  return other === undefined && only !== undefined
    ? `all, or names of legs (${names.join(', ')}): they are all ${only}s, so no side is tested`
    : null;
}

interface TradedLegs {
  readonly legs: readonly SpecLeg[];
  /** All of them when absent. */
  readonly choice: LegChoice | undefined;
  readonly rules: SymbolRules;
}

/** As `targetNonsense` of one option: paths in the target, each with what would be right there. */
export function* targetNonsenseOfLegs(
  target: Target,
  { legs, choice, rules }: TradedLegs,
  { allowWrongWay }: Pick<Guards, 'allowWrongWay'>,
): Generator<[string[], string]> {
  const named = namedLegs(legs, rules);
  const isSide = choice === 'tested' || choice === 'untested';
  const chosen = isSide || choice === undefined ? named : named.filter(({ name }) => choice.includes(name));
  const types = typesOf(chosen);
  if (types.length > 1 && isSignedStep(target.strike)) {
    yield [
      ['strike'],
      '"2 steps away" or "1000 away", which is up for calls and down for puts; or a rule for each side',
    ];
    return;
  }
  // The untested side follows the price.
  const guards = { allowWrongWay: allowWrongWay || choice === 'untested' };
  const wrong = types.map((type) => {
    const ofType = chosen.filter(({ optionType }) => optionType === type);
    const found = ofType.map((leg) => [
      ...targetNonsense({ ...target, strike: strikeFor(target.strike, type) }, leg, guards),
    ]);
    // A long leg keeps its distance to the short one: what is right for one of them may be meant for it.
    return found.every(({ length }) => length > 0) ? (found[0] ?? []) : [];
  });
  // Which side is rolled shows only then.
  if (isSide && wrong.some(({ length }) => length === 0)) return;
  yield* isSide ? (wrong[0] ?? []) : wrong.flat();
}
