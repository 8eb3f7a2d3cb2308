/** A task in which nothing is under way keeps no machine, and from outside there is no difference. */
import { describe, expect, test } from 'vitest';
import { TaskFixture } from '../../support/task-fixture.ts';

describe('a passivated task', () => {
  test('waits for its trigger, from the start and again after a roll and its cooldown', async () => {
    const fixture = new TaskFixture({ spec: { guards: { cooldown: '1m' } } });
    expect(fixture.task.isPassivated).toBe(true);
    await fixture.price('23500');
    expect(fixture.task.isPassivated).toBe(false);
    await fixture.clock.advance(30_000);
    expect([fixture.task.state, fixture.task.isPassivated]).toEqual(['IDLE.coolingDown', false]);
    await fixture.clock.advance(60_000);
    expect([fixture.task.state, fixture.task.isPassivated]).toEqual(['IDLE.watching', true]);
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('is passivated only when its last turn is committed', async () => {
    const fixture = new TaskFixture();
    fixture.journal.held = [];
    fixture.task.send({ type: 'PAUSE', commandId: 'c1' });
    await fixture.clock.advance(0);
    expect([fixture.task.state, fixture.task.isPassivated]).toEqual(['PAUSED', false]);
    await fixture.releaseCommits();
    expect([fixture.task.state, fixture.task.isPassivated]).toEqual(['PAUSED', true]);
  });

  test('is activated by an event that it ignores, leaves no record, and is passivated again', async () => {
    const fixture = new TaskFixture();
    await fixture.price('100');
    expect(fixture.journal.records).toEqual([]);
    expect(fixture.task.isPassivated).toBe(true);
  });

  test('continues where it was: no version is missing, and its snapshots are those of a task that was always active', async () => {
    const fixture = new TaskFixture();
    for (const commandId of ['c1', 'c2', 'c3']) {
      fixture.task.send({ type: 'PAUSE', commandId });
      await fixture.clock.advance(0);
      fixture.task.send({ type: 'RESUME', commandId: `${commandId}r` });
      await fixture.clock.advance(0);
    }
    const { records } = fixture.journal;
    expect(records.map(({ expectedVersion }) => expectedVersion)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(records.map(({ state }) => state)).toEqual(Array(3).fill(['PAUSED', 'IDLE.watching']).flat());
    expect(records[3]?.snapshotJson).toBe(records[1]?.snapshotJson);
  });

  test('receives nothing of orders, and is not activated for them', () => {
    const fixture = new TaskFixture();
    fixture.task.sendToOrder({ type: 'RECONNECTED' });
    expect(fixture.task.isPassivated).toBe(true);
  });
});
