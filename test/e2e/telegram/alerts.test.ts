/** What a chat receives and how it stops everything: alerts through the daemon's deliverer, noise, halt and resume. */
import { afterAll, beforeAll, expect, test } from 'vitest';
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

test('alerts reach the chat of a person who has written /start, and /alerts sets how loud it is', async () => {
  await ann.asks('/start', 'rolls your option positions');
  await ann.asks('/alerts', 'receives warnings and critical ones');
  ann.presses('All');
  await ann.reads('receives everything');
  const taskId = await fixture.daemons.addTask();
  await ann.asks(`/task ${taskId}`, 'Waits for');
  ann.presses('Remove');
  await ann.reads('Remove the task?');
  ann.presses('Confirm');
  const alert = await ann.reads('was removed');
  expect(alert.text).toContain(taskId);
});

test('/halt asks back and halts, /halt now asks nothing, /resume undoes it', async () => {
  await ann.asks('/halt', 'Halt trading in your account?');
  ann.presses('Confirm');
  await ann.reads('Trading is halted in 1 account.');
  await ann.asks('/halt now', 'as before');
  await ann.asks('/halt nosuchaccount', 'There is no account');
  await ann.asks('/halt everywhere', 'for everybody?');
  ann.presses('Confirm');
  await ann.reads('Only an administrator');
  await ann.asks('/resume', 'Resume trading in your account?');
  ann.presses('Confirm');
  await ann.reads('The halt is lifted');
});

test('a question whether to roll is answered by a button, once, and its buttons go', async () => {
  await fixture.daemons.addTask({ approval: { timeout: '10m', otherwise: 'skip' } });
  fixture.daemons.paper.setIndex('BTC', '24600');
  const asked = await ann.reads('May the task roll', { after: ann.chat.messages().at(-1)?.message_id ?? 0 });
  await expect
    .poll(() =>
      ann.chat
        .message(asked.message_id)
        ?.reply_markup?.inline_keyboard?.flat()
        .map(({ text }) => text),
    )
    .toEqual(['Roll', 'Skip']);
  const queries = [ann.presses('Roll', { message: asked }), ann.presses('Skip', { message: asked })];
  await Promise.all(queries.map((query) => ann.sees(query)));
  await expect.poll(() => ann.chat.message(asked.message_id)?.reply_markup).toBeUndefined();
  await fixture.daemons.until(async () =>
    (await fixture.daemons.store.tasks.listTasks()).some(
      ({ snapshotJson }) => snapshotJson?.includes('"rollsDone":1') === true,
    ),
  );
  expect(fixture.daemons.orders()).toHaveLength(2);
});
