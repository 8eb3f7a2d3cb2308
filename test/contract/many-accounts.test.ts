/** What a daemon asks of all of its accounts at once when it starts: each account's own answer, in few queries. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import {
  addTestAccount,
  createTestDatabase,
  openTestStore,
  query,
  type TestDatabase,
} from '../support/database.ts';

const accountsCount = 12;
const dayMs = 86_400_000;

let database: TestDatabase;
let store: Store;
let accountIds: readonly string[];

beforeAll(async () => {
  database = await createTestDatabase();
  store = await openTestStore(database.url);
  const made: string[] = [];
  for (let place = 0; place < accountsCount; place++) made.push(await addTestAccount(store));
  accountIds = made;
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const answersOf = <Answer>(ask: (accountId: string, place: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(accountIds.map(ask));

describe('Many accounts at once', () => {
  it('are each entered for this daemon, under their own owner and with what halts each of them', async () => {
    const [halted = ''] = accountIds;
    const owners = await query<{ id: string; userId: string }>(
      database.url,
      `SELECT id::text, user_id::text AS "userId" FROM accounts ORDER BY accounts.id`,
    );
    const target = { accountId: halted, userId: null, isByOperator: true };
    await store.halts.halt({ ...target, reason: null, by: 'operator', from: 'a test' });
    const entered = await answersOf((accountId) => store.halts.enter(accountId));
    expect(entered.map(({ userId }) => userId)).toEqual(owners.map(({ userId }) => userId));
    expect(entered.map(({ halts }) => halts.length)).toEqual(accountIds.map((id) => (id === halted ? 1 : 0)));
    const noted = await query<{ accounts: number; halts: number }>(
      database.url,
      `SELECT count(*)::int AS accounts, sum(cardinality(halts))::int AS halts FROM halts_in_force`,
    );
    expect(noted).toEqual([{ accounts: accountsCount, halts: 1 }]);
  });

  it('do not fail with one that is not there', async () => {
    const [known = ''] = accountIds;
    const [entered, missing] = await Promise.allSettled(
      [known, '999999999'].map((accountId) => store.halts.enter(accountId)),
    );
    expect(entered).toMatchObject({ status: 'fulfilled' });
    expect(missing).toMatchObject({
      reason: { message: expect.stringContaining('999999999 is not there') as string },
    });
  });

  it('are entered by several daemons at once in any order, and neither waits for the other for ever', async () => {
    const other = await openTestStore(database.url, { daemonName: 'daemon-b' });
    try {
      for (let round = 0; round < 10; round++)
        await Promise.all([
          answersOf((accountId) => store.halts.enter(accountId)),
          Promise.all(accountIds.toReversed().map((accountId) => other.halts.enter(accountId))),
          store.halts.noteInForce(accountIds.toReversed().map((accountId) => ({ accountId, haltIds: [] }))),
        ]);
    } finally {
      await other.close();
    }
  });

  it('each have their own limits, or none', async () => {
    const limited = accountIds.filter((_, place) => place % 3 === 0);
    for (const [place, accountId] of limited.entries())
      await store.limits.setLimits(accountId, { rollsPerDay: place + 1 }, { by: 'operator', from: 'a test' });
    const found = await Promise.all(accountIds.map((accountId) => store.limits.limitsOf([accountId])));
    expect(found.map((limits, place) => limits.get(accountIds[place] ?? '')?.rollsPerDay ?? null)).toEqual([
      ...[1, null, null, 2, null, null],
      ...[3, null, null, 4, null, null],
    ]);
  });

  it('each have what they used since the moment that is asked for', async () => {
    await query(
      database.url,
      `INSERT INTO account_use SELECT id, 'task-' || id || '-' || day, day, day * ${dayMs}::bigint, 1, 0.5, 100, 2
       FROM accounts, generate_series(1, 3) AS day`,
    );
    // The first accounts since day 1, the next ones since day 2, and so on; the last ones since a day that has nothing.
    const sinceDay = (place: number): number => 1 + Math.floor(place / 3);
    const used = await answersOf((accountId, place) =>
      store.limits.usedSince(accountId, sinceDay(place) * dayMs),
    );
    for (const [place, accountId] of accountIds.entries()) {
      const days = [1, 2, 3].filter((day) => day >= sinceDay(place));
      const expected = days.map((day) => ({
        taskId: `task-${accountId}-${day}`,
        version: day,
        use: [{ atMs: day * dayMs, rolls: 1, debit: '0.5', notional: '100', orders: 2 }],
      }));
      expect(used[place]).toHaveLength(days.length);
      expect(used[place]).toEqual(expect.arrayContaining(expected));
    }
    const [first = ''] = accountIds;
    const counts = await Promise.all(
      [1, 3, 4].map(async (day) => (await store.limits.usedSince(first, day * dayMs)).length),
    );
    expect(counts).toEqual([3, 1, 0]);
  });

  it('each say why they cannot trade, where they cannot', async () => {
    const [refused = '', ...others] = accountIds;
    await query(database.url, `UPDATE accounts SET trouble = '{"kind":"keyRefused"}' WHERE id = $1`, [
      refused,
    ]);
    const troubles = await answersOf((accountId) => store.accounts.trouble(accountId));
    expect(troubles).toEqual([{ kind: 'keyRefused' }, ...others.map(() => null)]);
  });
});
