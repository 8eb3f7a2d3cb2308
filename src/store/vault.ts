/**
 * Encryption of API secrets at rest: AES-256-GCM with a random 96-bit nonce, bound to the account's row by additional
 * data, so that a ciphertext in another row or with a swapped API key cannot be opened. It owns the stored format; the
 * configuration provides the key.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { BadInput, Terminal } from '../domain/errors.ts';

const format = 1;
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/** The row a secret belongs to. */
export interface SecretPlace {
  readonly accountId: string;
  readonly apiKey: string;
}

export class Vault {
  readonly #key: Buffer;

  /** @throws BadInput when the key is not 32 bytes. */
  constructor(key: Buffer) {
    if (key.length !== keyBytes) {
      throw new BadInput('The encryption key is unusable', [
        { path: 'ENCRYPTION_KEY', found: `${key.length} bytes`, expected: `${keyBytes} bytes` },
      ]);
    }
    this.#key = Buffer.from(key);
  }

  /** @returns format byte, nonce, ciphertext, tag. */
  seal(secret: string, place: SecretPlace): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(additionalData(place));
    const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(format), nonce, body, cipher.getAuthTag()]);
  }

  /** @throws Terminal (scope account) when the key, the row or the bytes are not those it was sealed with. */
  open(sealed: Buffer, place: SecretPlace): string {
    const tagStart = sealed.length - tagBytes;
    if (sealed[0] !== format || tagStart < 1 + nonceBytes) throw unopenable(place, 'its format is unknown');
    const nonce = sealed.subarray(1, 1 + nonceBytes);
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: tagBytes })
        .setAAD(additionalData(place))
        .setAuthTag(sealed.subarray(tagStart));
      return (
        decipher.update(sealed.subarray(1 + nonceBytes, tagStart), undefined, 'utf8') + decipher.final('utf8')
      );
    } catch {
      throw unopenable(place, 'it was sealed with another ENCRYPTION_KEY, or for another account');
    }
  }
}

const additionalData = ({ accountId, apiKey }: SecretPlace): Buffer =>
  Buffer.from(`account:${accountId}:${apiKey}`, 'utf8');

const unopenable = ({ accountId }: SecretPlace, why: string): Terminal =>
  new Terminal(
    `The API secret of account ${accountId} cannot be opened: ${why}. ` +
      'Start with the ENCRYPTION_KEY it was added with, or add the account again with its API key and secret.',
    { code: 'SECRET_UNREADABLE', scope: 'account' },
  );
