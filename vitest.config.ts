import { defineConfig } from 'vitest/config';

/** One project per kind of test; `npm run check` runs the quick ones, `npm test` all of them. */
const project = (name: string, options: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...options },
});

/** Brings one Postgres up for all test files that need a database. */
const globalSetup = ['test/support/database.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('tidy'),
      project('unit'),
      project('machines', { testTimeout: 30_000 }),
      project('contract', { testTimeout: 30_000, hookTimeout: 60_000, globalSetup }),
      project('fault', { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('e2e', { testTimeout: 120_000, hookTimeout: 120_000, globalSetup }),
    ],
  },
});
