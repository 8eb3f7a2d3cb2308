/**
 * One HTTP channel to Bybit: sends a request, checks the answer, and throws only the domain's errors. It owns the
 * signing time (the exchange's clock, not this computer's), the time-out, the queue in front of the rate limits, and
 * keeping secrets out of messages; it leaves endpoints to account-rest.ts and market-rest.ts. It never repeats a write.
 * Source: bybit-v5.md §2.1, §2.3, §5, §9.2.
 */
import http from 'node:http';
import https from 'node:https';
import { RestClientV5 } from 'bybit-api';
import type { z } from 'zod';
import { Retryable } from '../../domain/errors.ts';
import { arriveWithinMs } from '../../domain/write-window.ts';
import type { Credentials } from '../../ports/exchange.ts';
import { type Command, type Failure, faultOf } from './errors.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { LocalTime } from './local-time.ts';
import { envelope, page } from './messages.ts';
import { shortReason } from './parse.ts';
import { AccountBudget, type PrivatePath } from './request-budget.ts';
import type { RollingWindow } from './rolling-window.ts';
import { hmacHex } from './signature.ts';

export interface RestOptions {
  readonly restUrl: string;
  readonly clock: ExchangeClock;
  readonly local: LocalTime;
  readonly timeoutMs: number;
  /** How long a connection is kept without a request. */
  readonly idleMaxMs?: number;
  /** Shared by every channel of this process. */
  readonly address: RollingWindow;
  /** The exchange refused our time: somebody should measure it again. */
  readonly onClockDoubt: () => void;
}

export type PublicPath = '/v5/market/time' | '/v5/market/instruments-info' | '/v5/market/tickers';

export interface Answer<T> {
  readonly result: T;
  /** When the exchange answered, exchange time in ms; null when it did not say. */
  readonly timeMs: number | null;
}

interface Request {
  readonly command: Command;
  /** For messages: `cancel close-7-v12 on BTC-31MAR23-26000-C-USDT`. */
  readonly subject: string;
  readonly path: PublicPath | PrivatePath;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** Called when it has passed the queues and leaves; once for each page. */
  readonly onLeave?: () => void;
}

export type ReadRequest = Omit<Request, 'command'>;

interface Write extends Request {
  /** It does not leave with a later signature than this, exchange time. */
  readonly notAfterMs: number;
}

interface RowOptions {
  readonly isWanted?: (row: unknown) => boolean;
  readonly onBadRow?: (reason: string) => void;
}

const pagesMax = 50;

/**
 * Shorter than any server's patience. A server that closes an idle connection while a request is on its way leaves an
 * order behind of which nobody knows whether it was placed.
 */
const idleUsualMaxMs = 20_000;

export class RestChannel {
  readonly #options: RestOptions;
  readonly #credentials: Credentials | null;
  readonly #client: RestClientV5;
  readonly #agents: readonly [http.Agent, https.Agent];
  readonly #budget: AccountBudget;
  /** Time of the request that is just being handed to the library. */
  #signedAtMs = 0;

  constructor(options: RestOptions, credentials: Credentials | null) {
    this.#options = options;
    this.#credentials = credentials;
    const agentOptions = { keepAlive: true, timeout: options.idleMaxMs ?? idleUsualMaxMs };
    this.#agents = [new http.Agent(agentOptions), new https.Agent(agentOptions)];
    this.#budget = new AccountBudget(options.local);
    this.#client = createClient(options, credentials, this.#agents, () => this.#signedAtMs);
  }

  /** @throws Retryable | Terminal */
  async read<T>(request: ReadRequest, shape: z.ZodType<T>): Promise<Answer<T>> {
    const answer = await this.#send({ ...request, command: 'read' });
    const parsed = shape.safeParse(answer.result);
    if (parsed.success) return { result: parsed.data, timeMs: answer.timeMs };
    throw this.#unreadable(request.subject, parsed.error);
  }

  /**
   * Follows cursors to the end and reads every row that is wanted; a row that cannot be read fails the whole read, unless
   * `onBadRow` takes it. Cursors go back exactly as they came (§9.2).
   * @throws Retryable | Terminal
   */
  async readAll<Row, T>(
    request: ReadRequest,
    shape: z.ZodType<Row>,
    toDomain: (row: Row, timeMs: number | null) => T,
    { isWanted, onBadRow }: RowOptions = {},
  ): Promise<T[]> {
    const rows: T[] = [];
    let cursor = '';
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const params = cursor === '' ? request.params : { ...request.params, cursor };
      const { result, timeMs } = await this.read({ ...request, params }, page);
      for (const raw of result.list) {
        if (isWanted && !isWanted(raw)) continue;
        try {
          rows.push(toDomain(shape.parse(raw), timeMs));
        } catch (error) {
          if (!onBadRow) throw this.#unreadable(request.subject, error);
          onBadRow(this.#withoutSecrets(shortReason(error)));
        }
      }
      if (result.nextPageCursor === '' || result.nextPageCursor === cursor) return rows;
      cursor = result.nextPageCursor;
    }
    throw new Retryable(`${request.subject}: Bybit's list did not end after ${pagesMax} pages`);
  }

  /**
   * Resolves on acknowledgement, which proves nothing more (§3.10).
   * @throws Retryable | Terminal | UnknownOutcome
   */
  async write(request: Write): Promise<void> {
    await this.#send(request, request.notAfterMs);
  }

  close(): void {
    this.#budget.close();
    for (const agent of this.#agents) agent.destroy();
  }

  async #send(request: Request, notAfterMs = Number.POSITIVE_INFINITY): Promise<Answer<unknown>> {
    const { command, subject } = request;
    const answered = isPrivate(request.path) ? await this.#budget.take(request.path) : null;
    // What was decided grows old while it waits; what is only asked does not.
    await this.#options.address.take(command !== 'read');
    // One reading of the clock both judges and signs: stopped anywhere after it, the exchange refuses the request.
    this.#signedAtMs = this.#options.clock.reckonedMs();
    if (this.#signedAtMs > notAfterMs) throw tooLate(subject, this.#signedAtMs - notAfterMs);
    request.onLeave?.();
    let body: unknown;
    try {
      body = await this.#withTimeout(this.#call(request));
    } catch (error) {
      throw this.#fault(command, subject, transportFailure(error));
    } finally {
      answered?.();
    }
    const answer = envelope.safeParse(body);
    if (!answer.success) {
      throw this.#fault(command, subject, { kind: 'unreadable', text: 'it is no Bybit V5 answer' });
    }
    const { retCode, retMsg, result, time } = answer.data;
    if (time !== null) this.#options.clock.observe(time);
    if (retCode === 0) return { result, timeMs: time };
    throw this.#fault(command, subject, { kind: 'code', code: retCode, text: this.#withoutSecrets(retMsg) });
  }

  #call({ command, path, params }: Request): Promise<unknown> {
    // The library deletes undefined values from what it is given, so it gets a copy.
    if (command !== 'read') return this.#client.postPrivate(path, { ...params });
    return isPrivate(path)
      ? this.#client.getPrivate(path, { ...params })
      : this.#client.get(path, { ...params });
  }

  /** The library's own time-out counts silence; an answer that trickles would last for ever. */
  async #withTimeout<T>(work: Promise<T>): Promise<T> {
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = this.#options.local.after(this.#options.timeoutMs, () => reject(new Error('timeout')));
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      cancel();
    }
  }

  #fault(command: Command, subject: string, failure: Failure): Error {
    if (failure.kind === 'code' && failure.code === 10002) this.#options.onClockDoubt();
    const fault = faultOf(command, subject, failure);
    const addressIsBarred = failure.kind === 'http' && failure.status === 403;
    if (addressIsBarred && fault instanceof Retryable) this.#options.address.block(fault.retryAfterMs);
    return fault;
  }

  #unreadable(subject: string, error: unknown): Error {
    return faultOf('read', subject, { kind: 'unreadable', text: this.#withoutSecrets(shortReason(error)) });
  }

  /** Bybit quotes the key, sometimes the whole signed string, in what it says about wrong signatures. */
  #withoutSecrets(text: string): string {
    if (!this.#credentials) return text.slice(0, 300);
    const { apiKey, apiSecret } = this.#credentials;
    return text.replaceAll(apiSecret, '<secret>').replaceAll(apiKey, '<api key>').slice(0, 300);
  }
}

const tooLate = (subject: string, byMs: number): Retryable =>
  new Retryable(`${subject}: not sent, ${byMs} ms too late after it was decided; it has to be decided anew`, {
    retryAfterMs: 0,
  });

const isPrivate = (path: PublicPath | PrivatePath): path is PrivatePath => !path.startsWith('/v5/market/');

function createClient(
  { restUrl, timeoutMs }: RestOptions,
  credentials: Credentials | null,
  [httpAgent, httpsAgent]: readonly [http.Agent, https.Agent],
  signedAtMs: () => number,
): RestClientV5 {
  const client = new RestClientV5(
    {
      ...(credentials ? { key: credentials.apiKey, secret: credentials.apiSecret } : {}),
      baseUrl: restUrl,
      recv_window: arriveWithinMs,
      // The library's own error objects contain the API secret; the transport's do not.
      parse_exceptions: false,
      customSignMessageFn: (message, secret) => Promise.resolve(hmacHex(secret, message)),
    },
    { timeout: timeoutMs, httpAgent, httpsAgent, maxRedirects: 0, proxy: false },
  );
  // The library signs with `Date.now() + timeOffset`, read in this order, before the call for the request returns. So
  // the offset gives the time that was chosen, or an earlier one if the process is stopped between the two readings.
  Object.defineProperty(client, 'timeOffset', {
    get: () => signedAtMs() - Date.now(),
    set: () => undefined,
  });
  return client;
}

/** Picks status and code out of whatever was thrown and drops the rest, which holds signed headers. */
function transportFailure(error: unknown): Failure {
  const { response, code, message } = Object(error) as {
    response?: { status?: unknown };
    code?: unknown;
    message?: unknown;
  };
  if (typeof response?.status === 'number') return { kind: 'http', status: response.status };
  if (typeof code === 'string') return { kind: 'connection', text: code };
  return { kind: 'connection', text: message === 'timeout' ? 'timeout' : 'the connection failed' };
}
