/**
 * What the market feed reports, for the router and for the log: of which sources prices come, and of which they do not.
 * It owns saying each change once; nothing fires on what is stale (price-router.ts).
 */
import type { Logger } from 'pino';
import type { Feed, MarketListener } from '../ports/market-data.ts';
import type { PriceRouter } from './price-router.ts';

const namedMax = 5;

export class PriceHealth implements MarketListener {
  readonly #router: PriceRouter;
  readonly #log: Logger;
  /** By feed; what never came is not in it until the feed says so. */
  readonly #stale: Readonly<Record<Feed, Set<string>>> = { underlying: new Set(), options: new Set() };
  readonly #everLive = new Set<Feed>();

  constructor(router: PriceRouter, log: Logger) {
    this.#router = router;
    this.#log = log;
  }

  tick: MarketListener['tick'] = (tick) => this.#router.tick(tick);

  stale: MarketListener['stale'] = (feed, reason, sources) => {
    this.#router.forget(feed, sources);
    for (const source of sources ?? []) this.#stale[feed].add(source);
    this.#log.warn(
      { feed, sources: named(sources), reason },
      'prices are stale: no trigger on them fires until they are back',
    );
  };

  /** An option's first price after a roll is no news to a person; one that was missing is. */
  live: MarketListener['live'] = (feed, sources) => {
    const isFirst = !this.#everLive.has(feed);
    this.#everLive.add(feed);
    const wereMissing = (sources ?? []).filter((source) => this.#stale[feed].delete(source));
    const isNews = isFirst || feed === 'underlying' || wereMissing.length > 0;
    this.#log[isNews ? 'info' : 'debug']({ feed, sources: named(sources) }, 'prices are live');
  };
}

const named = (sources: readonly string[] | undefined): string | undefined =>
  sources && sources.length > namedMax
    ? `${sources.slice(0, namedMax).join(', ')} and ${sources.length - namedMax} more`
    : sources?.join(', ');
