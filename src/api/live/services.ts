/**
 * Opens what shows things as they happen: the history of prices, the hub that sends events, and the relay between daemons; and
 * closes them. The routes are in routes/live.ts.
 */
import type { LiveRelay, LiveSource } from '../../ports/live.ts';
import type { DaemonStanding, StreamStanding, WatcherCounts } from '../../ports/system.ts';
import { Hub, type HubBounds } from './hub.ts';
import { PriceHistories } from './price-history.ts';
import { Relaying } from './relaying.ts';

export interface LiveServices {
  readonly hub: Hub;
  readonly prices: PriceHistories;
  /** How the daemon stands that answers. */
  readonly standing: () => DaemonStanding;
}

/** What the hub and the history do not know of the daemon. */
export type OwnStanding = Omit<DaemonStanding, 'streams' | 'live'>;

export interface LiveOptions {
  readonly source: LiveSource;
  /** Default: other daemons are not shown. */
  readonly relay?: LiveRelay;
  /** Exchange time. */
  readonly clockMs: () => number;
  readonly standing: () => OwnStanding;
  readonly log: { warn(fields: object, text: string): void };
  readonly bounds?: Partial<HubBounds>;
}

export interface OpenedLive extends LiveServices {
  close(): void;
}

/** Resolves when other daemons are heard, or after a first failure to. */
export async function openLive(options: LiveOptions): Promise<OpenedLive> {
  const { source, relay, clockMs, standing, log, bounds } = options;
  const prices = new PriceHistories();
  // Before the hub: what a subscriber is told first is taken from here.
  const end = source.subscribe({
    price: (price) => prices.note(price),
    feed: (change) => prices.feed(change),
  });
  const { daemon, environment } = standing();
  const hub: Hub = new Hub({
    source,
    prices,
    environment,
    daemon,
    clockMs,
    began: () => relaying?.begin(),
    ...(bounds && { bounds }),
  });
  const relaying = relay && new Relaying({ relay, source, hub, prices, standing, log });
  await relaying?.open();
  return {
    hub,
    prices,
    standing: () => ({ ...standing(), streams: streamsOf(prices), live: countsOf(hub) }),
    close: () => {
      hub.close();
      relaying?.close();
      end();
    },
  };
}

const streamsOf = (prices: PriceHistories): readonly StreamStanding[] =>
  prices.standing().map(({ coin, price, silence }) => ({
    coin,
    isLive: price !== null && silence === null,
    reason: silence?.reason ?? null,
    lastAtMs: price?.atMs ?? null,
  }));

const countsOf = ({ counts: { subscribers, dropped } }: Hub): WatcherCounts => ({ subscribers, dropped });
