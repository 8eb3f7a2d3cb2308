/**
 * Files of archived journals in folders of this machine. A file appears under its name only when all of it is on the disk: it is
 * written under another name, flushed, and renamed; then the folder is flushed, too.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { megabyte } from './bounded-file.ts';

/** Compressed, of 20,000 rows at most. */
const maxBytes = 512 * megabyte;

const partSuffix = '.part';

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

export const folderFiles = {
  /** Whatever may be wrong with a folder shows when something is written. */
  assertUsable: (_folder: string): void => undefined,

  placeIn: (folder: string, name: string): string => resolve(folder, ...name.split('/')),

  async namesIn(folder: string, inner: string): Promise<readonly string[]> {
    try {
      const names = await readdir(resolve(folder, ...inner.split('/')));
      return names.filter((name) => !name.endsWith(partSuffix));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },

  async read(place: string): Promise<Buffer | null> {
    try {
      const { size } = await stat(place);
      if (size > maxBytes) throw new Error(`${place} is longer than a file of archived rows can be`);
      return await readFile(place);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  },

  async write(place: string, bytes: Buffer): Promise<boolean> {
    const folder = dirname(place);
    const madeFrom = await mkdir(folder, { recursive: true });
    const part = `${place}.${randomBytes(4).toString('hex')}${partSuffix}`;
    try {
      await flushed(part, 'wx', (file) => file.writeFile(bytes));
      await rename(part, place);
    } catch (error) {
      await unlink(part).catch(() => undefined);
      throw error;
    }
    // A new folder lasts only when the folder above it is flushed, too.
    const last = dirname(madeFrom ?? place);
    for (let path = folder; ; path = dirname(path)) {
      await flushed(path, 'r', () => Promise.resolve());
      if (path === last || path === dirname(path)) return true;
    }
  },
};

type OpenFile = Awaited<ReturnType<typeof open>>;

async function flushed(path: string, flags: string, work: (file: OpenFile) => Promise<void>): Promise<void> {
  const file = await open(path, flags);
  try {
    await work(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
