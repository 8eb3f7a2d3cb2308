/** Encryption keys of the secrets in a real database: which seals what, a wrong one at start, and rotation under load. */
import { createCipheriv } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadInput } from '../../src/domain/errors.ts';
import type { ExchangeEnvironment } from '../../src/ports/directory.ts';
import type { Store } from '../../src/store/store.ts';
import { keyIdOf } from '../../src/store/vault.ts';
import { createTestDatabase, openTestStore, query, type TestDatabase } from '../support/database.ts';

const [first, second, third] = [1, 2, 3].map((digit) => Buffer.alloc(32, digit)) as [Buffer, Buffer, Buffer];

let database: TestDatabase;
const opened: Store[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  const store = await withKeys(first);
  await store.directory.addUser('ann');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await database.drop();
});

async function withKeys(encryptionKey: Buffer, ...formerKeys: Buffer[]): Promise<Store> {
  const store = await openTestStore(database.url, { encryptionKey, formerKeys });
  opened.push(store);
  return store;
}

async function add(
  store: Store,
  names: readonly string[],
  environment: ExchangeEnvironment = 'paper',
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const account = { userName: 'ann', name, environment, apiKey: `k-${name}`, apiSecret: `s-${name}` };
    ids.push((await store.directory.addAccount(account)).accountId);
  }
  return ids;
}

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`);

async function sealAsBeforeKeyIds(accountId: string, secret: string, key: Buffer): Promise<void> {
  const [row] = await query<{ key: string }>(
    database.url,
    'SELECT api_key AS key FROM accounts WHERE id = $1',
    [accountId],
  );
  const nonce = Buffer.alloc(12, 5);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(`account:${accountId}:${row?.key ?? ''}`));
  const parts = [Buffer.of(1), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()];
  const store = 'UPDATE accounts SET secret_ciphertext = $2 WHERE id = $1';
  await query(database.url, store, [accountId, Buffer.concat(parts)]);
}

const change = (accountId: string): Promise<object[]> =>
  query(
    database.url,
    `UPDATE accounts SET secret_ciphertext = set_byte(secret_ciphertext, 30, get_byte(secret_ciphertext, 30) # 1)
     WHERE id = $1`,
    [accountId],
  );

describe('A wrong encryption key', () => {
  it('is refused before anything is done, with both ids, how many secrets need the other, and what to do', async () => {
    await add(await withKeys(first), ['a', 'b', 'c']);
    await add(await withKeys(second), ['d']);
    const wrong = await withKeys(second);
    const refusal = await wrong.keys.assertOpenable().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(BadInput);
    expect(String(refusal)).toMatch(
      new RegExp(
        `ENCRYPTION_KEY: found key ${keyIdOf(second)}, with which 3 accounts of 4 sealed secrets cannot be opened, ` +
          `expected key ${keyIdOf(first)}, as ENCRYPTION_KEY or among ENCRYPTION_KEYS_OLD`,
      ),
    );
    for (const key of [first, second]) expect(String(refusal)).not.toContain(key.toString('hex'));
    await expect((await withKeys(second, first)).keys.assertOpenable()).resolves.toBeUndefined();
  });

  it('is no trouble of secrets that belong to another exchange', async () => {
    await add(await withKeys(first), ['a'], 'testnet');
    await expect((await withKeys(second)).keys.assertOpenable()).resolves.toBeUndefined();
  });

  it('is told from a row that was changed, which stops nobody but its own account', async () => {
    const store = await withKeys(first);
    const [a = '', b = ''] = await add(store, ['a', 'b']);
    await change(a);
    await expect(store.keys.assertOpenable()).resolves.toBeUndefined();
    await expect(store.directory.credentials(a)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
    expect((await store.directory.credentials(b)).apiSecret).toBe('s-b');
    const { uses } = await store.keys.report();
    expect(uses).toEqual([
      {
        keyId: keyIdOf(first),
        kind: 'account',
        environment: 'paper',
        secrets: 2,
        keyMissing: 0,
        changed: [{ id: a, name: 'ann/a' }],
      },
    ]);
  });

  it('is noticed for secrets from before key ids as well, and one changed row among them is not taken for it', async () => {
    const store = await withKeys(first);
    const [a = '', b = ''] = await add(store, ['a', 'b']);
    await sealAsBeforeKeyIds(a, 's-a', first);
    await sealAsBeforeKeyIds(b, 's-b', first);
    await expect(store.keys.assertOpenable()).resolves.toBeUndefined();
    expect((await store.directory.credentials(a)).apiSecret).toBe('s-a');
    await expect((await withKeys(second)).keys.assertOpenable()).rejects.toThrow(
      /2 accounts of 2 sealed secrets cannot be opened, expected a key whose id is not known/,
    );
    await change(b);
    await expect(store.keys.assertOpenable()).resolves.toBeUndefined();
  });
});

describe('Rotation', () => {
  it('seals everything with the present key, also what is older than key ids, and twice is harmless', async () => {
    const ids = await add(await withKeys(first), numbered('a', 45));
    await sealAsBeforeKeyIds(ids[7] ?? '', 's-a7', first);
    const ring = await withKeys(second, first);
    const seen: number[] = [];
    expect(await ring.keys.rotate(({ resealed }) => seen.push(resealed))).toEqual({ resealed: 45 });
    expect(seen).toEqual([20, 40, 45]);
    expect(await ring.keys.rotate(() => undefined)).toEqual({ resealed: 0 });
    const alone = await withKeys(second);
    await expect(alone.keys.assertOpenable()).resolves.toBeUndefined();
    for (const [at, id] of ids.entries())
      expect((await alone.directory.credentials(id)).apiSecret).toBe(`s-a${at}`);
    await expect((await withKeys(first)).keys.assertOpenable()).rejects.toThrow(/45 accounts of 45/);
  });

  it('counts channels apart from accounts, asks for their key too, and leaves none behind', async () => {
    const old = await withKeys(first);
    await add(old, ['a']);
    const address = { url: 'https://ntfy.example/topic', token: 'marked-token' };
    const channel = { userName: 'ann', name: 'phone', kind: 'ntfy', address, settings: {} } as const;
    const { channelId } = await old.channels.addChannel(channel, { userId: null });
    await expect((await withKeys(second)).keys.assertOpenable()).rejects.toThrow(
      /1 account and 1 channel of 2 sealed secrets cannot be opened/,
    );
    const ring = await withKeys(second, first);
    expect(await ring.keys.rotate(() => undefined)).toEqual({ resealed: 2 });
    const alone = await withKeys(second);
    await expect(alone.keys.assertOpenable()).resolves.toBeUndefined();
    expect(await alone.channels.addressOf(channelId)).toEqual(address);
    await alone.channels.removeChannel({ channelId, userId: '1', name: 'phone' });
    expect((await old.keys.report()).uses.map(({ kind }) => kind)).toEqual(['account']);
  });

  it('leaves what it cannot open as it is, and says so', async () => {
    await add(await withKeys(third), ['of-third']);
    const [changed = ''] = await add(await withKeys(first), ['changed', 'good']);
    await change(changed);
    const ring = await withKeys(second, first);
    expect(await ring.keys.rotate(() => undefined)).toEqual({ resealed: 1 });
    const { uses } = await ring.keys.report();
    expect(
      uses.map(({ keyId, secrets, keyMissing, changed: rows }) => [keyId, secrets, keyMissing, rows.length]),
    ).toEqual([
      [keyIdOf(third), 1, 1, 0],
      [keyIdOf(first), 1, 0, 1],
      [keyIdOf(second), 1, 0, 0],
    ]);
  });

  it('by several at once, while accounts are added with either key, loses and spoils nothing', async () => {
    const old = await withKeys(first);
    const ids = [...(await add(old, numbered('a', 60)))];
    const rings = await Promise.all([
      withKeys(second, first),
      withKeys(second, first),
      withKeys(second, first),
    ]);
    const adding = (async () => {
      for (let at = 0; at < 20; at += 1) {
        ids.push(...(await add(old, [`o${at}`])));
        ids.push(...(await add(rings[0], [`n${at}`])));
      }
    })();
    const counts = await Promise.all(rings.map((ring) => ring.keys.rotate(() => undefined)));
    await adding;
    const late = await rings[1].keys.rotate(() => undefined);
    const total = counts.reduce((sum, { resealed }) => sum + resealed, late.resealed);
    expect(total).toBe(80);
    const alone = await withKeys(second);
    await expect(alone.keys.assertOpenable()).resolves.toBeUndefined();
    for (const id of ids) {
      const { name, apiSecret } = await alone.directory.credentials(id);
      expect(apiSecret).toBe(`s-${name}`);
    }
  });
});
