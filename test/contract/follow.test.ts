/** What is told of an installation as it happens, by a real database that cannot be read now and then. */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { operator } from '../../src/application/caller.ts';
import { follow, type Followed } from '../../src/application/follow.ts';
import type { Store } from '../../src/store/store.ts';
import {
  addTestAccount,
  createTestDatabase,
  createTestTasks,
  openTestStore,
  type TestDatabase,
} from '../support/database.ts';
import type { HaltKeeping } from '../../src/ports/halts.ts';
import type { Ports } from '../../src/application/ports.ts';
import type { TaskReading } from '../../src/ports/task-reading.ts';
import { portsOn } from '../support/people-fixture.ts';

type FollowPorts = Pick<Ports, 'tasks' | 'halts'>;

let database: TestDatabase;
let store: Store;
let daemon: Store;
let accountId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await openTestStore(database.url);
  daemon = await openTestStore(database.url, { daemonName: 'daemon-a' });
  accountId = await addTestAccount(daemon);
  await daemon.ownership.claimAccounts();
});
afterAll(async () => {
  await store.close();
  await daemon.close();
  await database.drop();
});

/** Follows until it is ended. `told` grows meanwhile. */
function following(changed: Partial<FollowPorts>) {
  const ending = new AbortController();
  const told: Followed[] = [];
  const over = (async () => {
    for await (const each of follow(operator, { ...portsOn(store), ...changed }, { signal: ending.signal }))
      told.push(each);
  })();
  const end = async (): Promise<void> => {
    ending.abort();
    await over;
  };
  onTestFinished(end);
  return { told, end, ofKind: (wanted: Followed['kind']) => told.filter(({ kind }) => kind === wanted) };
}

const movedTo = (taskId: string) =>
  ({ kind: 'task', accountId, taskId, version: 1, state: 'IDLE', atMs: 1 }) as const;

it('tells a step that it has read, though what it reads next cannot be read, and tells it once', async () => {
  const state = { isBegun: false, isAway: false };
  const halts = {
    inForce: () => store.halts.inForce(),
    ofAccounts: (ids: readonly string[]) => {
      state.isBegun = true;
      if (!state.isAway) return store.halts.ofAccounts(ids);
      state.isAway = false;
      return Promise.reject(new Error('the database is away'));
    },
  } as HaltKeeping;
  const { ofKind, end } = following({ halts });
  await expect.poll(() => state.isBegun).toBe(true);
  await createTestTasks(daemon, accountId, ['task-1']);
  // In one notice with the step, so that halts are read right after it.
  const halted = { kind: 'halt', accountId, isHalted: true, atMs: 1 } as const;
  state.isAway = true;
  await expect
    .poll(async () => {
      await daemon.relay.send([movedTo('task-1'), halted]);
      return ofKind('step').length;
    })
    .toBe(1);
  await expect.poll(() => ofKind('away').length).toBe(1);
  await end();
  expect(ofKind('step')).toMatchObject([{ taskId: 'task-1', step: { version: 1 } }]);
});

it('tells once that the database is away, tries again now and then, and tells what happened meanwhile', async () => {
  const state = { isBegun: false, isAway: false, tries: 0 };
  const steps: TaskReading['journalSteps'] = (...asked) => {
    state.tries += 1;
    return state.isAway
      ? Promise.reject(new Error('the database is away'))
      : store.tasks.journalSteps(...asked);
  };
  const { tasks: read } = store;
  const tasks = {
    showTask: (...asked) => read.showTask(...asked),
    tasksLike: (...asked) => read.tasksLike(...asked),
    sealsOf: (...asked) => read.sealsOf(...asked),
    journalSteps: steps,
    taskVersions: (...asked) => {
      state.isBegun = true;
      return read.taskVersions(...asked);
    },
  } as TaskReading;
  const { told, ofKind, end } = following({ tasks });
  await expect.poll(() => state.isBegun).toBe(true);
  for (const [time, taskId] of ['task-2', 'task-3'].entries()) {
    state.isAway = true;
    await createTestTasks(daemon, accountId, [taskId]);
    await expect
      .poll(async () => {
        await daemon.relay.send([movedTo(taskId)]);
        return ofKind('away').length;
      })
      .toBe(time + 1);
    const { tries } = state;
    for (let question = 0; question < 150; question += 1) await store.system.daemons();
    // It waits, and does not ask as often as it can: that would be every few questions of this test.
    expect(state.tries - tries).toBeLessThan(10);
    await expect.poll(() => state.tries - tries).toBeGreaterThan(0);
    state.isAway = false;
    await expect.poll(() => ofKind('step').length).toBe(time + 1);
  }
  await end();
  expect(told.filter(({ kind }) => kind !== 'daemon')).toMatchObject([
    { kind: 'away', said: 'the database is away' },
    { kind: 'step', taskId: 'task-2' },
    { kind: 'away', said: 'the database is away' },
    { kind: 'step', taskId: 'task-3' },
  ]);
});
