/**
 * One period in which this daemon manages an account, from its opening to its release. What the exchange reports of the
 * account in that time comes in here and is handed to the task it concerns. Nothing of a period outlives it: once it has
 * ended it passes nothing on and watches nothing, and the next period begins knowing nothing of it.
 */
import type { Logger } from 'pino';
import type { Fill, OrderReport, Position } from '../../domain/market/order.ts';
import { taskOfLinkId } from '../../domain/roll/roll.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AccountListener, TradingAccount } from '../../ports/exchange.ts';
import type { HeldIndex } from '../positions/held-index.ts';
import { PositionWatch } from '../positions/position-watch.ts';
import type { TaskActor } from '../task/task-actor.ts';
import type { TaskRegistry } from '../task/task-registry.ts';

export interface AccountPeriodOptions {
  readonly accountId: string;
  readonly account: TradingAccount;
  readonly registry: TaskRegistry;
  readonly held: HeldIndex;
  readonly clock: Clock;
  readonly log: Logger;
  /** What its owner calls it, for the log. */
  readonly accountName: string;
}

/** Receives what the account's private stream reports, and passes on nothing after its end. */
export class AccountPeriod implements AccountListener {
  readonly #options: AccountPeriodOptions;
  readonly #positions: PositionWatch;
  #isOver = false;

  constructor(options: AccountPeriodOptions) {
    this.#options = options;
    this.#positions = new PositionWatch(options);
  }

  order(report: OrderReport): void {
    const task = this.#taskOfOrder(report.linkId);
    if (!task) return;
    this.#positions.moved(report.symbol);
    task.sendToOrder({ type: 'ORDER_REPORTED', report }, report.linkId);
  }

  fill(fill: Fill): void {
    const task = this.#taskOfOrder(fill.linkId);
    if (!task) return;
    this.#positions.moved(fill.symbol);
    task.sendToOrder({ type: 'FILL_REPORTED', fill }, fill.linkId);
  }

  position(position: Position): void {
    if (!this.#isOver) this.#positions.pushed(position);
  }

  connected(): void {
    if (this.#isOver) return;
    const { accountId, accountName, registry, log } = this.#options;
    log.info({ account: accountName, accountId }, 'private stream is live');
    this.#positions.lookAtAll();
    for (const task of registry.ofAccount(accountId)) task.sendToOrder({ type: 'RECONNECTED' });
  }

  disconnected(reason: string): void {
    if (this.#isOver) return;
    const { accountId, accountName, log } = this.#options;
    log.warn({ account: accountName, accountId, reason }, 'private stream is down');
  }

  /** Every task of the account is here. */
  complete(): void {
    if (!this.#isOver) this.#positions.lookAtAll();
  }

  /** Passes on and watches nothing from here on. */
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
