/** What a bench is: a file in `benches/` whose default export is one of these. */
import type { Measured } from './comparison.ts';

export interface FixtureOptions {
  /** At least so many rounds; both sides of a comparison are measured in each of them, in turn. */
  readonly rounds: number;
  /** Smaller sizes, to see that a bench works; its figures mean nothing. */
  readonly quick: boolean;
  /** Prints a line for a person while it runs. */
  readonly say: (line: string) => void;
}

export interface Bench {
  /** One sentence: what is measured. */
  readonly measures: string;
  /** Names a part that is not there, e.g. a peer that was not installed; the bench is then not run. */
  readonly missing?: () => string | null;
  /** Yields each comparison as soon as it stands. */
  run(options: FixtureOptions): Iterable<Measured> | AsyncIterable<Measured>;
}
