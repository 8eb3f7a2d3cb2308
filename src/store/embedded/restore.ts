/**
 * A data directory made from a backup: every file is compared with the list of the backup while it is copied. The directory
 * gets its name last, after what is done with the database in it has succeeded, so that no daemon finds it before.
 */
import { chmod, chown, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BadInput, Terminal } from '../../domain/errors.ts';
import type { StoreLog } from '../log.ts';
import { copyHashed, isThere, readList, writeThrough, type BackupList } from './backup.ts';
import { clusterPath } from './cluster.ts';
import { openEmbeddedDatabase } from './embedded-postgres.ts';
import { serverIdentity, type ServerIdentity } from './identity.ts';

export interface RestoreOptions<T> {
  /** A directory that a backup has made. */
  readonly from: string;
  /** Not there yet, or empty. */
  readonly dataDir: string;
  readonly log: StoreLog;
  /** What is done with the restored database before it gets its name. */
  readonly prepare: (databaseUrl: string, list: Pick<BackupList, 'takenAtMs'>) => Promise<T>;
}

/** @returns what `prepare` gave @throws BadInput when it is none or `dataDir` is in use; Terminal when a file differs */
export async function restore<T>({ from, dataDir, log, prepare }: RestoreOptions<T>): Promise<T> {
  const list = await readList(from);
  const target = resolve(dataDir);
  await assertFree(target);
  const staging = `${target}.restoring-${process.pid}`;
  const identity = await serverIdentity(clusterPath(staging));
  await mkdir(staging, { recursive: true });
  // Root's own databases belong to another user, who has to enter; see cluster.ts.
  await chmod(staging, identity ? 0o755 : 0o700);
  try {
    await copyAll(from, staging, list);
    if (identity) await give(clusterPath(staging), identity, list);
    const database = await openEmbeddedDatabase(staging, { role: 'visitor', log });
    const prepared = await prepare(database.url, list).finally(() => database.close());
    await rmdir(target).catch(() => undefined);
    await rename(staging, target);
    await writeThrough(dirname(target));
    return prepared;
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

async function assertFree(target: string): Promise<void> {
  const isUsed = (await isThere(target)) && (await readdir(target).catch(() => ['?'])).length > 0;
  if (isUsed)
    throw new BadInput('Nothing was restored', [
      {
        path: '--data',
        found: `${target}, which is not empty`,
        expected: 'a directory that is empty, or not there yet',
      },
    ]);
}

async function copyAll(from: string, staging: string, list: BackupList): Promise<void> {
  const cluster = clusterPath(staging);
  await mkdir(cluster, { mode: 0o700 });
  for (const path of list.directories)
    await mkdir(join(cluster, inside(path)), { recursive: true, mode: 0o700 });
  for (const { path, sha256 } of list.files) {
    const read = await copyHashed(join(from, 'postgres', inside(path)), join(cluster, path)).catch(
      (error: unknown) => {
        throw new Terminal(`${path} of the backup cannot be read: it is damaged. Restore another backup.`, {
          cause: error,
        });
      },
    );
    if (read.sha256 !== sha256)
      throw new Terminal(
        `${path} of the backup is not as it was written: it is damaged. Restore another backup.`,
      );
  }
  await copyHashed(join(from, 'password'), join(staging, 'password'));
}

/** @throws Terminal for a path that leads out of the backup */
function inside(path: string): string {
  if (path.startsWith('/') || path.split('/').includes('..'))
    throw new Terminal(`The list of the backup names ${JSON.stringify(path)}, which is no file of a backup`);
  return path;
}

async function give(
  cluster: string,
  { uid, gid }: ServerIdentity,
  { directories, files }: BackupList,
): Promise<void> {
  await chown(cluster, uid, gid);
  for (const path of [...directories, ...files.map((file) => file.path)])
    await chown(join(cluster, path), uid, gid);
}
