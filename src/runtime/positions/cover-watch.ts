/**
 * Looks now and then at the holdings that tasks watch, and tells the tasks what it sees: once a minute, because no stream reports
 * them. The saga decides what a task says about it. Holdings that cannot be read are looked at again at the next time.
 */
import type { Logger } from 'pino';
import { newCover } from '../../domain/roll/seen-cover.ts';
import { minuteMs } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import { Groups } from '../groups.ts';
import type { TaskActor } from '../task/task-actor.ts';

export interface CoverWatchOptions {
  /** `undefined` when it is not managed here. */
  readonly accountOf: (accountId: string) => Pick<TradingAccount, 'holding'> | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

const lookEveryMs = minuteMs;

/** Sends tasks `HOLDING_SEEN` where what they know of a holding is no longer so. */
export class CoverWatch {
  readonly #options: CoverWatchOptions;
  /** Tasks that watch a holding, by account. */
  readonly #watching = new Groups<string, TaskActor>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: CoverWatchOptions) {
    this.#options = options;
  }

  /** Takes from the task whether it watches a holding. */
  note(task: TaskActor): void {
    if (task.context.spec.watched) this.#watching.add(task.accountId, task);
    else this.forget(task);
  }

  /** Removes a task that is dropped. */
  forget(task: TaskActor): void {
    this.#watching.remove(task.accountId, task);
  }

  /** To be repeated: looks when it is time, and costs nothing while no task watches a holding. Never rejects. */
  async look(): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#lookedAtMs < lookEveryMs) return;
    this.#lookedAtMs = nowMs;
    await Promise.all(this.#watching.keys().map((accountId) => this.#lookIn(accountId)));
  }

  async #lookIn(accountId: string): Promise<void> {
    const symbols = this.#watching.of(accountId).flatMap(({ context }) => context.spec.watched?.symbol ?? []);
    await Promise.all([...new Set(symbols)].map((symbol) => this.#lookAt(accountId, symbol)));
  }

  async #lookAt(accountId: string, symbol: string): Promise<void> {
    const { accountOf, clock, log } = this.#options;
    try {
      const qty = await accountOf(accountId)?.holding(symbol);
      if (qty === undefined) return;
      for (const task of this.#watching.of(accountId)) {
        const isOfTask = task.context.spec.watched?.symbol === symbol;
        const isNews = isOfTask && newCover(task.context, qty, clock.nowMs()) !== null;
        if (isNews && task.hasTag('between rolls')) task.send({ type: 'HOLDING_SEEN', symbol, qty });
      }
    } catch (error) {
      log.warn({ accountId, symbol, err: error }, 'a watched holding could not be read; trying again');
    }
  }
}
