/**
 * The epochs in which this daemon has its accounts. Whoever takes an account over raises its epoch (fence-accounts.sql) and only then
 * reads its tasks; a turn carries the epoch in which its task was read, and is stored only while that is the account's
 * (flush-turns.sql). So a take-over writes one small row, however many tasks wait. Why no two daemons can both store turns of a task:
 *
 * - A flush locks the row of the epoch until it ends, which is one statement. A take-over that comes later waits for it, and what it
 *   reads after that, in a statement of its own, is final. A flush that comes later gets the row as it is then, even if its statement
 *   began before: Postgres reads a row anew once it has waited for it. Locks are taken in the order of accounts by both.
 * - The epoch is raised in the session that holds the shard, so by one daemon at a time, and by a daemon that lost its session not at
 *   all. It is raised also when a daemon takes its own account over again: turns of before then are refused.
 * - A daemon from before there were epochs looks at version and owner of a task only. It is refused by the owner `fence`, which every
 *   task has that was taken over or made under an epoch, and when it takes tasks over it writes itself there, which refuses the others.
 *   Tasks that are passed between the two kinds, and those with a roll under way, have their versions raised (adopt-tasks.sql).
 *
 * A connection that is made anew, a retry and a stopped process change nothing of this, because every flush brings its epochs.
 */
export class AccountFences {
  readonly #epochs = new Map<string, number>();

  /** The epoch of turns that are made now; 0, which no account has, when this daemon never took the account over. */
  readonly epochOf = (accountId: string): number => this.#epochs.get(accountId) ?? 0;

  /** Answers of the database may come out of order. */
  note(accountId: string, epoch: number): void {
    this.#epochs.set(accountId, Math.max(epoch, this.epochOf(accountId)));
  }
}
