/**
 * Requests to a store that speaks S3, signed by aws4fetch. What may pass (5xx, 429, silence, a connection that is cut) is tried again, a few
 * times with growing pauses. Everything else is an answer for the caller. Errors name places and codes, never a key.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { messageOf } from '../../domain/errors.ts';
import { mayPass, refusalText, s3Answer, type S3Answer } from './s3-answer.ts';
import { s3PlaceText, s3UrlOf, type S3Place } from './s3-place.ts';
import type { S3Settings } from './s3-settings.ts';

export interface S3Request {
  readonly method: 'GET' | 'PUT';
  readonly place: S3Place;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface S3Patience {
  /** For one request, the first included. */
  readonly attemptsMax: number;
  /** The pause after the first attempt; each later one is twice as long, up to the longest. */
  readonly pauseMs: number;
  readonly pauseMaxMs: number;
  /** Without a byte of an answer. */
  readonly silenceMaxMs: number;
}

const usualPatience: S3Patience = { attemptsMax: 6, pauseMs: 250, pauseMaxMs: 8_000, silenceMaxMs: 30_000 };

/** Slower than this no line is given more time to send an object. */
const bytesPerMsMin = 50;

/** The store did not do what was asked; the message says why and what to change. */
export class S3Failure extends Error {
  override readonly name = 'S3Failure';
}

export class S3Client {
  readonly #settings: S3Settings;
  readonly #bytesMax: number;
  readonly #patience: S3Patience;
  /** After a request was given up the next ones are tried once, so that a thousand files do not wait for a store that is away. */
  #isAway = false;

  /** @param bytesMax of one answer */
  constructor(settings: S3Settings, bytesMax: number, patience: Partial<S3Patience> = {}) {
    this.#settings = settings;
    this.#bytesMax = bytesMax;
    this.#patience = { ...usualPatience, ...patience };
  }

  /** @returns the answer, also a refusal that will not pass. @throws S3Failure when there is none after the last attempt */
  async send(request: S3Request): Promise<S3Answer> {
    const { attemptsMax, pauseMs, pauseMaxMs } = this.#patience;
    const attempts = this.#isAway ? 1 : attemptsMax;
    for (let attempt = 1; ; attempt += 1) {
      const tried = await this.#attempt(request);
      if ('status' in tried && !mayPass(tried)) {
        this.#isAway = false;
        return tried;
      }
      if (attempt === attempts) {
        this.#isAway = true;
        throw this.#givenUp(request, tried, attempts);
      }
      const longest = Math.min(pauseMaxMs, pauseMs * 2 ** (attempt - 1));
      await pause(longest * (0.5 + Math.random() / 2));
    }
  }

  refusal(answer: S3Answer, place: S3Place): S3Failure {
    return new S3Failure(`S3: ${refusalText(answer, place, this.#settings)}`);
  }

  async #attempt(request: S3Request): Promise<S3Answer | { readonly error: unknown }> {
    const { silenceMaxMs } = this.#patience;
    const silence = new AbortController();
    const sendingMs = (request.body?.length ?? 0) / bytesPerMsMin;
    const timer = setTimeout(() => silence.abort(new SilentStore(silenceMaxMs)), silenceMaxMs + sendingMs);
    try {
      const { url, headers } = await this.#signed(request);
      const response = await fetch(url, {
        method: request.method,
        headers,
        body: request.body === undefined ? null : new Uint8Array(request.body),
        signal: silence.signal,
        redirect: 'manual',
      });
      const pieces: Uint8Array[] = [];
      let bytes = 0;
      for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        timer.refresh();
        bytes += piece.length;
        if (bytes > this.#bytesMax) throw new TooLong();
        pieces.push(piece);
      }
      return s3Answer(response, Buffer.concat(pieces));
    } catch (error) {
      if (error instanceof TooLong)
        throw new S3Failure(`${s3PlaceText(request.place)} is longer than a file of archived rows can be`);
      return { error };
    } finally {
      clearTimeout(timer);
    }
  }

  async #signed({
    method,
    place,
    query = {},
    headers = {},
    body,
  }: S3Request): Promise<{ url: URL; headers: Headers }> {
    const { accessKeyId, secretAccessKey, sessionToken, region } = this.#settings;
    const url = s3UrlOf(place, this.#settings);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    // The hash is signed, so a store that keeps to the signature takes no body that was changed on its way.
    const hash = createHash('sha256')
      .update(body ?? '')
      .digest('hex');
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers, 'x-amz-content-sha256': hash },
      accessKeyId,
      secretAccessKey,
      service: 's3',
      region,
      ...(sessionToken !== null && { sessionToken }),
    });
    const signed = await signer.sign();
    return { url: signed.url, headers: signed.headers };
  }

  #givenUp({ place }: S3Request, tried: S3Answer | { readonly error: unknown }, attempts: number): S3Failure {
    const { endpoint } = this.#settings;
    const why =
      'status' in tried
        ? `the answer was ${tried.status}${tried.code === '' ? '' : ` ${tried.code}`}`
        : failureText(tried.error);
    const times = attempts === 1 ? '' : ` ${attempts} times`;
    const cause = 'error' in tried ? { cause: tried.error } : {};
    return new S3Failure(
      `S3${endpoint === null ? '' : ` at ${endpoint}`} was asked for ${s3PlaceText(place)}${times}, and ${why}: run it again later`,
      cause,
    );
  }
}

class TooLong extends Error {
  override readonly name = 'TooLong';
}

class SilentStore extends Error {
  override readonly name = 'SilentStore';
  constructor(ms: number) {
    super(`it was silent for ${ms / 1_000} seconds`);
  }
}

const causes: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host is not known',
  EAI_AGAIN: 'its host cannot be looked up now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
};

/** `fetch` says `fetch failed`, and why in the causes. */
function failureText(error: unknown): string {
  let last = error;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    last = at instanceof AggregateError && at.message === '' ? (at.errors as unknown[])[0] : at;
    const { code } = last as { readonly code?: unknown };
    if (typeof code === 'string' && causes[code] !== undefined) return causes[code];
  }
  return messageOf(last);
}
