/** What the bot survives: repeats, restarts in the middle, a second daemon, late and double presses. Each acts once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BotFixture } from '../../support/bot-fixture.ts';
import type { Actor } from '../../support/bot-api/server.ts';

let fixture: BotFixture;
let ann: Actor;

beforeEach(async () => {
  fixture = await BotFixture.open();
  ann = await fixture.ann();
});
afterEach(() => fixture.close());

const commands = (): Promise<{ kind: string; id: string }[]> =>
  fixture.query(`SELECT kind, id FROM commands ORDER BY seq`);

async function toTheConfirmation(): Promise<void> {
  await ann.asks('/add', 'Which position?');
  ann.presses('short 0.3 BTC 31MAR23 25000C');
  await ann.reads('When is it to be rolled?');
  ann.presses('Delta above 0.45');
  await ann.reads('Where to?');
  ann.presses('2 steps away');
  await ann.reads('Add this task');
}

describe('a dialogue', () => {
  test('goes on after a daemon was killed in the middle of it', async () => {
    const first = await fixture.startDaemon();
    await ann.asks('/add', 'Which position?');
    ann.presses('short 0.3 BTC 31MAR23 25000C');
    await ann.reads('When is it to be rolled?');
    await first.kill();
    ann.presses('Index price…');
    await fixture.startDaemon();
    await ann.reads('At which index price?');
    await ann.asks('24500', 'Where to?');
    ann.presses('1 step away');
    await ann.reads('Add this task');
    ann.presses('Confirm');
    await ann.reads('Done');
    expect((await commands()).map(({ kind }) => kind)).toEqual(['add']);
  });

  test('leaves at /cancel, and its former buttons do nothing', async () => {
    await fixture.startDaemon();
    const asked = await ann.asks('/add', 'Which position?');
    await ann.asks('/cancel', 'Cancelled');
    await ann.asks('/cancel', 'nothing to cancel');
    const query = ann.presses('short 0.3 BTC 31MAR23 25000C', { message: asked });
    expect(await ann.sees(query)).toContain('over');
  });

  test('says what is wrong and asks again', async () => {
    await fixture.startDaemon();
    await ann.asks('/add', 'Which position?');
    ann.presses('short 0.3 BTC 31MAR23 25000C');
    await ann.reads('When is it to be rolled?');
    await ann.asks('indexx: { above: 1 }', 'Where to?');
    await ann.asks('+1000', /indexx/);
    await ann.asks('/cancel', 'Cancelled');
  });
});

describe('a confirmation', () => {
  test('counts once: pressed twice, and with its updates repeated', async () => {
    await fixture.startDaemon();
    await toTheConfirmation();
    const queries = [ann.presses('Confirm'), ann.presses('Confirm'), ann.presses('Cancel')];
    const [press] = fixture.api.updates.given.slice(-3);
    if (press) fixture.api.updates.push(press, press);
    await ann.reads('Done');
    const answers = await Promise.all(queries.map((query) => ann.sees(query)));
    expect(answers.slice(1)).toEqual([
      'This was confirmed before. Nothing more was done.',
      'This was confirmed before. Nothing more was done.',
    ]);
    if (press) fixture.api.updates.push(press);
    await ann.asks('/help', 'rolls your');
    expect((await commands()).map(({ kind }) => kind)).toEqual(['add']);
    expect(fixture.last(ann)).toContain('rolls your');
  });

  test('is of no use after two minutes', async () => {
    await fixture.startDaemon();
    await toTheConfirmation();
    await fixture.query(`UPDATE telegram_questions SET expires_at = expires_at - interval '2 minutes'`);
    const query = ann.presses('Confirm');
    expect(await ann.sees(query)).toContain('Too late');
    await ann.reads('Nothing was done');
    expect(await commands()).toEqual([]);
  });

  test('counts once when the daemon is killed right after the press', async () => {
    const first = await fixture.startDaemon();
    await toTheConfirmation();
    ann.presses('Confirm');
    await fixture.daemons.until(async () => (await commands()).length > 0);
    await first.kill();
    await fixture.startDaemon();
    await ann.reads(/Done|Refused/);
    expect(fixture.last(ann)).toContain('Done');
    expect((await commands()).map(({ kind }) => kind)).toEqual(['add']);
    expect(await fixture.daemons.store.tasks.listTasks()).toHaveLength(1);
  });

  test('of a roll that has become another one does nothing and shows it anew', async () => {
    await fixture.startDaemon();
    const taskId = await fixture.daemons.addTask();
    await ann.asks(`/task ${taskId}`, 'Waits for');
    ann.presses('Roll now');
    await ann.reads('Good for 2 minutes');
    fixture.daemons.paper.setIndex('BTC', '24300');
    await new Promise((resolve) => setTimeout(resolve, 500));
    ann.presses('Confirm');
    await ann.reads('Not done');
    expect((await commands()).map(({ kind }) => kind)).toEqual(['add']);
    expect(fixture.daemons.orders()).toEqual([]);
  });
});

describe('two daemons', () => {
  test('have one poller, and the other one takes over when it dies', async () => {
    const first = await fixture.startDaemon();
    const second = await fixture.startDaemon();
    await ann.asks('/help', 'rolls your');
    const speaks = (daemon: typeof first): boolean =>
      daemon.logs.some((line) => line.includes('this daemon speaks for the Telegram bot'));
    expect([speaks(first), speaks(second)].filter(Boolean)).toHaveLength(1);
    expect(fixture.api.conflicts).toBe(0);
    await (speaks(first) ? first : second).kill();
    await ann.asks('/positions', 'BTC 31MAR23 25000C');
  });
});

describe('Telegram', () => {
  test('may refuse, fail, hang up, limit and conflict: the bot goes on and the daemon does not end', async () => {
    const daemon = await fixture.startDaemon();
    await ann.asks('/help', 'rolls your');
    const page = '<html><body>502 Bad Gateway</body></html>';
    fixture.api.fail(
      'getUpdates',
      { kind: 'answer', status: 502, body: page },
      { kind: 'reset' },
      {
        kind: 'answer',
        status: 409,
        body: '{"ok":false,"error_code":409,"description":"Conflict: terminated"}',
      },
      {
        kind: 'answer',
        status: 429,
        body: '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}',
      },
    );
    fixture.api.fail('sendMessage', { kind: 'reset' }, { kind: 'answer', status: 500, body: page });
    await ann.asks('/positions', 'BTC 31MAR23 25000C');
    ann.chat.flood(2);
    await ann.asks('/accounts', 'Accounts');
    fixture.api.updates.push({ update_id: -1, message: 'nonsense' });
    fixture.api.updates.push({ update_id: 7, something: { new: true } });
    await ann.asks('/help', 'rolls your');
    expect(daemon.process.exitCode).toBeNull();
    expect(daemon.logs.filter((line) => line.includes(fixture.api.token))).toEqual([]);
    const tables = await fixture.query<{ text: string }>(
      `SELECT query_to_xml('SELECT * FROM telegram_updates', true, true, '')::text AS text`,
    );
    expect(tables[0]?.text).not.toContain(fixture.api.token);
  });

  test('lets a person who floods the bot wait, and nobody else', async () => {
    await fixture.startDaemon();
    const root = fixture.root();
    await root.asks('/help', 'rolls your');
    ann.chat.flood(20);
    for (let at = 0; at < 150; at += 1) ann.writes('/help');
    const before = performance.now();
    await root.asks('/help', 'rolls your');
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  test('is not told the status again when nothing has changed, and a deleted one is left alone', async () => {
    await fixture.startDaemon();
    await fixture.daemons.addTask();
    const status = await ann.asks('/status', 'BTC 31MAR23 25000C');
    const second = await ann.asks('/status', 'BTC 31MAR23 25000C');
    await expect.poll(() => ann.chat.message(status.message_id)).toBeUndefined();
    ann.chat.delete(second.message_id);
    await expect.poll(() => fixture.query('SELECT 1 FROM telegram_boards')).toEqual([]);
  });
});
