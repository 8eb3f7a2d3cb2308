/**
 * Accounts go from one daemon to another: a daemon that holds too many, or leaves, stops their tasks, closes them and
 * only then gives them back, never in the middle of a roll or of a command. It keeps nothing of an account it has
 * handed over.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fillAll, stayOpen } from '../../support/task-fixture.ts';
import { settle } from '../../support/virtual-clock.ts';
import { SupervisorFixture, rollUnderWay } from './supervisor-fixture.ts';
import { storedTask, symbol } from './memory-store.ts';

let fixture: SupervisorFixture;
/** The closing and giving back of accounts, in order: `close with 0 tasks`, `give back 1`. */
let steps: string[];

beforeEach(() => {
  fixture = new SupervisorFixture();
  steps = [];
  fixture.account.close = () => {
    steps.push(`close with ${fixture.supervisor.taskCount} tasks`);
    return Promise.resolve();
  };
  const { ownership } = fixture.store;
  const giveBack = ownership.giveBack.bind(ownership);
  Object.assign(ownership, {
    giveBack: (shard: number) => {
      steps.push(`give back ${shard}`);
      return giveBack(shard);
    },
  });
});
afterEach(() => fixture.supervisor.stop());

const look = (): Promise<void> => fixture.during(fixture.supervisor.claim());

describe('a daemon that holds more than its share', () => {
  test('stops the tasks of an account, closes it, and then gives it back', async () => {
    fixture.store.keep(storedTask('a'));
    await look();
    fixture.store.surplus = 1;
    await look();
    expect(steps).toEqual(['close with 0 tasks', 'give back 1']);
    await fixture.tick('23500');
    expect(fixture.links).toEqual([]);
    await look();
    expect(fixture.supervisor.taskCount).toBe(0);
  });

  test('gives back no more than the surplus', async () => {
    fixture.store.accountIds = ['1', '2', '3'];
    fixture.store.keep(storedTask('a'), storedTask('b', {}, '2'), storedTask('c', {}, '3'));
    await look();
    fixture.store.surplus = 2;
    await look();
    expect(fixture.store.accountIds).toHaveLength(1);
    expect(fixture.supervisor.taskCount).toBe(1);
  });

  test('keeps an account with a roll under way until the roll has ended, and gives another one back instead', async () => {
    fixture.store.accountIds = ['1', '2'];
    fixture.store.keep(storedTask('a'), storedTask('b', { trigger: 29000 }, '2'));
    await look();
    fixture.account.behaviours = [stayOpen, fillAll];
    await fixture.tick('23500');
    fixture.store.surplus = 2;
    await look();
    expect(fixture.store.accountIds).toEqual(['1']);
    expect(fixture.links).toEqual(['close-a-v2']);
    fixture.account.fill('close-a-v2', '0.3');
    await fixture.clock.advance(1_000);
    expect(fixture.links).toEqual(['close-a-v2', 'open-a-v2']);
    await look();
    expect(fixture.store.accountIds).toEqual([]);
  });

  test('releases an account that is just being opened, and starts none of its tasks later', async () => {
    fixture.store.keep(storedTask('a'));
    let live = (): void => undefined;
    fixture.account.open = () => new Promise((resolve) => (live = resolve));
    const opening = fixture.supervisor.claim();
    await settle();
    fixture.store.surplus = 1;
    await look();
    expect(steps).toEqual(['close with 0 tasks', 'give back 1']);
    live();
    await fixture.during(opening, 20_000);
    expect(fixture.supervisor.taskCount).toBe(0);
    expect(fixture.store.tasks.get('a')?.version).toBeLessThanOrEqual(2);
  });

  test('releases an account whose tasks are just being restored, and restores no further one', async () => {
    fixture.store.keep(...Array.from({ length: 450 }, (_, at) => storedTask(`idle${at}`)));
    const claim = fixture.supervisor.claim();
    await settle();
    expect(fixture.supervisor.taskCount).toBe(200);
    fixture.store.surplus = 1;
    const again = fixture.supervisor.claim();
    await fixture.during(Promise.all([claim, again]));
    expect(fixture.supervisor.taskCount).toBe(0);
  });

  test('waits for a task that is being added to an account, and then hands it over with the rest', async () => {
    await look();
    const { commands, ownership } = fixture.store;
    commands.push({
      commandId: 'c1',
      accountId: '1',
      taskId: 'new',
      kind: 'add',
      askedBy: 'operator',
      payload: { symbol, trigger: 23500, target: 1000 },
    });
    const create = ownership.create.bind(ownership);
    let store = (): void => undefined;
    Object.assign(ownership, {
      create: async (task: Parameters<typeof create>[0]) => {
        await new Promise<void>((resolve) => (store = resolve));
        await create(task);
      },
    });
    const working = fixture.supervisor.workInbox();
    await settle();
    fixture.store.surplus = 1;
    await look();
    expect(steps).toEqual([]);
    store();
    await working;
    expect(fixture.store.answers).toMatchObject([{ commandId: 'c1', status: 'done' }]);
    await look();
    expect(steps).toEqual(['close with 0 tasks', 'give back 1']);
  });

  test('leaves a command for an account that it has just handed over to the next daemon', async () => {
    fixture.store.keep(storedTask('a'));
    await look();
    fixture.store.commands.push({
      commandId: 'c1',
      accountId: '1',
      taskId: 'a',
      kind: 'pause',
      askedBy: 'operator',
      payload: null,
    });
    fixture.store.surplus = 1;
    await Promise.all([look(), fixture.supervisor.workInbox()]);
    expect(fixture.store.answers).toEqual([]);
  });
});

describe('a daemon that leaves', () => {
  test('hands over its accounts at once, but an account with a roll under way only when that roll has ended', async () => {
    fixture.store.accountIds = ['1', '2'];
    fixture.store.keep(storedTask('a'), storedTask('b', { trigger: 29000 }, '2'));
    await look();
    fixture.account.behaviours = [stayOpen, fillAll];
    await fixture.tick('23500');
    const drain = fixture.supervisor.drain(60_000);
    await fixture.clock.advance(0);
    expect(fixture.store.hasResigned).toBe(true);
    expect(fixture.store.accountIds).toEqual(['1']);
    fixture.account.fill('close-a-v2', '0.3');
    await fixture.clock.advance(1_000);
    await drain;
    expect(fixture.links).toEqual(['close-a-v2', 'open-a-v2']);
    expect(fixture.store.accountIds).toEqual([]);
  });

  test('also hands over accounts of a claim that was under way when it was asked to leave', async () => {
    fixture.store.keep(storedTask('a'), await rollUnderWay('b'));
    await look();
    const { ownership } = fixture.store;
    const claimAccounts = ownership.claimAccounts.bind(ownership);
    let answer = (): void => undefined;
    Object.assign(ownership, {
      claimAccounts: async () => {
        await new Promise<void>((resolve) => (answer = resolve));
        fixture.store.accountIds = ['1', '2'];
        return claimAccounts();
      },
    });
    const claim = fixture.supervisor.claim();
    await settle();
    const drain = fixture.supervisor.drain(5_000);
    await fixture.clock.advance(100);
    answer();
    await claim;
    await fixture.clock.advance(100);
    expect(fixture.store.accountIds).toEqual(['1']);
    await fixture.clock.advance(120_000);
    await drain;
  });
});
