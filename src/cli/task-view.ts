/**
 * How a stored task looks to people: which option it holds now and where its trigger stands now. Both are in the
 * snapshot once a daemon has taken the task up, and in the spec before.
 */
import { z } from 'zod';
import { BadInput } from '../domain/errors.ts';
import { parseTaskSpec, type IndexTrigger } from '../domain/task-spec.ts';
import type { TaskRow } from '../store/task-rows.ts';

export interface TaskView {
  readonly taskId: string;
  readonly userName: string;
  readonly accountName: string;
  readonly environment: string;
  readonly state: string;
  readonly version: number;
  /** The option held now. */
  readonly symbol: string;
  /** `long` or `short`; null while nobody has looked at the position. */
  readonly side: 'long' | 'short' | null;
  /** Base coin, or `all` until the position was adopted. */
  readonly qty: string;
  readonly trigger: IndexTrigger | null;
  readonly rollsDone: number;
  /** Why the last trigger did not lead to a roll. */
  readonly lastReason: { readonly text: string; readonly atMs: number } | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

const triggerShape = z.object({
  direction: z.enum(['above', 'below']),
  level: z.string(),
  holdMs: z.number(),
});
/** The part of a snapshot this page shows; whatever is not there is simply not shown. */
const snapshotShape = z.object({
  context: z.object({
    held: z.object({ symbol: z.string(), side: z.enum(['Buy', 'Sell']), qty: z.string() }),
    trigger: triggerShape,
    rollsDone: z.number(),
    lastReason: z.object({ text: z.string(), atMs: z.number() }).nullable(),
  }),
});
const specShape = z.object({ symbol: z.string(), qty: z.string().default('all'), trigger: triggerShape });

export function viewOf(row: TaskRow): TaskView {
  const { taskId, userName, accountName, environment, state, version, createdAtMs, updatedAtMs } = row;
  const known = { taskId, userName, accountName, environment, state, version, createdAtMs, updatedAtMs };
  const { snapshotJson } = row;
  const snapshot = snapshotShape.safeParse(snapshotJson === null ? null : JSON.parse(snapshotJson));
  if (snapshot.success) {
    const { held, trigger, rollsDone, lastReason } = snapshot.data.context;
    const side = held.side === 'Buy' ? 'long' : 'short';
    return { ...known, symbol: held.symbol, side, qty: held.qty, trigger, rollsDone, lastReason };
  }
  const spec = specOf(row.spec);
  return {
    ...known,
    ...(spec ?? { symbol: '?', qty: '?', trigger: null }),
    side: null,
    rollsDone: 0,
    lastReason: null,
  };
}

/** A spec in normal form, as the daemon stores it, or as somebody gave it, as it waits in the inbox. */
function specOf(spec: unknown): Pick<TaskView, 'symbol' | 'qty' | 'trigger'> | null {
  const normal = specShape.safeParse(spec);
  if (normal.success) return normal.data;
  try {
    const { symbol, qty, trigger } = parseTaskSpec(spec);
    return { symbol, qty, trigger };
  } catch (error) {
    if (error instanceof BadInput) return null;
    throw error;
  }
}

export const triggerText = (trigger: IndexTrigger | null): string => {
  if (trigger === null) return '?';
  const hold = trigger.holdMs > 0 ? ` for ${String(trigger.holdMs / 1_000)} s` : '';
  return `${trigger.direction} ${trigger.level}${hold}`;
};
