/**
 * One period in which this daemon manages an account, from its opening to its release. It receives what the exchange
 * reports of the account and passes it to the task that it concerns. Once a period has ended it passes nothing on and
 * watches nothing, and the next period knows nothing of it.
 */
import type { Logger } from 'pino';
import type { Fill, OrderReport, Position } from '../../domain/market/order.ts';
import { taskOfLinkId } from '../../domain/roll/roll.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AccountListener, TradingAccount } from '../../ports/exchange.ts';
import type { HeldIndex } from '../positions/held-index.ts';
import { PositionWatch } from '../positions/position-watch.ts';
import type { StopWatch } from '../positions/stop-watch.ts';
import type { TaskActor } from '../task/task-actor.ts';
import type { TaskRegistry } from '../task/task-registry.ts';

export interface AccountPeriodOptions {
  readonly accountId: string;
  readonly account: TradingAccount;
  readonly registry: TaskRegistry;
  readonly held: HeldIndex;
  readonly stops: Pick<StopWatch, 'lookSoon'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** For the log. */
  readonly accountName: string;
}

/** Listens to the account's private stream until it ends. */
export class AccountPeriod implements AccountListener {
  readonly #options: AccountPeriodOptions;
  readonly #positions: PositionWatch;
  #isOver = false;

  constructor(options: AccountPeriodOptions) {
    this.#options = options;
    this.#positions = new PositionWatch(options);
  }

  /** Passes the report to the order of the task that sent it; an order of no task managed here is ignored. */
  order(report: OrderReport): void {
    const task = this.#taskOfOrder(report.linkId);
    if (!task) return;
    this.#positions.moved(report.symbol);
    task.sendToOrder({ type: 'ORDER_REPORTED', report }, report.linkId);
  }

  /** Passes the fill to the order of the task that sent it; an order of no task managed here is ignored. */
  fill(fill: Fill): void {
    const task = this.#taskOfOrder(fill.linkId);
    if (!task) return;
    this.#positions.moved(fill.symbol);
    task.sendToOrder({ type: 'FILL_REPORTED', fill }, fill.linkId);
  }

  /** Has the stops of the account looked at. */
  stop(): void {
    if (!this.#isOver) this.#options.stops.lookSoon(this.#options.accountId);
  }

  /** Compares the position with what the tasks hold. */
  position(position: Position): void {
    if (!this.#isOver) this.#positions.pushed(position);
  }

  /** Looks up every working order, and has the positions compared: reports may have been missed. */
  connected(): void {
    if (this.#isOver) return;
    const { accountId, accountName, registry, log } = this.#options;
    log.info({ account: accountName, accountId }, 'private stream is live');
    this.#positions.lookAtAll();
    this.stop();
    for (const task of registry.ofAccount(accountId)) task.sendToOrder({ type: 'RECONNECTED' });
  }

  /** Is only logged. */
  disconnected(reason: string): void {
    if (this.#isOver) return;
    const { accountId, accountName, log } = this.#options;
    log.warn({ account: accountName, accountId, reason }, 'private stream is down');
  }

  /** To be called once every task of the account is here: has the positions and the stops compared. */
  complete(): void {
    if (this.#isOver) return;
    this.#positions.lookAtAll();
    this.stop();
  }

  /** From here on nothing is passed on or watched. */
  end(): void {
    this.#isOver = true;
    this.#positions.close();
  }

  #taskOfOrder(linkId: string): TaskActor | undefined {
    const { accountId, registry } = this.#options;
    const taskId = this.#isOver ? null : taskOfLinkId(linkId);
    const task = taskId === null ? undefined : registry.get(taskId);
    return task?.accountId === accountId ? task : undefined;
  }
}
