/**
 * Compares the new spec of a task with what its account holds and what is listed, as adoption does. The task keeps its
 * position, and manages as much of it as the spec says and no other task has.
 */
import { parseTaskSpec, type TaskSpec } from '../../domain/spec/task-spec.ts';
import { listsLagMs } from '../../domain/roll/position-evidence.ts';
import { premiumOf } from '../../domain/roll/ledger.ts';
import { rollsAreUsedUp } from '../../domain/roll/roll.ts';
import { keepsTrigger } from '../../domain/roll/spec-in-force.ts';
import type { Rule } from '../../domain/rules/rule.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { fitToAccount, refuse, refuseIfTrue, type AdoptionOptions } from './adopt-position.ts';

export interface FittingSpec {
  readonly spec: TaskSpec;
  /** What the task manages with it, in base coin. */
  readonly qty: string;
}

export interface EditOptions extends Omit<AdoptionOptions, 'machine'> {
  /** Of the task that is edited; `takenPositions` are those of other tasks. */
  readonly context: RollContext;
}

/**
 * The spec in normal form with the quantity that the task manages under it.
 * @throws BadInput when the spec is wrong or does not fit, or its trigger holds already
 * @throws Retryable | Terminal when the account or the market cannot be read
 */
export async function fitEdit(options: EditOptions): Promise<FittingSpec> {
  const { command, context, market, nowMs } = options;
  const { held, roll, rollsDone, lastRoll } = context;
  const spec = parseTaskSpec(command.payload, market.rules);
  // During a roll the account holds something else. The task will refuse the spec, whatever it says.
  if (roll !== null) return { spec, qty: held.qty };
  if (spec.symbol !== held.symbol)
    refuse('symbol', spec.symbol, `${held.symbol}, which the task manages now`);
  if (rollsAreUsedUp(spec, rollsDone)) {
    const expected = `more than the ${String(rollsDone)} rolls that the task has done`;
    refuse('guards.rolls.max', String(spec.rollsMax), expected);
  }
  // A list of positions may not show yet what its own roll has traded; the task's fills say what it holds.
  const hasJustTraded = lastRoll !== null && nowMs - lastRoll.endedAtMs < listsLagMs;
  const { qty } =
    hasJustTraded && spec.qty === 'all'
      ? held
      : (await fitToAccount({ ...options, taskId: command.taskId, spec: command.payload })).held;
  const kept = { ...held, qty, premium: premiumOf(held, qty) };
  // A trigger that stays as it is holds no sooner than before.
  const mayHold = (rule: Rule): boolean => keepsTrigger(context, rule);
  if (!spec.evenIfTrue) await refuseIfTrue(spec, kept, { market, nowMs, mayHold });
  return { spec, qty };
}
