/** Shows one task with its last transitions, the commands it received and the alerts it raised. */
import { answerText } from '../domain/explain/answer-text.ts';
import { alertText } from '../domain/explain/alert-text.ts';
import { coverText } from '../domain/explain/guard-text.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';
import type { Halt } from '../domain/halt.ts';
import { coverOf, isCovered } from '../domain/rules/cover.ts';
import { resolutionOf, type WayOut, type WayOutKind } from '../domain/roll/resolution.ts';
import { openLegs } from '../domain/rules/structure.ts';
import type { TaskAlertRow, TaskCommandRow, Transition } from '../ports/task-reading.ts';
import type { Caller } from './caller.ts';
import { haltsOf } from './halt-trading.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';
import { nowOf, storedStateOf } from './stored-state.ts';
import { urgencyOf, type Urgency } from './survey-tasks.ts';
import { formOf } from './task-spec.ts';
import { viewOf, type TaskView } from './task-view.ts';

export interface AlertView extends TaskAlertRow {
  readonly text: string;
}

/** The holding that a task watches, as it was seen last. */
export interface CoverView {
  readonly symbol: string;
  /** In base coin, negative for a short; `null` until it was looked at. */
  readonly qty: string | null;
  readonly isCovered: boolean | null;
  readonly seenAtMs: number | null;
  /** `0.1 BTC does not cover 0.3 short in calls`. */
  readonly text: string;
}

/** What a person can do about it now, or why not. */
export interface WayOutView {
  readonly kind: WayOutKind;
  readonly isPossible: boolean;
  /** What it would do, or why it is not possible; a clause. */
  readonly text: string;
}

export interface TaskPage extends TaskView {
  readonly urgency: Urgency;
  /** Beside pausing, editing and trading now; empty while no daemon has adopted the task, and when it is over. */
  readonly waysOut: readonly WayOutView[];
  /** `null` where the task watches no holding. */
  readonly cover: CoverView | null;
  /** The spec in force, in the form in which a person writes it, with every default and with the trigger as it is now. */
  readonly spec: object;
  /** What it does now, as a sentence. */
  readonly now: string;
  /** What halts trading in its account, the widest first. */
  readonly halts: readonly Halt[];
  /** Session of the daemon that holds the task; `null` when that session has ended. */
  readonly owner: string | null;
  /** Session of the daemon that held the task last; `null` while `QUEUED`. */
  readonly lastOwner: string | null;
  /** The last transitions, oldest first. */
  readonly transitions: readonly Pick<Transition, 'version' | 'atMs' | 'path' | 'state' | 'eventJson'>[];
  /** Those that wait and the last that were answered, oldest first. */
  readonly commands: readonly TaskCommandRow[];
  /** The last alerts of the task and of its account, oldest first. */
  readonly alerts: readonly AlertView[];
}

/** The task's page; alerts with their sentences. @throws NotFound when the caller sees no such task */
export async function showTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'halts' | 'rules'>,
  taskId: string,
): Promise<TaskPage> {
  const task = await findTask(caller, ports, taskId);
  const { owner, lastOwner, journal, commands } = task;
  const stored = storedStateOf(task);
  const alerts = task.alerts.map((alert) => ({ ...alert, text: alertText(alert) }));
  const view = viewOf(task, ports.rules);
  return {
    ...view,
    urgency: urgencyOf(view),
    waysOut: stored === null ? [] : resolutionOf(stored).waysOut.map(wayOutView),
    spec: formOf(task, ports.rules),
    now: nowOf(task, stored),
    halts: (await haltsOf(ports, [task])).get(task.accountId) ?? [],
    cover: stored && coverView(stored.context),
    owner,
    lastOwner,
    transitions: journal.map(shownTransition),
    commands,
    alerts,
  };
}

/** Without the session that wrote it, which is the program's own affair. */
const shownTransition = ({
  version,
  atMs,
  path,
  state,
  eventJson,
}: Transition): TaskPage['transitions'][number] => ({
  version,
  atMs,
  path,
  state,
  eventJson,
});

const wayOutView = ({ kind, isPossible, reason }: WayOut): WayOutView => ({
  kind,
  isPossible,
  text: answerText(reason),
});

function coverView(context: Pick<RollContext, 'spec' | 'held' | 'others' | 'seenCover'>): CoverView | null {
  const { spec, seenCover } = context;
  if (!spec.watched) return null;
  const { symbol } = spec.watched;
  if (seenCover?.symbol !== symbol)
    return { symbol, qty: null, isCovered: null, seenAtMs: null, text: `${symbol}, not looked at yet` };
  const { qty, atMs } = seenCover;
  const cover = coverOf(openLegs(context), { symbol, qty });
  const text = cover ? coverText(cover) : `${qty} ${symbol}, and nothing is short`;
  return { symbol, qty, isCovered: cover === null || isCovered(cover), seenAtMs: atMs, text };
}
