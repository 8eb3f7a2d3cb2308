/** A person steers tasks from a phone: the real bot, a real daemon, the paper exchange. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BotFixture } from '../../support/bot-fixture.ts';
import type { Actor } from '../../support/bot-api/server.ts';
import { callSymbol } from '../../support/daemon-fixture.ts';

let fixture: BotFixture;
let ann: Actor;

beforeAll(async () => {
  fixture = await BotFixture.open();
  ann = await fixture.ann();
  await fixture.startDaemon();
});
afterAll(() => fixture.close());

describe('a person who is known', () => {
  test('is helped in a few lines', async () => {
    const help = await ann.asks('/help', 'rolls your option positions');
    expect(help.text.length).toBeLessThan(900);
  });

  test('sees what the accounts hold', async () => {
    await ann.asks('/positions', 'BTC 31MAR23 25000C');
  });

  test('adds a task by buttons, after a preview', async () => {
    await ann.asks('/add', 'Which position?');
    ann.presses('short 0.3 BTC 31MAR23 25000C');
    await ann.reads('When is it to be rolled?');
    ann.presses('Index price…');
    await ann.reads('At which index price?');
    await ann.asks('24500', 'Where to?');
    ann.presses('1 step away');
    await ann.reads('Add this task');
    ann.presses('Confirm');
    await ann.reads('Done');
    const tasks = await fixture.daemons.store.tasks.listTasks();
    expect(tasks.map(({ state }) => state)).toEqual(['IDLE.watching']);
    expect(tasks[0]?.spec).toMatchObject({ symbol: callSymbol });
  });

  test('sees a status that edits itself', async () => {
    const status = await ann.asks('/status', 'Status');
    expect(status.text).toContain('BTC 31MAR23 25000C');
    fixture.daemons.paper.setIndex('BTC', '24000');
    await expect.poll(() => ann.chat.message(status.message_id)?.edits).toBeGreaterThan(0);
  });

  test('looks at the task, and rolls it after confirming', async () => {
    await ann.asks('/task', 'Which task?');
    const [task] = await fixture.daemons.store.tasks.listTasks();
    ann.presses(`BTC 31MAR23 25000C · ${task?.taskId ?? ''}`);
    await ann.reads('Waits for');
    for (const verb of ['Why', 'Preview', 'Ledger']) {
      ann.presses(verb);
      await ann.reads(
        verb === 'Why' ? 'Why it does not roll' : verb === 'Preview' ? 'What a roll would be' : 'Ledger',
      );
      ann.presses('‹ Back');
      await ann.reads('Waits for');
    }
    ann.presses('Roll now');
    await ann.reads('Good for 2 minutes');
    ann.presses('Confirm');
    await ann.reads('Done');
    await fixture.daemons.untilTask(
      task?.taskId ?? '',
      ({ state, context }) => context.rollsDone === 1 && state.startsWith('IDLE'),
    );
    await ann.asks('/profit', /BTC USDT ·1/);
    await ann.asks('/positions', 'BTC 31MAR23 25500C');
    await ann.asks('/accounts', '1 task, managed');
  });
});
