/** Which tasks are passivated, and in which order. */
import { describe, expect, test } from 'vitest';
import { PassivationQueue, type Passivatable } from '../../../src/runtime/task/passivation-queue.ts';

const tasksWith = (activeMax: number) => {
  const passivated: string[] = [];
  const queue = new PassivationQueue<Passivatable>(activeMax);
  const task = (name: string): Passivatable => ({ passivate: () => void passivated.push(name) });
  return { queue, passivated, task };
};

describe('of the tasks that fell quiet', () => {
  test('the last ones stay active, and the one that is quiet longest is passivated', () => {
    const { queue, passivated, task } = tasksWith(2);
    const [a, b, c] = [task('a'), task('b'), task('c')];
    for (const quiet of [a, b, a, c]) queue.add(quiet);
    expect(passivated).toEqual(['b']);
  });

  test('each is passivated at once when none may stay active', () => {
    const { queue, passivated, task } = tasksWith(0);
    queue.add(task('a'));
    expect(passivated).toEqual(['a']);
  });

  test('one that was dropped is forgotten', () => {
    const { queue, passivated, task } = tasksWith(1);
    const a = task('a');
    queue.add(a);
    queue.forget(a);
    queue.add(task('b'));
    queue.add(task('c'));
    expect(passivated).toEqual(['b']);
  });
});
