/**
 * Old parts of journals move into files: cut between rolls, sealed after they were read back and replayed, removed only then. A
 * run may be stopped anywhere and repeated, daemons go on writing meanwhile, and a file that is changed is found.
 */
import { chmod, cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { archiveJournals, type ArchiveReport } from '../../src/application/archive-journals.ts';
import { operator } from '../../src/application/caller.ts';
import { exportJournal } from '../../src/application/export-journal.ts';
import { importJournal } from '../../src/application/import-journal.ts';
import { writeJournal, readJournal } from '../../src/application/journal-file.ts';
import { journalPages } from '../../src/application/journal-pages.ts';
import { setLegalHold } from '../../src/application/legal-hold.ts';
import type { ShellPorts } from '../../src/application/ports.ts';
import { showJournal } from '../../src/application/show-journal.ts';
import { showRolls } from '../../src/application/show-rolls.ts';
import { showSteps } from '../../src/application/show-steps.ts';
import { verifyJournals } from '../../src/application/verify-journals.ts';
import { sealedFiles } from '../../src/files/sealed-files.ts';
import type { ExportedJournal } from '../../src/ports/journal-keeping.ts';
import { Replay } from '../../src/replay/replay.ts';
import type { Store } from '../../src/store/store.ts';
import {
  createTestDatabase,
  openTestStore,
  query,
  temporaryDirectory,
  type TestDatabase,
} from '../support/database.ts';
import { longJournal, type LongJournal } from '../support/long-journal.ts';
import { portsOn } from '../support/people-fixture.ts';

type Ports = Store & ShellPorts;

let database: TestDatabase;
let ports: Ports;
let folder: string;
let made = 0;
let taskId = '';
beforeAll(async () => {
  database = await createTestDatabase();
  ports = portsOn(await openTestStore(database.url));
  // Made when it is first needed; another archiving would wait for it.
  await importJournal(operator, ports, { journal: longJournal({ taskId: 'other' }), phase: 'waiting' });
});
afterAll(async () => {
  await ports.close();
  await database.drop();
});
beforeEach(async () => {
  made += 1;
  taskId = `sealed${made}`;
  folder = await temporaryDirectory();
  return () => rm(folder, { recursive: true });
});

async function given(options: Omit<LongJournal, 'taskId'> = {}): Promise<ExportedJournal> {
  const journal = longJournal({ taskId, ...options });
  await importJournal(operator, ports, { journal, phase: 'waiting' });
  return journal;
}

const aMinuteAhead = (): number => Date.now() + 60_000;

const archive = (
  on: Ports = ports,
  changes: { beforeMs?: number; isDryRun?: boolean } = {},
): Promise<ArchiveReport> =>
  archiveJournals(operator, on, { folder, beforeMs: aMinuteAhead(), isDryRun: false, taskId, ...changes });

const verified = (within?: string) => verifyJournals(operator, ports, { taskId, folder: within });
const versionsLeft = async (): Promise<number[]> =>
  (await ports.tasks.journalRows(taskId)).map(({ version }) => version);
const files = async (): Promise<string[]> => {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
};
const seals = () => ports.tasks.sealsOf(taskId);
const exported = async (): Promise<string> => (await exportJournal(operator, ports, { taskId })).text;

/** As an intruder would who has the database's password. */
async function tamper(statement: string): Promise<void> {
  for (const change of ['DISABLE', 'ENABLE']) {
    await query(database.url, `ALTER TABLE journal ${change} TRIGGER USER`);
    if (change === 'DISABLE') await query(database.url, statement);
  }
}

describe('what is archived', () => {
  it('is in files that hold every row as it was, and in the database the newest rows are left', async () => {
    const journal = await given({ before: 1_050, after: 10 });
    const rolls = await showRolls(operator, ports, taskId);
    const report = await archive();
    expect(report).toMatchObject({ parts: 2, rows: 1_084, problems: [], onHold: [] });
    expect(await versionsLeft()).toEqual([1_085]);
    expect((await seals()).map((seal) => [seal.fromVersion, seal.toVersion, seal.isRemoved])).toEqual([
      [1, 1_000, true],
      [1_001, 1_084, true],
    ]);
    expect(await verified()).toEqual({ faults: [], filesRead: 2, unread: [] });
    expect(await exported()).toBe(writeJournal(journal));
    expect(await showRolls(operator, ports, taskId)).toEqual(rolls);
    expect(rolls).toHaveLength(1);
    const acts = await query<{ details: object }>(
      database.url,
      `SELECT details FROM audit WHERE act = 'journal.archive' AND task_id = '${taskId}' ORDER BY id`,
    );
    expect(acts).toMatchObject([{ details: { toVersion: 1_000 } }, { details: { fromVersion: 1_001 } }]);
    expect(await archive()).toMatchObject({ parts: 0, rows: 0 });
    expect(await files()).toHaveLength(2);
  });

  it('ends between rolls: of a roll that is under way nothing is archived', async () => {
    await given({ before: 5, upTo: 20 });
    expect(await archive()).toMatchObject({ parts: 1, rows: 6 });
    expect(await versionsLeft()).toEqual(Array.from({ length: 14 }, (_, n) => 7 + n));
    expect((await verified()).faults).toEqual([]);
  });

  it('is old: a row that was written later stays, and what follows it', async () => {
    await given({ before: 20 });
    await tamper(
      `UPDATE journal SET written_at = now() - interval '91 days' WHERE task_id = '${taskId}' AND version <= 12`,
    );
    const beforeMs = Date.now() - 90 * 86_400_000;
    expect(await archive(ports, { beforeMs, isDryRun: true })).toMatchObject({ parts: 1, rows: 12 });
    expect([await files(), await seals()]).toEqual([[], []]);
    expect(await archive(ports, { beforeMs })).toMatchObject({ parts: 1, rows: 12 });
    expect((await versionsLeft())[0]).toBe(13);
    expect(await archive(ports, { beforeMs })).toMatchObject({ parts: 0 });
  });

  it('is cut at the same places in a dry run', async () => {
    await given({ before: 1_050, after: 10 });
    expect(await archive(ports, { isDryRun: true })).toMatchObject({ parts: 2, rows: 1_084, bytes: 0 });
    expect(await versionsLeft()).toHaveLength(1_085);
  });

  it('is said where people read the journal', async () => {
    await given({ before: 10 });
    await archive();
    const [seal] = await seals();
    const { fromVersion, toVersion, place, sealedAtMs } = seal ?? {};
    const sealed = [{ fromVersion, toVersion, place, sealedAtMs }];
    expect(await showJournal(operator, ports, taskId)).toMatchObject({ rows: { length: 24 }, sealed });
    const view = await showSteps(operator, ports, { taskId, fromVersion: 1, limit: 2 });
    expect(view).toMatchObject({ version: 35, sealed, steps: [{ version: 12 }, { version: 13 }] });
    expect(place).toBe(join(folder, 'se', taskId, `v1-v11-${seal?.lastHash.slice(0, 12)}.jsonl.br`));
  });

  it('can be exported and imported elsewhere, also when the archive has moved', async () => {
    const journal = await given({ before: 10, after: 10 });
    await archive();
    const moved = await temporaryDirectory();
    await cp(folder, moved, { recursive: true });
    await rm(folder, { recursive: true });
    await expect(exported()).rejects.toMatchObject({
      issues: [{ found: expect.stringMatching(/versions 1–44 are archived at .*there is no/s) as string }],
    });
    const { text } = await exportJournal(operator, ports, { taskId, folder: moved });
    expect(text).toBe(writeJournal(journal));
    expect(await verified(moved)).toEqual({ faults: [], filesRead: 1, unread: [] });
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
    for await (const part of journalPages(operator, ports, { taskId })) {
      kinds.push(part.kind);
      if (part.kind === 'rows') replay.feed(part.rows);
      else replay.goOnAfter(part.last);
    }
    replay.stop();
    return { ...replay.result, kinds };
  };

  it('goes on across a seal, with the file and without it', async () => {
    await given({ before: 10, upTo: 30 });
    await archive();
    expect(await replayed()).toMatchObject({ rows: 30, mismatch: null, kinds: ['rows', 'rows'] });
    const [file = ''] = await files();
    await rm(file);
    expect(await verified()).toMatchObject({
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
    await tamper(`DELETE FROM journal WHERE task_id = '${taskId}' AND version = 12`);
    expect((await verified()).faults).toEqual([
      { taskId, version: 13, problem: 'a row before it is missing' },
    ]);
  });

  it('does not go on where the row after a seal is another one', async () => {
    await given({ before: 10, upTo: 30 });
    await archive();
    await tamper(`UPDATE journal SET at_ms = at_ms + 1 WHERE task_id = '${taskId}' AND version = 12`);
    expect((await verified()).faults).toEqual([
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
    await given({ before: 10, upTo: 30 });
    await archive();
    const [file = ''] = await files();
    await change(file);
    expect(await verified()).toMatchObject({
      faults: [
        { taskId, version: 1, problem: `${file} was changed since it was sealed: it has another SHA-256` },
      ],
      filesRead: 0,
    });
    await expect(exported()).rejects.toThrow('not here as a whole');
  });

  it('does not go through a seal that was changed in the database', async () => {
    await given({ before: 10, upTo: 30 });
    await archive();
    await query(database.url, 'ALTER TABLE seals DISABLE TRIGGER USER');
    await query(database.url, `UPDATE seals SET snapshot = '{"n":1}' WHERE task_id = '${taskId}'`);
    expect((await verified()).faults).toMatchObject([
      { problem: expect.stringContaining('ends otherwise') as string },
    ]);
    await query(database.url, `DELETE FROM seals WHERE task_id = '${taskId}'`);
    await query(database.url, 'ALTER TABLE seals ENABLE TRIGGER USER');
    expect((await verified()).faults).toMatchObject([{ version: 12, problem: 'a row before it is missing' }]);
  });
});

describe('nothing is archived', () => {
  it('of a journal that was tampered with, and others are', async () => {
    await given({ before: 10 });
    await tamper(`UPDATE journal SET at_ms = 7 WHERE task_id = '${taskId}' AND version = 4`);
    const report = await archiveJournals(operator, ports, {
      folder,
      beforeMs: aMinuteAhead(),
      isDryRun: false,
    });
    expect(report.problems).toEqual(
      expect.arrayContaining([
        { taskId, problem: expect.stringContaining('version 4 is not as it was') as string },
      ]),
    );
    expect((await ports.tasks.sealsOf('other')).length).toBe(1);
    expect(await versionsLeft()).toHaveLength(35);
  });

  it('of a journal that does not replay', async () => {
    await given({
      before: 10,
      change: (row) =>
        row.version === 3
          ? { ...row, snapshotJson: row.snapshotJson.replace('"rollsDone":0', '"rollsDone":9') }
          : row,
    });
    const [problem] = (await archive()).problems;
    expect(problem?.problem).toMatch(/does not replay: version 3 \(ADOPTED\): context.*rollsDone is 9/);
    expect([problem?.taskId, await seals()]).toEqual([taskId, []]);
    expect(await versionsLeft()).toHaveLength(35);
  });

  it('of an account under legal hold, nor removed though it is sealed', async () => {
    await given({ before: 10 });
    const account = { name: 'imported', userName: 'archive' };
    expect((await setLegalHold(operator, ports, { account, isOn: true })).sinceMs).not.toBeNull();
    expect(await archive()).toMatchObject({
      parts: 0,
      onHold: [{ accountName: 'imported', userName: 'archive' }],
    });
    await setLegalHold(operator, ports, { account, isOn: false });
    const held: Ports = { ...ports, seals: stopping(ports.seals, 'seal', { after: 1 }) };
    await expect(archive(held)).rejects.toThrow('stopped');
    await setLegalHold(operator, ports, { account, isOn: true });
    expect(await ports.seals.removeSealed({ taskId, fromVersion: 1 }, 5)).toBe(0);
    const removal = `DELETE FROM journal WHERE task_id = '${taskId}' AND version = 1`;
    await expect(query(database.url, removal)).rejects.toThrow('the journal is append-only: DELETE refused');
    expect(await versionsLeft()).toHaveLength(35);
    const view = await setLegalHold(operator, ports, { account, isOn: false });
    expect(view.sinceMs).toBeNull();
    expect(await archive()).toMatchObject({ parts: 1, rows: 0 });
    expect((await versionsLeft())[0]).toBe(12);
  });

  it('to an address, and the database removes nothing that is not sealed', async () => {
    await given();
    await expect(
      archiveJournals(operator, ports, { folder: 's3://bucket/rollkeeper', beforeMs: 0, isDryRun: true }),
    ).rejects.toMatchObject({
      issues: [{ expected: expect.stringContaining('mount what is at s3://') as string }],
    });
    for (const statement of [
      `DELETE FROM journal WHERE task_id = '${taskId}'`,
      'DELETE FROM seals',
      'TRUNCATE seals',
    ])
      await expect(query(database.url, statement)).rejects.toThrow('append-only');
  });
});

/** The same port, of which one method stops the run: after it has done its work for the nth time, or before. */
function stopping<Port extends object>(
  port: Port,
  method: keyof Port & string,
  { after, before }: { after?: number; before?: number },
): Port {
  let calls = 0;
  return new Proxy(port, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      if (name !== method) return (value as (...given: unknown[]) => unknown).bind(target);
      return async (...given: unknown[]) => {
        calls += 1;
        if (calls === before) throw new Error('stopped');
        const done = await (value as (...all: unknown[]) => Promise<unknown>).apply(target, given);
        if (calls === after) throw new Error('stopped');
        return done;
      };
    },
  });
}

/** A file that a run has left under its name with a part of its bytes, as after a power cut. */
const halfWritten: ShellPorts['sealedFiles'] = {
  ...sealedFiles,
  write: async (place, bytes) => {
    await sealedFiles.write(place, bytes.subarray(0, bytes.length >> 1));
    throw new Error('stopped');
  },
};

describe('a run that is stopped', () => {
  const stops: readonly (readonly [string, () => Partial<Ports>])[] = [
    ['while it writes the file', () => ({ sealedFiles: halfWritten })],
    ['after the file was written', () => ({ sealedFiles: stopping(sealedFiles, 'write', { after: 1 }) })],
    ['after the file was read back', () => ({ sealedFiles: stopping(sealedFiles, 'read', { after: 2 }) })],
    ['before the seal is committed', () => ({ seals: stopping(ports.seals, 'seal', { before: 1 }) })],
    ['after the seal was committed', () => ({ seals: stopping(ports.seals, 'seal', { after: 1 }) })],
    ['between two removals', () => ({ seals: stopping(ports.seals, 'removeSealed', { after: 1 }) })],
    [
      'before it notes that all is removed',
      () => ({ seals: stopping(ports.seals, 'removeSealed', { before: 3 }) }),
    ],
  ];

  it.each(stops)(
    '%s is finished by the next one: nothing is lost and nothing is there twice',
    async (_, stop) => {
      const journal = await given({ before: 250, after: 3 });
      await expect(archive({ ...ports, ...stop() })).rejects.toThrow('stopped');
      expect((await verified()).faults).toEqual([]);
      expect(await exported()).toBe(writeJournal(journal));
      const later = await archive();
      expect(later.problems).toEqual([]);
      expect(await verified()).toEqual({ faults: [], filesRead: 1, unread: [] });
      expect(await exported()).toBe(writeJournal(journal));
      expect(await versionsLeft()).toEqual([278]);
      expect(await files()).toHaveLength(1);
      expect((await seals()).map(({ isRemoved }) => isRemoved)).toEqual([true]);
      expect(await archive()).toMatchObject({ parts: 0, problems: [] });
    },
  );

  it('before its seal goes on with the file that it began, also when more rows are old by then', async () => {
    await given({ before: 250, after: 3 });
    await tamper(
      `UPDATE journal SET written_at = now() - interval '2 days' WHERE task_id = '${taskId}' AND version <= 150`,
    );
    const stopped: Ports = { ...ports, seals: stopping(ports.seals, 'seal', { before: 1 }) };
    await expect(archive(stopped, { beforeMs: Date.now() - 86_400_000 })).rejects.toThrow('stopped');
    expect(await archive()).toMatchObject({ parts: 2, rows: 277 });
    expect((await seals()).map(({ toVersion }) => toVersion)).toEqual([150, 277]);
    expect(await files()).toHaveLength(2);
  });

  it('after its seal removes no row when the file was changed meanwhile, and says so', async () => {
    await given({ before: 250 });
    const stopped: Ports = { ...ports, seals: stopping(ports.seals, 'removeSealed', { after: 1 }) };
    await expect(archive(stopped)).rejects.toThrow('stopped');
    const [file = ''] = await files();
    const whole = await readFile(file);
    await truncate(file, 10);
    const left = await versionsLeft();
    expect((await archive()).problems).toEqual([
      {
        taskId,
        problem: `${file} was changed since it was sealed: it has another SHA-256; rows that are still in the database stay there`,
      },
    ]);
    expect(await versionsLeft()).toEqual(left);
    await writeFile(file, whole);
    expect(await archive()).toMatchObject({ parts: 1, rows: 0, problems: [] });
  });

  it('because the disk refuses a file leaves the journal as it is', async () => {
    const journal = await given({ before: 10 });
    await writeFile(join(folder, 'se'), 'a file where a folder is needed');
    await chmod(folder, 0o755);
    await expect(archive()).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await exported()).toBe(writeJournal(journal));
    await rm(join(folder, 'se'));
  });
});

it('a daemon goes on writing while its journal is archived, and two runs at once do not harm each other', async () => {
  const account = await ports.directory.addUser('owner').then(() =>
    ports.directory.addAccount({
      userName: 'owner',
      name: 'main',
      environment: 'paper',
      apiKey: 'k',
      apiSecret: 's',
    }),
  );
  const { accountId } = account;
  await ports.ownership.claimAccounts();
  const [first, ...rows] = longJournal({ taskId, before: 250, after: 100 }).rows;
  if (!first) throw new Error('no row');
  const answer = { commandId: `add-${taskId}`, status: 'done', text: 'added' } as const;
  await ports.ownership.create({ accountId, taskId, ...first, specJson: '{}', phase: 'waiting', answer });
  const commit = (row: (typeof rows)[number]): Promise<void> =>
    ports.journal.commit({
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
  const reports = await Promise.all([archive(), archive()]);
  await writing;
  for (const { problems } of reports)
    expect(problems.every(({ problem }) => problem.includes('changed meanwhile'))).toBe(true);
  await archive();
  expect(await verified()).toMatchObject({ faults: [], unread: [] });
  expect(await versionsLeft()).toEqual([375]);
  const { text } = await exportJournal(operator, ports, { taskId });
  expect(readJournal(text, 'file').rows.map(({ eventJson }) => eventJson)).toEqual(
    [first, ...rows].map(({ eventJson }) => eventJson),
  );
});
