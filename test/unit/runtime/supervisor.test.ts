/**
 * The supervisor without a database: it brings tasks back, rolls under way first, gives a task up the moment somebody
 * else owns it, goes back to what the journal knows when a commit fails, and lets rolls end before it leaves.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { Conflict, Retryable } from '../../../src/domain/errors.ts';
import { fillAll, stayOpen } from '../../support/task-bench.ts';
import { settle } from '../../support/virtual-clock.ts';
import { House, rollUnderWay, symbol } from './house.ts';
import { storedTask } from './memory-store.ts';

let house = new House();
afterEach(() => (house = new House()));

describe('a claim', () => {
  test('brings rolls under way back first, and serves them while idle tasks follow in batches', async () => {
    const idle = Array.from({ length: 450 }, (_, at) => storedTask(`idle${at}`));
    house.store.keep(...idle, await rollUnderWay('zzz'));
    const claim = house.supervisor.claim();
    await settle();
    expect(house.supervisor.taskCount).toBe(201);
    expect(house.supervisor.rollsUnderWay().map(({ taskId }) => taskId)).toEqual(['zzz']);
    await house.during(claim, 0);
    expect(house.supervisor.taskCount).toBe(451);
  });

  test('takes every task over under a new version, and repeats without harm', async () => {
    house.store.keep(storedTask('a'));
    await house.during(house.supervisor.claim());
    await house.during(house.supervisor.claim());
    expect(house.store.tasks.get('a')?.version).toBe(2);
    await house.tick('23500');
    expect(house.links).toEqual(['close-a-v2', 'open-a-v2']);
  });

  test('leaves tasks alone that are over', async () => {
    house.store.keep({ ...storedTask('a'), state: 'COMPLETED' });
    await house.during(house.supervisor.claim());
    expect(house.supervisor.taskCount).toBe(0);
  });

  test('is not held up by an account that cannot be reached, and tries that one again later', async () => {
    house.store.accountIds = ['1', '2'];
    house.store.keep(storedTask('a'), storedTask('b', {}, '2'));
    house.unreachable.set('2', new Retryable('timeout'));
    await house.during(house.supervisor.claim(), 0);
    expect(house.supervisor.taskCount).toBe(1);
    house.unreachable.clear();
    await house.during(house.supervisor.claim(), 0);
    expect(house.supervisor.taskCount).toBe(1);
    await house.clock.advance(1_000);
    await house.during(house.supervisor.claim(), 0);
    expect(house.supervisor.taskCount).toBe(2);
  });
});

describe('a task that somebody else owns now', () => {
  test('is given up with its next turn and sends nothing', async () => {
    house.store.keep(storedTask('a'));
    await house.during(house.supervisor.claim());
    house.store.takeAway('a');
    await house.tick('23500');
    expect(house.supervisor.taskCount).toBe(0);
    await house.clock.advance(60_000);
    expect(house.supervisor.taskCount).toBe(0);
    expect(house.account.submitted).toEqual([]);
  });
});

describe('a turn that could not be stored', () => {
  test('because one from before this very daemon adopted the task again stood in front of it loses no task', async () => {
    house.store.keep(storedTask('a'));
    await house.during(house.supervisor.claim());
    house.store.failing.set('commit', new Conflict('a turn before this one was refused'));
    await house.tick('23500');
    expect(house.supervisor.taskCount).toBe(0);
    await house.clock.advance(2_000);
    expect(house.links).toEqual(['close-a-v2', 'open-a-v2']);
  });

  test('is undone: the task comes back from the journal and rolls on the price that still holds', async () => {
    house.store.keep(storedTask('a'));
    await house.during(house.supervisor.claim());
    house.store.failing.set('commit', new Retryable('too many records wait'));
    await house.tick('23500');
    expect(house.supervisor.taskCount).toBe(0);
    expect(house.account.submitted).toEqual([]);
    house.store.failing.set('reload', new Retryable('still away'));
    await house.clock.advance(1_000);
    expect(house.supervisor.taskCount).toBe(0);
    await house.clock.advance(1_000);
    expect(house.links).toEqual(['close-a-v2', 'open-a-v2']);
  });
});

describe('what the account says', () => {
  test('reaches the order it is about, and nobody else', async () => {
    house.store.keep(storedTask('a'));
    await house.during(house.supervisor.claim());
    house.account.behaviours = [stayOpen];
    await house.tick('23500');
    const before = house.store.records.length;
    for (const linkId of ['manual', 'close-b-v1', 'close-a-v9']) {
      house.account.accept({
        linkId,
        symbol,
        side: 'Buy',
        qty: '1',
        price: '1000',
        timeInForce: 'GTC',
        reduceOnly: true,
      });
      house.account.fill(linkId, '1');
    }
    await settle();
    expect(house.store.records).toHaveLength(before);
    house.account.fill('close-a-v2', '0.3');
    await settle();
    expect(house.store.records.length).toBeGreaterThan(before);
  });

  test('after a reconnect leads to a look-up of every working order', async () => {
    house.store.keep(storedTask('a'));
    await house.during(house.supervisor.claim());
    house.account.behaviours = [stayOpen];
    await house.tick('23500');
    house.account.listener?.connected();
    await settle();
    expect(house.account.lookUps).toBe(1);
  });
});

describe('stale prices', () => {
  test('fire nothing until a fresh one comes', async () => {
    await house.tick('23500');
    house.supervisor.marketListener.stale('underlying', 'nothing heard for 10 s');
    house.store.keep(storedTask('a'));
    await house.during(house.supervisor.claim());
    expect(house.store.records).toEqual([]);
    await house.tick('23500');
    expect(house.store.records).not.toEqual([]);
  });
});

describe('a new task', () => {
  test('is adopted by the command that asks for it, and watched from then on', async () => {
    const payload = { symbol, trigger: 23500, target: 1000 };
    house.store.commands.push({
      commandId: 'c1',
      accountId: '1',
      taskId: 'new',
      kind: 'add',
      askedBy: 'operator',
      payload,
    });
    await house.during(house.supervisor.claim());
    await house.supervisor.workInbox();
    expect(house.store.answers).toMatchObject([{ commandId: 'c1', status: 'done' }]);
    await house.tick('23500');
    expect(house.links).toEqual(['close-new-v1', 'open-new-v1']);
  });
});

describe('a task that was waiting for confirmation when its daemon died', () => {
  test('starts waiting anew: nobody knows whether the trigger went on holding', async () => {
    house.store.keep(storedTask('a', { trigger: { index: { above: 23500, for: '5s' } } }));
    await house.during(house.supervisor.claim());
    await house.tick('23500');
    await house.supervisor.abandon('the daemon died');
    house.supervisor.marketListener.stale('underlying', 'a new daemon has heard no price yet');
    await house.clock.advance(3_600_000);
    await house.during(house.supervisor.claim(), 10_000);
    expect(house.links).toEqual([]);
    await house.tick('23600');
    await house.clock.advance(5_000);
    expect(house.links).toHaveLength(2);
  });
});

describe('the end', () => {
  test('of a daemon waits for rolls under way and starts no new one', async () => {
    house.store.keep(storedTask('a'), storedTask('b', { trigger: 23900 }));
    await house.during(house.supervisor.claim());
    house.account.behaviours = [stayOpen];
    await house.tick('23500');
    let isDrained = false;
    const drain = house.supervisor.drain(60_000).then(() => (isDrained = true));
    await house.tick('24000');
    await house.clock.advance(1_000);
    expect(isDrained).toBe(false);
    house.account.behaviours = [fillAll];
    house.account.fill('close-a-v2', '0.3');
    await house.clock.advance(1_000);
    await drain;
    expect(house.links).toEqual(['close-a-v2', 'open-a-v2']);
  });

  test('puts a task that waits for confirmation back to watching: nothing starts while draining', async () => {
    house.store.keep(storedTask('a'), storedTask('b', { trigger: { index: { above: 23400, for: '5s' } } }));
    await house.during(house.supervisor.claim());
    house.account.behaviours = [stayOpen];
    await house.tick('23500');
    void house.supervisor.drain(60_000);
    await house.clock.advance(10_000);
    expect(house.links).toEqual(['close-a-v2']);
  });

  test('is not put off for ever by a roll that does not end', async () => {
    house.store.keep(await rollUnderWay('a'));
    await house.during(house.supervisor.claim());
    await house.during(house.supervisor.drain(5_000), 5_000);
    expect(house.supervisor.rollsUnderWay()).toHaveLength(1);
    await house.supervisor.stop();
    expect(house.supervisor.taskCount).toBe(0);
  });

  test('waits for a claim that is under way and takes nothing of it: a shard claimed after it would be held for ever', async () => {
    house.store.keep(storedTask('a'));
    let answer = (): void => undefined;
    Object.assign(house.store.ownership, {
      claimAccounts: () =>
        new Promise(
          (resolve) => (answer = () => resolve({ shards: [{ shard: 1, accountIds: ['1'] }], surplus: 0 })),
        ),
    });
    const claim = house.supervisor.claim();
    let hasStopped = false;
    const stop = house.supervisor.stop().then(() => (hasStopped = true));
    await settle();
    expect(hasStopped).toBe(false);
    answer();
    await Promise.all([claim, stop]);
    expect(house.supervisor.taskCount).toBe(0);
  });

  test('of ownership gives every task up, and the next claim brings them back', async () => {
    house.store.keep(storedTask('a'));
    await house.during(house.supervisor.claim());
    await house.supervisor.abandon('the session ended');
    expect(house.supervisor.taskCount).toBe(0);
    await house.tick('23500');
    expect(house.account.submitted).toEqual([]);
    await house.during(house.supervisor.claim());
    expect(house.links).toEqual(['close-a-v3', 'open-a-v3']);
  });
});
