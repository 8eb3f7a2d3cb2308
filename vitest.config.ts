import { defineConfig } from 'vitest/config';

/** One project per kind of test; `npm run check` runs the quick ones, `npm test` all of them. */
const project = (name: string, options: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], expect: { poll: { timeout: 60_000 } }, ...options },
});

/** Brings one Postgres up for all test files that need a database. */
const globalSetup = ['test/support/database.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      // Only what never comes is to fail by time: a slow or shared machine is no fault of the product.
      project('tidy', { testTimeout: 120_000 }),
      project('unit', { testTimeout: 120_000, hookTimeout: 120_000 }),
      project('machines', { testTimeout: 120_000 }),
      project('contract', { testTimeout: 120_000, hookTimeout: 120_000, globalSetup }),
      project('fault', { testTimeout: 240_000, hookTimeout: 120_000 }),
      project('simulation', { testTimeout: 900_000 }),
      project('e2e', { testTimeout: 300_000, hookTimeout: 300_000, globalSetup }),
    ],
  },
});
