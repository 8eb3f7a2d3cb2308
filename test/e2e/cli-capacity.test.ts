/** `rollkeeper capacity` as an operator runs it. */
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('rollkeeper capacity', () => {
  it('measures this machine and names the limit that is met first, lowest bound first', async () => {
    const [report] = jsonLines(await run(['capacity', '--json']));
    for (const figure of [
      'durableTurnsPerSecond',
      'turnsPerSecondOfOneTask',
      'bytesPerRestingTask',
      'tasksArmedPerSecond',
      'tasksMax',
      'accountsAtOnce',
    ])
      expect(report?.[figure], figure).toBeGreaterThan(0);
    const rates = (report?.['bounds'] as { rollsPerSecond: number }[]).map((bound) => bound.rollsPerSecond);
    expect(rates).toHaveLength(3);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
  });

  it('says it in words', async () => {
    const { code, stdout } = await run(['capacity']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^First to bind: .+, at [\d.]+ rolls a second\.$/m);
  });
});
