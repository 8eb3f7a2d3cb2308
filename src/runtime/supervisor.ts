/**
 * Puts a daemon's runtime together: shards and managed accounts, tasks, prices and commands. It owns the order in which
 * they begin and end; everything else is theirs.
 */
import type { Logger } from 'pino';
import type { AccountBook } from '../ports/accounts.ts';
import type { AdviceQuestion, AdviceReply, LookReply } from '../ports/advice.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventCalendarReader } from '../ports/event-calendar.ts';
import type { TradingAccount } from '../ports/exchange.ts';
import type { LimitsBook } from '../ports/account-limits.ts';
import type { HaltBook } from '../ports/halts.ts';
import type { AccountAsking } from '../ports/key-check.ts';
import type { Inbox } from '../ports/inbox.ts';
import type { Inspection, StandingActor } from '../ports/inspection.ts';
import type { FreedShard, Journal, TaskOwnership } from '../ports/journal.ts';
import type { LiveReports } from '../ports/live.ts';
import type { RuntimeObserver } from '../ports/observer.ts';
import type { RuntimeStanding } from '../ports/system.ts';
import type { MarketData, MarketListener } from '../ports/market-data.ts';
import type { VolatilityBook } from '../ports/volatility-book.ts';
import type { AccountNames } from './account-name.ts';
import { KeyWatch } from './accounts/key-watch.ts';
import { AccountAccess } from './accounts/account-access.ts';
import { Halts } from './accounts/halts.ts';
import { Limits } from './accounts/limits.ts';
import { ManagedAccounts } from './accounts/managed-accounts.ts';
import { Shards } from './accounts/shards.ts';
import { CommandHandler } from './commands/command-handler.ts';
import { lookAround } from './commands/look-around.ts';
import { Admission } from './task/admission.ts';
import type { TaskActor } from './task/task-actor.ts';
import { TaskHost } from './task/task-host.ts';
import { PriceHealth } from './triggers/price-health.ts';
import type { PriceRouter } from './triggers/price-router.ts';

export interface SupervisorOptions extends AccountNames {
  readonly journal: Journal;
  readonly ownership: TaskOwnership;
  readonly inbox: Inbox;
  /** Stores what the exchange refuses an account. Default: it is only in the log. */
  readonly accounts?: AccountBook;
  /** Limits of accounts. Default: there are none. */
  readonly limits?: LimitsBook | undefined;
  /** What halts trading. Default: nothing ever. */
  readonly halts?: HaltBook | undefined;
  readonly market: MarketData;
  readonly clock: Clock;
  /** The operator's, for tasks that do not trade during its events. Default: none. */
  readonly calendar?: EventCalendarReader | undefined;
  /** Ranges of implied volatility. Default: in memory. */
  readonly volatilities?: VolatilityBook | undefined;
  readonly log: Logger;
  /** What the exchange says of keys, and of what accounts pay. Default: nobody is asked. */
  readonly asking?: AccountAsking | undefined;
  /** Gives an account's connection to the exchange, not opened yet; may reject. */
  readonly connect: (accountId: string) => Promise<TradingAccount>;
  /** Shows the machines to watchers. */
  readonly inspection?: Inspection | undefined;
  /** Receives what happens, for those who watch. Default: nobody does. */
  readonly live?: LiveReports | undefined;
  /** Counts and times what the runtime does. Default: nothing does. */
  readonly observer?: RuntimeObserver | undefined;
  /** How many options are streamed ahead of need. Default 0: nothing is read ahead. */
  readonly readAheadOptions?: number;
  /** How many tasks stay active though nothing is under way in them. */
  readonly activeMax?: number;
}

/** What a daemon runs between its database, the exchange and the market feed. */
export class Supervisor {
  readonly #log: Logger;
  readonly #admission: Admission;
  readonly #tasks: TaskHost;
  readonly #prices: PriceHealth;
  readonly #accounts: ManagedAccounts;
  readonly #market: Pick<SupervisorOptions, 'market' | 'clock'>;
  readonly #halts: Halts;
  readonly #limits: Limits;
  readonly #commands: CommandHandler;
  readonly #shards: Shards;
  readonly #keys: KeyWatch;

  constructor(options: SupervisorOptions) {
    const { clock, log, market } = options;
    this.#log = log;
    this.#admission = new Admission(clock, market.rules.orderPace, options.observer);
    const haltOf = (accountId: string) => this.#halts.haltOf(accountId);
    this.#limits = new Limits({ ...options, changed: (accountId) => this.#tasks.limitsChanged(accountId) });
    this.#keys = new KeyWatch({
      ...options,
      managed: () => accounts.ids,
      release: (accountId) => accounts.release(accountId),
    });
    const feesOf: KeyWatch['feesOf'] = (accountId, baseCoin) => this.#keys.feesOf(accountId, baseCoin);
    const shared = { ...options, admission: this.#admission, haltOf, feesOf };
    this.#tasks = new TaskHost({ ...shared, meter: this.#limits });
    this.#halts = new Halts({ ...options, tasks: this.#tasks });
    this.#prices = new PriceHealth(this.#tasks.prices, options);
    const tasks = this.#tasks;
    const access = new AccountAccess(options);
    const accounts = new ManagedAccounts({ ...options, access, tasks, entry: this.#entry() });
    this.#accounts = accounts;
    this.#market = { market, clock };
    this.#commands = new CommandHandler({
      ...options,
      accounts,
      tasks,
      prices: this.#prices,
      haltOf,
      feesOf,
      standingOf: (accountId, atMs) => this.#limits.standingOf(accountId, atMs),
    });
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

  /** Takes this daemon's share of the accounts, as `Shards.claim` says. To be repeated. */
  claim(): Promise<void> {
    this.#tasks.calendar.look();
    void this.#tasks.covers.look();
    void this.#halts.look();
    void this.#limits.look();
    void this.#keys.look();
    return this.#shards.claim();
  }

  /** Another daemon has given a shard back: a claim may take it now. */
  freed(shard: FreedShard): void {
    this.#shards.freed(shard);
  }

  /** What a task, or a spec, would do now; `null` when its account is not managed here. Never rejects. */
  advise(question: AdviceQuestion): Promise<AdviceReply | null> {
    return this.#commands.advise(question);
  }

  /** What an account holds and where its tasks stand; `null` when it is not managed here. Never rejects. */
  async look(accountId: string): Promise<LookReply | null> {
    const account = this.#accounts.get(accountId);
    const { registry, prices } = this.#tasks;
    return account
      ? lookAround({ ...this.#market, account, tasks: registry.ofAccount(accountId), prices })
      : null;
  }

  /** Follows what halts trading, as `Halts.look`. To be called upon a notice; a claim does so too. */
  followHalts(): Promise<void> {
    return this.#halts.look();
  }

  /** Reads the limits of accounts again. To be called upon a notice; a claim does so once a minute. */
  followLimits(): Promise<void> {
    return this.#limits.lookNow();
  }

  /** Handles the commands that wait for the accounts managed here. Never rejects. */
  workInbox(): Promise<void> {
    return this.#commands.work();
  }

  /** Starts no new roll and takes no command; resolves when no roll is under way, or after `boundMs`. */
  drain(boundMs: number): Promise<void> {
    this.#beginNothing();
    return this.#shards.drain(boundMs);
  }

  /** Stops every task where it is and closes the accounts. The next start finds what was committed. */
  async stop(): Promise<void> {
    this.#beginNothing();
    await this.#shards.end();
    this.#admission.close();
    this.#tasks.end();
  }

  /** Drops every task and closes the accounts, because the shards were lost; `claim` starts again. */
  async abandon(reason: string): Promise<void> {
    // A claim that fails comes here, too, when nothing is held any more.
    if (this.#accounts.ids.length > 0)
      this.#log.error({ reason }, 'every task is dropped until its account is claimed again');
    await this.#shards.abandon();
  }

  /** Tasks that are in a roll now. */
  rollsUnderWay(): TaskActor[] {
    return this.#tasks.rolling();
  }

  /** Up to `tasksMax` tasks in their present state, rolls under way first. */
  standing(tasksMax: number): StandingActor[] {
    const { registry } = this.#tasks;
    return registry.first(tasksMax, (task) => task.hasTag('rolling')).map(({ standing }) => standing);
  }

  /** The nearest prices of an underlying that tasks wait for, as `PriceRouter.levelsAround` says. */
  levelsAround(baseCoin: string): ReturnType<PriceRouter['levelsAround']> {
    return this.#tasks.prices.levelsAround(baseCoin);
  }

  /** What it does now, and how much it has done since the start; costs nothing per task that waits. */
  figures(): RuntimeStanding {
    const { registry, prices, rolls } = this.#tasks;
    return {
      tasks: registry.size,
      accounts: this.#accounts.ids.length,
      rolls: rolls.standing(this.#market.clock.nowMs()),
      coins: this.#prices.flows(),
      optionTicks: this.#prices.optionTicks,
      wakes: prices.wakes,
      waitingForAdmission: this.#admission.waiting,
    };
  }

  get taskCount(): number {
    return this.#tasks.registry.size;
  }

  #entry(): Pick<Halts, 'enter' | 'leave'> {
    const [halts, limits] = [this.#halts, this.#limits];
    return {
      enter: async (accountId) => {
        await Promise.all([halts.enter(accountId), limits.enter(accountId)]);
      },
      leave: (accountId) => {
        halts.leave(accountId);
        limits.leave(accountId);
      },
    };
  }

  #beginNothing(): void {
    this.#commands.close();
    this.#tasks.drain();
  }
}
