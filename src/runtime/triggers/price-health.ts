/**
 * What the market feed reports, for the router, the log and the answer why a task waits: of which sources prices come,
 * and of which they do not. It owns saying each change once; that nothing fires on what is stale is price-router.ts.
 */
import type { Logger } from 'pino';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { fieldsOf, isOptionField } from '../../domain/rules/triggers.ts';
import type { Feed, MarketListener } from '../../ports/market-data.ts';
import type { PriceRouter } from './price-router.ts';

const namedMax = 5;
/** Stands for everything of a feed. */
const all = '';

/** Passes ticks on to the router, and knows which sources are silent. */
export class PriceHealth implements MarketListener {
  readonly #router: PriceRouter;
  readonly #log: Logger;
  /** Why nothing comes, by source; what never came is not in it until the feed says so. */
  readonly #stale: Readonly<Record<Feed, Map<string, string>>> = {
    underlying: new Map(),
    options: new Map(),
  };
  readonly #everLive = new Set<Feed>();

  constructor(router: PriceRouter, log: Logger) {
    this.#router = router;
    this.#log = log;
  }

  tick: MarketListener['tick'] = (tick) => this.#router.tick(tick);

  stale: MarketListener['stale'] = (feed, reason, sources) => {
    this.#router.forget(feed, sources);
    for (const source of sources ?? [all]) this.#stale[feed].set(source, reason);
    this.#log.warn(
      { feed, sources: named(sources), reason },
      'prices are stale: no trigger on them fires until they are back',
    );
  };

  /** An option's first price after a roll is no news to a person; one that was missing is. */
  live: MarketListener['live'] = (feed, sources) => {
    const isFirst = !this.#everLive.has(feed);
    this.#everLive.add(feed);
    const back = [all, ...(sources ?? [])].filter((source) => this.#stale[feed].delete(source));
    const isNews = isFirst || feed === 'underlying' || back.length > 0;
    this.#log[isNews ? 'info' : 'debug']({ feed, sources: named(sources) }, 'prices are live');
  };

  /** Why the task's trigger cannot fire now whatever the market does, or `null`. */
  whyBlind({ trigger, held: { symbol, baseCoin } }: Pick<RollContext, 'trigger' | 'held'>): string | null {
    const fields = fieldsOf(trigger).filter((field) => field !== 'clock');
    const sources = [
      ...(fields.some(isOptionField) ? [['options', symbol] as const] : []),
      ...(fields.some((field) => !isOptionField(field)) ? [['underlying', baseCoin] as const] : []),
    ];
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
