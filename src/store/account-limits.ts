/** What accounts may do in a day or a minute, and what their turns have used; the turns are written by journal/. */
import type { Pool } from 'pg';
import { BadInput, Retryable } from '../domain/errors.ts';
import type { AccountLimits, UseEntry } from '../domain/rules/account-limits.ts';
import type { LimitsBook, LimitsKeeping, TurnUse } from '../ports/account-limits.ts';
import type { Listening } from './commands/listening.ts';
import { askedTogether } from './asked-together.ts';
import { describeDatabaseError } from './database-errors.ts';
import { sql } from './sql.ts';

/** Channel of the notices that limits have changed; migration 0018 sends them. */
const limitsChannel = 'rollkeeper_limits';

/** `place` of its question, from 1. */
type UseRow = UseEntry & Pick<TurnUse, 'taskId' | 'version'> & { readonly place: number };

/** What an account has used since then. */
interface UseQuestion {
  readonly accountId: string;
  readonly sinceMs: number;
}

export class PostgresLimits implements LimitsBook, LimitsKeeping {
  readonly #pool: Pool;
  readonly #listening: Listening;
  /** A daemon that starts asks for all of its accounts at once; a question is written as JSON. */
  readonly #limitsOf: (accountId: string) => Promise<AccountLimits | null>;
  readonly #usedSince: (question: string) => Promise<readonly TurnUse[] | null>;

  constructor(pool: Pool, listening: Listening) {
    this.#pool = pool;
    this.#listening = listening;
    this.#limitsOf = askedTogether((accountIds) => this.#readLimits(accountIds), { oneAtATime: true });
    this.#usedSince = askedTogether((questions) => this.#readUse(questions), { oneAtATime: true });
  }

  async limitsOf(accountIds: readonly string[]): Promise<ReadonlyMap<string, AccountLimits>> {
    const found = new Map<string, AccountLimits>();
    await Promise.all(
      accountIds.map(async (accountId) => {
        const limits = await this.#limitsOf(accountId);
        if (limits) found.set(accountId, limits);
      }),
    );
    return found;
  }

  async usedSince(accountId: string, sinceMs: number): Promise<readonly TurnUse[]> {
    const question: UseQuestion = { accountId, sinceMs };
    return (await this.#usedSince(JSON.stringify(question))) ?? [];
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

  async #readLimits(accountIds: readonly string[]): Promise<ReadonlyMap<string, AccountLimits>> {
    const { rows } = await this.#asRetryable(() =>
      this.#pool.query<{ accountId: string; limits: AccountLimits }>(sql('limits-of-accounts'), [accountIds]),
    );
    return new Map(rows.map(({ accountId, limits }) => [accountId, limits]));
  }

  async #readUse(questions: readonly string[]): Promise<ReadonlyMap<string, readonly TurnUse[]>> {
    const asked = questions.map((question) => JSON.parse(question) as UseQuestion);
    const values = [asked.map(({ accountId }) => accountId), asked.map(({ sinceMs }) => sinceMs)];
    const { rows } = await this.#asRetryable(() => this.#pool.query<UseRow>(sql('account-use'), values));
    const found = new Map<string, TurnUse[]>(questions.map((question) => [question, []]));
    for (const { place, taskId, version, ...use } of rows)
      found.get(questions[place - 1] ?? '')?.push({ taskId, version, use: [use] });
    return found;
  }

  async #asRetryable<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new Retryable(`Reading limits of accounts: ${describeDatabaseError(error)}`, { cause: error });
    }
  }
}
