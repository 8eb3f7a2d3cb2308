/**
 * The tests that are run against a mutant of a use case: unit tests, and the quicker of the contract tests that call use cases on a real
 * Postgres, of which one is started for the whole run. The isolation of users, events of the API and the archive take too long.
 */
import { defineConfig } from 'vitest/config';
import { againstMutants } from './vitest.config.ts';

export default defineConfig({
  test: {
    ...againstMutants,
    include: [
      'test/unit/{api,application,cli}/**/*.test.ts',
      'test/contract/{application,follow,people,task-read,vouchers}.test.ts',
      'test/contract/api/{sessions,task-charts,workshop}.test.ts',
    ],
    exclude: ['test/unit/api/hub.test.ts', 'test/unit/cli/{command-line,documented-commands}.test.ts'],
    globalSetup: ['test/support/database.ts'],
    hookTimeout: 600_000,
  },
});
