/**
 * The supervisor without a database: it restores tasks, rolls under way first, drops a task the moment another daemon
 * owns it, restores it from the journal when a commit fails, and lets rolls end before it leaves.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { Conflict, Retryable } from '../../../src/domain/errors.ts';
import { fillAll, stayOpen } from '../../support/task-fixture.ts';
import { settle } from '../../support/virtual-clock.ts';
import { SupervisorFixture, rollUnderWay } from './supervisor-fixture.ts';
import { storedTask, symbol } from './memory-store.ts';

let fixture = new SupervisorFixture();
afterEach(() => (fixture = new SupervisorFixture()));

describe('a claim', () => {
  test('restores rolls under way first, and serves them while idle tasks follow in batches', async () => {
    const idle = Array.from({ length: 450 }, (_, at) => storedTask(`idle${at}`));
    fixture.store.keep(...idle, await rollUnderWay('zzz'));
    const claim = fixture.supervisor.claim();
    await settle();
    expect(fixture.supervisor.taskCount).toBe(201);
    expect(fixture.supervisor.rollsUnderWay().map(({ taskId }) => taskId)).toEqual(['zzz']);
    await fixture.during(claim, 0);
    expect(fixture.supervisor.taskCount).toBe(451);
  });

  test('takes every task over, and may be repeated', async () => {
    fixture.store.keep(storedTask('a'));
    await fixture.during(fixture.supervisor.claim());
    await fixture.during(fixture.supervisor.claim());
    expect(fixture.store.tasks.get('a')?.version).toBe(2);
    await fixture.tick('23500');
    expect(fixture.links).toEqual(['close-a-v2', 'open-a-v2']);
  });

  test('leaves tasks alone that are over', async () => {
    fixture.store.keep({ ...storedTask('a'), state: 'COMPLETED', phase: 'over' });
    await fixture.during(fixture.supervisor.claim());
    expect(fixture.supervisor.taskCount).toBe(0);
  });

  test('is not held up by an account that cannot be reached, and tries that one again later', async () => {
    fixture.store.accountIds = ['1', '2'];
    fixture.store.keep(storedTask('a'), storedTask('b', {}, '2'));
    fixture.unreachable.set('2', new Retryable('timeout'));
    await fixture.during(fixture.supervisor.claim(), 0);
    expect(fixture.supervisor.taskCount).toBe(1);
    fixture.unreachable.clear();
    await fixture.during(fixture.supervisor.claim(), 0);
    expect(fixture.supervisor.taskCount).toBe(1);
    await fixture.clock.advance(1_000);
    await fixture.during(fixture.supervisor.claim(), 0);
    expect(fixture.supervisor.taskCount).toBe(2);
  });
});

describe('a task that another daemon owns now', () => {
  test('is dropped with its next turn and sends nothing', async () => {
    fixture.store.keep(storedTask('a'));
    await fixture.during(fixture.supervisor.claim());
    fixture.store.takeAway('a');
    await fixture.tick('23500');
    expect(fixture.supervisor.taskCount).toBe(0);
    await fixture.clock.advance(60_000);
    expect(fixture.supervisor.taskCount).toBe(0);
    expect(fixture.account.submitted).toEqual([]);
  });
});

describe('a turn that could not be stored', () => {
  test('because an older one from before the task was adopted again was refused with it loses no task', async () => {
    fixture.store.keep(storedTask('a'));
    await fixture.during(fixture.supervisor.claim());
    fixture.store.failing.set('commit', new Conflict('a turn before this one was refused'));
    await fixture.tick('23500');
    expect(fixture.supervisor.taskCount).toBe(0);
    await fixture.clock.advance(2_000);
    expect(fixture.links).toEqual(['close-a-v2', 'open-a-v2']);
  });

  test('is undone: the task is restored from the journal and rolls on the price that still holds', async () => {
    fixture.store.keep(storedTask('a'));
    await fixture.during(fixture.supervisor.claim());
    fixture.store.failing.set('commit', new Retryable('too many records wait'));
    await fixture.tick('23500');
    expect(fixture.supervisor.taskCount).toBe(0);
    expect(fixture.account.submitted).toEqual([]);
    fixture.store.failing.set('reload', new Retryable('still away'));
    await fixture.clock.advance(1_000);
    expect(fixture.supervisor.taskCount).toBe(0);
    await fixture.clock.advance(1_000);
    expect(fixture.links).toEqual(['close-a-v2', 'open-a-v2']);
  });
});

describe('what the private stream reports', () => {
  test('reaches the order it is about, and no other', async () => {
    fixture.store.keep(storedTask('a'));
    await fixture.during(fixture.supervisor.claim());
    fixture.account.behaviours = [stayOpen];
    await fixture.tick('23500');
    const before = fixture.store.records.length;
    for (const linkId of ['manual', 'close-b-v1', 'close-a-v9']) {
      fixture.account.accept({
        linkId,
        symbol,
        side: 'Buy',
        qty: '1',
        price: '1000',
        timeInForce: 'GTC',
        reduceOnly: true,
      });
      fixture.account.fill(linkId, '1');
    }
    await settle();
    expect(fixture.store.records).toHaveLength(before);
    fixture.account.fill('close-a-v2', '0.3');
    await settle();
    expect(fixture.store.records.length).toBeGreaterThan(before);
  });

  test('after a reconnect leads to a look-up of every working order', async () => {
    fixture.store.keep(storedTask('a'));
    await fixture.during(fixture.supervisor.claim());
    fixture.account.behaviours = [stayOpen];
    await fixture.tick('23500');
    fixture.account.listener?.connected();
    await settle();
    expect(fixture.account.lookUps).toBe(1);
  });
});

describe('stale prices', () => {
  test('fire nothing until a fresh one comes', async () => {
    await fixture.tick('23500');
    fixture.supervisor.marketListener.stale('underlying', 'nothing received for 10 s');
    fixture.store.keep(storedTask('a'));
    await fixture.during(fixture.supervisor.claim());
    expect(fixture.store.records).toEqual([]);
    await fixture.tick('23500');
    expect(fixture.store.records).not.toEqual([]);
  });
});

describe('a new task', () => {
  test('is adopted by the command that asks for it, and watched from then on', async () => {
    const payload = { symbol, trigger: 23500, target: 1000 };
    fixture.store.commands.push({
      commandId: 'c1',
      accountId: '1',
      taskId: 'new',
      kind: 'add',
      askedBy: 'operator',
      payload,
    });
    await fixture.during(fixture.supervisor.claim());
    await fixture.supervisor.workInbox();
    expect(fixture.store.answers).toMatchObject([{ commandId: 'c1', status: 'done' }]);
    await fixture.tick('23500');
    expect(fixture.links).toEqual(['close-new-v1', 'open-new-v1']);
  });
});

describe('a task that was waiting for confirmation when its daemon died', () => {
  test('starts waiting anew: it is not known whether the trigger kept holding', async () => {
    fixture.store.keep(storedTask('a', { trigger: { index: { above: 23500, for: '5s' } } }));
    await fixture.during(fixture.supervisor.claim());
    await fixture.tick('23500');
    await fixture.supervisor.abandon('the daemon died');
    fixture.supervisor.marketListener.stale('underlying', 'a new daemon has received no price yet');
    await fixture.clock.advance(3_600_000);
    await fixture.during(fixture.supervisor.claim(), 10_000);
    expect(fixture.links).toEqual([]);
    await fixture.tick('23600');
    await fixture.clock.advance(5_000);
    expect(fixture.links).toHaveLength(2);
  });
});

describe('the end', () => {
  test('of a daemon waits for rolls under way and starts no new one', async () => {
    fixture.store.keep(storedTask('a'), storedTask('b', { trigger: 23900 }));
    await fixture.during(fixture.supervisor.claim());
    fixture.account.behaviours = [stayOpen];
    await fixture.tick('23500');
    let isDrained = false;
    const drain = fixture.supervisor.drain(60_000).then(() => (isDrained = true));
    await fixture.tick('24000');
    await fixture.clock.advance(1_000);
    expect(isDrained).toBe(false);
    fixture.account.behaviours = [fillAll];
    fixture.account.fill('close-a-v2', '0.3');
    await fixture.clock.advance(1_000);
    await drain;
    expect(fixture.links).toEqual(['close-a-v2', 'open-a-v2']);
  });

  test('puts a task that waits for confirmation back to watching: nothing starts while draining', async () => {
    fixture.store.keep(storedTask('a'), storedTask('b', { trigger: { index: { above: 23400, for: '5s' } } }));
    await fixture.during(fixture.supervisor.claim());
    fixture.account.behaviours = [stayOpen];
    await fixture.tick('23500');
    void fixture.supervisor.drain(60_000);
    await fixture.clock.advance(10_000);
    expect(fixture.links).toEqual(['close-a-v2']);
  });

  test('is not delayed for ever by a roll that does not end', async () => {
    fixture.store.keep(await rollUnderWay('a'));
    await fixture.during(fixture.supervisor.claim());
    await fixture.during(fixture.supervisor.drain(5_000), 5_000);
    expect(fixture.supervisor.rollsUnderWay()).toHaveLength(1);
    await fixture.supervisor.stop();
    expect(fixture.supervisor.taskCount).toBe(0);
  });

  test('waits for a claim that is under way and manages none of its accounts: a later one would be held for ever', async () => {
    fixture.store.keep(storedTask('a'));
    let answer = (): void => undefined;
    Object.assign(fixture.store.ownership, {
      claimAccounts: () =>
        new Promise(
          (resolve) => (answer = () => resolve({ shards: [{ shard: 1, accountIds: ['1'] }], surplus: 0 })),
        ),
    });
    const claim = fixture.supervisor.claim();
    let hasStopped = false;
    const stop = fixture.supervisor.stop().then(() => (hasStopped = true));
    await settle();
    expect(hasStopped).toBe(false);
    answer();
    await Promise.all([claim, stop]);
    expect(fixture.supervisor.taskCount).toBe(0);
  });

  test('of ownership drops every task, and the next claim restores them', async () => {
    fixture.store.keep(storedTask('a'));
    await fixture.during(fixture.supervisor.claim());
    await fixture.supervisor.abandon('the session ended');
    expect(fixture.supervisor.taskCount).toBe(0);
    await fixture.tick('23500');
    expect(fixture.account.submitted).toEqual([]);
    await fixture.during(fixture.supervisor.claim());
    expect(fixture.links).toEqual(['close-a-v2', 'open-a-v2']);
  });
});
