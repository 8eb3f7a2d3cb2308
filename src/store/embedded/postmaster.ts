/**
 * The server process of an embedded database: adopts a running one, or starts one, and stops it. It never kills a server.
 * Postgres itself judges whether a pid file is stale: a refused start is tried again until the last backend of a dead
 * postmaster has ended. embedded-postgres.ts decides who may stop a server.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal } from '../../domain/errors.ts';
import { describeDatabaseError } from '../database-errors.ts';
import type { StoreLog } from '../log.ts';
import { isAlive, readPostmasterFile, removeFileOfZombie, type PostmasterFile } from './postmaster-file.ts';
import { connect, disconnect } from '../pool.ts';
import type { Binaries } from './binaries.ts';
import { openServerLog, superuser, type Cluster } from './cluster.ts';
import { ownDirectory, type ServerIdentity } from './identity.ts';
import { run } from './run.ts';

export interface ServerOptions {
  readonly cluster: Cluster;
  readonly binaries: Binaries;
  readonly identity: ServerIdentity | null;
  readonly log: StoreLog;
  /** Port to start on; default: any free one. */
  readonly port?: number | undefined;
  /** How long to try, default 30,000; a server that recovers from a crash gets ten minutes. */
  readonly startMaxMs?: number;
}

export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  /** This call started it; false = it ran already. */
  readonly started: boolean;
}

const startEveryMs = 500;
const stopMaxMs = 60_000;
const recoveryMaxMs = 600_000;
/** After this long a start is tried although another server is starting or stopping; Postgres refuses it if premature. */
const onItsWayMaxMs = 10_000;

export const urlOf = ({ password }: Cluster, port: number, database: string): string =>
  `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`;

/** @throws Terminal after `startMaxMs`, with the reason and where to read more. */
export async function ensureRunning(options: ServerOptions): Promise<RunningServer> {
  const { cluster, startMaxMs = 30_000 } = options;
  const sinceMs = performance.now();
  const starter = new Starter(options);
  for (;;) {
    const file = await readPostmasterFile(cluster.directory);
    const problem = file ? await whyNotOurs(cluster, file) : 'no server runs';
    if (file && problem === null) return { ...file, started: file.pid === starter.pid };
    const patienceMs = file?.status === 'starting' && (await isAlive(file.pid)) ? recoveryMaxMs : startMaxMs;
    if (performance.now() - sinceMs > patienceMs) throw await notStarted(options, file, problem ?? '');
    await starter.tryNow(file);
    await sleep(25);
  }
}

/** Stops the server cleanly; open sessions are cut. @throws Terminal when it does not stop within a minute. */
export async function stopServer({ cluster, binaries, identity }: ServerOptions): Promise<void> {
  const file = await readPostmasterFile(cluster.directory);
  if (!file) return;
  const { path, cwd } = cluster.place;
  const args = ['stop', `--pgdata=${path}`, '--mode=fast', '--no-wait'];
  const { output } = await run(binaries.pgCtl, args, { identity, cwd });
  // Without pg_ctl's own wait, which would also wait for a server that another process has started meanwhile.
  const deadline = performance.now() + stopMaxMs;
  while (await isAlive(file.pid)) {
    if (performance.now() > deadline) throw new Terminal(`The embedded database did not stop: ${output}`);
    await sleep(20);
  }
}

/** Null when the server named in the file runs, accepts our password and serves our directory; else the reason. */
async function whyNotOurs(cluster: Cluster, { pid, port, status }: PostmasterFile): Promise<string | null> {
  if (!(await isAlive(pid))) return `its process ${pid} has ended`;
  if (status !== 'ready') return `process ${pid} is ${status === '' ? 'starting' : status}`;
  try {
    const client = await connect({
      databaseUrl: urlOf(cluster, port, 'postgres'),
      name: 'rollkeeper is it ours',
      connectTimeoutMs: 2_000,
      statementTimeoutMs: 2_000,
      onLost: () => undefined,
    });
    const { rows } = await client
      .query<{ data_directory: string }>('SHOW data_directory')
      .finally(() => disconnect(client));
    const named = rows[0]?.data_directory;
    const served = named === ownDirectory ? await readlink(`/proc/${pid}/cwd`) : named;
    return served === cluster.directory ? null : `port ${port} serves ${served ?? 'nothing'}`;
  } catch (error) {
    return `process ${pid} does not answer as our server: ${describeDatabaseError(error)}`;
  }
}

/** Starts a server at most every half second, and never two at once. */
class Starter {
  readonly #options: ServerOptions;
  #child: ChildProcess | null = null;
  #lastStart = -Infinity;
  readonly #sinceMs = performance.now();

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Does nothing while its last child lives, or while another server is starting or stopping. */
  async tryNow(file: PostmasterFile | null): Promise<void> {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) return;
    if (performance.now() - this.#lastStart < startEveryMs) return;
    const onItsWay = file && file.status !== 'ready' && (await isAlive(file.pid));
    if (onItsWay && performance.now() - this.#sinceMs < onItsWayMaxMs) return;
    this.#lastStart = performance.now();
    if (file) await removeFileOfZombie(this.#options.cluster.directory, file);
    this.#child = await this.#spawn();
  }

  async #spawn(): Promise<ChildProcess> {
    const { cluster, binaries, identity, log } = this.#options;
    const port = this.#options.port ?? (await freePort());
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      logging_collector: 'off',
      log_line_prefix: '%m [%p] ',
    };
    const logFile = await openServerLog(cluster);
    log.debug({ port, directory: cluster.directory }, 'Starting the embedded database');
    // Detached and with files for stdio, so that it outlives a killed daemon and Ctrl-C does not reach it.
    const child = spawn(
      binaries.postgres,
      [
        '-D',
        cluster.place.path,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        ...identity,
        cwd: cluster.place.cwd,
        detached: true,
        stdio: ['ignore', logFile.fd, logFile.fd],
        windowsHide: true,
      },
    );
    child.on('error', (error) =>
      log.error({ reason: error.message }, 'The embedded database cannot be started'),
    );
    child.unref();
    await logFile.close();
    return child;
  }
}

async function notStarted(
  { cluster, startMaxMs = 30_000 }: ServerOptions,
  file: PostmasterFile | null,
  problem: string,
): Promise<Terminal> {
  const lines = (await readFile(cluster.logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5);
  const stale =
    file && (await isAlive(file.pid))
      ? ` If process ${file.pid} is no Postgres of yours, remove ${join(cluster.directory, 'postmaster.pid')}.`
      : '';
  return new Terminal(
    `The embedded database in ${cluster.dataDir} did not start within ${startMaxMs / 1_000} s: ${problem}.${stale}\n` +
      `Last lines of ${cluster.logFile}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
