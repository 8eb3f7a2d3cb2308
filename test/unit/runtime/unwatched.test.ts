/** For how long at most no daemon watched an account, as its next daemon reports it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SupervisorFixture } from './supervisor-fixture.ts';
import { storedTask } from './memory-store.ts';

let fixture: SupervisorFixture;
let reported: number[];
let heldElsewhere: number[];

beforeEach(() => {
  fixture = new SupervisorFixture();
  reported = [];
  heldElsewhere = [];
  fixture.observer = {
    turn: () => undefined,
    lost: () => undefined,
    admitted: () => undefined,
    watchedAgain: (unwatchedMaxMs) => void reported.push(unwatchedMaxMs),
  };
  fixture.store.keep(storedTask('a'));
  const { ownership } = fixture.store;
  const claimAccounts = ownership.claimAccounts.bind(ownership);
  Object.assign(ownership, {
    claimAccounts: async () => ({
      ...(await claimAccounts()),
      ...(heldElsewhere.length > 0 ? { shards: [] } : {}),
      heldElsewhere,
    }),
  });
  fixture.start();
});
afterEach(() => fixture.supervisor.stop());

const look = (): Promise<void> => fixture.during(fixture.supervisor.claim());

test('a daemon that finds nothing held by another reports nothing, because nothing knows', async () => {
  await look();
  expect(fixture.supervisor.taskCount).toBe(1);
  expect(reported).toEqual([]);
});

test('after another daemon has died it counts from the last look at which that one held the account', async () => {
  heldElsewhere = [1];
  await look();
  await fixture.clock.advance(1_000);
  await look();
  const seenAtMs = fixture.clock.nowMs();
  await fixture.clock.advance(700);
  heldElsewhere = [];
  await look();
  expect(reported).toHaveLength(1);
  expect(reported[0]).toBeGreaterThanOrEqual(700);
  expect(reported[0]).toBeLessThanOrEqual(fixture.clock.nowMs() - seenAtMs + 100);
});

test('after one that says that it gives the account back, from when that one stopped watching', async () => {
  heldElsewhere = [1];
  await look();
  await fixture.clock.advance(900);
  fixture.supervisor.freed({ shard: 1, forMs: 40 });
  heldElsewhere = [];
  await look();
  expect(reported).toHaveLength(1);
  expect(reported[0]).toBeGreaterThanOrEqual(40);
  expect(reported[0]).toBeLessThan(900);
});

test('a daemon that lost its session counts from the moment at which it dropped its tasks', async () => {
  await look();
  await fixture.supervisor.abandon('the session ended');
  await fixture.clock.advance(500);
  await look();
  expect(reported).toHaveLength(1);
  expect(reported[0]).toBeGreaterThanOrEqual(500);
});
