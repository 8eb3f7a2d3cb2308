/** Why accounts cannot trade, and the alerts about accounts rather than tasks. */
import type { Pool } from 'pg';
import { troubleBegins, withRefusal, type AccountTrouble } from '../domain/orders/account-trouble.ts';
import type { KeyNews, KeyStanding } from '../domain/orders/key-standing.ts';
import type { AccountBook } from '../ports/accounts.ts';
import type { Alert } from '../ports/alerts.ts';
import type { ExchangeEnvironment } from '../ports/directory.ts';
import { askedTogether } from './asked-together.ts';
import { shardLockClass, shardsTotal } from './ownership/advisory-locks.ts';
import { storable } from './journal/flush-turns.ts';
import { sql } from './sql.ts';

export class PostgresAccountBook implements AccountBook {
  readonly #pool: Pool;
  /** A daemon that starts asks for all of its accounts at once. */
  readonly #troubleOf: (accountId: string) => Promise<AccountTrouble | null>;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.#troubleOf = askedTogether((accountIds) => troubles(pool, accountIds), { oneAtATime: true });
  }

  trouble(accountId: string): Promise<AccountTrouble | null> {
    return this.#troubleOf(accountId);
  }

  /**
   * Notes, for accounts that no other daemon holds, that a starting daemon cannot reach the exchange.
   * @param problem a sentence that names the host
   * @param atMs this computer's date, because the exchange's is not known
   */
  async noteUnreachable(environment: ExchangeEnvironment, problem: string, atMs: number): Promise<void> {
    const refusal = { said: storable(problem), atMs };
    const trouble = withRefusal(null, 'log-in', refusal);
    const { severity, code } = troubleBegins('', trouble);
    await this.#pool.query(sql('note-unreachable-exchange'), [
      environment,
      JSON.stringify(trouble),
      severity,
      code,
      storable(problem),
      atMs,
      shardLockClass[environment],
      shardsTotal,
    ]);
  }

  async noteTrouble(
    accountId: string,
    trouble: AccountTrouble | null,
    alert: (Alert & { readonly atMs: number }) | null,
  ): Promise<void> {
    const troubleJson = trouble === null ? null : storable(JSON.stringify(trouble));
    await this.#pool.query(sql('note-account-trouble'), [
      accountId,
      troubleJson,
      alert?.severity ?? null,
      alert?.code ?? null,
      alert && JSON.stringify(alert.figures),
      alert?.atMs ?? null,
    ]);
  }

  async noteAlert(
    accountId: string,
    { severity, code, figures, atMs }: Alert & { readonly atMs: number },
  ): Promise<void> {
    const values = [accountId, severity, code, storable(JSON.stringify(figures)), atMs];
    await this.#pool.query(sql('note-account-alert'), values);
  }

  async keyStanding(accountId: string): Promise<KeyStanding | null> {
    const { rows } = await this.#pool.query<{ standing: KeyStanding | null }>(sql('key-standing'), [
      accountId,
    ]);
    return rows[0]?.standing ?? null;
  }

  async noteKeyStanding(
    accountId: string,
    before: KeyStanding | null,
    { standing, alerts }: KeyNews,
  ): Promise<boolean> {
    const { rows } = await this.#pool.query<{ noted: number }>(sql('note-key-standing'), [
      accountId,
      before && JSON.stringify(before),
      storable(JSON.stringify(standing)),
      alerts.map(({ severity }) => severity),
      alerts.map(({ code }) => code),
      alerts.map(({ figures }) => storable(JSON.stringify(figures))),
      standing.checkedAtMs,
    ]);
    return rows[0]?.noted === 1;
  }
}

interface TroubleRow {
  readonly accountId: string;
  readonly trouble: AccountTrouble;
}

async function troubles(
  pool: Pool,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, AccountTrouble>> {
  const { rows } = await pool.query<TroubleRow>(sql('account-troubles'), [accountIds]);
  return new Map(rows.map(({ accountId, trouble }) => [accountId, trouble]));
}
