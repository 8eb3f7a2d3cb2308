/** Sealing and opening, without a database. */
import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadInput, Terminal } from '../../../src/domain/errors.ts';
import { keyIdOf, sealedWith, Vault } from '../../../src/store/vault.ts';

const vault = new Vault(Buffer.alloc(32, 1));
const place = { kind: 'account', id: '7', beside: 'KEY' } as const;

/** As programs sealed before secrets carried the id of their key. */
function sealedWithoutId(secret: string, key: Buffer): Buffer {
  const nonce = Buffer.alloc(12, 9);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('account:7:KEY'));
  return Buffer.concat([Buffer.of(1), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
}

describe('A sealed secret', () => {
  it('opens in its own place, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (secret) => {
        expect(vault.open(vault.seal(secret, place), place)).toBe(secret);
      }),
    );
  });

  it('never looks the same twice', () => {
    expect(vault.seal('s', place).equals(vault.seal('s', place))).toBe(false);
  });

  it('does not open when any byte of it was changed', () => {
    const sealed = vault.seal('some secret', place);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(sealed.readUInt8(index) ^ 1, index);
      expect(() => vault.open(changed, place)).toThrow(Terminal);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => vault.open(sealed.subarray(0, length), place)).toThrow(Terminal);
    }
  });

  it.each([
    ['another account', { ...place, id: '8' }],
    ['a channel of the same id', { ...place, kind: 'channel' } as const],
    ['another API key', { ...place, beside: 'OTHER' }],
  ])('does not open for %s, and says what to do without showing it', (_, elsewhere) => {
    const sealed = vault.seal('top-secret', place);
    expect(() => vault.open(sealed, elsewhere)).toThrow(
      /was changed, or belongs to another row.*Restore the row from a backup, or (give the account its API key and secret|add the channel) again/,
    );
    expect(() => vault.open(sealed, elsewhere)).not.toThrow(/top-secret/);
  });

  it('opens with a former key, and is sealed with the present one alone', () => {
    const [first, second] = [Buffer.alloc(32, 2), Buffer.alloc(32, 3)];
    const old = new Vault(first).seal('some secret', place);
    const ring = new Vault(second, [first, second, first]);
    expect(ring.open(old, place)).toBe('some secret');
    expect(ring.keyIds).toEqual([keyIdOf(second), keyIdOf(first)]);
    expect(sealedWith(old)).toBe(keyIdOf(first));
    expect(sealedWith(ring.seal('some secret', place))).toBe(keyIdOf(second));
    expect(() => new Vault(first).open(ring.seal('some secret', place), place)).toThrow(
      new RegExp(
        `sealed with the key ${keyIdOf(second)}, and ENCRYPTION_KEY is ${keyIdOf(first)}.*ENCRYPTION_KEYS_OLD`,
      ),
    );
  });

  it('from before key ids opens with the key of the ring that sealed it', () => {
    const [first, second] = [Buffer.alloc(32, 2), Buffer.alloc(32, 3)];
    const old = sealedWithoutId('some secret', first);
    expect(sealedWith(old)).toBeNull();
    expect(new Vault(second, [first]).tryOpen(old, place)).toEqual({
      secret: 'some secret',
      keyId: keyIdOf(first),
    });
    expect(() => new Vault(second).open(old, place)).toThrow(/sealed with another key than/);
  });

  it('names its key by an id that tells nothing of the key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const id = keyIdOf(Buffer.from(bytes));
        expect(id).toMatch(/^[0-9a-f]{16}$/);
        expect(Buffer.from(bytes).toString('hex')).not.toContain(id);
      }),
    );
  });

  it('needs a key of 32 bytes', () => {
    expect(() => new Vault(Buffer.alloc(16))).toThrow(BadInput);
  });
});
