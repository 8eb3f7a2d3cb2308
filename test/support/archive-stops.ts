/** Where a run that archives may be stopped, wherever the archive lies, and what has to be true then and after the next run. */
import { expect } from 'vitest';
import { writeJournal } from '../../src/application/journal-file.ts';
import { stopping, type ArchiveFixture, type ArchivePorts } from './archive-fixture.ts';

export type Stop = (ports: ArchivePorts) => Partial<ArchivePorts>;

/** More rows than one removal takes. */
const many = 190;

/** With how many rows before the roll it is tried. */
export const stops: readonly (readonly [string, Stop, number])[] = [
  [
    'before it writes the file',
    ({ sealedFiles }) => ({ sealedFiles: stopping(sealedFiles, 'write', { before: 1 }) }),
    10,
  ],
  [
    'after the file was written',
    ({ sealedFiles }) => ({ sealedFiles: stopping(sealedFiles, 'write', { after: 1 }) }),
    10,
  ],
  [
    'after the file was read back',
    ({ sealedFiles }) => ({ sealedFiles: stopping(sealedFiles, 'read', { after: 2 }) }),
    10,
  ],
  ['before the seal is committed', ({ seals }) => ({ seals: stopping(seals, 'seal', { before: 1 }) }), 10],
  ['after the seal was committed', ({ seals }) => ({ seals: stopping(seals, 'seal', { after: 1 }) }), 10],
  ['between two removals', ({ seals }) => ({ seals: stopping(seals, 'removeSealed', { after: 1 }) }), many],
  [
    'before it notes that all is removed',
    ({ seals }) => ({ seals: stopping(seals, 'removeSealed', { before: 3 }) }),
    many,
  ],
];

/** Every row is in the database or in a file that is sealed, at the stop and after the next run, which finishes it. */
export async function isFinishedByNext(
  fixture: ArchiveFixture,
  stopped: () => Promise<unknown>,
  before = 10,
): Promise<void> {
  const journal = await fixture.given({ before, after: 3 });
  await stopped();
  expect((await fixture.verified()).faults).toEqual([]);
  expect(await fixture.exported()).toBe(writeJournal(journal));
  expect((await fixture.archive()).problems).toEqual([]);
  expect(await fixture.verified()).toEqual({ faults: [], filesRead: 1, unread: [] });
  expect(await fixture.exported()).toBe(writeJournal(journal));
  expect(await fixture.versionsLeft()).toEqual([before + 28]);
  expect(await fixture.files()).toHaveLength(1);
  expect((await fixture.seals()).map(({ isRemoved }) => isRemoved)).toEqual([true]);
  expect(await fixture.archive()).toMatchObject({ parts: 0, problems: [] });
}
