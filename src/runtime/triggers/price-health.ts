/**
 * Listens to the market feed for the router, the log, watchers and the advice why a task waits: knows which sources have fresh
 * prices and which have none, and logs each change once. That nothing fires on stale prices is in price-router.ts.
 */
import type { Logger } from 'pino';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { triggerOf } from '../../domain/rules/judging.ts';
import { fieldsOf, isOptionField, isVolatilityField, type Readings } from '../../domain/rules/triggers.ts';
import { legName, optionsNeeded, readingsByLeg } from '../../domain/rules/leg-views.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LiveReports } from '../../ports/live.ts';
import type { Feed, MarketListener, Tick } from '../../ports/market-data.ts';
import type { CoinFlow } from '../../ports/system.ts';
import type { PriceRouter } from './price-router.ts';

const namedMax = 5;
/** Stands for everything of a feed. */
const all = '';

export interface PriceHealthOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** Prices are reported here after the tasks have received them. Default: nobody watches. */
  readonly live?: LiveReports | undefined;
}

/** Passes ticks on to the router, and knows which sources are stale. */
export class PriceHealth implements MarketListener {
  readonly #router: PriceRouter;
  readonly #options: PriceHealthOptions;
  /** Why a source is stale, by source; one that never had a price is not in it until the feed reports it as stale. */
  readonly #stale: Readonly<Record<Feed, Map<string, string>>> = {
    underlying: new Map(),
    options: new Map(),
  };
  readonly #everLive = new Set<Feed>();
  /** By coin: frames so far, and the time of the last one. */
  readonly #flows = new Map<string, { ticks: number; lastAtMs: number }>();
  #optionTicks = 0;

  constructor(router: PriceRouter, options: PriceHealthOptions) {
    this.#router = router;
    this.#options = options;
  }

  /** Passes the ticks on. */
  tick: MarketListener['tick'] = (...ticks) => {
    this.#router.tick(...ticks);
    this.#options.live?.ticks(ticks);
    for (const tick of ticks) this.#count(tick);
  };

  /** Notes why the sources are stale, logs it, and has the router forget their prices. */
  stale: MarketListener['stale'] = (feed, reason, sources) => {
    this.#router.forget(feed, sources);
    for (const source of sources ?? [all]) this.#stale[feed].set(source, reason);
    const { log, clock, live } = this.#options;
    log.warn(
      { feed, sources: named(sources), reason },
      'prices are stale: no trigger on them fires until they are back',
    );
    live?.feed(feed, sources, { reason, atMs: clock.nowMs() });
  };

  /** Logs that prices are back; the first price of an option after a roll only at level debug. */
  live: MarketListener['live'] = (feed, sources) => {
    const isFirst = !this.#everLive.has(feed);
    this.#everLive.add(feed);
    const back = [all, ...(sources ?? [])].filter((source) => this.#stale[feed].delete(source));
    const isNews = isFirst || feed === 'underlying' || back.length > 0;
    const { log, clock, live } = this.#options;
    log[isNews ? 'info' : 'debug']({ feed, sources: named(sources) }, 'prices are live');
    live?.feed(feed, sources, { reason: null, atMs: clock.nowMs() });
  };

  /** Frames of options' tickers since the start. */
  get optionTicks(): number {
    return this.#optionTicks;
  }

  /** How the prices of each underlying come that was ever seen or is silent. */
  flows(): readonly CoinFlow[] {
    const nowMs = this.#options.clock.nowMs();
    const silent = this.#stale.underlying;
    const coins = new Set([...this.#flows.keys(), ...silent.keys()]);
    coins.delete(all);
    return Array.from(coins, (coin) => {
      const flow = this.#flows.get(coin);
      return {
        coin,
        ticks: flow?.ticks ?? 0,
        ageMs: flow === undefined ? null : Math.max(0, nowMs - flow.lastAtMs),
        isLive: flow !== undefined && !silent.has(coin) && !silent.has(all),
      };
    });
  }

  #count({ feed, source, atMs }: Tick): void {
    if (feed === 'options') {
      this.#optionTicks += 1;
      return;
    }
    const flow = this.#flows.get(source);
    if (flow === undefined) {
      this.#flows.set(source, { ticks: 1, lastAtMs: atMs });
      return;
    }
    flow.ticks += 1;
    flow.lastAtMs = atMs;
  }

  /** The rank of the implied volatility of what is held, where the task looks at it and it is known. */
  rankFor(context: RollContext): Readings {
    const known = this.#router.readingsFor(context);
    return readingsByLeg(context, (leg) => {
      const { volatilityRank } = known.legs?.[legName(leg)] ?? known;
      return volatilityRank === undefined ? null : { volatilityRank };
    });
  }

  /** One sentence on why the task's trigger cannot fire now whatever the market does; `null` when it can. */
  whyBlind(task: Pick<RollContext, 'rules' | 'held' | 'others'>): string | null {
    const trigger = triggerOf(task.rules);
    const fields = fieldsOf(trigger).filter((field) => field !== 'clock' && !isVolatilityField(field));
    const options = optionsNeeded(trigger, task).map(({ symbol }) => ['options', symbol] as const);
    const sources = fields.some((field) => !isOptionField(field))
      ? [...options, ['underlying', task.held.baseCoin] as const]
      : options;
    for (const [feed, source] of sources) {
      const reason = this.#stale[feed].get(source) ?? this.#stale[feed].get(all);
      if (reason !== undefined)
        return `no prices of ${source} come (${reason}): no condition on them holds until they do`;
    }
    return null;
  }
}

const named = (sources: readonly string[] | undefined): string | undefined =>
  sources && sources.length > namedMax
    ? `${sources.slice(0, namedMax).join(', ')} and ${sources.length - namedMax} more`
    : sources?.join(', ');
