/** Looks at this process and this computer: how many files may be open, and how much room a directory has. */
import { readFile, statfs } from 'node:fs/promises';

/** @returns `null` where this system does not say: only Linux does in a file */
export async function fileLimit(): Promise<number | null> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  return fileLimitIn(limits);
}

/**
 * Node raises its soft limit to the hard one when it starts, so the hard one counts.
 * @param limits the text of /proc/PID/limits
 */
export function fileLimitIn(limits: string): number | null {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  if (hard === 'unlimited') return Number.MAX_SAFE_INTEGER;
  return hard === undefined || !/^\d+$/.test(hard) ? null : Number(hard);
}

/** What this user may still write there, in bytes. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
