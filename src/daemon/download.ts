/**
 * Downloads a text within bounds of size, time and redirects. Never from an encrypted address to an open one, and no
 * error names more of an address than its host: the rest may be a secret.
 */
import { request as requestOpen, type IncomingMessage } from 'node:http';
import { request as requestEncrypted } from 'node:https';
import { isPrivateAddress } from '../config/shapes.ts';
import { messageOf, Retryable } from '../domain/errors.ts';
import { decodeText } from '../files/text-encoding.ts';

/** What an answer said of its text, so that the same text need not be sent again. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export interface DownloadOptions {
  /** https, or http to this machine. */
  readonly url: string;
  readonly bytesMax: number;
  /** Of what is known already. */
  readonly known: Validators;
  /** Gives up at once. */
  readonly signal: AbortSignal;
  /** For all of it, redirects included. Default: 10 s. */
  readonly timeoutMs?: number;
  /** A certificate that is trusted besides the usual ones. */
  readonly ca?: string | undefined;
}

/** `null`: it has not changed. */
export type Downloaded = { readonly text: string; readonly validators: Validators } | null;

const timeoutUsualMs = 10_000;
const redirectsMax = 3;
const retryAfterMaxMs = 3_600_000;

/** @throws Error that names the host; Retryable when it says when to come back */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  const { timeoutMs = timeoutUsualMs } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout]);
  let url = new URL(options.url);
  try {
    for (let redirects = 0; ; redirects += 1) {
      const answer = await ask(url, { ...options, signal });
      const { statusCode = 0, headers } = answer;
      if (headers.location === undefined || ![301, 302, 303, 307, 308].includes(statusCode))
        return await textOf(answer, options.bytesMax);
      answer.destroy();
      if (redirects === redirectsMax) throw new Error(`redirects more than ${redirectsMax} times`);
      url = redirected(url, headers.location);
    }
  } catch (cause) {
    const problem = timeout.aborted ? `has not answered within ${timeoutMs / 1_000} s` : messageOf(cause);
    const message = `${url.host}: ${problem}`;
    throw cause instanceof Retryable
      ? new Retryable(message, { retryAfterMs: cause.retryAfterMs, cause })
      : new Error(message, { cause });
  }
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (!to) throw new Error('redirects to something that is no address');
  const isDowngrade = from.protocol === 'https:' && to.protocol !== 'https:';
  if (isDowngrade || !isPrivateAddress(to))
    throw new Error(`redirects to ${to.protocol}//${to.host}, which is not encrypted`);
  return to;
}

function ask(url: URL, { known, signal, ca }: DownloadOptions): Promise<IncomingMessage> {
  const headers = {
    accept: 'text/calendar, text/plain;q=0.9, */*;q=0.1',
    'accept-encoding': 'identity',
    'user-agent': 'rollkeeper',
    ...(known.etag !== undefined && { 'if-none-match': known.etag }),
    ...(known.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
  };
  return new Promise((resolve, reject) => {
    const options = { headers, signal, agent: false };
    const request =
      url.protocol === 'https:'
        ? requestEncrypted(url, { ...options, ...(ca !== undefined && { ca }) })
        : requestOpen(url, options);
    request.on('response', resolve).on('error', reject).end();
  });
}

async function textOf(answer: IncomingMessage, bytesMax: number): Promise<Downloaded> {
  const { statusCode = 0, headers } = answer;
  if (statusCode !== 200) answer.destroy();
  if (statusCode === 304) return null;
  if (statusCode !== 200) throw refusal(statusCode, headers['retry-after']);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    answer.destroy();
    throw new Error('answered compressed, which was not asked for');
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bytesMax) throw new Error(`answered with more than ${Math.round(bytesMax / 2 ** 20)} MB`);
    pieces.push(piece);
  }
  if (!answer.complete) throw new Error('closed the connection in the middle of its answer');
  return {
    text: decodeText(Buffer.concat(pieces)),
    validators: { etag: headers.etag, lastModified: headers['last-modified'] },
  };
}

function refusal(statusCode: number, retryAfter: string | undefined): Error {
  const message = `answered with status ${statusCode}`;
  const seconds = Number(retryAfter ?? Number.NaN);
  return seconds >= 0
    ? new Retryable(message, { retryAfterMs: Math.min(seconds * 1_000, retryAfterMaxMs) })
    : new Error(message);
}
