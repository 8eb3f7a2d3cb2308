/**
 * A stored task as people see it: which option it holds now and what its trigger is now. Both are in the snapshot once
 * a daemon has adopted the task, and in the spec before.
 */
import { z } from 'zod';
import { BadInput } from '../domain/errors.ts';
import { stopView, type StopView } from '../domain/explain/stop-text.ts';
import { legViewsOf, type LegView } from '../domain/explain/leg-view.ts';
import { reasonText } from '../domain/explain/reason-text.ts';
import type { NotedReason } from '../domain/roll/reasons.ts';
import { holdingsOf, withFills, workingOrderIn, type TaskSnapshot } from '../domain/roll/holdings.ts';
import type { ManagedLeg } from '../domain/roll/answers.ts';
import type { SymbolRules } from '../domain/market/exchange-rules.ts';
import { stuckOn, type Resolution } from '../domain/roll/resolution.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';
import { endingOf, type TaskEnding } from '../domain/roll/task-ending.ts';
import { parseTaskSpec, type TaskSpec } from '../domain/spec/task-spec.ts';
import { triggerOf } from '../domain/rules/judging.ts';
import type { Trigger } from '../domain/rules/triggers.ts';
import type { Role } from '../ports/directory.ts';
import type { TaskRow } from '../ports/task-reading.ts';
import { troubleView, type TroubleView } from './account-trouble.ts';
import { storedSnapshotOf, storedStateOf } from './stored-state.ts';

export interface TaskView {
  readonly taskId: string;
  /** The owner of the account. */
  readonly userName: string;
  /** What the caller is on the account. */
  readonly role: Role;
  readonly accountName: string;
  readonly environment: string;
  readonly state: string;
  readonly version: number;
  /** The option that is held now; of a structure the first one. */
  readonly symbol: string;
  /** Null until a daemon has adopted the position. */
  readonly side: 'long' | 'short' | null;
  /** In base coin; may be `all` until a daemon has adopted the position. */
  readonly qty: string;
  /**
   * One option between rolls; none, one or two during a roll; of a structure so many for each leg; `null` until a daemon has
   * adopted the position.
   */
  readonly holdings: readonly ManagedLeg[] | null;
  /** Of a structure. */
  readonly legs?: readonly LegView[];
  /** How it ended; `null` until the task is COMPLETED. */
  readonly ending: TaskEnding | null;
  /** What it waits for that does not come by itself; `null` when it goes on. */
  readonly stuck: Resolution['stuck'];
  /** What it waits for: any of them, where it has several rules. `null` when the spec cannot be read. */
  readonly trigger: Trigger | null;
  /** Why its account cannot trade, in the exchange's words; `null` when nothing is known to keep it from that. */
  readonly accountTrouble: TroubleView | null;
  /** That stand at the exchange on what it holds, as they were seen last; empty where none does. */
  readonly stops: readonly StopView[];
  /** Why its emergency stop does not stand, as a clause; `null` where it stands, and where none is wanted. */
  readonly stopProblem: string | null;
  readonly rollsDone: number;
  /** Why the last triggers did not lead to a roll, newest first. */
  readonly reasons: readonly ReasonView[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface ReasonView extends Pick<NotedReason, 'code' | 'figures' | 'atMs'> {
  readonly text: string;
}
const reasonView = ({ code, figures, atMs }: Omit<ReasonView, 'text'>): ReasonView => ({
  code,
  figures,
  atMs,
  text: reasonText({ code, figures }),
});

const condition = z.looseObject({
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
const specShape: z.ZodType<Summarized> = z.object({
  symbol: z.string(),
  legs: z
    .array(
      z.object({
        name: z.string(),
        symbol: z.string(),
        qty: z.string().exactOptional(),
        side: z.enum(['Buy', 'Sell']).exactOptional(),
      }),
    )
    .exactOptional(),
  qty: z.string().default('all'),
  rules: z.array(z.object({ when: triggerShape })).min(1),
});

interface Summarized extends Pick<TaskSpec, 'symbol' | 'legs' | 'qty'> {
  readonly rules: readonly { readonly when: Trigger }[];
}

/** A daemon has adopted it, and what is stored of it cannot be read: it is shown by its spec, and no daemon manages it. */
export const isUnreadable = ({ state, holdings }: Pick<TaskView, 'state' | 'holdings'>): boolean =>
  holdings === null && state !== 'QUEUED';

/** Never throws because of a spec or a snapshot that cannot be read: its symbol and quantity are `?` then. */
export function viewOf(row: TaskRow, rules: SymbolRules): TaskView {
  const { taskId, userName, role, accountName, environment, state, version, createdAtMs, updatedAtMs } = row;
  const accountTrouble = troubleView(row.trouble);
  const known = {
    taskId,
    userName,
    role,
    accountName,
    environment,
    state,
    version,
    createdAtMs,
    updatedAtMs,
    accountTrouble,
  };
  const snapshot = storedSnapshotOf(row);
  if (snapshot !== null) {
    const { held, rules: rulesNow, rollsDone, reasons } = snapshot.context;
    const side = held.side === 'Buy' ? 'long' : 'short';
    const { holdings, legs, ending, stops, stopProblem } = positionIn(snapshot, state);
    const standing = storedStateOf(row);
    const { symbol, qty } = holdings[0] ?? { symbol: held.symbol, qty: '0' };
    return {
      ...known,
      symbol,
      side,
      qty,
      holdings,
      ...(legs && { legs }),
      ending,
      stops,
      stopProblem,
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
    stops: [],
    stopProblem: null,
    stuck: null,
    rollsDone: 0,
    reasons: [],
  };
}

/** Counts the fills of an order that is being worked, as far as they are known. */
function positionIn(
  snapshot: TaskSnapshot<RollContext>,
  state: string,
): Pick<TaskView, 'ending' | 'stops' | 'stopProblem'> & {
  readonly holdings: readonly ManagedLeg[];
  readonly legs: readonly LegView[] | null;
} {
  const { context } = snapshot;
  const holdings = holdingsOf(withFills(context, workingOrderIn(snapshot)));
  return {
    holdings: holdings.map(({ symbol, side, qty, leg }) => ({
      symbol,
      side,
      qty,
      ...(leg !== undefined && { leg }),
    })),
    legs: legViewsOf(context, holdings),
    ending: state === 'COMPLETED' ? endingOf(context) : null,
    ...stopsIn(context, state),
  };
}

/** Of a task that is over nothing is known any more. */
function stopsIn({ seenStops }: RollContext, state: string): Pick<TaskView, 'stops' | 'stopProblem'> {
  if (!seenStops || state === 'COMPLETED') return { stops: [], stopProblem: null };
  const { stops, emergency, problem } = seenStops;
  return {
    stops: stops.map((stop) => stopView(stop, emergency)),
    stopProblem: problem && reasonText(problem),
  };
}

/** Reads a spec in normal form, as the daemon stores it, or as it was written, while it waits in the inbox. */
function summaryOf(spec: unknown, rules: SymbolRules): Summary | null {
  const normal = specShape.safeParse(spec);
  if (normal.success) return summary(normal.data, rules);
  try {
    return summary(parseTaskSpec(spec, rules), rules);
  } catch (error) {
    if (error instanceof BadInput) return null;
    throw error;
  }
}

type Summary = Pick<TaskView, 'symbol' | 'qty' | 'trigger' | 'legs'>;

const summary = ({ symbol, legs, qty, rules }: Summarized, { namedDeliveryMs }: SymbolRules): Summary => ({
  symbol,
  qty,
  trigger: triggerOf(rules.map(({ when }) => ({ trigger: when }))),
  ...(legs && {
    legs: legs.map((leg) => ({
      name: leg.name,
      side: leg.side === undefined ? null : leg.side === 'Sell' ? 'short' : 'long',
      qty: leg.qty ?? qty,
      symbol: leg.symbol,
      expiryMs: namedDeliveryMs(leg.symbol),
    })),
  }),
});
