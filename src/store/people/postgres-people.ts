/** Users as they are let in and out: access, bans, and what messengers call them. */
import type { Pool, PoolClient } from 'pg';
import { NotFound } from '../../domain/request-errors.ts';
import type { Act } from '../../ports/audit.ts';
import type { Scope } from '../../ports/directory.ts';
import type { Admission, Identity, NewPerson, People, UserAccess } from '../../ports/people.ts';
import { inTransaction, rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';
import { recordAct, type Deed } from './record.ts';
import { isStorable } from './storable-name.ts';
import { everything } from '../read/everything.ts';

export class PostgresPeople implements People {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async user(userName: string | null, { userId }: Scope = everything): Promise<UserAccess> {
    if (userName !== null && !isStorable(userName)) throw new NotFound('user', userName);
    const [user] = await rowsOf<UserAccess>(this.#pool, 'user-access', [userName, userId]);
    if (!user) throw new NotFound('user', userName ?? '');
    return user;
  }

  setAccess(userName: string, untilMs: number | null, act: Act): Promise<UserAccess> {
    const details = { until: untilMs === null ? null : new Date(untilMs).toISOString() };
    return this.#change(
      { query: 'set-access', values: [untilMs], deed: { act: 'user.access', details } },
      userName,
      act,
    );
  }

  ban(userName: string, reason: string, act: Act): Promise<UserAccess> {
    return this.#change(
      { query: 'ban-user', values: [reason], deed: { act: 'user.ban', details: { reason } } },
      userName,
      act,
    );
  }

  liftBan(userName: string, act: Act): Promise<UserAccess> {
    return this.#change({ query: 'lift-ban', values: [], deed: { act: 'user.unban' } }, userName, act);
  }

  async admissionOf({ kind, id }: Identity): Promise<Admission | null> {
    if (!isStorable(id)) return null;
    const [admission] = await rowsOf<Admission>(this.#pool, 'admission-of', [kind, id]);
    return admission ?? null;
  }

  async welcome({ identity, names }: NewPerson, from: string): Promise<Admission> {
    await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query(sql('admission-of'), [identity.kind, identity.id]);
      if (rows.length > 0) return;
      const { userId, name } = await newUser(client, names, null);
      if (!(await linkIdentity(client, identity, userId))) throw new AlreadyKnown();
      const deed = { act: 'user.add', userId, details: { name, identity: textOf(identity) } };
      await recordAct(client, { by: `user:${userId}`, from }, deed);
    }).catch((error: unknown) => {
      if (!(error instanceof AlreadyKnown)) throw error;
    });
    const admission = await this.admissionOf(identity);
    if (!admission) throw new Error(`${textOf(identity)} was unlinked while it was linked`);
    return admission;
  }

  async unlink(userName: string, { kind, id }: Identity, act: Act): Promise<UserAccess> {
    if (!isStorable(id)) throw new NotFound('identity', id);
    const user = await this.user(userName);
    await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query(sql('unlink-identity'), [kind, id, userName]);
      if (rows.length === 0) throw new NotFound('identity', id, userName);
      const details = { identity: textOf({ kind, id }) };
      await recordAct(client, act, { act: 'user.unlink', userId: user.userId, details });
    });
    return this.user(userName);
  }

  /** Runs a query that changes the named user and gives the id, with its record; no row changes and records nothing. */
  async #change(
    { query, values, deed }: { query: string; values: readonly unknown[]; deed: Deed },
    userName: string,
    act: Act,
  ): Promise<UserAccess> {
    await this.user(userName);
    await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ userId: string }>(sql(query), [userName, ...values]);
      if (rows[0]) await recordAct(client, act, { ...deed, userId: rows[0].userId });
    });
    return this.user(userName);
  }
}

/** Another transaction has linked the identity meanwhile. */
class AlreadyKnown extends Error {}

export const textOf = ({ kind, id }: Identity): string => `${kind}:${id}`;

/** @param days of access, `null` for no end @throws Error when every name is taken */
export async function newUser(
  client: PoolClient,
  names: readonly string[],
  days: number | null,
): Promise<{ readonly userId: string; readonly name: string }> {
  for (const name of names) {
    const { rows } = await client.query<{ userId: string; name: string }>(sql('insert-free-user'), [
      name,
      days,
    ]);
    if (rows[0]) return rows[0];
  }
  throw new Error(`Every name for a new user is taken: ${names.join(', ')}`);
}

/** @returns false when the identity belongs to a user already */
export async function linkIdentity(
  client: PoolClient,
  { kind, id }: Identity,
  userId: string,
): Promise<boolean> {
  const { rows } = await client.query(sql('link-identity'), [kind, id, userId]);
  return rows.length > 0;
}
