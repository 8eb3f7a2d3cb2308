/**
 * The ways out of a task that waits for something that does not come: what is known, and the owner's word for an order of
 * which nothing is known. The other ways out are commands of their own (ask-task.ts, remove-task.ts).
 */
import { BadInput } from '../domain/errors.ts';
import type { DecimalString } from '../domain/money.ts';
import { resolutionOf, type Resolution } from '../domain/roll/resolution.ts';
import type { Caller } from './caller.ts';
import { findTask, findTaskToChange } from './find-task.ts';
import type { Ports } from './ports.ts';
import { sendCommand, type CommandResult } from './send-command.ts';
import { nowOf, storedStateOf } from './stored-state.ts';

export interface ShownResolution {
  readonly taskId: string;
  readonly userName: string;
  readonly accountName: string;
  readonly state: string;
  readonly version: number;
  /** What the task does now, as a sentence. */
  readonly now: string;
  /** `null` while no daemon has adopted the task. */
  readonly resolution: Resolution | null;
}

/** What the task waits for, and its ways out. @throws NotFound and AmbiguousTask as `findTask` */
export async function showResolution(
  caller: Caller,
  ports: Pick<Ports, 'tasks'>,
  taskId: string,
): Promise<ShownResolution> {
  const task = await findTask(caller, ports, taskId);
  const { userName, accountName, state, version } = task;
  const stored = storedStateOf(task);
  return {
    taskId: task.taskId,
    userName,
    accountName,
    state,
    version,
    now: nowOf(task, stored),
    resolution: stored && resolutionOf(stored),
  };
}

export interface OrderMark {
  readonly taskId: string;
  /** What is left out is all of the order, its limit price, no fee. */
  readonly word:
    | { readonly kind: 'notPlaced' }
    | {
        readonly kind: 'filled';
        readonly qty?: DecimalString | undefined;
        readonly price?: DecimalString | undefined;
        readonly fee?: DecimalString | undefined;
      };
  readonly waitMs: number;
}

/**
 * Sends what the owner says of the order that is being worked, and waits up to `waitMs` for the answer: whether it counts
 * is decided by the task.
 * @throws BadInput when no order is being worked; NotFound, AmbiguousTask and NotAllowed as `findTaskToChange`
 */
export async function markOrder(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId: given, word, waitMs }: OrderMark,
): Promise<CommandResult> {
  const task = await findTaskToChange(caller, ports, given);
  const { taskId, state } = task;
  const order = storedStateOf(task)?.order ?? null;
  if (order === null)
    throw new BadInput('There is nothing to mark', [
      {
        path: 'id',
        found: `task ${taskId}, which is ${state} and has no order that is being worked`,
        expected: 'a task with an order of which nothing is known',
      },
    ]);
  const { linkId } = order;
  if (word.kind === 'notPlaced')
    return sendCommand(caller, ports, {
      account: task,
      taskId,
      kind: 'markNotPlaced',
      payload: { linkId },
      waitMs,
    });
  const { qty = order.qty, price = order.price, fee = '0' } = word;
  const payload = { linkId, qty, price, fee };
  return sendCommand(caller, ports, { account: task, taskId, kind: 'markFilled', payload, waitMs });
}
