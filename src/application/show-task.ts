/** One task with its last transitions, what was asked of it and what it reported. */
import { alertText } from '../domain/explain/alert-text.ts';
import type { TaskAlertRow, TaskCommandRow, Transition } from '../ports/task-reading.ts';
import type { Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';
import { specOf, viewOf, type TaskView } from './task-view.ts';

export interface AlertView extends TaskAlertRow {
  readonly text: string;
}

export interface TaskPage extends TaskView {
  /** As it is in force: in normal form once a daemon has taken the task up, before as it was given. */
  readonly spec: unknown;
  /** Session of the daemon that holds it; `null` when that has ended. */
  readonly owner: string | null;
  /** Session of the daemon that held it last; `null` while `QUEUED`. */
  readonly lastOwner: string | null;
  /** The last ones, oldest first. */
  readonly transitions: readonly Pick<Transition, 'version' | 'atMs' | 'path' | 'state' | 'eventJson'>[];
  /** Waiting ones and the last answered, oldest first. */
  readonly commands: readonly TaskCommandRow[];
  /** The last ones of the task and of its account, oldest first. */
  readonly alerts: readonly AlertView[];
}

/** @throws NotFound when the caller sees no such task */
export async function showTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'rules'>,
  taskId: string,
): Promise<TaskPage> {
  const task = await findTask(caller, ports, taskId);
  const { owner, lastOwner, journal, commands } = task;
  const alerts = task.alerts.map((alert) => ({ ...alert, text: alertText(alert) }));
  return {
    ...viewOf(task, ports.rules),
    spec: specOf(task),
    owner,
    lastOwner,
    transitions: journal,
    commands,
    alerts,
  };
}
