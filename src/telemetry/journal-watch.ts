/** Logs an error for the person on call while turns cannot be stored, because no order is sent meanwhile. */
import type { Logger } from './logger.ts';

interface JournalState {
  /** Turns that wait to be stored. */
  readonly waiting: number;
  readonly lastError: string | null;
  readonly healthy: boolean;
}

/** To be called at intervals; logs nothing while the journal is healthy. The journal logs when an outage begins and ends. */
export function reportJournal({ healthy, waiting, lastError }: JournalState, log: Logger): void {
  if (healthy) return;
  log.error(
    { waiting, reason: lastError },
    `the journal cannot write, ${waiting} turns wait: no order is sent until the database is back`,
  );
}
