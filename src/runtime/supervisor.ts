/**
 * Keeps the tasks of this daemon's accounts alive: takes its share of the accounts and hands over what is beyond it,
 * brings tasks back from the journal (rolls under way first), routes what the exchange says to them, and gives up a task
 * the moment somebody else owns it. Connecting an account, and trying again, is the account keeper's.
 */
import type { Logger } from 'pino';
import { caredFor } from '../domain/roll/roll.ts';
import type { Clock } from '../ports/clock.ts';
import type { TradingAccount } from '../ports/exchange.ts';
import type { Command, Inbox } from '../ports/inbox.ts';
import type { Inspection, StandingActor } from '../ports/inspection.ts';
import type { Holding, Journal, Shard, StoredTask, TaskOwnership } from '../ports/journal.ts';
import type { MarketData, MarketListener } from '../ports/market-data.ts';
import { isHolding } from '../domain/roll/watching.ts';
import { AccountAccess, nameOf, type AccountFacts } from './accounts/account-access.ts';
import { Admission } from './task/admission.ts';
import { AccountKeeper } from './accounts/account-keeper.ts';
import { AccountPeriod } from './accounts/account-period.ts';
import { adoptPosition } from './positions/adopt-position.ts';
import { adviseOn, type AdviserOptions } from './commands/adviser.ts';
import { CommandDesk } from './commands/command-handler.ts';
import { leavingShards } from './accounts/leaving-shards.ts';
import { RollMachines } from './task/roll-machines.ts';
import { PriceHealth } from './triggers/price-health.ts';
import { PriceRouter } from './triggers/price-router.ts';
import { HeldIndex } from './positions/held-index.ts';
import { RestQueue } from './task/passivation-queue.ts';
import { TaskActor, type FinishedTurn, type TaskSurroundings } from './task/task-actor.ts';
import { TaskRegistry } from './task/task-registry.ts';
import { isRolling, settlesIn } from './task/task-states.ts';
import { logTurn } from './task/turn-log.ts';

export interface SupervisorOptions extends AccountFacts {
  readonly journal: Journal;
  readonly ownership: TaskOwnership;
  readonly inbox: Inbox;
  readonly market: MarketData;
  readonly clock: Clock;
  readonly log: Logger;
  /** The account's connection to the exchange, not opened yet. */
  readonly connect: (accountId: string) => Promise<TradingAccount>;
  /** Who may be watching the machines. */
  readonly inspection?: Inspection | undefined;
  /** How many tasks keep their machines though nothing is under way in them. */
  readonly awakeMax?: number;
}

const awakeUsualMax = 10_000;

/** Idle tasks are brought back in batches, so that prices and sagas are served in between. */
const rehydrationBatch = 200;
const reloadDelayMs = 1_000;
/** How long a claim waits for its accounts to answer. */
const claimWaitMs = 15_000;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #machines = new RollMachines();
  readonly #registry = new TaskRegistry();
  readonly #router: PriceRouter;
  readonly #held: HeldIndex;
  readonly #admission: Admission;
  readonly #quiet: RestQueue<TaskActor>;
  readonly #accounts: AccountKeeper;
  readonly #desk: CommandDesk;
  readonly #prices: PriceHealth;
  /** Held, and not on their way to another daemon. */
  #shards: readonly Shard[] = [];
  /** Claims, adoptions and hand-overs that have not ended: whoever stops waits for them. */
  readonly #underWay = new Set<Promise<unknown>>();
  #isDraining = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { clock, market } = options;
    this.#admission = new Admission(clock, market.rules.orderPace);
    this.#router = new PriceRouter({ registry: this.#registry, clock, market });
    this.#prices = new PriceHealth(this.#router, options.log);
    this.#held = new HeldIndex(clock, market.rules.times.deliveredWithinMs, (task) => this.#onDelivery(task));
    this.#quiet = new RestQueue(options.awakeMax ?? awakeUsualMax);
    this.#accounts = new AccountKeeper({
      connect: new AccountAccess(options).connect,
      adopt: (accountId) => options.ownership.adopt(accountId),
      begin: (accountId, account) =>
        new AccountPeriod({
          ...options,
          accountId,
          account,
          accountName: nameOf(options, accountId),
          registry: this.#registry,
          held: this.#held,
        }),
      bringBack: (accountId, account, stored) => this.#rehydrate(accountId, account, stored),
      stopTasks: (accountId) => this.#registry.ofAccount(accountId).forEach((task) => this.#drop(task)),
      note: (accountId, state) => options.ownership.noteAccount(accountId, state),
      clock: options.clock,
      log: options.log,
      nameOf: (accountId) => nameOf(options, accountId),
    });
    this.#desk = new CommandDesk({
      inbox: options.inbox,
      registry: this.#registry,
      log: options.log,
      isInCare: (accountId) => this.#accounts.isInCare(accountId),
      addTask: (command) => this.#addTask(command),
      preview: (command) => {
        const account = this.#accounts.get(command.accountId);
        const task = this.#registry.get(command.taskId);
        const whyBlind: AdviserOptions['whyBlind'] = (context) => this.#prices.whyBlind(context);
        return adviseOn({ ...options, command, account, task, whyBlind });
      },
      storedState: async ({ accountId, taskId }) =>
        (await options.ownership.reload(accountId, taskId))?.state ?? null,
    });
  }

  /** What the market feed tells goes here. */
  get marketListener(): MarketListener {
    return this.#prices;
  }

  /**
   * Takes this daemon's share of the accounts, and hands over what is beyond it. Safe to repeat. Resolves when they are
   * in care, or after a while: an account that cannot be reached holds up no other, and goes on being tried.
   */
  async claim(): Promise<void> {
    if (this.#isEnding()) return;
    const holding = await this.#tracked(this.#options.ownership.claimAccounts());
    this.#shards = holding.shards;
    if (this.#isEnding()) return;
    await this.#handOver(holding);
    await this.#accounts.follow(holding, (accountId) => this.#isQuiet(accountId));
    const due = this.#shards
      .flatMap(({ accountIds }) => accountIds)
      .filter((accountId) => this.#accounts.isDue(accountId));
    if (due.length === 0) return;
    const takeover = Promise.race([
      Promise.all(due.map((accountId) => this.#tracked(this.#takeIntoCare(accountId)))),
      this.#wait(claimWaitMs),
    ]);
    await this.#admission.giveWay(takeover);
  }

  /** Looks into the inbox of every account held here. */
  workInbox(): Promise<void> {
    return this.#isDraining ? Promise.resolve() : this.#desk.work(this.#accounts.ids);
  }

  /**
   * No new roll starts, and accounts go to other daemons as soon as none is under way there; resolves when there is no
   * roll any more, or after `boundMs`.
   */
  async drain(boundMs: number): Promise<void> {
    const { clock, ownership, log } = this.#options;
    this.#isDraining = true;
    this.#router.stop();
    const resigned = ownership.resign();
    this.#tracked(resigned).catch((error: unknown) =>
      log.warn({ err: error }, 'others count this daemon until its session ends'),
    );
    const deadlineMs = clock.nowMs() + boundMs;
    for (;;) {
      void this.#handOver({ surplus: this.#shards.length });
      if (this.rollsUnderWay().length === 0 || clock.nowMs() >= deadlineMs) return;
      await this.#wait(drainPollMs);
    }
  }

  /** Stops every actor where it stands and leaves the exchange. What was committed is what the next start finds. */
  async stop(): Promise<void> {
    this.#isDraining = true;
    this.#router.stop();
    await this.#leave();
    await Promise.allSettled(this.#underWay);
    this.#admission.close();
    this.#held.close();
  }

  /** The shards were lost: gives everything up; `claim` starts over. */
  async abandon(reason: string): Promise<void> {
    this.#options.log.error({ reason }, 'every task is given up until it is claimed again');
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#shards = [];
    await this.#accounts.leaveAll();
  }

  /** Hands over what others are to have and nothing is under way in; the rest has to wait for another look. */
  async #handOver(wanted: Pick<Holding, 'surplus' | 'movable'>): Promise<void> {
    const leaving = leavingShards(this.#shards, wanted, (accountId) => this.#isQuiet(accountId));
    this.#shards = this.#shards.filter((shard) => !leaving.includes(shard));
    await Promise.all(leaving.map((shard) => this.#tracked(this.#handOverShard(shard))));
  }

  /** Never rejects: a shard that cannot be given back goes with the session that holds it. */
  async #handOverShard({ shard, accountIds }: Shard): Promise<void> {
    const { ownership, log } = this.#options;
    try {
      await Promise.all(accountIds.map((accountId) => this.#accounts.leave(accountId)));
      await ownership.giveBack(shard);
      log.info({ shard, accountIds }, 'accounts are handed over');
    } catch (error) {
      log.warn({ shard, accountIds, err: error }, 'a shard could not be given back');
    }
  }

  #isQuiet(accountId: string): boolean {
    return !this.#desk.isWorkingFor(accountId) && !this.#registry.ofAccount(accountId).some(isRolling);
  }

  rollsUnderWay(): TaskActor[] {
    return [...this.#registry.all()].filter(isRolling);
  }

  /** Up to so many tasks as they stand, rolls under way first. */
  standing(tasksMax: number): StandingActor[] {
    return this.#registry.first(tasksMax, isRolling).map(({ standing }) => standing);
  }

  levelsAround(baseCoin: string): ReturnType<PriceRouter['levelsAround']> {
    return this.#router.levelsAround(baseCoin);
  }

  get taskCount(): number {
    return this.#registry.size;
  }

  async #takeIntoCare(accountId: string): Promise<void> {
    if (await this.#accounts.take(accountId)) void this.workInbox();
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

  async #rehydrate(accountId: string, account: TradingAccount, stored: readonly StoredTask[]): Promise<void> {
    const surroundings = this.#surroundingsOf(account);
    for (const [index, task] of stored.entries()) {
      this.#bringBack(surroundings, task);
      if (index % rehydrationBatch === rehydrationBatch - 1) {
        this.#options.log.info({ done: index + 1, of: stored.length }, 'bringing tasks back');
        await this.#wait(0);
        if (this.#accounts.get(accountId) !== account) return;
      }
    }
  }

  #surroundingsOf(account: TradingAccount): TaskSurroundings {
    const { journal, market, clock, inspection } = this.#options;
    return {
      machines: this.#machines,
      account,
      market,
      clock,
      journal,
      inspection,
      admission: this.#admission,
      onTurn: (actor, finished) => this.#afterTurn(actor, finished),
      onQuiet: (actor) => this.#quiet.add(actor),
      onLost: (actor, error) => void this.#onLost(actor, error),
    };
  }

  #bringBack(surroundings: TaskSurroundings, stored: StoredTask): void {
    const { market, log } = this.#options;
    if (stored.state.startsWith('COMPLETED')) return;
    const task = this.#taskOf(stored, surroundings);
    if (!task) return;
    this.#registry.add(task);
    task.start();
    // Whether the trigger went on holding while nobody looked is not known.
    if (isHolding(task.context)) task.send({ type: 'PRICES_STALE' });
    const { symbol, baseCoin } = task.context.held;
    market.watchUnderlying(baseCoin);
    log.debug({ taskId: task.taskId, symbol, state: task.state }, 'task is back');
    this.#router.watch(task, true);
    this.#held.note(task);
    task.rest();
  }

  /** `null` when this program cannot go on with it: the others of its account are not held up by that. */
  #taskOf(stored: StoredTask, surroundings: TaskSurroundings): TaskActor | null {
    try {
      return new TaskActor(stored, surroundings);
    } catch (error) {
      this.#options.log.error({ taskId: stored.taskId, err: error }, 'nobody cares for this task here');
      return null;
    }
  }

  #afterTurn(task: TaskActor, finished: FinishedTurn): void {
    logTurn(this.#options.log, task, finished, nameOf(this.#options, task.accountId));
    if (task.isOver) void task.settled().then(() => this.#drop(task));
    this.#router.watch(task, finished.record !== null);
    if (finished.record && !task.isOver) this.#held.note(task);
  }

  /** Told again after every turn until it is taken up: a roll under way has to end first. */
  #onDelivery(task: TaskActor): void {
    if (settlesIn.has(task.state)) task.send({ type: 'EXPIRED' });
  }

  /**
   * Whatever the reason, the journal knows better. A conflict need not mean that somebody else has the task: a turn of
   * before this daemon's own re-adoption may have been refused, and took the newer one behind it along.
   */
  async #onLost(task: TaskActor, error: unknown): Promise<void> {
    const { log, ownership } = this.#options;
    const fields = { taskId: task.taskId, err: error };
    const account = this.#accounts.get(task.accountId);
    const isHeld = () => this.#accounts.get(task.accountId) === account && !this.#isDraining;
    this.#drop(task);
    log.error(fields, 'a turn could not be stored: going back to what the journal knows');
    for (;;) {
      await this.#wait(reloadDelayMs);
      if (!account || !isHeld()) return;
      const stored = await ownership.reload(task.accountId, task.taskId).catch((cause: unknown) => {
        log.warn({ taskId: task.taskId, err: cause }, 'the task cannot be read yet');
        return undefined;
      });
      if (stored === undefined) continue;
      if (!isHeld()) return;
      if (stored?.isOurs === true) this.#bringBack(this.#surroundingsOf(account), stored);
      else log.error(fields, 'somebody else owns this task now: given up here');
      return;
    }
  }

  #drop(task: TaskActor): void {
    this.#router.leave(task);
    this.#held.forget(task);
    this.#quiet.forget(task);
    this.#registry.remove(task);
    task.stop();
  }

  async #addTask(command: Command): Promise<void> {
    const { ownership, market, clock } = this.#options;
    const account = this.#accounts.get(command.accountId);
    if (!account) throw new Error(`account ${command.accountId} is not in care here`);
    const task = await adoptPosition({
      command,
      account,
      market,
      machine: this.#machines.current,
      nowMs: clock.nowMs(),
      takenPositions: this.#registry.ofAccount(command.accountId).flatMap(({ context }) => caredFor(context)),
    });
    await ownership.create(task);
    // Given up meanwhile: whoever takes the account next finds the task.
    if (this.#accounts.get(command.accountId) !== account) return;
    this.#bringBack(this.#surroundingsOf(account), { ...task, version: 1 });
  }

  #wait(forMs: number): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => clock.alarm(clock.nowMs() + forMs, resolve));
  }
}

const drainPollMs = 50;
