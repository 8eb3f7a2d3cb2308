/** Who receives which alert, when without a sound, and what happens when a channel cannot deliver. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { query } from '../support/database.ts';
import { DeliveryFixture, numbered, type Person } from '../support/delivery-fixture.ts';
import {
  answerWith,
  misbehaviours,
  openReceiver,
  type Receiver,
  type Received,
} from '../support/receiver.ts';

let fixture: DeliveryFixture;
let receiver: Receiver;
let person: Person;
let taskId: string;
beforeEach(async () => {
  [fixture, receiver] = [await DeliveryFixture.open(), await openReceiver()];
  person = await fixture.person();
  taskId = person.taskIds[0] ?? '';
});
afterEach(async () => {
  await fixture.close();
  await receiver.close();
});

interface Payload {
  readonly type: string;
  readonly data: {
    readonly figures: { readonly n: number };
    readonly text: string;
    readonly silent: boolean;
  };
}
const payloadOf = ({ body }: Received): Payload => JSON.parse(body) as Payload;
/** Path of the channel and number of the alert. */
const arrived = (): string[] =>
  receiver.received.map((one) => `${one.path} ${payloadOf(one).data.figures.n}`).sort();
const at = (path: string): string => `${receiver.url}${path}`;

describe('A channel', () => {
  it('is sent what its noise and its kinds ask for', async () => {
    await fixture.webhook(person, at('/critical'), { noise: 'critical' });
    await fixture.webhook(person, at('/usual'));
    await fixture.webhook(person, at('/info'), { noise: 'info', overrides: { leg1HasRest: 'silent' } });
    await fixture.webhook(person, at('/never'), { noise: 'info', overrides: { leg1HasRest: 'off' } });
    await fixture.webhook(person, at('/always'), { noise: 'critical', overrides: { leg1HasRest: 'on' } });
    await fixture.webhook(person, at('/off'), { isEnabled: false });
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1, 'info'), numbered(2, 'warning'), numbered(3, 'critical'));
    await expect
      .poll(arrived)
      .toEqual([
        ...['/always 1', '/always 2', '/always 3', '/critical 3'],
        ...['/info 1', '/info 2', '/info 3', '/usual 2', '/usual 3'],
      ]);
    const silent = receiver.received.filter((one) => payloadOf(one).data.silent);
    expect(new Set(silent.map(({ path }) => path))).toEqual(new Set(['/info']));
  });

  it('is silent in the quiet hours of its user, but for critical alerts', async () => {
    await fixture.store.channels.setTimeZone({
      userName: person.userName,
      timeZone: 'Pacific/Kiritimati',
    });
    const local = (offsetMs: number): string =>
      new Date(Date.now() + 14 * 3_600_000 + offsetMs).toISOString().slice(11, 16);
    const quietHours = { from: local(-3_600_000), until: local(3_600_000) };
    await fixture.webhook(person, at('/quiet'), { quietHours });
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1), numbered(2, 'critical'));
    await expect.poll(() => receiver.received.length).toBe(2);
    expect(receiver.received.map((one) => payloadOf(one).data.silent)).toEqual([true, false]);
    expect(payloadOf(receiver.received[0] as Received).data.text).toMatch(/ UTC\+14$/);
  });

  it('is told that the access of its user has ended, and from then on of what is critical alone', async () => {
    await fixture.webhook(person, at('/ended'), { noise: 'info' });
    await fixture.daemon();
    const end = `UPDATE users SET access_until = now() WHERE name = $1`;
    await query(fixture.database.url, end, [person.userName]);
    await fixture.store.halts.warnOfAccessEnds();
    await fixture.alert(person, taskId, numbered(1));
    await fixture.store.halts.warnOfAccessEnds();
    await fixture.alert(person, taskId, numbered(2, 'critical'));
    await expect.poll(() => receiver.received.length).toBe(2);
    expect(receiver.received.map((one) => payloadOf(one).type)).toContain('alert.accessEnded');
    expect((await fixture.deliveries()).length).toBe(2);
  });

  it('of a banned user still receives what is critical in the own account, where a roll may be under way', async () => {
    const friend = await fixture.person();
    await query(
      fixture.database.url,
      `INSERT INTO account_grants (account_id, user_id, role) SELECT $1, id, 'viewer' FROM users WHERE name = $2`,
      [person.accountId, friend.userName],
    );
    await fixture.webhook(person, at('/owner'));
    await fixture.webhook(friend, at('/friend'));
    await query(
      fixture.database.url,
      `UPDATE users SET banned_at = now(), ban_reason = 'test' WHERE name IN ($1, $2)`,
      [person.userName, friend.userName],
    );
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1), numbered(2, 'critical'));
    await expect.poll(arrived).toEqual(['/owner 2']);
    expect(await fixture.deliveries()).toHaveLength(1);
  });

  it('is not sent what its user may no longer see', async () => {
    receiver.respond = answerWith(500);
    await fixture.webhook(person, at('/banned'));
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1));
    await expect.poll(() => receiver.received.length).toBeGreaterThan(0);
    await query(
      fixture.database.url,
      `UPDATE users SET banned_at = now(), ban_reason = 'test' WHERE name = $1`,
      [person.userName],
    );
    await expect.poll(async () => (await fixture.deliveries())[0]?.state).toBe('dropped');
  });

  it('of a person with whom the account is shared receives its alerts, too; others do not', async () => {
    const [friend, stranger] = [await fixture.person(), await fixture.person()];
    await query(
      fixture.database.url,
      `INSERT INTO account_grants (account_id, user_id, role) SELECT $1, id, 'viewer' FROM users WHERE name = $2`,
      [person.accountId, friend.userName],
    );
    await fixture.webhook(friend, at('/friend'));
    await fixture.webhook(stranger, at('/stranger'));
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1));
    await expect.poll(arrived).toEqual(['/friend 1']);
    expect(await fixture.deliveries()).toHaveLength(1);
  });
});

describe('A critical alert', () => {
  it('that a channel refuses goes to the next one, backups included, and no further than needed', async () => {
    receiver.respond = (response, one) => answerWith(one.path === '/first' ? 403 : 200)(response, one);
    await fixture.webhook(person, at('/third'), { isBackup: true, rank: 3 });
    await fixture.webhook(person, at('/second'), { isBackup: true, rank: 2 });
    await fixture.webhook(person, at('/first'), { rank: 1 });
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1, 'critical'), numbered(2));
    await expect.poll(arrived).toEqual(['/first 1', '/first 2', '/second 1']);
  });

  it('that is not delivered in time goes on, from channel to channel, and is still delivered by the first', async () => {
    receiver.respond = (response, one) => {
      if (one.path === '/last') answerWith(200)(response, one);
      else misbehaviours.hangs();
    };
    await fixture.webhook(person, at('/first'), { rank: 1 });
    await fixture.webhook(person, at('/second'), { rank: 2, isBackup: true });
    await fixture.webhook(person, at('/last'), { rank: 3, isBackup: true });
    await fixture.daemon({
      limits: { backOff: { firstMs: 20, maxMs: 200, triesMax: 99, ageMaxMs: 60_000, triesMin: 99 } },
    });
    await fixture.alert(person, taskId, numbered(1, 'critical'));
    await expect.poll(() => receiver.received.some(({ path }) => path === '/last')).toBe(true);
    receiver.respond = answerWith(200);
    await expect
      .poll(async () => (await fixture.deliveries()).map(({ state }) => state))
      .toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('goes to a backup at once where there is nothing else', async () => {
    await fixture.webhook(person, at('/backup'), { isBackup: true });
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1), numbered(2, 'critical'));
    await expect.poll(arrived).toEqual(['/backup 2']);
  });
});

describe('Channels that hang', () => {
  it('hold up nobody else', async () => {
    const hanging = await Promise.all(Array.from({ length: 30 }, () => fixture.person()));
    receiver.respond = (response, one) => {
      if (!one.path.startsWith('/hangs')) answerWith(200)(response, one);
    };
    for (const [n, one] of hanging.entries()) await fixture.webhook(one, at(`/hangs${n}`));
    await fixture.webhook(person, at('/works'));
    await fixture.daemon({ limits: { timeoutMs: 3_000 } });
    for (const one of hanging) await fixture.alert(one, one.taskIds[0] ?? '', numbered(0), numbered(0));
    await expect.poll(() => receiver.received.length).toBeGreaterThan(20);
    const beganMs = Date.now();
    await fixture.alert(person, taskId, numbered(1));
    await expect.poll(() => receiver.received.find(({ path }) => path === '/works')?.atMs).toBeDefined();
    expect((receiver.received.find(({ path }) => path === '/works')?.atMs ?? 0) - beganMs).toBeLessThan(
      2_000,
    );
  });
});

describe('The daily digest', () => {
  it('comes once a day, whatever restarts, and says what there is to know', async () => {
    await fixture.webhook(person, at('/digest'), { noise: 'critical', digestAt: '00:00' });
    await query(fixture.database.url, 'UPDATE channels SET last_digest_on = NULL');
    await fixture.alert(person, taskId, {
      severity: 'info',
      code: 'rolled',
      figures: { netCredit: '12.5', fee: '0.4' },
    });
    const first = await fixture.daemon();
    await expect.poll(() => receiver.received.length).toBe(1);
    await first.close();
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1, 'critical'));
    await expect.poll(() => receiver.received.length).toBe(2);
    const [digest] = receiver.received as [Received];
    expect(payloadOf(digest).type).toBe('alert.digest');
    expect(payloadOf(digest).data.text).toMatch(
      /^Rollkeeper\nDaily digest: 1 task\.\nIn 24 hours: 1 roll; net 12\.5, fees 0\.4\.\nNothing needs your attention\.\n/,
    );
  });

  it('of a channel that is added after its time begins tomorrow', async () => {
    await fixture.webhook(person, at('/digest'), { digestAt: '00:00' });
    await fixture.daemon();
    await fixture.alert(person, taskId, numbered(1));
    await expect.poll(arrived).toEqual(['/digest 1']);
    expect(await fixture.deliveries()).toHaveLength(1);
  });
});
