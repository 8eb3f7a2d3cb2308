/**
 * All sealed secrets of the database, whatever they are of: which key seals each, whether they open, and sealing them anew
 * with the present key. A table with secrets is one entry of `tables` and three queries. vault.ts encrypts.
 */
import type { Pool } from 'pg';
import { BadInput } from '../domain/errors.ts';
import type { ExchangeEnvironment } from '../ports/directory.ts';
import type {
  KeyKeeping,
  KeyReport,
  KeyUse,
  RotationProgress,
  SealedRow,
  SecretKind,
} from '../ports/key-keeping.ts';
import type { Act } from '../ports/audit.ts';
import { ownAct, recordAct } from './people/record.ts';
import { inTransaction, rowsOf } from './rows.ts';
import { sql } from './sql.ts';
import { sealedWith, type Vault } from './vault.ts';

interface SecretTable {
  readonly kind: SecretKind;
  /** Query of rows with `id`, `name`, `environment`, `beside`, `sealed`, by id. */
  readonly rows: string;
  /** Query of the rows to be sealed anew, which it locks. */
  readonly lock: string;
  /** Statement that stores them. */
  readonly store: string;
}

const tables: readonly SecretTable[] = [
  {
    kind: 'account',
    rows: 'sealed-accounts',
    lock: 'lock-accounts-to-reseal',
    store: 'reseal-accounts',
  },
  {
    kind: 'channel',
    rows: 'sealed-channels',
    lock: 'lock-channels-to-reseal',
    store: 'reseal-channels',
  },
];

interface Row extends SealedRow {
  readonly environment: ExchangeEnvironment | null;
  readonly beside: string;
  readonly sealed: Buffer;
}

const readAtOnce = 1_000;
/** Few, because a daemon that notes something about one of these accounts waits meanwhile. */
const resealedAtOnce = 20;

export class SealedSecrets implements KeyKeeping {
  readonly #pool: Pool;
  readonly #vault: Vault;
  readonly #environment: ExchangeEnvironment;

  /** @param environment the exchange of this program, whose secrets it must be able to open */
  constructor(pool: Pool, vault: Vault, environment: ExchangeEnvironment) {
    this.#pool = pool;
    this.#vault = vault;
    this.#environment = environment;
  }

  async report(): Promise<KeyReport> {
    const uses = new Map<string, Counted>();
    for (const { kind, rows } of tables)
      for await (const row of this.#rows(rows)) this.#count(uses, kind, row);
    const [presentKeyId = '', ...formerKeyIds] = this.#vault.keyIds;
    return { presentKeyId, formerKeyIds, uses: [...uses.values()] };
  }

  /** Goes through all tables until nothing more is found: a program with a former key may add secrets meanwhile. */
  async rotate(
    onProgress: (progress: RotationProgress) => void,
    act: Act = ownAct,
  ): Promise<{ readonly resealed: number }> {
    let resealed = 0;
    for (let before = -1; before !== resealed;) {
      before = resealed;
      for (const table of tables) {
        for (let lastId: string | null = '0'; lastId !== null;) {
          // Recorded once, with the first change.
          const done = await this.#resealSome(table, lastId, resealed === 0 ? act : null);
          resealed += done.resealed;
          lastId = done.lastId;
          if (done.resealed > 0) onProgress({ resealed });
        }
      }
    }
    return { resealed };
  }

  async assertOpenable(): Promise<void> {
    const { presentKeyId, uses } = await this.report();
    const own = uses.filter(({ environment }) => environment === null || environment === this.#environment);
    const shut = own.filter((use) => use.keyMissing > 0 && !isOddOneOut(use));
    if (shut.length === 0) return;
    const total = own.reduce((sum, { secrets }) => sum + secrets, 0);
    const wanted = [...new Set(shut.map(({ keyId }) => keyId))].map((keyId) =>
      keyId === null ? 'a key whose id is not known, because they are older than key ids' : `key ${keyId}`,
    );
    throw new BadInput('ENCRYPTION_KEY is not the key of this database', [
      {
        path: 'ENCRYPTION_KEY',
        found: `key ${presentKeyId}, with which ${countsText(shut)} of ${total} sealed secrets cannot be opened`,
        expected:
          `${wanted.join(' and ')}, as ENCRYPTION_KEY or among ENCRYPTION_KEYS_OLD. Nothing was started or changed. ` +
          'If that key is lost, give each account its API key and secret again with: rollkeeper account key NAME',
      },
    ]);
  }

  async *#rows(query: string): AsyncGenerator<Row> {
    for (let lastId = '0'; ;) {
      const rows = await rowsOf<Row>(this.#pool, query, [lastId, readAtOnce]);
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < readAtOnce) return;
      lastId = last.id;
    }
  }

  #count(uses: Map<string, Counted>, kind: SecretKind, row: Row): void {
    const { id, name, environment, beside, sealed } = row;
    const keyId = sealedWith(sealed);
    const key = JSON.stringify([keyId, kind, environment]);
    const use = uses.get(key) ?? { keyId, kind, environment, secrets: 0, keyMissing: 0, changed: [] };
    uses.set(key, use);
    use.secrets += 1;
    const opened = this.#vault.tryOpen(sealed, { kind, id, beside });
    if (!('failure' in opened)) return;
    if (opened.failure.kind === 'changed') use.changed.push({ id, name });
    else use.keyMissing += 1;
  }

  /** One transaction. @returns the id after which to go on; `null` when there are no more rows */
  async #resealSome(
    { kind, lock, store }: SecretTable,
    afterId: string,
    act: Act | null,
  ): Promise<{ readonly resealed: number; readonly lastId: string | null }> {
    let locked: readonly Omit<Row, 'name' | 'environment'>[] = [];
    let resealed: readonly { readonly id: string; readonly sealed: Buffer }[] = [];
    const vault = this.#vault;
    await inTransaction(this.#pool, async (client) => {
      const values = [afterId, resealedAtOnce, vault.presentHeader];
      locked = (await client.query<Row>(sql(lock), values)).rows;
      resealed = locked.flatMap(({ id, beside, sealed }) => {
        const place = { kind, id, beside };
        const opened = vault.tryOpen(sealed, place);
        return 'secret' in opened ? [{ id, sealed: vault.seal(opened.secret, place) }] : [];
      });
      if (resealed.length > 0 && act !== null)
        await recordAct(client, act, { act: 'keys.rotate', details: { keyId: vault.presentKeyId } });
      if (resealed.length > 0)
        await client.query(sql(store), [resealed.map(({ id }) => id), resealed.map((each) => each.sealed)]);
    });
    const isLast = locked.length < resealedAtOnce;
    return { resealed: resealed.length, lastId: isLast ? null : (locked.at(-1)?.id ?? null) };
  }
}

type Counted = { -readonly [Name in keyof KeyUse]: KeyUse[Name] } & { readonly changed: SealedRow[] };

/** Among secrets without key ids that open, those that do not are rather changed rows than rows of another key. */
const isOddOneOut = ({ keyId, keyMissing, secrets }: KeyUse): boolean =>
  keyId === null && keyMissing < secrets;

const nouns = { account: ['account', 'accounts'], channel: ['channel', 'channels'] } as const;
/** `3 accounts and 1 channel`. */
const countsText = (uses: readonly KeyUse[]): string =>
  (['account', 'channel'] as const)
    .map((kind) => ({
      kind,
      count: uses.filter((use) => use.kind === kind).reduce((sum, use) => sum + use.keyMissing, 0),
    }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${nouns[kind][count === 1 ? 0 : 1]}`)
    .join(' and ');
