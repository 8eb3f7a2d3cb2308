/**
 * How much is traded: never more closed than is held, never more opened than the rule says, and whenever no order is being
 * worked a task manages exactly what its fills have left. What a rule says is computed here once more, from the spec.
 */
import { add, compare, isZero, subtract, sum } from '../../../src/domain/money.ts';
import type { Side } from '../../../src/domain/market/order.ts';
import { holdingsOf } from '../../../src/domain/roll/holdings.ts';
import { movesOf, taskOfLinkId, type Roll, type RollSummary } from '../../../src/domain/roll/roll.ts';
import type { RollContext } from '../../../src/domain/roll/roll-context.ts';
import { legsOf } from '../../../src/domain/rules/structure.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import type { PaperFill } from '../../../src/exchange/paper/engine/types.ts';
import type { NewTask, TurnRecord } from '../../../src/ports/journal.ts';
import { legOf } from '../../support/link-ids.ts';
import { clocksApartMs, contextOf, isRolling, isWorking } from './stored-turn.ts';
import { wantedOf } from './wanted-trade.ts';

type SeenFill = Pick<PaperFill, 'execId' | 'linkId' | 'symbol' | 'qty'> & { readonly side: Side };

interface Watched {
  state: string;
  readonly accountId: string;
  /** What is really there, by symbol. */
  readonly holds: Map<string, string>;
  /** What its owner has closed of it, and it has not noticed yet. */
  readonly taken: Map<string, readonly string[]>;
  /** As it was stored last; with a roll, the newest while it was under way. */
  context: RollContext;
  roll: { readonly roll: Roll; readonly context: RollContext } | null;
  lastRollId: string;
}

export interface TradeAuditParts {
  readonly violate: (text: string) => void;
  /** @param symbol only in this option */
  readonly executedQty: (leg: string, symbol?: string) => string;
  /** A person keeps so much beside what the task goes on with. */
  readonly kept?: (accountId: string, side: Side, qty: string) => void;
}

export class TradeAudit {
  readonly #tasks = new Map<string, Watched>();
  /** A fill may be reported twice. */
  readonly #counted = new Set<string>();
  readonly #parts: TradeAuditParts;
  /** By account and symbol: what tasks that are over have left there, and an edit may take. */
  readonly leftBehind = new Map<string, string>();

  constructor(parts: TradeAuditParts) {
    this.#parts = parts;
  }

  created({ accountId, taskId, state, snapshotJson }: CreatedTask): void {
    const context = contextOf(snapshotJson);
    const holds = new Map(legsOf(context).map(({ symbol, qty }) => [symbol, qty]));
    const taken = new Map<string, readonly string[]>();
    this.#tasks.set(taskId, { state, accountId, holds, taken, context, roll: null, lastRollId: '' });
  }

  /**
   * The most that the orders of a leg may execute, all together; `null` while no stored roll says it.
   * @param symbol only in this option
   */
  purposeOf(leg: string, symbol?: string): string | null {
    const { roll = null, plan = null } = this.#tasks.get(taskOfLinkId(leg) ?? '')?.context ?? {};
    if (roll === null || !leg.endsWith(`-v${roll.lockedVersion}`)) return null;
    const planned = plan?.kind === 'order' ? plan.order.symbol : null;
    const isOpening = leg.startsWith('open-');
    const moves =
      symbol === undefined
        ? movesOf(roll)
        : movesOf(roll).filter((move) => {
            if (!isOpening || roll.compensating) return move.fromSymbol === symbol;
            // The leg whose turn it is may go elsewhere than it was going.
            return move === roll && isZero(roll.opened.executedQty)
              ? planned === symbol
              : move.toSymbol === symbol;
          });
    return sum(
      moves.map(({ qty, openQty }) => (isOpening && (!roll.compensating || roll.opensFirst) ? openQty : qty)),
    );
  }

  /** The roll of this leg opens first. */
  opensFirst(leg: string): boolean {
    const { roll = null } = this.#tasks.get(taskOfLinkId(leg) ?? '')?.context ?? {};
    return roll?.opensFirst === true && leg.endsWith(`-v${roll.lockedVersion}`);
  }

  /** Where the task of this symbol is one alone: what is really there of it. */
  holdersOf(accountId: string, symbol: string): readonly string[] {
    return [...this.#tasks].flatMap(([taskId, task]) =>
      task.accountId === accountId && !isZero(task.holds.get(symbol) ?? '0') ? [taskId] : [],
    );
  }

  /** Its owner has closed so much of it. */
  taken(accountId: string, { execId, symbol, qty }: Pick<SeenFill, 'execId' | 'symbol' | 'qty'>): void {
    // The exchange may tell a fill twice.
    if (this.#counted.has(execId)) return;
    this.#counted.add(execId);
    const [taskId = ''] = this.holdersOf(accountId, symbol);
    const task = this.#tasks.get(taskId);
    const key = `${accountId} ${symbol}`;
    if (!task && this.leftBehind.has(key)) this.#leave(key, subtract('0', qty));
    if (!task) return;
    task.holds.set(symbol, subtract(task.holds.get(symbol) ?? '0', qty));
    task.taken.set(symbol, [...(task.taken.get(symbol) ?? []), qty]);
  }

  /** What the owner of a task has closed of it, and it has not noticed. */
  takenOf(taskId: string, symbol: string): string {
    return sum(this.#tasks.get(taskId)?.taken.get(symbol) ?? []);
  }

  filled({ execId, linkId, symbol, qty }: SeenFill): void {
    const task = this.#tasks.get(taskOfLinkId(linkId) ?? '');
    if (!task || this.#counted.has(execId)) return;
    this.#counted.add(execId);
    const before = task.holds.get(symbol) ?? '0';
    const after = linkId.startsWith('close-') ? subtract(before, qty) : add(before, qty);
    task.holds.set(symbol, after);
    const leg = legOf(linkId);
    const isOfLeg = task.context.others !== undefined;
    const purpose = this.purposeOf(leg, isOfLeg ? symbol : undefined);
    const executed = this.#parts.executedQty(leg, isOfLeg ? symbol : undefined);
    this.#checkNeverLess(task, linkId);
    if (compare(after, '0') < 0)
      this.#parts.violate(`${linkId} closes ${qty} ${symbol}, the task holds ${before}`);
    if (purpose === null)
      this.#parts.violate(`${linkId} trades, and no stored roll of its task has decided it`);
    else if (compare(executed, purpose) > 0)
      this.#parts.violate(`${leg} has executed ${executed}, at most ${purpose} was decided`);
  }

  /** A roll that opens first holds at no time less than it is to hold afterwards; going back, than it held before. */
  #checkNeverLess({ context: { roll }, holds, taken }: Watched, linkId: string): void {
    if (!roll?.opensFirst) return;
    const held = sum([...holds.values(), ...[...taken.values()].flat()]);
    const least = roll.compensating ? roll.qty : roll.openQty;
    if (compare(held, least) < 0)
      this.#parts.violate(
        `${linkId} leaves ${held}, and ${roll.rollId} opens first: at least ${least} is to be held`,
      );
  }

  committed(record: TurnRecord): void {
    const { accountId, taskId, state, snapshotJson, eventJson } = record;
    const task = this.#tasks.get(taskId);
    if (!task) return;
    const context = contextOf(snapshotJson);
    noteDelivery(task, context);
    const delivered = isWorking(state) ? [] : noteUnbooked(task, record);
    if (eventJson.startsWith('{"type":"EDITED"')) this.#noteEdit(record, task, context);
    this.#noteKept(accountId, task, context);
    const byOwner = [...task.taken].flatMap(([symbol, closings]) => (closings.length > 0 ? symbol : []));
    if (!isWorking(state)) this.#checkHoldings(taskId, task, { state, context });
    if (isRolling(task.state) && !isRolling(state) && !state.startsWith('FAILED') && task.roll)
      this.#checkEnd(task, { taskId, context, gone: [...byOwner, ...delivered] });
    if (context.roll !== null) task.roll = { roll: context.roll, context };
    if (context.lastRoll) task.lastRollId = context.lastRoll.rollId;
    task.context = context;
    task.state = state;
    if (state !== 'COMPLETED') return;
    for (const [symbol, qty] of task.holds) this.#leave(`${accountId} ${symbol}`, qty);
    task.holds.clear();
  }

  /** A task may take what no other one has, or give a part of its own up. */
  #noteEdit(
    { accountId, taskId }: TurnRecord,
    { holds, taken: byOwner }: Watched,
    context: RollContext,
  ): void {
    for (const { symbol, qty } of legsOf(context)) {
      // What its owner had closed, the edit has noticed.
      if (compare(qty, holds.get(symbol) ?? '0') === 0) byOwner.delete(symbol);
      const taken = subtract(qty, add(holds.get(symbol) ?? '0', sum(byOwner.get(symbol) ?? [])));
      if (isZero(taken)) continue;
      const free = this.leftBehind.get(`${accountId} ${symbol}`) ?? '0';
      if (compare(taken, free) > 0)
        this.#parts.violate(`task ${taskId} takes ${taken} ${symbol}, and ${free} of it is free`);
      this.#leave(`${accountId} ${symbol}`, subtract('0', taken));
      holds.set(symbol, add(holds.get(symbol) ?? '0', taken));
    }
  }

  /** A person keeps both options of a roll that opened first: what is left of the old one is no longer the task's. */
  #noteKept(accountId: string, { holds, lastRollId }: Watched, { lastRoll }: RollContext): void {
    if (!lastRoll || !isKept(lastRoll) || lastRoll.rollId === lastRollId) return;
    const { fromSymbol, leftQty, side } = lastRoll;
    this.#parts.kept?.(accountId, side, leftQty);
    holds.set(fromSymbol, subtract(holds.get(fromSymbol) ?? '0', leftQty));
    this.#leave(`${accountId} ${fromSymbol}`, leftQty);
  }

  #leave(key: string, qty: string): void {
    this.leftBehind.set(key, add(this.leftBehind.get(key) ?? '0', qty));
  }

  #checkHoldings(
    taskId: string,
    { holds, taken }: Watched,
    { state, context }: { readonly state: string; readonly context: RollContext },
  ): void {
    const holdings = holdingsOf(context);
    for (const symbol of new Set([...holds.keys(), ...holdings.map((held) => held.symbol)])) {
      const says = sum(holdings.filter((held) => held.symbol === symbol).map(({ qty }) => qty));
      const has = holds.get(symbol) ?? '0';
      // It notices what its owner has closed in the order in which that happened.
      const unnoticed = subtract(says, has);
      let closings = taken.get(symbol) ?? [];
      while (closings.length > 0 && compare(sum(closings), unnoticed) > 0) closings = closings.slice(1);
      taken.set(symbol, closings);
      if (compare(sum(closings), unnoticed) !== 0)
        this.#parts.violate(`task ${taskId} is ${state} with ${says} ${symbol}, its trades have left ${has}`);
    }
  }

  #checkEnd(task: Watched, { taskId, context: { lastRoll }, gone }: Ended): void {
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
    if (lastRoll.isFlat || isKept(lastRoll)) return;
    const wanted = wantedOf(roll, lastRoll, context);
    for (const { fromSymbol, toSymbol, closed, opened } of [lastRoll, ...(lastRoll.others ?? [])]) {
      const into = toSymbol ?? fromSymbol;
      // Two legs of a structure may have gone into one option.
      const [only] = lastRoll.others ? [into] : [];
      const books = {
        closed: this.#parts.executedQty(`close-${version}`, lastRoll.others && fromSymbol),
        opened: this.#parts.executedQty(`open-${version}`, only),
      };
      const its = wanted?.find((leg) => leg.fromSymbol === fromSymbol);
      const isWhole =
        its !== undefined &&
        compare(closed.executedQty, books.closed) === 0 &&
        compare(opened.executedQty, books.opened) === 0 &&
        compare(closed.executedQty, its.closed) === 0 &&
        compare(opened.executedQty, its.opened) === 0;
      if (!isWhole)
        this.#parts.violate(
          `roll ${roll.rollId} ended with ${closed.executedQty} closed / ${opened.executedQty} opened, ` +
            `the exchange has ${books.closed} / ${books.opened}, its rule says ${its?.closed ?? '-'} / ${its?.opened ?? '-'}`,
        );
    }
    const traded = [lastRoll, ...(lastRoll.others ?? [])].map(({ fromSymbol }) => fromSymbol);
    const missed = wanted?.find(
      ({ mustMove, fromSymbol }) => mustMove && !traded.includes(fromSymbol) && !gone.includes(fromSymbol),
    );
    if (missed && !lastRoll.compensated)
      this.#parts.violate(`roll ${roll.rollId} ended without ${missed.fromSymbol}`);
  }
}

const isKept = ({ openedFirst, leftQty }: RollSummary): boolean => openedFirst === true && !isZero(leftQty);

interface Ended {
  readonly taskId: string;
  readonly context: RollContext;
  /** What its owner has closed meanwhile, or was delivered. */
  readonly gone: readonly string[];
}

type CreatedTask = Pick<NewTask, 'accountId' | 'taskId' | 'state' | 'snapshotJson'>;

/** What was delivered is no longer there, once it is booked. */
function noteDelivery({ holds, taken, context }: Watched, { ledger }: RollContext): void {
  const booked = deliveriesOf(ledger).slice(deliveriesOf(context.ledger).length);
  for (const { symbol, qty } of booked) {
    holds.set(symbol, subtract(holds.get(symbol) ?? '0', qty));
    taken.delete(symbol);
  }
}

/**
 * A leg that is delivered in the middle of a roll is gone without being booked (docs/structures.md): nothing is left of it as soon
 * as the task says so. @returns such options
 */
function noteUnbooked({ holds, taken }: Watched, { snapshotJson, atMs }: TurnRecord): readonly string[] {
  const held = new Set(
    holdingsOf(contextOf(snapshotJson)).flatMap(({ symbol, qty }) => (isZero(qty) ? [] : symbol)),
  );
  const gone = [...holds].flatMap(([symbol, qty]) => {
    const deliveredMs = bybitRules.namedDeliveryMs(symbol) ?? Infinity;
    return !isZero(qty) && !held.has(symbol) && deliveredMs <= atMs + clocksApartMs ? symbol : [];
  });
  for (const symbol of gone) {
    holds.set(symbol, '0');
    taken.delete(symbol);
  }
  return gone;
}

const deliveriesOf = ({ settlement, settlements }: RollContext['ledger']) =>
  settlements ?? (settlement ? [settlement] : []);
