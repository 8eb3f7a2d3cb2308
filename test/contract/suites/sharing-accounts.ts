/** Several daemons on one database: what they rely on of the ownership of tasks, to share the accounts and hand them over. */
import { expect } from 'vitest';
import { Conflict } from '../../../src/domain/errors.ts';
import type { TaskOwnership } from '../../../src/ports/journal.ts';
import type { Cases } from './contract.ts';
import { batchesOf, newTaskOf, turnOf } from './records.ts';
import { claimed, type DaemonStore, type OwnershipFixture } from './ownership-fixture.ts';

/** One look around, as the supervisor does it: take what is free, give back what is too much. */
async function look({ ownership }: DaemonStore): Promise<readonly string[]> {
  const { shards, surplus, movable = [] } = await ownership.claimAccounts();
  const given = movable.slice(0, surplus);
  for (const shard of given) await ownership.giveBack(shard);
  return shards.filter(({ shard }) => !given.includes(shard)).flatMap(({ accountIds }) => accountIds);
}

/** Everybody looks twice; each account is held once then. @returns how many each holds, ascending */
async function settle(accounts: readonly string[], daemons: readonly DaemonStore[]): Promise<number[]> {
  for (const daemon of daemons) await look(daemon);
  const held: (readonly string[])[] = [];
  for (const daemon of daemons) held.push(await look(daemon));
  expect(held.flat().toSorted()).toEqual(accounts.toSorted());
  return held.map(({ length }) => length).toSorted();
}

async function sevenAccounts({ accountId, addAccount }: OwnershipFixture): Promise<string[]> {
  const accounts = [accountId];
  while (accounts.length < 7) accounts.push(await addAccount());
  return accounts;
}

const fail = (ownership: TaskOwnership, accountId: string): Promise<void> =>
  ownership.noteAccount(accountId, {
    kind: 'failed',
    reason: 'wrong key',
    forEverybody: false,
    stayAwayMs: 600_000,
  });

export const sharing = {
  'gives an account to one daemon at a time, and to the next one when the first lets go': async (fixture) => {
    const { accountId, ownership } = fixture;
    const second = await fixture.join('second');
    expect(await claimed(fixture)).toEqual([accountId]);
    expect(await claimed(second)).toEqual([]);
    await expect(batchesOf(second.ownership, accountId)).rejects.toBeInstanceOf(Conflict);
    await ownership.release();
    expect(await claimed(second)).toEqual([accountId]);
    expect(await claimed(fixture)).toEqual([]);
  },

  'gives every daemon its fair share: one that joins gets some, one that leaves leaves its own': async (
    fixture,
  ) => {
    const accounts = await sevenAccounts(fixture);
    const [b, c] = [await fixture.join('b'), await fixture.join('c')];
    expect(await settle(accounts, [fixture])).toEqual([7]);
    expect(await settle(accounts, [fixture, b])).toEqual([3, 4]);
    expect(await settle(accounts, [fixture, b, c])).toEqual([2, 2, 3]);
    await b.ownership.release();
    expect(await settle(accounts, [fixture, c])).toEqual([3, 4]);
    await fixture.ownership.release();
    expect(await settle(accounts, [c])).toEqual([7]);
  },

  'lets another daemon have a shard that is given back; one that is not held is no matter': async (
    fixture,
  ) => {
    const accounts = [fixture.accountId, await fixture.addAccount()];
    const second = await fixture.join('second');
    await fixture.ownership.claimAccounts();
    await second.ownership.claimAccounts();
    const { shards, surplus, movable = [] } = await fixture.ownership.claimAccounts();
    const given = shards.find(({ shard }) => shard === movable[0]);
    expect([shards.length, surplus, given?.accountIds.length]).toEqual([2, 1, 1]);
    await second.ownership.giveBack(given?.shard ?? -1);
    expect(await claimed(second)).toEqual([]);
    await fixture.ownership.giveBack(given?.shard ?? -1);
    const [accountId = ''] = given?.accountIds ?? [];
    await expect(batchesOf(fixture.ownership, accountId)).rejects.toBeInstanceOf(Conflict);
    expect(await claimed(second)).toEqual([accountId]);
    expect(await claimed(fixture)).toEqual(accounts.filter((each) => each !== accountId));
  },

  'gives no more to a daemon that has resigned nor counts it, and leaves it what it holds': async (
    fixture,
  ) => {
    const { ownership } = fixture;
    const accounts = await sevenAccounts(fixture);
    const b = await fixture.join('b');
    await look(fixture);
    await ownership.resign();
    expect(await look(b)).toEqual([]);
    expect((await claimed(fixture)).toSorted()).toEqual(accounts.toSorted());
    for (const { shard } of (await ownership.claimAccounts()).shards) await ownership.giveBack(shard);
    expect(await look(b)).toHaveLength(7);
    await b.ownership.release();
    expect(await look(fixture)).toEqual([]);
  },

  'counts a daemon once however often it claims, and not one that only reads': async (fixture) => {
    await sevenAccounts(fixture);
    const reader = await fixture.join('reader');
    await look(fixture);
    await look(fixture);
    await reader.ownership.reload(fixture.accountId, 'none');
    expect(await look(fixture)).toHaveLength(7);
  },

  'leaves an account to a daemon that can manage it, and with the last one when no daemon can': async (
    fixture,
  ) => {
    const accounts = await sevenAccounts(fixture);
    const [first = ''] = accounts;
    const b = await fixture.join('b');
    await settle(accounts, [fixture, b]);
    const hasFirst = async (daemon: DaemonStore): Promise<boolean> => (await look(daemon)).includes(first);
    const [holder, other] = (await hasFirst(fixture)) ? [fixture, b] : [b, fixture];
    await fail(holder.ownership, first);
    expect(await hasFirst(holder)).toBe(false);
    expect(await hasFirst(other)).toBe(true);
    expect(await hasFirst(holder)).toBe(false);
    expect((await other.ownership.claimAccounts()).unmanageable).toEqual([]);
    await fail(other.ownership, first);
    for (let looks = 0; looks < 3; looks += 1) {
      expect(await hasFirst(other)).toBe(true);
      expect(await hasFirst(holder)).toBe(false);
    }
    expect((await other.ownership.claimAccounts()).unmanageable).toEqual([first]);
    await other.ownership.noteAccount(first, { kind: 'managed' });
    expect((await other.ownership.claimAccounts()).unmanageable).toEqual([]);
  },

  'fences the former owner when another daemon adopts': async (fixture) => {
    const { ownership, journal, accountId } = fixture;
    const task = { accountId, taskId: 'fenced' };
    const second = await fixture.join('second');
    await ownership.claimAccounts();
    await ownership.create(newTaskOf(task));
    await ownership.release();
    await second.ownership.claimAccounts();
    expect((await batchesOf(second.ownership, accountId)).flat()).toMatchObject([{ ...task, version: 1 }]);
    // The former owner's turn names the very version that is stored.
    await expect(journal.commit(turnOf(task, 1))).rejects.toBeInstanceOf(Conflict);
    await second.journal.commit(turnOf(task, 1));
    await expect(journal.commit(turnOf(task, 2))).rejects.toBeInstanceOf(Conflict);
    expect((await fixture.rows('fenced')).map(({ version }) => version)).toEqual([1, 2]);
    expect(await ownership.reload(accountId, 'fenced')).toMatchObject({ version: 2, isOurs: false });
    expect(await second.ownership.reload(accountId, 'fenced')).toMatchObject({ version: 2, isOurs: true });
  },
} satisfies Cases<OwnershipFixture>;
