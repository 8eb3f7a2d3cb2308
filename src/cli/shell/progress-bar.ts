/** The bar under a command that takes a while, on stderr: what is on stdout stays data. */
import { SingleBar } from 'cli-progress';
import { stopSignals } from '../../stop-signals.ts';
import type { Output } from './output.ts';

/** The cursor is shown again, and long lines are wrapped again. */
const asBefore = '\u001b[?25h\u001b[?7h';
/** A process that ends by a signal says so as shells do. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * While it stands the cursor is hidden and lines are not wrapped; however the process ends, the terminal is left as it was.
 * @param words after the bar, with cli-progress's placeholders
 * @returns `null` where no person watches: for JSON, and when stderr is no terminal
 */
export function progressBar({ json }: Pick<Output, 'json'>, words: string): SingleBar | null {
  if (json || !process.stderr.isTTY) return null;
  const bar = new SingleBar({
    format: ` {bar} {percentage}% ${words}`,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  const restore = (): void => void process.stderr.write(asBefore);
  const end = (signal: keyof typeof exitCodes): void => process.exit(exitCodes[signal]);
  bar.on('start', () => {
    process.on('exit', restore);
    for (const signal of stopSignals) process.on(signal, end);
  });
  bar.on('stop', () => {
    process.off('exit', restore);
    for (const signal of stopSignals) process.off(signal, end);
  });
  return bar;
}
