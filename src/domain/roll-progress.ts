/** What a finished roll leaves behind in its task: the new position, the moved trigger, one line for the ledger. */
import { bookRoll, premiumOf } from './ledger.ts';
import type { HeldOption } from './held-option.ts';
import { add, compare, isPositive, subtract, type DecimalString } from './money.ts';
import { parseOptionSymbol, rightWay } from './option-symbol.ts';
import { summarize, type Roll } from './roll.ts';
import { countedOnDay, type RollContext } from './roll-context.ts';
import { followStrike } from './triggers.ts';

/** The task now points at the new symbol and its trigger moves with it; a compensated roll counts for nothing. */
export function afterRoll(context: RollContext): Partial<RollContext> {
  const { spec, held, trigger, rollsDone, rollsOnDay, roll, wakeAtMs, ledger, farthestStrike } = context;
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
    ledger: bookRoll(ledger, held, roll.closed, roll.opened),
  };
}

const strikeOf = (symbol: string): DecimalString => parseOptionSymbol(symbol).strike;

function farther(symbol: string, farthestStrike: DecimalString): DecimalString {
  const { strike, optionType } = parseOptionSymbol(symbol);
  return compare(strike, farthestStrike) * rightWay(optionType) > 0 ? strike : farthestStrike;
}

/** A compensated roll may have left a part of the old position untouched; it is still ours. */
function heldAfter(held: HeldOption, roll: Roll): HeldOption {
  const { opened, closed } = roll;
  if (!roll.compensating)
    return {
      ...held,
      symbol: roll.toSymbol ?? roll.fromSymbol,
      qty: opened.executedQty,
      premium: opened.value,
      expiryMs: roll.toExpiryMs ?? held.expiryMs,
    };
  const untouched = subtract(roll.qty, closed.executedQty);
  const premium = subtract(held.premium, premiumOf(held, closed.executedQty));
  return {
    ...held,
    symbol: roll.fromSymbol,
    qty: isPositive(untouched) ? add(untouched, opened.executedQty) : opened.executedQty,
    premium: isPositive(untouched) ? add(premium, opened.value) : opened.value,
  };
}
