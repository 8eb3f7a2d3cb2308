/**
 * Directories in which backups are written before they get their names. One whose process was killed stays; the next backup beside it
 * removes it. Its name has the machine and the process, because only on its own machine it can be known that a process is gone.
 */
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './postmaster-file.ts';

const host = hostname().replaceAll(/[^A-Za-z0-9.-]/g, '_');

/** What a backup has in its directory: anything else there is not ours to remove. */
const contents = ['postgres', 'password', 'backup.json'];

/** Where a backup is written that is to be at `to`. */
export const partOf = (to: string): string => `${to}.part-${host}-${process.pid}`;

/**
 * Removes what killed backups have left beside this one. To be called before this process writes its own.
 * @returns their names; what cannot be removed is left for the next backup
 */
export async function removeLeftParts(to: string): Promise<readonly string[]> {
  const folder = dirname(to);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const removed: string[] = [];
  for (const entry of entries) {
    const pid = entry.isDirectory() ? pidIn(entry.name) : null;
    if (pid === null || (pid !== process.pid && (await isAlive(pid)))) continue;
    const path = join(folder, entry.name);
    try {
      if (!(await readdir(path)).every((name) => contents.includes(name))) continue;
      await rm(path, { recursive: true, force: true });
      removed.push(basename(path));
    } catch {
      // Another backup has removed it at the same time, or this user may not.
    }
  }
  return removed;
}

/** `null` for a name that no backup of this machine has made. */
function pidIn(name: string): number | null {
  const [, machine, pid] = /\.part-(.+)-(\d{1,10})$/.exec(name) ?? [];
  return machine === host ? Number(pid) : null;
}
