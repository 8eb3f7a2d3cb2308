/**
 * Readings belong before the price that needs them: the options that the nearest tasks would trade are streamed, their accounts kept
 * ready, and the exchange asked about the orders of those whose level is almost reached, before a trigger is. Which tasks these are
 * is looked at once a second and coin, the nearest to the price first, up to a bound; how many tasks wait makes no difference. A task
 * that rolls keeps its options until it is done.
 */
import type { Logger } from 'pino';
import { withQuotes } from '../../domain/market/order.ts';
import { isOfSeries, type Option } from '../../domain/market/option.ts';
import { leg1Question } from '../../domain/roll/planning.ts';
import { pricingOf } from '../../domain/market/unit-costs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { MarketData } from '../../ports/market-data.ts';
import { readChain } from '../task/effects.ts';
import type { ChainSource } from '../task/read-structure.ts';
import type { TaskActor } from '../task/task-actor.ts';
import type { TaskRegistry } from '../task/task-registry.ts';
import type { PriceRouter } from './price-router.ts';
import { rehearse, type RehearsalSurroundings } from './rehearsal.ts';

export interface ReadAheadOptions {
  /** So many options are streamed for this; 0: nothing is read ahead. */
  readonly optionsMax: number;
  readonly registry: TaskRegistry;
  readonly market: MarketData;
  readonly clock: Clock;
  readonly log: Logger;
  readonly prices: Pick<PriceRouter, 'nearest' | 'wantAhead'>;
  readonly surroundingsOf: (accountId: string) => RehearsalSurroundings | undefined;
}

interface Ahead {
  readonly baseCoin: string;
  readonly accountId: string;
  readonly version: number;
  readonly readAtMs: number;
  readonly options: readonly Option[];
  rehearsedAtMs: number;
}

const lookEveryMs = 1_000;
/** What a task would trade follows the price. */
const readAgainMs = 15_000;
const tasksMax = 24;
/** An answer about an order serves for seconds only, so it is asked for late: a price that comes from further away finds none. */
const rehearsed = { tasksMax: 8, awayMax: '0.01', againMs: 5_000 } as const;

export class ReadAhead {
  readonly #options: ReadAheadOptions;
  readonly #ahead = new Map<string, Ahead>();
  readonly #accounts = new Map<string, TradingAccount>();
  /** By coin: when it was looked at last, exchange time. */
  readonly #lookedMs = new Map<string, number>();
  #isLooking = false;
  #isStopped = false;

  constructor(options: ReadAheadOptions) {
    this.#options = options;
  }

  /** A price of the coin has come. */
  priceCame(baseCoin: string): void {
    const { optionsMax, clock, log } = this.#options;
    const nowMs = clock.nowMs();
    if (optionsMax === 0 || this.#isLooking || this.#isStopped) return;
    if (nowMs < (this.#lookedMs.get(baseCoin) ?? 0) + lookEveryMs) return;
    this.#lookedMs.set(baseCoin, nowMs);
    this.#isLooking = true;
    this.#look(baseCoin, nowMs)
      .catch((error: unknown) => log.debug({ baseCoin, err: error }, 'nothing could be read ahead'))
      .finally(() => (this.#isLooking = false));
  }

  /** Nothing is read ahead any more. */
  stop(): void {
    this.#isStopped = true;
    for (const taskId of [...this.#ahead.keys()]) this.#leave(taskId);
    this.#prepare();
  }

  async #look(baseCoin: string, nowMs: number): Promise<void> {
    const { registry, prices } = this.#options;
    const nearest = prices.nearest(baseCoin, tasksMax);
    const near = nearest.map(({ taskId }) => taskId);
    for (const [taskId, ahead] of this.#ahead) {
      const task = registry.get(taskId);
      const isRolling = task?.hasTag('rolling') === true;
      if (!task || (ahead.baseCoin === baseCoin && !isRolling && !near.includes(taskId))) this.#leave(taskId);
    }
    // Those whose options were wanted by the last look: they are streamed by now.
    const almost = nearest.slice(0, rehearsed.tasksMax).filter(({ away }) => away.lte(rehearsed.awayMax));
    await Promise.all(almost.map(({ taskId }) => this.#rehearse(taskId, nowMs)));
    for (const task of near.flatMap((taskId) => registry.get(taskId) ?? []))
      await this.#enter(task, baseCoin, nowMs);
    this.#prepare();
  }

  /** One that fails is no reason not to wait: what is not kept is asked for. */
  async #rehearse(taskId: string, nowMs: number): Promise<void> {
    const { registry, surroundingsOf, log } = this.#options;
    const task = registry.get(taskId);
    const ahead = this.#ahead.get(taskId);
    if (!task || ahead?.version !== task.version || ahead.options.length === 0) return;
    if (nowMs < ahead.rehearsedAtMs + rehearsed.againMs) return;
    const surroundings = surroundingsOf(task.accountId);
    if (!surroundings) return;
    ahead.rehearsedAtMs = nowMs;
    await rehearse(task, surroundings).catch((error: unknown) =>
      log.debug({ taskId, err: error }, 'no roll could be rehearsed'),
    );
  }

  async #enter(task: TaskActor, baseCoin: string, nowMs: number): Promise<void> {
    const { taskId, accountId, version } = task;
    const known = this.#ahead.get(taskId);
    if (known?.version === version && nowMs < known.readAtMs + readAgainMs) return;
    const wanted = await this.#optionsOf(task, nowMs);
    if (this.#isStopped || this.#options.registry.get(taskId) !== task) return;
    const isRoom = this.#streamedBeside(taskId, wanted) <= this.#options.optionsMax;
    const options = isRoom ? wanted : [];
    const rehearsedAtMs = known?.version === version ? known.rehearsedAtMs : -Infinity;
    this.#ahead.set(taskId, { baseCoin, accountId, version, readAtMs: nowMs, options, rehearsedAtMs });
    this.#options.prices.wantAhead(taskId, options);
  }

  /** How many options are streamed once these are. */
  #streamedBeside(taskId: string, options: readonly Option[]): number {
    const symbols = new Set(options.map(({ symbol }) => symbol));
    for (const [other, ahead] of this.#ahead)
      if (other !== taskId) for (const { symbol } of ahead.options) symbols.add(symbol);
    return symbols.size;
  }

  /** What a plan would ask for, found by asking without an answer. */
  async #optionsOf({ context }: TaskActor, nowMs: number): Promise<readonly Option[]> {
    const { market } = this.#options;
    const found = new Map<string, Option>();
    const asking: ChainSource = {
      listed: (family) => market.listed(family),
      quotes: async (symbols) => {
        const listed = await market.listed(context.held);
        for (const option of listed) if (symbols.includes(option.symbol)) found.set(option.symbol, option);
        return [];
      },
      chain: async (series) => {
        const listed = (await market.listed(series)).filter((option) => isOfSeries(option, series));
        for (const option of listed) if (option.status === 'Trading') found.set(option.symbol, option);
        return withQuotes(listed, []);
      },
    };
    const rules = pricingOf(market.rules, { own: null, mayRest: true });
    await readChain(leg1Question(context), asking, { nowMs, rules });
    return [...found.values()];
  }

  #leave(taskId: string): void {
    this.#ahead.delete(taskId);
    this.#options.prices.wantAhead(taskId, []);
  }

  /** Accounts of tasks that are near are kept ready, and no others. */
  #prepare(): void {
    const near = new Set([...this.#ahead.values()].map(({ accountId }) => accountId));
    for (const accountId of near) {
      const account = this.#options.surroundingsOf(accountId)?.account;
      if (!account || this.#accounts.get(accountId) === account) continue;
      this.#accounts.set(accountId, account);
      account.prepare?.(true);
    }
    for (const [accountId, account] of this.#accounts) {
      if (near.has(accountId)) continue;
      this.#accounts.delete(accountId);
      account.prepare?.(false);
    }
  }
}
