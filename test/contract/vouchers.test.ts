/**
 * Vouchers over the real database: each use redeemed once also in a race, wrong codes by the thousand, and people whose names are
 * meant to harm.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser } from '../../src/application/add-user.ts';
import { operator } from '../../src/application/caller.ts';
import { setAccess, showUser, unlinkIdentity } from '../../src/application/user-access.ts';
import { createVoucher, listVouchers, revokeVoucher } from '../../src/application/vouchers.ts';
import { query } from '../support/database.ts';
import { openPeople, type PeopleFixture } from '../support/people-fixture.ts';

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

describe('A voucher', () => {
  it('lets a person in for its days, and is stored only as a hash', async () => {
    const { code, voucherId } = await createVoucher(operator, store, { days: 30 });
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
    const zoe = stranger('Zoe');
    expect(await admitted(zoe)).toEqual({ kind: 'nobody', from: zoe.from });
    const typed = ` ${code.toLowerCase().replace(/-/g, ' ').replace(/0/g, 'o').replace(/1/g, 'l')} `;
    const redeemed = await redeem(typed, zoe);
    expect(redeemed).toMatchObject({ isNew: true, userName: 'Zoe' });
    expect(daysUntil(redeemed.accessUntilMs)).toBe(30);
    expect(await admitted(zoe)).toEqual(redeemed.caller);
    expect(redeemed.caller).toMatchObject({ kind: 'user', right: 'manage', isAdministrator: false });
    expect((await listVouchers(operator, store))[0]).toMatchObject({ voucherId, uses: 1, usesMax: 1 });
    const everything = await query<{ row: string }>(
      fixture.url,
      `SELECT (SELECT json_agg(vouchers) FROM vouchers)::text || (SELECT json_agg(audit) FROM audit)::text AS row`,
    );
    expect(everything[0]?.row).not.toContain(code);
  });

  it('adds its days to the end of an access that goes on, and to now of one that has ended', async () => {
    const zoe = stranger();
    const code = async () => (await createVoucher(operator, store, { days: 10 })).code;
    const first = await redeem(await code(), zoe);
    expect(daysUntil((await redeem(await code(), zoe)).accessUntilMs)).toBe(20);
    await setAccess(operator, store, { userName: first.userName, untilMs: Date.now() - 5_000 });
    expect(await admitted(zoe)).toMatchObject(nobody);
    expect(daysUntil((await redeem(await code(), zoe)).accessUntilMs)).toBe(10);
    await setAccess(operator, store, { userName: first.userName, untilMs: null });
    expect((await redeem(await code(), zoe)).accessUntilMs).toBeNull();
  });

  it('links a person to the user it was made for, whose access without an end keeps none', async () => {
    await addUser(operator, store, 'bound');
    const { code } = await createVoucher(operator, store, { days: 5, userName: 'bound', uses: 2 });
    const phone = stranger('Somebody Else');
    expect(await redeem(code, phone)).toMatchObject({ isNew: false, userName: 'bound', accessUntilMs: null });
    const known = stranger();
    await redeem((await createVoucher(operator, store, { days: 1 })).code, known);
    await expect(redeem(code, known)).rejects.toMatchObject(refusedAs('forAnotherUser'));
    await expect(redeem(code, known)).rejects.not.toThrow(/bound/);
    expect((await showUser(operator, store, { userName: 'bound' })).identities).toEqual([
      `telegram:${phone.identity.id}`,
    ]);
    await unlinkIdentity(operator, store, { userName: 'bound', identity: phone.identity });
    expect(await admitted(phone)).toMatchObject(nobody);
  });

  it('is redeemed once a use, however many redeem at once', async () => {
    const usesMax = 7;
    const { code, voucherId } = await createVoucher(operator, store, { days: 3, uses: usesMax });
    const people = Array.from({ length: 25 }, () => stranger('Crowd'));
    const outcomes = await Promise.allSettled(people.map((person) => redeem(code, person)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(usesMax);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(refusedAs('usedUp'));
    const voucher = (await listVouchers(operator, store)).find((each) => each.voucherId === voucherId);
    expect(voucher).toMatchObject({ uses: usesMax });
    const inside = (await Promise.all(people.map(admitted))).filter(({ kind }) => kind === 'user');
    expect(inside).toHaveLength(usesMax);
    expect(new Set(inside.map((caller) => caller.kind === 'user' && caller.userId)).size).toBe(usesMax);
  });

  it('is redeemed once by one person, also when they press the button ten times at once', async () => {
    const { code } = await createVoucher(operator, store, { days: 3, uses: 10 });
    const zoe = stranger();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => redeem(code, zoe)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [voucher] = await listVouchers(operator, store);
    expect(voucher).toMatchObject({ uses: 1 });
    await expect(redeem(code, zoe)).rejects.toMatchObject(refusedAs('redeemedBefore'));
  });

  it('lets nobody in when it was revoked or has expired, and says which', async () => {
    const revoked = await createVoucher(operator, store, { days: 3 });
    await revokeVoucher(operator, store, { voucherId: revoked.voucherId });
    await expect(redeem(revoked.code, stranger())).rejects.toMatchObject(refusedAs('revoked'));
    const expired = await createVoucher(operator, store, { days: 3 });
    const past = `UPDATE vouchers SET expires_at = now() - interval '1 second' WHERE id = $1`;
    await query(fixture.url, past, [expired.voucherId]);
    await expect(redeem(expired.code, stranger())).rejects.toMatchObject(refusedAs('expired'));
    for (const voucherId of ['0', '-1', 'x', '9'.repeat(30), '\0'])
      await expect(revokeVoucher(operator, store, { voucherId })).rejects.toMatchObject({ what: 'voucher' });
  });

  it.each([
    ['days', { days: 0 }],
    ['days', { days: 1.5 }],
    ['days', { days: 1e9 }],
    ['uses', { days: 1, uses: 0 }],
    ['uses', { days: 1, uses: NaN }],
    ['valid', { days: 1, validDays: 4_000 }],
  ])('cannot be made with figures out of bounds: %s of %j', async (path, wanted) => {
    await expect(createVoucher(operator, store, wanted)).rejects.toMatchObject({ issues: [{ path }] });
  });
});

describe('Wrong codes', () => {
  const attempts = (id: string) =>
    query<{ failures: number; locked: boolean; minutes: number }>(
      fixture.url,
      `SELECT failures, locked_until > now() AS locked, round(extract(epoch FROM locked_until - now()) / 60)::int AS minutes
       FROM voucher_attempts WHERE identity = $1`,
      [id],
    );
  const forwardPastLock = (id: string) =>
    query(fixture.url, `UPDATE voucher_attempts SET locked_until = now() WHERE identity = $1`, [id]);

  it('lock a person out after three, for longer each time, and the right code does not help meanwhile', async () => {
    const zoe = stranger();
    const { code } = await createVoucher(operator, store, { days: 3 });
    for (const triesLeft of [2, 1, 0])
      await expect(redeem('wrong', zoe)).rejects.toMatchObject({ refusal: { kind: 'unknown', triesLeft } });
    expect(await attempts(zoe.identity.id)).toMatchObject([{ failures: 3, locked: true, minutes: 15 }]);
    await expect(redeem(code, zoe)).rejects.toMatchObject(refusedAs('locked'));
    for (const minutes of [30, 60]) {
      await forwardPastLock(zoe.identity.id);
      for (const wrong of ['wrong', 'wronger', 'wrongest'])
        await expect(redeem(wrong, zoe)).rejects.toMatchObject(refusedAs('unknown'));
      expect(await attempts(zoe.identity.id)).toMatchObject([{ locked: true, minutes }]);
    }
    await forwardPastLock(zoe.identity.id);
    expect(await redeem(code, zoe)).toMatchObject({ isNew: true });
    expect(await attempts(zoe.identity.id)).toEqual([]);
  });

  it('are not forgotten for a code that lets the person in no more', async () => {
    const zoe = stranger();
    const { code } = await createVoucher(operator, store, { days: 3 });
    await redeem(code, zoe);
    for (const wrong of ['wrong', 'wronger']) {
      await expect(redeem(wrong, zoe)).rejects.toMatchObject(refusedAs('unknown'));
      await expect(redeem(code, zoe)).rejects.toMatchObject(refusedAs('redeemedBefore'));
    }
    await expect(redeem('wrongest', zoe)).rejects.toMatchObject({
      refusal: { kind: 'unknown', triesLeft: 0 },
    });
    await expect(redeem(code, zoe)).rejects.toMatchObject(refusedAs('locked'));
  });

  it('by the thousand are one row and no user, and only three of them are looked at', async () => {
    const zoe = stranger();
    const before = await actsTotal();
    const codes = fc.sample(fc.string({ unit: 'binary', maxLength: 200 }), 2_000);
    const kinds: unknown[] = [];
    const kindOf = (code: string) =>
      redeem(code, zoe).catch((error: unknown) => (error as { refusal?: { kind: string } }).refusal?.kind);
    for (let at = 0; at < codes.length; at += 50)
      kinds.push(...(await Promise.all(codes.slice(at, at + 50).map(kindOf))));
    expect(kinds.filter((kind) => kind === 'unknown')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'locked')).toHaveLength(codes.length - 3);
    expect(await attempts(zoe.identity.id)).toMatchObject([{ failures: 3, minutes: 15 }]);
    expect(await admitted(zoe)).toMatchObject(nobody);
    expect(await actsTotal()).toBe(before);
  });

  it('of yesterday are forgotten with the next wrong one', async () => {
    const old = stranger();
    await expect(redeem('wrong', old)).rejects.toMatchObject(refusedAs('unknown'));
    const aged = `UPDATE voucher_attempts SET failed_at = now() - interval '25 hours' WHERE identity = $1`;
    await query(fixture.url, aged, [old.identity.id]);
    await expect(redeem('wrong', stranger())).rejects.toMatchObject(refusedAs('unknown'));
    expect(await attempts(old.identity.id)).toEqual([]);
  });
});

describe('A person who comes by a voucher', () => {
  it.each([
    ['<b>Ann</b>', 'b-Ann-b'],
    ['ann\u202Egnp.exe', 'ann-gnp.exe'],
    ['\u200F\u202B', 'user'],
    ['\0\u0007\u001b[31mred', '31mred'],
    ['', 'user'],
    ['🦄', 'user'],
    ['Анна Иванова', 'Анна-Иванова'],
    ['pаypal', 'p-ypal'],
    ['x'.repeat(100_000), 'x'.repeat(32)],
    [`'; DROP TABLE users; --`, 'DROP-TABLE-users'],
    ['../../etc/passwd', 'etc-passwd'],
    ['Ａｎｎ', 'Ann'],
  ])('called %j gets a name that is safe: %s', async (name, safe) => {
    const { code } = await createVoucher(operator, store, { days: 1 });
    const { userName } = await redeem(code, stranger(name));
    expect(userName.replace(/-\d+$/, '')).toBe(safe);
  });

  it.each(['Root Ann', 'root-ann', 'ROOT ANN', 'archive', 'Operator', 'administrator'])(
    'never gets the name of an administrator, or one that means something here: %s',
    async (name) => {
      const { code } = await createVoucher(operator, store, { days: 1 });
      const { userName, caller } = await redeem(code, stranger(name));
      expect(['root ann', 'archive', 'operator', 'administrator']).not.toContain(userName.toLowerCase());
      expect(caller).toMatchObject({ isAdministrator: false });
    },
  );

  it('gets a name of their own, whatever anybody is called', async () => {
    const { code } = await createVoucher(operator, store, { days: 1, uses: 14 });
    const names = new Set<string>();
    for (const name of ['Same', 'same', 'SAME', ...Array<string>(11).fill('Same')])
      names.add((await redeem(code, stranger(name))).userName.toLowerCase());
    expect(names.size).toBe(14);
  });
});
