/**
 * The life of tasks in this daemon: restores them from the journal, has prices and deliveries sent to them, passivates
 * those that are quiet, restores a task again when a turn of it could not be stored, and drops it when it is over or
 * its account is released. Which accounts these are is decided in accounts/managed-accounts.ts.
 */
import type { Logger } from 'pino';
import type { Halt } from '../../domain/halt.ts';
import { restsForLimit } from '../../domain/roll/roll-context.ts';
import { firstLegOf } from '../../domain/roll/both-held.ts';
import { isHalted } from '../../domain/roll/halting.ts';
import { legOfLinkId } from '../../domain/roll/roll.ts';
import { isConditionHolding } from '../../domain/roll/watching.ts';
import type { AccountBook } from '../../ports/accounts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { FeeRates } from '../../domain/market/fee-rates.ts';
import type { EventCalendarReader } from '../../ports/event-calendar.ts';
import type { Inspection } from '../../ports/inspection.ts';
import type { Journal, NewTask, StoredTask, TaskOwnership, TurnRecord } from '../../ports/journal.ts';
import type { LiveReports } from '../../ports/live.ts';
import type { RuntimeObserver } from '../../ports/observer.ts';
import type { MarketData } from '../../ports/market-data.ts';
import type { VolatilityBook } from '../../ports/volatility-book.ts';
import { nameOf, type AccountNames } from '../account-name.ts';
import type { Limits } from '../accounts/limits.ts';
import { CalendarWatch } from '../accounts/calendar-watch.ts';
import { pause } from '../pause.ts';
import { CoverWatch } from '../positions/cover-watch.ts';
import { StopWatch } from '../positions/stop-watch.ts';
import { HeldIndex } from '../positions/held-index.ts';
import { ReadAhead } from '../triggers/read-ahead.ts';
import { PriceRouter } from '../triggers/price-router.ts';
import type { Admission } from './admission.ts';
import { BrokenTasks } from './broken-tasks.ts';
import type { ProvidedRollMachine } from './effects.ts';
import { PassivationQueue } from './passivation-queue.ts';
import { RollMachines } from './roll-machines.ts';
import { TaskActor, type FinishedTurn, type TaskListener, type TaskSurroundings } from './task-actor.ts';
import { RollsUnderWay } from './rolls-under-way.ts';
import { TaskRegistry } from './task-registry.ts';
import { logTurn } from './turn-log.ts';

export interface TaskHostOptions extends AccountNames {
  readonly journal: Journal;
  readonly ownership: Pick<TaskOwnership, 'create' | 'reload'>;
  readonly market: MarketData;
  readonly admission: Admission;
  readonly clock: Clock;
  /** The operator's, for tasks that do not trade during its events. */
  readonly calendar?: EventCalendarReader | undefined;
  /** Ranges of implied volatility. Default: in memory. */
  readonly volatilities?: VolatilityBook | undefined;
  /** Stores alerts about accounts. Default: they are only in the log. */
  readonly accounts?: AccountBook;
  /** An account's own fee rates for a base coin. Default: they are not known. */
  readonly feesOf?: (accountId: string, baseCoin: string) => FeeRates | null;
  readonly log: Logger;
  /** Limits of accounts, and what is used of them. Default: there are none. */
  readonly meter?: Pick<Limits, 'standingOf' | 'note' | 'forgetBeyond'> | undefined;
  /** What halts trading in an account; `null` while nothing does. Default: nothing ever. */
  readonly haltOf?: (accountId: string) => Halt | null;
  /** Shows the machines to watchers. */
  readonly inspection?: Inspection | undefined;
  /** Receives what happens, for those who watch. Default: nobody does. */
  readonly live?: LiveReports | undefined;
  /** Counts turns. Default: nothing does. */
  readonly observer?: RuntimeObserver | undefined;
  /** How many options are streamed ahead of need. Default 0: none, and nothing is kept ready. */
  readonly readAheadOptions?: number | undefined;
  /** How many tasks stay active though nothing is under way in them. Default: 10,000. */
  readonly activeMax?: number | undefined;
}

const activeUsualMax = 10_000;
/** Tasks are restored in batches, so that prices and sagas are served in between. */
const restoreBatch = 200;
const submitPollMs = 20;

/** The tasks of this daemon. */
export class TaskHost implements TaskListener {
  readonly registry = new TaskRegistry();
  readonly prices: PriceRouter;
  readonly ahead: ReadAhead;
  readonly held: HeldIndex;
  readonly calendar: CalendarWatch;
  readonly covers: CoverWatch;
  readonly stops: StopWatch;
  readonly rolls = new RollsUnderWay();
  readonly broken: BrokenTasks;
  readonly #options: TaskHostOptions;
  readonly #machines = new RollMachines();
  readonly #quiet: PassivationQueue<TaskActor>;
  /** What the tasks of an account share, for as long as it is managed. */
  readonly #accounts = new Map<string, TaskSurroundings>();
  #isDraining = false;

  constructor(options: TaskHostOptions) {
    const { clock, market, volatilities, log, activeMax = activeUsualMax } = options;
    this.#options = options;
    this.prices = new PriceRouter({
      registry: this.registry,
      clock,
      market,
      volatilities,
      log,
      isHalted: (accountId) => this.#haltOf(accountId) !== null,
      priceCame: (baseCoin) => this.ahead.priceCame(baseCoin),
    });
    this.held = new HeldIndex(clock, market.rules.times.deliveredWithinMs);
    this.calendar = new CalendarWatch(options);
    this.broken = new BrokenTasks(options);
    const accountOf = (accountId: string) => this.#accounts.get(accountId)?.account;
    const shared = { accountOf, registry: this.registry, market, clock, log };
    this.covers = new CoverWatch(shared);
    this.stops = new StopWatch({ ...shared, haltOf: (accountId) => this.#haltOf(accountId) });
    this.ahead = new ReadAhead({
      ...shared,
      surroundingsOf: (accountId) => this.#accounts.get(accountId),
      optionsMax: options.readAheadOptions ?? 0,
      prices: this.prices,
    });
    this.#quiet = new PassivationQueue(activeMax);
  }

  /** The version that new tasks begin with. */
  get machine(): ProvidedRollMachine {
    return this.#machines.current;
  }

  /** From now on tasks of this account may be restored or created here; they act through this connection. */
  open(accountId: string, account: TradingAccount): void {
    const { journal, market, clock, calendar, inspection, admission, feesOf } = this.#options;
    this.#accounts.set(accountId, {
      machines: this.#machines,
      account,
      market,
      clock,
      calendar,
      journal,
      inspection,
      admission,
      isHalted: () => this.#haltOf(accountId) !== null,
      standing: (atMs) => this.#options.meter?.standingOf(accountId, atMs) ?? null,
      feesOf: (baseCoin) => feesOf?.(accountId, baseCoin) ?? null,
      host: this,
    });
  }

  /** Drops every task of the account. Its next daemon finds what was committed. */
  close(accountId: string): void {
    this.#accounts.delete(accountId);
    this.stops.close(accountId);
    for (const task of this.registry.ofAccount(accountId)) this.#drop(task);
  }

  /**
   * Restores tasks of an open account, in batches. Resolves when all are restored, or the account was closed meanwhile.
   * A task that this program cannot restore is set aside, and holds up no other.
   */
  async restore(accountId: string, stored: readonly StoredTask[]): Promise<void> {
    const { clock, log } = this.#options;
    const surroundings = this.#accounts.get(accountId);
    if (!surroundings) return;
    for (const [index, task] of stored.entries()) {
      this.#start(surroundings, task);
      if (index % restoreBatch === restoreBatch - 1) {
        log.info({ done: index + 1, of: stored.length }, 'restoring tasks');
        await pause(clock, 0);
        if (this.#accounts.get(accountId) !== surroundings) return;
      }
    }
  }

  /**
   * Stores a new task and starts it. If the account was released meanwhile, the task is stored all the same, and
   * started by the daemon that claims the account next.
   * @param account the connection that the position was read through
   * @throws what `TaskOwnership.create` throws
   */
  async create(task: NewTask, account: TradingAccount): Promise<void> {
    await this.#options.ownership.create(task);
    const surroundings = this.#accounts.get(task.accountId);
    if (surroundings?.account === account) this.#start(surroundings, { ...task, version: 1 });
  }

  /** Whether a task of this account is in a roll; one that waits for trading to be resumed is not. */
  isRolling(accountId: string): boolean {
    return this.registry.ofAccount(accountId).some(isUnderWay);
  }

  /** Tasks that are in a roll now; without those that wait for trading to be resumed. */
  rolling(): TaskActor[] {
    return [...this.registry.all()].filter(isUnderWay);
  }

  /** As `HaltedTasks.halt`: rolls under way and open questions are told, no price reaches the others. What was decided before is stored then. */
  async halt(accountId: string, halt: Halt): Promise<void> {
    const tasks = [...this.registry.ofAccount(accountId)];
    const told = tasks.filter(mayTradeByItself);
    for (const task of told) task.send({ type: 'HALTED', halt });
    // The time alone may begin their rolls.
    for (const task of tasks) if (task.hasTag('confirming')) this.prices.halt(task);
    await this.#inBatches(tasks, (task) => this.prices.halt(task));
    // Also of tasks that were not told: a roll may have begun and ended again, and be stored only now.
    await Promise.all(tasks.map((task) => task.settled()));
    const isLeaving = (task: TaskActor): boolean => this.#isHere(task) && isSubmittingFirst(task);
    while (told.some(isLeaving)) await pause(this.#options.clock, submitPollMs);
  }

  /** As `HaltedTasks.resume`: what the tasks wait for is judged from the next price on. */
  async resume(accountId: string): Promise<void> {
    const tasks = [...this.registry.ofAccount(accountId)];
    for (const task of tasks) if (task.hasTag('rolling')) task.send({ type: 'HALT_LIFTED' });
    await this.#inBatches(tasks, (task) => this.prices.rearm(task));
  }

  /** The limits of the account have changed: what rests because of them is told. */
  limitsChanged(accountId: string): void {
    for (const task of this.registry.ofAccount(accountId))
      if (task.hasTag('idle') && restsForLimit(task.context)) task.send({ type: 'LIMITS_CHANGED' });
  }

  /** Starts no new roll from here on; a task that is lost is left to the next daemon. */
  drain(): void {
    this.#isDraining = true;
    this.prices.stop();
    this.ahead.stop();
  }

  /** To be called after the last account was closed. */
  end(): void {
    this.held.close();
  }

  /** Logs the turn, arms the task for what it waits for now, and drops it when it is over. */
  turnTaken(task: TaskActor, finished: FinishedTurn): void {
    const { record } = finished;
    if (record?.use)
      this.#options.meter?.note(task.accountId, {
        taskId: task.taskId,
        version: task.version,
        use: record.use,
      });
    const account = nameOf(this.#options, task.accountId);
    logTurn({ log: this.#options.log, account }, task, finished);
    if (record) this.#report(task, finished, record);
    if (record && this.broken.has(task.taskId))
      void finished.turn.committed.then(() => this.broken.works(task));
    if (task.isOver) void task.settled().then(() => this.#drop(task));
    if (finished.record) this.prices.watch(task);
    else this.prices.rearm(task);
    if (finished.record && !task.isOver) this.#index(task);
    if (finished.record && !task.isOver) this.stops.note(task, finished.before);
  }

  /** Has the task passivated when too many are active. */
  fellQuiet(task: TaskActor): void {
    this.#quiet.add(task);
  }

  /** Drops the task, and restores it from the journal if this daemon still owns it. */
  lost(task: TaskActor, error: unknown): void {
    const surroundings = this.#accounts.get(task.accountId);
    this.#drop(task);
    this.#options.observer?.lost();
    this.broken.lost(task, error);
    this.#options.log.error(
      { taskId: task.taskId, err: error },
      'a turn could not be stored: going back to what the journal knows',
    );
    if (surroundings) void this.#reload(task, surroundings, error);
  }

  #report(task: TaskActor, { turn, before }: FinishedTurn, record: TurnRecord): void {
    const { live, observer } = this.#options;
    const { committed, orders } = turn;
    live?.turn(record, committed);
    const endedPart = this.rolls.note(task, record.atMs);
    observer?.turn({ record, before, after: task.context, orders, endedPart, committed });
  }

  /** A task that cannot be started is set aside: that must not hold up the others of its account. */
  #start(surroundings: TaskSurroundings, stored: StoredTask): void {
    if (stored.phase === 'over') {
      this.broken.forget(stored.taskId);
      return;
    }
    let task: TaskActor | null = null;
    try {
      task = new TaskActor(stored, surroundings);
      this.#bringUp(task, stored);
    } catch (error) {
      if (task) this.#drop(task);
      this.broken.unreadable(stored, error);
      void this.#reload(stored, surroundings, error);
    }
  }

  #bringUp(task: TaskActor, stored: StoredTask): void {
    const { market, clock, log, live } = this.#options;
    live?.begun(stored, clock.nowMs());
    this.registry.add(task);
    task.start();
    if (!this.#isHere(task)) return;
    this.#followHalt(task);
    // Whether the trigger kept holding while no daemon watched it is not known.
    if (isConditionHolding(task.context)) task.send({ type: 'PRICES_STALE' });
    const { symbol, baseCoin } = task.context.held;
    market.watchUnderlying(baseCoin);
    log.debug({ taskId: task.taskId, symbol, state: task.state }, 'task is restored');
    this.prices.watch(task);
    this.#index(task);
    this.rolls.note(task, null);
    this.stops.begin(task);
    task.passivate();
    this.#options.inspection?.arrived(task.taskId, () => task.standing);
    if (this.#isHere(task)) this.broken.restored(task);
  }

  /** What was stored may be older than the halt, or than its end. Before any effect has answered. */
  #followHalt(task: TaskActor): void {
    if (!mayTradeByItself(task)) return;
    const halt = this.#haltOf(task.accountId);
    if (halt !== null) task.send({ type: 'HALTED', halt });
    else if (isHalted(task.context)) task.send({ type: 'HALT_LIFTED' });
  }

  #isHere(task: TaskActor): boolean {
    return this.registry.get(task.taskId) === task;
  }

  /** Serves prices and sagas in between; a task that is dropped meanwhile is left out. */
  async #inBatches(tasks: readonly TaskActor[], work: (task: TaskActor) => void): Promise<void> {
    for (const [index, task] of tasks.entries()) {
      if (this.#isHere(task)) work(task);
      if (index % restoreBatch === restoreBatch - 1) await pause(this.#options.clock, 0);
    }
  }

  #haltOf(accountId: string): Halt | null {
    return this.#options.haltOf?.(accountId) ?? null;
  }

  #index(task: TaskActor): void {
    this.held.note(task);
    this.calendar.note(task);
    this.covers.note(task);
  }

  /**
   * Restores a task that was lost from the journal, if it is still ours. A conflict need not mean that another daemon
   * owns the task: a turn from before this daemon adopted it again may have been refused, and the newer one behind it
   * with it.
   */
  async #reload(
    { accountId, taskId }: Pick<StoredTask, 'accountId' | 'taskId'>,
    surroundings: TaskSurroundings,
    error: unknown,
  ): Promise<void> {
    const { clock, log, ownership } = this.#options;
    const isHeld = () => this.#accounts.get(accountId) === surroundings && !this.#isDraining;
    for (;;) {
      await pause(clock, this.broken.waitMs(taskId));
      if (!isHeld()) return;
      const stored = await ownership.reload(accountId, taskId).catch((cause: unknown) => {
        log.warn({ taskId, err: cause }, 'the task cannot be read yet');
        return undefined;
      });
      if (stored === undefined) continue;
      if (!isHeld()) return;
      if (stored) this.#options.meter?.forgetBeyond(accountId, taskId, stored.version);
      if (stored?.isOurs === true) this.#start(surroundings, stored);
      else {
        this.broken.forget(taskId);
        log.error({ taskId, err: error }, 'another daemon owns this task now: it is dropped here');
      }
      return;
    }
  }

  #drop(task: TaskActor): void {
    this.prices.leave(task);
    this.held.forget(task);
    this.calendar.forget(task);
    this.covers.forget(task);
    this.rolls.forget(task);
    this.#quiet.forget(task);
    this.registry.remove(task);
    task.stop();
  }
}

/** Without any price: a roll is under way, or a question ends by its time. */
const mayTradeByItself = (task: TaskActor): boolean => task.hasTag('rolling') || task.hasTag('asking');

const isUnderWay = (task: TaskActor): boolean => task.hasTag('rolling') && !task.hasTag('halted');

/** Its order of the leg that comes first may be on its way to the exchange. */
const isSubmittingFirst = ({ order, context: { roll } }: TaskActor): boolean =>
  order?.hasTag('submitting') === true && legOfLinkId(order.context.linkId) === firstLegOf(roll);
