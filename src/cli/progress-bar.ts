/** The bar under a command that takes a while, on stderr: what is on stdout stays data. */
import { SingleBar } from 'cli-progress';

/** @param words after the bar, with cli-progress's placeholders */
export const progressBar = (words: string): SingleBar =>
  new SingleBar({
    format: ` {bar} {percentage}% ${words}`,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
