/** When tasks are sent the delivery of their option: some seconds after its expiry, the soonest first, and not after the index is closed. */
import { expect, test } from 'vitest';
import { HeldIndex } from '../../../src/runtime/positions/held-index.ts';
import type { TaskActor } from '../../../src/runtime/task/task-actor.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const withinMs = 5_000;

/** Notes for which moments alarms are set. */
class NotingClock extends VirtualClock {
  readonly setAtMs: number[] = [];

  override alarm(atMs: number, ring: () => void): () => void {
    this.setAtMs.push(atMs);
    return super.alarm(atMs, ring);
  }
}

function scene() {
  const clock = new NotingClock(0);
  const index = new HeldIndex(clock, withinMs);
  const sent: string[] = [];
  /** A task that holds one option, and takes its delivery until it is over. */
  const task = (taskId: string, expiryMs: number) => {
    const state = { settles: true };
    return {
      accountId: '1',
      context: { held: { symbol: `option of ${taskId}`, expiryMs, qty: '1' } },
      hasTag: () => state.settles,
      send: ({ type }: { readonly type: string }) => {
        sent.push(`${taskId} ${type} ${clock.nowMs()}`);
        state.settles = false;
      },
    } as unknown as TaskActor;
  };
  return { clock, index, sent, task };
}

test('Each task is sent its delivery in its turn, however the tasks were noted', async () => {
  const { clock, index, sent, task } = scene();
  index.note(task('late', 90_000));
  index.note(task('soon', 10_000));
  index.note(task('then', 50_000));
  await clock.advance(14_999);
  expect(sent).toEqual([]);
  await clock.advance(200_000);
  expect(sent).toEqual(['soon EXPIRED 15000', 'then EXPIRED 55000', 'late EXPIRED 95000']);
});

test('One alarm waits for the soonest delivery: a later one, and another of the same moment, set none', () => {
  const { clock, index, task } = scene();
  index.note(task('a', 10_000));
  index.note(task('b', 10_000));
  index.note(task('c', 90_000));
  expect(clock.setAtMs).toEqual([15_000]);
  index.note(task('d', 5_000));
  expect(clock.setAtMs).toEqual([15_000, 10_000]);
});

test('Nothing is sent once it is closed, nor of a task that was forgotten', async () => {
  const { clock, index, sent, task } = scene();
  const [kept, forgotten] = [task('kept', 10_000), task('forgotten', 10_000)];
  index.note(kept);
  index.note(forgotten);
  index.forget(forgotten);
  await clock.advance(20_000);
  expect(sent).toEqual(['kept EXPIRED 15000']);
  index.note(task('more', 30_000));
  index.close();
  await clock.advance(100_000);
  expect(sent).toHaveLength(1);
});

test('What was delivered before it was noted is sent at once', async () => {
  const { clock, index, sent, task } = scene();
  await clock.advance(14_999);
  const waits = task('waits', 10_000);
  index.note(waits);
  expect(sent).toEqual([]);
  await clock.advance(1);
  expect(sent).toEqual(['waits EXPIRED 15000']);
  index.note(task('late', 10_000));
  expect(sent.at(-1)).toBe('late EXPIRED 15000');
});
