/**
 * Vouchers. Redeeming takes three locks in this order: the row of the person's wrong codes, so that one person's codes are
 * looked at one after the other; the voucher, so that it is used so often and not once more; the user, so that no ban comes
 * between.
 */
import type { Pool, PoolClient } from 'pg';
import { NotFound, type RefusedVoucher } from '../../domain/request-errors.ts';
import type { Act } from '../../ports/audit.ts';
import type { Admission } from '../../ports/people.ts';
import type { NewVoucher, RedeemAnswer, Redemption, Voucher, Vouchers } from '../../ports/vouchers.ts';
import { inTransaction, rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';
import { linkIdentity, newUser, PostgresPeople, textOf } from './postgres-people.ts';
import { recordAct } from './record.ts';
import { isRowId, isStorable } from './storable-name.ts';

/** So many wrong codes in a row lock a person out (note-wrong-code.sql). */
const triesMax = 3;

interface FoundVoucher {
  readonly voucherId: string;
  readonly days: number;
  /** Whom a redeemer becomes. */
  readonly userId: string | null;
  readonly isRevoked: boolean;
  readonly isExpired: boolean;
  readonly isUsedUp: boolean;
  /** By this very person. */
  readonly isRedeemed: boolean;
}

type Outcome =
  | { readonly kind: 'refused'; readonly refusal: RefusedVoucher }
  | { readonly kind: 'redeemed'; readonly isNew: boolean };

export class PostgresVouchers implements Vouchers {
  readonly #pool: Pool;
  readonly #people: PostgresPeople;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.#people = new PostgresPeople(pool);
  }

  async create(voucher: NewVoucher, act: Act): Promise<Voucher> {
    const { codeHash, days, usesMax, userName, expiresAtMs } = voucher;
    const userId = userName === null ? null : (await this.#people.user(userName)).userId;
    const voucherId = await inTransaction(this.#pool, async (client) => {
      const values = [codeHash, days, usesMax, userId, act.by, expiresAtMs];
      const { rows } = await client.query<{ voucherId: string }>(sql('insert-voucher'), values);
      const id = rows[0]?.voucherId ?? '';
      await recordAct(client, act, { act: 'voucher.add', userId, details: { voucherId: id, days, usesMax } });
      return id;
    });
    return this.#voucher(voucherId);
  }

  list(): Promise<readonly Voucher[]> {
    return rowsOf<Voucher>(this.#pool, 'list-vouchers', [null]);
  }

  async revoke(voucherId: string, act: Act): Promise<Voucher> {
    if (!isRowId(voucherId)) throw new NotFound('voucher', voucherId);
    await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ userId: string | null }>(sql('revoke-voucher'), [voucherId]);
      if (!rows[0]) return;
      await recordAct(client, act, { act: 'voucher.revoke', userId: rows[0].userId, details: { voucherId } });
    });
    return this.#voucher(voucherId);
  }

  async redeem(redemption: Redemption): Promise<RedeemAnswer> {
    const { identity } = redemption;
    if (!isStorable(identity.id)) throw new Error('The id of the person cannot be stored');
    const key = [identity.kind, identity.id];
    const locked = await lockedUntil(this.#pool, key);
    if (locked !== null) return { kind: 'refused', refusal: locked };
    const outcome = await inTransaction(this.#pool, async (client) => {
      await client.query(sql('lock-attempts'), key);
      const refusal = await lockedUntil(client, key);
      if (refusal !== null) return { kind: 'refused', refusal } as const;
      return redeemLocked(client, redemption);
    });
    if (outcome.kind === 'refused') return outcome;
    const admission = await this.#people.admissionOf(identity);
    if (!admission) throw new Error(`${textOf(identity)} was unlinked while it redeemed a voucher`);
    const { userId, name, identities } = admission;
    const { accessUntilMs } = await this.#people.user(name);
    return { kind: 'redeemed', userId, userName: name, identities, isNew: outcome.isNew, accessUntilMs };
  }

  async #voucher(voucherId: string): Promise<Voucher> {
    const [voucher] = await rowsOf<Voucher>(this.#pool, 'list-vouchers', [voucherId]);
    if (!voucher) throw new NotFound('voucher', voucherId);
    return voucher;
  }
}

async function lockedUntil(
  queryable: Pick<Pool, 'query'> | PoolClient,
  key: readonly string[],
): Promise<RefusedVoucher | null> {
  const { rows } = await (queryable as Pool).query<{ untilMs: number }>(sql('locked-until'), [...key]);
  return rows[0] ? { kind: 'locked', untilMs: rows[0].untilMs } : null;
}

/** Within the transaction that holds the person's row of wrong codes. */
async function redeemLocked(
  client: PoolClient,
  { codeHash, identity, names, from }: Redemption,
): Promise<Outcome> {
  const key = [identity.kind, identity.id];
  const { rows } = await client.query<FoundVoucher>(sql('voucher-to-redeem'), [codeHash, ...key]);
  const [voucher] = rows;
  if (!voucher) return { kind: 'refused', refusal: await noteWrongCode(client, key) };
  const known = await client.query<Admission>(sql('admission-of'), key);
  const person = known.rows[0] ?? null;
  const refusal = refusalOf(voucher, person);
  if (refusal !== null) return { kind: 'refused', refusal: { kind: refusal } };
  const wanted = person?.userId ?? voucher.userId;
  if (wanted !== null && (await isBanned(client, wanted)))
    return { kind: 'refused', refusal: { kind: 'banned' } };
  const { voucherId, days } = voucher;
  const userId = wanted ?? (await newUser(client, names, days)).userId;
  if (person === null) await linkIdentity(client, identity, userId);
  if (wanted !== null) await client.query(sql('add-days'), [userId, days]);
  await client.query(sql('use-voucher'), [voucherId, ...key, userId]);
  // Only now: a code that lets nobody in any more would else make room for three more guesses, as often as it is repeated.
  await client.query(sql('forgive-attempts'), key);
  const details = { voucherId, days, identity: textOf(identity) };
  await recordAct(client, { by: `user:${userId}`, from }, { act: 'voucher.redeem', userId, details });
  return { kind: 'redeemed', isNew: wanted === null };
}

function refusalOf(
  voucher: FoundVoucher,
  person: Admission | null,
): 'revoked' | 'expired' | 'usedUp' | 'redeemedBefore' | 'forAnotherUser' | null {
  if (voucher.isRedeemed) return 'redeemedBefore';
  if (voucher.isRevoked) return 'revoked';
  if (voucher.isUsedUp) return 'usedUp';
  if (voucher.isExpired) return 'expired';
  const isAnothers = voucher.userId !== null && person !== null && person.userId !== voucher.userId;
  return isAnothers ? 'forAnotherUser' : null;
}

async function isBanned(client: PoolClient, userId: string): Promise<boolean> {
  const { rows } = await client.query<{ isBanned: boolean }>(sql('ban-of'), [userId]);
  return rows[0]?.isBanned ?? true;
}

async function noteWrongCode(client: PoolClient, key: readonly string[]): Promise<RefusedVoucher> {
  const { rows } = await client.query<{ failures: number; untilMs: number | null }>(sql('note-wrong-code'), [
    ...key,
  ]);
  const { failures = triesMax, untilMs = null } = rows[0] ?? {};
  await client.query(sql('forget-attempts'));
  return { kind: 'unknown', triesLeft: (triesMax - (failures % triesMax)) % triesMax, untilMs };
}
