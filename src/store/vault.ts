/**
 * Encryption of secrets at rest: AES-256-GCM with a random 96-bit nonce, bound to the row it belongs to by additional data,
 * so that a ciphertext in another row or with a swapped API key cannot be opened. It holds a ring of keys: new secrets are
 * sealed with the present one, and the former ones still open what they sealed. Each secret carries the id of its key. This
 * file owns the stored format; the configuration provides the keys, and key-ring-check.ts judges them when a program starts.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { BadInput, Terminal } from '../domain/errors.ts';

/** Format byte, nonce, ciphertext, tag: from before secrets carried the id of their key. */
const formatWithoutId = 1;
/** Format byte, 8 bytes of key id, nonce, ciphertext, tag. */
const formatWithId = 2;
const idBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/** The row that a secret belongs to, and what else of it must not be exchanged: it opens there and nowhere else. */
export interface SecretPlace {
  /** What the row is. */
  readonly kind: 'account' | 'channel' | 'answer';
  readonly id: string;
  /** A value of the row that belongs together with the secret: an account's API key. */
  readonly beside: string;
}

/**
 * Why a sealed secret does not open. `keyMissing`: its key is not in the ring. `changed`: its key is here, and does not fit
 * what is stored. `keyMissingOrChanged`: it carries no key id, and no key of the ring opens it.
 */
export type OpeningFailure =
  | { readonly kind: 'keyMissing'; readonly keyId: string }
  | { readonly kind: 'changed' }
  | { readonly kind: 'keyMissingOrChanged' };

interface RingKey {
  readonly id: string;
  readonly key: Buffer;
}

export class Vault {
  readonly #present: RingKey;
  /** The present key first. */
  readonly #ring: readonly RingKey[];

  /**
   * @param formerKeys open what they sealed, and seal nothing
   * @throws BadInput when a key is not 32 bytes
   */
  constructor(key: Buffer, formerKeys: readonly Buffer[] = []) {
    this.#present = ringKey(key, 'ENCRYPTION_KEY');
    const former = formerKeys.map((each) => ringKey(each, 'ENCRYPTION_KEYS_OLD'));
    this.#ring = [this.#present, ...former.filter(({ id }) => id !== this.#present.id)];
  }

  /** Id of the key that new secrets are sealed with. */
  get presentKeyId(): string {
    return this.#present.id;
  }

  /** How everything begins that the present key seals, and nothing else. */
  get presentHeader(): Buffer {
    return headerOf(this.#present.id);
  }

  /** Ids of all keys of the ring, the present one first. */
  get keyIds(): readonly string[] {
    return [...new Set(this.#ring.map(({ id }) => id))];
  }

  /** @returns format byte, key id, nonce, ciphertext, tag */
  seal(secret: string, place: SecretPlace): Buffer {
    const { id, key } = this.#present;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData(place));
    const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(formatWithId), Buffer.from(id, 'hex'), nonce, body, cipher.getAuthTag()]);
  }

  /** @throws Terminal (scope account) when the key, the row or the bytes are not those it was sealed with */
  open(sealed: Buffer, place: SecretPlace): string {
    const opened = this.tryOpen(sealed, place);
    if ('secret' in opened) return opened.secret;
    throw unopenable(place, opened.failure, this.presentKeyId);
  }

  /** As `open`, for callers that count what does not open. */
  tryOpen(
    sealed: Buffer,
    place: SecretPlace,
  ): { readonly secret: string; readonly keyId: string } | { readonly failure: OpeningFailure } {
    const keyId = sealedWith(sealed);
    const fitting = keyId === null ? this.#ring : this.#ring.filter(({ id }) => id === keyId);
    if (keyId !== null && fitting.length === 0) return { failure: { kind: 'keyMissing', keyId } };
    const bodyStart = 1 + (keyId === null ? 0 : idBytes);
    for (const { id, key } of fitting) {
      const secret = decrypted(sealed, bodyStart, { key, place });
      if (secret !== null) return { secret, keyId: id };
    }
    const isOld = keyId === null && sealed[0] === formatWithoutId;
    return { failure: { kind: isOld ? 'keyMissingOrChanged' : 'changed' } };
  }
}

/**
 * The id of the key that a secret was sealed with; `null` for one from before secrets carried it, and for what is no sealed
 * secret at all.
 */
export const sealedWith = (sealed: Buffer): string | null =>
  sealed[0] === formatWithId && sealed.length > idBytes
    ? sealed.subarray(1, 1 + idBytes).toString('hex')
    : null;

/** 16 hex digits that tell keys apart and say nothing about the key. */
export const keyIdOf = (key: Buffer): string =>
  createHmac('sha256', key)
    .update('rollkeeper: id of this key')
    .digest('hex')
    .slice(0, 2 * idBytes);

const headerOf = (keyId: string): Buffer =>
  Buffer.concat([Buffer.of(formatWithId), Buffer.from(keyId, 'hex')]);

function ringKey(key: Buffer, path: string): RingKey {
  if (key.length !== keyBytes) {
    throw new BadInput('The encryption key is unusable', [
      { path, found: `${key.length} bytes`, expected: `${keyBytes} bytes` },
    ]);
  }
  return { id: keyIdOf(key), key: Buffer.from(key) };
}

/** `null` when it does not open. */
function decrypted(
  sealed: Buffer,
  bodyStart: number,
  { key, place }: { readonly key: Buffer; readonly place: SecretPlace },
): string | null {
  const tagStart = sealed.length - tagBytes;
  const textStart = bodyStart + nonceBytes;
  if (![formatWithoutId, formatWithId].includes(sealed[0] ?? 0) || tagStart < textStart) return null;
  try {
    const nonce = sealed.subarray(bodyStart, textStart);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
      .setAAD(additionalData(place))
      .setAuthTag(sealed.subarray(tagStart));
    return decipher.update(sealed.subarray(textStart, tagStart), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}

const additionalData = ({ kind, id, beside }: SecretPlace): Buffer =>
  Buffer.from(`${kind}:${id}:${beside}`, 'utf8');

const nameOf = ({ kind, id }: SecretPlace): string =>
  ({
    account: `The API secret of account ${id}`,
    channel: `The address of channel ${id}`,
    answer: 'A kept answer',
  })[kind];

function unopenable(place: SecretPlace, failure: OpeningFailure, presentKeyId: string): Terminal {
  const isAccount = place.kind === 'account';
  const again = {
    account: 'give the account its API key and secret again',
    channel: 'add the channel again with its address',
    answer: 'ask again with another Idempotency-Key',
  }[place.kind];
  const wrongRow = `another row${isAccount ? ' or API key' : ''}`;
  const give = 'Give the key it was sealed with as ENCRYPTION_KEY or in ENCRYPTION_KEYS_OLD';
  const why = {
    keyMissing: `it was sealed with the key ${'keyId' in failure ? failure.keyId : ''}, and ENCRYPTION_KEY is ${presentKeyId}. ${give}`,
    changed: `what is stored was changed, or belongs to ${wrongRow}. Restore the row from a backup`,
    keyMissingOrChanged: `it was sealed with another key than ${presentKeyId}, or changed, or belongs to ${wrongRow}. ${give}`,
  }[failure.kind];
  return new Terminal(`${nameOf(place)} cannot be opened: ${why}, or ${again}.`, {
    code: failure.kind === 'changed' ? 'SECRET_UNREADABLE' : 'SECRET_KEY_MISSING',
    scope: 'account',
  });
}
