/**
 * Puts together what people and programs reach this daemon by over HTTP, and what shows them things as they happen. A daemon
 * without an API still tells the others what happens in it: their pages show its tasks, too.
 */
import { openTrial } from '../alerts/trial.ts';
import { openLive, type OpenedLive, type OwnStanding } from '../api/live/services.ts';
import type { OpenedApi } from '../api/open-api.ts';
import type { Config } from '../config.ts';
import { keyCheckOf } from '../daemon/key-check.ts';
import { pageDirectory, version } from '../daemon/package.ts';
import { readPresets } from '../daemon/presets.ts';
import type { Resources } from '../daemon/resources.ts';
import { exchangeRules } from '../daemon/venue.ts';
import type { AlertSender } from '../ports/channels.ts';
import type { ApiObserver } from '../ports/observer.ts';
import type { LiveSource } from '../ports/live.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';

export type DaemonOwnStanding = Omit<OwnStanding, 'daemon' | 'version' | 'environment'>;

export interface ServingOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly store: Store;
  /** What is opened is added here, to be closed with the rest. */
  readonly resources: Resources;
  readonly source: LiveSource;
  /** Exchange time, as soon as it is known. */
  readonly clockMs: () => number;
  readonly standing: () => DaemonOwnStanding;
  /** The bot's sender; `null` without a bot. */
  readonly telegram: AlertSender<'telegram'> | null;
  /** Counts requests to the API. */
  readonly observer?: ApiObserver | undefined;
  /** Called once the API listens. */
  readonly onServed: (api: OpenedApi) => Promise<void>;
}

/** @throws BadInput when the API cannot listen where the configuration says */
export async function serve(options: ServingOptions): Promise<OpenedLive> {
  const { config, log, store, resources, source, clockMs, standing } = options;
  const own = { daemon: config.daemonName, version: version(), environment: config.mode };
  const live = await openLive({
    source,
    relay: store.relay,
    clockMs,
    standing: () => ({ ...own, ...standing() }),
    log,
  });
  resources.add('live events', () => {
    live.close();
    return Promise.resolve();
  });
  await store.halts.listen(() => live.hub.lookNow());
  if (config.api !== null) await serveApi(options, config.api, live);
  return live;
}

/** Its parts are loaded only where there is one. */
async function serveApi(
  { config, log, store, resources, telegram, observer, onServed }: ServingOptions,
  settings: NonNullable<Config['api']>,
  live: OpenedLive,
): Promise<void> {
  const { administrators, alerts, mode: environment } = config;
  const trial = openTrial({ ...alerts, telegram });
  resources.add('trial of channels', () => trial.close());
  const keyCheck = keyCheckOf(config, log, (id) => store.directory.credentials(id));
  const [{ openApi, usualWaits }, { LaidOutCharts }, { BacktestJobs }] = await Promise.all([
    import('../api/open-api.ts'),
    import('../drawing/layout-thread.ts'),
    import('../backtest/backtest-jobs.ts'),
  ]);
  const backtests = new BacktestJobs({ nowMs: Date.now });
  resources.add('backtests', () => backtests.close());
  const charts = new LaidOutCharts();
  const { host, port, isPortGiven, ...web } = settings;
  const api = await openApi({
    ports: { ...store, rules: exchangeRules, administrators, keyCheck, trial, charts, backtests },
    live,
    log,
    observer,
    environment,
    version: version(),
    presets: readPresets(),
    waits: usualWaits,
    web: { ...web, pageDirectory: pageDirectory() },
    host,
    port,
    takesAnotherPort: !isPortGiven,
  });
  resources.add('API', () => api.close());
  log.info({ url: api.url }, 'the page and the API are served; rollkeeper link signs a browser in');
  await onServed(api);
}
