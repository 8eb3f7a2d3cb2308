/** What a task's state says of it, for those around it. */
import type { TaskActor } from './task-actor.ts';

export const isRolling = (task: TaskActor): boolean =>
  !task.isAtRest && task.context.roll !== null && !task.state.startsWith('FAILED');

/** Where nothing is under way, an option's delivery ends the task. */
export const settlesIn: ReadonlySet<string> = new Set([
  'IDLE.watching',
  'IDLE.confirming',
  'IDLE.coolingDown',
  'PAUSED',
]);
