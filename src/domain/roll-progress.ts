/** What a finished roll leaves behind in its task: the new position, the moved trigger, one line for the ledger. */
import { isPositive, toText, decimal, type DecimalString } from './money.ts';
import { parseOptionSymbol } from './option-symbol.ts';
import { summarize, type HeldPosition, type Roll, type RollSummary } from './roll.ts';
import { followStrike } from './triggers.ts';
import type { IndexTrigger, TaskSpec } from './task-spec.ts';

export interface RolledTask {
  readonly spec: TaskSpec;
  readonly held: HeldPosition;
  readonly trigger: IndexTrigger;
  readonly rollsDone: number;
  readonly roll: Roll | null;
  readonly wakeAtMs: number;
}

export interface AfterRoll {
  held: HeldPosition;
  trigger: IndexTrigger;
  rollsDone: number;
  roll: null;
  plan: null;
  missingSinceMs: null;
  lastRoll: RollSummary;
}

/** The task now points at the new symbol and its trigger moves with it; a compensated roll counts for nothing. */
export function afterRoll({
  spec,
  held,
  trigger,
  rollsDone,
  roll,
  wakeAtMs,
}: RolledTask): Partial<AfterRoll> {
  if (roll === null) return {};
  const symbol = roll.compensating ? roll.fromSymbol : (roll.toSymbol ?? roll.fromSymbol);
  const nextTrigger = followStrike(trigger, spec.follow, strikeOf(roll.fromSymbol), strikeOf(symbol));
  return {
    held: { ...held, symbol, qty: heldAfter(roll) },
    trigger: nextTrigger,
    rollsDone: rollsDone + (roll.compensating ? 0 : 1),
    roll: null,
    plan: null,
    missingSinceMs: null,
    lastRoll: summarize(roll, held, wakeAtMs, trigger, nextTrigger),
  };
}

const strikeOf = (symbol: string): DecimalString => parseOptionSymbol(symbol).strike;

/** A compensated roll may have left a part of the old position untouched; it is still ours. */
function heldAfter(roll: Roll): DecimalString {
  const untouched = decimal(roll.qty).minus(roll.closed.executedQty);
  return roll.compensating && isPositive(toText(untouched))
    ? toText(untouched.plus(roll.opened.executedQty))
    : roll.opened.executedQty;
}
