/** What a finished roll leaves behind in its task: the new position, the moved trigger, one line for the ledger. */
import type { HeldOption } from '../market/held-option.ts';
import { openedPart, partsOf } from './holdings.ts';
import { compare, subtract, type DecimalString } from '../money.ts';
import { premiumOf } from './ledger.ts';
import { bookGone, stopIn } from './stopped-out.ts';
import { rightWay } from '../market/option.ts';
import { isTraded, summarize, type Move, type MovedLeg, type Roll } from './roll.ts';
import { countRollOnDay, legsInOrder, rulesAfterTrade, type RollContext } from './roll-context.ts';
import { triggerOf } from '../rules/judging.ts';
import { followStrike } from '../rules/follow-strike.ts';
import { movedLegs } from './turns.ts';

/** The task now points at the new symbols and its triggers move with them; a compensated roll counts for nothing. */
export function afterRoll(context: RollContext): Partial<RollContext> {
  const { spec, rollsDone, rollsOnDay, roll, wakeAtMs, plan, held, ledger } = context;
  if (roll === null) return {};
  const legs = movedLegs(context, roll);
  const traded = inOrderOf(spec, legs).filter(({ move }) => isTraded(move));
  const steps = traded.map(({ held, move }) => ({ old: held, next: heldAfter(held, roll, move) }));
  const rules = rulesAfterTrade(context, wakeAtMs).map((rule) => ({
    ...rule,
    trigger: followStrike(rule.trigger, { follow: spec.follow, steps }),
  }));
  const stop = stopIn(plan);
  const left = subtract(held.qty, roll.closed.executedQty);
  const rest = {
    ...held,
    qty: left,
    premium: subtract(held.premium, premiumOf(held, roll.closed.executedQty)),
  };
  return {
    ...legsAfter(context, legs, roll),
    // What a stop has closed of the old option; what is opened already is managed on.
    ...(stop && { ledger: bookGone(ledger, rest, { qty: left, stop }) }),
    rules,
    rollsDone: rollsDone + (roll.compensating ? 0 : 1),
    rollsOnDay: roll.compensating ? rollsOnDay : countRollOnDay(context, wakeAtMs),
    roll: null,
    plan: null,
    wish: null,
    missingSinceMs: null,
    lastRoll: summarize(roll, traded, { endedAtMs: wakeAtMs, nextTrigger: triggerOf(rules) }),
  };
}

/** In the order of the spec: during a roll the leg whose turn it is comes first. */
function inOrderOf({ legs = [] }: RollContext['spec'], moved: readonly MovedLeg[]): readonly MovedLeg[] {
  const placeOf = ({ held }: MovedLeg): number => legs.findIndex(({ name }) => name === held.leg);
  return [...moved].sort((a, b) => placeOf(a) - placeOf(b));
}

/** Every leg as it is held now; of one option also how far it has ever rolled. */
function legsAfter(context: RollContext, legs: readonly MovedLeg[], roll: Roll): Partial<RollContext> {
  const { others, spec, held, farthestStrike } = context;
  const [first = held, ...rest] = legs.map((leg) => {
    const next = heldAfter(leg.held, roll, leg.move);
    return others === undefined ? next : { ...next, farthestStrike: farther(next, farthestOf(leg.held)) };
  });
  return others === undefined
    ? { held: first, farthestStrike: farther(first, farthestStrike) }
    : legsInOrder({ spec, held: first, others: rest });
}

const farthestOf = ({ farthestStrike, strike }: HeldOption): DecimalString => farthestStrike ?? strike;

const farther = ({ strike, optionType }: HeldOption, farthestStrike: DecimalString): DecimalString =>
  compare(strike, farthestStrike) * rightWay(optionType) > 0 ? strike : farthestStrike;

/** A compensated roll may have left a part of the old position untouched; it is still ours. A leg that stayed is as it was. */
function heldAfter(held: HeldOption, roll: Roll, move: Move): HeldOption {
  if (!isTraded(move) || (roll.opensFirst && roll.compensating)) return held;
  return (roll.compensating ? partsOf(held, roll, move)[0] : null) ?? openedPart(held, move);
}
