/**
 * What went wrong in the database, in the words a caller acts on. It owns the only list of SQLSTATE codes; the rest of
 * the store asks these questions and never looks at a code itself.
 */
import { DatabaseError } from 'pg';

/** Five characters of SQLSTATE when the server refused, `''` when the server was not heard at all. */
export const sqlStateOf = (error: unknown): string => refusalIn(error)?.code ?? '';

/** What the server said, also when it is the cause of what was thrown. */
const refusalIn = (error: unknown): DatabaseError | null => {
  if (error instanceof DatabaseError) return error;
  return error instanceof Error && error.cause !== undefined ? refusalIn(error.cause) : null;
};

/** The values are at fault (class 22 data, class 23 constraints): the same row will fail for ever. */
export const isBadRow = (error: unknown): boolean => /^2[23]/.test(sqlStateOf(error));

export const isDuplicate = (error: unknown): boolean => sqlStateOf(error) === '23505';

export const isMissingReference = (error: unknown): boolean => sqlStateOf(error) === '23503';

/** A text where an id was expected. */
export const isNoNumber = (error: unknown): boolean => ['22P02', '22003'].includes(sqlStateOf(error));

/** Name of the violated constraint or unique index, `''` when there is none. */
export const constraintOf = (error: unknown): string =>
  error instanceof DatabaseError ? (error.constraint ?? '') : '';

/** The server took the statement and refused it, so nothing of it happened. False = nobody knows. */
export const surelyDidNotHappen = (error: unknown): boolean => {
  const state = sqlStateOf(error);
  // 57P01/57P02 and class 08 cut the session, possibly after the commit was already durable.
  return state !== '' && !/^(57P|08|XX)/.test(state);
};

/** One line without anything a URL or a row could carry. */
export function describeDatabaseError(error: unknown): string {
  const message =
    error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
  const state = sqlStateOf(error);
  return redactUrls(`${message ?? 'unknown error'}${state === '' ? '' : ` (SQLSTATE ${state})`}`);
}

/** Replaces user and password of every database URL in a text. */
export const redactUrls = (text: string): string => text.replace(/(postgres(?:ql)?:\/\/)[^@\s/]*@/gi, '$1…@');
