/**
 * Stands for fast-check while mutants are tested: a property is tried 20 times instead of hundreds or thousands, and a failure is
 * not shrunk, because nobody reads it. A property that needs more to fail leaves its mutant alive.
 */
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type * as fc from 'fast-check';
import { expect } from 'vitest';

// By `require`, because an import of this name leads here.
const real = createRequire(import.meta.url)('fast-check') as typeof fc;

const runsMax = 20;
/** The same cases for every mutant, so that none is killed by chance. */
const seed = 1;

/** Files that also count how many of their random cases were of use, and need so many for it. */
const runsThatCount: Readonly<Record<string, number>> = { 'destinations.test.ts': 400 };

const assertOnFewRuns = ((property: fc.IRawProperty<void>, parameters?: fc.Parameters) => {
  const file = basename(expect.getState().testPath ?? '');
  const most = runsThatCount[file] ?? runsMax;
  const numRuns = Math.min(parameters?.numRuns ?? runsMax, most);
  return real.assert(property, { ...parameters, numRuns, seed, endOnFailure: true });
}) as typeof fc.assert;

export default { ...real, assert: assertOnFewRuns };
