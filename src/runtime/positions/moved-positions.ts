/**
 * Which positions no list of the account can be believed about yet: a roll of a managed task moves them, or did a moment
 * ago. What such a list shows may be another task's, or be missing in it.
 */
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { listsLagMs } from '../../domain/roll/position-evidence.ts';
import { movesOf } from '../../domain/roll/roll.ts';
import { isStructure, legsOf } from '../../domain/rules/structure.ts';

interface Rolling {
  readonly taskId: string;
  readonly context: Pick<RollContext, 'held' | 'others' | 'roll' | 'plan' | 'lastRoll' | 'heldAsOfMs'>;
}

/** The task whose roll moves the option, or has moved it a moment ago; `null` when none has. @param nowMs exchange time */
export function moverOf(tasks: readonly Rolling[], symbol: string, nowMs: number): string | null {
  const mover = tasks.find(({ context }) => movedBy(context, nowMs).includes(symbol));
  return mover?.taskId ?? null;
}

function movedBy(
  { roll, plan, lastRoll, heldAsOfMs, ...task }: Rolling['context'],
  nowMs: number,
): readonly (string | null | undefined)[] {
  const held = legsOf(task).map(({ symbol }) => symbol);
  if (roll)
    return [
      ...(isStructure(task) ? held : []),
      ...movesOf(roll).flatMap(({ fromSymbol, toSymbol }) => [fromSymbol, toSymbol]),
      plan?.kind === 'order' ? plan.order.symbol : null,
    ];
  return nowMs - heldAsOfMs < listsLagMs ? [...held, lastRoll?.fromSymbol, ...leftBy(lastRoll)] : [];
}

/** What the other legs of a structure left. */
const leftBy = (lastRoll: RollContext['lastRoll']): readonly string[] =>
  (lastRoll?.others ?? []).map(({ fromSymbol }) => fromSymbol);
