/**
 * What a daemon relies on of the ownership of tasks: accounts are held by one daemon at a time and shared out among
 * those alive, adopting fences the former owner of a task, and a lost session is noticed. The cases of several daemons are in
 * sharing-accounts.
 */
import { expect } from 'vitest';
import { Conflict, NotHeld, Terminal } from '../../../src/domain/errors.ts';
import type { TaskPhase } from '../../../src/domain/roll/task-phase.ts';
import type { StoredTask } from '../../../src/ports/journal.ts';
import { contractOf, type Cases } from './contract.ts';
import { claimed, type OwnershipFixture } from './ownership-fixture.ts';
import { batchesOf, newTaskOf, oddJson, turnOf } from './records.ts';
import { sharing } from './sharing-accounts.ts';

/** Tasks of the fixture's account, each in its phase; what its state is called is no matter. */
async function makeAll(
  { ownership, accountId }: OwnershipFixture,
  phases: Readonly<Record<string, TaskPhase>>,
): Promise<void> {
  await ownership.claimAccounts();
  for (const [taskId, phase] of Object.entries(phases))
    await ownership.create(newTaskOf({ accountId, taskId }, { state: 'WHATEVER.itIsCalled', phase }));
}

const versionsIn = (tasks: readonly StoredTask[]) => tasks.map(({ taskId, version }) => [taskId, version]);

const alone = {
  'gives a daemon that is alone every account, and the same again when it claims again': async (fixture) => {
    const accounts = [fixture.accountId, await fixture.addAccount()].toSorted();
    for (let times = 0; times < 2; times += 1) {
      expect((await claimed(fixture)).toSorted()).toEqual(accounts);
      expect((await fixture.ownership.claimAccounts()).surplus).toBe(0);
    }
  },

  'gives what was added later when it is claimed again': async (fixture) => {
    const before = await claimed(fixture);
    const added = await fixture.addAccount();
    expect((await claimed(fixture)).toSorted()).toEqual([...before, added].toSorted());
  },

  'never fails a note of how an account went, be it unknown or not held': async ({
    ownership,
    accountId,
  }) => {
    await ownership.noteAccount(accountId, { kind: 'managed' });
    await ownership.claimAccounts();
    const reason = { reason: 'wrong key', forEverybody: false, stayAwayMs: 1_000 };
    await ownership.noteAccount(accountId, { kind: 'failed', ...reason });
    await ownership.noteAccount('987654', { kind: 'managed' });
    await ownership.release();
    await ownership.noteAccount(accountId, { kind: 'managed' });
  },

  'holds nothing more after everything was released, and may claim again': async (fixture) => {
    const held = await claimed(fixture);
    await fixture.ownership.release();
    await expect(batchesOf(fixture.ownership, fixture.accountId)).rejects.toBeInstanceOf(Conflict);
    await fixture.ownership.release();
    expect(await claimed(fixture)).toEqual(held);
  },
} satisfies Cases<OwnershipFixture>;

const adopting = {
  'adopts every task that is not over, those under way first': async (fixture) => {
    await makeAll(fixture, {
      a: 'waiting',
      b: 'waiting',
      c: 'over',
      d: 'rolling',
      e: 'rolling',
    });
    const batches = await batchesOf(fixture.ownership, fixture.accountId);
    expect(versionsIn(batches.flat())).toEqual([
      ['d', 2],
      ['e', 2],
      ['a', 1],
      ['b', 1],
    ]);
    const first = batches.find(({ length }) => length > 0) ?? [];
    expect(first.map(({ taskId }) => taskId)).toEqual(['d', 'e']);
    expect((await fixture.stored('c'))?.version).toBe(1);
  },

  'begins with an empty batch when there is no task': async ({ ownership, accountId }) => {
    await ownership.claimAccounts();
    const [first, ...others] = await batchesOf(ownership, accountId);
    expect(first).toEqual([]);
    expect(others.flat()).toEqual([]);
  },

  'begins with an empty batch when no roll is under way': async (fixture) => {
    await makeAll(fixture, { a: 'waiting' });
    const [first, ...others] = await batchesOf(fixture.ownership, fixture.accountId);
    expect(first).toEqual([]);
    expect(versionsIn(others.flat())).toEqual([['a', 1]]);
  },

  'adopts no task of another account': async (fixture) => {
    const { ownership, accountId } = fixture;
    const other = await fixture.addAccount();
    await makeAll(fixture, { mine: 'waiting' });
    await ownership.create(newTaskOf({ accountId: other, taskId: 'theirs' }));
    expect(versionsIn((await batchesOf(ownership, accountId)).flat())).toEqual([['mine', 1]]);
    expect((await fixture.stored('theirs'))?.version).toBe(1);
  },

  'raises the version of a task with a roll under way, so that a turn made before is refused': async (
    fixture,
  ) => {
    const { ownership, journal, accountId } = fixture;
    await makeAll(fixture, { fenced: 'rolling' });
    await batchesOf(ownership, accountId);
    const task = { accountId, taskId: 'fenced' };
    await expect(journal.commit(turnOf(task, 1))).rejects.toBeInstanceOf(Conflict);
    await journal.commit(turnOf(task, 2, { phase: 'rolling' }));
    expect((await batchesOf(ownership, accountId)).flat()).toMatchObject([{ ...task, version: 4 }]);
  },

  'only reads a task in which nothing is under way, and goes on with it': async (fixture) => {
    const { ownership, journal, accountId } = fixture;
    await ownership.claimAccounts();
    const snapshotJson = ' {"b":1 ,"a":"\\u0000 é"}';
    const task = { accountId, taskId: 'waiting' };
    await ownership.create(newTaskOf(task, { snapshotJson }));
    for (let times = 0; times < 2; times += 1)
      expect((await batchesOf(ownership, accountId)).flat()).toMatchObject([
        { ...task, version: 1, snapshotJson, state: 'IDLE.watching', phase: 'waiting', machine: '1' },
      ]);
    await journal.commit(turnOf(task, 1));
    expect((await batchesOf(ownership, accountId)).flat()).toMatchObject([{ ...task, version: 2 }]);
    expect(await ownership.reload(accountId, 'waiting')).toMatchObject({ version: 2, isOurs: true });
    expect((await fixture.rows('waiting')).map(({ version }) => version)).toEqual([1, 2]);
  },

  'journals the adoption of a roll in a row of its own, and keeps the snapshot byte for byte': async (
    fixture,
  ) => {
    const { ownership, accountId } = fixture;
    await ownership.claimAccounts();
    const snapshotJson = ' {"b":1 ,"a":"\\u0000 é"}';
    await ownership.create(newTaskOf({ accountId, taskId: 'kept' }, { snapshotJson, phase: 'rolling' }));
    const [task] = (await batchesOf(ownership, accountId)).flat();
    expect(task).toMatchObject({ snapshotJson, state: 'IDLE.watching', phase: 'rolling', machine: '1' });
    const rows = await fixture.rows('kept');
    expect(rows).toMatchObject([
      { version: 1, snapshotJson },
      { version: 2, snapshotJson },
    ]);
    expect(rows[1]?.eventJson).toContain('"ADOPTED"');
  },

  'leaves a roll alone that was adopted under way and has ended before the waiting tasks come': async (
    fixture,
  ) => {
    const { ownership, journal, accountId } = fixture;
    await makeAll(fixture, { ending: 'rolling', waiting: 'waiting' });
    const batches = ownership.adopt(accountId)[Symbol.asyncIterator]();
    expect((await batches.next()).value).toMatchObject([{ taskId: 'ending', version: 2 }]);
    await journal.commit(turnOf({ accountId, taskId: 'ending' }, 2, { phase: 'waiting' }));
    expect((await batches.next()).value).toMatchObject([{ taskId: 'waiting', version: 1 }]);
    expect((await batches.next()).done).toBe(true);
    expect((await fixture.stored('ending'))?.version).toBe(3);
  },

  'finds a roll that began after the rolls under way were taken over': async (fixture) => {
    const { ownership, journal, accountId } = fixture;
    await makeAll(fixture, { 'under-way': 'rolling', late: 'waiting' });
    const batches = ownership.adopt(accountId)[Symbol.asyncIterator]();
    expect((await batches.next()).value).toMatchObject([{ taskId: 'under-way' }]);
    // As a daemon from before there were fences may store it that has lost the account.
    const begun = { state: 'ROLL_INITIATED.closingLeg1', phase: 'rolling' } as const;
    await journal.commit(turnOf({ accountId, taskId: 'late' }, 1, begun));
    expect((await batches.next()).value).toMatchObject([{ taskId: 'late', version: 3, ...begun }]);
    expect((await batches.next()).done).toBe(true);
  },
} satisfies Cases<OwnershipFixture>;

const making = {
  'creates a task at version 1 with its first row, and answers the command that asked for it': async (
    fixture,
  ) => {
    const { ownership, accountId } = fixture;
    await ownership.claimAccounts();
    const commandId = await fixture.ask({ kind: 'add', taskId: 'new' });
    const answer = { commandId, status: 'done' as const, text: 'watching' };
    const task = newTaskOf({ accountId, taskId: 'new' }, { answer, machine: '7' });
    await ownership.create(task);
    const { state, phase, snapshotJson, eventJson } = task;
    const made = { accountId, taskId: 'new', version: 1, state, phase, snapshotJson, machine: '7' };
    expect(await ownership.reload(accountId, 'new')).toMatchObject(made);
    expect(await fixture.rows('new')).toMatchObject([{ version: 1, eventJson, snapshotJson }]);
    expect(await fixture.answerTo(commandId)).toEqual(answer);
  },

  'refuses an id that is taken, by this account or another, and changes nothing': async (fixture) => {
    const { ownership, accountId } = fixture;
    const other = await fixture.addAccount();
    await ownership.claimAccounts();
    await ownership.create(newTaskOf({ accountId, taskId: 'taken' }));
    const commandId = await fixture.ask({ kind: 'add', taskId: 'taken' });
    const answer = { commandId, status: 'done' as const, text: 'twice' };
    for (const account of [accountId, other]) {
      const again = newTaskOf(
        { accountId: account, taskId: 'taken' },
        { answer, snapshotJson: '{"again":1}' },
      );
      await expect(ownership.create(again)).rejects.toBeInstanceOf(Conflict);
    }
    expect(await ownership.reload(accountId, 'taken')).toMatchObject({
      version: 1,
      snapshotJson: '{"value":"IDLE"}',
    });
    expect(await fixture.answerTo(commandId)).toBeNull();
  },

  'refuses a task that cannot be stored': async ({ ownership, accountId, stored }) => {
    await ownership.claimAccounts();
    const broken = newTaskOf({ accountId, taskId: 'broken' }, { snapshotJson: '{' });
    await expect(ownership.create(broken)).rejects.toBeInstanceOf(Terminal);
    expect(await stored('broken')).toBeNull();
  },

  'gives the newest stored form of a task, and says that it is ours; null when there is none': async ({
    ownership,
    journal,
    accountId,
  }) => {
    await ownership.claimAccounts();
    await ownership.create(newTaskOf({ accountId, taskId: 'one' }));
    for (const [at, snapshotJson] of oddJson.entries()) {
      const task = { accountId, taskId: 'one' };
      const turn = { state: 'PAUSED', phase: 'rolling', snapshotJson, machine: '7' } as const;
      await journal.commit(turnOf(task, at + 1, turn));
      const stored = { ...task, ...turn, version: at + 2, isOurs: true };
      expect(await ownership.reload(accountId, 'one')).toMatchObject(stored);
    }
    expect(await ownership.reload(accountId, 'none')).toBeNull();
  },
} satisfies Cases<OwnershipFixture>;

const losing = {
  'reports once that its session is lost, and refuses to act until it claims again': async (fixture) => {
    const { ownership, accountId, until } = fixture;
    await makeAll(fixture, { kept: 'waiting' });
    const lost: string[] = [];
    ownership.onLost((reason) => lost.push(reason));
    await fixture.loseSession();
    await until('the loss is noticed', () => lost.length > 0);
    await expect(batchesOf(ownership, accountId)).rejects.toBeInstanceOf(Conflict);
    const late = newTaskOf({ accountId, taskId: 'too-late' });
    await expect(ownership.create(late)).rejects.toBeInstanceOf(NotHeld);
    expect(await claimed(fixture)).toEqual([accountId]);
    expect(versionsIn((await batchesOf(ownership, accountId)).flat())).toEqual([['kept', 1]]);
    expect(lost).toHaveLength(1);
  },
} satisfies Cases<OwnershipFixture>;

export const describeTaskOwnership = contractOf('TaskOwnership', {
  ...alone,
  ...adopting,
  ...making,
  ...losing,
  ...sharing,
});
