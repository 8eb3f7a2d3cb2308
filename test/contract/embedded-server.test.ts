/** The database that comes with the package: who starts it, who adopts it, who stops it, and who is kept out. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { BadInput } from '../../src/domain/errors.ts';
import { embeddedDaemonLock, embeddedUsageLock } from '../../src/store/ownership/advisory-locks.ts';
import { installedPackage, runnableBinaries } from '../../src/store/embedded/binaries.ts';
import { clusterPath, ensureCluster } from '../../src/store/embedded/cluster.ts';
import { serverIdentity } from '../../src/store/embedded/identity.ts';
import { ensureRunning, type ServerOptions } from '../../src/store/embedded/postmaster.ts';
import { openEmbeddedDatabase, type EmbeddedDatabase } from '../../src/store/embedded/embedded-postgres.ts';
import { silentLog } from '../../src/store/log.ts';
import { sql } from '../../src/store/sql.ts';
import { query, temporaryDirectory } from '../support/database.ts';

let home: string;
let dataDir: string;
const children: ChildProcess[] = [];
const opened: EmbeddedDatabase[] = [];

beforeEach(async () => {
  home = await temporaryDirectory();
  dataDir = join(home, 'data');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  // Also what a failed test has left open, so that no server outlives its test.
  for (const database of opened.splice(0)) await database.close();
  if (isAlive(serverPid())) await (await open('daemon')).close();
  await rm(home, { recursive: true, force: true });
});

const open = async (role: 'daemon' | 'visitor') => {
  const database = await openEmbeddedDatabase(dataDir, { role, log: silentLog });
  opened.push(database);
  return database;
};

const serverPid = (): number => {
  try {
    return Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return 0;
  }
};
const isAlive = (pid: number): boolean => {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Another process that opens the data directory and stays; resolves with the URL, or rejects with what it said. */
function openElsewhere(role: string): Promise<{ child: ChildProcess; url: string }> {
  const source = new URL('../../src/store/embedded/embedded-postgres.ts', import.meta.url).href;
  const program = `
    const { openEmbeddedDatabase } = await import(${JSON.stringify(source)});
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const db = await openEmbeddedDatabase(${JSON.stringify(dataDir)}, { role: '${role}', log });
    process.stdout.write(db.url + '\\n');
    process.stdin.on('data', () => db.close().then(() => process.exit(0)));
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    detached: true,
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.once('data', (chunk: Buffer) => resolve({ child, url: chunk.toString().trim() }));
    child.once('exit', (code) => reject(new Error(`exit ${code ?? ''}: ${errors}`)));
  });
}

describe('The server', () => {
  it('asks for the generated password, answers on loopback only, and syncs to disk', async () => {
    const database = await open('daemon');
    const [settings] = await query<Record<string, string>>(
      database.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('listen_addresses') AS listens,
         current_setting('unix_socket_directories') AS sockets, current_setting('synchronous_commit') AS commits,
         (SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules) AS methods`,
    );
    expect(settings).toEqual({
      fsync: 'on',
      listens: '127.0.0.1',
      sockets: '',
      commits: 'on',
      methods: 'scram-sha-256',
    });
    const stranger = new URL(database.url);
    stranger.password = 'guess';
    await expect(query(stranger.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    expect(new URL(database.url).password).toBe(await readFile(join(dataDir, 'password'), 'utf8'));
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('ready to accept connections');
    await database.close();
  });

  it('outlives a killed daemon with everything committed, and is adopted by the next', async () => {
    const { child, url } = await openElsewhere('daemon');
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS n');
    const pid = serverPid();
    // The whole process group, as a terminal or a supervisor would.
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    expect(isAlive(pid)).toBe(true);
    const next = await open('daemon');
    expect({ started: next.started, pid: serverPid(), url: next.url }).toEqual({ started: false, pid, url });
    expect(await query(next.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await next.close();
    expect(serverPid()).toBe(0);
  });

  it('is started again over the stale pid file of a killed one, and nothing committed is lost', async () => {
    const first = await open('visitor');
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    // A session that is busy outlives its postmaster for a while, and keeps the shared memory.
    const busy = query(first.url, 'SELECT pg_sleep(1.5)').catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const killed = serverPid();
    process.kill(killed, 'SIGKILL');
    const second = await open('visitor');
    expect(second.started).toBe(true);
    expect(serverPid()).not.toBe(killed);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await busy;
    await first.close();
    await second.close();
  });

  it('is brought back under the same URL when it dies under a daemon', async () => {
    const database = await open('daemon');
    process.kill(serverPid(), 'SIGKILL');
    // Until the daemon is back, any process may open the directory first.
    const daemons = () => query(database.url, sql('lock-holder'), [...embeddedDaemonLock]).catch(() => []);
    await expect.poll(daemons).toEqual([{ name: `rollkeeper daemon pid ${process.pid}` }]);
    await expect(open('daemon')).rejects.toThrow(BadInput);
    await database.close();
    expect(serverPid()).toBe(0);
  });

  it('is started over the pid file of a dead server that was never reaped, which Postgres takes for alive', async ({
    skip,
  }) => {
    if (process.platform !== 'linux') skip('only Linux distinguishes a zombie from a living process');
    await (await open('daemon')).close();
    const { identity } = await serverOptions();
    // It dies after its parent has become a program that never asks: the shell itself might reap it.
    const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 60'], { ...identity });
    children.push(parent);
    const zombie = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
    );
    const stat = () => readFileSync(`/proc/${zombie}/stat`, 'utf8');
    await expect.poll(stat).toContain(') Z ');
    const text = `${zombie}\n${dataDir}/postgres\n1\n1\n\n127.0.0.1\n0 0\nready\n`;
    await writeFile(join(dataDir, 'postgres/postmaster.pid'), text);
    const database = await open('daemon');
    expect(await query(database.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await database.close();
  });

  it('is not started over a pid file that names a living stranger, which is neither killed nor deleted', async () => {
    await (await open('daemon')).close();
    const options = await serverOptions();
    // Postgres takes the file for stale when the process is another user's, so the stranger must be of the same.
    const stranger = spawn('sleep', ['60'], { ...options.identity });
    children.push(stranger);
    const pidFile = join(clusterPath(dataDir), 'postmaster.pid');
    const text = `${stranger.pid ?? 0}\n${dataDir}/postgres\n1\n1\n\n127.0.0.1\n0 0\nready\n`;
    await writeFile(pidFile, text);
    const refusal = ensureRunning({ ...options, startMaxMs: 1_500 });
    await expect(refusal).rejects.toThrow(
      new RegExp(`If process ${stranger.pid ?? 0} is no Postgres of yours, remove .*postmaster.pid`),
    );
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
    expect(await readFile(pidFile, 'utf8')).toBe(text);
    await rm(pidFile);
  });
});

const serverOptions = async (): Promise<ServerOptions> => {
  const identity = await serverIdentity(clusterPath(dataDir));
  const binaries = await runnableBinaries(await installedPackage(), identity);
  const cluster = await ensureCluster({ dataDir, binaries, identity, log: silentLog });
  return { cluster, binaries, identity, log: silentLog };
};

describe('A data directory', () => {
  it('has one daemon at a time; the second gets the name of the first', async () => {
    const database = await open('daemon');
    const refusal = await openElsewhere('daemon').catch((error: unknown) => String(error));
    expect(refusal).toContain('Another daemon is running');
    expect(refusal).toContain(`${dataDir}, held by rollkeeper daemon pid ${process.pid}`);
    expect(await query(database.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await database.close();
  });

  it('becomes one cluster when three processes open it for the first time at once', async () => {
    const others = await Promise.all([1, 2, 3].map(() => openElsewhere('visitor')));
    expect(new Set(others.map(({ url }) => url)).size).toBe(1);
    const systems = await Promise.all(
      others.map(({ url }) => query(url, 'SELECT system_identifier FROM pg_control_system()')),
    );
    expect(new Set(systems.map((rows) => JSON.stringify(rows))).size).toBe(1);
  });

  it('lets visitors in beside a daemon, and a visitor never stops a server in use', async () => {
    const visitor = await open('visitor');
    expect(visitor.started).toBe(true);
    const daemon = await open('daemon');
    expect(daemon.started).toBe(false);
    await visitor.close();
    expect(await query(daemon.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await daemon.close();
    expect(serverPid()).toBe(0);
  });

  it('is left running while a stranger is connected, and stopped by the visitor that started it otherwise', async () => {
    const first = await open('visitor');
    const stranger = query(first.url, 'SELECT pg_sleep(2)');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await first.close();
    expect(isAlive(serverPid())).toBe(true);
    await stranger;
    const guest = await open('visitor');
    await guest.close();
    expect(isAlive(serverPid())).toBe(true);
    await (await open('daemon')).close();
    const last = await open('visitor');
    expect(last.started).toBe(true);
    await last.close();
    expect(serverPid()).toBe(0);
  });

  it('never cuts off a visitor that comes while the last one is leaving', async () => {
    let leaving = await open('visitor');
    for (let round = 0; round < 8; round += 1) {
      const [, next] = await Promise.all([leaving.close(), open('visitor')]);
      expect(await query(next.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
      leaving = next;
    }
    await leaving.close();
  });

  it('makes a newcomer wait while a process is about to stop the server', async () => {
    const database = await open('daemon');
    const stopper = new Client({ connectionString: database.url });
    await stopper.connect();
    await database.close();
    expect(isAlive(serverPid())).toBe(true);
    await stopper.query('SELECT pg_advisory_lock($1::int, $2::int)', [...embeddedUsageLock]);
    let arrived = false;
    const visitor = open('visitor').finally(() => (arrived = true));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(arrived).toBe(false);
    await stopper.end();
    await (await visitor).close();
  });

  it('that is stopped while a daemon waits to come in is started by that daemon, which comes in once', async () => {
    const database = await open('daemon');
    const stopper = new Client({ connectionString: database.url });
    stopper.on('error', () => undefined);
    await stopper.connect();
    await database.close();
    await stopper.query('SELECT pg_advisory_lock($1::int, $2::int)', [...embeddedUsageLock]);
    const errors: unknown[] = [];
    const log = { ...silentLog, error: (fields: object) => void errors.push(fields) };
    const coming = openEmbeddedDatabase(dataDir, { role: 'daemon', log });
    const waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    await expect.poll(async () => (await stopper.query(waiting)).rowCount).toBe(1);
    process.kill(serverPid(), 'SIGINT');
    const came = await coming;
    opened.push(came);
    const daemons =
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name LIKE 'rollkeeper daemon%'";
    expect(await query(came.url, daemons)).toEqual([{ n: 1 }]);
    expect(errors).toEqual([]);
  });

  it('made by another major version of Postgres is refused by name, not touched', async () => {
    await (await open('daemon')).close();
    await writeFile(join(dataDir, 'postgres/PG_VERSION'), '15\n');
    await expect(open('daemon')).rejects.toThrow(/made by Postgres 15, these programs are 18.*pg_dump/s);
    await writeFile(join(dataDir, 'postgres/PG_VERSION'), '18\n');
  });
});
