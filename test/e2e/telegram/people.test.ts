/** Who is let in by the bot and who is not: vouchers, strangers, administrators, groups. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BotFixture } from '../../support/bot-fixture.ts';
import type { Actor } from '../../support/bot-api/server.ts';

let fixture: BotFixture;
let ann: Actor;

beforeAll(async () => {
  fixture = await BotFixture.open();
  ann = await fixture.ann();
  await fixture.startDaemon();
});
afterAll(() => fixture.close());

const botMessages = ({ chat }: Actor): string[] =>
  chat.messages().flatMap(({ from, text }) => (from.is_bot ? [text] : []));

describe('a stranger', () => {
  test('gets one polite line in an hour, learns nothing, and is counted', async () => {
    const eve = fixture.api.person(666, 'Eve');
    await eve.asks('/status', 'I do not know you');
    for (const text of ['/status', '/task', 'hello', '/ban fixture', '/positions']) eve.writes(text);
    await expect
      .poll(() => fixture.query(`SELECT messages::int FROM telegram_strangers WHERE person_id = 666`))
      .toEqual([{ messages: 6 }]);
    expect(botMessages(eve)).toHaveLength(1);
  });

  test('who makes up button data changes nothing', async () => {
    const eve = fixture.api.person(666, 'Eve');
    const query = eve.sendsData('t:anything:pause', { message: eve.chat.messages()[0] as never });
    expect(await eve.sees(query)).toContain('I do not know you');
  });

  test('comes in with a voucher, once, and gets a channel for alerts', async () => {
    const code = await fixture.voucher(30);
    const bob = fixture.api.person(2_222, 'Bob', { username: '<b>bob</b>' });
    const wrong = await bob.asks('/start NOSUCHCODE', 'no such voucher');
    expect(wrong.text).toMatch(/left/);
    const welcome = await bob.asks(`/start ${code}`, 'Welcome');
    expect(welcome.text).toContain('You have access until');
    await bob.reads('rolls your option positions');
    const carl = fixture.api.person(3_333, 'Carl');
    await carl.asks(`/start ${code}`, 'redeemed as often');
    const channels = await fixture.query<{ kind: string }>(
      `SELECT channels.kind FROM channels JOIN identities USING (user_id) WHERE identities.id = '2222'`,
    );
    expect(channels).toEqual([{ kind: 'telegram' }]);
    await bob.asks('/positions', 'No account yet');
    await bob.asks('/task', 'No task');
  });

  test('who came in while the daemon died gets the channel at the next try', async () => {
    const code = await fixture.voucher();
    const fay = fixture.api.person(2_323, 'Fay');
    await fay.asks(`/start ${code}`, 'Welcome');
    const channelsOf = () =>
      fixture.query(
        `SELECT channels.kind FROM channels JOIN identities USING (user_id) WHERE identities.id = '2323'`,
      );
    // As it stands when the voucher was redeemed and nothing more was done.
    await fixture.query(`DELETE FROM channels USING identities
      WHERE identities.user_id = channels.user_id AND identities.id = '2323'`);
    await fay.asks(`/start ${code}`, /redeemed/);
    expect(await channelsOf()).toEqual([{ kind: 'telegram' }]);
  });

  test('who makes up a question or a verb is told so, and nothing fails', async () => {
    const message = await ann.asks('/task', 'No task');
    const query = ann.sendsData('y:\u0000', { message });
    expect(await ann.sees(query)).toContain('Only the person who asked');
    await ann.sees(ann.sendsData('t:x:__proto__', { message }));
    await ann.sees(ann.sendsData('l:constructor', { message }));
    await ann.asks('/help', 'rolls your');
    expect(botMessages(ann).join()).not.toContain('Something failed');
  });

  test('who tries many codes is locked out', async () => {
    const mallory = fixture.api.person(4_444, 'Mallory');
    for (let at = 0; at < 3; at += 1) await mallory.asks(`/start WRONG${at}`, /voucher|codes/);
    const code = await fixture.voucher();
    await mallory.asks(`/start ${code}`, 'Too many wrong codes');
  });
});

describe('an administrator', () => {
  test('has commands that others do not have', async () => {
    const root = fixture.root();
    await root.asks('/help', '/gen');
    const help = await ann.asks('/help', '/status');
    expect(help.text).not.toContain('/gen');
    await ann.asks('/gen 30', 'There is no such command');
    expect([...fixture.api.commands.keys()]).toContain('{"type":"chat","chat_id":9999}');
  });

  test('makes a voucher that lets a new person in', async () => {
    const root = fixture.root();
    const voucher = await root.asks('/gen 7', 'It is shown once');
    const code = /\/start (\S+)/.exec(voucher.text)?.[1] ?? '';
    await fixture.api.person(5_555, 'Dora').asks(`/start ${code}`, 'Welcome');
    await root.asks('/gen seven', 'Write how many days');
    await root.asks('/stats', 'strangers who wrote');
    await root.asks('/log', 'voucher');
  });

  test('bans a user after confirming, and the user sees nothing from then on', async () => {
    const root = fixture.root();
    await root.asks('/ban dora', /Ban dora|no user/i);
    const names = await fixture.query<{ name: string }>(
      `SELECT name FROM users JOIN identities ON user_id = users.id WHERE identities.id = '5555'`,
    );
    const name = names[0]?.name ?? '';
    await root.asks(`/ban ${name} too curious`, `Ban ${name}?`);
    root.presses('Confirm');
    await root.reads(`${name} is banned`);
    await fixture.api.person(5_555, 'Dora').asks('/status', 'I do not know you');
    await root.asks(`/unban ${name}`, 'is not banned');
    await root.asks('/ban nosuchuser', 'There is no user');
  });
});

describe('in a group', () => {
  test('only commands to this bot are answered, each person as that person', async () => {
    const group = fixture.api.group('Desk');
    const eve = fixture.api.person(666, 'Eve');
    ann.writes('good morning', { chat: group });
    ann.writes('/status@AnotherBot', { chat: group });
    const status = await ann.asks('/positions@RollkeeperTestBot', 'BTC 31MAR23 25000C', { chat: group });
    expect(status.reply_to_message).toBeDefined();
    eve.writes('/positions', { chat: group });
    await ann.asks('/help', 'rolls your', { chat: group });
    expect(group.messages().filter(({ from }) => from.is_bot)).toHaveLength(2);
  });

  test('a voucher is not redeemed, and no alerts come to the group', async () => {
    const group = fixture.api.group('Desk 1');
    const code = await fixture.voucher();
    await ann.asks(`/start ${code}`, 'in private', { chat: group });
    expect(
      await fixture.query(
        `SELECT channels.id FROM channels JOIN identities USING (user_id) WHERE identities.id = '1111'`,
      ),
    ).toEqual([]);
  });

  test('keys are not asked for', async () => {
    const group = fixture.api.group('Desk 2');
    await ann.asks('/accounts add', 'not for a group', { chat: group });
  });

  test('another person cannot press what was not asked of them', async () => {
    const group = fixture.api.group('Desk 3');
    const bob = fixture.api.person(2_222, 'Bob');
    await ann.asks('/add', 'Which position?', { chat: group });
    const query = bob.presses('Cancel', { chat: group });
    expect(await bob.sees(query)).toContain('not yours');
    ann.presses('Cancel', { chat: group });
    await ann.reads('Cancelled', { chat: group });
  });
});
