/** Stores how each account of this daemon stands, for other daemons and for people; many notes share one statement. */
import type { AccountState } from '../../ports/journal.ts';
import type { LockSession } from './lock-session.ts';
import { sql } from '../sql.ts';

export class AccountNotes {
  readonly #owner: string;
  readonly #session: () => LockSession | null;
  #waiting = new Map<string, AccountState>();
  #writing: Promise<void> | null = null;

  constructor(owner: string, session: () => LockSession | null) {
    this.#owner = owner;
    this.#session = session;
  }

  /** Never rejects: the next try makes a lost note again, and without the session a note means nothing. */
  add(accountId: string, state: AccountState): Promise<void> {
    this.#waiting.set(accountId, state);
    this.#writing ??= this.#write().finally(() => (this.#writing = null));
    return this.#writing;
  }

  async #write(): Promise<void> {
    // In a microtask, so that everything noted in this stretch shares one statement.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const notes = [...this.#waiting].map(([accountId, state]) => rowOf(accountId, state));
      this.#waiting = new Map();
      await this.#session()
        ?.query(sql('note-accounts'), [this.#owner, JSON.stringify(notes)])
        .catch(() => undefined);
    }
  }
}

const rowOf = (accountId: string, state: AccountState): object =>
  state.kind === 'managed'
    ? { account_id: accountId, failure: null, for_everybody: false, stay_away_ms: 0 }
    : {
        account_id: accountId,
        failure: state.reason.replaceAll('\0', ''),
        for_everybody: state.forEverybody,
        stay_away_ms: state.stayAwayMs,
      };
