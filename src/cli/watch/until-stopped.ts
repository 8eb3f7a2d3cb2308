/** What goes on until a stop signal or a closed output, and then ends cleanly: with what is open closed, and exit code 0. */
import { stopSignals } from '../../stop-signals.ts';

/** @returns when `work` has ended; its signal is aborted by the first stop signal */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of stopSignals) process.on(signal, onSignal);
  try {
    return await work(stop.signal);
  } finally {
    for (const signal of stopSignals) process.off(signal, onSignal);
  }
}
