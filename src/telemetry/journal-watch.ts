/** Tells the person on call how the journal stands: while turns cannot be stored no order leaves, so it must not be silent. */
import type { Logger } from './logger.ts';

interface JournalState {
  /** Turns that wait to be stored. */
  readonly waiting: number;
  readonly lastError: string | null;
  readonly healthy: boolean;
}

/** To be called now and then: says nothing while all is well. That it began and ended is the journal's own to log. */
export function tellOfJournal({ healthy, waiting, lastError }: JournalState, log: Logger): void {
  if (healthy) return;
  log.error(
    { waiting, reason: lastError },
    `the journal cannot write, ${waiting} turns wait: no order leaves until the database is back`,
  );
}
