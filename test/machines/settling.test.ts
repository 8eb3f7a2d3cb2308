/** No task ends as delivered before the exchange says so: the time alone proves nothing. */
import { describe, expect, test } from 'vitest';
import { TaskFixture } from '../support/task-fixture.ts';
import { hourMs } from '../../src/domain/units.ts';

/** At the hour of its delivery, by the clock. */
async function expired(): Promise<TaskFixture> {
  const fixture = new TaskFixture();
  await fixture.clock.advance(fixture.task.context.held.expiryMs - fixture.clock.nowMs() + 5_000);
  fixture.task.send({ type: 'EXPIRED' });
  await fixture.clock.advance(0);
  return fixture;
}
const severities = (fixture: TaskFixture) => fixture.alerts.map(({ severity }) => severity);

describe('an option whose delivery is not on record', () => {
  test('ends nothing while the account holds it and it is traded, and a person gets an alert after two hours and then every hour', async () => {
    const fixture = await expired();
    await fixture.clock.advance(2 * hourMs - 60_000);
    expect(severities(fixture)).toEqual([]);
    await fixture.clock.advance(120_000);
    expect(fixture.task.state).toBe('IDLE.awaitingSettlement');
    expect(fixture.alerts).toMatchObject([
      {
        severity: 'critical',
        text: expect.stringContaining('no delivery is on record: the account holds 0.3') as string,
      },
    ]);
    await fixture.clock.advance(2 * hourMs);
    expect(severities(fixture)).toEqual(['critical', 'critical', 'critical']);
    expect(fixture.task.isOver).toBe(false);
  });

  test('ends nothing while it is listed as trading, though the account does not show it', async () => {
    const fixture = await expired();
    fixture.account.showNothing();
    await fixture.clock.advance(3 * hourMs);
    expect(fixture.task.isOver).toBe(false);
  });

  test('ends nothing while nothing can be read', async () => {
    const fixture = await expired();
    fixture.market.isAway = true;
    await fixture.clock.advance(3 * hourMs);
    expect(fixture.task.isOver).toBe(false);
  });

  test('ends the task two hours later when it is gone from the account and the listing', async () => {
    const fixture = await expired();
    fixture.account.showNothing();
    fixture.market.expiries = [];
    await fixture.clock.advance(2 * hourMs - 60_000);
    expect(fixture.task.isOver).toBe(false);
    await fixture.clock.advance(120_000);
    expect(fixture.task.state).toBe('COMPLETED');
    expect(severities(fixture)).toEqual(['warning']);
  });
});

describe('a task that saw an expiry too early by a wrong clock', () => {
  test('waits for its trigger again, and says so', async () => {
    const fixture = new TaskFixture();
    fixture.task.send({ type: 'EXPIRED' });
    await fixture.clock.advance(5_000);
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(fixture.task.context.reasons).toMatchObject([{ kind: 'alive' }]);
    await fixture.price('23500');
    await fixture.clock.advance(60_000);
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('is paused again when it was', async () => {
    const fixture = new TaskFixture();
    fixture.task.send({ type: 'PAUSE', commandId: 'c' });
    fixture.task.send({ type: 'EXPIRED' });
    await fixture.clock.advance(5_000);
    expect(fixture.task.state).toBe('PAUSED');
  });
});
