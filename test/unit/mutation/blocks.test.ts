import { describe, expect, it } from 'vitest';
import { blockLines, shuffledBlocks } from '../../mutation/blocks.ts';
import { scoreOf, survivorLines } from '../../mutation/report.ts';
import { filesOf, zones } from '../../mutation/zones.ts';
import type { Mutant } from '../../mutation/mutants.ts';

const files = [
  { path: 'long.ts', lines: 10 * blockLines + 3 },
  { path: 'short.ts', lines: 5 },
];

describe('blocks of lines to mutate', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(shuffledBlocks(files, 7)).toEqual(shuffledBlocks(files, 7));
    expect(shuffledBlocks(files, 7)).not.toEqual(shuffledBlocks(files, 8));
  });

  it('cover every line of every file once, and no line beyond its end', () => {
    const lines = shuffledBlocks(files, 1).flatMap(({ path, from, to }) =>
      Array.from({ length: to - from + 1 }, (_, at) => `${path}:${from + at}`),
    );
    const all = files.flatMap(({ path, lines }) =>
      Array.from({ length: lines }, (_, at) => `${path}:${at + 1}`),
    );
    expect(lines.toSorted()).toEqual(all.toSorted());
  });

  it('begin anywhere, if the seeds are many', () => {
    const first = new Set(
      Array.from({ length: 300 }, (_, seed) => JSON.stringify(shuffledBlocks(files, seed)[0])),
    );
    expect(first.size).toBe(12);
  });

  it('are drawn in zones that have sources', () => {
    for (const { folder } of Object.values(zones))
      expect(filesOf(process.cwd(), folder).length, folder).toBeGreaterThan(5);
  });
});

describe('the score of a zone', () => {
  const mutant = (status: Mutant['status']): Mutant => ({
    path: 'a.ts',
    line: 3,
    was: 'x < 1',
    became: 'x <= 1',
    status,
  });

  it('counts what no test runs as alive, a test that never ends as killed, and nothing that was left out', () => {
    const mutants = (['Killed', 'Timeout', 'Killed', 'Survived', 'NoCoverage', 'Ignored'] as const).map(
      mutant,
    );
    expect(scoreOf(mutants)).toEqual({ mutants: 5, killed: 3, survived: 2, killedPercent: 60 });
    expect(survivorLines(mutants)).toEqual([
      '  a.ts:3  x < 1  →  x <= 1',
      '  a.ts:3  x < 1  →  x <= 1  (no test runs it)',
    ]);
  });
});
