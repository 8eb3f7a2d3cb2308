/** A task keeps its place among those that decide until its order has left, whatever else happens to it meanwhile, and no longer. */
import { expect, test } from 'vitest';
import { stayOpen } from '../../support/task-fixture.ts';
import { TasksFixture } from './tasks-fixture.ts';

/** A promise that a test settles. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

test('a task decides while it reads the market and while its order is submitted, and not while the order works', async () => {
  const fixture = new TasksFixture();
  const { account, admission, clock } = fixture;
  const task = fixture.add('task000001');
  const [reading, submitting] = [gate(), gate()];
  account.margin = async () => {
    await reading.opened;
    return account.marginNow;
  };
  account.behaviours = [
    async (order) => {
      await submitting.opened;
      await stayOpen(order, account);
    },
  ];
  expect(admission.has(task.taskId)).toBe(false);
  fixture.tick('23500');
  await clock.advance(100);
  expect([task.state, admission.has(task.taskId)]).toEqual(['ROLL_INITIATED.planning', true]);
  // Another turn of the task ends no reading.
  task.send({ type: 'RESUME', commandId: 'c' });
  await clock.advance(0);
  expect(account.submitted).toHaveLength(0);
  expect(admission.has(task.taskId)).toBe(true);
  reading.open();
  await clock.advance(100);
  expect(account.submitted).toHaveLength(1);
  expect(admission.has(task.taskId)).toBe(true);
  submitting.open();
  await clock.advance(0);
  expect(account.orders.size).toBe(1);
  expect(admission.has(task.taskId)).toBe(false);
});
