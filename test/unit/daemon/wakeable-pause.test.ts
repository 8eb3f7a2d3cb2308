import { describe, expect, test } from 'vitest';
import { WakeablePause } from '../../../src/daemon/wakeable-pause.ts';

/** Longer than any test may take: a wait that is not woken fails. */
const forEver = 2 ** 31 - 1;

describe('a pause that may be cut short', () => {
  test('ends when its time is over', async () => {
    await new WakeablePause().wait(1);
  });

  test('ends as soon as it is woken, and the next one waits again', async () => {
    const pause = new WakeablePause();
    const first = pause.wait(forEver);
    pause.wake();
    pause.wake();
    await first;
    const second = pause.wait(forEver).then(() => 'over');
    expect(await Promise.race([second, pause.wait(1).then(() => 'still waiting')])).toBe('still waiting');
    pause.wake();
    expect(await second).toBe('over');
  });

  test('does not begin when it was woken before', async () => {
    const pause = new WakeablePause();
    pause.wake();
    await pause.wait(forEver);
  });
});
