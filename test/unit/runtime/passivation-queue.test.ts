/** Who rests, and in which order. */
import { describe, expect, test } from 'vitest';
import { RestQueue } from '../../../src/runtime/task/passivation-queue.ts';

const tasksWith = (awakeMax: number) => {
  const rested: string[] = [];
  const queue = new RestQueue<{ rest(): void }>(awakeMax);
  const task = (name: string) => ({ rest: () => rested.push(name) });
  return { queue, rested, task };
};

describe('of the tasks that fell quiet', () => {
  test('the last ones stay awake, and the one that is quiet longest rests', () => {
    const { queue, rested, task } = tasksWith(2);
    const [a, b, c] = [task('a'), task('b'), task('c')];
    for (const quiet of [a, b, a, c]) queue.add(quiet);
    expect(rested).toEqual(['b']);
  });

  test('each rests at once when none may stay awake', () => {
    const { queue, rested, task } = tasksWith(0);
    queue.add(task('a'));
    expect(rested).toEqual(['a']);
  });

  test('one that was dropped is forgotten', () => {
    const { queue, rested, task } = tasksWith(1);
    const a = task('a');
    queue.add(a);
    queue.forget(a);
    queue.add(task('b'));
    queue.add(task('c'));
    expect(rested).toEqual(['b']);
  });
});
