/**
 * The database that comes with the package: opens a data directory as a daemon (one at a time) or as a visitor (any
 * number), with a real Postgres running on it that outlives whoever started it. It owns who may open, restarting a
 * server that died under a daemon, and who stops it: the last one out. Files, programs and the process are in
 * `embedded/`. Every user holds a shared advisory lock; only who gets it alone may stop the server, so nobody is cut off.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput } from '../../domain/errors.ts';
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
  /** `daemon`: keeps everybody else's daemon out and the server up. `visitor`: a command that comes and goes. */
  readonly role: 'daemon' | 'visitor';
  readonly log: StoreLog;
}

export interface EmbeddedDatabase {
  /** Carries the password: not for logs. Stays the same while this is open, also when the server is restarted. */
  readonly url: string;
  /** This call started the server. */
  readonly started: boolean;
  /** Stops the server if nobody else uses it and we are a daemon or have started it. */
  close(): Promise<void>;
}

const database = 'rollkeeper';
const openTriesMax = 10;
const strangersPatienceMs = 1_000;

/**
 * Layout of `dataDir`: `postgres/` the cluster, `password`, `postgres.log`.
 * @throws BadInput when another daemon has the directory, or the platform has no binaries; Terminal when the server
 * cannot be made or started, with what to do.
 */
export async function openEmbeddedDatabase(
  dataDir: string,
  options: EmbeddedOptions,
): Promise<EmbeddedDatabase> {
  const directory = resolve(dataDir);
  const identity = await serverIdentity(clusterPath(directory));
  const binaries = await runnableBinaries(await installedPackage(), identity);
  const cluster = await ensureCluster({ dataDir: directory, binaries, identity, log: options.log });
  const opened = new OpenDatabase({ cluster, binaries, identity, log: options.log }, options.role);
  await opened.open();
  return opened;
}

class OpenDatabase implements EmbeddedDatabase {
  readonly #role: EmbeddedOptions['role'];
  #server: ServerOptions;
  #session: LockSession | null = null;
  #started = false;
  #closing: Promise<void> | null = null;
  #reviving: Promise<void> = Promise.resolve();

  constructor(server: ServerOptions, role: EmbeddedOptions['role']) {
    this.#server = server;
    this.#role = role;
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
        // The server was being stopped by the last one out: start it again.
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

  /** Takes the locks of our role in a session that lives as long as we do. */
  async #enter(): Promise<LockSession> {
    const session = await LockSession.open({
      databaseUrl: this.url,
      name: `rollkeeper ${this.#role} pid ${process.pid}`,
      heartbeatMs: 5_000,
      onLost: (reason) => this.#lost(reason),
    });
    try {
      await session.query(sql('share-usage'), [...embeddedUsageLock]);
      if (this.#role === 'daemon') await this.#enterAlone(session);
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
        found: `${dataDir}, held by ${rows[0]?.name ?? 'a daemon that is just leaving'}`,
        expected:
          'a directory of its own for every daemon; stop that one first, or give this one another directory',
      },
    ]);
  }

  #lost(reason: string): void {
    this.#session = null;
    if (this.#role === 'visitor' || this.#closed()) return;
    this.#server.log.warn({ reason }, 'The embedded database is gone; bringing it back');
    this.#reviving = this.#reviving.then(() => this.#revive());
  }

  /** A daemon brings a dead server back, on the same port, for as long as it takes. */
  async #revive(): Promise<void> {
    for (let waitMs = 100; !this.#closed(); waitMs = Math.min(waitMs * 2, 5_000)) {
      try {
        await this.open();
        this.#server.log.info({}, 'The embedded database is back');
        return;
      } catch (error) {
        this.#server.log.error(
          { reason: describeDatabaseError(error) },
          'The embedded database does not come back',
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
      const mayStop = (this.#role === 'daemon' || this.#started) && (await this.#lastOneOut(session));
      if (mayStop) await stopServer(this.#server);
    } finally {
      await session.close();
    }
  }

  /** Gets the usage lock alone, so that whoever comes now waits, and looks for sessions that know no locks. */
  async #lastOneOut(session: LockSession): Promise<boolean> {
    await session.query(sql('unshare-usage'), [...embeddedUsageLock]);
    const alone = await session.query<{ locked: boolean }>(sql('try-lock'), [...embeddedUsageLock]);
    if (alone.rows[0]?.locked !== true) return false;
    // Our own pools have just been closed; their backends need a moment to go.
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
    // Somebody else made it just now.
    if (!['42P04', '23505'].includes(sqlStateOf(error))) throw error;
  } finally {
    await disconnect(client);
  }
}
