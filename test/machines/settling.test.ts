/** No task ends as delivered before the exchange says so: the time alone proves nothing. */
import { describe, expect, test } from 'vitest';
import { TaskBench } from '../support/task-bench.ts';

const hourMs = 3_600_000;

/** At the hour of its delivery, by the clock. */
async function expired(): Promise<TaskBench> {
  const bench = new TaskBench();
  await bench.clock.advance(bench.task.context.held.expiryMs - bench.clock.nowMs() + 5_000);
  bench.task.send({ type: 'EXPIRED' });
  await bench.clock.advance(0);
  return bench;
}
const severities = (bench: TaskBench) => bench.alerts.map(({ severity }) => severity);

describe('an option whose delivery is not on record', () => {
  test('ends nothing while the account holds it and it is traded, and a person is told after two hours, every hour', async () => {
    const bench = await expired();
    await bench.clock.advance(2 * hourMs - 60_000);
    expect(severities(bench)).toEqual([]);
    await bench.clock.advance(120_000);
    expect(bench.task.state).toBe('IDLE.awaitingSettlement');
    expect(bench.alerts).toMatchObject([
      {
        severity: 'critical',
        text: expect.stringContaining('no delivery is on record: the account holds 0.3') as string,
      },
    ]);
    await bench.clock.advance(2 * hourMs);
    expect(severities(bench)).toEqual(['critical', 'critical', 'critical']);
    expect(bench.task.isOver).toBe(false);
  });

  test('ends nothing while it is listed as trading, though the account does not show it', async () => {
    const bench = await expired();
    bench.account.showNothing();
    await bench.clock.advance(3 * hourMs);
    expect(bench.task.isOver).toBe(false);
  });

  test('ends nothing while nothing can be read', async () => {
    const bench = await expired();
    bench.market.isAway = true;
    await bench.clock.advance(3 * hourMs);
    expect(bench.task.isOver).toBe(false);
  });

  test('ends the task two hours later when it is gone from the account and the listing', async () => {
    const bench = await expired();
    bench.account.showNothing();
    bench.market.expiries = [];
    await bench.clock.advance(2 * hourMs - 60_000);
    expect(bench.task.isOver).toBe(false);
    await bench.clock.advance(120_000);
    expect(bench.task.state).toBe('COMPLETED');
    expect(severities(bench)).toEqual(['warning']);
  });
});

describe('a task that was told of an expiry by a wrong clock', () => {
  test('waits for its trigger again, and says so', async () => {
    const bench = new TaskBench();
    bench.task.send({ type: 'EXPIRED' });
    await bench.clock.advance(5_000);
    expect(bench.task.state).toBe('IDLE.watching');
    expect(bench.task.context.reasons).toMatchObject([{ kind: 'alive' }]);
    await bench.price('23500');
    await bench.clock.advance(60_000);
    expect(bench.task.context.rollsDone).toBe(1);
  });

  test('is paused again when it was', async () => {
    const bench = new TaskBench();
    bench.task.send({ type: 'PAUSE', commandId: 'c' });
    bench.task.send({ type: 'EXPIRED' });
    await bench.clock.advance(5_000);
    expect(bench.task.state).toBe('PAUSED');
  });
});
