/** What is told of an installation as it happens, by a real database that cannot be read now and then. */
import { afterAll, beforeAll, expect, it } from 'vitest';
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
import { portsOn } from '../support/people-fixture.ts';

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

it('tells a step that it has read, though what it reads next cannot be read, and tells it once', async () => {
  const ports = portsOn(store);
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
  const ending = new AbortController();
  const told: Followed[] = [];
  const following = (async () => {
    for await (const each of follow(operator, { ...ports, halts }, { signal: ending.signal }))
      told.push(each);
  })();
  await expect.poll(() => state.isBegun).toBe(true);
  await createTestTasks(daemon, accountId, ['task-1']);
  const steps = (): Followed[] => told.filter(({ kind }) => kind === 'step');
  const moved = { kind: 'task', accountId, taskId: 'task-1', version: 1, state: 'IDLE', atMs: 1 } as const;
  // In one notice with the step, so that halts are read right after it.
  const halted = { kind: 'halt', accountId, isHalted: true, atMs: 1 } as const;
  state.isAway = true;
  await expect
    .poll(async () => {
      await daemon.relay.send([moved, halted]);
      return steps().length;
    })
    .toBe(1);
  await expect.poll(() => told.some(({ kind }) => kind === 'away')).toBe(true);
  ending.abort();
  await following;
  expect(steps()).toMatchObject([{ taskId: 'task-1', step: { version: 1 } }]);
});
