/**
 * A trigger that fired on a wrong figure closes nothing: it is looked for again in what the exchange says when it is asked
 * anew, and the task waits again with a short back-off instead of a cooldown.
 */
import { reasonText } from '../../src/domain/explain/reason-text.ts';
import { describe, expect, test } from 'vitest';
import { TaskFixture } from '../support/task-fixture.ts';

/** A frame that only the feed knows of. */
async function frame(fixture: TaskFixture, index: string): Promise<void> {
  fixture.task.send({ type: 'PRICE', readings: { index } });
  await fixture.clock.advance(0);
}
const refusals = (fixture: TaskFixture) =>
  fixture.task.context.reasons.map((reason) => ({ code: reason.kind, text: reasonText(reason) }));

describe('one frame with an index of 240000 for 24000', () => {
  test('rolls nothing, says why with both figures, and is over within a second', async () => {
    const fixture = new TaskFixture();
    fixture.market.moveTo({ index: '23000' });
    await frame(fixture, '240000');
    expect(fixture.account.submitted).toEqual([]);
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    expect(refusals(fixture)).toEqual([
      {
        code: 'unconfirmed',
        text: "index 240000 was not confirmed: the option's quote says 23000",
      },
    ]);
    expect(fixture.alerts).toMatchObject([
      { severity: 'info', text: expect.stringContaining('240000') as string },
    ]);
    await fixture.clock.advance(1_000);
    expect(fixture.task.state).toBe('IDLE.watching');
  });

  test('again and again is tried no more often than every ten seconds, with one alert', async () => {
    const fixture = new TaskFixture();
    fixture.market.moveTo({ index: '23000' });
    for (let seconds = 0; seconds < 60; seconds += 1) {
      await frame(fixture, '240000');
      await fixture.clock.advance(1_000);
    }
    expect(fixture.account.submitted).toEqual([]);
    expect(fixture.states.filter((state) => state === 'ROLL_INITIATED.planning').length).toBeLessThan(10);
    expect(fixture.alerts).toHaveLength(1);
  });

  test('does not keep the task from rolling when the price really gets there', async () => {
    const fixture = new TaskFixture();
    fixture.market.moveTo({ index: '23000' });
    await frame(fixture, '240000');
    await fixture.clock.advance(1_000);
    await fixture.price('23500');
    await fixture.clock.advance(60_000);
    expect(fixture.task.context).toMatchObject({ rollsDone: 1, triggered: null, unconfirmed: 0 });
    // After a roll the whole cooldown counts.
    expect(fixture.task.context.wakeAtMs - fixture.clock.nowMs()).toBeGreaterThan(60_000);
  });

  test('takes a pause that was asked for meanwhile', async () => {
    const fixture = new TaskFixture();
    fixture.market.moveTo({ index: '23000' });
    fixture.task.send({ type: 'PRICE', readings: { index: '240000' } });
    fixture.task.send({ type: 'PAUSE', commandId: 'c' });
    await fixture.clock.advance(0);
    expect(fixture.task.state).toBe('PAUSED');
    expect(fixture.account.submitted).toEqual([]);
  });

  test('that the trigger had to hold for is not confirmed after five seconds either', async () => {
    const fixture = new TaskFixture({ spec: { trigger: { index: { above: 23_500, for: '5s' } } } });
    fixture.market.moveTo({ index: '23000' });
    await frame(fixture, '240000');
    expect(fixture.task.state).toBe('IDLE.confirming');
    await fixture.clock.advance(5_000);
    expect(fixture.account.submitted).toEqual([]);
    expect(refusals(fixture)).toMatchObject([{ code: 'unconfirmed' }]);
  });
});
