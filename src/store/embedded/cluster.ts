/**
 * The files of the embedded database: password, cluster, log. It owns making them once; postmaster.ts runs a server on
 * them. Everything is made in a staging place and published by one atomic step (link or rename), so two processes that
 * start at once end up with the same cluster, and a crash leaves no half-made one.
 */
import { randomBytes } from 'node:crypto';
import {
  access,
  chmod,
  constants,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BadInput, messageOf, Terminal } from '../../domain/errors.ts';
import type { StoreLog } from '../log.ts';
import type { Binaries } from './binaries.ts';
import { serverPathOf, type ServerIdentity, type ServerPath } from './identity.ts';
import { run } from './run.ts';

export const superuser = 'rollkeeper';

export interface Cluster {
  readonly dataDir: string;
  /** Real path of the Postgres data directory. */
  readonly directory: string;
  /** The same directory as the server's programs are given it. */
  readonly place: ServerPath;
  readonly password: string;
  readonly logFile: string;
}

export interface ClusterOptions {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly identity: ServerIdentity | null;
  readonly log: StoreLog;
}

const stagingPrefix = 'postgres.new-';
const stagingLeftOverMs = 600_000;

export const clusterPath = (dataDir: string): string => join(dataDir, 'postgres');

/**
 * Finds the cluster of a data directory, or makes it.
 * @throws BadInput when the directory cannot be used; Terminal with what the operator has to do
 */
export async function ensureCluster(wanted: ClusterOptions): Promise<Cluster> {
  const { identity, binaries } = wanted;
  try {
    await makeDirectory(wanted.dataDir, identity ? 0o755 : 0o700);
    if (!(await stat(wanted.dataDir)).isDirectory()) throw new Error('it is not a directory');
    await access(wanted.dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new BadInput('The data directory cannot be used', [
      {
        path: '--data',
        found: `${wanted.dataDir} (${messageOf(error)})`,
        expected:
          (error as NodeJS.ErrnoException).code === 'EACCES'
            ? 'a directory of yours; the data directory belongs to another user: run as that user, or name another one with --data DIR'
            : 'a directory that can be made or written: name another one with --data DIR',
      },
    ]);
  }
  const dataDir = await realpath(wanted.dataDir);
  const password = await ensurePassword(dataDir);
  const directory = clusterPath(dataDir);
  if (!(await isThere(directory))) await makeCluster({ ...wanted, dataDir }, password);
  await assertSameMajor(directory, binaries.version);
  await removeLeftOvers(dataDir);
  const place = await serverPathOf(identity, directory);
  return { dataDir, directory, place, password, logFile: join(dataDir, 'postgres.log') };
}

async function ensurePassword(dataDir: string): Promise<string> {
  const path = join(dataDir, 'password');
  if (!(await isThere(path))) {
    const staged = join(dataDir, `password.new-${randomBytes(6).toString('hex')}`);
    const file = await open(staged, 'wx', 0o600);
    await file.writeFile(randomBytes(24).toString('base64url'));
    await file.sync();
    await file.close();
    // A link, unlike a rename, never replaces the password another process has just published.
    await link(staged, path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
    await rm(staged);
  }
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new Terminal(
      `${path} cannot be read: the data directory belongs to another user. Run as that user, or choose another directory.`,
      { cause: error },
    );
  });
}

async function makeCluster(options: ClusterOptions, password: string): Promise<void> {
  const { dataDir, identity, log } = options;
  const staging = await mkdtemp(join(dataDir, stagingPrefix));
  const made = join(staging, 'data');
  try {
    log.info({ dataDir }, 'Making the embedded database');
    await mkdir(made, { mode: 0o700 });
    await writeFile(join(staging, 'password'), password, { mode: 0o600 });
    if (identity) {
      for (const path of [staging, made, join(staging, 'password')])
        await chown(path, identity.uid, identity.gid);
    }
    await initialise(options, made);
    await publish(made, clusterPath(dataDir));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** A new directory gets this mode whatever the umask; an existing one stays as it is. */
async function makeDirectory(path: string, mode: number): Promise<void> {
  if (await makeParents(path)) await chmod(path, mode);
}

/**
 * Step by step, because Node's own `recursive` never ends where a system shows a parent but denies access, as under /proc.
 * @returns whether it had to be made
 */
async function makeParents(path: string): Promise<boolean> {
  const parent = dirname(path);
  for (let hasParent = parent === path; ; hasParent = true) {
    try {
      await mkdir(path);
      return true;
    } catch (error) {
      if (await isThere(path)) return false;
      if (hasParent || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await makeParents(parent);
    }
  }
}

/** Runs initdb on an empty directory; the password lies in a file beside it. */
async function initialise({ binaries, identity }: ClusterOptions, made: string): Promise<void> {
  const { path, cwd } = await serverPathOf(identity, made);
  const { code, output } = await run(
    binaries.initdb,
    [
      `--pgdata=${path}`,
      `--username=${superuser}`,
      `--pwfile=${path}/../password`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ],
    { identity, cwd },
  );
  if (code === 0) return;
  const advice = /could not look up effective user ID/.test(output)
    ? ' Postgres does not run as root and found no other user: add one (e.g. `useradd nobody`), or use DATABASE_URL.'
    : '';
  throw new Terminal(`The embedded database could not be made: ${output || 'initdb was killed'}.${advice}`);
}

/** Of two processes the second one finds the first one's cluster in place; its own is removed. */
async function publish(made: string, path: string): Promise<void> {
  await rename(made, path).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (!['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(code ?? '')) throw error;
  });
  const parent = await open(dirname(path), 'r');
  await parent.sync().catch(() => undefined);
  await parent.close();
}

async function assertSameMajor(directory: string, version: string): Promise<void> {
  const made = (await readFile(join(directory, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const [major] = version.split('.');
  if (made === major) return;
  throw new Terminal(
    made === ''
      ? `${directory} is no Postgres data directory. Move it away to start with an empty database.`
      : `${directory} was made by Postgres ${made}, these programs are ${version}. Move the data with pg_dump, or use DATABASE_URL.`,
  );
}

/** Removes the directories of an initdb that was killed; a young one may belong to a process that is still using it. */
async function removeLeftOvers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(stagingPrefix)) continue;
    const { mtimeMs } = await stat(join(dataDir, name));
    if (Date.now() - mtimeMs < stagingLeftOverMs) continue;
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

/** Opens the server's log for appending, a fresh one when it has grown past 10 MB. */
export async function openServerLog({ logFile }: Cluster): Promise<FileHandle> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > 10_000_000) await rename(logFile, `${logFile}.1`).catch(() => undefined);
  return open(logFile, 'a', 0o600);
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
