/** The journal of a task as a person goes through it, a page at a time: what the task learned and where that led it. */
import { eventNameIn, stepText } from '../domain/explain/step-text.ts';
import { stateName } from '../domain/state-name.ts';
import type { SealedPart } from '../ports/seal.ts';
import type { JournalStep } from '../ports/task-reading.ts';
import { scopeOf, type Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';
import { sealedParts } from './show-journal.ts';

/** `GET /api/tasks/:id/journal?from=&limit=`: what a slider goes through. Oldest first. */
export interface JournalView {
  readonly taskId: string;
  /** The last version there is. */
  readonly version: number;
  readonly steps: readonly JournalStepView[];
  /** Parts that are archived in files, in order: there are no steps of them. */
  readonly sealed: readonly SealedPart[];
}

export interface JournalStepView {
  readonly version: number;
  readonly atMs: number;
  /** Actor that received the stimulus; `""` is the task itself. */
  readonly path: string;
  /** Its type, e.g. `PRICE`; of an effect that has ended its name, e.g. `planning done`. */
  readonly event: string;
  /** The stimulus as journaled. */
  readonly eventJson: string;
  readonly state: string;
  /** State of the order's machine that works; `null` when none does. */
  readonly orderState: string | null;
  /** The roll that is under way; `null` when none is. */
  readonly rollId: string | null;
  /** One sentence. */
  readonly text: string;
}

export interface StepsQuestion {
  readonly taskId: string;
  /** The first version. Default: so that the page ends with the newest. */
  readonly fromVersion?: number | undefined;
  /** How many steps, from 1 to 500. Default: 200. */
  readonly limit?: number | undefined;
}

const limitMax = 500;

/** @throws NotFound when the caller sees no such task */
export async function showSteps(
  caller: Caller,
  ports: Pick<Ports, 'tasks'>,
  { taskId: given, fromVersion, limit = 200 }: StepsQuestion,
): Promise<JournalView> {
  const { taskId, version } = await findTask(caller, ports, given);
  const wanted = Math.min(Math.max(1, Math.trunc(limit)), limitMax);
  const first = Math.max(1, Math.trunc(fromVersion ?? version - wanted + 1));
  // The row before says what a turn has changed.
  const from = Math.max(1, first - 1);
  const page = { fromVersion: from, limit: wanted + first - from };
  const scope = scopeOf(caller);
  const rows = await ports.tasks.journalSteps(taskId, page, scope);
  const sealed = sealedParts(await ports.tasks.sealsOf(taskId, scope));
  const steps = rows
    .map((row, place) => stepOf(row, rows[place - 1]?.state ?? null))
    .filter((step) => step.version >= first);
  return { taskId, version: Math.max(version, steps.at(-1)?.version ?? 0), steps, sealed };
}

const stepOf = (
  { version, atMs, path, eventJson, state, rollId, orderValue }: JournalStep,
  stateBefore: string | null,
): JournalStepView => ({
  version,
  atMs,
  path,
  event: eventNameIn(eventJson),
  eventJson,
  state,
  orderState: orderValue === null ? null : stateName(orderValue),
  rollId,
  text: stepText({ path, eventJson, state, stateBefore }),
});
