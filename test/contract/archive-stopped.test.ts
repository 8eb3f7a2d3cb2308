/**
 * A run that archives into a folder is stopped anywhere and finished by the next one, while daemons write and though another run works
 * beside it.
 */
import { chmod, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { operator } from '../../src/application/caller.ts';
import { archiveJournals } from '../../src/application/archive-journals.ts';
import { exportJournal } from '../../src/application/export-journal.ts';
import { importJournal } from '../../src/application/import-journal.ts';
import { writeJournal, readJournal } from '../../src/application/journal-file.ts';
import type { ShellPorts } from '../../src/application/ports.ts';
import { verifyJournals } from '../../src/application/verify-journals.ts';
import { folderFiles } from '../../src/files/folder-files.ts';
import { longJournal } from '../support/long-journal.ts';
import { aMinuteAhead, ArchiveFixture, stopping, type ArchivePorts } from '../support/archive-fixture.ts';
import { isFinishedByNext, stops } from '../support/archive-stops.ts';

let fixture: ArchiveFixture;
let taskId: string;
let folder: string;
beforeAll(async () => {
  fixture = await ArchiveFixture.open();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  const end = await fixture.begin();
  ({ taskId, folder } = fixture);
  return end;
});

/** A file that a run has left under its name with a part of its bytes, as after a power cut. */
const halfWritten: ShellPorts['sealedFiles'] = {
  ...folderFiles,
  write: async (place, bytes) => {
    await folderFiles.write(place, bytes.subarray(0, bytes.length >> 1));
    throw new Error('stopped');
  },
};

describe('a run that is stopped', () => {
  const all: typeof stops = [
    ...stops,
    ['while it writes the file', () => ({ sealedFiles: halfWritten }), 10],
  ];

  it.each(all)(
    '%s is finished by the next one: nothing is lost and nothing is there twice',
    async (_, stop, before) => {
      const { ports } = fixture;
      const stopped = (): Promise<void> =>
        expect(fixture.archive({ ...ports, ...stop(ports) })).rejects.toThrow('stopped');
      await isFinishedByNext(fixture, stopped, before);
    },
  );

  it('before its seal goes on with the file that it began, also when more rows are old by then', async () => {
    await fixture.given({ before: 250, after: 3 });
    await fixture.tamper(
      `UPDATE journal SET written_at = now() - interval '2 days' WHERE task_id = '${fixture.taskId}' AND version <= 150`,
    );
    const stopped: ArchivePorts = {
      ...fixture.ports,
      seals: stopping(fixture.ports.seals, 'seal', { before: 1 }),
    };
    await expect(fixture.archive(stopped, { beforeMs: Date.now() - 86_400_000 })).rejects.toThrow('stopped');
    expect(await fixture.archive()).toMatchObject({ parts: 2, rows: 277 });
    expect((await fixture.seals()).map(({ toVersion }) => toVersion)).toEqual([150, 277]);
    expect(await fixture.files()).toHaveLength(2);
  });

  it('after its seal removes no row when the file was changed meanwhile, and says so', async () => {
    await fixture.given({ before: 250 });
    const stopped: ArchivePorts = {
      ...fixture.ports,
      seals: stopping(fixture.ports.seals, 'removeSealed', { after: 1 }),
    };
    await expect(fixture.archive(stopped)).rejects.toThrow('stopped');
    const [file = ''] = await fixture.files();
    const whole = await readFile(file);
    await truncate(file, 10);
    const left = await fixture.versionsLeft();
    expect((await fixture.archive()).problems).toEqual([
      {
        taskId,
        problem: `${file} was changed since it was sealed: it has another SHA-256; rows that are still in the database stay there`,
      },
    ]);
    expect(await fixture.versionsLeft()).toEqual(left);
    await writeFile(file, whole);
    expect(await fixture.archive()).toMatchObject({ parts: 1, rows: 0, problems: [] });
  });

  it('by an error in one of many journals ends those that have begun, begins no other, and can be run again', async () => {
    const ids = Array.from({ length: 8 }, (_, n) => `many${n}`);
    for (const id of ids)
      await importJournal(operator, fixture.ports, {
        journal: longJournal({ taskId: id, after: 3 }),
        phase: 'waiting',
      });
    const order = { folder, beforeMs: aMinuteAhead(), isDryRun: false };
    let writes = 0;
    const failing: ShellPorts['sealedFiles'] = {
      ...folderFiles,
      write: async (place, bytes) => {
        writes += 1;
        if (writes === 1) throw new Error('the disk is full');
        return folderFiles.write(place, bytes);
      },
    };
    const stopped = archiveJournals(operator, { ...fixture.ports, sealedFiles: failing }, order);
    await expect(stopped).rejects.toThrow('the disk is full');
    const atOnceMax = 4;
    expect(writes).toBeLessThanOrEqual(atOnceMax);
    expect(await fixture.files()).toHaveLength(writes - 1);
    expect((await archiveJournals(operator, fixture.ports, order)).problems).toEqual([]);
    for (const id of ids) {
      expect(await verifyJournals(operator, fixture.ports, { taskId: id })).toMatchObject({
        faults: [],
        unread: [],
      });
      expect(await fixture.ports.tasks.journalRows(id)).toHaveLength(1);
    }
  });

  it('because the disk refuses a file leaves the journal as it is', async () => {
    const journal = await fixture.given({ before: 10 });
    await writeFile(join(folder, 'se'), 'a file where a folder is needed');
    await chmod(folder, 0o755);
    await expect(fixture.archive()).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await fixture.exported()).toBe(writeJournal(journal));
    await rm(join(folder, 'se'));
  });
});

it('a daemon goes on writing while its journal is archived, and two runs at once do not harm each other', async () => {
  const account = await fixture.ports.directory.addUser('owner').then(() =>
    fixture.ports.directory.addAccount({
      userName: 'owner',
      name: 'main',
      environment: 'paper',
      apiKey: 'k',
      apiSecret: 's',
    }),
  );
  const { accountId } = account;
  await fixture.ports.ownership.claimAccounts();
  const [first, ...rows] = longJournal({ taskId, before: 250, after: 100 }).rows;
  if (!first) throw new Error('no row');
  const answer = { commandId: `add-${fixture.taskId}`, status: 'done', text: 'added' } as const;
  await fixture.ports.ownership.create({
    accountId,
    taskId,
    ...first,
    specJson: '{}',
    phase: 'waiting',
    answer,
  });
  const commit = (row: (typeof rows)[number]): Promise<void> =>
    fixture.ports.journal.commit({
      accountId,
      taskId,
      ...row,
      expectedVersion: row.version - 1,
      phase: 'waiting',
      alerts: [],
      answers: [],
    });
  await Promise.all(rows.slice(0, 280).map(commit));
  const writing = Promise.all(rows.slice(280).map(commit));
  const reports = await Promise.all([fixture.archive(), fixture.archive()]);
  await writing;
  for (const { problems } of reports)
    expect(problems.every(({ problem }) => problem.includes('changed meanwhile'))).toBe(true);
  await fixture.archive();
  expect(await fixture.verified()).toMatchObject({ faults: [], unread: [] });
  expect(await fixture.versionsLeft()).toEqual([375]);
  const { text } = await exportJournal(operator, fixture.ports, { taskId });
  expect(readJournal(text, 'file').rows.map(({ eventJson }) => eventJson)).toEqual(
    [first, ...rows].map(({ eventJson }) => eventJson),
  );
});
