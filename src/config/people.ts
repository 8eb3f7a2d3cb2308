/** Who is an administrator: it stands here and nowhere in the database, so that nobody becomes one by changing a row. */
import { z } from 'zod';
import type { Reader } from './reader.ts';

export interface AdministratorList {
  /** Of users. */
  readonly names: readonly string[];
  /** `telegram:12345`. */
  readonly identities: readonly string[];
}

const expected = 'names of users and ids like telegram:12345, with commas between them';
const identity = /^telegram:[1-9]\d{0,18}$/;
const userName = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u;

const list = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  )
  .refine((entries) => entries.every((entry) => identity.test(entry) || userName.test(entry)), expected);

export function readAdministrators(reader: Reader): AdministratorList {
  const entries = reader.read('ADMINISTRATORS', list) ?? [];
  return {
    names: entries.filter((entry) => !identity.test(entry)),
    identities: entries.filter((entry) => identity.test(entry)),
  };
}
