/**
 * Follows the demo's tasks by reading new journal rows from the database, and reports an event for each transition, leg and
 * roll. `screen.ts` shows them.
 */
import { triggerText } from '../../domain/explain/trigger-text.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { averagePrice } from '../../domain/orders/order-progress.ts';
import { opposite } from '../../domain/market/order.ts';
import type { LegTally, RollSummary } from '../../domain/roll/roll.ts';
import { operator, scopeOf } from '../../application/caller.ts';
import type { Ports } from '../../application/ports.ts';
import type { JournalRow } from '../../ports/task-reading.ts';

export type StoryEvent =
  | {
      readonly type: 'transition';
      readonly taskId: string;
      readonly at: string;
      readonly version: number;
      readonly state: string;
    }
  | {
      readonly type: 'triggered';
      readonly taskId: string;
      readonly at: string;
      readonly rollId: string;
      readonly symbol: string;
      readonly indexPrice: string;
      readonly trigger: string;
    }
  | {
      readonly type: 'leg';
      readonly taskId: string;
      readonly at: string;
      readonly rollId: string;
      readonly leg: 'close' | 'open';
      readonly side: string;
      readonly qty: string;
      readonly symbol: string;
      readonly price: string;
    }
  | ({
      readonly type: 'roll';
      readonly taskId: string;
      readonly at: string;
      /** The condition that triggered this roll, and the one for the next, as text. */
      readonly trigger: string;
      readonly nextTrigger: string;
    } & Omit<RollSummary, 'trigger' | 'nextTrigger'>);

interface Follower {
  version: number;
  lastRollId: string | null;
  context: RollContext | null;
  state: string;
}

export class Story {
  readonly rolls: RollSummary[] = [];
  readonly #store: Pick<Ports, 'tasks'>;
  readonly #followers: Map<string, Follower>;
  transitions = 0;

  constructor(store: Pick<Ports, 'tasks'>, taskIds: readonly string[]) {
    this.#store = store;
    this.#followers = new Map(
      taskIds.map((taskId) => [taskId, { version: 0, lastRollId: null, context: null, state: '' }]),
    );
  }

  /** Events of what was committed since the last call. */
  async read(): Promise<StoryEvent[]> {
    const events: StoryEvent[] = [];
    for (const [taskId, follower] of this.#followers) {
      const rows = await this.#store.tasks.journalRows(
        taskId,
        { fromVersion: follower.version + 1 },
        scopeOf(operator),
      );
      for (const row of rows) events.push(...this.#take(taskId, follower, row));
    }
    return events;
  }

  /** The latest state of every task that has one. */
  tasks(): { readonly taskId: string; readonly state: string; readonly context: RollContext }[] {
    return [...this.#followers].flatMap(([taskId, { context, state }]) =>
      context ? [{ taskId, state, context }] : [],
    );
  }

  /** Whether a roll is under way that goes on by itself. */
  isRolling(): boolean {
    return this.tasks().some(({ state, context }) => context.roll !== null && !state.startsWith('FAILED'));
  }

  #take(taskId: string, follower: Follower, row: JournalRow): StoryEvent[] {
    const { context } = JSON.parse(row.snapshotJson) as { context: RollContext };
    const at = new Date(row.atMs).toISOString();
    const events: StoryEvent[] = [{ type: 'transition', taskId, at, version: row.version, state: row.state }];
    const { lastRoll, roll, held } = context;
    if (roll && roll.rollId !== follower.context?.roll?.rollId) {
      const { rollId, indexPrice, trigger } = roll;
      events.push({
        type: 'triggered',
        taskId,
        at,
        rollId,
        symbol: held.symbol,
        indexPrice,
        trigger: triggerText(trigger),
      });
    }
    if (roll && row.state.startsWith('LEG1_CLOSED') && !follower.state.startsWith('LEG1_CLOSED')) {
      const { rollId, fromSymbol, closed } = roll;
      events.push({
        taskId,
        at,
        rollId,
        leg: 'close',
        symbol: fromSymbol,
        ...traded(opposite(held.side), closed),
      });
    }
    if (lastRoll && lastRoll.rollId !== follower.lastRollId) {
      const { rollId, side, toSymbol, opened } = lastRoll;
      if (toSymbol !== null)
        events.push({ taskId, at, rollId, leg: 'open', symbol: toSymbol, ...traded(side, opened) });
      events.push({ type: 'roll', taskId, at, ...lastRoll, ...triggersOf(lastRoll) });
      this.rolls.push(lastRoll);
    }
    follower.version = row.version;
    follower.state = row.state;
    follower.context = context;
    follower.lastRollId = lastRoll?.rollId ?? null;
    this.transitions += 1;
    return events;
  }
}

const traded = (side: string, { value, executedQty }: LegTally) =>
  ({ type: 'leg', side, qty: executedQty, price: averagePrice(value, executedQty) }) as const;

const triggersOf = ({ trigger, nextTrigger }: RollSummary) => ({
  trigger: triggerText(trigger),
  nextTrigger: triggerText(nextTrigger),
});
