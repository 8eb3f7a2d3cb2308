/** The common envelope of every REST answer (docs/exchange.md#requests) and opaque pagination. */
import type { Refusal } from '../engine/refusal.ts';

export interface Reply {
  readonly retCode: number;
  readonly retMsg: string;
  readonly result: unknown;
  readonly retExtInfo: unknown;
}

export const success = (result: unknown, retExtInfo: unknown = {}, retMsg = 'OK'): Reply => ({
  retCode: 0,
  retMsg,
  result,
  retExtInfo,
});

/** A list without rows, for a product of which nothing is traded here. */
export const emptyList = (category: string): Reply => success({ category, list: [], nextPageCursor: '' });

export const failure = (retCode: number, retMsg: string, retExtInfo: unknown = {}): Reply => ({
  retCode,
  retMsg,
  result: {},
  retExtInfo,
});

export const refused = (refusal: Refusal): Reply => failure(refusal.code, refusal.text);

export const unknownKey = failure(10003, 'API key is invalid.');
export const overRateLimit = failure(10006, 'Too many visits. Exceeded the API Rate Limit.');

export interface Page<T> {
  readonly list: readonly T[];
  readonly nextPageCursor: string;
}

/**
 * The rows after the one that the cursor names. The cursor looks URL-encoded, as the real one does: it is understood
 * from a client that sends it as it is and from one that encodes it once more.
 */
export function pageOf<T>(
  rows: readonly T[],
  idOf: (row: T) => string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Page<T> {
  const wanted = cursor === undefined || cursor === '' ? null : /last(?:%3D|=)(.*)$/.exec(cursor)?.[1];
  const start = wanted === null ? 0 : rows.findIndex((row) => idOf(row) === wanted) + 1;
  if (wanted !== null && start === 0) return { list: [], nextPageCursor: '' };
  const list = rows.slice(start, start + limit);
  const last = list[list.length - 1];
  const isLastPage = last === undefined || start + limit >= rows.length;
  return { list, nextPageCursor: isLastPage ? '' : `last%3D${idOf(last)}` };
}
