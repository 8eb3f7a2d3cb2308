/**
 * A daemon that stands still (SIGSTOP) for longer than every time-out, wherever it happens to be, and then goes on as if
 * nothing had been. Real processes: another one takes over meanwhile, and the woken one must not place a second order.
 */
import { afterEach, expect, test } from 'vitest';
import { DaemonFixture } from '../support/daemon-fixture.ts';
import type { Daemon } from '../support/daemon-process.ts';

let fixture: DaemonFixture;
afterEach(() => fixture.close());

const pause = (forMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, forMs));
const hasLost = ({ logs }: Daemon): boolean => logs.some((line) => line.includes('the shards were lost'));
const executed = (orders: readonly string[]): string[] => orders.filter((order) => !/ 0 /.test(order));

test('stopped after the commit and before the order, a daemon sends nothing when it continues, although no other daemon placed that order', async () => {
  fixture = await DaemonFixture.open();
  // Readings that take their time hold it in the state that it is stopped in.
  const stopped = fixture.startDaemon({ READ_AHEAD_OPTIONS: '0' });
  const task = await fixture.addTask();
  const successor = fixture.startDaemon();
  await fixture.until(() => successor.logs.some((line) => line.includes('running')));
  fixture.paper.faults.add({
    kind: 'delayAnswer',
    ms: 800,
    match: { endpoint: '/v5/account/wallet-balance' },
  });
  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(task, ({ state }) => state === 'ROLL_INITIATED.planning');
  const lock = await fixture.lockTask(task);
  await fixture.until(() => lock.isWaitedFor());
  stopped.process.kill('SIGSTOP');
  await lock.release();
  await fixture.untilTask(task, ({ state }) => state === 'ROLL_INITIATED.closingLeg1');
  fixture.paper.setIndex('BTC', '23500');

  await fixture.untilShared([successor], 1);
  await fixture.untilTask(task, ({ state }) => state === 'IDLE.coolingDown');
  stopped.process.kill('SIGCONT');
  await fixture.until(() => hasLost(stopped));
  await pause(4_000);
  expect(fixture.orders()).toEqual([]);
  expect(await fixture.owners()).toEqual({ [successor.name]: 1 });
});

test.each([60, 250, 700])(
  'stopped %i ms into the rolls of its accounts, a daemon is replaced and every roll is two orders, before and after it goes on',
  async (afterMs) => {
    fixture = await DaemonFixture.open('Sell', { accountsTotal: 6 });
    const stopped = fixture.startDaemon();
    const tasks: string[] = [];
    for (const [account, accountId] of fixture.accountIds.entries()) {
      const execution = { style: 'walk', every: `${100 + 60 * account}ms`, steps: 3, deadline: '60s' };
      tasks.push(await fixture.addTask({ execution }, accountId));
    }
    const successor = fixture.startDaemon();
    await fixture.untilShared([stopped, successor], 3);
    fixture.paper.setIndex('BTC', '24600');
    await pause(afterMs);
    stopped.process.kill('SIGSTOP');
    await fixture.untilShared([successor], 6);
    for (const task of tasks) await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    const before = tasks.map((_, account) => fixture.orders(account));

    stopped.process.kill('SIGCONT');
    await fixture.until(() => hasLost(stopped));
    await fixture.untilShared([stopped, successor], 3);
    for (const [account, task] of tasks.entries()) {
      expect(fixture.orders(account), `account ${account}`).toEqual(before[account]);
      expect(executed(fixture.orders(account)), `account ${account}`).toEqual([
        `Buy 0.3 BTC-31MAR23-25000-C-USDT close-${task}`,
        `Sell 0.3 BTC-31MAR23-26000-C-USDT open-${task}`,
      ]);
      expect(fixture.positions(account)).toContain('Sell 0.3 BTC-31MAR23-26000-C-USDT');
    }
    expect(fixture.paper.stats()).toMatchObject({ ordersRejected: 0, duplicateLinkIds: 0 });
  },
);
