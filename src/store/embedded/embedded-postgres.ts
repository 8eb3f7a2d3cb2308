/**
 * The database that comes with the package: opens a data directory as a daemon (one at a time) or as a visitor (any
 * number), with a real Postgres running on it that outlives the process that started it. It owns who may open, restarting
 * a server that died while a daemon uses it, and stopping the server, which the last process to leave does. Every process
 * holds a shared advisory lock; only one that gets this lock alone may stop the server, so no other is cut off.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput, Retryable } from '../../domain/errors.ts';
import { embeddedDaemonLock, embeddedUsageLock } from '../ownership/advisory-locks.ts';
import { describeDatabaseError, sqlStateOf } from '../database-errors.ts';
import { installedPackage, runnableBinaries } from './binaries.ts';
import { clusterPath, ensureCluster } from './cluster.ts';
import { serverIdentity } from './identity.ts';
import { ensureRunning, stopServer, urlOf, type ServerOptions } from './postmaster.ts';
import { LockSession } from '../ownership/lock-session.ts';
import type { StoreLog } from '../log.ts';
import { connect, disconnect } from '../pool.ts';
import { sql } from '../sql.ts';

export interface EmbeddedOptions {
  /** `daemon` keeps other daemons out and the server running; `visitor` is a command that ends soon. */
  readonly role: 'daemon' | 'visitor';
  /** A visitor that goes on for as long as a person watches: a daemon may leave before it, and then it stops the server. */
  readonly staysLong?: boolean;
  readonly log: StoreLog;
}

export interface EmbeddedDatabase {
  /** Carries the password: not for logs. Stays the same while this is open, also when the server is restarted. */
  readonly url: string;
  /** This call started the server. */
  readonly started: boolean;
  /** Stops the server if no other process uses it and this one is a daemon, has started it or stays long. */
  close(): Promise<void>;
}

const database = 'rollkeeper';
const openTriesMax = 10;
const strangersPatienceMs = 1_000;

/**
 * Layout of `dataDir`: `postgres/` the cluster, `password`, `postgres.log`.
 * @throws BadInput when another daemon uses the directory, or there are no binaries for the platform; Terminal, with what
 * to do, when the database cannot be made or started.
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  options: EmbeddedOptions,
): Promise<EmbeddedDatabase> {
  const directory = resolve(dataDir);
  const identity = await serverIdentity(clusterPath(directory));
  const binaries = await runnableBinaries(await installedPackage(), identity);
  const cluster = await ensureCluster({ dataDir: directory, binaries, identity, log: options.log });
  const opened = new OpenDatabase({ cluster, binaries, identity, log: options.log }, options);
  await opened.open();
  return opened;
}

class OpenDatabase implements EmbeddedDatabase {
  readonly #role: EmbeddedOptions['role'];
  readonly #staysLong: boolean;
  #server: ServerOptions;
  #session: LockSession | null = null;
  #started = false;
  #closing: Promise<void> | null = null;
  #reviving: Promise<void> = Promise.resolve();

  constructor(server: ServerOptions, { role, staysLong = false }: EmbeddedOptions) {
    this.#server = server;
    this.#role = role;
    this.#staysLong = staysLong;
  }

  get url(): string {
    return urlOf(this.#server.cluster, this.#server.port ?? 0, database);
  }

  get started(): boolean {
    return this.#started;
  }

  async open(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const running = await ensureRunning(this.#server);
      this.#server = { ...this.#server, port: running.port };
      this.#started ||= running.started;
      try {
        await ensureDatabase(urlOf(this.#server.cluster, running.port, 'postgres'));
        this.#session = await this.#enter();
        return;
      } catch (error) {
        // Another process was just stopping the server: it is started again.
        if (error instanceof BadInput || tries >= openTriesMax) throw error;
        this.#server.log.debug(
          { reason: describeDatabaseError(error) },
          'Opening the embedded database again',
        );
      }
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  /** Takes the locks of this role in a session that lives as long as this process uses the database. */
  async #enter(): Promise<LockSession> {
    const session = await LockSession.open({
      databaseUrl: this.url,
      name: `rollkeeper ${this.#role} pid ${process.pid}`,
      heartbeatMs: 5_000,
      // Until it has come in, `open` tries again.
      onLost: () => undefined,
    });
    try {
      await session.query(sql('share-usage'), [...embeddedUsageLock]);
      if (this.#role === 'daemon') await this.#enterAlone(session);
      if (!session.alive) throw new Retryable('the server was stopped meanwhile');
      session.onLost((reason) => this.#lost(reason));
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async #enterAlone(session: LockSession): Promise<void> {
    const taken = await session.query<{ locked: boolean }>(sql('try-lock'), [...embeddedDaemonLock]);
    if (taken.rows[0]?.locked === true) return;
    const { rows } = await session.query<{ name: string }>(sql('lock-holder'), [...embeddedDaemonLock]);
    const { dataDir } = this.#server.cluster;
    throw new BadInput('Another daemon is running on this data directory', [
      {
        path: 'dataDir',
        found: `${dataDir}, held by ${rows[0]?.name ?? 'a daemon that is just stopping'}`,
        expected:
          'a directory of its own for every daemon; stop that one first, or give this one another directory',
      },
    ]);
  }

  #lost(reason: string): void {
    this.#session = null;
    if (this.#role === 'visitor' || this.#closed()) return;
    this.#server.log.warn({ reason }, 'The embedded database has stopped; it is started again');
    this.#reviving = this.#reviving.then(() => this.#revive());
  }

  /** Starts a dead server again, on the same port, until that succeeds. */
  async #revive(): Promise<void> {
    for (let waitMs = 100; !this.#closed(); waitMs = Math.min(waitMs * 2, 5_000)) {
      try {
        await this.open();
        this.#server.log.info({}, 'The embedded database runs again');
        return;
      } catch (error) {
        this.#server.log.error(
          { reason: describeDatabaseError(error) },
          'The embedded database could not be started again',
        );
        await sleep(waitMs);
      }
    }
  }

  #closed(): boolean {
    return this.#closing !== null;
  }

  async #leave(): Promise<void> {
    await this.#reviving;
    const session = this.#session;
    this.#session = null;
    if (!session?.alive) return;
    try {
      const mayStop =
        (this.#role === 'daemon' || this.#started || this.#staysLong) && (await this.#isLastToLeave(session));
      if (mayStop) await stopServer(this.#server);
    } finally {
      await session.close();
    }
  }

  /** Takes the usage lock alone, so that a process that opens now waits, and looks for sessions that take no lock. */
  async #isLastToLeave(session: LockSession): Promise<boolean> {
    await session.query(sql('unshare-usage'), [...embeddedUsageLock]);
    const alone = await session.query<{ locked: boolean }>(sql('try-lock'), [...embeddedUsageLock]);
    if (alone.rows[0]?.locked !== true) return false;
    // The pools of this process were just closed; their backends need a moment to end.
    const deadline = performance.now() + strangersPatienceMs;
    for (;;) {
      const { rows } = await session.query<{ others: number }>(sql('other-sessions'));
      if (rows[0]?.others === 0) return true;
      if (performance.now() > deadline) return false;
      await sleep(20);
    }
  }
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = await connect({
    databaseUrl: adminUrl,
    name: 'rollkeeper opening',
    onLost: () => undefined,
  });
  try {
    const { rowCount } = await client.query(sql('database-exists'), [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
  } catch (error) {
    // Another process made it at the same time.
    if (!['42P04', '23505'].includes(sqlStateOf(error))) throw error;
  } finally {
    await disconnect(client);
  }
}
