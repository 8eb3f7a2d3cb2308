/** The benches are not part of the tests; what they store has to be what this program can restore, or they measure nothing. */
import { expect, it } from 'vitest';
import { PersistStage } from '../bench/persist/stage.ts';

it('tasks that a bench stores in bulk are restored, and commit turns', async () => {
  const stage = await PersistStage.open(3);
  try {
    expect(await stage.turnsPerSecond(3, 2)).toBeGreaterThan(0);
    expect(await stage.commitsPerSecond(2)).toBeGreaterThan(0);
  } finally {
    await stage.close();
  }
});
