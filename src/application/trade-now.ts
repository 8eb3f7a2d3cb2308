/** Asks a task to roll or to close now, whatever its triggers say. The guards on prices and margin still apply to a roll. */
import type { TradeWish } from '../domain/rules/rule.ts';
import type { Caller } from './caller.ts';
import { findTaskToChange } from './find-task.ts';
import type { Ports } from './ports.ts';
import { commandTask, type CommandResult, type CommandTerms } from './send-command.ts';

export interface WantedTrade extends CommandTerms {
  readonly taskId: string;
  readonly trade: TradeWish;
}

/**
 * Sends the command and waits up to `waitMs` for its answer, which says that the trade has begun, not how it ended.
 * @throws NotFound, AmbiguousTask and NotAllowed as `findTaskToChange`; Outdated
 */
export async function tradeNow(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId: given, trade, ...terms }: WantedTrade,
): Promise<CommandResult> {
  const task = await findTaskToChange(caller, ports, given);
  const payload = trade.kind === 'rollNow' ? { rule: trade.rule } : null;
  return commandTask(caller, ports, { ...terms, task, kind: trade.kind, payload });
}
