/** Makes the codes and tokens that let people and programs in. They are shown once; stored is their SHA-256. */
import { createHash, randomBytes, randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O and U, which are read as something else. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const groupsTotal = 5;
const groupLength = 4;

/** 100 random bits, as a person can type them: `7K3M-…` in five groups. */
export const newVoucherCode = (): string =>
  Array.from({ length: groupsTotal }, () =>
    Array.from({ length: groupLength }, () => letters[randomInt(letters.length)]).join(''),
  ).join('-');

/** Longer texts are no codes; how they are written does not matter. */
const writtenMax = 100;

/** Takes case, spaces and dashes for what they are, and letters for the digits that they look like. */
export function voucherHash(code: string): Buffer {
  const plain = code
    .slice(0, writtenMax)
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return sha256(plain);
}

const tokenPrefix = 'rk_';
const tokenBytes = 32;

/** 256 random bits: `rk_` and 43 characters. */
export const newToken = (): string => tokenPrefix + randomBytes(tokenBytes).toString('base64url');

/** `null` for a text that cannot be a token. */
export const tokenHash = (token: string): Buffer | null =>
  /^rk_[\w-]{43}$/.test(token) ? sha256(token) : null;

/** 256 random bits, of a one-time link or of a browser's session. */
export const newSessionSecret = (): string => randomBytes(tokenBytes).toString('base64url');

/** `null` for a text that cannot be one. */
export const sessionHash = (secret: string): Buffer | null =>
  /^[\w-]{43}$/.test(secret) ? sha256(`session ${secret}`) : null;

const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
