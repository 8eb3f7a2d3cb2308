/**
 * Postgres for tests: one embedded cluster per run (or `DATABASE_URL`), a migrated template on it, a fresh database of
 * its own for every test file, and a wire in between that a test can cut. The default export is a vitest globalSetup;
 * without it, a file that asks for a database starts a cluster of its own.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect as dial, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { StoredTask } from '../../src/ports/journal.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded/embedded-postgres.ts';
import { silentLog } from '../../src/store/log.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts';

const adminUrlName = 'ROLLKEEPER_TEST_DATABASE_URL';
const templateName = 'ROLLKEEPER_TEST_TEMPLATE';

export interface TestDatabase {
  readonly url: string;
  /** Drops the database, even when clients are still connected. */
  drop(): Promise<void>;
}

/** Starts the cluster of a run and makes the template; the returned function removes both. */
export default async function setup(): Promise<() => Promise<void>> {
  const given = process.env['DATABASE_URL'];
  const cluster = given === undefined || given === '' ? await startTestCluster() : null;
  const adminUrl = cluster?.url ?? given ?? '';
  const template = await createEmpty(adminUrl, 'rollkeeper_template');
  await migrate(withDatabase(adminUrl, template), silentLog);
  process.env[adminUrlName] = adminUrl;
  process.env[templateName] = template;
  return async () => {
    Reflect.deleteProperty(process.env, adminUrlName);
    await asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await cluster?.remove();
  };
}

/** A database of its own for one test file; `migrated: false` leaves it without tables. */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const stop = process.env[adminUrlName] === undefined ? await setup() : undefined;
  const adminUrl = process.env[adminUrlName] ?? '';
  const name = await createEmpty(
    adminUrl,
    'rollkeeper_test',
    migrated ? process.env[templateName] : undefined,
  );
  return {
    url: withDatabase(adminUrl, name),
    drop: async () => {
      await asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await stop?.();
    },
  };
}

/** Another one with the same content; nothing may be connected to the first meanwhile. */
export async function copyDatabase({ url }: TestDatabase): Promise<TestDatabase> {
  const adminUrl = process.env[adminUrlName] ?? '';
  const name = await createEmpty(adminUrl, 'rollkeeper_copy', new URL(url).pathname.slice(1));
  return {
    url: withDatabase(adminUrl, name),
    drop: () => asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** A cluster of its own, for tests that kill it. `dataDir` lies in a fresh temporary directory. */
export async function startTestCluster(): Promise<{
  readonly url: string;
  readonly dataDir: string;
  remove(): Promise<void>;
}> {
  const home = await temporaryDirectory();
  const dataDir = join(home, 'data');
  const opened = await openEmbeddedDatabase(dataDir, { role: 'daemon', log: silentLog });
  const endWithUs = (): void => void endPostmaster(dataDir, 'SIGQUIT');
  // The directory is left then, the server is not.
  process.once('exit', endWithUs);
  const remove = async (): Promise<void> => {
    process.off('exit', endWithUs);
    await opened.close();
    await rm(home, { recursive: true, force: true });
  };
  return { url: opened.url, dataDir, remove };
}

/** Of a test cluster; at once, so that it can be done when a process ends. @returns false when none runs just now */
export function endPostmaster(dataDir: string, signal: NodeJS.Signals): boolean {
  try {
    const [pid] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    return process.kill(Number(pid), signal);
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** In the system's temporary directory, and enterable by the user Postgres runs as. */
export async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rollkeeper-test-'));
  await chmod(path, 0o755);
  return path;
}

/** A store as a daemon opens it, with harmless values for what does not matter to the test. */
export const openTestStore = (databaseUrl: string, options: Partial<StoreOptions> = {}): Promise<Store> =>
  openStore({
    databaseUrl,
    encryptionKey: Buffer.alloc(32, 7),
    daemonName: 'daemon-a',
    environment: 'paper',
    log: silentLog,
    ...options,
  });

/** One user with one account; returns the account's id. */
export async function addTestAccount(
  store: Store,
  environment: StoreOptions['environment'] = 'paper',
): Promise<string> {
  const userName = `user-${randomBytes(4).toString('hex')}`;
  await store.directory.addUser(userName);
  const account = { userName, name: 'main', environment, apiKey: `key-${userName}`, apiSecret: 'secret' };
  return (await store.directory.addAccount(account)).accountId;
}

/** Tasks at version 1 of an account the store has claimed. */
export async function createTestTasks(
  store: Store,
  accountId: string,
  taskIds: readonly string[],
): Promise<void> {
  for (const taskId of taskIds) {
    await store.ownership.create({
      accountId,
      taskId,
      atMs: 1_000,
      specJson: '{}',
      eventJson: '{"type":"ADDED"}',
      state: 'IDLE.watching',
      phase: 'waiting',
      snapshotJson: '{"value":"IDLE"}',
      machine: '1',
      answer: { commandId: `add-${taskId}`, status: 'done', text: 'added' },
    });
  }
}

/** What another journal of the daemon needs that has the accounts of this database now; their epochs stay as they are now. */
export async function fencesIn(
  url: string,
): Promise<{ readonly owner: string; readonly epochOf: (accountId: string) => number }> {
  const rows = await query<{ id: string; owner: string; epoch: number }>(
    url,
    'SELECT account_id::text AS id, owner, epoch::float8 FROM account_fences',
  );
  const epochs = new Map(rows.map(({ id, epoch }) => [id, epoch]));
  return { owner: rows[0]?.owner ?? '', epochOf: (accountId) => epochs.get(accountId) ?? 0 };
}

/** Everything that adopting an account gives, in its order. */
export async function adoptAll({ ownership }: Store, accountId: string): Promise<StoredTask[]> {
  const tasks: StoredTask[] = [];
  for await (const batch of ownership.adopt(accountId)) tasks.push(...batch);
  return tasks;
}

/** Runs one statement on a connection of its own. */
export async function query<Row extends object>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  // When the server is killed meanwhile, the query fails.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** A wire to the database, to be cut: `url` leads through it. */
export interface Wire {
  readonly url: string;
  /** What happens to bytes that pass; `on` is normal. */
  mode: 'on' | 'mute answers' | 'stalled' | 'refused';
  /** Cuts every connection that is open now. */
  cut(): void;
  /** New connections lead to the server of this address. */
  leadTo(databaseUrl: string): void;
  /** Requests with this text in them that have passed towards the database. */
  countPassed(text: string): number;
  close(): Promise<void>;
}

export async function openWire(databaseUrl: string): Promise<Wire> {
  let { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const passed: string[] = [];
  const state: { mode: Wire['mode'] } = { mode: 'on' };
  const server = createServer((near) => {
    if (state.mode === 'refused') return near.destroy();
    const far = dial(Number(port || '5432'), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.on('data', (chunk: Buffer) => {
        if (state.mode === 'stalled' || (state.mode === 'mute answers' && socket === far)) return;
        if (socket === near) passed.push(chunk.toString('latin1'));
        other.write(chunk);
      });
    }
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(databaseUrl);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return Object.assign(state, {
    url: through.href,
    cut,
    leadTo: (url: string) => {
      ({ hostname, port } = new URL(url));
    },
    countPassed: (text: string) => passed.filter((chunk) => chunk.includes(text)).length,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

const withDatabase = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
};

async function createEmpty(adminUrl: string, prefix: string, template?: string): Promise<string> {
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template}`}`);
  return name;
}

async function asAdmin(adminUrl: string, text: string): Promise<void> {
  await query(adminUrl, text);
}
