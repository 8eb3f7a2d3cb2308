import { beforeEach, expect, it } from 'vitest';
import { rememberedTasks } from '../../../src/application/remembered-tasks.ts';
import type { TaskReading, TaskRow, WantedTasks } from '../../../src/ports/task-reading.ts';

const everything = { userId: null };
const row = (taskId: string, version: number): TaskRow => ({
  taskId,
  version,
  state: version === 0 ? 'QUEUED' : 'IDLE.watching',
  spec: { of: taskId, version },
  snapshotJson: version === 0 ? null : `{"version":${version}}`,
  accountId: '1',
  accountName: 'main',
  environment: 'paper',
  trouble: null,
  userName: 'ann',
  role: 'owner',
  createdAtMs: 1,
  updatedAtMs: version,
});

let stored: TaskRow[];
/** The ids that each list was read for; `all` without ids. */
let reads: (readonly string[] | 'all')[];
let tasks: TaskReading;
beforeEach(() => {
  stored = [row('a', 1), row('b', 5), row('c', 0)];
  reads = [];
  const source: Pick<TaskReading, 'listTasks' | 'taskHeads'> = {
    listTasks: ({ taskIds }: WantedTasks) => {
      reads.push(taskIds ?? 'all');
      return Promise.resolve(stored.filter(({ taskId }) => taskIds?.includes(taskId) ?? true));
    },
    taskHeads: () => Promise.resolve(stored.map(({ spec: _, snapshotJson: __, ...head }) => head)),
  };
  tasks = rememberedTasks(source as TaskReading);
});
const list = (): Promise<readonly TaskRow[]> => tasks.listTasks({}, everything);

it('reads every snapshot once, and later those of tasks that have changed', async () => {
  const first = await list();
  expect(first).toEqual(stored);
  const [same] = await list();
  expect(same).toBe(first[0]);
  expect(reads).toEqual(['all']);
  stored = [row('a', 2), row('b', 5), row('c', 0)];
  expect(await list()).toEqual(stored);
  stored = [row('a', 2), row('b', 5), row('c', 1)];
  expect(await list()).toEqual(stored);
  expect(reads).toEqual(['all', ['a'], ['c']]);
});

it('shows what has changed of an account though its tasks have not', async () => {
  await list();
  const trouble = { code: '10003', text: 'the key has expired', sinceMs: 1 } as unknown as TaskRow['trouble'];
  stored = stored.map((one) => ({ ...one, accountName: 'renamed', trouble }));
  expect(await list()).toEqual(stored);
  expect(reads).toEqual(['all']);
});

it('forgets tasks that are gone, and takes one of the same id for another', async () => {
  await list();
  stored = stored.slice(1);
  expect(await list()).toEqual(stored);
  stored = [{ ...row('b', 5), createdAtMs: 2, spec: 'another' }, row('c', 0), row('d', 1)];
  expect(await list()).toEqual(stored);
  expect(reads).toEqual(['all', 'all']);
});

it('reads for lists that are asked at the same time once, and again after one that failed', async () => {
  expect(await Promise.all([list(), list()])).toEqual([stored, stored]);
  expect(reads).toEqual(['all']);
  const good = stored;
  stored = null as never;
  await expect(list()).rejects.toThrow();
  stored = good;
  expect(await list()).toEqual(stored);
});

it('passes questions for single tasks on', async () => {
  expect(await tasks.listTasks({ taskIds: ['b'] }, everything)).toEqual([row('b', 5)]);
  expect(reads).toEqual([['b']]);
});
