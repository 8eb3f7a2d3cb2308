/** The journal on Postgres: group commit over a few connections of its own. */
import { GroupCommitJournal, type GroupCommitOptions, type JournalBounds } from './group-commit.ts';
import type { After } from './flush-lane.ts';
import type { StoreLog } from '../log.ts';
import { PostgresTurnWriter } from './postgres-turn-writer.ts';

export interface PostgresJournalOptions extends JournalBounds {
  readonly databaseUrl: string;
  /** Session of this daemon, unique per start; the same that adopts the tasks (postgres-ownership). */
  readonly owner: string;
  readonly epochOf: GroupCommitOptions['epochOf'];
  readonly log: StoreLog;
  /** Flush connections. Default 2: more gained little on two cores. */
  readonly lanes?: number;
  readonly connectTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
}

export class PostgresJournal extends GroupCommitJournal {
  constructor({ lanes = 2, log, owner, epochOf, databaseUrl, ...options }: PostgresJournalOptions) {
    const writers = Array.from(
      { length: lanes },
      (_, index) =>
        new PostgresTurnWriter({
          databaseUrl,
          owner,
          name: `rollkeeper journal ${index + 1}`,
          connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
          statementTimeoutMs: options.statementTimeoutMs ?? 10_000,
        }),
    );
    super({ ...options, owner, epochOf, log, writers, after });
  }
}

const after: After = (delayMs, action) => {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
};
