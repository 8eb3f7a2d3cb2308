/** Keys that are sent to the bot: deleted from the chat at once, and the secret stands nowhere afterwards. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BotFixture } from '../../support/bot-fixture.ts';
import type { Actor } from '../../support/bot-api/server.ts';
import type { NamedDaemon } from '../../support/daemon-fixture.ts';

const marked = {
  secret: 'MARKEDSECRET0aaaaaaaaaaaaaaaaaaaaaaa1',
  typo: 'MARKEDTYPO0bbbbbbbbbbbbbbbbbbbb bbbb2',
  stray: 'MARKEDSTRAY0ccccccccccccccccccccccccc3',
  key: 'MARKEDKEY00000001',
} as const;

let fixture: BotFixture;
let ann: Actor;
let daemon: NamedDaemon;

beforeAll(async () => {
  fixture = await BotFixture.open();
  ann = await fixture.ann();
  const { key: apiKey, secret: apiSecret } = marked;
  fixture.daemons.paper.addAccount({ apiKey, apiSecret, usdt: '1000', key: {} });
  daemon = await fixture.startDaemon();
});
afterAll(() => fixture.close());

const isInChat = (text: string): boolean =>
  ann.chat.messages().some((message) => message.text.includes(text));

/** Every row of every table, as text. */
async function database(): Promise<string> {
  const tables = await fixture.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) =>
      fixture.query<{ text: string }>(`SELECT row_to_json(t)::text AS text FROM ${name} t`),
    ),
  );
  return rows
    .flat()
    .map(({ text }) => text)
    .join('\n');
}

describe('a key that is sent to the bot', () => {
  test('adds an account, and key and secret leave the chat at once', async () => {
    await ann.asks('/accounts add', 'Write a short name');
    await ann.asks('second', 'Send the API key');
    await ann.asks(marked.key, 'Now send the API secret');
    expect(isInChat(marked.key)).toBe(false);
    await ann.asks(marked.typo, 'This is no API secret');
    expect(isInChat(marked.typo)).toBe(false);
    await fixture.daemons.until(
      async () => (await fixture.query('SELECT 1 FROM telegram_dialogues')).length === 1,
    );
    await ann.asks(marked.secret, 'Account second was added');
    expect(isInChat(marked.secret)).toBe(false);
  });

  test('is deleted also where nobody asked for it, and behind a command', async () => {
    await ann.asks(marked.stray, 'looks like a key');
    expect(isInChat(marked.stray)).toBe(false);
    await ann.asks(`secret:${marked.stray}.`, 'looks like a key');
    expect(isInChat(marked.stray)).toBe(false);
    await ann.asks(`/accounts add main ${marked.stray}`, 'Write a short name');
    expect(isInChat(marked.stray)).toBe(false);
    await ann.asks('/cancel', 'Cancelled');
  });

  test('is the person’s to delete where Telegram refuses', async () => {
    await ann.asks('/accounts add', 'Write a short name');
    await ann.asks('third', 'Send the API key');
    fixture.api.fail('deleteMessage', {
      kind: 'answer',
      status: 400,
      body: `{"ok":false,"error_code":400,"description":"Bad Request: message can't be deleted"}`,
    });
    await ann.asks('MARKEDKEY00000002', 'Delete it yourself');
    await ann.asks('/cancel', 'Cancelled');
  });

  test('stands in no row, no log, no message of the bot', async () => {
    const rows = await database();
    const sent = JSON.stringify(fixture.api.calls);
    const logs = daemon.logs.join('\n');
    for (const secret of [marked.secret, marked.typo, marked.stray, fixture.api.token]) {
      expect(rows).not.toContain(secret);
      expect(sent).not.toContain(secret);
      expect(logs).not.toContain(secret);
    }
    expect(rows).toContain(marked.key);
  });
});

describe('what is hostile', () => {
  test('does nothing: huge texts, control characters, names with markup', async () => {
    const eve = fixture.api.person(667, '<b>Eve</b>\u202E\u0000@everyone', { username: 'x'.repeat(500) });
    eve.writes('/start ' + 'A'.repeat(50_000));
    await eve.reads(/voucher/);
    for (const text of [
      'x'.repeat(100_000),
      '/task ' + '../'.repeat(1_000),
      '/task \u0000\u0001',
      '/profit 99999999999999999999',
      '/log <script>alert(1)</script>',
      '/zone ../../etc/passwd',
      '/add',
      '[[[['.repeat(2_000),
      '{a: &x [*x, *x]}',
      '/cancel',
      '/ban fixture',
      '/gen 30',
      '/' + 'a'.repeat(4_000),
    ])
      ann.writes(text);
    for (const data of [
      '',
      'y:',
      'y:x',
      'd:',
      'd:x:y:z',
      't:',
      't::',
      `t:${'a'.repeat(50)}:roll`,
      'a:1:r',
      'a:x',
      'l:x',
      '\u0000',
      'z:1',
    ])
      ann.sendsData(data, { message: ann.chat.messages()[0] as never });
    await ann.asks('/help', 'rolls your');
    expect(daemon.process.exitCode).toBeNull();
    const failed = daemon.logs.filter((line) => line.includes('an update from Telegram failed'));
    expect(failed).toEqual([]);
  });
});
