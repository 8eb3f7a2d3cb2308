/** What accounts may do in a day or a minute, and what their turns have used; the turns are written by journal/. */
import type { Pool } from 'pg';
import { BadInput, Retryable } from '../domain/errors.ts';
import type { AccountLimits, UseEntry } from '../domain/rules/account-limits.ts';
import type { LimitsBook, LimitsKeeping, TurnUse } from '../ports/account-limits.ts';
import type { Listening } from './commands/listening.ts';
import { describeDatabaseError } from './database-errors.ts';
import { sql } from './sql.ts';

/** Channel of the notices that limits have changed; migration 0018 sends them. */
const limitsChannel = 'rollkeeper_limits';

type UseRow = UseEntry & { readonly taskId: string; readonly version: number };

export class PostgresLimits implements LimitsBook, LimitsKeeping {
  readonly #pool: Pool;
  readonly #listening: Listening;

  constructor(pool: Pool, listening: Listening) {
    this.#pool = pool;
    this.#listening = listening;
  }

  async limitsOf(accountIds: readonly string[]): Promise<ReadonlyMap<string, AccountLimits>> {
    const { rows } = await this.#asRetryable(() =>
      this.#pool.query<{ accountId: string; limits: AccountLimits }>(sql('limits-of-accounts'), [accountIds]),
    );
    return new Map(rows.map(({ accountId, limits }) => [accountId, limits]));
  }

  async usedSince(accountId: string, sinceMs: number): Promise<readonly TurnUse[]> {
    const { rows } = await this.#asRetryable(() =>
      this.#pool.query<UseRow>(sql('account-use'), [accountId, sinceMs]),
    );
    return rows.map(({ taskId, version, ...use }) => ({ taskId, version, use: [use] }));
  }

  async setLimits(
    accountId: string,
    changes: AccountLimits,
    { by, from }: { readonly by: string; readonly from: string },
  ): Promise<AccountLimits> {
    const values = [accountId, JSON.stringify(changes), by, from];
    const { rows } = await this.#pool.query<{ limits: AccountLimits }>(sql('set-limits'), values);
    if (rows[0]) return rows[0].limits;
    throw new BadInput('There is no such account', [
      { path: 'account', found: accountId, expected: 'the id of an account that was added' },
    ]);
  }

  async listenForLimits(onChange: () => void): Promise<void> {
    await this.#listening.listen(limitsChannel, { message: onChange, connected: onChange });
  }

  async #asRetryable<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new Retryable(`Reading limits of accounts: ${describeDatabaseError(error)}`, { cause: error });
    }
  }
}
