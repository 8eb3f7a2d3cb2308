/**
 * What the saga relies on of the journal: an acknowledged turn is durable, with its alerts and answers or not at all,
 * and no daemon writes a task that another one has.
 */
import { expect } from 'vitest';
import { Conflict, Retryable, Terminal } from '../../../src/domain/errors.ts';
import type { Alert } from '../../../src/ports/alerts.ts';
import type { CommandAnswer } from '../../../src/ports/inbox.ts';
import type { Journal, StoredTask, TurnRecord } from '../../../src/ports/journal.ts';
import { contractOf, type Cases, type Closable } from './contract.ts';
import { alertOf, oddJson, turnOf } from './records.ts';

export interface JournaledTurn {
  readonly version: number;
  readonly eventJson: string;
  readonly snapshotJson: string;
}

export interface JournalFixture extends Closable {
  readonly journal: Journal;
  readonly accountId: string;
  /** A task at version 1 that this journal's daemon has. */
  readonly make: (taskId: string) => Promise<unknown>;
  readonly stored: (taskId: string) => Promise<StoredTask | null>;
  /** Its rows, in the order of versions. */
  readonly rows: (taskId: string) => Promise<readonly JournaledTurn[]>;
  readonly alerts: (taskId: string) => Promise<readonly Alert[]>;
  /** A command for a task; returns its id. */
  readonly ask: (command: { readonly taskId: string }) => Promise<string>;
  readonly answerTo: (commandId: string) => Promise<CommandAnswer | null>;
  /** Another daemon takes its account over. */
  readonly takeOver: (taskId: string) => Promise<unknown>;
  /** A journal of the same daemon on a database that can be away. */
  readonly onAwayDatabase: () => Promise<AwayDatabase>;
}

export interface AwayDatabase {
  readonly journal: Journal;
  /** So many turns may wait. */
  readonly waitingMax: number;
  readonly goAway: () => void;
  readonly comeBack: () => void;
}

const ofTask = ({ accountId }: JournalFixture, taskId: string) => ({ accountId, taskId });

type Turn = Partial<TurnRecord> & Pick<TurnRecord, 'expectedVersion'>;

/** Commits a turn of a task of the fixture's account. */
const commit = (
  fixture: JournalFixture,
  taskId: string,
  { expectedVersion, ...changes }: Turn,
): Promise<void> => fixture.journal.commit(turnOf(ofTask(fixture, taskId), expectedVersion, changes));

const versionOf = async ({ stored }: JournalFixture, taskId: string): Promise<number | undefined> =>
  (await stored(taskId))?.version;

const acknowledging = {
  'has the turn at the next version as soon as it is acknowledged': async (fixture) => {
    await fixture.make('one');
    await commit(fixture, 'one', {
      expectedVersion: 1,
      state: 'PAUSED',
      phase: 'rolling',
      snapshotJson: '{"a":1}',
      machine: '9',
    });
    const task = { accountId: fixture.accountId, taskId: 'one', version: 2 };
    expect(await fixture.stored('one')).toMatchObject({
      ...task,
      state: 'PAUSED',
      phase: 'rolling',
      snapshotJson: '{"a":1}',
      machine: '9',
    });
  },

  'writes turns of many tasks that come at once, each task in order and without a gap': async (fixture) => {
    const tasks = Array.from({ length: 20 }, (_, at) => `many-${at}`);
    for (const task of tasks) await fixture.make(task);
    const upTo = Array.from({ length: 20 }, (_, at) => at + 1);
    await Promise.all(
      tasks.flatMap((task) => upTo.map((version) => commit(fixture, task, { expectedVersion: version }))),
    );
    for (const task of tasks) {
      const rows = await fixture.rows(task);
      expect(rows.map(({ version }) => version)).toEqual([...upTo, 21]);
      expect(rows.slice(1).map(({ snapshotJson }) => snapshotJson)).toEqual(upTo.map((n) => `{"n":${n}}`));
      expect((await fixture.stored(task))?.version).toBe(21);
    }
  },

  'gives event and snapshot back byte for byte': async (fixture) => {
    await fixture.make('bytes');
    for (const [at, json] of oddJson.entries()) {
      await commit(fixture, 'bytes', { expectedVersion: at + 1, eventJson: json, snapshotJson: json });
      expect((await fixture.stored('bytes'))?.snapshotJson).toBe(json);
    }
    const rows = await fixture.rows('bytes');
    expect(rows.slice(1).map(({ eventJson }) => eventJson)).toEqual(oddJson);
    expect(rows.slice(1).map(({ snapshotJson }) => snapshotJson)).toEqual(oddJson);
  },

  'stores alerts of the turn with it, in their order': async (fixture) => {
    await fixture.make('alerting');
    const alerts = [alertOf('first'), alertOf('second', 'critical')];
    await commit(fixture, 'alerting', { expectedVersion: 1, alerts });
    expect(await fixture.alerts('alerting')).toMatchObject(alerts);
  },

  'answers commands with the turn that they caused, and keeps the first answer': async (fixture) => {
    await fixture.make('answering');
    const commandId = await fixture.ask({ taskId: 'answering' });
    const first: CommandAnswer = { commandId, status: 'done', text: 'paused' };
    await commit(fixture, 'answering', { expectedVersion: 1, answers: [first] });
    await commit(fixture, 'answering', {
      expectedVersion: 2,
      answers: [{ ...first, status: 'refused', text: 'late' }],
    });
    expect(await fixture.answerTo(commandId)).toEqual(first);
  },
} satisfies Cases<JournalFixture>;

const refusing = {
  'throws Conflict when the stored version is another, older or newer': async (fixture) => {
    await fixture.make('versions');
    await expect(commit(fixture, 'versions', { expectedVersion: 2 })).rejects.toBeInstanceOf(Conflict);
    await commit(fixture, 'versions', { expectedVersion: 1 });
    await expect(commit(fixture, 'versions', { expectedVersion: 1 })).rejects.toBeInstanceOf(Conflict);
    expect(await versionOf(fixture, 'versions')).toBe(2);
  },

  'throws Conflict for a task that does not exist': async (fixture) => {
    await expect(commit(fixture, 'nowhere', { expectedVersion: 1 })).rejects.toBeInstanceOf(Conflict);
    expect(await fixture.stored('nowhere')).toBeNull();
  },

  'throws Conflict once another daemon has the task, though its version is the same': async (fixture) => {
    await fixture.make('fenced');
    await fixture.takeOver('fenced');
    await expect(commit(fixture, 'fenced', { expectedVersion: 1 })).rejects.toBeInstanceOf(Conflict);
    await expect(commit(fixture, 'fenced', { expectedVersion: 2 })).rejects.toBeInstanceOf(Conflict);
    expect(await versionOf(fixture, 'fenced')).toBe(1);
  },

  'leaves nothing of a refused turn: no alert and no answer': async (fixture) => {
    await fixture.make('refused');
    const commandId = await fixture.ask({ taskId: 'refused' });
    const answers = [{ commandId, status: 'done' as const, text: 'refused' }];
    const turn = { alerts: [alertOf('refused')], answers, snapshotJson: '{"refused":1}' };
    await expect(commit(fixture, 'refused', { ...turn, expectedVersion: 9 })).rejects.toBeInstanceOf(
      Conflict,
    );
    expect(await fixture.answerTo(commandId)).toBeNull();
    expect(await fixture.alerts('refused')).toEqual([]);
    expect((await fixture.stored('refused'))?.snapshotJson).not.toContain('refused');
  },

  'refuses the one turn made on another version, and none of those beside it': async (fixture) => {
    const tasks = Array.from({ length: 20 }, (_, at) => `beside-${at}`);
    for (const task of tasks) await fixture.make(task);
    const outcomes = await Promise.allSettled(
      tasks.map((task, at) => commit(fixture, task, { expectedVersion: at === 7 ? 5 : 1 })),
    );
    expect(outcomes.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([7]);
    expect((outcomes[7] as PromiseRejectedResult).reason).toBeInstanceOf(Conflict);
    expect(await versionOf(fixture, 'beside-7')).toBe(1);
    expect(await versionOf(fixture, 'beside-8')).toBe(2);
  },

  'refuses what waits behind a refused turn, even where the version would match': async (fixture) => {
    await fixture.make('behind');
    const outcomes = await Promise.allSettled([
      commit(fixture, 'behind', { expectedVersion: 7 }),
      commit(fixture, 'behind', { expectedVersion: 1 }),
    ]);
    for (const outcome of outcomes)
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(Conflict);
    expect(await versionOf(fixture, 'behind')).toBe(1);
  },

  'stores what waits behind a turn of the same flush after it, also where other tasks have one turn': async (
    fixture,
  ) => {
    for (const task of ['pair', 'single']) await fixture.make(task);
    await Promise.all([
      commit(fixture, 'pair', { expectedVersion: 1, snapshotJson: '{"n":1}' }),
      commit(fixture, 'single', { expectedVersion: 1 }),
      commit(fixture, 'pair', { expectedVersion: 2, snapshotJson: '{"n":2}' }),
    ]);
    const rows = await fixture.rows('pair');
    expect(rows.slice(1).map(({ version, snapshotJson }) => [version, snapshotJson])).toEqual([
      [2, '{"n":1}'],
      [3, '{"n":2}'],
    ]);
    expect(await versionOf(fixture, 'single')).toBe(2);
  },

  'stores a turn that nothing waits for, also when no other follows': async (fixture) => {
    await fixture.make('alone');
    await commit(fixture, 'alone', { expectedVersion: 1, mayWait: true });
    expect(await versionOf(fixture, 'alone')).toBe(2);
  },

  'stores a turn that nothing waits for and what follows it in their order': async (fixture) => {
    await fixture.make('followed');
    const first = commit(fixture, 'followed', { expectedVersion: 1, mayWait: true });
    await Promise.resolve();
    await Promise.all([first, commit(fixture, 'followed', { expectedVersion: 2 })]);
    expect(await versionOf(fixture, 'followed')).toBe(3);
  },

  'stores what came before a turn that cannot be stored, and nothing of its task after it': async (
    fixture,
  ) => {
    for (const task of ['torn', 'whole']) await fixture.make(task);
    const outcomes = await Promise.allSettled([
      commit(fixture, 'torn', { expectedVersion: 1 }),
      commit(fixture, 'torn', { expectedVersion: 2, snapshotJson: '{"cut off":' }),
      commit(fixture, 'torn', { expectedVersion: 3 }),
      commit(fixture, 'whole', { expectedVersion: 1 }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(await versionOf(fixture, 'torn')).toBe(2);
    expect(await versionOf(fixture, 'whole')).toBe(2);
  },

  'throws Terminal for a turn that cannot be stored, and stores those beside it': async (fixture) => {
    const tasks = ['sound-1', 'broken', 'sound-2'];
    for (const task of tasks) await fixture.make(task);
    const outcomes = await Promise.allSettled(
      tasks.map((task) => {
        const broken = task === 'broken' ? { snapshotJson: '{"cut off":' } : {};
        return commit(fixture, task, { expectedVersion: 1, ...broken });
      }),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(Terminal);
  },

  'throws Retryable when too many turns wait, and has queued nothing': async (fixture) => {
    const { journal, waitingMax, goAway, comeBack } = await fixture.onAwayDatabase();
    for (const task of ['waiting', 'too-many']) await fixture.make(task);
    goAway();
    const waiting = Array.from({ length: waitingMax }, (_, at) =>
      journal.commit(turnOf(ofTask(fixture, 'waiting'), at + 1)),
    );
    const refused = await journal
      .commit(turnOf(ofTask(fixture, 'too-many'), 1))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Retryable);
    comeBack();
    await Promise.all(waiting);
    expect(await versionOf(fixture, 'waiting')).toBe(waitingMax + 1);
    expect(await versionOf(fixture, 'too-many')).toBe(1);
    await journal.commit(turnOf(ofTask(fixture, 'too-many'), 1));
    expect(await versionOf(fixture, 'too-many')).toBe(2);
    await journal.close();
  },
} satisfies Cases<JournalFixture>;

const closing = {
  'writes what waits before it is closed, and takes no more': async (fixture) => {
    await fixture.make('last');
    const settled: string[] = [];
    const commits = [1, 2, 3].map((version) =>
      commit(fixture, 'last', { expectedVersion: version }).then(() => settled.push('written')),
    );
    const closed = fixture.journal.close().then(() => settled.push('closed'));
    const refused = await commit(fixture, 'last', { expectedVersion: 4 }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Retryable);
    await Promise.all([...commits, closed]);
    expect(settled).toEqual(['written', 'written', 'written', 'closed']);
    expect(await versionOf(fixture, 'last')).toBe(4);
    await fixture.journal.close();
  },
} satisfies Cases<JournalFixture>;

export const describeJournal = contractOf('Journal', { ...acknowledging, ...refusing, ...closing });
