/** Administrators, tokens, bans, sharing and the audit over the real database, with bad input and with races. */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addAccount } from '../../src/application/add-account.ts';
import { addUser } from '../../src/application/add-user.ts';
import { admitIdentity, admitToken } from '../../src/application/admit.ts';
import { operator, type Caller } from '../../src/application/caller.ts';
import { findAccount } from '../../src/application/find-account.ts';
import { listAccounts } from '../../src/application/list-accounts.ts';
import { listUsers } from '../../src/application/list-users.ts';
import { readAudit } from '../../src/application/read-audit.ts';
import { shareAccount, unshareAccount } from '../../src/application/share-account.ts';
import { addToken, listTokens, revokeToken } from '../../src/application/tokens.ts';
import { banUser, liftBan, showUser } from '../../src/application/user-access.ts';
import { createVoucher } from '../../src/application/vouchers.ts';
import { query } from '../support/database.ts';
import { openPeople, userCaller, type PeopleFixture } from '../support/people-fixture.ts';

let fixture: PeopleFixture;
let store: PeopleFixture['store'];
let { stranger, redeem, admitted, actsTotal } = {} as PeopleFixture;
beforeAll(async () => {
  fixture = await openPeople({ names: ['Root Ann'], identities: ['telegram:777'] });
  ({ store, stranger, redeem, admitted, actsTotal } = fixture);
});
afterAll(() => fixture.close());

const nobody = { kind: 'nobody' };
const refusedAs = (kind: string) => ({ name: 'VoucherRefused', refusal: { kind } });
const daysUntil = (atMs: number | null) => Math.round(((atMs ?? NaN) - Date.now()) / 86_400_000);

describe('A ban', () => {
  afterEach(() => liftBan(operator, store, { userName: 'banned' }));

  it('lets nobody in by any identity, token or voucher, until it is lifted', async () => {
    await addUser(operator, store, 'banned');
    const phone = stranger();
    await redeem((await createVoucher(operator, store, { days: 1, userName: 'banned' })).code, phone);
    const wanted = { tokenName: 'laptop', userName: 'banned', scope: 'manage' } as const;
    const { token } = await addToken(operator, store, wanted);
    const account = { userName: 'banned', name: 'main', environment: 'paper', apiSecret: 's' } as const;
    await addAccount(operator, store, { ...account, apiKey: 'key-banned' });
    const inside = await admitted(phone);
    expect(await listAccounts(inside, store)).toHaveLength(1);

    const ban = { userName: 'banned', reason: 'spam\u202E <b>' };
    expect(await banUser(operator, store, ban)).toMatchObject({ banReason: 'spam <b>' });
    expect(await admitted(phone)).toMatchObject(nobody);
    expect(await admitToken(store, { token, from: 'a test' })).toMatchObject(nobody);
    const { code } = await createVoucher(operator, store, { days: 1 });
    await expect(redeem(code, phone)).rejects.toMatchObject(refusedAs('banned'));
    // A caller of before the ban sees nothing any more.
    expect(await listAccounts(inside, store)).toEqual([]);
    await expect(showUser(inside, store)).rejects.toMatchObject({ name: 'NotFound' });

    await liftBan(operator, store, { userName: 'banned' });
    expect(await admitted(phone)).toMatchObject({ kind: 'user' });
    expect(await admitToken(store, { token, from: 'a test' })).toMatchObject({ kind: 'user' });
    expect(await redeem(code, phone)).toMatchObject({ userName: 'banned' });
  });

  it('needs a reason, and a user who is known and no administrator', async () => {
    const ban = (userName: string, reason = 'x') => banUser(operator, store, { userName, reason });
    await expect(ban('banned', ' \u202E')).rejects.toMatchObject({ issues: [{ path: 'reason' }] });
    for (const userName of ['nowhere', '', '\0', '\uD800'])
      await expect(ban(userName)).rejects.toMatchObject({ what: 'user', sought: userName });
    await addUser(operator, store, 'Root Ann');
    await expect(ban('Root Ann')).rejects.toThrow(/take them out of ADMINISTRATORS/);
  });
});

describe('An administrator', () => {
  const admit = () => admitIdentity(store, { kind: 'telegram', id: '777', from: 'telegram 777' });

  it('comes from the configuration and needs no voucher, once a person', async () => {
    const callers = await Promise.all([admit(), admit(), admit()]);
    expect(callers[0]).toMatchObject({ kind: 'user', isAdministrator: true, right: 'manage' });
    expect(new Set(callers.map((caller) => JSON.stringify(caller))).size).toBe(1);
    const [caller] = callers;
    const { code } = await createVoucher(caller, store, { days: 1 });
    expect(await redeem(code, stranger())).toMatchObject({ isNew: true });
    expect((await listUsers(caller, store)).map(({ name }) => name)).toContain('banned');
    expect(await listAccounts(caller, store)).toEqual([]);
  });

  it('makes no voucher by which a person would become another user, and bans no administrator', async () => {
    const caller = await admit();
    await expect(createVoucher(caller, store, { days: 1, userName: 'banned' })).rejects.toMatchObject({
      name: 'NotAllowed',
    });
    await expect(banUser(caller, store, { userName: 'Root Ann', reason: 'x' })).rejects.toMatchObject({
      name: 'NotAllowed',
    });
  });

  it('is none by a row of the database, or with a token that may only read', async () => {
    await addToken(operator, store, { tokenName: 'eyes', userName: 'Root Ann', scope: 'read' });
    const { token } = await addToken(operator, store, {
      tokenName: 'hands',
      userName: 'Root Ann',
      scope: 'trade',
    });
    const caller = await admitToken(store, { token, from: 'a test' });
    expect(caller).toMatchObject({ isAdministrator: true, right: 'trade' });
    await expect(createVoucher(caller, store, { days: 1 })).rejects.toThrow(/scope manage/);
  });
});

describe('A token', () => {
  it('is shown once, stored as a hash, named among the others, and lets nobody in when it was revoked', async () => {
    await addUser(operator, store, 'tina');
    const wanted = { tokenName: 'script', userName: 'tina', scope: 'trade' } as const;
    const { token, tokenId } = await addToken(operator, store, wanted);
    expect(token).toMatch(/^rk_[\w-]{43}$/);
    const caller = await admitToken(store, { token, from: '10.0.0.1' });
    expect(caller).toMatchObject({ kind: 'user', right: 'trade', from: `token ${tokenId}, 10.0.0.1` });
    await expect(addToken(operator, store, wanted)).rejects.toThrow(/no other token of tina has/);
    const own = { ...caller, right: 'manage' } as Caller;
    expect(await listTokens(own, store)).toMatchObject([{ name: 'script', scope: 'trade' }]);
    expect(JSON.stringify(await listTokens(operator, store))).not.toContain(token);
    await revokeToken(own, store, { tokenName: 'script' });
    expect(await admitToken(store, { token, from: 'a test' })).toMatchObject(nobody);
    expect(await listTokens(own, store)).toEqual([]);
    await addToken(operator, store, wanted);
  });

  it('notes its last use at most once a minute', async () => {
    const wanted = { tokenName: 'noted', userName: 'tina', scope: 'read' } as const;
    const { token, tokenId } = await addToken(operator, store, wanted);
    const rowOf = async () =>
      (
        await query<{ xmin: string; last: Date | null }>(
          fixture.url,
          'SELECT xmin, last_used_at AS last FROM access_tokens WHERE id = $1',
          [tokenId],
        )
      )[0];
    expect(await rowOf()).toMatchObject({ last: null });
    await admitToken(store, { token, from: 'a test' });
    const used = await rowOf();
    expect(used?.last).toBeInstanceOf(Date);
    await Promise.all(Array.from({ length: 20 }, () => admitToken(store, { token, from: 'a test' })));
    expect(await rowOf()).toEqual(used);
  });

  it('that has ended, or is none, lets nobody in', async () => {
    const wanted = { tokenName: 'short', userName: 'tina', scope: 'read', days: 1 } as const;
    const { token, tokenId, expiresAtMs } = await addToken(operator, store, wanted);
    expect(daysUntil(expiresAtMs)).toBe(1);
    await query(fixture.url, `UPDATE access_tokens SET expires_at = now() WHERE id = $1`, [tokenId]);
    const strange = fc.sample(fc.string({ unit: 'binary', maxLength: 300 }), 50);
    for (const each of [token, '', 'rk_', `rk_${'A'.repeat(43)}`, `${token}x`, ...strange])
      expect(await admitToken(store, { token: each, from: 'a test' })).toMatchObject(nobody);
    await expect(addToken(operator, store, { ...wanted, days: 0 })).rejects.toMatchObject({
      issues: [{ path: 'days' }],
    });
  });
});

describe('A shared account', () => {
  const callerOf = async (userName: string): Promise<Caller> => {
    return userCaller((await showUser(operator, store, { userName })).userId);
  };
  const shared = { name: 'main', userName: 'owner' };

  it('is seen by another with the role that the owner gave, until the owner or they themselves end it', async () => {
    for (const name of ['owner', 'guest']) {
      await addUser(operator, store, name);
      const account = { userName: name, name: 'main', environment: 'paper', apiSecret: 's' } as const;
      await addAccount(operator, store, { ...account, apiKey: `key-${name}` });
    }
    const [owner, guest] = [await callerOf('owner'), await callerOf('guest')];
    await expect(
      shareAccount(guest, store, { account: shared, withUser: 'guest', role: 'trader' }),
    ).rejects.toMatchObject({ what: 'user', sought: 'owner' });
    await shareAccount(owner, store, { account: { name: 'main' }, withUser: 'guest', role: 'viewer' });
    expect(await findAccount(guest, store, shared)).toMatchObject({ role: 'viewer', apiKey: '', grants: [] });
    // Their own one is meant by a name that both have.
    expect(await findAccount(guest, store, { name: 'main' })).toMatchObject({ userName: 'guest' });
    expect((await findAccount(owner, store, { name: 'main' })).grants).toEqual([
      { userName: 'guest', role: 'viewer' },
    ]);
    await expect(
      shareAccount(guest, store, { account: shared, withUser: 'guest', role: 'trader' }),
    ).rejects.toThrow(/only its owner/);
    await shareAccount(owner, store, { account: { name: 'main' }, withUser: 'guest', role: 'trader' });
    expect(await findAccount(guest, store, shared)).toMatchObject({ role: 'trader' });
    for (const change of [
      () => shareAccount(guest, store, { account: shared, withUser: 'tina', role: 'viewer' }),
      () => unshareAccount(guest, store, { account: shared, withUser: 'tina' }),
    ])
      await expect(change()).rejects.toThrow(/You are a trader of account "main": only its owner/);
    await unshareAccount(guest, store, { account: shared });
    await expect(findAccount(guest, store, shared)).rejects.toMatchObject({ name: 'NotFound' });
    for (const withUser of ['guest', 'nowhere', '\0'])
      await expect(
        unshareAccount(owner, store, { account: { name: 'main' }, withUser }),
      ).rejects.toMatchObject({
        what: 'share',
      });
    await expect(
      shareAccount(owner, store, { account: { name: 'main' }, withUser: 'owner', role: 'viewer' }),
    ).rejects.toThrow(/another user/);
  });

  it('shows its owner who did what to it, and others only what they did themselves', async () => {
    const [owner, guest] = [await callerOf('owner'), await callerOf('guest')];
    const acts = await readAudit(owner, store, {});
    expect(acts.map(({ act }) => act)).toEqual([
      'account.add',
      'account.share',
      'account.share',
      'account.unshare',
    ]);
    expect(acts.at(-1)).toMatchObject({
      byName: 'guest',
      from: 'a test',
      ownerName: 'owner',
      userName: 'guest',
    });
    expect((await readAudit(guest, store, {})).map(({ act }) => act)).toEqual([
      'account.add',
      'account.unshare',
    ]);
    expect(await readAudit(guest, store, { userName: 'tina' })).toEqual([]);
    expect(await readAudit(operator, store, { userName: 'tina', limit: 1 })).toMatchObject([
      { act: 'token.add' },
    ]);
    const sinceMs = acts.at(-1)?.atMs ?? 0;
    expect((await readAudit(owner, store, { sinceMs })).length).toBeLessThan(acts.length);
    for (const limit of [0, -1, 1.5, 1_001, NaN])
      await expect(readAudit(owner, store, { limit })).rejects.toMatchObject({ issues: [{ path: 'limit' }] });
  });
});

describe('The audit', () => {
  it.each(['UPDATE audit SET actor = $1', 'DELETE FROM audit WHERE actor <> $1', 'TRUNCATE audit'])(
    'cannot be changed: %s',
    async (statement) => {
      const values = statement.includes('$1') ? ['x'] : [];
      await expect(query(fixture.url, statement, values)).rejects.toThrow(/append-only/);
    },
  );

  it('has no act whose change failed, and no change without its act', async () => {
    const before = await actsTotal();
    await expect(addUser(operator, store, 'tina')).rejects.toThrow(/taken/);
    expect(await actsTotal()).toBe(before);
    await query(
      fixture.url,
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
       CREATE TRIGGER fails BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION fail()`,
    );
    await expect(addUser(operator, store, 'unrecorded')).rejects.toThrow(/disk full/);
    await query(fixture.url, 'DROP TRIGGER fails ON audit');
    expect((await listUsers(operator, store)).map(({ name }) => name)).not.toContain('unrecorded');
  });
});
