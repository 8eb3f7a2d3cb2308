/** The daemon dies for real (kill -9) in the worst places, and comes back. Real Postgres, real sockets. */
import { afterEach, describe, expect, test } from 'vitest';
import { Client } from 'pg';
import { callSymbol, DaemonBench } from '../support/daemon-bench.ts';

let bench: DaemonBench;
afterEach(() => bench.close());

const rolledOnce = (task: string) => [
  `Buy 0.3 ${callSymbol} close-${task}`,
  `Sell 0.3 BTC-31MAR23-26000-C-USDT open-${task}`,
];

describe('a daemon killed with -9', () => {
  test('after leg 1 was filled, before that is committed, opens leg 2 exactly once after its restart', async () => {
    bench = await DaemonBench.open();
    const daemon = bench.startDaemon();
    const task = await bench.addTask({ execution: { style: 'cross' } });
    const unfilled = bench.paper.faults.add({
      kind: 'delayEffect',
      ms: 1_500,
      match: { linkIdPrefix: 'close-' },
    });
    bench.paper.setIndex('BTC', '24600');
    await bench.until(() => bench.orders().length === 1);
    const lock = await bench.lockTask(task);
    unfilled();
    await bench.until(() => bench.orders()[0]?.startsWith('Buy 0.3') ?? false);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await daemon.kill();
    await lock.release();
    expect((await bench.task(task)).state).toMatch(/^ROLL_INITIATED/);
    bench.paper.setIndex('BTC', '23000');
    bench.startDaemon();
    await bench.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(bench.orders()).toEqual(rolledOnce(task));
  });

  test('after leg 1 is committed goes straight to leg 2, although the price no longer triggers', async () => {
    bench = await DaemonBench.open();
    const daemon = bench.startDaemon();
    const task = await bench.addTask({ execution: { style: 'cross' } });
    const closed = bench.paper.faults.add({
      kind: 'delayEffect',
      ms: 600,
      match: { linkIdPrefix: 'close-' },
    });
    bench.paper.setIndex('BTC', '24600');
    await bench.until(() => bench.orders().length === 1);
    bench.paper.faults.add({
      kind: 'loseRequest',
      match: { endpoint: '/v5/market/tickers' },
      times: 'always',
    });
    closed();
    await bench.untilTask(task, ({ state }) => state === 'LEG1_CLOSED.checkpoint');
    await daemon.kill();
    bench.paper.faults.clear();
    bench.paper.setIndex('BTC', '23400');
    bench.startDaemon();
    await bench.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(bench.orders()).toEqual(rolledOnce(task));
  });

  test('while its leg-2 order is on its way finds it by its id instead of sending another', async () => {
    bench = await DaemonBench.open();
    const daemon = bench.startDaemon();
    // However long the restart takes, the order must still be in time.
    const execution = { style: 'walk', every: '200ms', steps: 2, deadline: '60s' };
    const task = await bench.addTask({ execution });
    bench.paper.faults.add({ kind: 'delayAnswer', ms: 900, match: { linkIdPrefix: 'open-' } });
    bench.paper.setIndex('BTC', '24600');
    await bench.until(() => bench.orders().length === 2);
    await daemon.kill();
    bench.startDaemon();
    await bench.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(bench.orders()).toEqual(rolledOnce(task));
    expect(bench.paper.stats().duplicateLinkIds).toBe(0);
  });

  test('at any moment of a roll leaves exactly one order per leg in the end', async () => {
    bench = await DaemonBench.open();
    for (const afterMs of [0, 30, 80, 150, 300, 600]) {
      const daemon = bench.startDaemon();
      const symbol =
        bench
          .positions()
          .find((position) => position.includes('-C-'))
          ?.split(' ')[2] ?? '';
      const strike = Number(symbol.split('-')[2]);
      // Killed just before its order leaves, it is proved absent only after 10 s: time enough to send it then.
      const execution = { style: 'walk', every: '200ms', steps: 2, deadline: '60s' };
      const task = await bench.addTask({ symbol, trigger: strike - 500, execution });
      const before = bench.orders().length;
      bench.paper.setIndex('BTC', String(strike - 400));
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await daemon.kill();
      const successor = bench.startDaemon();
      await bench.untilTask(task, ({ context }) => context.rollsDone === 1);
      const traded = bench
        .orders()
        .slice(before)
        .filter((order) => !/ 0 /.test(order));
      expect(traded, `killed after ${afterMs} ms`).toHaveLength(2);
      expect(bench.positions()).toContain(`Sell 0.3 BTC-31MAR23-${strike + 1000}-C-USDT`);
      await successor.terminate();
      await endTask(task);
    }
  });
});

describe('two daemons', () => {
  test('on one database hold an account one at a time, and the second takes over when the first dies', async () => {
    bench = await DaemonBench.open();
    const first = bench.startDaemon();
    const task = await bench.addTask();
    const second = bench.startDaemon();
    await bench.until(() => second.logs.some((line) => line.includes('running')));
    await first.kill();
    await bench.until(() => second.logs.some((line) => line.includes('account is managed')));
    bench.paper.setIndex('BTC', '24600');
    await bench.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(bench.orders()).toEqual(rolledOnce(task));
  });
});

/** So that the next task may care for the same position. */
async function endTask(taskId: string): Promise<void> {
  const client = new Client({ connectionString: bench.database.url });
  await client.connect();
  await client.query("UPDATE tasks SET state = 'COMPLETED', phase = 'over' WHERE id = $1", [taskId]);
  await client.end();
}
