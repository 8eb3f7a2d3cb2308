/** Sealing and opening, without a database. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadInput, Terminal } from '../../../src/domain/errors.ts';
import { Vault } from '../../../src/store/vault.ts';

const vault = new Vault(Buffer.alloc(32, 1));
const place = { accountId: '7', apiKey: 'KEY' };

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
    ['another account', { ...place, accountId: '8' }],
    ['another API key', { ...place, apiKey: 'OTHER' }],
  ])('does not open for %s, and says what to do without showing it', (_, elsewhere) => {
    const sealed = vault.seal('top-secret', place);
    expect(() => vault.open(sealed, elsewhere)).toThrow(
      /ENCRYPTION_KEY it was added with, or add the account again/,
    );
    expect(() => vault.open(sealed, elsewhere)).not.toThrow(/top-secret/);
  });

  it('needs a key of 32 bytes', () => {
    expect(() => new Vault(Buffer.alloc(16))).toThrow(BadInput);
  });
});
