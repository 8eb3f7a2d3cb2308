/** Lists alerts with what became of them at each channel. */
import { alertText } from '../domain/explain/alert-text.ts';
import type { OutboxRow } from '../ports/outbox.ts';
import { scopeOf, type Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';

export interface WantedAlerts {
  /** Only what was given up. */
  readonly onlyDead?: boolean | undefined;
  /** Of this task alone: its id, or as much of it as is unique. */
  readonly taskId?: string | undefined;
  /** Default: 50. */
  readonly limit?: number | undefined;
}

/** The row with the alert's text; times in it are UTC. */
export interface ListedAlert extends OutboxRow {
  readonly text: string;
}

/**
 * The newest ones, oldest first: one row for each alert and channel. A user sees the alerts of accounts that they see, and
 * their own channels alone.
 * @throws NotFound when the caller sees no such task; AmbiguousTask
 */
export async function listAlerts(
  caller: Caller,
  ports: Pick<Ports, 'outbox' | 'tasks'>,
  { onlyDead = false, taskId, limit = 50 }: WantedAlerts = {},
): Promise<readonly ListedAlert[]> {
  const task = taskId === undefined ? null : await findTask(caller, ports, taskId);
  const query = { onlyDead, taskId: task?.taskId ?? null, limit };
  const rows = await ports.outbox.alerts(query, scopeOf(caller));
  return rows.map((row) => ({ ...row, text: alertText(row) }));
}
