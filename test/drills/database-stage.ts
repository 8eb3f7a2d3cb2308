/**
 * A Postgres of its own for the drills of the database: small, on a small disk where one can be mounted, and used by a role that is
 * no superuser, as in a real installation. The daemon reaches it over a wire of its own, the test over another one.
 */
import { execFile } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { silentLog } from '../../src/store/log.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded/embedded-postgres.ts';
import { endPostmaster, openWire, query, temporaryDirectory, type Wire } from '../support/database.ts';
import { openStandby } from './standby.ts';
import { DrillStage, type StageOptions } from './stage.ts';

const run = promisify(execFile);
export const connectionsMax = 30;
const diskMb = 400;

export class DatabaseStage extends DrillStage {
  wire!: Wire;
  dataDir = '';
  /** As the superuser. */
  adminUrl = '';
  /** `null` where this user may mount none. */
  smallDisk: string | null = null;
  #home = '';
  #own: Wire | null = null;
  #closers: (() => Promise<unknown>)[] = [];

  static async openOn(options: StageOptions): Promise<DatabaseStage> {
    const home = await temporaryDirectory();
    const smallDisk = join(home, 'disk');
    await mkdir(smallDisk, { mode: 0o755 });
    const isMounted = await run('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${diskMb}m,mode=0755`,
      'tmpfs',
      smallDisk,
    ]).then(
      () => true,
      () => false,
    );
    const dataDir = join(smallDisk, 'data');
    const cluster = await openEmbeddedDatabase(dataDir, { role: 'daemon', log: silentLog });
    const database = await prepare(cluster.url, dataDir);
    const [wire, own] = [await openWire(database), await openWire(database)];
    const onDatabase = { url: own.url, drop: () => Promise.resolve() };
    const fixture = await DrillStage.fixtureFor({ ...options, onDatabase });
    const asked = { ...options, daemonArguments: ['--database-url', wire.url] };
    const stage = new DatabaseStage(fixture, asked, await DrillStage.environmentOf(fixture, asked));
    Object.assign(stage, { wire, dataDir, adminUrl: cluster.url, smallDisk: isMounted ? smallDisk : null });
    stage.#home = home;
    stage.#own = own;
    stage.#closers = [
      () => wire.close(),
      () => own.close(),
      () => cluster.close(),
      async () => (isMounted ? run('umount', [smallDisk]) : undefined),
      () => rm(home, { recursive: true, force: true }),
    ];
    return stage;
  }

  /** Ends the server as an operator's restart does; it is started again at once. */
  restart(): void {
    endPostmaster(this.dataDir, 'SIGINT');
  }

  admin<Row extends object>(text: string): Promise<Row[]> {
    return query<Row>(this.adminUrl, text);
  }

  /** Where no small disk can be mounted, the server says of the journal what it says on a full one. */
  async fillDisk(): Promise<() => Promise<void>> {
    if (this.smallDisk !== null) return fillDisk(this.smallDisk);
    return this.#onJournal(
      `RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'`,
    );
  }

  slowCommits(seconds: number): Promise<() => Promise<void>> {
    return this.#onJournal(`PERFORM pg_sleep(${seconds})`);
  }

  /** The daemon is led to a standby that cannot be written yet. @returns what ends the old server and promotes the standby */
  async failOver(): Promise<() => Promise<void>> {
    const standby = await openStandby(this.adminUrl, this.dataDir, this.#home);
    this.#closers.unshift(() => standby.close());
    this.wire.leadTo(standby.adminUrl);
    this.wire.cut();
    return async () => {
      await standby.promote();
      this.adminUrl = standby.adminUrl;
      this.#own?.leadTo(standby.adminUrl);
      this.#own?.cut();
    };
  }

  async #onJournal(statement: string): Promise<() => Promise<void>> {
    const asAdmin = (text: string) => query(this.#databaseAdminUrl(), text);
    await asAdmin(
      `CREATE FUNCTION drill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${statement}; RETURN NULL; END $$`,
    );
    await asAdmin('CREATE TRIGGER drill AFTER INSERT ON journal FOR EACH STATEMENT EXECUTE FUNCTION drill()');
    return async () => {
      await asAdmin('DROP FUNCTION drill CASCADE');
    };
  }

  #databaseAdminUrl(): string {
    const url = new URL(this.adminUrl);
    url.pathname = '/drills';
    return url.href;
  }

  override async close(): Promise<void> {
    await super.close();
    for (const close of this.#closers) await close();
  }
}

/** @returns the address of a migrated database whose owner is no superuser */
async function prepare(clusterUrl: string, dataDir: string): Promise<string> {
  await query(clusterUrl, `ALTER SYSTEM SET max_connections = ${connectionsMax}`);
  endPostmaster(dataDir, 'SIGINT');
  for (;;) {
    const rows = await query<{ max_connections: string }>(clusterUrl, 'SHOW max_connections').catch(() => []);
    if (rows[0]?.max_connections === String(connectionsMax)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await query(clusterUrl, `CREATE ROLE keeper LOGIN PASSWORD 'drill'`);
  await query(clusterUrl, 'CREATE DATABASE drills OWNER keeper');
  const url = new URL(clusterUrl);
  Object.assign(url, { username: 'keeper', password: 'drill', pathname: '/drills' });
  await migrate(url.href, silentLog);
  return url.href;
}

/** Sessions of other programs, until no ordinary role gets one any more. @returns what ends them */
export async function takeAllConnections(url: string): Promise<() => Promise<void>> {
  const clients: Client[] = [];
  for (;;) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      clients.push(client);
    } catch {
      break;
    }
  }
  return async () => {
    await Promise.all(clients.map((client) => client.end()));
  };
}

/** Fills the disk to its last block. @returns what removes the file again */
export async function fillDisk(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'another-program');
  const { bavail, bsize } = await statfs(folder);
  await writeFile(file, Buffer.alloc(bavail * bsize)).catch(() => undefined);
  return () => rm(file, { force: true });
}
