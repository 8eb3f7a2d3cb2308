/**
 * Halts, arming and limits as people ask for them, over the real database and without a daemon: whom each reaches, what stands
 * afterwards, and who may do what. That a halted daemon orders nothing is in test/e2e/halt.test.ts.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setAccountLimits } from '../../src/application/account-limits.ts';
import { addAccount } from '../../src/application/add-account.ts';
import { addUser } from '../../src/application/add-user.ts';
import { armableAccounts, armAccounts } from '../../src/application/arm-accounts.ts';
import { operator, type Caller } from '../../src/application/caller.ts';
import { haltTrading, resumeTrading, type WantedHalt } from '../../src/application/halt-trading.ts';
import { listHalts } from '../../src/application/list-halts.ts';
import { shareAccount } from '../../src/application/share-account.ts';
import { query } from '../support/database.ts';
import { openPeople, userCaller, type PeopleFixture } from '../support/people-fixture.ts';

let fixture: PeopleFixture;
let store: PeopleFixture['store'];
let ann: Extract<Caller, { kind: 'user' }>;
let bob: Extract<Caller, { kind: 'user' }>;
let root: Caller;

/** Ann has a paper account and a live one, which Bob may see; Bob has one of each, too. */
beforeAll(async () => {
  fixture = await openPeople();
  ({ store } = fixture);
  [ann, bob] = (await Promise.all(['ann', 'bob'].map((name) => addUser(operator, store, name)))).map(
    ({ userId }) => userCaller(userId),
  ) as [typeof ann, typeof bob];
  root = { ...ann, isAdministrator: true };
  for (const userName of ['ann', 'bob'])
    for (const environment of ['paper', 'live'] as const) {
      const apiKey = `${environment} of ${userName}`;
      await addAccount(operator, store, { userName, name: environment, environment, apiKey, apiSecret: 's' });
    }
  await shareAccount(ann, store, { account: { name: 'live' }, withUser: 'bob', role: 'viewer' });
  await armAccounts(operator, store, { isArmed: true, waitMs: 0 });
});
afterAll(() => fixture.close());

const waitMs = 0;
const halt = (caller: Caller, wanted: Partial<WantedHalt> & { readonly reason?: string } = {}) =>
  haltTrading(caller, store, { waitMs, ...wanted });
const resume = (caller: Caller, wanted: Partial<WantedHalt> = {}) =>
  resumeTrading(caller, store, { waitMs, ...wanted });
/** `user/account`: how widely each halt of it reaches. */
const standing = async (caller: Caller = operator): Promise<Readonly<Record<string, readonly string[]>>> =>
  Object.fromEntries(
    (await listHalts(caller, store)).accounts.map(({ userName, accountName, halts }) => [
      `${userName}/${accountName}`,
      halts.map(({ scope }) => scope),
    ]),
  );

describe('A halt', () => {
  afterEach(async () => {
    await resume(operator);
    for (const userName of ['ann', 'bob']) {
      await resume(operator, { userName });
      await resume(operator, { userName, accountName: 'paper' });
      await resume(operator, { userName, accountName: 'live' });
    }
    expect(await standing()).toEqual({});
  });

  it('of one account reaches that one, and is lifted under the same name', async () => {
    const made = await halt(ann, { accountName: 'paper', reason: ' a holiday\n' });
    expect(made).toEqual({
      scope: 'account',
      isNew: true,
      accounts: 1,
      pending: [],
      halts: [
        {
          cause: 'halt',
          scope: 'account',
          by: 'ann',
          reason: 'a holiday',
          sinceMs: expect.any(Number) as number,
        },
      ],
      narrower: 0,
    });
    expect(await standing()).toEqual({ 'ann/paper': ['account'] });
    expect(await halt(ann, { accountName: 'paper' })).toMatchObject({ isNew: false });
    // Under a wider name nothing was halted.
    expect(await resume(ann)).toMatchObject({ scope: 'user', isNew: false, halts: [] });
    expect(await standing()).toEqual({ 'ann/paper': ['account'] });
    expect(await resume(ann, { accountName: 'paper' })).toMatchObject({
      isNew: true,
      accounts: 1,
      halts: [],
    });
    expect(await standing()).toEqual({});
  });

  it('of a person’s own accounts reaches all of these, and none that is shared with them', async () => {
    expect(await halt(bob)).toMatchObject({ scope: 'user', isNew: true, accounts: 2, narrower: 0 });
    expect(await standing()).toEqual({ 'bob/paper': ['user'], 'bob/live': ['user'] });
    expect(await resume(bob)).toMatchObject({ scope: 'user', isNew: true, accounts: 2, halts: [] });
  });

  it('of everything reaches every account, and says how many narrower ones stand besides', async () => {
    await halt(bob);
    await halt(ann, { accountName: 'live' });
    const made = await halt(operator, { reason: 'maintenance' });
    expect(made).toMatchObject({ scope: 'everything', isNew: true, accounts: 4, narrower: 2 });
    expect(made.halts).toMatchObject([{ scope: 'everything', by: 'operator', reason: 'maintenance' }]);
    expect(await standing()).toEqual({
      'ann/live': ['everything', 'account'],
      'ann/paper': ['everything'],
      'bob/live': ['everything', 'user'],
      'bob/paper': ['everything', 'user'],
    });
    expect((await listHalts(ann, store)).everything).toMatchObject([{ reason: 'maintenance' }]);
    const lifted = await resume(operator);
    expect(lifted).toMatchObject({ scope: 'everything', isNew: true, halts: [], narrower: 2 });
    expect((await listHalts(ann, store)).everything).toEqual([]);
  });

  it('of a user shows what halts them after all, the widest first, and no other user’s', async () => {
    await halt(operator, { reason: 'all' });
    await halt(operator, { userName: 'bob', reason: 'bob alone' });
    const made = await halt(operator, { userName: 'ann', reason: 'ann alone' });
    expect(made).toMatchObject({ scope: 'user', isNew: true, accounts: 2, narrower: 0 });
    expect(made.halts.map(({ scope, reason }) => [scope, reason])).toEqual([
      ['everything', 'all'],
      ['user', 'ann alone'],
    ]);
    await resume(operator);
    expect((await resume(operator, { userName: 'ann' })).halts).toEqual([]);
    expect(await standing()).toEqual({ 'bob/paper': ['user'], 'bob/live': ['user'] });
  });

  it('that the operator made is not lifted by the user, and one that the user made is by the operator', async () => {
    await halt(operator, { userName: 'ann', accountName: 'paper' });
    expect(await resume(ann, { accountName: 'paper' })).toMatchObject({
      isNew: false,
      halts: [{ by: 'operator' }],
    });
    await resume(operator, { userName: 'ann', accountName: 'paper' });
    await halt(ann);
    expect(await resume(operator, { userName: 'ann' })).toMatchObject({ isNew: true, halts: [] });
  });

  it('without words has no reason, and one that is too long is refused', async () => {
    expect((await halt(ann, { reason: ' \u202E ' })).halts).toMatchObject([{ reason: null }]);
    await resume(ann);
    expect((await halt(ann)).halts).toMatchObject([{ reason: null }]);
    await expect(halt(ann, { reason: 'x'.repeat(501) })).rejects.toMatchObject({
      issues: [{ path: 'reason', found: '501 characters', expected: 'at most 500' }],
    });
    await resume(ann);
    expect((await halt(ann, { reason: 'x'.repeat(500) })).halts).toMatchObject([{ reason: 'x'.repeat(500) }]);
  });

  it('is nothing for a viewer, a token that may only read, or nobody; and wider ones only for administrators', async () => {
    const refused = { name: 'NotAllowed' };
    const nobody: Caller = { kind: 'nobody', from: 'a test' };
    for (const act of [halt, resume]) {
      await expect(act(bob, { userName: 'ann', accountName: 'live' })).rejects.toThrow(
        /viewer of account "live"/,
      );
      await expect(act({ ...ann, right: 'read' })).rejects.toMatchObject(refused);
      await expect(act({ ...ann, right: 'read' }, { accountName: 'paper' })).rejects.toMatchObject(refused);
      await expect(act(ann, { isEverywhere: true })).rejects.toThrow(/halt or resume the accounts of others/);
      await expect(act(ann, { userName: 'bob' })).rejects.toMatchObject(refused);
      await expect(act(nobody)).rejects.toMatchObject(refused);
      await expect(act(operator, { userName: 'nowhere' })).rejects.toMatchObject({
        what: 'user',
        sought: 'nowhere',
      });
      await expect(act(bob, { accountName: 'none' })).rejects.toMatchObject({ what: 'account' });
    }
    expect(await standing()).toEqual({});
    expect(await halt({ ...ann, right: 'trade' })).toMatchObject({ scope: 'user' });
    await resume(ann);
    // An administrator means their own accounts, too, where they do not say otherwise.
    expect(await halt(root)).toMatchObject({ scope: 'user', accounts: 2 });
    expect(await halt(root, { isEverywhere: true })).toMatchObject({ scope: 'everything', accounts: 4 });
    expect(await halt(root, { userName: 'bob' })).toMatchObject({ scope: 'user', accounts: 2 });
    await expect(listHalts(nobody, store)).rejects.toMatchObject(refused);
  });

  it('is seen in the accounts that a person sees, and in no others', async () => {
    await halt(ann);
    expect(await standing(bob)).toEqual({ 'ann/live': ['user'] });
    expect(await standing(ann)).toEqual({ 'ann/paper': ['user'], 'ann/live': ['user'] });
  });
});

describe('A live account', () => {
  const named = (accounts: readonly { readonly userName: string; readonly name: string }[]) =>
    accounts.map(({ userName, name }) => `${userName}/${name}`);

  it('can be armed by its owner and by the operator, and no other account can', async () => {
    expect(named(await armableAccounts(operator, store))).toEqual(['ann/live', 'bob/live']);
    expect(named(await armableAccounts(ann, store))).toEqual(['ann/live']);
    expect(named(await armableAccounts(bob, store))).toEqual(['bob/live']);
    expect(await armableAccounts(ann, store, { name: 'paper' })).toEqual([]);
    await expect(armableAccounts(bob, store, { name: 'live', userName: 'ann' })).rejects.toThrow(
      /only its owner/,
    );
    await expect(armableAccounts({ ...ann, right: 'trade' }, store, { name: 'live' })).rejects.toThrow(
      /manage/,
    );
  });

  it('is halted until it is armed, and says what has changed', async () => {
    const live = await armableAccounts(ann, store);
    const arm = (isArmed: boolean) => armAccounts(ann, store, { account: { name: 'live' }, isArmed, waitMs });
    const changed = live.map(({ accountId }) => accountId);
    expect(await arm(false)).toEqual({ isArmed: false, accounts: live, changed, pending: [] });
    const { accounts } = await listHalts(operator, store);
    expect(accounts).toMatchObject([
      { userName: 'ann', accountName: 'live', halts: [{ cause: 'notArmed' }] },
    ]);
    expect(await arm(false)).toMatchObject({ changed: [] });
    expect(await arm(true)).toEqual({ isArmed: true, accounts: live, changed, pending: [] });
    expect(await arm(true)).toMatchObject({ changed: [] });
    expect(await standing()).toEqual({});
    const acts = await query<{ act: string; actor: string }>(
      fixture.url,
      `SELECT act, actor FROM audit WHERE act LIKE 'account.%arm' AND actor <> 'operator' ORDER BY id`,
    );
    expect(acts).toEqual(
      ['account.disarm', 'account.arm'].map((act) => ({ act, actor: `user:${ann.userId}` })),
    );
  });
});

describe('The limits of an account', () => {
  const set = (changes: Readonly<Record<string, unknown>>, caller: Caller = ann) =>
    setAccountLimits(caller, store, { account: { name: 'live', userName: 'ann' }, changes });

  it('are set one by one, shown, and taken away', async () => {
    expect(await set({})).toMatchObject({ accountName: 'live', userName: 'ann', limits: {} });
    expect((await set({ rollsPerDay: '4', netDebitPerDay: '250.5' })).limits).toEqual({
      rollsPerDay: 4,
      netDebitPerDay: '250.5',
    });
    expect((await set({ ordersPerMinute: 0 })).limits).toMatchObject({ rollsPerDay: 4, ordersPerMinute: 0 });
    expect((await set({ rollsPerDay: null })).limits.rollsPerDay ?? null).toBeNull();
    expect((await set({})).limits).toMatchObject({ netDebitPerDay: '250.5', ordersPerMinute: 0 });
  });

  it.each([
    [{ rollsPerDay: -1 }, 'rollsPerDay', 'a whole number from 0 to 100000'],
    [{ rollsPerDay: 100_001 }, 'rollsPerDay', 'a whole number from 0 to 100000'],
    [{ ordersPerMinute: 1.5 }, 'ordersPerMinute', 'a whole number from 0 to 10000'],
    [{ ordersPerMinute: 'many' }, 'ordersPerMinute', 'a whole number from 0 to 10000'],
    [{ netDebitPerDay: '-1' }, 'netDebitPerDay', 'an amount of settle coin, like 250 or 99.5'],
    [{ notionalOpenedPerDay: '1e5' }, 'notionalOpenedPerDay', 'an amount of settle coin, like 250 or 99.5'],
  ])('are refused when they are none: %j', async (changes, path, expected) => {
    await expect(set(changes)).rejects.toMatchObject({
      message: expect.stringContaining('The limits are not right') as string,
      issues: [{ path, expected }],
    });
  });

  it('are the owner’s and the operator’s to set', async () => {
    await expect(set({ rollsPerDay: 1 }, bob)).rejects.toThrow(/only its owner/);
    await expect(set({ rollsPerDay: 1 }, { ...ann, right: 'trade' })).rejects.toThrow(/manage/);
    expect((await set({ rollsPerDay: 9 }, operator)).limits).toMatchObject({ rollsPerDay: 9 });
  });
});
