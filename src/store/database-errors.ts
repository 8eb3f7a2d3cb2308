/**
 * Classifies errors of the database by what the caller does next. It owns the only list of SQLSTATE codes; the rest of
 * the store uses these functions and never looks at a code itself.
 */
import { DatabaseError } from 'pg';

/** Five characters of SQLSTATE when the server refused, `''` when the server did not answer. */
export const sqlStateOf = (error: unknown): string => refusalIn(error)?.code ?? '';

/** The server's error, also when it is the cause of the error that was thrown. */
const refusalIn = (error: unknown): DatabaseError | null => {
  if (error instanceof DatabaseError) return error;
  return error instanceof Error && error.cause !== undefined ? refusalIn(error.cause) : null;
};

/** The values are at fault (class 22 data, class 23 constraints): the same row will fail for ever. */
export const isBadRow = (error: unknown): boolean => /^2[23]/.test(sqlStateOf(error));

export const isDuplicate = (error: unknown): boolean => sqlStateOf(error) === '23505';

export const isMissingReference = (error: unknown): boolean => sqlStateOf(error) === '23503';

/** A text was given where the database expects a number. */
export const isNoNumber = (error: unknown): boolean => ['22P02', '22003'].includes(sqlStateOf(error));

/** Name of the violated constraint or unique index, `''` when there is none. */
export const constraintOf = (error: unknown): string =>
  error instanceof DatabaseError ? (error.constraint ?? '') : '';

/** True when the server refused the statement, so that nothing of it happened; false when its outcome is unknown. */
export const surelyDidNotHappen = (error: unknown): boolean => {
  const state = sqlStateOf(error);
  // 57P01/57P02 and class 08 cut the session, possibly after the commit was already durable.
  return state !== '' && !/^(57P|08|XX)/.test(state);
};

/** The server takes no writes: a standby, or one that was set so. A connection to it is worth nothing to a daemon. */
export const isReadOnly = (error: unknown): boolean => sqlStateOf(error) === '25006';

/** What stands behind a refusal that is no fault of the statement, where the server's words alone do not say it. */
const surroundings: Readonly<Record<string, string>> = {
  '25006':
    'the server is a standby, or set read-only; connecting again may lead to the one that takes writes',
  '53100': 'the disk of the server is full: make room on it',
};

/** One line without credentials of a URL or values of a row. */
export function describeDatabaseError(error: unknown): string {
  const message =
    error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
  const state = sqlStateOf(error);
  const behind = surroundings[state];
  const why = behind === undefined ? '' : `: ${behind}`;
  return redactUrls(`${message ?? 'unknown error'}${state === '' ? '' : ` (SQLSTATE ${state})`}${why}`);
}

/** Replaces user and password of every database URL in a text. */
export const redactUrls = (text: string): string => text.replace(/(postgres(?:ql)?:\/\/)[^@\s/]*@/gi, '$1…@');
