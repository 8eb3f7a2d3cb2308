/**
 * The composition root: the only file that knows all parts. It opens database, exchange and supervisor in order, runs them
 * under the daemon machine, and in any case closes them in the opposite order.
 */
import { setImmediate } from 'node:timers/promises';
import { createActor, fromPromise, toPromise } from 'xstate';
import { daemonMachine } from '../machines/daemon.machine.ts';
import { openAlerts } from './alerts/open-alerts.ts';
import type { OpenedLive } from './api/live/services.ts';
import type { OpenedApi } from './api/open-api.ts';
import { askedBySystemd, programName, type Config } from './config.ts';
import { calendarSource } from './daemon/calendar-source.ts';
import { RefreshedCalendar } from './daemon/event-calendar.ts';
import { keyCheckOf, askingOf } from './daemon/key-check.ts';
import { Health } from './daemon/health.ts';
import { openExchange, type OpenedExchange } from './daemon/open-exchange.ts';
import { readPresets } from './daemon/presets.ts';
import { Resources } from './daemon/resources.ts';
import { openServiceManager } from './daemon/service-manager.ts';
import { exchangeRules } from './daemon/venue.ts';
import { WakeablePause } from './daemon/wakeable-pause.ts';
import { serve, type DaemonOwnStanding } from './main/serve.ts';
import { watch, type DaemonObservers, type OpenParts } from './main/watch.ts';
import type { AlertSender } from './ports/channels.ts';
import type { EventCalendarReader } from './ports/event-calendar.ts';
import type { TradingAccount } from './ports/exchange.ts';
import { ClaimWatch } from './runtime/accounts/claim-watch.ts';
import { LiveFeed } from './runtime/live-feed.ts';
import { Supervisor } from './runtime/supervisor.ts';
import { stopSignals } from './stop-signals.ts';
import { openEmbeddedDatabase } from './store/embedded/embedded-postgres.ts';
import { migrate } from './store/migrate.ts';
import { assertSessionsAreOwn } from './store/ownership/own-sessions.ts';
import { openStore, type Store } from './store/store.ts';
import { openInspector } from './telemetry/inspector/inspector.ts';
import type { Narrator } from './telemetry/inspector/narrator.ts';
import { reportJournal } from './telemetry/journal-watch.ts';
import type { Logger } from './telemetry/logger.ts';

const lookAroundEveryMs = 1_000;

/** How long a start waits for the calendar of events, because a task that asks for it is refused until it is known. */
const calendarWaitMs = 2_000;

export interface DaemonOptions {
  /** Opens the inspector at this port of loopback; 0 takes a free one. */
  readonly inspectorPort?: number | undefined;
  /** Recorded minutes that the daemon's own paper exchange plays instead of a random walk. */
  readonly tapePath?: string | undefined;
  /** Called when the API and the page are served. */
  readonly onServed?: (api: OpenedApi) => Promise<void>;
  /** Called when the daemon handles signals itself, so that the caller removes its own handlers. */
  readonly takeSignals?: () => void;
}

/**
 * Runs the daemon until SIGTERM, SIGINT or SIGHUP (its terminal was closed; Node receives it also under nohup). It handles
 * these signals from its start to the end of the process.
 * @returns the exit code, 0 whenever it stopped because of a signal @throws the error that kept it from starting
 */
export async function runDaemon(config: Config, log: Logger, options: DaemonOptions = {}): Promise<number> {
  const daemon = new Daemon(config, log, options);
  const state = { isStopping: false, isOver: false };
  const onSignal = (signal: NodeJS.Signals) => {
    if (state.isOver) process.exit(0);
    if (!state.isStopping) log.info({ signal }, 'draining: no new roll starts');
    state.isStopping = true;
    daemon.terminate();
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  options.takeSignals?.();
  try {
    await daemon.run();
  } catch (error) {
    // Ctrl-C also ends the programs that this one started, and their failure may arrive before the signal.
    await setImmediate();
    if (!state.isStopping) throw error;
    log.error({ err: error }, 'failed while stopping');
  } finally {
    state.isOver = true;
  }
  return 0;
}

class Daemon {
  readonly #config: Config;
  readonly #log: Logger;
  readonly #inspectorPort: number | undefined;
  readonly #tapePath: string | undefined;
  readonly #onServed: NonNullable<DaemonOptions['onServed']>;
  #inspection: Narrator | undefined;
  readonly #resources: Resources;
  readonly #actor;
  readonly #pause = new WakeablePause();
  #opening: Promise<void> = Promise.resolve();
  readonly #parts: OpenParts = { store: null, exchange: null, supervisor: null, live: null };
  #observers: DaemonObservers = {};
  readonly #startedAtMs = Date.now();
  readonly #feed: LiveFeed;
  readonly #claims: ClaimWatch;
  readonly #service;
  #reportJournal: () => void = () => {};
  /** True once the exchange has answered: from then on each account reports its own trouble. */
  #isReachable = false;
  readonly #health = new Health(Date.now);
  /** Names of the accounts connected so far, by id. */
  readonly #accountNames = new Map<string, string>();
  /** The API keys that they were connected with. */
  readonly #connectedKeys = new Map<string, string>();

  constructor(config: Config, log: Logger, { inspectorPort, tapePath, onServed }: DaemonOptions) {
    this.#config = config;
    this.#log = log;
    this.#claims = new ClaimWatch(log);
    this.#service = openServiceManager(askedBySystemd(), log);
    this.#resources = new Resources(log);
    this.#feed = new LiveFeed(log);
    this.#inspectorPort = inspectorPort;
    this.#tapePath = tapePath;
    this.#onServed = onServed ?? (() => Promise.resolve());
    this.#actor = createActor(
      daemonMachine.provide({
        actors: {
          'open database and exchange': fromPromise(() => (this.#opening = this.#open())),
          'claim accounts and bring their tasks back': fromPromise(() => this.#claim()),
          'wait for the next look around': fromPromise(() => this.#pause.wait(lookAroundEveryMs)),
          'look for free accounts': fromPromise(() => this.#lookAround()),
          'give every task up': fromPromise(() =>
            this.#opened.abandon('the session that holds the shards ended'),
          ),
          'let running rolls end': fromPromise(() => this.#drain()),
          'close everything': fromPromise(() => this.#resources.close(this.#opening)),
        },
      }),
      { inspect: (event) => this.#inspection?.see('daemon', event) },
    );
  }

  async run(): Promise<void> {
    this.#actor.start();
    const { failure } = await toPromise(this.#actor).finally(() => this.#service.close());
    if (failure !== null) throw failure as Error;
    this.#log.info('stopped');
  }

  terminate(): void {
    this.#service.stopping();
    this.#actor.send({ type: 'TERMINATE' });
  }

  get #opened(): Supervisor {
    const { supervisor } = this.#parts;
    if (!supervisor) throw new Error('the daemon is not open yet');
    return supervisor;
  }

  async #open(): Promise<void> {
    const { mode, migrateAtStart } = this.#config;
    this.#log.info({ mode, daemon: this.#config.daemonName }, 'starting');
    this.#observers = await watch({
      config: this.#config,
      log: this.#log,
      resources: this.#resources,
      parts: this.#parts,
      problems: () => this.#problems(),
    });
    this.#resources.assertNotClosing();
    await this.#openInspector();
    const databaseUrl = await this.#openDatabase();
    this.#resources.assertNotClosing();
    if (this.#config.database.kind === 'url') await assertSessionsAreOwn(databaseUrl);
    this.#resources.assertNotClosing();
    if (migrateAtStart) await migrate(databaseUrl, this.#log);
    this.#resources.assertNotClosing();
    const store = await openStore({
      databaseUrl,
      encryptionKey: this.#config.encryptionKey,
      formerKeys: this.#config.formerKeys,
      daemonName: this.#config.daemonName,
      environment: mode,
      log: this.#log,
    });
    this.#resources.add('store', () => store.close());
    this.#parts.store = store;
    await store.keys.assertOpenable();
    const telegram = await this.#openTelegram(store);
    await this.#openAlerts(store, telegram);
    this.#resources.assertNotClosing();
    this.#parts.live = await this.#serve(store, telegram);
    this.#reportJournal = () => reportJournal(store.journal.state(), this.#log);
    this.#resources.assertNotClosing();
    const exchange = await this.#openExchange(store);
    this.#resources.assertNotClosing();
    await this.#supervise(store, exchange);
  }

  async #openInspector(): Promise<void> {
    if (this.#inspectorPort === undefined) return;
    const inspector = await openInspector({
      port: this.#inspectorPort,
      log: this.#log,
      standing: (tasksMax) => this.#parts.supervisor?.standing(tasksMax) ?? [],
    });
    this.#resources.add('inspector', () => inspector.close());
    inspector.inspection.follow('daemon', this.#actor);
    this.#inspection = inspector.inspection;
    this.#log.info({ url: inspector.url }, 'the inspector can be attached');
  }

  async #openDatabase(): Promise<string> {
    const { database } = this.#config;
    if (database.kind === 'url') return database.url;
    const embedded = await openEmbeddedDatabase(database.dataDir, { role: 'daemon', log: this.#log });
    this.#resources.add('database', () => embedded.close());
    return embedded.url;
  }

  /** Before what delivers alerts, because the bot is one of the ways. It is loaded where there is one. */
  async #openTelegram(store: Store): Promise<AlertSender<'telegram'> | null> {
    const { telegram: settings, administrators, mode: environment } = this.#config;
    if (settings === null) return null;
    const keyCheck = keyCheckOf(this.#config, this.#log, (id) => store.directory.credentials(id));
    const { openTelegram } = await import('./telegram/open-telegram.ts');
    const opened = openTelegram({
      settings,
      ports: { ...store, rules: exchangeRules, administrators, keyCheck },
      memory: (botId) => store.botMemory(botId),
      duty: (botId) => store.botDuty(botId),
      log: this.#log,
      environment,
      presets: readPresets(),
    });
    this.#resources.add('Telegram bot', () => opened.close());
    return opened.sender;
  }

  /** Before the exchange, so that people also receive that it does not answer. */
  async #openAlerts({ deliveries }: Store, telegram: AlertSender<'telegram'> | null): Promise<void> {
    const alerts = await openAlerts({
      ...this.#config.alerts,
      book: deliveries,
      telegram,
      problem: () => this.#problems()[0] ?? null,
      log: this.#log,
    });
    this.#resources.add('delivery of alerts', () => alerts.close());
  }

  /** Before the exchange, so that people see why this daemon does not do its work. */
  #serve(store: Store, telegram: AlertSender<'telegram'> | null): Promise<OpenedLive> {
    return serve({
      config: this.#config,
      log: this.#log,
      resources: this.#resources,
      source: this.#feed,
      store,
      telegram,
      onServed: this.#onServed,
      observer: this.#observers.api,
      clockMs: () => this.#parts.exchange?.clock.nowMs() ?? Date.now(),
      standing: () => this.#standing(store),
    });
  }

  #standing({ journal }: Store): DaemonOwnStanding {
    const { healthy, waiting, lagMs } = journal.state();
    return {
      startedAtMs: this.#startedAtMs,
      problems: this.#problems(),
      tasksHere: this.#parts.supervisor?.taskCount ?? 0,
      journal: { healthy, waiting, lagMs },
    };
  }

  #problems(): readonly string[] {
    return this.#health.problems(this.#parts.store?.journal.state() ?? null);
  }

  #openExchange(store: Store): Promise<OpenedExchange> {
    return openExchange(this.#config, {
      log: this.#log,
      resources: this.#resources,
      inspection: this.#inspection,
      observer: this.#observers.exchange,
      tapePath: this.#tapePath,
      onUnreachable: (problem) => void this.#noteUnreachable(store, problem),
    });
  }

  /** Stores why this daemon cannot start; never rejects. */
  async #noteUnreachable(store: Store, problem: string): Promise<void> {
    if (this.#isReachable) return;
    await store.accounts
      .noteUnreachable(this.#config.mode, problem, Date.now())
      .catch((error: unknown) =>
        this.#log.warn({ err: error }, 'it could not be stored that the exchange does not answer'),
      );
  }

  async #connect(store: Store, exchange: OpenedExchange, accountId: string): Promise<TradingAccount> {
    const key = await store.directory.credentials(accountId);
    this.#inspection?.hide(key.apiKey, key.apiSecret);
    this.#accountNames.set(accountId, key.name);
    this.#connectedKeys.set(accountId, key.apiKey);
    exchange.admit(key);
    await store.directory.assertOnlyOne(accountId, () => exchange.ownerOf(key));
    return exchange.account(key);
  }

  async #supervise(store: Store, exchange: OpenedExchange): Promise<void> {
    const supervisor = new Supervisor({
      ...store,
      calendar: await this.#openCalendar(exchange),
      market: exchange.market,
      clock: exchange.clock,
      log: this.#log,
      inspection: this.#inspection,
      live: this.#feed,
      observer: this.#observers.runtime,
      readAheadOptions: this.#config.readAheadOptions,
      accountName: (accountId) => this.#accountNames.get(accountId) ?? accountId,
      asking: askingOf(exchange, {
        credentialsOf: (accountId) => store.directory.credentials(accountId),
        replacedKeys: () => store.directory.replacedKeys(this.#connectedKeys),
      }),
      connect: (accountId) => this.#connect(store, exchange, accountId),
    });
    this.#parts.supervisor = supervisor;
    this.#parts.exchange = exchange;
    this.#resources.add('tasks', () => supervisor.stop());
    store.ownership.onLost((reason) => {
      this.#log.error({ reason }, 'the shards were lost');
      this.#actor.send({ type: 'OWNERSHIP_LOST' });
    });
    await exchange.market.open(this.#health.watching(supervisor.marketListener));
    this.#isReachable = true;
    this.#health.noteOpen();
    await store.limits.listenForLimits(() => void supervisor.followLimits());
    await store.halts.listen(() => void supervisor.followHalts());
    await store.ownership.onFreed((shard) => {
      supervisor.freed(shard);
      this.#pause.wake();
    });
    await store.inbox.listen(() => void supervisor.workInbox());
    await store.advice.answerWith(
      (question) => supervisor.advise(question),
      (accountId) => supervisor.look(accountId),
    );
  }

  /** `undefined` when the operator has none. One that does not answer keeps no roll waiting that is under way. */
  async #openCalendar({ clock }: OpenedExchange): Promise<EventCalendarReader | undefined> {
    const { calendar: place } = this.#config;
    if (place === null) return undefined;
    const calendar = new RefreshedCalendar({ source: calendarSource(place), clock, log: this.#log });
    this.#resources.add('calendar of events', () => {
      calendar.close();
      return Promise.resolve();
    });
    await calendar.tried(calendarWaitMs);
    this.#resources.assertNotClosing();
    return calendar;
  }

  async #lookAround(): Promise<void> {
    this.#reportJournal();
    await this.#claims.follow(this.#opened.claim());
    this.#health.noteLook();
  }

  async #claim(): Promise<void> {
    await this.#claims.follow(this.#opened.claim());
    this.#health.noteLook();
    this.#service.ready();
    const { taskCount } = this.#opened;
    this.#log.info({ tasks: taskCount }, taskCount === 0 ? noTasksHint : 'running');
  }

  async #drain(): Promise<void> {
    await this.#opened.drain(this.#config.drainTimeoutMs);
    const left = this.#opened.rollsUnderWay();
    for (const task of left) {
      this.#log.warn(
        { taskId: task.taskId, state: task.state },
        'roll still under way: it continues at the next start',
      );
    }
  }
}

const noTasksHint = `running without tasks; add one with: ${programName()} task add --help`;
