/**
 * Draws blocks of lines out of source files by a seed. A block is where mutants are made. Every line of a zone is equally likely to
 * be drawn, so the score of a few blocks is an estimate for the zone. The same seed draws the same blocks.
 */
import { randomStream } from '../../src/exchange/paper/random.ts';

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
}

/** Lines `from` to `to` of a file, both included and counted from 1. */
export interface Block {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** As many lines as a block has, unless its file ends before. */
export const blockLines = 15;

/** Every block of the files, none overlapping another, shuffled by the seed: the first ones are what is drawn. */
export function shuffledBlocks(files: readonly SourceFile[], seed: number): Block[] {
  const blocks = files.flatMap(blocksOf);
  const uniform = randomStream(seed);
  for (let last = blocks.length - 1; last > 0; last -= 1) {
    const other = Math.floor(uniform() * (last + 1));
    const [a, b] = [blocks[last], blocks[other]];
    if (a && b) [blocks[last], blocks[other]] = [b, a];
  }
  return blocks;
}

function blocksOf({ path, lines }: SourceFile): Block[] {
  const blocks: Block[] = [];
  for (let from = 1; from <= lines; from += blockLines)
    blocks.push({ path, from, to: Math.min(from + blockLines - 1, lines) });
  return blocks;
}
