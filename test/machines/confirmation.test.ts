/**
 * A trigger that fired on a wrong figure closes nothing: it is looked for again in what the exchange says when it is asked
 * anew, and the task waits again with a short back-off instead of a cooldown.
 */
import { reasonText } from '../../src/domain/explain/reason-text.ts';
import { describe, expect, test } from 'vitest';
import { TaskBench } from '../support/task-bench.ts';

/** A frame that only the feed knows of. */
async function frame(bench: TaskBench, index: string): Promise<void> {
  bench.task.send({ type: 'PRICE', readings: { index } });
  await bench.clock.advance(0);
}
const refusals = (bench: TaskBench) =>
  bench.task.context.reasons.map((reason) => ({ code: reason.kind, text: reasonText(reason) }));

describe('one frame with an index of 240000 for 24000', () => {
  test('rolls nothing, says why with both figures, and is over within a second', async () => {
    const bench = new TaskBench();
    bench.market.moveTo({ index: '23000' });
    await frame(bench, '240000');
    expect(bench.account.submitted).toEqual([]);
    expect(bench.task.state).toBe('IDLE.coolingDown');
    expect(refusals(bench)).toEqual([
      {
        code: 'unconfirmed',
        text: "index 240000 was not confirmed: the option's quote says 23000, the perpetual's ticker asked anew 23000",
      },
    ]);
    expect(bench.alerts).toMatchObject([
      { severity: 'info', text: expect.stringContaining('240000') as string },
    ]);
    await bench.clock.advance(1_000);
    expect(bench.task.state).toBe('IDLE.watching');
  });

  test('again and again is tried no more often than every ten seconds, and told once', async () => {
    const bench = new TaskBench();
    bench.market.moveTo({ index: '23000' });
    for (let seconds = 0; seconds < 60; seconds += 1) {
      await frame(bench, '240000');
      await bench.clock.advance(1_000);
    }
    expect(bench.account.submitted).toEqual([]);
    expect(bench.states.filter((state) => state === 'ROLL_INITIATED.planning').length).toBeLessThan(10);
    expect(bench.alerts).toHaveLength(1);
  });

  test('does not keep the task from rolling when the price really gets there', async () => {
    const bench = new TaskBench();
    bench.market.moveTo({ index: '23000' });
    await frame(bench, '240000');
    await bench.clock.advance(1_000);
    await bench.price('23500');
    await bench.clock.advance(60_000);
    expect(bench.task.context).toMatchObject({ rollsDone: 1, triggered: null, unconfirmed: 0 });
    // After a roll the whole cooldown counts.
    expect(bench.task.context.wakeAtMs - bench.clock.nowMs()).toBeGreaterThan(60_000);
  });

  test('takes a pause that was asked for meanwhile', async () => {
    const bench = new TaskBench();
    bench.market.moveTo({ index: '23000' });
    bench.task.send({ type: 'PRICE', readings: { index: '240000' } });
    bench.task.send({ type: 'PAUSE', commandId: 'c' });
    await bench.clock.advance(0);
    expect(bench.task.state).toBe('PAUSED');
    expect(bench.account.submitted).toEqual([]);
  });

  test('that the trigger had to hold for is not confirmed after five seconds either', async () => {
    const bench = new TaskBench({ spec: { trigger: { index: { above: 23_500, for: '5s' } } } });
    bench.market.moveTo({ index: '23000' });
    await frame(bench, '240000');
    expect(bench.task.state).toBe('IDLE.confirming');
    await bench.clock.advance(5_000);
    expect(bench.account.submitted).toEqual([]);
    expect(refusals(bench)).toMatchObject([{ code: 'unconfirmed' }]);
  });
});
