/**
 * The files of the embedded database: password, cluster, log. It owns making them once, whoever comes first, and where
 * they lie; running a server on them is postmaster's. Everything is made aside and published by one atomic step (link,
 * rename or symlink), so two processes that start at once end up with the same cluster, and a crash leaves no half one.
 */
import { randomBytes } from 'node:crypto';
import {
  chmod,
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
  symlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Terminal } from '../../domain/errors.ts';
import type { StoreLog } from '../log.ts';
import type { Binaries } from './binaries.ts';
import { canEnter, type ServerIdentity } from './identity.ts';
import { run } from './run.ts';

export const superuser = 'rollkeeper';

export interface Cluster {
  readonly dataDir: string;
  /** Real path of the Postgres data directory, as the server names it. */
  readonly directory: string;
  readonly password: string;
  readonly logFile: string;
}

export interface ClusterOptions {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly identity: ServerIdentity | null;
  readonly log: StoreLog;
  /** Where a cluster goes whose user cannot enter `dataDir`. */
  readonly elsewhere?: string;
}

const stagingPrefix = 'postgres.new-';
const stagingLeftOverMs = 600_000;

export const clusterPath = (dataDir: string): string => join(dataDir, 'postgres');

/** Finds the cluster of a data directory, or makes it. @throws Terminal with what a person has to do. */
export async function ensureCluster(wanted: ClusterOptions): Promise<Cluster> {
  const { identity, binaries, log } = wanted;
  await makeDirectory(wanted.dataDir, identity ? 0o755 : 0o700);
  const dataDir = await realpath(wanted.dataDir);
  const password = await ensurePassword(dataDir);
  const path = clusterPath(dataDir);
  if (!(await isThere(path))) await makeCluster({ ...wanted, dataDir }, password);
  const directory = await realpath(path).catch((error: unknown) => {
    throw new Terminal(
      `${path} points to database files that are gone. Bring them back, or remove ${path} to start with an empty database.`,
      { cause: error },
    );
  });
  await assertSameMajor(directory, binaries.version);
  if (directory !== path) {
    log.warn(
      { directory },
      `The user Postgres runs as cannot enter ${dataDir}: the database files lie elsewhere`,
    );
  }
  await removeLeftOvers(dataDir);
  return { dataDir, directory, password, logFile: join(dataDir, 'postgres.log') };
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
    await link(staged, path).catch(ignoreExisting);
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
  const here = await canEnter(identity, dataDir);
  const home = here ? dataDir : (options.elsewhere ?? '/var/lib/rollkeeper');
  await makeDirectory(home, 0o755);
  const staging = await mkdtemp(join(home, here ? stagingPrefix : 'cluster-'));
  try {
    if (identity) await chown(staging, identity.uid, identity.gid);
    log.info({ dataDir }, 'Making the embedded database');
    await initialise(options, staging, password);
    const place = await publish(join(staging, 'data'), clusterPath(dataDir), here ? 'rename' : 'symlink');
    if (!place.startsWith(await realpath(staging))) await rm(staging, { recursive: true, force: true });
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

/** With this mode if it has to be made, whatever the umask; as it is if it is there. */
async function makeDirectory(path: string, mode: number): Promise<void> {
  if ((await mkdir(path, { recursive: true })) !== undefined) await chmod(path, mode);
}

async function initialise(
  { binaries, identity }: ClusterOptions,
  staging: string,
  password: string,
): Promise<void> {
  const passwordFile = join(staging, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (identity) await chown(passwordFile, identity.uid, identity.gid);
  const data = join(staging, 'data');
  const { code, output } = await run(
    binaries.initdb,
    [
      `--pgdata=${data}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ],
    identity,
  );
  await rm(passwordFile, { force: true });
  if (code === 0) return;
  const advice = /could not look up effective user ID/.test(output)
    ? ' Postgres does not run as root and found no other user: add one (e.g. `useradd nobody`), or use DATABASE_URL.'
    : '';
  throw new Terminal(`The embedded database could not be made: ${output || 'initdb was killed'}.${advice}`);
}

/** Whoever is second finds the first one's cluster in place. @returns where the published cluster lies. */
async function publish(made: string, path: string, how: 'rename' | 'symlink'): Promise<string> {
  await (how === 'rename' ? rename(made, path) : symlink(await realpath(made), path)).catch(ignoreExisting);
  const parent = await open(dirname(path), 'r');
  await parent.sync().catch(() => undefined);
  await parent.close();
  return realpath(path);
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

/** Directories of an initdb that was killed; a young one may belong to a process that is at it right now. */
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

function ignoreExisting(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EEXIST' && code !== 'ENOTEMPTY' && code !== 'EPERM') throw error;
}
