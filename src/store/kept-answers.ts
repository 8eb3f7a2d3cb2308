/**
 * Keeps answers to requests with an idempotency key. What one process works is not worked by another at the same time: a row is
 * taken with one statement, for a minute, so that a request whose process died can be worked again.
 */
import type { Pool } from 'pg';
import type { KeptAnswer, KeptAnswers, KeyedRequest, RequestStanding } from '../ports/kept-answers.ts';
import { rowsOf } from './rows.ts';
import type { SecretPlace, Vault } from './vault.ts';

interface Row {
  readonly requestHash: Buffer;
  readonly status: number | null;
  readonly sealedBody: Buffer | null;
}

export class PostgresKeptAnswers implements KeptAnswers {
  readonly #pool: Pool;
  readonly #vault: Vault;

  constructor(pool: Pool, vault: Vault) {
    this.#pool = pool;
    this.#vault = vault;
  }

  async begin(request: KeyedRequest): Promise<RequestStanding> {
    const { caller, keyHash, requestHash } = request;
    const values = [caller, keyHash, requestHash];
    const [taken] = await rowsOf<{ begunAt: string }>(this.#pool, 'begin-request', values);
    if (taken) return { kind: 'begun', begunAt: taken.begunAt };
    const [row] = await rowsOf<Row>(this.#pool, 'kept-answer', [caller, keyHash]);
    if (!row) return { kind: 'underWay' };
    if (!row.requestHash.equals(requestHash)) return { kind: 'otherRequest' };
    if (row.status === null || row.sealedBody === null) return { kind: 'underWay' };
    const body = this.#vault.open(row.sealedBody, placeOf(request));
    return { kind: 'answered', answer: { status: row.status, body } };
  }

  async finish(request: KeyedRequest, answer: KeptAnswer | null): Promise<void> {
    const { caller, keyHash, requestHash } = request;
    const sealed = answer && this.#vault.seal(answer.body, placeOf(request));
    const values = [caller, keyHash, requestHash, answer?.status ?? null, sealed];
    await rowsOf(this.#pool, 'finish-request', values);
  }
}

const placeOf = ({ caller, keyHash }: KeyedRequest): SecretPlace => ({
  kind: 'answer',
  id: keyHash.toString('hex'),
  beside: caller,
});
