/** The daemon dies for real (kill -9) in the worst places, and comes back. Real Postgres, real sockets. */
import { afterEach, describe, expect, test } from 'vitest';
import { Client } from 'pg';
import { callSymbol, DaemonFixture } from '../support/daemon-fixture.ts';
import { query } from '../support/database.ts';

let fixture: DaemonFixture;
afterEach(() => fixture.close());

const rolledOnce = (task: string) => [
  `Buy 0.3 ${callSymbol} close-${task}`,
  `Sell 0.3 BTC-31MAR23-26000-C-USDT open-${task}`,
];

describe('a daemon killed with -9', () => {
  test('after leg 1 was filled, before that is committed, opens leg 2 exactly once after its restart', async () => {
    fixture = await DaemonFixture.open();
    const daemon = fixture.startDaemon();
    const task = await fixture.addTask({ execution: { style: 'cross' } });
    const unfilled = fixture.paper.faults.add({
      kind: 'delayEffect',
      ms: 1_500,
      match: { linkIdPrefix: 'close-' },
    });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.until(() => fixture.orders().length === 1);
    const lock = await fixture.lockTask(task);
    unfilled();
    await fixture.until(() => fixture.orders()[0]?.startsWith('Buy 0.3') ?? false);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await daemon.kill();
    // What a daemon that is gone has sent may be stored yet.
    await query(
      fixture.database.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'rollkeeper journal%'
        AND datname = current_database()`,
    );
    await lock.release();
    expect((await fixture.task(task)).state).toMatch(/^ROLL_INITIATED/);
    fixture.paper.setIndex('BTC', '23000');
    fixture.startDaemon();
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.orders()).toEqual(rolledOnce(task));
  });

  test('after leg 1 is committed goes straight to leg 2, although the price no longer triggers', async () => {
    fixture = await DaemonFixture.open();
    // A reading that does not come holds it at the checkpoint.
    const daemon = fixture.startDaemon({ READ_AHEAD_OPTIONS: '0' });
    const task = await fixture.addTask({ execution: { style: 'cross' } });
    const closed = fixture.paper.faults.add({
      kind: 'delayEffect',
      ms: 600,
      match: { linkIdPrefix: 'close-' },
    });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.until(() => fixture.orders().length === 1);
    fixture.paper.faults.add({
      kind: 'loseRequest',
      match: { endpoint: '/v5/market/tickers' },
      times: 'always',
    });
    closed();
    await fixture.untilTask(task, ({ state }) => state === 'LEG1_CLOSED.checkpoint');
    await daemon.kill();
    fixture.paper.faults.clear();
    fixture.paper.setIndex('BTC', '23400');
    fixture.startDaemon();
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.orders()).toEqual(rolledOnce(task));
  });

  test('while its leg-2 order is on its way finds it by its id instead of sending another', async () => {
    fixture = await DaemonFixture.open();
    const daemon = fixture.startDaemon();
    // However long the restart takes, the order must still be in time.
    const execution = { style: 'walk', every: '200ms', steps: 2, deadline: '60s' };
    const task = await fixture.addTask({ execution });
    fixture.paper.faults.add({ kind: 'delayAnswer', ms: 900, match: { linkIdPrefix: 'open-' } });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.until(() => fixture.orders().length === 2);
    await daemon.kill();
    fixture.startDaemon();
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.orders()).toEqual(rolledOnce(task));
    expect(fixture.paper.stats().duplicateLinkIds).toBe(0);
  });

  test('while both options of a roll that opens first are held closes the old one exactly once', async () => {
    fixture = await DaemonFixture.open('Buy');
    const daemon = fixture.startDaemon();
    const task = await fixture.addTask({ execution: { style: 'cross', legs: 'auto' } });
    const closes = { linkIdPrefix: 'close-' };
    fixture.paper.faults.add({ kind: 'reject', retCode: 110_007, match: closes, times: 'always' });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ state }) => state === 'LEG1_CLOSING.backingOff');
    await daemon.kill();
    const next = 'BTC-31MAR23-26000-C-USDT';
    expect(fixture.positions()).toEqual(expect.arrayContaining([`Buy 0.3 ${callSymbol}`, `Buy 0.3 ${next}`]));
    fixture.paper.faults.clear();
    fixture.paper.setIndex('BTC', '23000');
    fixture.startDaemon();
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    const [opened, ...others] = fixture.orders();
    expect(opened).toBe(`Buy 0.3 ${next} open-${task}`);
    expect(others.filter((order) => !/ 0 /.test(order))).toEqual([
      expect.stringMatching(`^Sell 0.3 ${callSymbol} close-${task}`),
    ]);
    expect(fixture.positions()).not.toContain(`Buy 0.3 ${callSymbol}`);
    expect(fixture.positions()).toContain(`Buy 0.3 ${next}`);
    const { context } = await fixture.task(task);
    expect(context.lastRoll).toMatchObject({ openedFirst: true, toSymbol: next });
    expect(fixture.paper.stats().duplicateLinkIds).toBe(0);
  });

  test('at any moment of a roll leaves exactly one order per leg in the end', async () => {
    fixture = await DaemonFixture.open();
    for (const afterMs of [0, 30, 80, 150, 300, 600]) {
      const daemon = fixture.startDaemon();
      const symbol =
        fixture
          .positions()
          .find((position) => position.includes('-C-'))
          ?.split(' ')[2] ?? '';
      const strike = Number(symbol.split('-')[2]);
      // Killed just before its order leaves, it is proved absent only after 10 s: time enough to send it then.
      const execution = { style: 'walk', every: '200ms', steps: 2, deadline: '60s' };
      const task = await fixture.addTask({ symbol, trigger: strike - 500, execution });
      const before = fixture.orders().length;
      fixture.paper.setIndex('BTC', String(strike - 400));
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await daemon.kill();
      const successor = fixture.startDaemon();
      await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
      const traded = fixture
        .orders()
        .slice(before)
        .filter((order) => !/ 0 /.test(order));
      expect(traded, `killed after ${afterMs} ms`).toHaveLength(2);
      expect(fixture.positions()).toContain(`Sell 0.3 BTC-31MAR23-${strike + 1000}-C-USDT`);
      await successor.terminate();
      await endTask(task);
    }
  });
});

describe('two daemons', () => {
  test('on one database hold an account one at a time, and the second takes over when the first dies', async () => {
    fixture = await DaemonFixture.open();
    const first = fixture.startDaemon();
    const task = await fixture.addTask();
    const second = fixture.startDaemon();
    await fixture.until(() => second.logs.some((line) => line.includes('running')));
    await first.kill();
    await fixture.until(() => second.logs.some((line) => line.includes('account is managed')));
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.orders()).toEqual(rolledOnce(task));
  });
});

/** So that the next task may manage the same position. */
async function endTask(taskId: string): Promise<void> {
  const client = new Client({ connectionString: fixture.database.url });
  await client.connect();
  await client.query("UPDATE tasks SET state = 'COMPLETED', phase = 'over' WHERE id = $1", [taskId]);
  await client.end();
}
