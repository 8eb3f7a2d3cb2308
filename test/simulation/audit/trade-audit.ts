/**
 * How much is traded: never more closed than is held, never more opened than the rule says, and whenever no order is being
 * worked a task manages exactly what its fills have left. What a rule says is computed here once more, from the spec.
 */
import { add, compare, decimal, isZero, multiply, subtract, toText } from '../../../src/domain/money.ts';
import type { Side } from '../../../src/domain/market/order.ts';
import { holdingsOf } from '../../../src/domain/roll/holdings.ts';
import { taskOfLinkId, type Roll, type RollSummary } from '../../../src/domain/roll/roll.ts';
import type { RollContext } from '../../../src/domain/roll/roll-context.ts';
import type { Portion, TradeAction } from '../../../src/domain/rules/rule.ts';
import type { PaperFill } from '../../../src/exchange/paper/engine/types.ts';
import type { NewTask, TurnRecord } from '../../../src/ports/journal.ts';
import { legOf } from '../../support/link-ids.ts';
import { contextOf, isRolling, isWorking } from './stored-turn.ts';

/** Of every option of the simulation. */
const qtyStep = '0.01';

type SeenFill = Pick<PaperFill, 'execId' | 'linkId' | 'symbol' | 'qty'> & { readonly side: Side };

interface Watched {
  state: string;
  /** What is really there, by symbol. */
  readonly holds: Map<string, string>;
  /** As it was stored last; with a roll, the newest while it was under way. */
  context: RollContext;
  roll: { readonly roll: Roll; readonly context: RollContext } | null;
  lastRollId: string;
}

export interface TradeAuditParts {
  readonly violate: (text: string) => void;
  readonly executedQty: (leg: string) => string;
}

export class TradeAudit {
  readonly #tasks = new Map<string, Watched>();
  /** A fill may be reported twice. */
  readonly #counted = new Set<string>();
  readonly #parts: TradeAuditParts;

  constructor(parts: TradeAuditParts) {
    this.#parts = parts;
  }

  created({ taskId, state, snapshotJson }: Pick<NewTask, 'taskId' | 'state' | 'snapshotJson'>): void {
    const context = contextOf(snapshotJson);
    const holds = new Map([[context.held.symbol, context.held.qty]]);
    this.#tasks.set(taskId, { state, holds, context, roll: null, lastRollId: '' });
  }

  /** The most that the orders of a leg may execute, all together; `null` while no stored roll says it. */
  purposeOf(leg: string): string | null {
    const roll = this.#tasks.get(taskOfLinkId(leg) ?? '')?.context.roll ?? null;
    if (roll === null || !leg.endsWith(`-v${roll.lockedVersion}`)) return null;
    return leg.startsWith('open-') && !roll.compensating ? roll.openQty : roll.qty;
  }

  filled({ execId, linkId, symbol, qty }: SeenFill): void {
    const task = this.#tasks.get(taskOfLinkId(linkId) ?? '');
    if (!task || this.#counted.has(execId)) return;
    this.#counted.add(execId);
    const before = task.holds.get(symbol) ?? '0';
    const after = linkId.startsWith('close-') ? subtract(before, qty) : add(before, qty);
    task.holds.set(symbol, after);
    const leg = legOf(linkId);
    const purpose = this.purposeOf(leg);
    const executed = this.#parts.executedQty(leg);
    if (compare(after, '0') < 0)
      this.#parts.violate(`${linkId} closes ${qty} ${symbol}, the task holds ${before}`);
    if (purpose === null)
      this.#parts.violate(`${linkId} trades, and no stored roll of its task has decided it`);
    else if (compare(executed, purpose) > 0)
      this.#parts.violate(`${leg} has executed ${executed}, at most ${purpose} was decided`);
  }

  committed({ taskId, state, snapshotJson }: TurnRecord): void {
    const task = this.#tasks.get(taskId);
    if (!task) return;
    const context = contextOf(snapshotJson);
    noteDelivery(task, context);
    if (!isWorking(state)) this.#checkHoldings(taskId, task, { state, context });
    if (isRolling(task.state) && !isRolling(state) && !state.startsWith('FAILED') && task.roll)
      this.#checkEnd(taskId, task, context);
    if (context.roll !== null) task.roll = { roll: context.roll, context };
    if (context.lastRoll) task.lastRollId = context.lastRoll.rollId;
    task.context = context;
    task.state = state;
  }

  #checkHoldings(
    taskId: string,
    { holds }: Watched,
    { state, context }: { readonly state: string; readonly context: RollContext },
  ): void {
    const managed = new Map(holdingsOf(context).map(({ symbol, qty }) => [symbol, qty]));
    for (const symbol of new Set([...holds.keys(), ...managed.keys()])) {
      const [says, has] = [managed.get(symbol) ?? '0', holds.get(symbol) ?? '0'];
      if (compare(says, has) !== 0)
        this.#parts.violate(`task ${taskId} is ${state} with ${says} ${symbol}, its trades have left ${has}`);
    }
  }

  #checkEnd(taskId: string, task: Watched, { lastRoll }: RollContext): void {
    if (task.roll === null) return;
    const { roll, context } = task.roll;
    task.roll = null;
    const version = `${taskId}-v${roll.lockedVersion}`;
    const executed = {
      closed: this.#parts.executedQty(`close-${version}`),
      opened: this.#parts.executedQty(`open-${version}`),
    };
    if (lastRoll?.rollId !== roll.rollId || task.lastRollId === roll.rollId) {
      if (!isZero(executed.closed) || !isZero(executed.opened))
        this.#parts.violate(
          `roll ${roll.rollId} was given up, and the exchange has ${executed.closed} closed / ${executed.opened} opened`,
        );
      return;
    }
    if (lastRoll.isFlat) return;
    const wanted = wantedOf(roll, lastRoll, context);
    const isWhole =
      wanted !== null &&
      compare(lastRoll.closed.executedQty, executed.closed) === 0 &&
      compare(lastRoll.opened.executedQty, executed.opened) === 0 &&
      compare(executed.closed, wanted.closed) === 0 &&
      compare(executed.opened, wanted.opened) === 0;
    if (!isWhole)
      this.#parts.violate(
        `roll ${roll.rollId} ended with ${lastRoll.closed.executedQty} closed / ${lastRoll.opened.executedQty} opened, ` +
          `the exchange has ${executed.closed} / ${executed.opened}, its rule says ${wanted?.closed ?? '-'} / ${wanted?.opened ?? '-'}`,
      );
  }
}

/** What was delivered is no longer there, once it is booked. */
function noteDelivery({ holds, context }: Watched, { ledger: { settlement } }: RollContext): void {
  if (settlement === null || context.ledger.settlement !== null) return;
  holds.set(settlement.symbol, subtract(holds.get(settlement.symbol) ?? '0', settlement.qty));
}

/** What the rule, or the person, wanted; `null` where nothing allows what was done. */
function wantedOf(
  roll: Roll,
  { compensated, toSymbol }: RollSummary,
  { spec, held, rollsDone }: RollContext,
): { readonly closed: string; readonly opened: string } | null {
  const rule = roll.asked === null ? spec.rules[roll.rule ?? -1] : null;
  const action: TradeAction | null =
    roll.asked?.action ?? (rule && rule.then.kind !== 'alert' ? rule.then : null);
  if (action === null) return null;
  const { qty } = held;
  // What went back to the old option may have closed a part of it only.
  if (compensated) return { closed: roll.closed.executedQty, opened: roll.closed.executedQty };
  if (action.kind === 'close')
    return toSymbol === null ? { closed: portionOf(qty, action.qty), opened: '0' } : null;
  if (toSymbol === null) return rule?.guards.whenRefused === 'close' ? { closed: qty, opened: '0' } : null;
  return { closed: qty, opened: portionOf(qty, action.qty, action.scale[rollsDone]) };
}

/** On the grid of the options, rounded down. */
function portionOf(of: string, portion: Portion, scale = '1'): string {
  const wanted = portion.kind === 'share' ? multiply(of, portion.share) : portion.qty;
  const scaled = decimal(wanted).times(scale);
  if (scaled.greaterThanOrEqualTo(of)) return of;
  return toText(scaled.dividedBy(qtyStep).floor().times(qtyStep));
}
