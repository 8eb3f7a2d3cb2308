/**
 * Opens what watches a daemon, where the configuration asks for it: metrics, before everything else, so that /readyz also says why a
 * daemon has not started yet (what is not open yet is left out of a scrape), and spans of rolls.
 */
import type { OpenedLive } from '../api/live/services.ts';
import type { Config } from '../config.ts';
import type { OpenedExchange } from '../daemon/open-exchange.ts';
import { version } from '../daemon/package.ts';
import type { Resources } from '../daemon/resources.ts';
import type { ApiObserver, ExchangeObserver, RuntimeObserver } from '../ports/observer.ts';
import type { Supervisor } from '../runtime/supervisor.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { CountedEvents } from '../telemetry/metrics/counted.ts';

/** The parts of a daemon as far as they are open. */
export interface OpenParts {
  store: Store | null;
  exchange: OpenedExchange | null;
  supervisor: Supervisor | null;
  live: OpenedLive | null;
}

/** What is to be told of everything; nothing where nobody watches. */
export interface DaemonObservers {
  readonly runtime?: RuntimeObserver | undefined;
  readonly exchange?: ExchangeObserver | undefined;
  readonly api?: ApiObserver | undefined;
}

export interface WatchOptions {
  readonly config: Pick<Config, 'metrics' | 'traces' | 'mode' | 'daemonName'>;
  readonly log: Logger;
  /** What is opened is added here, to be closed with the rest. */
  readonly resources: Resources;
  readonly parts: Readonly<OpenParts>;
  /** Why the daemon does not do its work, the worst first; none while it does. */
  readonly problems: () => readonly string[];
}

/** @throws BadInput when the port of the metrics cannot be had */
export async function watch(options: WatchOptions): Promise<DaemonObservers> {
  const counted = await openMetrics(options);
  const spans = await openRollSpans(options);
  const runtime = counted && spans ? bothOf(counted, spans) : (counted ?? spans);
  return { runtime, exchange: counted, api: counted };
}

async function openMetrics(options: WatchOptions): Promise<CountedEvents | undefined> {
  const { config, log, resources, parts, problems } = options;
  if (config.metrics === null) return undefined;
  const [{ Metrics }, { openMetricsServer }] = await Promise.all([
    import('../telemetry/metrics/metrics.ts'),
    import('../telemetry/metrics/server.ts'),
  ]);
  const program = { version: version(), mode: config.mode };
  const metrics = new Metrics({
    standing: () => ({
      ...program,
      isReady: problems().length === 0,
      journal: parts.store?.journal.state() ?? null,
      runtime: parts.supervisor?.figures() ?? null,
      exchange: parts.exchange?.standing() ?? null,
      shards: parts.store?.ownership.standing ?? null,
      pool: parts.store?.poolStanding() ?? null,
      watchers: parts.live?.hub.counts ?? null,
      atMs: parts.exchange?.clock.nowMs() ?? Date.now(),
    }),
    outbox: () => parts.store?.system.outboxBacklog() ?? null,
  });
  const server = await openMetricsServer({ ...config.metrics, metrics, problems, log });
  resources.add('metrics', () => server.close());
  log.info({ url: server.url }, 'metrics are served at /metrics, beside /healthz and /readyz');
  return metrics.counted;
}

async function openRollSpans({ config, log, resources }: WatchOptions): Promise<RuntimeObserver | undefined> {
  const { traces, daemonName: daemon } = config;
  if (traces === null) return undefined;
  const { openSpans } = await import('../telemetry/spans/open.ts');
  const spans = openSpans({ ...traces, version: version(), daemon, log });
  resources.add('spans', () => spans.close());
  log.info('spans of rolls are sent to a collector');
  return spans.rolls;
}

const bothOf = (one: RuntimeObserver, other: RuntimeObserver): RuntimeObserver => ({
  turn: (turn) => {
    one.turn(turn);
    other.turn(turn);
  },
  lost: () => {
    one.lost();
    other.lost();
  },
  admitted: (waitedMs) => {
    one.admitted(waitedMs);
    other.admitted(waitedMs);
  },
  watchedAgain: (unwatchedMaxMs) => {
    one.watchedAgain(unwatchedMaxMs);
    other.watchedAgain(unwatchedMaxMs);
  },
});
