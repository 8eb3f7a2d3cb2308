/**
 * One price wakes more tasks than may decide at the same time: whether they roll or fail, each of them gets its turn.
 */
import { expect, test } from 'vitest';
import { holdingsOf } from '../../../src/domain/roll/holdings.ts';
import type { TaskActor } from '../../../src/runtime/task/task-actor.ts';
import { TasksFixture } from './tasks-fixture.ts';

const total = 300;

/** As many tasks, each of another account. */
function herd(fixture: TasksFixture, changes: object = {}): TaskActor[] {
  return Array.from({ length: total }, (_, at) =>
    fixture.add(`task${String(at).padStart(6, '0')}`, changes, `${at}`),
  );
}

const statesOf = (tasks: readonly TaskActor[]): readonly string[] => [
  ...new Set(tasks.map(({ state }) => state)),
];

test('all of them roll', async () => {
  const fixture = new TasksFixture(`${total}`);
  const tasks = herd(fixture, { execution: { style: 'cross' } });
  fixture.tick('23500');
  await fixture.clock.advance(60_000);
  expect(statesOf(tasks)).toEqual(['IDLE.coolingDown']);
  expect(
    tasks.flatMap(({ context }) => holdingsOf(context)).every(({ symbol }) => symbol.includes('-25000-')),
  ).toBe(true);
  expect(fixture.account.submitted).toHaveLength(2 * total);
});

test('all of them are refused when the target is not quoted', async () => {
  const fixture = new TasksFixture(`${total}`);
  const tasks = herd(fixture);
  fixture.market.silent.add('25000');
  fixture.tick('23500');
  await fixture.clock.advance(60_000);
  expect(statesOf(tasks)).toEqual(['IDLE.coolingDown']);
  expect(tasks.filter(({ context }) => context.reasons.length === 0)).toEqual([]);
});

test('all of them end their roll while the market cannot be read, and roll after their cooldown when it can be again', async () => {
  const fixture = new TasksFixture(`${total}`);
  const tasks = herd(fixture, { execution: { style: 'cross' } });
  fixture.market.isAway = true;
  fixture.tick('23500');
  await fixture.clock.advance(60_000);
  expect(statesOf(tasks)).toEqual(['IDLE.coolingDown']);
  expect(tasks.map(({ context }) => context.rollsDone)).toEqual(Array(total).fill(0));
  fixture.market.isAway = false;
  await fixture.clock.advance(360_000);
  expect(tasks.map(({ context }) => context.rollsDone)).toEqual(Array(total).fill(1));
});

test('those that wait are admitted when the tasks that decide are dropped', async () => {
  const fixture = new TasksFixture(`${total}`);
  const tasks = herd(fixture, { execution: { style: 'cross' } });
  fixture.account.margin = () => new Promise(() => undefined);
  fixture.tick('23500');
  await fixture.clock.advance(1_000);
  expect(fixture.account.submitted).toHaveLength(0);
  const deciding = tasks.filter(({ taskId }) => fixture.admission.has(taskId));
  expect(deciding.length).toBeLessThan(total / 2);
  Reflect.deleteProperty(fixture.account, 'margin');
  deciding.forEach((task) => task.stop());
  await fixture.clock.advance(60_000);
  expect(fixture.account.submitted).toHaveLength(2 * (total - deciding.length));
});
