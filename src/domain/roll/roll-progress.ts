/** What a finished roll leaves behind in its task: the new position, the moved trigger, one line for the ledger. */
import type { HeldOption } from '../market/held-option.ts';
import { holdingsOf, openedPart } from './holdings.ts';
import { compare, type DecimalString } from '../money.ts';
import { rightWay } from '../market/option.ts';
import { summarize, type Roll } from './roll.ts';
import { countRollOnDay, rulesAfterTrade, type RollContext } from './roll-context.ts';
import { triggerOf } from '../rules/judging.ts';
import { followStrike } from '../rules/follow-strike.ts';

/** The task now points at the new symbol and its trigger moves with it; a compensated roll counts for nothing. */
export function afterRoll(context: RollContext): Partial<RollContext> {
  const { spec, held, rollsDone, rollsOnDay, roll, wakeAtMs, farthestStrike } = context;
  if (roll === null) return {};
  const next = heldAfter(held, roll);
  const following = { follow: spec.follow, oldStrike: held.strike, newStrike: next.strike };
  const rules = rulesAfterTrade(context, wakeAtMs).map((rule) => ({
    ...rule,
    trigger: followStrike(rule.trigger, following),
  }));
  return {
    held: next,
    rules,
    rollsDone: rollsDone + (roll.compensating ? 0 : 1),
    rollsOnDay: roll.compensating ? rollsOnDay : countRollOnDay(context, wakeAtMs),
    farthestStrike: farther(next, farthestStrike),
    roll: null,
    plan: null,
    wish: null,
    missingSinceMs: null,
    lastRoll: summarize(roll, held, { endedAtMs: wakeAtMs, nextTrigger: triggerOf(rules) }),
  };
}

const farther = ({ strike, optionType }: HeldOption, farthestStrike: DecimalString): DecimalString =>
  compare(strike, farthestStrike) * rightWay(optionType) > 0 ? strike : farthestStrike;

/** A compensated roll may have left a part of the old position untouched; it is still ours. */
const heldAfter = (held: HeldOption, roll: Roll): HeldOption =>
  (roll.compensating ? holdingsOf({ held, roll })[0] : null) ?? openedPart(held, roll);
