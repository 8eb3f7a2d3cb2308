/** The keys that secrets in the database are sealed with: the present one, and former ones that still open what they sealed. */
import { createHash } from 'node:crypto';
import type { Mode } from './exchange.ts';
import { hidden, type Reader } from './reader.ts';
import { encryptionKey, encryptionKeys } from './shapes.ts';

export interface EncryptionKeys {
  readonly encryptionKey: Buffer;
  readonly formerKeys: readonly Buffer[];
}

/** The key of paper mode: the same everywhere, so that every program can open a paper database. */
export const paperKey = (): Buffer => createHash('sha256').update('rollkeeper paper mode').digest();

/**
 * On paper the fixed key of paper mode stands in for a missing one, and afterwards counts as a former one: a key may be given
 * to a paper database later.
 */
export function readEncryptionKeys(
  reader: Reader,
  mode: Mode,
  { needsEncryptionKey = true }: { readonly needsEncryptionKey?: boolean },
): EncryptionKeys {
  const old = reader.read('ENCRYPTION_KEYS_OLD', encryptionKeys, hidden) ?? [];
  const formerKeys = mode === 'paper' ? [...old, paperKey()] : old;
  const key = reader.read('ENCRYPTION_KEY', encryptionKey, hidden);
  if (key !== undefined) return { encryptionKey: key, formerKeys };
  if (mode === 'paper') return { encryptionKey: paperKey(), formerKeys };
  if (needsEncryptionKey && reader.text('ENCRYPTION_KEY') === undefined) {
    reader.wrong(
      'ENCRYPTION_KEY',
      'nothing',
      `64 hex digits in ${mode} mode: it encrypts the API secrets. Make one with: openssl rand -hex 32`,
    );
  }
  return { encryptionKey: Buffer.alloc(32), formerKeys };
}
