/**
 * The order in which test files are tried on a mutant: those of the mutated file's name, then those of its folder, then the rest, slow
 * ones last. The first failure ends the run, so most mutants cost a file or two.
 */
import { basename, dirname, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take seconds: half of the time of all. */
const slow = /\/(account-limits|corpus|hand-over|people|supervisor|vouchers|workshop)\.test\.ts$/;

export class NearestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Stryker gives the one mutated file; before the first mutant it gives all of them, and no order matters.
    const related = (this.ctx.config as { related?: readonly string[] }).related ?? [];
    const mutated = related.map((path) => relative(this.ctx.config.root, path));
    const ranked = files.map((file) => ({ file, distance: distanceOf(file.moduleId, mutated) }));
    ranked.sort((a, b) => a.distance - b.distance || a.file.moduleId.localeCompare(b.file.moduleId));
    return Promise.resolve(ranked.map(({ file }) => file));
  }
}

function distanceOf(testPath: string, mutated: readonly string[]): number {
  const test = basename(testPath).replace('.test.ts', '');
  if (mutated.some((path) => basename(path).split('.')[0] === test)) return 0;
  if (slow.test(testPath)) return 3;
  return mutated.some((path) => testPath.includes(`/${dirname(path).replace('src/', '')}/`)) ? 1 : 2;
}
