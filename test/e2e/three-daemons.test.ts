/**
 * Daemons come and go while rolls are under way: real processes on one database and one exchange. Accounts spread out
 * over whoever is alive, and every roll is two orders, whoever began it and whoever ended it.
 */
import { afterEach, expect, test } from 'vitest';
import { DaemonBench } from '../support/daemon-bench.ts';

const accountsTotal = 6;
const callWithStrike = (strike: number): string => `BTC-31MAR23-${strike}-C-USDT`;
const spec = {
  execution: { style: 'walk', every: '200ms', steps: 3, deadline: '60s' },
  guards: { cooldown: '1s' },
};

let bench: DaemonBench;
let tasks: string[];
afterEach(() => bench.close());

/** Raises the index so far that every task begins its roll number `roll`. */
const trigger = (roll: number): void => bench.paper.setIndex('BTC', String(23_600 + roll * 1_000));

const untilRolled = async (rolls: number): Promise<void> => {
  for (const task of tasks) await bench.untilTask(task, ({ context }) => context.rollsDone === rolls);
};

/** Every account: two orders per roll, each filled, each leg of the option that the roll before had opened. */
const expectRolls = (rolls: number): void => {
  for (const [account, task] of tasks.entries()) {
    const expected = Array.from({ length: rolls }, (_, at) => [
      `Buy 0.3 ${callWithStrike(25_000 + at * 1_000)} close-${task}`,
      `Sell 0.3 ${callWithStrike(26_000 + at * 1_000)} open-${task}`,
    ]).flat();
    expect(bench.orders(account), `account ${account}`).toEqual(expected);
    expect(bench.positions(account)).toContain(`Sell 0.3 ${callWithStrike(25_000 + rolls * 1_000)}`);
  }
  expect(bench.paper.stats()).toMatchObject({ ordersRejected: 0, duplicateLinkIds: 0 });
};

test('three daemons share the accounts as they join, die, leave and join again, and every roll meanwhile is two orders', async () => {
  bench = await DaemonBench.open('Sell', { accountsTotal });
  const first = bench.startDaemon();
  tasks = [];
  for (const accountId of bench.accountIds) tasks.push(await bench.addTask(spec, accountId));
  await bench.untilShared([first], 6);

  const second = bench.startDaemon();
  const third = bench.startDaemon();
  trigger(1);
  await bench.untilShared([first, second, third], 2);
  await untilRolled(1);

  bench.paper.faults.add({ kind: 'delayEffect', ms: 1_000, match: { linkIdPrefix: 'open-' }, times: 6 });
  trigger(2);
  await bench.until(() => tasks.every((_, account) => bench.orders(account).length === 4));
  await second.kill();
  await bench.untilShared([first, third], 3);
  await untilRolled(2);

  bench.paper.faults.add({ kind: 'delayEffect', ms: 1_000, match: { linkIdPrefix: 'close-' }, times: 6 });
  trigger(3);
  await bench.until(() => tasks.every((_, account) => bench.orders(account).length === 5));
  expect(await third.terminate()).toBe(0);
  await bench.untilShared([first], 6);
  await untilRolled(3);

  trigger(4);
  const [fourth, fifth] = [bench.startDaemon(), bench.startDaemon()];
  await bench.untilShared([first, fourth, fifth], 2);
  await untilRolled(4);
  expectRolls(4);
});

test('a daemon that drains hands over at once every account without a roll, and the last one when its roll has ended', async () => {
  bench = await DaemonBench.open('Sell', { accountsTotal });
  const first = bench.startDaemon();
  tasks = [];
  for (const [account, accountId] of bench.accountIds.entries())
    tasks.push(await bench.addTask(account === 0 ? spec : { ...spec, trigger: 30_000 }, accountId));
  bench.paper.faults.add({ kind: 'delayEffect', ms: 20_000, match: { linkIdPrefix: 'close-' } });
  trigger(1);
  await bench.until(() => bench.orders().length === 1);
  const second = bench.startDaemon();
  await bench.untilShared([first, second], 3);
  const draining = first.terminate();
  await bench.until(async () => (await bench.owners())[second.name] === 5);
  expect((await bench.task(tasks[0] ?? '')).state).toMatch(/^ROLL_INITIATED/);
  expect(bench.orders()).toHaveLength(1);
  expect(await draining).toBe(0);
  await bench.untilTask(tasks[0] ?? '', ({ context }) => context.rollsDone === 1);
  await bench.untilShared([second], 6);
  expect(bench.orders()).toHaveLength(2);
});
