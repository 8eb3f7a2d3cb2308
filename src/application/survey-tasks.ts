/** Every task of a caller at a glance, the most urgent first: where it stands, what it is nearest to, what it has brought. */
import type { SeenTask } from '../domain/explain/account-look.ts';
import type { ConditionView } from '../domain/explain/advice.ts';
import type { Halt } from '../domain/halt.ts';
import { add, type DecimalString } from '../domain/money.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';
import { scopeOf, type Caller } from './caller.ts';
import { haltsOf } from './halt-trading.ts';
import type { Ports } from './ports.ts';
import { nowOf, storedStateOf } from './stored-state.ts';
import { isUnreadable, viewOf, type TaskView } from './task-view.ts';

/** What a task is to its owner, from what needs a person at once to what is over. */
export const urgencies = ['attention', 'rolling', 'waiting', 'paused', 'queued', 'over'] as const;
export type Urgency = (typeof urgencies)[number];

export interface TaskStanding extends TaskView {
  readonly urgency: Urgency;
  /** What it does now, as a sentence. */
  readonly now: string;
  /** The condition that has least to go; `null` when none is known. */
  readonly nearest: ConditionView | null;
  /** What it has to go, as a share of its level; `null` with `nearest`. */
  readonly nearestShare: number | null;
  /** Cash since adoption and what is held at the mark, in settle coin; `null` while a part of it is not known. */
  readonly result: DecimalString | null;
  readonly settleCoin: string | null;
  /** What halts trading in its account, the widest first. */
  readonly halts: readonly Halt[];
  /** A daemon has just answered for it. */
  readonly isFresh: boolean;
}

export interface SurveyQuestion {
  /** How long to wait for the daemons' answers. */
  readonly waitMs: number;
  /** Also those that are over. Default: no. */
  readonly withOver?: boolean | undefined;
  /** Only these, by whole ids. Default: all. */
  readonly taskIds?: readonly string[] | undefined;
}

/** Tasks of one urgency by how near they are to their triggers. */
export async function surveyTasks(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'advice' | 'halts' | 'rules'>,
  { waitMs, withOver = false, taskIds }: SurveyQuestion,
): Promise<readonly TaskStanding[]> {
  const rows = (await ports.tasks.listTasks({ taskIds }, scopeOf(caller))).filter(
    ({ state }) => withOver || state !== 'COMPLETED',
  );
  const accountIds = [...new Set(rows.map(({ accountId }) => accountId))];
  const looks = await Promise.all(accountIds.map((accountId) => ports.advice.look(accountId, waitMs)));
  const seen = new Map(
    looks
      .flatMap((reply) => (reply?.kind === 'look' ? reply.look.tasks : []))
      .map((task) => [task.taskId, task]),
  );
  const halts = await haltsOf(ports, rows);
  return rows
    .map((row): TaskStanding => {
      const look = seen.get(row.taskId);
      const stored = storedStateOf(row);
      const view = viewOf(row, ports.rules);
      return {
        ...view,
        urgency: urgencyOf(view),
        now: look?.now ?? nowOf(row, stored),
        nearest: look?.nearest ?? null,
        nearestShare: look?.nearestShare ?? null,
        result: resultOf(look),
        settleCoin: stored ? settleCoinOf(stored.context) : null,
        halts: halts.get(row.accountId) ?? [],
        isFresh: look !== undefined,
      };
    })
    .sort(byUrgency);
}

const settleCoinOf = ({ held }: Pick<RollContext, 'held'>): string => held.settleCoin;

const resultOf = (look: SeenTask | undefined): DecimalString | null =>
  look === undefined || look.openResult === null ? null : add(look.cashFlow, look.openResult);

/** Of a task, whether its daemon answers or not. */
export function urgencyOf(task: TaskView): Urgency {
  const { state, stuck, accountTrouble, ending } = task;
  if (ending !== null || state === 'COMPLETED') return 'over';
  if (state === 'QUEUED') return 'queued';
  if (accountTrouble !== null || state === 'FAILED' || isUnreadable(task)) return 'attention';
  if (stuck !== null) return stuck.code === 'paused' ? 'paused' : 'attention';
  return state.startsWith('IDLE') ? 'waiting' : 'rolling';
}

function byUrgency(a: TaskStanding, b: TaskStanding): number {
  const rank = urgencies.indexOf(a.urgency) - urgencies.indexOf(b.urgency);
  if (rank !== 0) return rank;
  return (a.nearestShare ?? Infinity) - (b.nearestShare ?? Infinity) || a.createdAtMs - b.createdAtMs;
}
