/** Logs an error for the person on call while turns cannot be stored, because no order is sent meanwhile. */
import type { Logger } from './logger.ts';

interface JournalState {
  /** Turns that wait to be stored. */
  readonly waiting: number;
  readonly lastError: string | null;
  readonly healthy: boolean;
  readonly lagMs: number;
  /** For how long every turn has been stored too late for its order. */
  readonly slowForMs: number;
}

/** One turn that took long is no news. */
const slowLastsMs = 6_000;

/** To be called at intervals; logs nothing while the journal is healthy. The journal logs when an outage begins and ends. */
export function reportJournal(state: JournalState, log: Logger): void {
  const { healthy, waiting, lastError, lagMs, slowForMs } = state;
  if (healthy && slowForMs > slowLastsMs)
    log.error(
      { waiting, lagMs: Math.round(lagMs), slowForMs: Math.round(slowForMs) },
      'the database takes seconds to store a turn: orders are decided again and again, and none leaves, until it is quicker',
    );
  if (!healthy)
    log.error(
      { waiting, reason: lastError },
      `the journal cannot write, ${waiting} turns wait: no order is sent until the database is back`,
    );
}
