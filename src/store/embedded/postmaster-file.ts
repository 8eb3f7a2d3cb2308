/**
 * Reads postmaster.pid, in which Postgres says which process serves a data directory. The file is Postgres' own lock and is
 * left alone, except in one case that Postgres does not recognise: its process is dead but was not reaped (a zombie).
 */
import { link, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The contents of postmaster.pid (line 1 pid, 4 port, 8 status). */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping`; empty while the file is being written. */
  readonly status: string;
}

const pathIn = (directory: string): string => join(directory, 'postmaster.pid');

export async function readPostmasterFile(directory: string): Promise<PostmasterFile | null> {
  return parsePostmasterFile(await readFile(pathIn(directory), 'utf8').catch(() => ''));
}

export function parsePostmasterFile(text: string): PostmasterFile | null {
  const lines = text.split('\n').map((line) => line.trim());
  const [pid, port, status] = [Number(lines[0]), Number(lines[3]), lines[7] ?? ''];
  return Number.isInteger(pid) && pid > 0 && Number.isInteger(port) ? { pid, port, status } : null;
}

export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process lives, but belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !(await isZombie(pid));
}

/** Dead, but still in the process table because its parent has not reaped it: common in containers without an init. */
async function isZombie(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /^\d+ \(.*\) Z/s.test(text);
}

/**
 * Postgres takes a zombie for a living server and would refuse to start for ever. It still finds sessions that the dead
 * server left behind, through their shared memory.
 */
export async function removeFileOfZombie(directory: string, file: PostmasterFile): Promise<void> {
  if (!(await isZombie(file.pid))) return;
  const path = pathIn(directory);
  const aside = `${path}.of-dead-${file.pid}`;
  await rename(path, aside).catch(() => undefined);
  const taken = parsePostmasterFile(await readFile(aside, 'utf8').catch(() => ''));
  // Another process has started a server meanwhile: its file goes back.
  if (taken && taken.pid !== file.pid) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
