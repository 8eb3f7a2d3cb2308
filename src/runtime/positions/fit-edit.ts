/**
 * Holds the new spec of a task against what its account really holds and what is really listed, as adoption does: the task
 * keeps its position, and takes of it what the spec says and no other task has.
 */
import { parseTaskSpec, type TaskSpec } from '../../domain/spec/task-spec.ts';
import { premiumOf } from '../../domain/roll/ledger.ts';
import { rollsAreUsedUp } from '../../domain/roll/roll.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { fitToAccount, refuse, refuseIfTrue, type AdoptionOptions } from './adopt-position.ts';

export interface FittingSpec {
  readonly spec: TaskSpec;
  /** What the task manages with it, in base coin. */
  readonly qty: string;
}

export interface EditOptions extends Omit<AdoptionOptions, 'machine'> {
  /** Of the task that is edited; `takenPositions` are those of others. */
  readonly context: RollContext;
}

/** @throws BadInput when the spec is wrong or does not fit; Retryable when that could not be found out */
export async function fitEdit(options: EditOptions): Promise<FittingSpec> {
  const { command, context, market, nowMs } = options;
  const { held, roll, rollsDone } = context;
  const spec = parseTaskSpec(command.payload, market.rules);
  // In the middle of a roll the account holds something else, and the task refuses every spec.
  if (roll !== null) return { spec, qty: held.qty };
  if (spec.symbol !== held.symbol)
    refuse('symbol', spec.symbol, `${held.symbol}, which the task manages now`);
  if (rollsAreUsedUp(spec, rollsDone)) {
    const expected = `more than the ${String(rollsDone)} rolls that the task has done`;
    refuse('guards.rolls.max', String(spec.guards.rollsMax), expected);
  }
  const { qty } = (await fitToAccount({ ...options, taskId: command.taskId, spec: command.payload })).held;
  const kept = { ...held, qty, premium: premiumOf(held, qty) };
  if (!spec.evenIfTrue) await refuseIfTrue(spec, kept, { market, nowMs });
  return { spec, qty };
}
