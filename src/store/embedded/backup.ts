/**
 * A copy of the embedded database while it is in use, made as Postgres describes it (documentation, "Making a Base Backup Using the Low
 * Level API"): its files between `pg_backup_start` and `pg_backup_stop`, and the write-ahead log of that time. Every file is written
 * through to the disk and listed with its SHA-256; the directory gets its name last, so that one that is there is whole.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, lstat, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { BadInput, messageOf } from '../../domain/errors.ts';
import { sqlStateOf } from '../database-errors.ts';
import { connect, disconnect } from '../pool.ts';
import { sql } from '../sql.ts';
import { partOf, removeLeftParts } from './backup-parts.ts';
import { clusterPath } from './cluster.ts';

export interface BackupSummary {
  /** Where it is. */
  readonly place: string;
  /** As of when it is, ms since epoch. */
  readonly takenAtMs: number;
  readonly files: number;
  readonly bytes: number;
  /** Names of what killed backups had left beside it. */
  readonly removed: readonly string[];
}

export interface BackupOptions {
  /** Of the running server. */
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** A directory that is not there yet. */
  readonly to: string;
  /** Of this program. */
  readonly version: string;
}

const listShape = z.strictObject({
  format: z.literal(1),
  version: z.string(),
  takenAtMs: z.number(),
  directories: z.array(z.string()),
  files: z.array(z.strictObject({ path: z.string(), bytes: z.number(), sha256: z.string() })),
});
export type BackupList = z.infer<typeof listShape>;
type BackedUpFile = BackupList['files'][number];

export const listName = 'backup.json';

/** What a starting server makes anew: the contents of these directories, and these files. */
const emptied = /^pg_(wal|replslot|dynshmem|notify|serial|snapshots|stat_tmp|subtrans)\//;
const leftOut =
  /^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map)$|(^|\/)(pgsql_tmp|pg_internal\.init)/;
const walFile = /^[0-9A-F]{24}$/;

/** @throws BadInput when `to` is there already; the error of the system or the database */
export async function backUp({ databaseUrl, dataDir, to, version }: BackupOptions): Promise<BackupSummary> {
  if (await isThere(to))
    throw new BadInput('The backup cannot be written', [
      { path: '--to', found: `${to}, which is there already`, expected: 'a directory that is not there yet' },
    ]);
  // First, because a backup may have been killed for want of room.
  const removed = await removeLeftParts(to);
  const staging = partOf(to);
  const cluster = clusterPath(dataDir);
  await mkdir(staging, { recursive: true, mode: 0o700 });
  try {
    const copy = new Copy(cluster, join(staging, 'postgres'));
    await whileBackingUp(databaseUrl, {
      copyFiles: () => copy.files(),
      copyLog: async (firstLogFile, label) => {
        await copy.log(firstLogFile);
        await copy.write('backup_label', label);
      },
    });
    const takenAtMs = Date.now();
    await copyFile(join(dataDir, 'password'), join(staging, 'password'));
    await writeThrough(join(staging, 'password'));
    const list: BackupList = { format: 1, version, takenAtMs, ...copy.list };
    await writeFile(join(staging, listName), JSON.stringify(list, null, 1), { mode: 0o600 });
    await writeThrough(join(staging, listName));
    await rename(staging, to);
    await writeThrough(dirname(to));
    await note(databaseUrl, takenAtMs, to);
    const { files } = list;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { place: to, takenAtMs, files: files.length, bytes, removed };
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

/** @throws BadInput where there is no list of a backup, or one that cannot be read */
export async function readList(from: string): Promise<BackupList> {
  try {
    return listShape.parse(JSON.parse(await readFile(join(from, listName), 'utf8')));
  } catch (error) {
    throw new BadInput('This is no backup', [
      {
        path: 'directory',
        found: `${from} (${error instanceof z.ZodError ? 'another format' : messageOf(error)})`,
        expected: `a directory that rollkeeper backup has made, with ${listName} in it`,
      },
    ]);
  }
}

interface Work {
  readonly copyFiles: () => Promise<void>;
  /** @param firstLogFile name of the first file of the write-ahead log that is needed */
  readonly copyLog: (firstLogFile: string, label: string) => Promise<void>;
}

const noSuchTable = '42P01';

/** So that it is noticed when none was made for long. A database that still has to be migrated is backed up without that. */
async function note(databaseUrl: string, takenAtMs: number, place: string): Promise<void> {
  const client = await connect({ databaseUrl, name: 'rollkeeper backup', onLost: () => undefined });
  try {
    await client.query(sql('note-backup'), [takenAtMs, place]);
  } catch (error) {
    if (sqlStateOf(error) !== noSuchTable) throw error;
  } finally {
    await disconnect(client);
  }
}

/** The slot keeps the server from removing its log meanwhile; it ends with the session. */
async function whileBackingUp(databaseUrl: string, { copyFiles, copyLog }: Work): Promise<void> {
  const state: { lost: string | null } = { lost: null };
  const client = await connect({
    databaseUrl,
    name: 'rollkeeper backup',
    statementTimeoutMs: 600_000,
    onLost: (reason) => (state.lost = reason),
  });
  try {
    await client.query(sql('hold-log'), [`backup_${process.pid}`]);
    const begun = await client.query<{ file: string }>(sql('begin-backup'));
    await copyFiles();
    const ended = await client.query<{ label: string }>(sql('end-backup'));
    await copyLog(begun.rows[0]?.file ?? '', ended.rows[0]?.label ?? '');
    if (state.lost !== null) throw new Error(`the database was lost during the backup: ${state.lost}`);
  } finally {
    await disconnect(client);
  }
}

/** Copies a cluster and keeps the list of it. */
class Copy {
  readonly #from: string;
  readonly #to: string;
  readonly #files: BackedUpFile[] = [];
  readonly #directories: string[] = [];

  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  get list(): Pick<BackupList, 'directories' | 'files'> {
    return { directories: this.#directories, files: this.#files };
  }

  async files(): Promise<void> {
    await mkdir(this.#to, { mode: 0o700 });
    const entries = await readdir(this.#from, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name).slice(this.#from.length + 1);
      if (emptied.test(path) || leftOut.test(path)) continue;
      if (entry.isDirectory()) await this.#directory(path);
    }
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name).slice(this.#from.length + 1);
      if (emptied.test(path) || leftOut.test(path) || !entry.isFile()) continue;
      await this.#file(path);
    }
  }

  async log(firstFile: string): Promise<void> {
    const names = await readdir(join(this.#from, 'pg_wal'));
    const timeline = firstFile.slice(0, 8);
    const needed = names.filter(
      (name) => walFile.test(name) && name.startsWith(timeline) && name >= firstFile,
    );
    if (!needed.includes(firstFile)) throw new Error(`${firstFile} of the write-ahead log is missing`);
    for (const name of needed) await this.#file(`pg_wal/${name}`);
  }

  async write(path: string, text: string): Promise<void> {
    await writeFile(join(this.#to, path), text, { mode: 0o600 });
    await writeThrough(join(this.#to, path));
    this.#files.push({ path, bytes: Buffer.byteLength(text), sha256: hashOf(text) });
  }

  async #directory(path: string): Promise<void> {
    await mkdir(join(this.#to, path), { recursive: true, mode: 0o700 });
    this.#directories.push(path);
  }

  /** A file that was removed meanwhile is not needed: the log says so, too. */
  async #file(path: string): Promise<void> {
    try {
      const { bytes, sha256 } = await copyHashed(join(this.#from, path), join(this.#to, path));
      this.#files.push({ path, bytes, sha256 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await rm(join(this.#to, path), { force: true });
    }
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @returns of what was read @throws the error of the system */
export async function copyHashed(from: string, to: string): Promise<Omit<BackedUpFile, 'path'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    createReadStream(from),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(to, { mode: 0o600 }),
  );
  await writeThrough(to);
  return { bytes, sha256: hash.digest('hex') };
}

/** A file or a directory, to the disk. */
export async function writeThrough(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
