import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** How long a test waits for what has to come: on a busy machine, too. */
const patienceMs = 300_000;

/** One project per kind of test; `npm run check` runs the quick ones, `npm test` all of them. */
const project = (name: string, options: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    expect: { poll: { timeout: patienceMs } },
    ...options,
  },
});

/** Brings one Postgres up for all test files that need a database. */
const globalSetup = ['test/support/database.ts'];

/** A test that takes so long hangs; no test is failed for a slow machine. */
const hangMs = 600_000;

export default defineConfig({
  test: {
    // One more than cores: tests that start daemons wait half of the time.
    maxWorkers: availableParallelism() + 1,
    projects: [
      project('tidy', { testTimeout: hangMs }),
      project('unit', { testTimeout: hangMs }),
      project('machines', { testTimeout: hangMs }),
      project('contract', { testTimeout: hangMs, hookTimeout: hangMs, globalSetup }),
      project('fault', { testTimeout: hangMs, hookTimeout: hangMs }),
      project('simulation', { testTimeout: hangMs }),
      project('e2e', { testTimeout: hangMs, hookTimeout: hangMs, globalSetup }),
    ],
  },
});
