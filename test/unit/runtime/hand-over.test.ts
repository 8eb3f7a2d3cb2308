/**
 * Accounts go from one daemon to another: whoever holds too many, or leaves, stops their tasks, closes them and only then
 * lets go; never in the middle of a roll or of a command, and nothing of a handed-over account lives on here.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fillAll, stayOpen } from '../../support/task-bench.ts';
import { settle } from '../../support/virtual-clock.ts';
import { House, rollUnderWay, symbol } from './house.ts';
import { storedTask } from './memory-store.ts';

let house: House;
/** What became of accounts, in order: `close`, `give back 1`. */
let steps: string[];

beforeEach(() => {
  house = new House();
  steps = [];
  house.account.close = () => {
    steps.push(`close with ${house.supervisor.taskCount} tasks`);
    return Promise.resolve();
  };
  const { ownership } = house.store;
  const giveBack = ownership.giveBack.bind(ownership);
  Object.assign(ownership, {
    giveBack: (shard: number) => {
      steps.push(`give back ${shard}`);
      return giveBack(shard);
    },
  });
});
afterEach(() => house.supervisor.stop());

const look = (): Promise<void> => house.during(house.supervisor.claim());

describe('a daemon that holds more than its share', () => {
  test('stops the tasks of an account, closes it, and then gives it back', async () => {
    house.store.keep(storedTask('a'));
    await look();
    house.store.surplus = 1;
    await look();
    expect(steps).toEqual(['close with 0 tasks', 'give back 1']);
    await house.tick('23500');
    expect(house.links).toEqual([]);
    await look();
    expect(house.supervisor.taskCount).toBe(0);
  });

  test('gives back no more than the surplus', async () => {
    house.store.accountIds = ['1', '2', '3'];
    house.store.keep(storedTask('a'), storedTask('b', {}, '2'), storedTask('c', {}, '3'));
    await look();
    house.store.surplus = 2;
    await look();
    expect(house.store.accountIds).toHaveLength(1);
    expect(house.supervisor.taskCount).toBe(1);
  });

  test('keeps an account with a roll under way, gives another instead, and that one when the roll has ended', async () => {
    house.store.accountIds = ['1', '2'];
    house.store.keep(storedTask('a'), storedTask('b', { trigger: 29000 }, '2'));
    await look();
    house.account.behaviours = [stayOpen, fillAll];
    await house.tick('23500');
    house.store.surplus = 2;
    await look();
    expect(house.store.accountIds).toEqual(['1']);
    expect(house.links).toEqual(['close-a-v2']);
    house.account.fill('close-a-v2', '0.3');
    await house.clock.advance(1_000);
    expect(house.links).toEqual(['close-a-v2', 'open-a-v2']);
    await look();
    expect(house.store.accountIds).toEqual([]);
  });

  test('gives an account up that is just being opened, and nothing of it comes to life later', async () => {
    house.store.keep(storedTask('a'));
    let live = (): void => undefined;
    house.account.open = () => new Promise((resolve) => (live = resolve));
    const opening = house.supervisor.claim();
    await settle();
    house.store.surplus = 1;
    await look();
    expect(steps).toEqual(['close with 0 tasks', 'give back 1']);
    live();
    await house.during(opening, 20_000);
    expect(house.supervisor.taskCount).toBe(0);
    expect(house.store.tasks.get('a')?.version).toBeLessThanOrEqual(2);
  });

  test('gives an account up whose tasks are just being brought back, and brings no further one back', async () => {
    house.store.keep(...Array.from({ length: 450 }, (_, at) => storedTask(`idle${at}`)));
    const claim = house.supervisor.claim();
    await settle();
    expect(house.supervisor.taskCount).toBe(200);
    house.store.surplus = 1;
    const again = house.supervisor.claim();
    await house.during(Promise.all([claim, again]));
    expect(house.supervisor.taskCount).toBe(0);
  });

  test('waits for a task that is being added there, and then hands it over with the rest', async () => {
    await look();
    const { commands, ownership } = house.store;
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
    const working = house.supervisor.workInbox();
    await settle();
    house.store.surplus = 1;
    await look();
    expect(steps).toEqual([]);
    store();
    await working;
    expect(house.store.answers).toMatchObject([{ commandId: 'c1', status: 'done' }]);
    await look();
    expect(steps).toEqual(['close with 0 tasks', 'give back 1']);
  });

  test('leaves a command for an account that it has just handed over to the next daemon', async () => {
    house.store.keep(storedTask('a'));
    await look();
    house.store.commands.push({
      commandId: 'c1',
      accountId: '1',
      taskId: 'a',
      kind: 'pause',
      askedBy: 'operator',
      payload: null,
    });
    house.store.surplus = 1;
    await Promise.all([look(), house.supervisor.workInbox()]);
    expect(house.store.answers).toEqual([]);
  });
});

describe('a daemon that leaves', () => {
  test('hands its accounts over at once, but the one with a roll under way only when that has ended', async () => {
    house.store.accountIds = ['1', '2'];
    house.store.keep(storedTask('a'), storedTask('b', { trigger: 29000 }, '2'));
    await look();
    house.account.behaviours = [stayOpen, fillAll];
    await house.tick('23500');
    const drain = house.supervisor.drain(60_000);
    await house.clock.advance(0);
    expect(house.store.hasResigned).toBe(true);
    expect(house.store.accountIds).toEqual(['1']);
    house.account.fill('close-a-v2', '0.3');
    await house.clock.advance(1_000);
    await drain;
    expect(house.links).toEqual(['close-a-v2', 'open-a-v2']);
    expect(house.store.accountIds).toEqual([]);
  });

  test('hands over also what it claimed while it was told to leave', async () => {
    house.store.keep(storedTask('a'), await rollUnderWay('b'));
    await look();
    const { ownership } = house.store;
    const claimAccounts = ownership.claimAccounts.bind(ownership);
    let answer = (): void => undefined;
    Object.assign(ownership, {
      claimAccounts: async () => {
        await new Promise<void>((resolve) => (answer = resolve));
        house.store.accountIds = ['1', '2'];
        return claimAccounts();
      },
    });
    const claim = house.supervisor.claim();
    await settle();
    const drain = house.supervisor.drain(5_000);
    await house.clock.advance(100);
    answer();
    await claim;
    await house.clock.advance(100);
    expect(house.store.accountIds).toEqual(['1']);
    await house.clock.advance(120_000);
    await drain;
  });
});
