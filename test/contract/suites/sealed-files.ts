/** What is relied on of files of archived journals: they are kept as a whole, listed by folder, and no other content is lost unsaid. */
import { expect } from 'vitest';
import type { SealedFiles } from '../../../src/ports/sealed-files.ts';
import { contractOf, type Cases, type Closable } from './contract.ts';

export interface SealedFilesFixture extends Closable {
  readonly files: SealedFiles;
  /** That can be used and has nothing in it. */
  readonly folder: string;
}

const bytes = Buffer.from([0, 1, 2, 250, 251, 252, 13, 10]);
const folderOfTask = 'k7/k7%2Em2 & p+q';

const cases = {
  'takes the folder': ({ files, folder }) => {
    expect(() => files.assertUsable(folder)).not.toThrow();
  },

  'has a place for a name that lies in its folder': ({ files, folder }) => {
    expect(files.placeIn(folder, 'k7/task/v1.br')).toBe(`${folder}/k7/task/v1.br`);
    expect(files.placeIn(`${folder}/`, 'v1.br')).toBe(`${folder}/v1.br`);
  },

  'has nothing where nothing was written': async ({ files, folder }) => {
    expect(await files.read(files.placeIn(folder, 'k7/task/v1.br'))).toBeNull();
    expect(await files.namesIn(folder, 'k7/task')).toEqual([]);
  },

  'reads what was written, byte for byte': async ({ files, folder }) => {
    const place = files.placeIn(folder, `${folderOfTask}/v1-v2-0123456789ab.jsonl.br`);
    expect(await files.write(place, bytes)).toBe(true);
    expect(await files.read(place)).toEqual(bytes);
    expect(await files.write(files.placeIn(folder, 'empty'), Buffer.alloc(0))).toBe(true);
    expect(await files.read(files.placeIn(folder, 'empty'))).toEqual(Buffer.alloc(0));
  },

  'takes the same content again': async ({ files, folder }) => {
    const place = files.placeIn(folder, 'k7/v1.br');
    for (let time = 0; time < 2; time += 1) expect(await files.write(place, bytes)).toBe(true);
    expect(await files.read(place)).toEqual(bytes);
  },

  'says of another content whether it was kept': async ({ files, folder }) => {
    const place = files.placeIn(folder, 'k7/v1.br');
    await files.write(place, bytes);
    const other = Buffer.from('another');
    const isKept = await files.write(place, other);
    expect(await files.read(place)).toEqual(isKept ? other : bytes);
  },

  'two runs that write the same at once both have it': async ({ files, folder }) => {
    const place = files.placeIn(folder, 'k7/v1.br');
    const written = Array.from({ length: 4 }, () => files.write(place, bytes));
    expect(await Promise.all(written)).toEqual([true, true, true, true]);
    expect(await files.namesIn(folder, 'k7')).toEqual(['v1.br']);
  },

  'names the files of one folder, however many, and not those of others': async ({ files, folder }) => {
    const names = Array.from({ length: 5 }, (_, n) => `v${n + 1} & ü+%2E.br`);
    for (const name of [
      ...names.map((one) => `${folderOfTask}/${one}`),
      `${folderOfTask}x/v9.br`,
      `${folderOfTask}/in/v8.br`,
    ])
      await files.write(files.placeIn(folder, name), bytes);
    const found = await files.namesIn(folder, folderOfTask);
    expect(found.filter((name) => name.endsWith('.br')).sort()).toEqual(names);
  },
} satisfies Cases<SealedFilesFixture>;

export const describeSealedFiles = contractOf('SealedFiles', cases);
