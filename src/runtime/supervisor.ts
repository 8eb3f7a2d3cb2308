/**
 * Keeps the tasks of this daemon's accounts alive: claims accounts, brings their tasks back from the journal (rolls
 * under way first), routes what the exchange says to them, and gives up a task the moment somebody else owns it.
 */
import type { Logger } from 'pino';
import { Conflict, messageOf } from '../domain/errors.ts';
import { taskOfLinkId } from '../domain/roll.ts';
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

/** Idle tasks are brought back in batches, so that prices and sagas are served in between. */
const rehydrationBatch = 200;
const reloadDelayMs = 1_000;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #machine = provideEffects();
  readonly #registry = new TaskRegistry();
  readonly #router = new PriceRouter(this.#registry);
  readonly #accounts = new Map<string, TradingAccount>();
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

  /** Takes every account that is free and ours to take; returns how many were new. Safe to repeat. */
  async claim(): Promise<number> {
    const accountIds = await this.#options.ownership.claimAccounts();
    const fresh = accountIds.filter((accountId) => !this.#accounts.has(accountId));
    await Promise.all(fresh.map((accountId) => this.#adoptAccount(accountId)));
    return fresh.length;
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
    for (const task of this.#registry.all()) this.#drop(task);
    await Promise.all([...this.#accounts.values()].map((account) => account.close()));
    this.#accounts.clear();
  }

  /** The shards were lost: forget everything without touching the exchange; `claim` starts over. */
  async abandon(reason: string): Promise<void> {
    this.#options.log.error(
      { reason },
      'ownership was lost: every task is given up until it is claimed again',
    );
    for (const task of this.#registry.all()) this.#drop(task);
    const accounts = [...this.#accounts.values()];
    this.#accounts.clear();
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
    try {
      const account = await connect(accountId);
      this.#accounts.set(accountId, account);
      await account.open(this.#accountListener(accountId));
      const stored = await ownership.adopt(accountId);
      await this.#rehydrate(account, stored);
      log.info({ accountId, tasks: stored.length }, 'account is in care');
    } catch (error) {
      log.error({ accountId, err: error }, `account cannot be cared for yet: ${messageOf(error)}`);
      await this.#accounts.get(accountId)?.close();
      this.#accounts.delete(accountId);
    }
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
      takenPositions: this.#registry.ofAccount(command.accountId).map(({ context }) => context.held),
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
