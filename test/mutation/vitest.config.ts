/**
 * The tests that are run against a mutant: unit tests and tests of the charts that take milliseconds. Left out is what takes many seconds
 * (every path of a chart, pictures, backtests), counts how many random cases it saw, or starts programs. So a mutant that lives here may
 * die in `npm test`: the score is a lower bound.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { NearestFirst } from './nearest-first.ts';

/** How the tests are run against a mutant, whichever they are. */
export const againstMutants: NonNullable<ViteUserConfig['test']> = {
  alias: { 'fast-check': fileURLToPath(new URL('few-runs.ts', import.meta.url)) },
  sequence: { sequencer: NearestFirst },
  runner: fileURLToPath(new URL('stop-at-once.ts', import.meta.url)),
  // What fails is said by Stryker; a report of every failure on the way would take longer than the tests.
  reporters: [{}],
  pool: 'threads',
  isolate: false,
  fileParallelism: false,
  testTimeout: 600_000,
  // On a busy machine what has to come takes longer than vitest would wait.
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  test: {
    ...againstMutants,
    include: ['test/unit/{application,cli,domain,replay,runtime}/**/*.test.ts', 'test/machines/**/*.test.ts'],
    exclude: [
      'test/machines/{drawings,halt,layout,order-restart,order-storm,paths}.test.ts',
      'test/machines/structure-{attacks,rolls}.test.ts',
      'test/unit/cli/{command-line,documented-commands}.test.ts',
      'test/unit/domain/roll/planned-rolls.test.ts',
      'test/unit/domain/rules/target-choices.test.ts',
      'test/unit/runtime/{herd,leg2-reading}.test.ts',
    ],
  },
});
