/** What a run of mutants says: the figures of a zone, and every mutant that no test noticed, as a line to go to. */
import type { Mutant } from './mutants.ts';

export interface Score {
  readonly mutants: number;
  readonly killed: number;
  readonly survived: number;
  /** Of all mutants, in percent, with one digit. */
  readonly killedPercent: number;
}

const isKilled = ({ status }: Mutant) => status === 'Killed' || status === 'Timeout';
const isAlive = ({ status }: Mutant) => status === 'Survived' || status === 'NoCoverage';

export function scoreOf(mutants: readonly Mutant[]): Score {
  const killed = mutants.filter(isKilled).length;
  const survived = mutants.filter(isAlive).length;
  const judged = killed + survived;
  const killedPercent = judged === 0 ? 100 : Math.round((1000 * killed) / judged) / 10;
  return { mutants: judged, killed, survived, killedPercent };
}

/** Each mutant that lives, as `file:line  what it was → what it became`. */
export function survivorLines(mutants: readonly Mutant[]): string[] {
  return mutants.filter(isAlive).map(({ path, line, was, became, status }) => {
    const untested = status === 'NoCoverage' ? '  (no test runs it)' : '';
    return `  ${path}:${line}  ${short(was)}  →  ${short(became)}${untested}`;
  });
}

const short = (code: string): string => {
  const line = code.replace(/\s+/g, ' ').trim();
  return line.length <= 100 ? line : `${line.slice(0, 70)} … ${line.slice(-25)}`;
};
