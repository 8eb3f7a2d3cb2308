/** The progress bar of a command that takes a while. It is on stderr, so that stdout holds only data. */
import { SingleBar } from 'cli-progress';
import { stopSignals } from '../../stop-signals.ts';
import type { Output } from './output.ts';

/** Shows the cursor again, and wraps long lines again. */
const restoreSequence = '\u001b[?25h\u001b[?7h';
/** As shells report a process that was ended by a signal. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * While it is shown the cursor is hidden and lines are not wrapped; however the process ends, the terminal is restored.
 * @param words shown after the bar; may have cli-progress's placeholders
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
  const restore = (): void => void process.stderr.write(restoreSequence);
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
