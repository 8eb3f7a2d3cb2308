/**
 * Notices what an owner does to his positions himself. A push that nobody here caused, and every reconnect, leads to a
 * look at the account a little later, when lists have caught up; what differs then from what its tasks care for, while
 * none of them is rolling, is told to them. What they make of it is the saga's to say.
 */
import type { Logger } from 'pino';
import { add, compare, smaller, subtract } from '../domain/money.ts';
import type { Position, Side } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { TradingAccount } from '../ports/exchange.ts';
import type { HeldIndex } from './held-index.ts';
import type { TaskActor } from './task-actor.ts';
import type { TaskRegistry } from './task-registry.ts';

/** Lists of positions may lag behind what was traded (bybit-v5.md §4.7, §7). */
const looksAfterMs = 10_000;

export interface PositionWatchOptions {
  readonly accountId: string;
  readonly account: () => TradingAccount | undefined;
  readonly registry: TaskRegistry;
  readonly held: HeldIndex;
  readonly clock: Clock;
  readonly log: Logger;
}

export class PositionWatch {
  readonly #options: PositionWatchOptions;
  /** By symbol: when an order of ours last moved in it. */
  readonly #ownMoves = new Map<string, number>();
  #isLooking = false;

  constructor(options: PositionWatchOptions) {
    this.#options = options;
  }

  /** One of our own orders was heard of. */
  moved(symbol: string): void {
    this.#ownMoves.set(symbol, this.#options.clock.nowMs());
  }

  pushed({ symbol, side, qty }: Position): void {
    const { accountId, held } = this.#options;
    const holders = held.holdersOf(accountId, symbol);
    if (holders.length === 0 || this.#movedLately(symbol)) return;
    if (isAsCaredFor(holders, side, qty)) return;
    this.lookLater();
  }

  /** Whatever was missed before is looked for. */
  lookLater(): void {
    const { clock, log, accountId } = this.#options;
    if (this.#isLooking) return;
    this.#isLooking = true;
    clock.alarm(clock.nowMs() + looksAfterMs, () => {
      this.#isLooking = false;
      this.#look().catch((error: unknown) =>
        log.warn(
          { accountId, err: error },
          'positions could not be compared; the next push or reconnect will',
        ),
      );
    });
  }

  async #look(): Promise<void> {
    const { accountId, account, registry } = this.#options;
    const reachable = account();
    if (!reachable || registry.ofAccount(accountId).length === 0) return;
    const positions = await reachable.positions();
    if (account() !== reachable) return;
    const symbols = new Set(registry.ofAccount(accountId).map(({ context }) => context.held.symbol));
    for (const symbol of symbols) this.#compare(symbol, positions);
  }

  #compare(symbol: string, positions: readonly Position[]): void {
    const { accountId, held, clock, registry } = this.#options;
    const holders = held.holdersOf(accountId, symbol);
    const isRolledInto = registry
      .ofAccount(accountId)
      .some(({ context: { roll } }) => roll?.toSymbol === symbol);
    if (isRolledInto) return;
    // A delivery is told by the clock, and during a roll the saga looks itself.
    const isAtRest = holders.every(({ state }) => state.startsWith('IDLE') || state === 'PAUSED');
    if (!isAtRest || this.#movedLately(symbol)) return;
    if (holders.some(({ context }) => clock.nowMs() >= context.held.expiryMs)) return;
    const { side = null, qty = '0' } = positions.find((position) => position.symbol === symbol) ?? {};
    if (isAsCaredFor(holders, side, qty)) return;
    this.#tell(holders, side, qty);
  }

  /** The older task keeps what it has for as long as there is enough. */
  #tell(holders: readonly TaskActor[], side: Side | null, qty: string): void {
    const { log, accountId } = this.#options;
    let left = qty;
    const last = holders.at(-1);
    for (const task of holders) {
      const { held, spec } = task.context;
      const isLast = task === last;
      const its = isLast && spec.qty === 'all' ? left : smaller(left, held.qty);
      left = subtract(left, its);
      if (side === held.side && compare(its, held.qty) === 0) continue;
      log.warn(
        { accountId, taskId: task.taskId, symbol: held.symbol, side, qty: its },
        'its owner changed the position',
      );
      task.send({
        type: 'POSITION_SEEN',
        side: side === held.side ? side : null,
        qty: side === held.side ? its : '0',
      });
    }
  }

  #movedLately(symbol: string): boolean {
    const atMs = this.#ownMoves.get(symbol);
    return atMs !== undefined && this.#options.clock.nowMs() - atMs < looksAfterMs;
  }
}

/** More than is cared for is of interest only to a task that was given all there was. */
function isAsCaredFor(holders: readonly TaskActor[], side: Side | null, qty: string): boolean {
  const total = holders.reduce((sum, { context }) => add(sum, context.held.qty), '0');
  const isOneSided = holders.every(({ context }) => context.held.side === side);
  const caresForAll = holders.some(({ context }) => context.spec.qty === 'all');
  const difference = compare(qty, total);
  return isOneSided && (difference === 0 || (difference > 0 && !caresForAll));
}
