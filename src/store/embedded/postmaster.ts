/**
 * The server process of an embedded database: adopts the one that runs, or starts one, and stops it. It never deletes
 * a pid file and never kills: whether a pid file is stale is Postgres' own judgement, so a start that is refused is
 * tried again until the last backend of a dead postmaster is gone. Who may stop a server is decided elsewhere.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal } from '../../domain/errors.ts';
import { describeDatabaseError } from '../database-errors.ts';
import type { StoreLog } from '../log.ts';
import { connect, disconnect } from '../pool.ts';
import type { Binaries } from './binaries.ts';
import { openServerLog, superuser, type Cluster } from './cluster.ts';
import type { ServerIdentity } from './identity.ts';
import { run } from './run.ts';

export interface ServerOptions {
  readonly cluster: Cluster;
  readonly binaries: Binaries;
  readonly identity: ServerIdentity | null;
  readonly log: StoreLog;
  /** Start on this port; default: any free one. */
  readonly port?: number | undefined;
  /** How long to try. A stale pid file or a recovery after a crash takes seconds. */
  readonly startMaxMs?: number;
}

export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  /** This call started it; false = it ran already. */
  readonly started: boolean;
}

/** What postmaster.pid says (line 1 pid, 4 port, 8 status). */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

const startEveryMs = 500;
/** After that, somebody else's start or stop is tried again; Postgres refuses if it was premature. */
const onItsWayMaxMs = 10_000;

export const urlOf = ({ password }: Cluster, port: number, database: string): string =>
  `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`;

export function parsePostmasterFile(text: string): PostmasterFile | null {
  const lines = text.split('\n').map((line) => line.trim());
  const [pid, port, status] = [Number(lines[0]), Number(lines[3]), lines[7] ?? ''];
  return Number.isInteger(pid) && pid > 0 && Number.isInteger(port) ? { pid, port, status } : null;
}

/** @throws Terminal after `startMaxMs`, with the reason and where to read more. */
export async function ensureRunning(options: ServerOptions): Promise<RunningServer> {
  const { cluster, startMaxMs = 30_000 } = options;
  const deadline = performance.now() + startMaxMs;
  const starter = new Starter(options);
  for (;;) {
    const file = await readPostmasterFile(cluster);
    const problem = file ? await whyNotOurs(cluster, file) : 'no server runs';
    if (file && problem === null) return { ...file, started: file.pid === starter.pid };
    if (performance.now() > deadline) throw await notStarted(options, file, problem ?? '');
    await starter.tryNow(file);
    await sleep(25);
  }
}

/** Stops the server cleanly; open sessions are cut. @throws Terminal when it does not stop within 60 s. */
export async function stopServer({ cluster, binaries, identity }: ServerOptions): Promise<void> {
  const args = ['stop', `--pgdata=${cluster.directory}`, '--mode=fast', '--wait', '--timeout=60'];
  const { code, output } = await run(binaries.pgCtl, args, identity);
  if (code !== 0 && (await readPostmasterFile(cluster))) {
    throw new Terminal(`The embedded database did not stop: ${output}`);
  }
}

export async function readPostmasterFile({ directory }: Cluster): Promise<PostmasterFile | null> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
  return parsePostmasterFile(text);
}

/** Null when the server named in the file runs, accepts our password and serves our directory. */
async function whyNotOurs(cluster: Cluster, { pid, port, status }: PostmasterFile): Promise<string | null> {
  if (!isAlive(pid)) return `its process ${pid} is gone`;
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
    const served = rows[0]?.data_directory;
    return served === cluster.directory ? null : `port ${port} serves ${served ?? 'nothing'}`;
  } catch (error) {
    return `process ${pid} does not answer as our server: ${describeDatabaseError(error)}`;
  }
}

/** Starts a server now and then, never two at once. */
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

  /** Does nothing while its last child lives, or while another server is on its way up or down. */
  async tryNow(file: PostmasterFile | null): Promise<void> {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) return;
    if (performance.now() - this.#lastStart < startEveryMs) return;
    const onItsWay = file && file.status !== 'ready' && isAlive(file.pid);
    if (onItsWay && performance.now() - this.#sinceMs < onItsWayMaxMs) return;
    this.#lastStart = performance.now();
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
    // Detached and with files for stdio: it outlives a killed daemon, and no Ctrl-C reaches it.
    const child = spawn(
      binaries.postgres,
      [
        '-D',
        cluster.directory,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { ...identity, cwd: '/', detached: true, stdio: ['ignore', logFile.fd, logFile.fd], windowsHide: true },
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
    file && isAlive(file.pid)
      ? ` If process ${file.pid} is no Postgres of yours, remove ${join(cluster.directory, 'postmaster.pid')}.`
      : '';
  return new Terminal(
    `The embedded database in ${cluster.dataDir} did not start within ${startMaxMs / 1_000} s: ${problem}.${stale}\n` +
      `Last lines of ${cluster.logFile}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, but another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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
