/**
 * Daemons come and go while rolls are under way: real processes on one database and one exchange. Accounts spread over the
 * daemons that are alive, and every roll is two orders, whichever daemon began it and whichever ended it.
 */
import { afterEach, expect, test } from 'vitest';
import { DaemonFixture } from '../support/daemon-fixture.ts';

const accountsTotal = 6;
const callWithStrike = (strike: number): string => `BTC-31MAR23-${strike}-C-USDT`;
const spec = {
  execution: { style: 'walk', every: '200ms', steps: 3, deadline: '60s' },
  guards: { cooldown: '1s' },
};

let fixture: DaemonFixture;
let tasks: string[];
afterEach(() => fixture.close());

/** Raises the index so far that every task begins its roll number `roll`. */
const trigger = (roll: number): void => fixture.paper.setIndex('BTC', String(23_600 + roll * 1_000));

const untilRolled = async (rolls: number): Promise<void> => {
  for (const task of tasks) await fixture.untilTask(task, ({ context }) => context.rollsDone === rolls);
};

/** Every account: two orders per roll, each filled, each leg of the option that the roll before had opened. */
const expectRolls = (rolls: number): void => {
  for (const [account, task] of tasks.entries()) {
    const expected = Array.from({ length: rolls }, (_, at) => [
      `Buy 0.3 ${callWithStrike(25_000 + at * 1_000)} close-${task}`,
      `Sell 0.3 ${callWithStrike(26_000 + at * 1_000)} open-${task}`,
    ]).flat();
    expect(fixture.orders(account), `account ${account}`).toEqual(expected);
    expect(fixture.positions(account)).toContain(`Sell 0.3 ${callWithStrike(25_000 + rolls * 1_000)}`);
  }
  expect(fixture.paper.stats()).toMatchObject({ ordersRejected: 0, duplicateLinkIds: 0 });
};

test('three daemons share the accounts as they join, die, leave and join again, and every roll meanwhile is two orders', async () => {
  fixture = await DaemonFixture.open('Sell', { accountsTotal });
  const first = fixture.startDaemon();
  tasks = [];
  for (const accountId of fixture.accountIds) tasks.push(await fixture.addTask(spec, accountId));
  await fixture.untilShared([first], 6);

  const second = fixture.startDaemon();
  const third = fixture.startDaemon();
  trigger(1);
  await fixture.untilShared([first, second, third], 2);
  await untilRolled(1);

  fixture.paper.faults.add({ kind: 'delayEffect', ms: 1_000, match: { linkIdPrefix: 'open-' }, times: 6 });
  trigger(2);
  await fixture.until(() => tasks.every((_, account) => fixture.orders(account).length === 4));
  await second.kill();
  await fixture.untilShared([first, third], 3);
  await untilRolled(2);

  fixture.paper.faults.add({ kind: 'delayEffect', ms: 1_000, match: { linkIdPrefix: 'close-' }, times: 6 });
  trigger(3);
  await fixture.until(() => tasks.every((_, account) => fixture.orders(account).length === 5));
  expect(await third.terminate()).toBe(0);
  await fixture.untilShared([first], 6);
  await untilRolled(3);

  trigger(4);
  const [fourth, fifth] = [fixture.startDaemon(), fixture.startDaemon()];
  await fixture.untilShared([first, fourth, fifth], 2);
  await untilRolled(4);
  expectRolls(4);
});

test('a daemon that drains hands over at once every account without a roll, and the last one when its roll has ended', async () => {
  fixture = await DaemonFixture.open('Sell', { accountsTotal });
  const first = fixture.startDaemon();
  tasks = [];
  for (const [account, accountId] of fixture.accountIds.entries())
    tasks.push(await fixture.addTask(account === 0 ? spec : { ...spec, trigger: 30_000 }, accountId));
  fixture.paper.faults.add({ kind: 'delayEffect', ms: 20_000, match: { linkIdPrefix: 'close-' } });
  trigger(1);
  await fixture.until(() => fixture.orders().length === 1);
  const second = fixture.startDaemon();
  await fixture.untilShared([first, second], 3);
  const draining = first.terminate();
  await fixture.until(async () => (await fixture.owners())[second.name] === 5);
  expect((await fixture.task(tasks[0] ?? '')).state).toMatch(/^ROLL_INITIATED/);
  expect(fixture.orders()).toHaveLength(1);
  expect(await draining).toBe(0);
  await fixture.untilTask(tasks[0] ?? '', ({ context }) => context.rollsDone === 1);
  await fixture.untilShared([second], 6);
  expect(fixture.orders()).toHaveLength(2);
});
