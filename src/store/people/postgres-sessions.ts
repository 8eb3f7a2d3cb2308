/** Browsers that are signed in. Links and sessions are looked for by their SHA-256, so the time that takes says nothing about them. */
import type { Pool, PoolClient } from 'pg';
import type { Act } from '../../ports/audit.ts';
import type { Scope } from '../../ports/directory.ts';
import type { Admission } from '../../ports/people.ts';
import type { NewLink, NewSession, Sessions, SignedIn } from '../../ports/sessions.ts';
import type { AdmittedToken } from '../../ports/tokens.ts';
import { askedTogether } from '../asked-together.ts';
import type { Pools } from '../pool.ts';
import { inTransaction, plannedRowsOf, rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';
import { PostgresPeople } from './postgres-people.ts';
import { recordAct } from './record.ts';

interface FoundSession extends Omit<SignedIn, 'admission'>, Omit<Admission, 'userId'> {
  readonly secretHash: Buffer;
  readonly userId: string | null;
  readonly isUseDue: boolean;
}

export class PostgresSessions implements Sessions {
  readonly #pool: Pool;
  readonly #people: PostgresPeople;
  readonly #owner: string;
  /** By the hash of its secret, as hex. */
  readonly #find: (hash: string) => Promise<FoundSession | null>;

  /** @param owner of this process */
  constructor(pools: Pools, owner: string) {
    const { pool } = pools;
    this.#pool = pool;
    this.#owner = owner;
    this.#find = askedTogether((hashes) => admitted(pools, hashes));
    this.#people = new PostgresPeople(pool);
  }

  async addLink({ userName, codeHash, expiresAtMs }: NewLink, within: Scope, act: Act): Promise<void> {
    const userId = userName === null ? null : (await this.#people.user(userName, within)).userId;
    await inTransaction(this.#pool, async (client) => {
      await client.query(sql('insert-link'), [codeHash, userId, expiresAtMs]);
      await recordAct(client, act, { act: 'session.link', userId });
    });
  }

  async beginByLink(codeHash: Buffer, session: NewSession): Promise<SignedIn | null> {
    const isBegun = await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ userId: string | null }>(sql('use-link'), [codeHash]);
      const [link] = rows;
      if (link) await begin(client, session, { userId: link.userId, tokenId: null });
      return link !== undefined;
    });
    return isBegun ? this.session(session.secretHash) : null;
  }

  async beginByToken(tokenHash: Buffer, session: NewSession): Promise<SignedIn | null> {
    const isBegun = await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<AdmittedToken>(sql('admit-tokens'), [[tokenHash]]);
      const [token] = rows;
      if (!token || token.isBanned) return false;
      await client.query(sql('note-token-use'), [token.tokenId]);
      await begin(client, session, token);
      return true;
    });
    return isBegun ? this.session(session.secretHash) : null;
  }

  async session(secretHash: Buffer): Promise<SignedIn | null> {
    const found = await this.#find(secretHash.toString('hex'));
    if (!found) return null;
    const { sessionId, tokenId, scope, expiresAtMs, userId, name, identities, isBanned, hasEnded } = found;
    if (found.isUseDue) await rowsOf(this.#pool, 'note-session-use', [sessionId]);
    const admission = userId === null ? null : { userId, name, identities, isBanned, hasEnded };
    return { sessionId, tokenId, scope, expiresAtMs, admission };
  }

  async noteAddress(url: string): Promise<void> {
    await rowsOf(this.#pool, 'note-address', [this.#owner, url]);
  }

  async addresses(): Promise<readonly string[]> {
    const rows = await rowsOf<{ url: string }>(this.#pool, 'api-addresses', []);
    return rows.map(({ url }) => url);
  }

  end(secretHash: Buffer, from: string): Promise<boolean> {
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ sessionId: string; userId: string | null }>(sql('end-session'), [
        secretHash,
      ]);
      const [ended] = rows;
      if (!ended) return false;
      const { sessionId, userId } = ended;
      await recordAct(client, actOf(userId, from), { act: 'session.end', userId, details: { sessionId } });
      return true;
    });
  }
}

async function admitted(pools: Pools, hashes: readonly string[]): Promise<ReadonlyMap<string, FoundSession>> {
  const rows = await plannedRowsOf<FoundSession>(pools, 'admit-sessions', [
    hashes.map((hash) => Buffer.from(hash, 'hex')),
  ]);
  return new Map(rows.map((row) => [row.secretHash.toString('hex'), row]));
}

async function begin(
  client: PoolClient,
  { secretHash, from, expiresAtMs }: NewSession,
  { userId, tokenId }: { readonly userId: string | null; readonly tokenId: string | null },
): Promise<void> {
  const values = [secretHash, userId, tokenId, from, expiresAtMs];
  const { rows } = await client.query<{ sessionId: string }>(sql('insert-session'), values);
  const details = { sessionId: rows[0]?.sessionId, tokenId };
  await recordAct(client, actOf(userId, from), { act: 'session.begin', userId, details });
}

const actOf = (userId: string | null, from: string): Act => ({
  by: userId === null ? 'operator' : `user:${userId}`,
  from: `browser at ${from}`,
});
