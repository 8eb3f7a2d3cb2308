/** A task in which nothing is under way keeps no machine, and from outside there is no difference. */
import { describe, expect, test } from 'vitest';
import { TaskBench } from '../../support/task-bench.ts';

describe('a passivated task', () => {
  test('is one that waits for its trigger, from the start and again after a roll and its cooldown', async () => {
    const bench = new TaskBench({ spec: { guards: { cooldown: '1m' } } });
    expect(bench.task.isPassivated).toBe(true);
    await bench.price('23500');
    expect(bench.task.isPassivated).toBe(false);
    await bench.clock.advance(30_000);
    expect([bench.task.state, bench.task.isPassivated]).toEqual(['IDLE.coolingDown', false]);
    await bench.clock.advance(60_000);
    expect([bench.task.state, bench.task.isPassivated]).toEqual(['IDLE.watching', true]);
    expect(bench.task.context.rollsDone).toBe(1);
  });

  test('is passivated only when its last turn is committed', async () => {
    const bench = new TaskBench();
    bench.journal.held = [];
    bench.task.send({ type: 'PAUSE', commandId: 'c1' });
    await bench.clock.advance(0);
    expect([bench.task.state, bench.task.isPassivated]).toEqual(['PAUSED', false]);
    await bench.releaseCommits();
    expect([bench.task.state, bench.task.isPassivated]).toEqual(['PAUSED', true]);
  });

  test('is activated by an event that it ignores, leaves no record, and is passivated again', async () => {
    const bench = new TaskBench();
    await bench.price('100');
    expect(bench.journal.records).toEqual([]);
    expect(bench.task.isPassivated).toBe(true);
  });

  test('goes on where it stood: versions without a gap, and the snapshots of one that was always active', async () => {
    const bench = new TaskBench();
    for (const commandId of ['c1', 'c2', 'c3']) {
      bench.task.send({ type: 'PAUSE', commandId });
      await bench.clock.advance(0);
      bench.task.send({ type: 'RESUME', commandId: `${commandId}r` });
      await bench.clock.advance(0);
    }
    const { records } = bench.journal;
    expect(records.map(({ expectedVersion }) => expectedVersion)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(records.map(({ state }) => state)).toEqual(Array(3).fill(['PAUSED', 'IDLE.watching']).flat());
    expect(records[3]?.snapshotJson).toBe(records[1]?.snapshotJson);
  });

  test('receives nothing of orders, and is not activated for them', () => {
    const bench = new TaskBench();
    bench.task.sendToOrder({ type: 'RECONNECTED' });
    expect(bench.task.isPassivated).toBe(true);
  });
});
