/**
 * Notices owner actions: changes of a position outside of rolls, in one period of managing an account. A push that
 * differs from what the tasks hold, and every reconnect, lead to a list of the account's positions. A list is evidence
 * only if it was requested long enough after the last thing that a task knows of its position, and after the push or the reconnect
 * that led to it, and if a second list, requested as long after the first, says the same. What cannot be judged yet is looked at later, never dropped. The
 * saga decides what a task does about it.
 */
import type { Logger } from 'pino';
import { add, compare, smaller, subtract } from '../../domain/money.ts';
import type { HeldOption } from '../../domain/market/held-option.ts';
import type { Position, Side } from '../../domain/market/order.ts';
import { listsLagMs } from '../../domain/roll/position-evidence.ts';
import { backOffAfter, movesOf, type Roll } from '../../domain/roll/roll.ts';
import { writtenQty } from '../../domain/roll/spec-in-force.ts';
import { stopOutOf, stopsCountFromMs } from '../../domain/roll/stopped-out.ts';
import type { StopFill } from '../../domain/market/stops.ts';
import { openLegs } from '../../domain/rules/structure.ts';
import { minuteMs } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { HeldIndex } from './held-index.ts';
import type { TaskActor } from '../task/task-actor.ts';
import type { TaskRegistry } from '../task/task-registry.ts';

/** How long to wait when only failed rolls are left: these wait for a person, perhaps for days. */
const failedRollAgainMs = minuteMs;

export interface PositionWatchOptions {
  readonly accountId: string;
  readonly account: TradingAccount;
  readonly registry: TaskRegistry;
  readonly held: HeldIndex;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a list shows of one option; `side` is `null` when the account is flat in it. */
interface Finding {
  readonly side: Side | null;
  readonly qty: string;
  readonly askedAtMs: number;
}

/** Why an option is to be checked. */
interface Doubt {
  /** What was pushed last and differed; `null` when nothing was. */
  readonly push: Position | null;
  /** A push may have been missed, so that none settles it. */
  readonly mayBeMissed: boolean;
  /** When that came to be: lists that were requested shortly afterwards may not show it. */
  readonly sinceMs: number;
}

interface Proven extends Finding {
  readonly symbol: string;
}

/** Compares what the account holds with what its tasks hold, and sends them `POSITION_SEEN`. */
export class PositionWatch {
  readonly #options: PositionWatchOptions;
  /** By symbol: when one of our orders was last reported in it. */
  readonly #ownMoves = new Map<string, number>();
  /** By symbol, what is to be checked. */
  readonly #toCheck = new Map<string, Doubt>();
  /** By symbol: what a first list showed and a second list has to confirm. */
  readonly #findings = new Map<string, Finding>();
  #failures = 0;
  #cancelAlarm: (() => void) | null = null;
  #isClosed = false;

  constructor(options: PositionWatchOptions) {
    this.#options = options;
  }

  /** Checks nothing any more; a check under way reports nothing. */
  close(): void {
    this.#isClosed = true;
    this.#cancelAlarm?.();
  }

  /**
   * To be called when an order of ours is reported in this option: lists requested shortly afterwards prove nothing.
   */
  moved(symbol: string): void {
    this.#ownMoves.set(symbol, this.#options.clock.nowMs());
  }

  /** To be called when the private stream shows this position, changed or not. */
  pushed(position: Position): void {
    const { symbol, side, qty } = position;
    if (!this.#concernsTask(symbol)) return;
    const { push = null, mayBeMissed = false, sinceMs = null } = this.#toCheck.get(symbol) ?? {};
    const isRepeated = push?.side === side && compare(push.qty, qty) === 0;
    const fromMs = isRepeated && sinceMs !== null ? sinceMs : this.#options.clock.nowMs();
    this.#toCheck.set(symbol, { push: position, mayBeMissed, sinceMs: fromMs });
    if (this.#differs(position)) this.#lookIn(listsLagMs);
  }

  /** Checks every position that a task holds: anything may have happened while the stream was down. */
  lookAtAll(): void {
    const { accountId, registry, held, clock } = this.#options;
    const doubt = { push: null, mayBeMissed: true, sinceMs: clock.nowMs() };
    for (const task of registry.ofAccount(accountId))
      for (const symbol of held.symbolsOf(task)) this.#toCheck.set(symbol, doubt);
    this.#lookIn(listsLagMs);
  }

  /** It may have been closed while the exchange was asked. */
  #isOver(): boolean {
    return this.#isClosed;
  }

  #lookIn(delayMs: number): void {
    if (this.#cancelAlarm || this.#isClosed) return;
    const { clock } = this.#options;
    this.#cancelAlarm = clock.alarm(clock.nowMs() + delayMs, () => {
      this.#cancelAlarm = null;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    const { accountId, account, clock, log } = this.#options;
    this.#dropWhatAgrees();
    const askedAtMs = clock.nowMs();
    const symbols = [...this.#toCheck.keys()];
    if (symbols.length === 0) return;
    if (symbols.some((symbol) => this.#isSettled(symbol, askedAtMs))) {
      try {
        const positions = await account.positions();
        if (this.#isClosed) return;
        this.#failures = 0;
        const proven = symbols.flatMap((symbol) => this.#judge(symbol, positions, askedAtMs) ?? []);
        const fills = await Promise.all(proven.map(({ symbol }) => account.stopFills(symbol)));
        if (this.#isOver()) return;
        for (const [at, finding] of proven.entries())
          this.#report(finding, { askedAtMs, stopFills: fills[at] ?? [] });
      } catch (error) {
        if (this.#isClosed) return;
        this.#failures += 1;
        const retryAfterMs = Math.max(listsLagMs, backOffAfter(this.#failures));
        log.warn(
          { accountId, retryAfterMs, err: error },
          'positions could not be compared with what the tasks hold; trying again',
        );
        this.#lookIn(retryAfterMs);
        return;
      }
    }
    if (this.#toCheck.size > 0) this.#lookIn(this.#againMs());
  }

  #dropWhatAgrees(): void {
    const { clock } = this.#options;
    for (const [symbol, { push, mayBeMissed }] of this.#toCheck) {
      const isSettledByPush = push !== null && !mayBeMissed && !this.#differs(push);
      const isExpired = this.#holdersOf(symbol).some((task) => clock.nowMs() >= legOf(task, symbol).expiryMs);
      // A delivery is sent by the clock (held-index.ts).
      if (isExpired || (isSettledByPush && !this.#findings.has(symbol))) this.#forget(symbol);
    }
  }

  /** @returns what two lists have shown, where it is not what the tasks hold */
  #judge(symbol: string, positions: readonly Position[], askedAtMs: number): Proven | null {
    // An option that moved meanwhile is still to be checked: this list may not show the move.
    if (!this.#isSettled(symbol, askedAtMs)) {
      this.#findings.delete(symbol);
      return null;
    }
    const holders = this.#holdersOf(symbol);
    const { side = null, qty = '0' } = positions.find((position) => position.symbol === symbol) ?? {};
    const first = this.#findings.get(symbol);
    if (holders.length === 0 || isAsHeld(holders, { symbol, side, qty })) {
      this.#forget(symbol);
    } else if (!first || first.side !== side || compare(first.qty, qty) !== 0) {
      this.#findings.set(symbol, { side, qty, askedAtMs });
    } else if (askedAtMs - first.askedAtMs >= listsLagMs) return { symbol, ...first };
    return null;
  }

  #forget(symbol: string): void {
    this.#findings.delete(symbol);
    this.#toCheck.delete(symbol);
  }

  /** Sends each task what is left for it; the older task keeps what it has as long as there is enough. */
  #report(
    { symbol, side, qty, askedAtMs: firstAskedAtMs }: Proven,
    { askedAtMs, stopFills }: { readonly askedAtMs: number; readonly stopFills: readonly StopFill[] },
  ): void {
    const { log, accountId } = this.#options;
    const holders = this.#holdersOf(symbol);
    this.#forget(symbol);
    let left = qty;
    const last = holders.at(-1);
    for (const task of holders) {
      const { spec, others } = task.context;
      const held = legOf(task, symbol);
      const isLast = task === last;
      const its = isLast && writtenQty(spec, held) === 'all' ? left : smaller(left, held.qty);
      left = subtract(left, its);
      if (side === held.side && compare(its, held.qty) === 0) continue;
      const missing = side === held.side ? subtract(held.qty, its) : held.qty;
      const sinceMs = stopsCountFromMs(task.context, askedAtMs);
      const stop = stopOutOf(stopFills, held, { missing, sinceMs });
      const why = stop ? 'a stop at the exchange has closed of it' : 'its owner changed the position';
      log.warn({ accountId, taskId: task.taskId, symbol, side, qty: its, ...(stop && { stop }) }, why);
      task.send({
        type: 'POSITION_SEEN',
        ...(others && { symbol }),
        side: side === held.side ? side : null,
        qty: side === held.side ? its : '0',
        ...(stop && { stop }),
        firstAskedAtMs,
        askedAtMs,
      });
    }
  }

  /** Whether a list requested at this time proves anything: no roll moves the option, and none did shortly before. */
  #isSettled(symbol: string, askedAtMs: number): boolean {
    const holders = this.#holdersOf(symbol);
    // During a roll the saga reads the positions itself.
    const isBetweenRolls = holders.every((task) => task.hasTag('between rolls'));
    if (!isBetweenRolls || this.#isRolledInto(symbol)) return false;
    const known = holders.map(({ context }) => context.heldAsOfMs);
    const changedMs = [this.#ownMoves.get(symbol) ?? 0, this.#toCheck.get(symbol)?.sinceMs ?? 0, ...known];
    return askedAtMs - Math.max(...changedMs) >= listsLagMs;
  }

  #againMs(): number {
    const waitsForPeople = [...this.#toCheck.keys()].every((symbol) =>
      this.#holdersOf(symbol).some((task) => task.hasTag('failed')),
    );
    if (waitsForPeople) return failedRollAgainMs;
    const nowMs = this.#options.clock.nowMs();
    const leftMs = [...this.#toCheck.values()].map(({ sinceMs }) => sinceMs + listsLagMs - nowMs);
    return Math.min(listsLagMs, ...leftMs.filter((ms) => ms > 0));
  }

  #differs(position: Position): boolean {
    const { symbol } = position;
    const holders = this.#holdersOf(symbol);
    return holders.length === 0 ? this.#isRolledInto(symbol) : !isAsHeld(holders, position);
  }

  #concernsTask(symbol: string): boolean {
    return this.#holdersOf(symbol).length > 0 || this.#isRolledInto(symbol);
  }

  #holdersOf(symbol: string): readonly TaskActor[] {
    const { accountId, held } = this.#options;
    return held.holdersOf(accountId, symbol);
  }

  #isRolledInto(symbol: string): boolean {
    const { accountId, registry } = this.#options;
    return registry
      .ofAccount(accountId)
      .some((task) => !task.isPassivated && goesTo(task.context.roll, symbol));
  }
}

const goesTo = (roll: Roll | null, symbol: string): boolean =>
  roll !== null && movesOf(roll).some(({ toSymbol }) => toSymbol === symbol);

/** What the task manages of this option: a leg of a structure, or its only option. */
const legOf = ({ context }: TaskActor, symbol: string): HeldOption =>
  openLegs(context).find((leg) => leg.symbol === symbol) ?? context.held;

/** A larger position than the tasks hold counts as a difference only if one of them was given all of it. */
function isAsHeld(
  holders: readonly TaskActor[],
  { symbol, side, qty }: Pick<Position, 'symbol' | 'side' | 'qty'>,
): boolean {
  const total = holders.reduce((sum, task) => add(sum, legOf(task, symbol).qty), '0');
  const isOneSided = holders.every((task) => legOf(task, symbol).side === side);
  const holdsAll = holders.some((task) => writtenQty(task.context.spec, legOf(task, symbol)) === 'all');
  const difference = compare(qty, total);
  return isOneSided && (difference === 0 || (difference > 0 && !holdsAll));
}
