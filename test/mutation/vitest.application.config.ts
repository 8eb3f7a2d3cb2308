/**
 * The tests that are run against a mutant of a use case: unit tests, and the contract tests that call use cases on a real Postgres, by
 * themselves or through the API. One Postgres is started for the whole run; Stryker runs only the tests that run the mutated
 * line, and ends with the first that fails. Left out is what asks every route as every caller, or waits for deliveries: minutes, before
 * the first mutant.
 */
import { defineConfig } from 'vitest/config';
import { againstMutants } from './vitest.config.ts';

export default defineConfig({
  test: {
    ...againstMutants,
    include: [
      'test/unit/{api,application,cli,telegram}/**/*.test.ts',
      'test/contract/{application,archive,archive-stopped,follow,halts,isolation,journal-archive}.test.ts',
      'test/contract/{people,rolls,task-read,vouchers}.test.ts',
      'test/contract/api/**/*.test.ts',
    ],
    exclude: [
      'test/unit/api/hub.test.ts',
      'test/unit/cli/{command-line,documented-commands}.test.ts',
      'test/contract/api/{generated,hints}.test.ts',
    ],
    // The test of isolation finds the use cases in the sources: no import says which files it runs. Coverage does.
    forceRerunTriggers: ['**/src/application/**'],
    globalSetup: ['test/support/database.ts'],
    hookTimeout: 600_000,
  },
});
