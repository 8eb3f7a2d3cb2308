/**
 * Old parts of journals move into files: cut between rolls, sealed after they were read back and replayed, removed only then. A
 * run may be stopped anywhere and repeated, daemons go on writing meanwhile, and a file that is changed is found.
 */
import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { archiveJournals } from '../../src/application/archive-journals.ts';
import { operator } from '../../src/application/caller.ts';
import { exportJournal } from '../../src/application/export-journal.ts';
import { importJournal } from '../../src/application/import-journal.ts';
import { writeJournal, readJournal } from '../../src/application/journal-file.ts';
import { journalPages } from '../../src/application/journal-pages.ts';
import { setLegalHold } from '../../src/application/legal-hold.ts';
import { showJournal } from '../../src/application/show-journal.ts';
import { showRolls } from '../../src/application/show-rolls.ts';
import { showSteps } from '../../src/application/show-steps.ts';
import { Replay } from '../../src/replay/replay.ts';
import { createTestDatabase, openTestStore, query, temporaryDirectory } from '../support/database.ts';
import { aMinuteAhead, ArchiveFixture, stopping, type ArchivePorts } from '../support/archive-fixture.ts';
import { portsOn } from '../support/people-fixture.ts';

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

describe('what is archived', () => {
  it('is in files that hold every row as it was, and in the database the newest rows are left', async () => {
    const journal = await fixture.given({ before: 1_050, after: 10 });
    const rolls = await showRolls(operator, fixture.ports, taskId);
    const report = await fixture.archive();
    expect(report).toMatchObject({ parts: 2, rows: 1_084, problems: [], onHold: [] });
    expect(await fixture.versionsLeft()).toEqual([1_085]);
    expect((await fixture.seals()).map((seal) => [seal.fromVersion, seal.toVersion, seal.isRemoved])).toEqual(
      [
        [1, 1_000, true],
        [1_001, 1_084, true],
      ],
    );
    expect(await fixture.verified()).toEqual({ faults: [], filesRead: 2, unread: [] });
    expect(await fixture.exported()).toBe(writeJournal(journal));
    expect(await showRolls(operator, fixture.ports, taskId)).toEqual(rolls);
    expect(rolls).toHaveLength(1);
    const acts = await query<{ details: object }>(
      fixture.database.url,
      `SELECT details FROM audit WHERE act = 'journal.archive' AND task_id = '${fixture.taskId}' ORDER BY id`,
    );
    expect(acts).toMatchObject([{ details: { toVersion: 1_000 } }, { details: { fromVersion: 1_001 } }]);
    expect(await fixture.archive()).toMatchObject({ parts: 0, rows: 0 });
    expect(await fixture.files()).toHaveLength(2);
  });

  it('ends between rolls: of a roll that is under way nothing is archived', async () => {
    await fixture.given({ before: 5, upTo: 20 });
    expect(await fixture.archive()).toMatchObject({ parts: 1, rows: 6 });
    expect(await fixture.versionsLeft()).toEqual(Array.from({ length: 14 }, (_, n) => 7 + n));
    expect((await fixture.verified()).faults).toEqual([]);
  });

  it('is old: a row that was written later stays, and what follows it', async () => {
    await fixture.given({ before: 20 });
    await fixture.tamper(
      `UPDATE journal SET written_at = now() - interval '91 days' WHERE task_id = '${fixture.taskId}' AND version <= 12`,
    );
    const beforeMs = Date.now() - 90 * 86_400_000;
    expect(await fixture.archive(fixture.ports, { beforeMs, isDryRun: true })).toMatchObject({
      parts: 1,
      rows: 12,
    });
    expect([await fixture.files(), await fixture.seals()]).toEqual([[], []]);
    expect(await fixture.archive(fixture.ports, { beforeMs })).toMatchObject({ parts: 1, rows: 12 });
    expect((await fixture.versionsLeft())[0]).toBe(13);
    expect(await fixture.archive(fixture.ports, { beforeMs })).toMatchObject({ parts: 0 });
  });

  it('is cut at the same places in a dry run', async () => {
    await fixture.given({ before: 1_050, after: 10 });
    expect(await fixture.archive(fixture.ports, { isDryRun: true })).toMatchObject({
      parts: 2,
      rows: 1_084,
      bytes: 0,
    });
    expect(await fixture.versionsLeft()).toHaveLength(1_085);
  });

  it('is said where people read the journal', async () => {
    await fixture.given({ before: 10 });
    await fixture.archive();
    const [seal] = await fixture.seals();
    const { fromVersion, toVersion, place, sealedAtMs } = seal ?? {};
    const sealed = [{ fromVersion, toVersion, place, sealedAtMs }];
    expect(await showJournal(operator, fixture.ports, taskId)).toMatchObject({
      rows: { length: 24 },
      sealed,
    });
    const view = await showSteps(operator, fixture.ports, { taskId, fromVersion: 1, limit: 2 });
    expect(view).toMatchObject({ version: 35, sealed, steps: [{ version: 12 }, { version: 13 }] });
    expect(place).toBe(join(folder, 'se', taskId, `v1-v11-${seal?.lastHash.slice(0, 12)}.jsonl.br`));
  });

  it('can be exported and imported elsewhere, also when the archive has moved', async () => {
    const journal = await fixture.given({ before: 10, after: 10 });
    await fixture.archive();
    const moved = await temporaryDirectory();
    await cp(folder, moved, { recursive: true });
    await rm(folder, { recursive: true });
    await expect(fixture.exported()).rejects.toMatchObject({
      issues: [{ found: expect.stringMatching(/versions 1–44 are archived at .*there is no/s) as string }],
    });
    const { text } = await exportJournal(operator, fixture.ports, { taskId, folder: moved });
    expect(text).toBe(writeJournal(journal));
    expect(await fixture.verified(moved)).toEqual({ faults: [], filesRead: 1, unread: [] });
    const other = await createTestDatabase();
    const elsewhere = portsOn(await openTestStore(other.url));
    await importJournal(operator, elsewhere, { journal: readJournal(text, 'file'), phase: 'waiting' });
    expect(await elsewhere.archive.verify(taskId)).toEqual([]);
    await elsewhere.close();
    await other.drop();
    await cp(moved, folder, { recursive: true });
    await rm(moved, { recursive: true });
  });
});

describe('the chain of a journal', () => {
  const replayed = async () => {
    const replay = new Replay();
    const kinds = [];
    for await (const part of journalPages(operator, fixture.ports, { taskId })) {
      kinds.push(part.kind);
      if (part.kind === 'rows') replay.feed(part.rows);
      else replay.goOnAfter(part.last);
    }
    replay.stop();
    return { ...replay.result, kinds };
  };

  it('goes on across a seal, with the file and without it', async () => {
    await fixture.given({ before: 10, upTo: 30 });
    await fixture.archive();
    expect(await replayed()).toMatchObject({ rows: 30, mismatch: null, kinds: ['rows', 'rows'] });
    const [file = ''] = await fixture.files();
    await rm(file);
    expect(await fixture.verified()).toMatchObject({
      faults: [],
      filesRead: 0,
      unread: [
        {
          taskId,
          fromVersion: 1,
          toVersion: 11,
          place: file,
          problem: `there is no ${file} on this machine`,
        },
      ],
    });
    expect(await replayed()).toMatchObject({ rows: 19, mismatch: null, kinds: ['sealed', 'rows'] });
    await fixture.tamper(`DELETE FROM journal WHERE task_id = '${fixture.taskId}' AND version = 12`);
    expect((await fixture.verified()).faults).toEqual([
      { taskId, version: 13, problem: 'a row before it is missing' },
    ]);
  });

  it('does not go on where the row after a seal is another one', async () => {
    await fixture.given({ before: 10, upTo: 30 });
    await fixture.archive();
    await fixture.tamper(
      `UPDATE journal SET at_ms = at_ms + 1 WHERE task_id = '${fixture.taskId}' AND version = 12`,
    );
    expect((await fixture.verified()).faults).toEqual([
      { taskId, version: 12, problem: 'it was changed, or a row before it was' },
    ]);
  });

  it.each([
    [
      'of which a byte was changed',
      async (file: string) => {
        const bytes = await readFile(file);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
    ],
    ['that was cut off', (file: string) => truncate(file, 100)],
    ['that is another one', (file: string) => writeFile(file, 'nothing')],
  ])('does not go through a file %s', async (_, change) => {
    await fixture.given({ before: 10, upTo: 30 });
    await fixture.archive();
    const [file = ''] = await fixture.files();
    await change(file);
    expect(await fixture.verified()).toMatchObject({
      faults: [
        { taskId, version: 1, problem: `${file} was changed since it was sealed: it has another SHA-256` },
      ],
      filesRead: 0,
    });
    await expect(fixture.exported()).rejects.toThrow('not here as a whole');
  });

  it('does not go through a seal that was changed in the database', async () => {
    await fixture.given({ before: 10, upTo: 30 });
    await fixture.archive();
    await query(fixture.database.url, 'ALTER TABLE seals DISABLE TRIGGER USER');
    await query(
      fixture.database.url,
      `UPDATE seals SET snapshot = '{"n":1}' WHERE task_id = '${fixture.taskId}'`,
    );
    expect((await fixture.verified()).faults).toMatchObject([
      { problem: expect.stringContaining('ends otherwise') as string },
    ]);
    await query(fixture.database.url, `DELETE FROM seals WHERE task_id = '${fixture.taskId}'`);
    await query(fixture.database.url, 'ALTER TABLE seals ENABLE TRIGGER USER');
    expect((await fixture.verified()).faults).toMatchObject([
      { version: 12, problem: 'a row before it is missing' },
    ]);
  });
});

describe('nothing is archived', () => {
  it('of a journal that was tampered with, and others are', async () => {
    await fixture.given({ before: 10 });
    await fixture.tamper(`UPDATE journal SET at_ms = 7 WHERE task_id = '${fixture.taskId}' AND version = 4`);
    const report = await archiveJournals(operator, fixture.ports, {
      folder,
      beforeMs: aMinuteAhead(),
      isDryRun: false,
    });
    expect(report.problems).toEqual(
      expect.arrayContaining([
        { taskId, problem: expect.stringContaining('version 4 is not as it was') as string },
      ]),
    );
    expect((await fixture.ports.tasks.sealsOf('other')).length).toBe(1);
    expect(await fixture.versionsLeft()).toHaveLength(35);
  });

  it('of a journal that does not replay', async () => {
    await fixture.given({
      before: 10,
      change: (row) =>
        row.version === 3
          ? { ...row, snapshotJson: row.snapshotJson.replace('"rollsDone":0', '"rollsDone":9') }
          : row,
    });
    const [problem] = (await fixture.archive()).problems;
    expect(problem?.problem).toMatch(/does not replay: version 3 \(ADOPTED\): context.*rollsDone is 9/);
    expect([problem?.taskId, await fixture.seals()]).toEqual([taskId, []]);
    expect(await fixture.versionsLeft()).toHaveLength(35);
  });

  it('of an account under legal hold, nor removed though it is sealed', async () => {
    await fixture.given({ before: 10 });
    const account = { name: 'imported', userName: 'archive' };
    expect((await setLegalHold(operator, fixture.ports, { account, isOn: true })).sinceMs).not.toBeNull();
    expect(await fixture.archive()).toMatchObject({
      parts: 0,
      onHold: [{ accountName: 'imported', userName: 'archive' }],
    });
    await setLegalHold(operator, fixture.ports, { account, isOn: false });
    const held: ArchivePorts = {
      ...fixture.ports,
      seals: stopping(fixture.ports.seals, 'seal', { after: 1 }),
    };
    await expect(fixture.archive(held)).rejects.toThrow('stopped');
    await setLegalHold(operator, fixture.ports, { account, isOn: true });
    expect(await fixture.ports.seals.removeSealed({ taskId, fromVersion: 1 }, 5)).toBe(0);
    const removal = `DELETE FROM journal WHERE task_id = '${fixture.taskId}' AND version = 1`;
    await expect(query(fixture.database.url, removal)).rejects.toThrow(
      'the journal is append-only: DELETE refused',
    );
    expect(await fixture.versionsLeft()).toHaveLength(35);
    const view = await setLegalHold(operator, fixture.ports, { account, isOn: false });
    expect(view.sinceMs).toBeNull();
    expect(await fixture.archive()).toMatchObject({ parts: 1, rows: 0 });
    expect((await fixture.versionsLeft())[0]).toBe(12);
  });

  it('to an address that is not of S3, and the database removes nothing that is not sealed', async () => {
    await fixture.given();
    await expect(
      archiveJournals(operator, fixture.ports, {
        folder: 'gs://bucket/rollkeeper',
        beforeMs: 0,
        isDryRun: true,
      }),
    ).rejects.toMatchObject({
      issues: [{ expected: expect.stringContaining('mount what is at gs://') as string }],
    });
    for (const statement of [
      `DELETE FROM journal WHERE task_id = '${fixture.taskId}'`,
      'DELETE FROM seals',
      'TRUNCATE seals',
    ])
      await expect(query(fixture.database.url, statement)).rejects.toThrow('append-only');
  });
});
