/**
 * Requests to the API that serves this page: JSON in and out, the session's cookie, and every answer that is not 2xx as a
 * `RequestFailed` that carries the daemon's own sentence. Nothing here retries; queries.ts says what is asked again.
 */
import type { Problem } from '../../api/contract.ts';

/** No answer of the API, or one that is not 2xx. */
export class RequestFailed extends Error {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null) {
    super(problem?.detail ?? (status === 0 ? 'no answer' : `status ${String(status)}`));
    this.name = 'RequestFailed';
    this.status = status;
    this.problem = problem;
  }
}

/** Refusals that come before anything is done: as wrong, not allowed, or made of another version than the one that stands. */
const untried = [400, 403, 404, 412, 422, 428];

export const wasNotTried = (fault: unknown): boolean =>
  fault instanceof RequestFailed && untried.includes(fault.status);

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

export interface RequestOptions {
  readonly method?: Method;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The version that a change is based on, as its `ETag` was. */
  readonly ifMatch?: string | undefined;
  /** The same key for the same act, however often it is sent: see `newKey`. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer<T> {
  readonly body: T;
  readonly status: number;
  readonly etag: string | null;
}

/** Names one act of a person; made when its dialogue opens, so that a second click or a repeated request does it once. */
export const newKey = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** @param path below `/api`, with a leading slash @throws RequestFailed */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return (await requestWithTag<T>(path, options)).body;
}

/** As `request`, with the version of what was read. @throws RequestFailed */
export async function requestWithTag<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const { method = 'GET', body, ifMatch, idempotencyKey, signal } = options;
  const headers = new Headers({ accept: 'application/json', 'x-rollkeeper': 'page' });
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  const response = await fetch(`/api${path}`, {
    method,
    headers,
    credentials: 'same-origin',
    cache: 'no-store',
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new RequestFailed(0, null);
  });
  const given = await readJson(response);
  if (!response.ok) throw new RequestFailed(response.status, asProblem(given));
  return { body: given as T, status: response.status, etag: response.headers.get('etag') };
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text().catch(() => '');
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const asProblem = (given: unknown): Problem | null =>
  typeof given === 'object' && given !== null && typeof (given as Problem).detail === 'string'
    ? (given as Problem)
    : null;

/** `?a=1&b=2`, without what is undefined, null or empty; empty when nothing is left. */
export function queryText(
  given: Readonly<Record<string, string | number | boolean | null | undefined>>,
): string {
  const kept = Object.entries(given).flatMap(([key, value]) =>
    value === undefined || value === null || value === '' ? [] : [[key, String(value)]],
  );
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept).toString()}`;
}
