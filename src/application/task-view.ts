/**
 * A stored task as people see it: which option it holds now and what its trigger is now. Both are in the snapshot once
 * a daemon has adopted the task, and in the spec before.
 */
import { z } from 'zod';
import { BadInput } from '../domain/errors.ts';
import { reasonText } from '../domain/explain/reason-text.ts';
import type { NotedReason } from '../domain/roll/reasons.ts';
import { holdingsOf, withFills, workingOrderIn, type TaskSnapshot } from '../domain/roll/holdings.ts';
import type { Side } from '../domain/market/order.ts';
import type { ManagedLeg } from '../domain/roll/answers.ts';
import type { SymbolRules } from '../domain/market/exchange-rules.ts';
import { stuckOn, type Resolution } from '../domain/roll/resolution.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';
import { endingOf, type TaskEnding } from '../domain/roll/task-ending.ts';
import { inOrderOfSpec } from '../domain/roll/turns.ts';
import { isStructure, legsOf } from '../domain/rules/structure.ts';
import { parseTaskSpec, type TaskSpec } from '../domain/spec/task-spec.ts';
import { triggerOf } from '../domain/rules/judging.ts';
import type { Trigger } from '../domain/rules/triggers.ts';
import type { TaskRow } from '../ports/task-reading.ts';
import { troubleView, type TroubleView } from './account-trouble.ts';
import { storedStateOf } from './stored-state.ts';

export interface TaskView {
  readonly taskId: string;
  readonly userName: string;
  readonly accountName: string;
  readonly environment: string;
  readonly state: string;
  readonly version: number;
  /** The option that is held now. */
  readonly symbol: string;
  /** Null until a daemon has adopted the position. */
  readonly side: 'long' | 'short' | null;
  /** In base coin; may be `all` until a daemon has adopted the position. */
  readonly qty: string;
  /** Of a structure, in the order of its spec; absent in a task of one option. */
  readonly legs?: readonly LegView[];
  /** One option between rolls, of a structure every leg; none, one or two during a roll; `null` until a daemon has adopted the position. */
  readonly holdings: readonly ManagedLeg[] | null;
  /** How it ended; `null` until the task is COMPLETED. */
  readonly ending: TaskEnding | null;
  /** What it waits for that does not come by itself; `null` when it goes on. */
  readonly stuck: Resolution['stuck'];
  /** What it waits for: any of them, where it has several rules. `null` when the spec cannot be read. */
  readonly trigger: Trigger | null;
  /** Why its account cannot trade, in the exchange's words; `null` when nothing is known to keep it from that. */
  readonly accountTrouble: TroubleView | null;
  readonly rollsDone: number;
  /** Why the last triggers did not lead to a roll, newest first. */
  readonly reasons: readonly ReasonView[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A leg of a structure as people see it. */
export interface LegView {
  readonly name: string;
  readonly symbol: string;
  /** Null until a daemon has adopted the position. */
  readonly side: 'long' | 'short' | null;
  /** In base coin, 0 of a leg that is gone; may be `all` until a daemon has adopted the position. */
  readonly qty: string;
  /** At which the whole quantity was opened, in settle coin, before fees; absent until a daemon has adopted the position. */
  readonly premium?: string;
}

type Held = Pick<RollContext, 'held' | 'others' | 'spec'>;

/** Between rolls; nothing of a task of one option. */
export const legsHeld = (task: Held): { readonly legs?: readonly LegView[] } =>
  isStructure(task)
    ? {
        legs: legsOf(inOrderOfSpec(task)).map(({ leg = '', symbol, side, qty, premium }) => ({
          name: leg,
          symbol,
          side: sideWord(side),
          qty,
          premium,
        })),
      }
    : {};

const sideWord = (side: Side): 'long' | 'short' => (side === 'Buy' ? 'long' : 'short');

export interface ReasonView extends Pick<NotedReason, 'code' | 'figures' | 'atMs'> {
  readonly text: string;
}
const reasonView = ({ code, figures, atMs }: Omit<ReasonView, 'text'>): ReasonView => ({
  code,
  figures,
  atMs,
  text: reasonText({ code, figures }),
});

const condition = z.object({
  kind: z.string(),
  direction: z.enum(['above', 'below']),
  level: z.string(),
  holdMs: z.number(),
});
const triggerShape: z.ZodType<Trigger> = z.lazy(() =>
  z.union([
    z.object({ kind: z.enum(['any', 'all']), of: z.array(triggerShape) }),
    condition as unknown as z.ZodType<Trigger>,
  ]),
);
/** The part of a snapshot that is shown; a snapshot of another shape is shown by its spec. */
const snapshotShape = z.object({
  context: z.object({
    held: z.object({ symbol: z.string(), side: z.enum(['Buy', 'Sell']), qty: z.string() }),
    rules: z.array(z.object({ trigger: triggerShape })).min(1),
    rollsDone: z.number(),
    reasons: z.array(z.object({ code: z.string(), figures: z.looseObject({}), atMs: z.number() })),
  }),
});
const specShape: z.ZodType<Summarized> = z.object({
  symbol: z.string(),
  qty: z.string().default('all'),
  legs: z
    .array(z.object({ name: z.string(), symbol: z.string(), qty: z.string().optional() }))
    .optional() as never,
  rules: z.array(z.object({ when: triggerShape })).min(1),
});

interface Summarized extends Pick<TaskSpec, 'symbol' | 'qty' | 'legs'> {
  readonly rules: readonly { readonly when: Trigger }[];
}

/** Never throws because of a spec that cannot be read: its symbol and quantity are `?` then. */
export function viewOf(row: TaskRow, rules: SymbolRules): TaskView {
  const { taskId, userName, accountName, environment, state, version, createdAtMs, updatedAtMs } = row;
  const accountTrouble = troubleView(row.trouble);
  const known = {
    taskId,
    userName,
    accountName,
    environment,
    state,
    version,
    createdAtMs,
    updatedAtMs,
    accountTrouble,
  };
  const { snapshotJson } = row;
  const stored: unknown = snapshotJson === null ? null : JSON.parse(snapshotJson);
  const snapshot = snapshotShape.safeParse(stored);
  if (snapshot.success) {
    const { held, rules: rulesNow, rollsDone, reasons } = snapshot.data.context;
    const side = sideWord(held.side);
    const { holdings, ending } = positionIn(stored as TaskSnapshot<RollContext>, state);
    const standing = storedStateOf(row);
    const { symbol, qty } = holdings[0] ?? { symbol: held.symbol, qty: '0' };
    return {
      ...known,
      symbol,
      side,
      qty,
      ...legsHeld((stored as TaskSnapshot<RollContext>).context),
      holdings,
      ending,
      stuck: standing && stuckOn(standing),
      trigger: triggerOf(rulesNow),
      rollsDone,
      reasons: reasons.map(reasonView),
    };
  }
  const spec = summaryOf(row.spec, rules);
  return {
    ...known,
    ...(spec ?? { symbol: '?', qty: '?', trigger: null }),
    side: null,
    holdings: null,
    ending: null,
    stuck: null,
    rollsDone: 0,
    reasons: [],
  };
}

/** Counts the fills of an order that is being worked, as far as they are known. */
function positionIn(
  snapshot: TaskSnapshot<RollContext>,
  state: string,
): Pick<TaskView, 'ending'> & {
  readonly holdings: readonly ManagedLeg[];
} {
  const { context } = snapshot;
  return {
    holdings: holdingsOf(withFills(context, workingOrderIn(snapshot))).map(({ symbol, side, qty, leg }) => ({
      symbol,
      side,
      qty,
      ...(leg !== undefined && { leg }),
    })),
    ending: state === 'COMPLETED' ? endingOf(context) : null,
  };
}

/** Reads a spec in normal form, as the daemon stores it, or as it was written, while it waits in the inbox. */
function summaryOf(spec: unknown, rules: SymbolRules): Summary | null {
  const normal = specShape.safeParse(spec);
  if (normal.success) return summary(normal.data);
  try {
    return summary(parseTaskSpec(spec, rules));
  } catch (error) {
    if (error instanceof BadInput) return null;
    throw error;
  }
}

type Summary = Pick<TaskView, 'symbol' | 'qty' | 'legs' | 'trigger'>;

const summary = ({ symbol, qty, legs, rules }: Summarized): Summary => ({
  symbol,
  qty,
  ...(legs && {
    legs: legs.map((leg) => ({ name: leg.name, symbol: leg.symbol, side: null, qty: leg.qty ?? qty })),
  }),
  trigger: triggerOf(rules.map(({ when }) => ({ trigger: when }))),
});
