/**
 * The tests that are run against a mutant of a chart: those of the charts alone. Most of a chart is read when its file is loaded, so no
 * coverage says which tests look at it, and every one of these is run until one fails.
 */
import { defineConfig } from 'vitest/config';
import { againstMutants } from './vitest.config.ts';

export default defineConfig({
  test: {
    ...againstMutants,
    include: ['test/machines/**/*.test.ts'],
    exclude: [
      'test/machines/{drawings,halt,layout,marked-orders,order-restart,order-storm,paths}.test.ts',
      'test/machines/structure-{attacks,rolls}.test.ts',
    ],
  },
});
