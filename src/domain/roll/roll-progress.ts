/** What a finished roll leaves behind in its task: the new position, the moved trigger, one line for the ledger. */
import type { HeldOption } from '../market/held-option.ts';
import { holdingsOf, openedPart } from './holdings.ts';
import { compare, type DecimalString } from '../money.ts';
import { parseOptionSymbol, rightWay } from '../market/option-symbol.ts';
import { summarize, type Roll } from './roll.ts';
import { countedOnDay, type RollContext } from './roll-context.ts';
import { followStrike } from '../rules/triggers.ts';

/** The task now points at the new symbol and its trigger moves with it; a compensated roll counts for nothing. */
export function afterRoll(context: RollContext): Partial<RollContext> {
  const { spec, held, trigger, rollsDone, rollsOnDay, roll, wakeAtMs, farthestStrike } = context;
  if (roll === null) return {};
  const next = heldAfter(held, roll);
  const [oldStrike, newStrike] = [strikeOf(held.symbol), strikeOf(next.symbol)];
  const nextTrigger = followStrike(trigger, spec.follow, oldStrike, newStrike);
  return {
    held: next,
    trigger: nextTrigger,
    rollsDone: rollsDone + (roll.compensating ? 0 : 1),
    rollsOnDay: roll.compensating ? rollsOnDay : countedOnDay(context, wakeAtMs),
    farthestStrike: farther(next.symbol, farthestStrike),
    roll: null,
    plan: null,
    wish: null,
    missingSinceMs: null,
    lastRoll: summarize(roll, held, wakeAtMs, nextTrigger),
  };
}

const strikeOf = (symbol: string): DecimalString => parseOptionSymbol(symbol).strike;

function farther(symbol: string, farthestStrike: DecimalString): DecimalString {
  const { strike, optionType } = parseOptionSymbol(symbol);
  return compare(strike, farthestStrike) * rightWay(optionType) > 0 ? strike : farthestStrike;
}

/** A compensated roll may have left a part of the old position untouched; it is still ours. */
const heldAfter = (held: HeldOption, roll: Roll): HeldOption =>
  (roll.compensating ? holdingsOf({ held, roll })[0] : null) ?? openedPart(held, roll);
