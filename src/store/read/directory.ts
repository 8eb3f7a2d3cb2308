/**
 * Users and their accounts. It owns names being unique, secrets being sealed before they reach the database, and
 * opening them again for the daemon that trades with them; encryption itself is the vault's. No other list or error
 * ever shows a secret.
 */
import type { Pool } from 'pg';
import type { AccountTrouble } from '../../domain/orders/account-trouble.ts';
import { AccountUnmanageable, BadInput, Retryable } from '../../domain/errors.ts';
import { shardLockClass, shardsTotal, type ExchangeEnvironment } from '../ownership/advisory-locks.ts';
import { constraintOf, isDuplicate } from '../database-errors.ts';
import { sql } from '../sql.ts';
import type { Vault } from '../vault.ts';

export interface User {
  readonly userId: string;
  readonly name: string;
}

export interface Account {
  readonly accountId: string;
  readonly name: string;
  readonly environment: ExchangeEnvironment;
  readonly apiKey: string;
  readonly userId: string;
  readonly userName: string;
  /** Tasks that are not over. */
  readonly tasksTotal: number;
  /** Why it cannot trade; `null` when nothing is known to keep it from that. */
  readonly trouble: AccountTrouble | null;
  /** The daemon that manages it now; null when none does. */
  readonly daemon: string | null;
  /** Why not, in the words of the daemons that live, or because it is a duplicate; null when nothing is known. */
  readonly problem: string | null;
}

export interface NewAccount {
  readonly userName: string;
  /** Unique among the user's accounts. */
  readonly name: string;
  readonly environment: ExchangeEnvironment;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Whom the exchange says the key belongs to, when it could be asked. */
  readonly exchangeUserId?: string | null;
}

export interface AccountCredentials {
  readonly accountId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly environment: ExchangeEnvironment;
  readonly name: string;
  readonly userName: string;
}

type CredentialsRow = Omit<AccountCredentials, 'apiSecret'> & { readonly sealedSecret: Buffer };

/** An account that has the same key, or the same user of the exchange, as another one. */
interface Twin {
  readonly accountId: string;
  readonly name: string;
  readonly userName: string;
  readonly sameKey: boolean;
}

export class Directory {
  readonly #pool: Pool;
  readonly #vault: Vault;

  constructor(pool: Pool, vault: Vault) {
    this.#pool = pool;
    this.#vault = vault;
  }

  /** @throws BadInput when the name is unusable or taken. */
  async addUser(name: string): Promise<User> {
    assertName('user', name);
    try {
      const { rows } = await this.#pool.query<User>(sql('insert-user'), [name]);
      if (!rows[0]) throw new Error('INSERT returned no row');
      return rows[0];
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw wrong('user', JSON.stringify(name), 'a name no other user has', 'User name taken');
    }
  }

  async users(): Promise<readonly (User & { readonly accountsTotal: number })[]> {
    const { rows } = await this.#pool.query<User & { accountsTotal: number }>(sql('list-users'));
    return rows;
  }

  /** Stores the account with its secret sealed. @throws BadInput naming what is unknown, taken or unusable. */
  async addAccount(account: NewAccount): Promise<{ readonly accountId: string }> {
    const { userName, name, environment, apiKey } = account;
    assertName('account', name);
    if (!Object.hasOwn(shardLockClass, environment)) {
      throw wrong('environment', JSON.stringify(environment), Object.keys(shardLockClass).join(', '));
    }
    const user = await this.#pool.query<{ userId: string }>(sql('find-user'), [userName]);
    const userId = user.rows[0]?.userId;
    if (userId === undefined) throw await this.#unknownUser(userName);
    const next = await this.#pool.query<{ id: string }>(sql('next-account-id'));
    const accountId = next.rows[0]?.id ?? '';
    const sealed = this.#vault.seal(account.apiSecret, { accountId, apiKey });
    try {
      const { exchangeUserId = null } = account;
      const values = [accountId, userId, name, environment, apiKey, sealed, exchangeUserId];
      await this.#pool.query(sql('insert-account'), values);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw constraintOf(error).startsWith('accounts_one_per_')
        ? await this.#taken(account, accountId)
        : wrong('account', JSON.stringify(name), `a name that no other account of ${userName} has`);
    }
    return { accountId };
  }

  /** Everybody's accounts, or one user's. @throws BadInput when the user is unknown. */
  async accounts({ userName }: { readonly userName?: string | undefined } = {}): Promise<readonly Account[]> {
    const values = [userName ?? null, shardsTotal, JSON.stringify(shardLockClass)];
    const { rows } = await this.#pool.query<Account>(sql('list-accounts'), values);
    if (rows.length === 0 && userName !== undefined) {
      const { rowCount } = await this.#pool.query(sql('find-user'), [userName]);
      if (rowCount === 0) throw await this.#unknownUser(userName);
    }
    return rows;
  }

  /** For the daemon that trades with the account. @throws BadInput (unknown), Terminal (secret cannot be opened). */
  async credentials(accountId: string): Promise<AccountCredentials> {
    const { rows } = /^\d{1,18}$/.test(accountId)
      ? await this.#pool.query<CredentialsRow>(sql('account-credentials'), [accountId])
      : { rows: [] };
    const row = rows[0];
    if (!row) throw wrong('accountId', JSON.stringify(accountId), 'the id of an account that was added');
    const { sealedSecret, ...known } = row;
    return { ...known, apiSecret: this.#vault.open(sealedSecret, known) };
  }

  /**
   * Sees to it that one account alone trades for one user of the exchange: of two the older is kept.
   * @param askUser whom the exchange says the key belongs to, null when it does not say; asked once for each account
   * @throws AccountUnmanageable when this one is the younger; Retryable while the younger one is still managed
   */
  async assertOnlyOne(accountId: string, askUser: () => Promise<string | null>): Promise<void> {
    const { rows } = await this.#pool.query<{ exchangeUserId: string | null }>(sql('exchange-user'), [
      accountId,
    ]);
    if (rows[0]?.exchangeUserId === null) {
      const exchangeUserId = await askUser();
      if (exchangeUserId !== null) await this.#settleUser(accountId, exchangeUserId);
    }
    const older = await this.#pool.query<Twin>(sql('older-twin'), [accountId]);
    const [twin] = older.rows;
    if (twin)
      throw new AccountUnmanageable(
        `it ${twin.sameKey ? 'has the same API key' : 'belongs to the same user of the exchange'} as ${nameOf(twin)}, ` +
          'which is older: both would trade the same positions. Its tasks are not watched: ' +
          `add them to ${JSON.stringify(twin.name)}, and use this account no more`,
        { code: 'DUPLICATE' },
      );
    const values = [accountId, shardsTotal, Object.values(shardLockClass)];
    const younger = await this.#pool.query<Twin>(sql('managed-twins'), values);
    if (younger.rows[0])
      throw new Retryable(
        `it waits until the younger ${nameOf(younger.rows[0])} of the same key or user is let go`,
      );
  }

  /** In two statements, because the index looks at every row by itself. */
  async #settleUser(accountId: string, exchangeUserId: string): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(sql('mark-younger-twins'), [accountId, exchangeUserId]);
      await client.query(sql('note-exchange-user'), [accountId, exchangeUserId]);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  async #taken(
    { apiKey, environment, exchangeUserId = null }: NewAccount,
    accountId: string,
  ): Promise<BadInput> {
    const { rows } = await this.#pool.query<Twin>(sql('twins-of'), [
      environment,
      apiKey,
      exchangeUserId,
      accountId,
    ]);
    const [twin] = rows;
    const found = twin
      ? `${twin.sameKey ? 'the key' : 'another key of the same user of the exchange'}, as ${nameOf(twin)} has it`
      : 'a key that another account has';
    return wrong(
      'apiKey',
      found,
      'a key of another account at the exchange: two accounts here would trade the same positions twice. ' +
        'Use the account that is there, or make a sub-account at the exchange',
    );
  }

  async #unknownUser(userName: string): Promise<BadInput> {
    const names = (await this.users()).map(({ name }) => name);
    const known =
      names.length === 0 ? 'a user to be added first (there is none)' : `one of ${names.join(', ')}`;
    return wrong('user', JSON.stringify(userName), known, 'Unknown user');
  }
}

const nameOf = ({ accountId, name, userName }: Twin): string =>
  `account ${JSON.stringify(name)} of ${userName} (id ${accountId})`;

function assertName(path: 'user' | 'account', name: string): void {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u.test(name)) return;
  throw wrong(
    path,
    JSON.stringify(name),
    '1 to 64 letters, digits, spaces or . _ @ -, starting with a letter or digit',
  );
}

const wrong = (path: string, found: string, expected: string, subject = `Wrong ${path}`): BadInput =>
  new BadInput(subject, [{ path, found, expected }]);
