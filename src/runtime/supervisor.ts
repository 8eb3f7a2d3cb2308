/**
 * A daemon's runtime, put together: shards and managed accounts, tasks, prices and commands. It owns the order in which
 * they begin and end; each of them owns what it does.
 */
import type { Logger } from 'pino';
import type { AccountBook } from '../ports/accounts.ts';
import type { AdviceQuestion, AdviceReply } from '../ports/advice.ts';
import type { Clock } from '../ports/clock.ts';
import type { TradingAccount } from '../ports/exchange.ts';
import type { Inbox } from '../ports/inbox.ts';
import type { Inspection, StandingActor } from '../ports/inspection.ts';
import type { Journal, TaskOwnership } from '../ports/journal.ts';
import type { MarketData, MarketListener } from '../ports/market-data.ts';
import type { AccountNames } from './account-name.ts';
import { AccountAccess } from './accounts/account-access.ts';
import { ManagedAccounts } from './accounts/managed-accounts.ts';
import { Shards } from './accounts/shards.ts';
import { CommandHandler } from './commands/command-handler.ts';
import { Admission } from './task/admission.ts';
import type { TaskActor } from './task/task-actor.ts';
import { TaskHost } from './task/task-host.ts';
import { PriceHealth } from './triggers/price-health.ts';
import type { PriceRouter } from './triggers/price-router.ts';

export interface SupervisorOptions extends AccountNames {
  readonly journal: Journal;
  readonly ownership: TaskOwnership;
  readonly inbox: Inbox;
  /** Keeps what the exchange refuses an account; without one it is only in the log. */
  readonly accounts?: AccountBook;
  readonly market: MarketData;
  readonly clock: Clock;
  readonly log: Logger;
  /** The account's connection to the exchange, not opened yet. */
  readonly connect: (accountId: string) => Promise<TradingAccount>;
  /** Shows the machines to those who watch. */
  readonly inspection?: Inspection | undefined;
  /** How many tasks keep their machines though nothing is under way in them. */
  readonly activeMax?: number;
}

/** What a daemon runs between its database, the exchange and the market feed. */
export class Supervisor {
  readonly #log: Logger;
  readonly #admission: Admission;
  readonly #tasks: TaskHost;
  readonly #prices: PriceHealth;
  readonly #commands: CommandHandler;
  readonly #shards: Shards;

  constructor(options: SupervisorOptions) {
    const { clock, log, market } = options;
    this.#log = log;
    this.#admission = new Admission(clock, market.rules.orderPace);
    this.#tasks = new TaskHost({ ...options, admission: this.#admission });
    this.#prices = new PriceHealth(this.#tasks.prices, log);
    const tasks = this.#tasks;
    const accounts = new ManagedAccounts({ ...options, access: new AccountAccess(options), tasks });
    this.#commands = new CommandHandler({ ...options, accounts, tasks, prices: this.#prices });
    this.#shards = new Shards({
      ...options,
      accounts,
      tasks,
      commands: this.#commands,
      admission: this.#admission,
    });
  }

  /** The market feed reports here. */
  get marketListener(): MarketListener {
    return this.#prices;
  }

  /** Takes this daemon's share of the accounts (`Shards.claim`). Safe to repeat. */
  claim(): Promise<void> {
    return this.#shards.claim();
  }

  /** What a task, or a spec, would do now; `null` when its account is not managed here. */
  advise(question: AdviceQuestion): Promise<AdviceReply | null> {
    return this.#commands.advise(question);
  }

  /** Looks into the inbox of every account managed here. */
  workInbox(): Promise<void> {
    return this.#commands.work();
  }

  /** No new roll starts and no command is taken; resolves when there is no roll any more, or after `boundMs`. */
  drain(boundMs: number): Promise<void> {
    this.#beginNothing();
    return this.#shards.drain(boundMs);
  }

  /** Stops every actor where it stands and leaves the exchange. What was committed is what the next start finds. */
  async stop(): Promise<void> {
    this.#beginNothing();
    await this.#shards.end();
    this.#admission.close();
    this.#tasks.end();
  }

  /** The shards were lost: gives everything up; `claim` starts over. */
  async abandon(reason: string): Promise<void> {
    this.#log.error({ reason }, 'every task is given up until it is claimed again');
    await this.#shards.abandon();
  }

  /** Tasks of which a roll is under way now. */
  rollsUnderWay(): TaskActor[] {
    return this.#tasks.rolling();
  }

  /** Up to so many tasks as they stand, rolls under way first. */
  standing(tasksMax: number): StandingActor[] {
    const { registry } = this.#tasks;
    return registry.first(tasksMax, (task) => task.hasTag('rolling')).map(({ standing }) => standing);
  }

  /** The nearest prices of an underlying, below and above, that tasks wait for. */
  levelsAround(baseCoin: string): ReturnType<PriceRouter['levelsAround']> {
    return this.#tasks.prices.levelsAround(baseCoin);
  }

  get taskCount(): number {
    return this.#tasks.registry.size;
  }

  #beginNothing(): void {
    this.#commands.close();
    this.#tasks.drain();
  }
}
