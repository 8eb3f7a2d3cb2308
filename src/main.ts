/**
 * The composition root: the only file that knows every other. Opens database, exchange and supervisor in order, runs
 * them under the daemon machine, and closes them in the opposite order whatever happened.
 */
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { createActor, fromPromise, toPromise } from 'xstate';
import { daemonMachine } from '../machines/daemon.machine.ts';
import { programName, type Config } from './config.ts';
import { createBybitExchange, type BybitExchange } from './exchange/bybit/adapter.ts';
import { endpoints, type Endpoints } from './exchange/bybit/rest/endpoints.ts';
import type { PaperExchange } from './exchange/paper/exchange.ts';
import { standingAccount, startStandingExchange } from './exchange/paper/standing.ts';
import type { Credentials, TradingAccount } from './ports/exchange.ts';
import { ClaimWatch } from './runtime/accounts/claim-watch.ts';
import { Supervisor } from './runtime/supervisor.ts';
import { stopSignals } from './stop-signals.ts';
import { openEmbeddedDatabase } from './store/embedded/embedded-postgres.ts';
import { migrate } from './store/migrate.ts';
import { assertSessionsAreOwn } from './store/ownership/own-sessions.ts';
import { openStore, type Store } from './store/store.ts';
import { openInspector } from './telemetry/inspector/inspector.ts';
import type { Narrator } from './telemetry/inspector/narrator.ts';
import { tellOfJournal } from './telemetry/journal-watch.ts';
import type { Logger } from './telemetry/logger.ts';

const lookAroundEveryMs = 1_000;
const closeTimeoutMs = 10_000;
/** A step of opening that is under way is waited for: making a database takes a while on a busy computer. */
const openingTimeoutMs = 30_000;

/** Tasks that somebody who begins to watch is shown at once. */
const standingMax = 100;

export interface DaemonOptions {
  /** Opens the inspector at this port of loopback; 0 takes a free one. */
  readonly inspectorPort?: number | undefined;
  /** Ends what was done on signals so far; called when the daemon does it itself. */
  readonly takeSignals?: () => void;
}

/**
 * Runs the daemon until SIGTERM, SIGINT or SIGHUP (its terminal was closed; Node takes it also under nohup); from then on
 * these signals are its own, up to the end of the process.
 * @returns the exit code: 0 whenever it was told to stop @throws whatever kept it from starting
 */
export async function runDaemon(config: Config, log: Logger, options: DaemonOptions = {}): Promise<number> {
  const daemon = new Daemon(config, log, options);
  const state = { isTold: false, isOver: false };
  const onSignal = (signal: NodeJS.Signals) => {
    if (state.isOver) process.exit(0);
    if (!state.isTold) log.info({ signal }, 'draining: no new roll starts');
    state.isTold = true;
    daemon.terminate();
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  options.takeSignals?.();
  try {
    await daemon.run();
  } catch (error) {
    // Ctrl-C also ends the programs that it started: their failure may come before the signal is seen.
    await setImmediate();
    if (!state.isTold) throw error;
    log.error({ err: error }, 'failed while it was told to stop');
  } finally {
    state.isOver = true;
  }
  return 0;
}

/**
 * Whom an API key belongs to at the exchange of this mode, asked once; null when there is no exchange but the daemon's own,
 * or it does not tell. @throws Retryable | Terminal, and Error when no answer comes within the usual bound
 */
export async function ownerOfKey(config: Config, log: Logger, key: Credentials): Promise<string | null> {
  const addresses = fixedAddresses(config);
  if (!addresses) return null;
  const { timeoutMs } = config.exchange;
  const exchange = createBybitExchange({ ...addresses, log, timeoutMs });
  const late = new AbortController();
  const noAnswer = sleep(timeoutMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer from ${new URL(addresses.restUrl).host} within ${timeoutMs / 1_000} s`);
  });
  try {
    return await Promise.race([exchange.ownerOf(key), noAnswer]);
  } finally {
    late.abort();
    noAnswer.catch(() => undefined);
    await exchange.close();
  }
}

/** The addresses that were given, or the mode's own; null when paper mode has to bring its own exchange up. */
function fixedAddresses({ mode, exchange }: Config): Endpoints | null {
  const usual = mode === 'paper' ? null : endpoints[mode];
  if (exchange.restUrl === null || exchange.wsUrl === null) return usual;
  const given = { restUrl: exchange.restUrl, wsUrl: exchange.wsUrl };
  return usual ? { ...given, clockRules: usual.clockRules } : given;
}

class Daemon {
  readonly #config: Config;
  readonly #log: Logger;
  readonly #inspectorPort: number | undefined;
  #inspection: Narrator | undefined;
  /** What is open, in order; closed from the end. */
  readonly #closers: { readonly what: string; readonly close: () => Promise<unknown> }[] = [];
  readonly #actor;
  #isClosing = false;
  #opening: Promise<void> = Promise.resolve();
  #supervisor: Supervisor | null = null;
  readonly #claims: ClaimWatch;
  #tellOfJournal: () => void = () => {};
  /** Paper mode's own exchange, when no address was given. */
  #paper: PaperExchange | null = null;
  readonly #paperKeys = new Set<string>();
  /** The exchange has answered since the start: from then on accounts are watched one by one. */
  #isReachable = false;
  /** Of the accounts connected so far, for people. */
  readonly #accountNames = new Map<string, string>();

  constructor(config: Config, log: Logger, { inspectorPort }: DaemonOptions) {
    this.#config = config;
    this.#log = log;
    this.#claims = new ClaimWatch(log);
    this.#inspectorPort = inspectorPort;
    this.#actor = createActor(
      daemonMachine.provide({
        actors: {
          'open database and exchange': fromPromise(() => (this.#opening = this.#open())),
          'claim accounts and bring their tasks back': fromPromise(() => this.#claim()),
          'wait for the next look around': fromPromise(() => sleep(lookAroundEveryMs)),
          'look for free accounts': fromPromise(() => this.#lookAround()),
          'give every task up': fromPromise(() =>
            this.#opened.abandon('the session that holds the shards ended'),
          ),
          'let running rolls end': fromPromise(() => this.#drain()),
          'close everything': fromPromise(() => this.#close()),
        },
      }),
      { inspect: (event) => this.#inspection?.see('daemon', event) },
    );
  }

  async run(): Promise<void> {
    this.#actor.start();
    const { failure } = await toPromise(this.#actor);
    if (failure !== null) throw failure as Error;
    this.#log.info('stopped');
  }

  terminate(): void {
    this.#actor.send({ type: 'TERMINATE' });
  }

  get #opened(): Supervisor {
    if (!this.#supervisor) throw new Error('the daemon is not open yet');
    return this.#supervisor;
  }

  async #open(): Promise<void> {
    const { mode, migrateAtStart } = this.#config;
    this.#log.info({ mode, daemon: this.#config.daemonName }, 'starting');
    await this.#openInspector();
    const databaseUrl = await this.#openDatabase();
    this.#goOnUnlessClosing();
    if (this.#config.database.kind === 'url') await assertSessionsAreOwn(databaseUrl);
    this.#goOnUnlessClosing();
    if (migrateAtStart) await migrate(databaseUrl, this.#log);
    this.#goOnUnlessClosing();
    const store = await openStore({
      databaseUrl,
      encryptionKey: this.#config.encryptionKey,
      daemonName: this.#config.daemonName,
      environment: mode,
      log: this.#log,
    });
    this.#closers.push({ what: 'store', close: () => store.close() });
    this.#tellOfJournal = () => tellOfJournal(store.journal.state(), this.#log);
    this.#goOnUnlessClosing();
    const exchange = await this.#openExchange(store);
    this.#goOnUnlessClosing();
    await this.#supervise(store, exchange);
  }

  async #openInspector(): Promise<void> {
    if (this.#inspectorPort === undefined) return;
    const inspector = await openInspector({
      port: this.#inspectorPort,
      log: this.#log,
      standing: () => this.#supervisor?.standing(standingMax) ?? [],
    });
    this.#closers.push({ what: 'inspector', close: () => inspector.close() });
    inspector.inspection.follow('daemon', this.#actor);
    this.#inspection = inspector.inspection;
    this.#log.info({ url: inspector.url }, 'the inspector can be attached');
  }

  async #openDatabase(): Promise<string> {
    const { database } = this.#config;
    if (database.kind === 'url') return database.url;
    const embedded = await openEmbeddedDatabase(database.dataDir, { role: 'daemon', log: this.#log });
    this.#closers.push({ what: 'database', close: () => embedded.close() });
    return embedded.url;
  }

  async #openExchange(store: Store): Promise<BybitExchange> {
    const bybit = createBybitExchange({
      ...(await this.#addresses()),
      log: this.#log,
      timeoutMs: this.#config.exchange.timeoutMs,
      inspection: this.#inspection,
      onUnreachable: (said) => void this.#noteUnreachable(store, said),
    });
    this.#closers.push({ what: 'exchange', close: () => bybit.close() });
    return bybit;
  }

  /** While this daemon cannot start; never rejects. */
  async #noteUnreachable(store: Store, said: string): Promise<void> {
    if (this.#isReachable) return;
    await store.accounts
      .noteUnreachable(this.#config.mode, said, Date.now())
      .catch((error: unknown) =>
        this.#log.warn({ err: error }, 'it could not be stored that nothing answers'),
      );
  }

  /** Paper mode without any address brings its own exchange up. */
  async #addresses(): Promise<Endpoints> {
    const { database } = this.#config;
    const fixed = fixedAddresses(this.#config);
    if (fixed) return fixed;
    const statePath =
      database.kind === 'embedded' ? join(database.dataDir, 'paper-exchange.json') : undefined;
    const paper = await startStandingExchange(statePath, (where, error, times) =>
      this.#log.error({ err: error, where, times }, 'the paper exchange could not handle what arrived'),
    );
    this.#paper = paper;
    this.#closers.push({ what: 'paper exchange', close: () => paper.close() });
    this.#log.info({ restUrl: paper.url }, 'paper exchange is up: no real money');
    return { restUrl: paper.url, wsUrl: paper.wsUrl };
  }

  async #connect(store: Store, exchange: BybitExchange, accountId: string): Promise<TradingAccount> {
    const key = await store.directory.credentials(accountId);
    this.#inspection?.hide(key.apiKey, key.apiSecret);
    this.#accountNames.set(accountId, key.name);
    if (this.#paper) {
      if (!this.#paperKeys.has(key.apiKey))
        this.#paper.addAccount(standingAccount(key, exchange.clock.nowMs()));
      this.#paperKeys.add(key.apiKey);
      const held = this.#paper.account(key.apiKey).positions();
      this.#log.info(
        { account: key.name, positions: held.map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`) },
        'paper account is open',
      );
    }
    await store.directory.assertOnlyOne(accountId, () => exchange.ownerOf(key));
    return exchange.account(key);
  }

  async #supervise(store: Store, exchange: BybitExchange): Promise<void> {
    const supervisor = new Supervisor({
      ...store,
      market: exchange.market,
      clock: exchange.clock,
      log: this.#log,
      inspection: this.#inspection,
      accountName: (accountId) => this.#accountNames.get(accountId) ?? accountId,
      connect: (accountId) => this.#connect(store, exchange, accountId),
    });
    this.#supervisor = supervisor;
    this.#closers.push({ what: 'tasks', close: () => supervisor.stop() });
    store.ownership.onLost((reason) => {
      this.#log.error({ reason }, 'the shards were lost');
      this.#actor.send({ type: 'OWNERSHIP_LOST' });
    });
    await exchange.market.open(supervisor.marketListener);
    this.#isReachable = true;
    await store.inbox.listen(() => void supervisor.workInbox());
    await store.advice.answerWith((question) => supervisor.advise(question));
  }

  #lookAround(): Promise<void> {
    this.#tellOfJournal();
    return this.#claims.follow(this.#opened.claim());
  }

  async #claim(): Promise<void> {
    await this.#claims.follow(this.#opened.claim());
    const { taskCount } = this.#opened;
    this.#log.info({ tasks: taskCount }, taskCount === 0 ? noTasksHint : 'running');
  }

  async #drain(): Promise<void> {
    await this.#opened.drain(this.#config.drainTimeoutMs);
    const left = this.#opened.rollsUnderWay();
    for (const task of left) {
      this.#log.warn(
        { taskId: task.taskId, state: task.state },
        'roll still under way: it goes on at the next start',
      );
    }
  }

  /** Twice, because whoever is told to stop while it opens may open one thing more before it notices. */
  async #close(): Promise<void> {
    await this.#closeWhatIsOpen();
    await Promise.race([
      this.#opening.catch(() => undefined),
      sleep(openingTimeoutMs, undefined, { ref: false }),
    ]);
    await this.#closeWhatIsOpen();
  }

  async #closeWhatIsOpen(): Promise<void> {
    this.#isClosing = true;
    for (const { what, close } of this.#closers.splice(0).reverse()) {
      const outcome = await Promise.race([
        close().then(
          () => 'closed',
          (error: unknown) => error,
        ),
        sleep(closeTimeoutMs, 'timed out', { ref: false }),
      ]);
      if (outcome !== 'closed') this.#log.warn({ what, err: outcome }, `${what} did not close cleanly`);
    }
  }

  /** Between two steps of opening. */
  #goOnUnlessClosing(): void {
    if (this.#isClosing) throw new Error('stopped while starting');
  }
}

const noTasksHint = `running without tasks; add one with: ${programName()} task add --help`;
