/**
 * Requests to addresses that users chose. Such an address must not reach what only this machine or its network may reach,
 * so every connection is checked by the address it really goes to, after names were resolved; redirects are not followed,
 * and answers are bounded in size and time. Errors never hold the address, because a part of it is often a secret.
 */
import { lookup as resolveName } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, request } from 'undici';
import { Permissions } from './permissions.ts';

/** The address is one that must not be reached. The message holds no part of it. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** There was no answer. The message says why and holds no part of the address. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface OutgoingOptions {
  /** Names of hosts, addresses and ranges (CIDR) that may be reached although they are private, also unencrypted. */
  readonly permitted: readonly string[];
  /** A certificate that is trusted besides the usual ones. */
  readonly ca?: string | undefined;
}

export interface OutgoingRequest {
  readonly url: string;
  /** Default: POST. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Gives up at once. */
  readonly signal: AbortSignal;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** The beginning of the answer, at most 16 kB. */
  readonly text: string;
}

const answerMaxBytes = 16 << 10;
/** How long the rest of an answer may take after its status is known: what it says is not worth more. */
const answerMaxMs = 2_000;
const headersMaxBytes = 16 << 10;

export class Outgoing {
  readonly #permissions: Permissions;
  readonly #agent: Agent;

  constructor({ permitted, ca }: OutgoingOptions) {
    this.#permissions = new Permissions(permitted);
    this.#agent = new Agent({
      connect: this.#connector(ca),
      maxHeaderSize: headersMaxBytes,
      pipelining: 1,
      // Not bounded for each host: many channels share one, and some of them may hang. Senders bound the whole.
      connections: null,
      keepAliveTimeout: 5_000,
    });
  }

  /**
   * Judges what can be seen of an address without resolving its name.
   * @throws AddressRefused for what is no address, not encrypted, private or with a password in it
   */
  assertAllowed(text: string): void {
    this.#judged(text);
  }

  /** @throws AddressRefused; NoAnswer */
  async send({ url, method = 'POST', headers = {}, body, signal }: OutgoingRequest): Promise<OutgoingAnswer> {
    const target = this.#judged(url);
    try {
      const answer = await request(target, {
        method,
        headers: { 'user-agent': 'rollkeeper', 'accept-encoding': 'identity', ...headers },
        body: body ?? null,
        signal,
        dispatcher: this.#agent,
      });
      const { 'retry-after': retryAfter } = answer.headers;
      return {
        status: answer.statusCode,
        retryAfter: typeof retryAfter === 'string' ? retryAfter.slice(0, 100) : null,
        text: await beginningOf(answer.body),
      };
    } catch (error) {
      throw explained(error, signal);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #judged(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null) throw new AddressRefused('it is no address');
    if (url.username !== '' || url.password !== '')
      throw new AddressRefused('it has a user or a password before the host');
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw new AddressRefused('it is neither https:// nor http://');
    const refusal = this.#permissions.refusalOfUrl(url);
    if (refusal !== null) throw new AddressRefused(refusal);
    return url;
  }

  #connector(ca: string | undefined): buildConnector.connector {
    const connect = (hostname: string, isEncrypted: boolean): buildConnector.connector =>
      buildConnector({
        timeout: 5_000,
        lookup: this.#checkedLookup(hostname, isEncrypted),
        ...(ca !== undefined && { ca }),
      });
    return (options, done) =>
      connect(options.hostname, options.protocol === 'https:')(options, (error, socket) => {
        if (error !== null) {
          done(error, null);
          return;
        }
        // Looked at once more on the connection itself, whatever led to it.
        const refusal = this.#permissions.refusalOf(socket.remoteAddress ?? '', {
          hostname: options.hostname,
          isEncrypted: options.protocol === 'https:',
        });
        if (refusal === null) {
          done(null, socket);
          return;
        }
        socket.destroy();
        done(new AddressRefused(refusal), null);
      });
  }

  /** Gives only addresses that may be reached, so that no connection to another one is even begun. */
  #checkedLookup(hostname: string, isEncrypted: boolean): LookupFunction {
    return (name, options, done) => {
      resolveName(name, { ...options, all: true }, (error, found: LookupAddress[]) => {
        if (error !== null) {
          done(error, '', 0);
          return;
        }
        const refusals = found.map(({ address }) =>
          this.#permissions.refusalOf(address, { hostname, isEncrypted }),
        );
        const allowed = found.filter((_, at) => refusals[at] === null);
        const [first] = allowed;
        if (first === undefined) {
          done(new AddressRefused(refusals[0] ?? 'its name has no address'), '', 0);
          return;
        }
        if (options.all === true) done(null, allowed);
        else done(null, first.address, first.family);
      });
    };
  }
}

/** Never rejects: an answer that breaks off has its status all the same. */
async function beginningOf(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const late = setTimeout(() => body.destroy(), answerMaxMs);
  try {
    for await (const piece of body) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= answerMaxBytes) break;
    }
  } catch {
    // What came until then is all there is.
  } finally {
    clearTimeout(late);
    body.destroy();
  }
  return Buffer.concat(pieces).subarray(0, answerMaxBytes).toString('utf8');
}

const causes: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host is not known',
  EAI_AGAIN: 'its host cannot be looked up now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_OVERFLOW: 'its answer is too long',
};

function explained(error: unknown, signal: AbortSignal): Error {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof AddressRefused) return new AddressRefused(at.message);
    const within = at instanceof AggregateError ? (at.errors as unknown[]) : [];
    const refused = within.find((one) => one instanceof AddressRefused);
    if (refused) return new AddressRefused(refused.message);
  }
  if (signal.aborted) return new NoAnswer('it did not answer in time');
  const code = codeOf(error);
  if (/^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO)/.test(code))
    return new NoAnswer('its certificate is not valid, or it does not speak TLS');
  if (code.startsWith('HPE_')) return new NoAnswer('its answer is not HTTP');
  return new NoAnswer(causes[code] ?? 'there was no answer');
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf((error.errors as unknown[])[0]);
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code;
  return error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : '';
}
