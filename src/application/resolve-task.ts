/**
 * The ways out of a task that waits for something that does not come: what is known, and the owner's word for an order of
 * which nothing is known. The other ways out are commands of their own (ask-task.ts, remove-task.ts).
 */
import { BadInput } from '../domain/errors.ts';
import { answerText } from '../domain/explain/answer-text.ts';
import { orderLines, rollLine, stuckText } from '../domain/explain/resolution-text.ts';
import type { DecimalString } from '../domain/money.ts';
import { resolutionOf, type Resolution, type WayOutKind } from '../domain/roll/resolution.ts';
import type { Caller } from './caller.ts';
import { findTask, findTaskToChange } from './find-task.ts';
import type { Ports } from './ports.ts';
import { commandTask, type CommandResult, type CommandTerms } from './send-command.ts';
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
  readonly resolution: ResolutionView | null;
}

/** As code and figures, and as people read it. */
export interface ResolutionView {
  /** What it waits for; `null` when it goes on by itself. */
  readonly stuck: (NonNullable<Resolution['stuck']> & { readonly text: string }) | null;
  readonly standing: Resolution['standing'];
  readonly nakedSinceMs: number | null;
  /** Since when something is open twice; `null` while nothing is. */
  readonly twiceSinceMs: number | null;
  /** What is closed, open and missing; `null` between rolls. */
  readonly rollText: string | null;
  readonly order: Resolution['order'];
  /** What is known of the order, a line each; empty without one. */
  readonly orderTexts: readonly string[];
  readonly waysOut: readonly ShownWayOut[];
}

export interface ShownWayOut {
  readonly kind: WayOutKind;
  readonly isPossible: boolean;
  readonly reason: { readonly code: string; readonly figures: object };
  /** What it would do, or why it is not possible; a clause. */
  readonly text: string;
  /** What fits the account, for an order that is to count as filled. */
  readonly filled?: { readonly qty: DecimalString; readonly price: DecimalString };
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
    resolution: stored && viewOf(resolutionOf(stored)),
  };
}

function viewOf(resolution: Resolution): ResolutionView {
  const { stuck, standing, nakedSinceMs, twiceSinceMs, order, waysOut } = resolution;
  return {
    stuck: stuck && { ...stuck, text: stuckText(stuck) },
    standing,
    nakedSinceMs,
    twiceSinceMs,
    rollText: rollLine(resolution),
    order,
    orderTexts: order === null ? [] : orderLines(order),
    waysOut: waysOut.map((way) => ({ ...way, text: answerText(way.reason) })),
  };
}

export interface OrderMark extends CommandTerms {
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
}

/**
 * Sends what the owner says of the order that is being worked, and waits up to `waitMs` for the answer: whether it counts
 * is decided by the task.
 * @throws BadInput when no order is being worked; NotFound, AmbiguousTask and NotAllowed as `findTaskToChange`; Outdated
 */
export async function markOrder(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId: given, word, ...terms }: OrderMark,
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
    return commandTask(caller, ports, { ...terms, task, kind: 'markNotPlaced', payload: { linkId } });
  const { qty = order.qty, price = order.price, fee = '0' } = word;
  const payload = { linkId, qty, price, fee };
  return commandTask(caller, ports, { ...terms, task, kind: 'markFilled', payload });
}
