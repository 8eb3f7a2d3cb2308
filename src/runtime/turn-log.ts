/** What the log says of a turn that changed something: the state it led to, and what the owner is to be told. */
import type { Logger } from 'pino';
import type { FinishedTurn, TaskActor } from './task-actor.ts';

const logLevels = { info: 'info', warning: 'warn', critical: 'error' } as const;

export function logTurn(log: Logger, task: TaskActor, { turn, record }: FinishedTurn): void {
  if (!record) return;
  const { held, roll } = task.context;
  const fields = { taskId: task.taskId, symbol: held.symbol, rollId: roll?.rollId };
  log.info({ ...fields, state: record.state, version: task.version }, record.state);
  for (const { severity, text } of turn.alerts) log[logLevels[severity]](fields, text);
}
