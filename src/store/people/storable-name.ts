/** Names as people give them: which may be stored, and which the database could not even be asked for. */
import { wrongValue } from '../wrong-value.ts';

/** @throws BadInput */
export function assertName(path: 'user' | 'account' | 'token', name: string): void {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u.test(name)) return;
  throw wrongValue(
    path,
    JSON.stringify(name),
    '1 to 64 letters, digits, spaces or . _ @ -, starting with a letter or digit',
  );
}

/** Postgres takes no NUL and no half of a surrogate pair; nothing stored has one, so nothing is found by it. */
export const isStorable = (text: string): boolean => !/\0|\p{Surrogate}/u.test(text);

/** Ids of rows are numbers; nothing is found by anything else. */
export const isRowId = (text: string): boolean => /^[1-9]\d{0,17}$/.test(text);
