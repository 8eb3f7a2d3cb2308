/**
 * The order in which test files are tried on a mutant: those of the mutated file's name, then the quick ones of its folder, then the
 * other quick ones, then the rest by the time that each took before. The first failure ends the run, so most mutants cost a file or two.
 * All files share their modules, so a file that puts something else in the place of modules comes after all others.
 */
import { basename, dirname, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const replacesModules = /\/corpus\.test\.ts$/;

/** A file that takes longer waits for all that do not. */
const quickMs = 700;

/** What each took at most, by path: a run of a few of a file's tests says less of it than the run of all before the first mutant. */
const tookMs = new Map<string, number>();

export class NearestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root, related } = this.ctx.config as { root: string; related?: readonly string[] };
    // Stryker gives the one mutated file; before the first mutant it gives all of them, and no order matters.
    const mutated = (related ?? []).map((path) => relative(root, path));
    const ranked = files.map((file) => {
      const durationMs = this.#durationMs(file);
      return { file, durationMs, distance: distanceOf(file.moduleId, mutated, durationMs) };
    });
    ranked.sort((a, b) => a.distance - b.distance || a.durationMs - b.durationMs);
    return Promise.resolve(ranked.map(({ file }) => file));
  }

  #durationMs({ moduleId, project }: TestSpecification): number {
    const key = `${project.name}:${relative(this.ctx.config.root, moduleId)}`;
    const { duration = 0 } = this.ctx.cache.getFileTestResults(key) ?? {};
    const longestMs = Math.max(duration, tookMs.get(moduleId) ?? 0);
    tookMs.set(moduleId, longestMs);
    return longestMs;
  }
}

function distanceOf(testPath: string, mutated: readonly string[], durationMs: number): number {
  if (replacesModules.test(testPath)) return 4;
  const test = basename(testPath).replace('.test.ts', '');
  if (mutated.some((path) => basename(path).split('.')[0] === test)) return 0;
  if (durationMs > quickMs) return 3;
  return mutated.some((path) => testPath.includes(`/${dirname(path).replace('src/', '')}/`)) ? 1 : 2;
}
