/** Access tokens. A token is looked for by its SHA-256, so the time that takes says nothing about the token itself. */
import type { Pool } from 'pg';
import { NotFound } from '../../domain/request-errors.ts';
import type { Act } from '../../ports/audit.ts';
import type { Scope } from '../../ports/directory.ts';
import type { AdmittedToken, NewToken, Token, Tokens } from '../../ports/tokens.ts';
import { askedTogether } from '../asked-together.ts';
import { isDuplicate } from '../database-errors.ts';
import type { Pools } from '../pool.ts';
import { inTransaction, plannedRowsOf, rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';
import { wrongValue } from '../wrong-value.ts';
import { PostgresPeople } from './postgres-people.ts';
import { recordAct } from './record.ts';
import { assertName, isStorable } from './storable-name.ts';

interface FoundToken extends AdmittedToken {
  readonly tokenHash: Buffer;
  readonly isUseDue: boolean;
}

export class PostgresTokens implements Tokens {
  readonly #pool: Pool;
  readonly #people: PostgresPeople;
  /** By the hash, as hex. */
  readonly #find: (hash: string) => Promise<FoundToken | null>;

  constructor(pools: Pools) {
    const { pool } = pools;
    this.#pool = pool;
    this.#find = askedTogether((hashes) => admitted(pools, hashes));
    this.#people = new PostgresPeople(pool);
  }

  async add(
    { userName, name, tokenHash, scope, expiresAtMs }: NewToken,
    within: Scope,
    act: Act,
  ): Promise<Token> {
    const user = await this.#people.user(userName, within);
    assertName('token', name);
    try {
      await inTransaction(this.#pool, async (client) => {
        const values = [user.userId, name, tokenHash, scope, expiresAtMs];
        const { rows } = await client.query<{ tokenId: string }>(sql('insert-token'), values);
        const details = { tokenId: rows[0]?.tokenId, name, scope };
        await recordAct(client, act, { act: 'token.add', userId: user.userId, details });
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw wrongValue('token', JSON.stringify(name), `a name that no other token of ${user.name} has`);
    }
    const added = (await this.list(user.name, within)).find((token) => token.name === name);
    if (!added) throw new NotFound('token', name);
    return added;
  }

  async list(userName: string | null, within: Scope): Promise<readonly Token[]> {
    const isAll = userName === null && within.userId === null;
    const userId = isAll ? null : (await this.#people.user(userName, within)).userId;
    return rowsOf<Token>(this.#pool, 'list-tokens', [userId]);
  }

  async revoke(
    { userName, name }: { readonly userName: string | null; readonly name: string },
    within: Scope,
    act: Act,
  ): Promise<Token> {
    const user = await this.#people.user(userName, within);
    if (!isStorable(name)) throw new NotFound('token', name);
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<Omit<Token, 'userName'>>(sql('revoke-token'), [user.userId, name]);
      const [token] = rows;
      if (!token) throw new NotFound('token', name);
      const details = { tokenId: token.tokenId, name };
      await recordAct(client, act, { act: 'token.revoke', userId: user.userId, details });
      return { ...token, userName: user.name };
    });
  }

  async admission(tokenHash: Buffer): Promise<AdmittedToken | null> {
    const found = await this.#find(tokenHash.toString('hex'));
    if (!found) return null;
    const { tokenId, scope, userId, name, identities, isBanned, hasEnded } = found;
    if (found.isUseDue) await rowsOf(this.#pool, 'note-token-use', [tokenId]);
    return { tokenId, scope, userId, name, identities, isBanned, hasEnded };
  }
}

async function admitted(pools: Pools, hashes: readonly string[]): Promise<ReadonlyMap<string, FoundToken>> {
  const rows = await plannedRowsOf<FoundToken>(pools, 'admit-tokens', [
    hashes.map((hash) => Buffer.from(hash, 'hex')),
  ]);
  return new Map(rows.map((row) => [row.tokenHash.toString('hex'), row]));
}
