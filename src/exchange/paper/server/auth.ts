/**
 * Which account signed a request, and whether the signature is right and fresh (docs/exchange.md#requests). Compares raw
 * bytes as they were sent.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Account } from '../engine/account.ts';
import { Refusal } from '../engine/refusal.ts';
import type { TapeClock } from '../tape-clock.ts';

export const hmacHex = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex');

export interface SignedRequest {
  readonly headers: IncomingHttpHeaders;
  /** The raw query string of a GET, the raw body of a POST. */
  readonly payload: string;
}

const single = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? (value[0] ?? '') : (value ?? '');

export const apiKeyOf = (headers: IncomingHttpHeaders): string => single(headers['x-bapi-api-key']);

/** True when the request carries what a signature needs, right or wrong. */
export const isSigned = (headers: IncomingHttpHeaders): boolean =>
  apiKeyOf(headers) !== '' && single(headers['x-bapi-sign']) !== '';

export function authenticate(
  request: SignedRequest,
  accounts: ReadonlyMap<string, Account>,
  clock: TapeClock,
): Account | Refusal {
  const { headers, payload } = request;
  const apiKey = apiKeyOf(headers);
  const account = accounts.get(apiKey);
  if (!account) return new Refusal(10003, 'API key is invalid.');
  const timestamp = single(headers['x-bapi-timestamp']);
  const recvWindow = single(headers['x-bapi-recv-window']) || '5000';
  const late = checkTime(timestamp, recvWindow, clock);
  if (late) return late;
  const text = timestamp + apiKey + single(headers['x-bapi-recv-window']) + payload;
  if (!sameText(hmacHex(account.apiSecret, text), single(headers['x-bapi-sign'])))
    return new Refusal(10004, `error sign! origin_string[${text.slice(0, 200)}]`);
  return account;
}

/**
 * Refuses a timestamp that the clock did not show within `recvWindow` ms, or that is a second or more ahead of it,
 * however large the window.
 */
export function checkTime(timestamp: string, recvWindow: string, clock: TapeClock): Refusal | null {
  const plain = /^\d{1,16}$/;
  const isRight =
    plain.test(timestamp) && plain.test(recvWindow) && clock.accepts(Number(timestamp), Number(recvWindow));
  if (isRight) return null;
  const stamps = `req_timestamp[${timestamp}],server_timestamp[${clock.nowMs()}],recv_window[${recvWindow}]`;
  return new Refusal(
    10002,
    `invalid request, please check your server timestamp or recv_window param. ${stamps}`,
  );
}

/** The `args` of an auth frame: key, expiry, signature of `GET/realtime` + expiry. */
export function authenticateSocket(
  args: readonly unknown[],
  accounts: ReadonlyMap<string, Account>,
  clock: TapeClock,
): Account | Refusal {
  const [apiKey, expires, signature] = args;
  if (typeof apiKey !== 'string' || typeof signature !== 'string' || !/^\d{1,16}$/.test(String(expires)))
    return new Refusal(10001, 'Params Error');
  const account = accounts.get(apiKey);
  if (!account) return new Refusal(10003, 'API key is invalid.');
  // One second of grace, in real time: the tape ran on while the frame was on its way.
  if (Number(expires) <= clock.shownAgoMs(1_000))
    return new Refusal(10004, 'Params Error: expires is in the past');
  return sameText(hmacHex(account.apiSecret, `GET/realtime${String(expires)}`), signature)
    ? account
    : new Refusal(10004, 'Error sign');
}

function sameText(expected: string, found: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(found);
  return a.length === b.length && timingSafeEqual(a, b);
}
