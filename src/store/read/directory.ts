/**
 * Users and their accounts. It keeps names unique, seals secrets before they reach the database, and opens them again for
 * the daemon that trades with them; vault.ts encrypts. No other list or error shows a secret.
 */
import type { Pool } from 'pg';
import { AccountUnmanageable, BadInput, Retryable } from '../../domain/errors.ts';
import { KeyTaken, NotFound } from '../../domain/request-errors.ts';
import type { Act } from '../../ports/audit.ts';
import type {
  Account,
  Directory,
  ExchangeEnvironment,
  ListedUser,
  NewAccount,
  NewKey,
  NewGrant,
  Scope,
  User,
} from '../../ports/directory.ts';
import { shardLockClass, shardsTotal } from '../ownership/advisory-locks.ts';
import { constraintOf, isDuplicate } from '../database-errors.ts';
import { inTransaction, rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';
import { everything } from './everything.ts';
import { ownAct, recordAct } from '../people/record.ts';
import { assertName, isStorable } from '../people/storable-name.ts';
import type { Vault } from '../vault.ts';
import { wrongValue } from '../wrong-value.ts';

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

export class PostgresDirectory implements Directory {
  readonly #pool: Pool;
  readonly #vault: Vault;

  constructor(pool: Pool, vault: Vault) {
    this.#pool = pool;
    this.#vault = vault;
  }

  async addUser(name: string, act: Act = ownAct): Promise<User> {
    assertName('user', name);
    try {
      return await inTransaction(this.#pool, async (client) => {
        const { rows } = await client.query<User>(sql('insert-user'), [name]);
        if (!rows[0]) throw new Error('INSERT returned no row');
        await recordAct(client, act, { act: 'user.add', userId: rows[0].userId, details: { name } });
        return rows[0];
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new BadInput('User name taken', [
        { path: 'user', found: JSON.stringify(name), expected: 'a name no other user has' },
      ]);
    }
  }

  async visibleAccounts({ userId }: Scope): Promise<readonly string[] | null> {
    if (userId === null) return null;
    const rows = await rowsOf<{ accountId: string }>(this.#pool, 'visible-accounts', [userId]);
    return rows.map(({ accountId }) => accountId);
  }

  users({ userId }: Scope = everything): Promise<readonly ListedUser[]> {
    return rowsOf<ListedUser>(this.#pool, 'list-users', [userId]);
  }

  async addAccount(
    account: NewAccount,
    scope: Scope = everything,
    act: Act = ownAct,
  ): Promise<{ readonly accountId: string }> {
    const { userName, name, environment, apiKey } = account;
    assertName('account', name);
    if (!Object.hasOwn(shardLockClass, environment)) {
      throw wrongValue('environment', JSON.stringify(environment), Object.keys(shardLockClass).join(', '));
    }
    const userId = await this.#userId(userName, scope);
    const next = await this.#pool.query<{ id: string }>(sql('next-account-id'));
    const accountId = next.rows[0]?.id ?? '';
    const sealed = this.#vault.seal(account.apiSecret, { kind: 'account', id: accountId, beside: apiKey });
    try {
      const { exchangeUserId = null } = account;
      const values = [accountId, userId, name, environment, apiKey, sealed, exchangeUserId];
      await inTransaction(this.#pool, async (client) => {
        await client.query(sql('insert-account'), values);
        const details = { name, environment, apiKey };
        await recordAct(client, act, { act: 'account.add', accountId, userId, details });
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw constraintOf(error).startsWith('accounts_one_per_')
        ? await this.#taken(account, accountId)
        : wrongValue('account', JSON.stringify(name), `a name that no other account of ${userName} has`);
    }
    return { accountId };
  }

  async replaceKey(
    { accountId, environment }: Pick<Account, 'accountId' | 'environment'>,
    { apiKey, apiSecret, exchangeUserId = null }: NewKey,
    act: Act,
  ): Promise<void> {
    const sealed = this.#vault.seal(apiSecret, { kind: 'account', id: accountId, beside: apiKey });
    try {
      await inTransaction(this.#pool, async (client) => {
        const values = [accountId, apiKey, sealed, exchangeUserId];
        const { rows } = await client.query<{ isSameUser: boolean }>(sql('replace-key'), values);
        if (rows[0]?.isSameUser !== true)
          throw wrongValue(
            'apiKey',
            'a key of another user or sub-account of the exchange',
            "a key of the account's own user there: its tasks hold positions of that user",
          );
        await recordAct(client, act, { act: 'account.key', accountId, details: { apiKey } });
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw await this.#taken({ apiKey, environment, exchangeUserId }, accountId);
    }
  }

  /** Of these accounts those that have another key by now. @param connected key by account */
  async replacedKeys(connected: ReadonlyMap<string, string>): Promise<readonly string[]> {
    if (connected.size === 0) return [];
    const values = [[...connected.keys()], [...connected.values()]];
    const { rows } = await this.#pool.query<{ accountId: string }>(sql('replaced-keys'), values);
    return rows.map(({ accountId }) => accountId);
  }

  async accounts(
    { userName }: { readonly userName?: string | undefined } = {},
    scope: Scope = everything,
  ): Promise<readonly Account[]> {
    if (userName !== undefined && !isStorable(userName)) throw new NotFound('user', userName);
    const values = [userName ?? null, shardsTotal, JSON.stringify(shardLockClass), scope.userId];
    const rows = await rowsOf<Account>(this.#pool, 'list-accounts', values);
    if (rows.length === 0 && userName !== undefined) await this.#userId(userName, scope);
    return rows;
  }

  async share({ accountId, userName, role }: NewGrant, act: Act): Promise<void> {
    if (!isStorable(userName)) throw new NotFound('user', userName);
    await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ userId: string }>(sql('share-account'), [
        accountId,
        userName,
        role,
      ]);
      if (!rows[0]) throw new NotFound('user', userName);
      const { userId } = rows[0];
      await recordAct(client, act, { act: 'account.share', accountId, userId, details: { role } });
    });
  }

  async unshare({ accountId, userName }: Omit<NewGrant, 'role'>, act: Act): Promise<boolean> {
    if (!isStorable(userName)) return false;
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ userId: string }>(sql('unshare-account'), [accountId, userName]);
      if (!rows[0]) return false;
      await recordAct(client, act, { act: 'account.unshare', accountId, userId: rows[0].userId });
      return true;
    });
  }

  /** @throws NotFound */
  async #userId(userName: string, { userId }: Scope): Promise<string> {
    const { rows } = isStorable(userName)
      ? await this.#pool.query<{ userId: string }>(sql('find-user'), [userName, userId])
      : { rows: [] };
    if (!rows[0]) throw new NotFound('user', userName);
    return rows[0].userId;
  }

  /** For the daemon that trades with the account. @throws BadInput (unknown), Terminal (secret cannot be opened). */
  async credentials(accountId: string): Promise<AccountCredentials> {
    const { rows } = /^\d{1,18}$/.test(accountId)
      ? await this.#pool.query<CredentialsRow>(sql('account-credentials'), [accountId])
      : { rows: [] };
    const row = rows[0];
    if (!row) throw wrongValue('accountId', JSON.stringify(accountId), 'the id of an account that was added');
    const { sealedSecret, ...known } = row;
    const place = { kind: 'account', id: accountId, beside: known.apiKey } as const;
    return { ...known, apiSecret: this.#vault.open(sealedSecret, place) };
  }

  /**
   * Makes sure that only one account trades for one user of the exchange: of two the older is kept.
   * @param askUser asks the exchange which of its users the key belongs to, null when it does not say; called until it says
   * @throws AccountUnmanageable when this account is the younger; Retryable while a younger one is still managed
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
        `it waits until the younger ${nameOf(younger.rows[0])} of the same key or user is released`,
      );
  }

  /** In two statements, because the unique index checks every row by itself. */
  async #settleUser(accountId: string, exchangeUserId: string): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      await client.query(sql('mark-younger-twins'), [accountId, exchangeUserId]);
      await client.query(sql('note-exchange-user'), [accountId, exchangeUserId]);
    });
  }

  async #taken(
    {
      apiKey,
      environment,
      exchangeUserId = null,
    }: Pick<NewAccount, 'apiKey' | 'environment' | 'exchangeUserId'>,
    accountId: string,
  ): Promise<KeyTaken> {
    const values = [environment, apiKey, exchangeUserId, accountId];
    const { rows } = await this.#pool.query<Twin>(sql('twins-of'), values);
    const [twin] = rows;
    if (!twin) return new KeyTaken('key', null);
    const { sameKey, ...holder } = twin;
    return new KeyTaken(sameKey ? 'key' : 'user', holder);
  }
}

const nameOf = ({ accountId, name, userName }: Twin): string =>
  `account ${JSON.stringify(name)} of ${userName} (id ${accountId})`;
