/**
 * Keeps the tasks of this daemon's accounts alive: claims accounts, brings their tasks back from the journal (rolls
 * under way first), routes what the exchange says to them, and gives up a task the moment somebody else owns it.
 */
import type { Logger } from 'pino';
import { Conflict, messageOf } from '../domain/errors.ts';
import { backOffAfter, caredFor, taskOfLinkId } from '../domain/roll.ts';
import type { Clock } from '../ports/clock.ts';
import type { AccountListener, TradingAccount } from '../ports/exchange.ts';
import type { Command, Inbox } from '../ports/inbox.ts';
import type { Journal, StoredTask, TaskOwnership } from '../ports/journal.ts';
import type { MarketData, MarketListener } from '../ports/market-data.ts';
import { parseOptionSymbol } from '../domain/option-symbol.ts';
import { adoptPosition } from './adopt-position.ts';
import { CommandDesk } from './command-desk.ts';
import { provideEffects } from './effects.ts';
import { PriceRouter } from './price-router.ts';
import { TaskActor, type FinishedTurn } from './task-actor.ts';
import { TaskRegistry } from './task-registry.ts';

export interface SupervisorOptions {
  readonly journal: Journal;
  readonly ownership: TaskOwnership;
  readonly inbox: Inbox;
  readonly market: MarketData;
  readonly clock: Clock;
  readonly log: Logger;
  /** The account's connection to the exchange, not opened yet. */
  readonly connect: (accountId: string) => Promise<TradingAccount>;
}

/** One try to take an account into care; its connection once it exists. */
interface Attempt {
  account: TradingAccount | null;
}

/** Idle tasks are brought back in batches, so that prices and sagas are served in between. */
const rehydrationBatch = 200;
const reloadDelayMs = 1_000;
/** How long a claim waits for its accounts to answer. */
const claimWaitMs = 15_000;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #machine = provideEffects();
  readonly #registry = new TaskRegistry();
  readonly #router = new PriceRouter(this.#registry);
  /** In care: connected, and their tasks adopted. */
  readonly #accounts = new Map<string, TradingAccount>();
  /** On their way there; an attempt that is no longer in here was given up and ends by itself. */
  readonly #opening = new Map<string, Attempt>();
  /** Claims and adoptions that have not ended: whoever stops waits for them. */
  readonly #underWay = new Set<Promise<unknown>>();
  /** Accounts that could not be taken into care: when to try again. */
  readonly #retries = new Map<string, { readonly failures: number; readonly atMs: number }>();
  readonly #desk: CommandDesk;
  #isDraining = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#desk = new CommandDesk({
      inbox: options.inbox,
      registry: this.#registry,
      log: options.log,
      addTask: (command) => this.#addTask(command),
      storedState: async ({ accountId, taskId }) =>
        (await options.ownership.reload(accountId, taskId))?.state ?? null,
    });
  }

  /** What the market feed tells goes here. */
  get marketListener(): MarketListener {
    const { log } = this.#options;
    return {
      index: (tick) => this.#router.tick(tick),
      stale: (reason) => {
        this.#router.forgetPrices();
        log.warn({ reason }, 'prices are stale: no trigger fires until they are back');
      },
      live: () => log.info('prices are live'),
    };
  }

  /**
   * Takes every account that is free and ours to take. Safe to repeat. Resolves when they are in care, or after a
   * while: an account that cannot be reached holds up no other, and goes on being tried.
   */
  async claim(): Promise<void> {
    if (this.#isEnding()) return;
    const accountIds = await this.#tracked(this.#options.ownership.claimAccounts());
    if (this.#isEnding()) return;
    const nowMs = this.#options.clock.nowMs();
    const fresh = accountIds.filter(
      (accountId) =>
        !this.#accounts.has(accountId) &&
        !this.#opening.has(accountId) &&
        (this.#retries.get(accountId)?.atMs ?? 0) <= nowMs,
    );
    await Promise.race([
      Promise.all(fresh.map((accountId) => this.#tracked(this.#adoptAccount(accountId)))),
      this.#wait(claimWaitMs),
    ]);
  }

  /** Looks into the inbox of every account held here. */
  workInbox(): Promise<void> {
    return this.#isDraining ? Promise.resolve() : this.#desk.work([...this.#accounts.keys()]);
  }

  /** No new roll starts; resolves when no roll is under way any more, or after `boundMs`. */
  async drain(boundMs: number): Promise<void> {
    this.#isDraining = true;
    this.#router.stop();
    const deadlineMs = this.#options.clock.nowMs() + boundMs;
    while (this.rollsUnderWay().length > 0 && this.#options.clock.nowMs() < deadlineMs)
      await this.#wait(drainPollMs);
  }

  /** Stops every actor where it stands and leaves the exchange. What was committed is what the next start finds. */
  async stop(): Promise<void> {
    this.#isDraining = true;
    this.#router.stop();
    await this.#leave();
    await Promise.allSettled(this.#underWay);
  }

  /** The shards were lost: gives everything up; `claim` starts over. */
  async abandon(reason: string): Promise<void> {
    this.#options.log.error({ reason }, 'every task is given up until it is claimed again');
    await this.#leave();
  }

  async #leave(): Promise<void> {
    for (const task of this.#registry.all()) this.#drop(task);
    const opening = [...this.#opening.values()].map(({ account }) => account);
    const accounts = [...this.#accounts.values(), ...opening].filter((account) => account !== null);
    this.#accounts.clear();
    this.#opening.clear();
    await Promise.all(accounts.map((account) => account.close()));
  }

  rollsUnderWay(): TaskActor[] {
    return this.#registry
      .all()
      .filter((task) => task.context.roll !== null && !task.state.startsWith('FAILED'));
  }

  get taskCount(): number {
    return this.#registry.all().length;
  }

  async #adoptAccount(accountId: string): Promise<void> {
    const { connect, ownership, log } = this.#options;
    const attempt: Attempt = { account: null };
    this.#opening.set(accountId, attempt);
    const isGivenUp = () => this.#opening.get(accountId) !== attempt;
    try {
      const account = await connect(accountId);
      if (isGivenUp()) {
        await account.close();
        return;
      }
      attempt.account = account;
      await account.open(this.#accountListener(accountId));
      const stored = await ownership.adopt(accountId);
      // Whoever gave it up meanwhile has closed the account, and the next claim adopts again.
      if (isGivenUp()) return;
      this.#accounts.set(accountId, account);
      await this.#rehydrate(account, stored);
      this.#retries.delete(accountId);
      log.info({ accountId, tasks: stored.length }, 'account is in care');
      void this.workInbox();
    } catch (error) {
      if (isGivenUp()) return;
      this.#postpone(accountId, error);
      this.#accounts.delete(accountId);
      await attempt.account?.close();
    } finally {
      if (!isGivenUp()) this.#opening.delete(accountId);
    }
  }

  /** Asked through a method because it changes during every await. */
  #isEnding(): boolean {
    return this.#isDraining;
  }

  #tracked<Result>(work: Promise<Result>): Promise<Result> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay.add(settled);
    void settled.then(() => this.#underWay.delete(settled));
    return work;
  }

  #postpone(accountId: string, error: unknown): void {
    const { clock, log } = this.#options;
    const failures = (this.#retries.get(accountId)?.failures ?? 0) + 1;
    const retryAfterMs = backOffAfter(failures);
    this.#retries.set(accountId, { failures, atMs: clock.nowMs() + retryAfterMs });
    log.error(
      { accountId, retryAfterMs, err: error },
      `account cannot be cared for yet: ${messageOf(error)}`,
    );
  }

  async #rehydrate(account: TradingAccount, stored: readonly StoredTask[]): Promise<void> {
    for (const [index, task] of stored.entries()) {
      this.#bringBack(account, task);
      if (index % rehydrationBatch === rehydrationBatch - 1) {
        this.#options.log.info({ done: index + 1, of: stored.length }, 'bringing tasks back');
        await this.#wait(0);
      }
    }
  }

  #bringBack(account: TradingAccount, stored: StoredTask): void {
    const { journal, market, clock, log } = this.#options;
    const task = new TaskActor({
      stored,
      machine: this.#machine,
      account,
      market,
      clock,
      journal,
      onTurn: (actor, finished) => this.#afterTurn(actor, finished),
      onLost: (actor, error) => void this.#onLost(actor, error),
    });
    if (task.isOver) return;
    this.#registry.add(task);
    task.start();
    // Whether the trigger went on holding while nobody looked is not known.
    if (task.state === 'IDLE.confirming') task.send({ type: 'PRICES_STALE' });
    market.watchIndex(parseOptionSymbol(task.context.held.symbol).baseCoin);
    this.#router.watch(task, true);
    log.debug({ taskId: task.taskId, symbol: task.context.held.symbol, state: task.state }, 'task is back');
  }

  #afterTurn(task: TaskActor, { turn, record }: FinishedTurn): void {
    if (record) {
      const { held, roll } = task.context;
      const fields = { taskId: task.taskId, symbol: held.symbol, rollId: roll?.rollId };
      this.#options.log.info({ ...fields, state: record.state, version: task.version }, record.state);
      for (const { severity, text } of turn.alerts) this.#options.log[logLevels[severity]](fields, text);
    }
    if (task.isOver) void task.settled().then(() => this.#drop(task));
    this.#router.watch(task, record !== null);
  }

  async #onLost(task: TaskActor, error: unknown): Promise<void> {
    const { log, ownership } = this.#options;
    const fields = { taskId: task.taskId, err: error };
    this.#drop(task);
    if (error instanceof Conflict) {
      log.error(fields, 'somebody else owns this task now: given up here');
      return;
    }
    log.error(fields, 'a turn could not be stored: going back to what the journal knows');
    for (;;) {
      await this.#wait(reloadDelayMs);
      const account = this.#accounts.get(task.accountId);
      if (!account || this.#isDraining) return;
      const stored = await ownership.reload(task.accountId, task.taskId).catch((cause: unknown) => {
        log.warn({ taskId: task.taskId, err: cause }, 'the task cannot be read yet');
        return undefined;
      });
      if (stored === undefined) continue;
      if (stored) this.#bringBack(account, stored);
      return;
    }
  }

  #drop(task: TaskActor): void {
    this.#router.forget(task);
    this.#registry.remove(task);
    task.stop();
  }

  #accountListener(accountId: string): AccountListener {
    const { log } = this.#options;
    return {
      order: (report) =>
        this.#taskOfOrder(report.linkId)?.sendToOrder({ type: 'ORDER_REPORTED', report }, report.linkId),
      fill: (fill) =>
        this.#taskOfOrder(fill.linkId)?.sendToOrder({ type: 'FILL_REPORTED', fill }, fill.linkId),
      connected: () => {
        log.info({ accountId }, 'private stream is live');
        for (const task of this.#registry.ofAccount(accountId)) task.sendToOrder({ type: 'RECONNECTED' });
      },
      disconnected: (reason) => log.warn({ accountId, reason }, 'private stream is down'),
    };
  }

  #taskOfOrder(linkId: string): TaskActor | undefined {
    const taskId = taskOfLinkId(linkId);
    return taskId === null ? undefined : this.#registry.get(taskId);
  }

  async #addTask(command: Command): Promise<void> {
    const { ownership, market, clock } = this.#options;
    const account = this.#accounts.get(command.accountId);
    if (!account) throw new Error(`account ${command.accountId} is not in care here`);
    const task = await adoptPosition({
      command,
      account,
      market,
      machine: this.#machine,
      nowMs: clock.nowMs(),
      takenPositions: this.#registry.ofAccount(command.accountId).flatMap(({ context }) => caredFor(context)),
    });
    await ownership.create(task);
    const { accountId, taskId, state, snapshotJson } = task;
    this.#bringBack(account, { accountId, taskId, version: 1, state, snapshotJson });
  }

  #wait(forMs: number): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => clock.alarm(clock.nowMs() + forMs, resolve));
  }
}

const drainPollMs = 50;
const logLevels = { info: 'info', warning: 'warn', critical: 'error' } as const;
