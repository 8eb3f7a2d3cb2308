/**
 * Sends prices, option tickers and the time to the tasks they concern: for a tick it asks the trigger book and wakes
 * only the tasks that are hit. A trigger is a level and not an edge: a task that starts to wait is compared with the
 * last fresh readings at once. A stale feed wakes no task, and an option's ticker that fell silent counts as unknown.
 */
import type { Logger } from 'pino';
import { quoteAgeMaxMs } from '../../domain/orders/limit-price.ts';
import { Decimal, decimal } from '../../domain/money.ts';
import type { Option } from '../../domain/market/option.ts';
import type { HeldOption } from '../../domain/market/held-option.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { isConditionHolding } from '../../domain/roll/watching.ts';
import { judgeRules, triggerOf, watchesOfRules } from '../../domain/rules/judging.ts';
import { isComputed, optionsNeeded, ranksNeeded, readingsByLeg } from '../../domain/rules/leg-views.ts';
import {
  fieldsOf,
  isOptionField,
  derivedFields,
  readField,
  type Field,
  type FieldReadings,
  type Readings,
  type ReportedField,
  type Watch,
} from '../../domain/rules/triggers.ts';
import { legsOf } from '../../domain/rules/structure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Feed, MarketData, Tick } from '../../ports/market-data.ts';
import type { VolatilityBook } from '../../ports/volatility-book.ts';
import { ClockLevels, type ClockListener } from './clock-levels.ts';
import { OptionWatch } from './option-watch.ts';
import type { TaskActor } from '../task/task-actor.ts';
import type { TaskRegistry } from '../task/task-registry.ts';
import { MemoryVolatilityBook, VolatilityRanks } from './volatility-ranks.ts';
import { VolatilityWatch } from './volatility-watch.ts';
import { computedSource, StructureLevels } from './structure-levels.ts';
import { TriggerBook } from './trigger-book.ts';

export interface PriceRouterOptions {
  /** Ranges of implied volatility. Default: in memory. */
  readonly volatilities?: VolatilityBook | undefined;
  /** For ranges that cannot be read or stored. Default: none. */
  readonly log?: Logger | undefined;
  readonly registry: TaskRegistry;
  readonly clock: Clock;
  readonly market: Pick<MarketData, 'watchOption' | 'unwatchOption' | 'realisedVolatility'>;
  /** Is called after every price of a coin. */
  readonly priceCame?: (baseCoin: string) => void;
  /** No price reaches the tasks of an account that is halted. Default: none is. */
  readonly isHalted?: (accountId: string) => boolean;
}

interface LastReadings {
  readonly readings: Readings;
  readonly atMs: number;
}

/** A task that waits: its context, and the readings of the fields that its trigger looks at. */
interface Waiting {
  readonly context: RollContext;
  readonly readings: Readings;
}

export interface NearTask {
  readonly taskId: string;
  /** From the present price to its level, as a share of the price. */
  readonly away: Decimal;
}

const underlyingFields = ['index', 'mark', 'last'] as const;

/** Knows the last readings of each source and which tasks wait on them. */
export class PriceRouter implements ClockListener {
  readonly #registry: TaskRegistry;
  readonly #clock: Clock;
  readonly #isHalted: (accountId: string) => boolean;
  readonly #priceCame: (baseCoin: string) => void;
  readonly #book = new TriggerBook();
  readonly #levels: ClockLevels;
  readonly #options: OptionWatch;
  readonly #structures: StructureLevels;
  readonly #volatilities: VolatilityWatch;
  readonly #ranks: VolatilityRanks;
  /** By source: a base coin or an option's symbol. */
  readonly #last: Readonly<Record<Feed, Map<string, LastReadings>>> = {
    underlying: new Map(),
    options: new Map(),
  };
  /** Tasks with a condition that has to keep holding for some time. */
  readonly #holding = new Set<string>();
  #isStopped = false;
  #wakes = 0;

  constructor(options: PriceRouterOptions) {
    const { registry, clock, market, volatilities, log, isHalted, priceCame } = options;
    this.#registry = registry;
    this.#priceCame = priceCame ?? (() => undefined);
    this.#isHalted = isHalted ?? (() => false);
    this.#clock = clock;
    this.#levels = new ClockLevels(this.#book, clock, this);
    this.#options = new OptionWatch(market);
    this.#structures = new StructureLevels(this.#book, (symbol) => this.#freshOf(symbol));
    this.#ranks = new VolatilityRanks(volatilities ?? new MemoryVolatilityBook(), log);
    this.#volatilities = new VolatilityWatch({
      market,
      clock,
      read: (baseCoin, field, value) => this.#wakeAll(this.#book.wake(baseCoin, field, value)),
    });
  }

  /** Takes the readings, and wakes the tasks that they hit. */
  tick(...ticks: readonly Tick[]): void {
    if (this.#isStopped) return;
    for (const { feed, source, readings, atMs } of ticks) {
      if (feed === 'options' && readings.volatility !== undefined)
        this.#ranks.note(source, { value: readings.volatility, atMs });
      this.#last[feed].set(source, { readings, atMs });
    }
    for (const tick of ticks) this.#wakeOn(tick);
    for (const { feed, source } of ticks) if (feed === 'underlying') this.#priceCame(source);
  }

  /** Tasks that wait for a price of this coin, the one first whose level is the nearest to the present price. */
  nearest(baseCoin: string, tasksMax: number): readonly NearTask[] {
    const readings = this.#last.underlying.get(baseCoin)?.readings ?? {};
    const found = underlyingFields.flatMap((field) => {
      const value = readings[field];
      if (value === undefined) return [];
      return (['rising', 'falling'] as const).flatMap((direction) =>
        this.#book
          .nearestTasks(baseCoin, { field, direction }, tasksMax)
          .map(({ taskId, level }) => ({ taskId, away: level.minus(value).abs().dividedBy(value) })),
      );
    });
    const byTask = new Map<string, NearTask>();
    for (const near of found.sort((a, b) => a.away.comparedTo(b.away)))
      if (!byTask.has(near.taskId)) byTask.set(near.taskId, near);
    return [...byTask.values()].slice(0, tasksMax);
  }

  /** Streams these options for the task, whatever its trigger looks at; none ends that. */
  wantAhead(taskId: string, options: readonly Option[]): void {
    this.#options.want(`ahead of ${taskId}`, options);
  }

  #wakeOn({ feed, source, readings, atMs }: Tick): void {
    for (const field in readings) {
      const value = readings[field as ReportedField];
      if (value !== undefined) this.#wakeAll(this.#book.wake(source, field as Field, value));
    }
    if (feed !== 'options') return;
    this.#wakeOnDerived(source, { ...readings, clock: String(atMs) });
    if (this.#structures.has(source)) this.#wakeAll(this.#structures.wake(source, this.#clock.nowMs()));
  }

  /**
   * Drops the last readings of these sources, or of all, so that nothing fires on them before the next tick. Tasks that
   * were confirming a condition on them begin again.
   */
  forget(feed: Feed, sources?: readonly string[]): void {
    const forgotten = sources ? new Set(sources) : null;
    for (const source of sources ?? [...this.#last[feed].keys()]) this.#last[feed].delete(source);
    for (const task of [...this.#holding].flatMap((taskId) => this.#registry.get(taskId) ?? [])) {
      const { held } = task.context;
      const isConcerned =
        feed === 'options'
          ? legsOf(task.context).some(({ symbol }) => forgotten?.has(symbol) ?? true)
          : (forgotten?.has(held.baseCoin) ?? true);
      if (isConcerned) task.send({ type: 'PRICES_STALE' });
    }
  }

  /** Wakes tasks whose moment has come. */
  timeReached(taskIds: readonly string[]): void {
    this.#wakeAll(taskIds);
  }

  /**
   * To be called when a task begins to wait, or waits for something else: wakes it on the last readings, or arms it.
   */
  watch(task: TaskActor): void {
    const waiting = this.#waiting(task);
    if (waiting && !this.#send(task, waiting)) this.#arm(task, waiting);
  }

  /** Arms a task again that was woken and in which nothing has changed. */
  rearm(task: TaskActor): void {
    const waiting = this.#waiting(task);
    if (waiting) this.#arm(task, waiting);
  }

  /** Disarms a task whose account is halted; what it had to go on holding for begins again when that is over. */
  halt(task: TaskActor): void {
    const isHolding = this.#holding.has(task.taskId);
    this.#waiting(task);
    if (isHolding || task.hasTag('confirming')) task.send({ type: 'PRICES_STALE' });
  }

  /** Forgets a task that is dropped. */
  leave(task: TaskActor): void {
    this.#book.disarm(task.taskId);
    this.#options.leave(task.taskId);
    this.#structures.leave(task.taskId);
    this.#volatilities.leave(task.taskId);
    this.#ranks.leave(task.taskId);
    this.#holding.delete(task.taskId);
  }

  /** Wakes no task any more, so that no new roll starts. */
  stop(): void {
    this.#isStopped = true;
    this.#levels.stop();
    this.#volatilities.stop();
    this.forget('underlying');
    this.forget('options');
  }

  /** The nearest levels below and above that tasks wait for on an underlying's price, `null` where there is none. */
  levelsAround(baseCoin: string): readonly [below: Decimal | null, above: Decimal | null] {
    const nearest = (direction: 'rising' | 'falling') =>
      underlyingFields.flatMap((field) => this.#book.nearest(baseCoin, field, direction) ?? []).map(decimal);
    const [falling, rising] = [nearest('falling'), nearest('rising')];
    return [
      falling.length === 0 ? null : Decimal.max(...falling),
      rising.length === 0 ? null : Decimal.min(...rising),
    ];
  }

  /** How often a task was woken since the start. */
  get wakes(): number {
    return this.#wakes;
  }

  get waitingTasks(): number {
    return this.#book.size;
  }

  /** The fresh readings of the fields that the task's trigger looks at, and of the index. */
  readingsFor(context: RollContext): Readings {
    const { rules, held, others } = context;
    const underlying = this.#last.underlying.get(held.baseCoin)?.readings ?? {};
    const trigger = triggerOf(rules);
    const fields = fieldsOf(trigger);
    const slow = this.#volatilities.readingsFor(held.baseCoin, fields);
    if (others === undefined) {
      const own = fields.some(isOptionField) ? this.#freshOf(held.symbol) : null;
      return only(fields, { ...underlying, ...slow, ...own });
    }
    const needed = optionsNeeded(trigger, context);
    const ofLegs = readingsByLeg(context, (leg) => {
      const own = needed.includes(leg) ? this.#freshOf(leg.symbol) : null;
      return own && only(fields, own);
    });
    return { ...only(fields, { ...underlying, ...slow }), ...ofLegs };
  }

  /** What the ticker of an option said last; `null` when it has been silent for too long. */
  #freshOf(symbol: string): FieldReadings | null {
    const last = this.#last.options.get(symbol);
    const isFresh = last !== undefined && this.#clock.nowMs() - last.atMs <= quoteAgeMaxMs;
    return isFresh ? this.#withRank(symbol, last.readings) : null;
  }

  /** What no task waits for is not computed. */
  #wakeOnDerived(symbol: string, readings: Readings): void {
    const rank =
      readings.volatility !== undefined && this.#book.isWaitedFor(symbol, 'volatilityRank')
        ? this.#ranks.rankOf(symbol, readings.volatility)
        : null;
    if (rank !== null) this.#wakeAll(this.#book.wake(symbol, 'volatilityRank', rank));
    for (const field of derivedFields) {
      const option = this.#book.isWaitedFor(symbol, field) ? this.#options.optionOf(symbol) : null;
      const value = option && readField(field, option, readings);
      if (value !== null) this.#wakeAll(this.#book.wake(symbol, field, value));
    }
  }

  #withRank(symbol: string, readings: FieldReadings): FieldReadings {
    const { volatility } = readings;
    const rank = volatility === undefined ? null : this.#ranks.rankOf(symbol, volatility);
    return rank === null ? readings : { ...readings, volatilityRank: rank };
  }

  #wakeAll(taskIds: readonly string[]): void {
    if (this.#isStopped) return;
    for (const taskId of taskIds) {
      const task = this.#registry.get(taskId);
      if (!task || this.#isHalted(task.accountId)) continue;
      this.#wakes += 1;
      task.send({ type: 'PRICE', readings: this.readingsFor(task.context) });
    }
  }

  /** `null` when no price can start a roll of the task now; it is disarmed then. */
  #waiting(task: TaskActor): Waiting | null {
    if (task.isOver || !task.hasTag('armed') || this.#isHalted(task.accountId)) {
      this.#book.disarm(task.taskId);
      if (task.isOver) {
        this.#options.leave(task.taskId);
        this.#volatilities.leave(task.taskId);
        this.#ranks.leave(task.taskId);
      }
      this.#structures.leave(task.taskId);
      this.#holding.delete(task.taskId);
      return null;
    }
    const { context } = task;
    const isHolding = Object.keys(context.heldSince).length > 0;
    if (isHolding) this.#holding.add(task.taskId);
    else this.#holding.delete(task.taskId);
    const trigger = triggerOf(context.rules);
    const options = optionsNeeded(trigger, context);
    this.#ranks.want(task.taskId, ...ranksNeeded(trigger, context).map(({ symbol }) => symbol));
    this.#options.want(task.taskId, options);
    this.#volatilities.want(task.taskId, context.held.baseCoin, trigger);
    return { context, readings: this.readingsFor(context) };
  }

  /** @returns false when these readings change nothing */
  #send(task: TaskActor, { context, readings }: Waiting): boolean {
    if (this.#isStopped) return false;
    const { due, heldSince, dueAtMs } = judgeRules(context, readings, this.#clock.nowMs());
    const isNews = due.length > 0 || dueAtMs !== null || Object.keys(heldSince).length > 0;
    if (!isNews || (due.length === 0 && task.hasTag('confirming'))) return false;
    task.send({ type: 'PRICE', readings });
    return true;
  }

  #arm(task: TaskActor, { context, readings }: Waiting): void {
    const { taskId } = task;
    // While a question stands, other rules are confirmed beside it.
    const isConfirming = task.hasTag('confirming') || (task.hasTag('asking') && isConditionHolding(context));
    const atMs = this.#clock.nowMs();
    const all = watchesOfRules(context, readings, { atMs, isConfirming });
    // A moment that has come tells a task nothing while its question stands, and would come again at once.
    const isPast = ({ field, level }: Watch): boolean => field === 'clock' && Number(level) <= atMs;
    const watches = task.hasTag('asking') ? all.filter((watch) => !isPast(watch)) : all;
    this.#book.arm(
      taskId,
      watches.map((watch) => ({ ...watch, source: sourceOf(watch, { taskId, held: context.held }) })),
    );
    if (context.others !== undefined) this.#structures.arm(taskId, { context, readings, watches });
    this.#levels.armed();
  }
}

function sourceOf(
  { field, of }: Watch,
  { taskId, held }: { readonly taskId: string; readonly held: HeldOption },
): string {
  if (field === 'clock') return field;
  if (!isOptionField(field)) return held.baseCoin;
  return isComputed(of) ? computedSource(taskId, of) : (of ?? held.symbol);
}

/** Those of these fields that are known, and the index. */
const only = (fields: readonly ReportedField[], known: FieldReadings): FieldReadings =>
  Object.fromEntries(
    Object.entries(known).filter(([field]) => field === 'index' || fields.includes(field as ReportedField)),
  );
