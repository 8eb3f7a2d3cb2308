/** Why a task did not roll, and how far it is from rolling: as its daemon answers, or as far as the database shows. */
import type { Advice } from '../domain/explain/advice.ts';
import { legViewsOf, type LegView } from '../domain/explain/leg-view.ts';
import type { Halt } from '../domain/halt.ts';
import { holdingsOf } from '../domain/roll/holdings.ts';
import type { NotedReason } from '../domain/roll/reasons.ts';
import { stuckOn, type Resolution, type StoredState } from '../domain/roll/resolution.ts';
import type { AdviceReply } from '../ports/advice.ts';
import type { TaskDetails } from '../ports/task-reading.ts';
import { troubleView, type TroubleView } from './account-trouble.ts';
import type { Caller } from './caller.ts';
import { haltsOf } from './halt-trading.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';
import { nowOf, storedStateOf } from './stored-state.ts';

export interface TaskQuestion {
  readonly taskId: string;
  /** How long to wait for a daemon's answer. */
  readonly waitMs: number;
}

/** `not asked`: the task is over, or no daemon has adopted it; `none`: no daemon has answered in time. */
export type Reply = AdviceReply | { readonly kind: 'not asked' } | { readonly kind: 'none' };

export interface Explanation {
  readonly userName: string;
  readonly accountName: string;
  readonly accountTrouble: TroubleView | null;
  /** What halts trading in its account, the widest first. */
  readonly halts: readonly Halt[];
  /** What the task waits for that does not come by itself; `null` when it goes on. */
  readonly stuck: Resolution['stuck'];
  /** The daemon's advice, or what is stored if there is none. */
  readonly known: Advice | StoredExplanation;
  readonly reply: Reply;
}

export interface StoredExplanation {
  readonly taskId: string;
  readonly state: string;
  /** What the task does now, as a sentence. */
  readonly now: string;
  /** Newest first. */
  readonly reasons: readonly NotedReason[];
  /** Of a structure. */
  readonly legs?: readonly LegView[];
}

/** Asks the task's daemon and waits up to `waitMs` for it. @throws NotFound when the caller sees no such task */
export async function explainTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'advice' | 'halts'>,
  { taskId: given, waitMs }: TaskQuestion,
): Promise<Explanation> {
  const task = await findTask(caller, ports, given);
  const { taskId, accountId, userName, accountName } = task;
  const isAsked = task.state !== 'COMPLETED' && task.state !== 'QUEUED';
  const reply: Reply = isAsked
    ? ((await ports.advice.ask({ accountId, taskId, spec: null }, waitMs)) ?? { kind: 'none' })
    : { kind: 'not asked' };
  const stored = storedStateOf(task);
  const known = reply.kind === 'advice' ? reply.advice : storedIn(task, stored);
  const stuck = stored && stuckOn(stored);
  const halts = (await haltsOf(ports, [task])).get(accountId) ?? [];
  return { userName, accountName, accountTrouble: troubleView(task.trouble), halts, stuck, known, reply };
}

function storedIn(task: TaskDetails, stored: StoredState | null): StoredExplanation {
  const { taskId, state } = task;
  const known = { taskId, state, now: nowOf(task, stored) };
  if (stored === null) return { ...known, reasons: [] };
  const { context } = stored;
  const legs = legViewsOf(context, holdingsOf(context));
  return { ...known, reasons: context.reasons, ...(legs && { legs }) };
}
