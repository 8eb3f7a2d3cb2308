/**
 * One channel of requests to Bybit: sends a request over HTTP, or a command on an order over the account's socket while
 * that is live, checks the answer, and throws only the domain's errors. It owns the signing time (the exchange's clock,
 * not this computer's), the time-out, the queue in front of the rate limits, and keeping secrets out of messages;
 * endpoints are in account-rest.ts and market-rest.ts, the client in rest-client.ts. It never repeats a write.
 * Source: Bybit docs v5/guide and v5/rate-limit.
 */
import http from 'node:http';
import https from 'node:https';
import type { RestClientV5 } from 'bybit-api';
import type { z } from 'zod';
import { Retryable } from '../../../domain/errors.ts';
import type { Credentials } from '../../../ports/exchange.ts';
import type { ExchangeObserver, RequestWay } from '../../../ports/observer.ts';
import type { LimitStanding } from '../../../ports/system.ts';
import { type Command, type Failure, faultOf } from '../errors.ts';
import type { ExchangeClock } from '../time/exchange-clock.ts';
import type { LocalTime } from '../time/local-time.ts';
import { envelope, page } from '../messages.ts';
import { shortReason } from '../parse.ts';
import { type OrderOp, orderOps, type TradeStream, Unanswered } from '../stream/trade-stream.ts';
import { type Body, createClient, type Handover, quotedLengthMax } from './rest-client.ts';
import { AccountBudget, type PrivatePath } from './request-budget.ts';
import { observed } from './observed.ts';
import type { RollingWindow } from './rolling-window.ts';
import { withoutSecrets } from './secrets.ts';
import { wireLimits } from '../wire-limits.ts';

export interface RestOptions {
  readonly restUrl: string;
  readonly clock: ExchangeClock;
  readonly local: LocalTime;
  readonly timeoutMs: number;
  /** How long a connection is kept without a request. */
  readonly idleMaxMs?: number;
  /** Shared by every channel of this process. */
  readonly address: RollingWindow;
  /** The exchange refused the time of a request: the clock should be measured again. */
  readonly onTimeRefused: () => void;
  /** Counts requests. Default: nothing does. */
  readonly observer?: ExchangeObserver | undefined;
}

export type PublicPath =
  | '/v5/market/time'
  | '/v5/market/instruments-info'
  | '/v5/market/tickers'
  | '/v5/market/historical-volatility'
  | '/v5/system/status';

export interface Answer<T> {
  readonly result: T;
  /** When the exchange answered, exchange time in ms; null when the answer does not say. */
  readonly timeMs: number | null;
}

interface Request {
  readonly command: Command;
  /** For messages: `cancel close-7-v12 on BTC-31MAR23-26000-C-USDT`. */
  readonly subject: string;
  readonly path: PublicPath | PrivatePath;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** Called when the request leaves the queues and is sent; once for each page. */
  readonly onLeave?: () => void;
  /** Receives what came with a refusal beside its code and text, before that is thrown. */
  readonly onRefusal?: (extra: unknown) => void;
}

export type ReadRequest = Omit<Request, 'command'>;

interface Write extends Request {
  /** It is not sent with a signature later than this, exchange time in ms. */
  readonly notAfterMs: number;
}

/** A list to be read over all of its pages, row by row. */
export interface ListRequest<Row, T> extends ReadRequest {
  readonly shape: z.ZodType<Row>;
  /** `timeMs`: exchange time of the page; null when it does not say. */
  readonly toDomain: (row: Row, timeMs: number | null) => T;
  /** Rows that are not wanted are left out before they are checked. Default: all are. */
  readonly isWanted?: (row: unknown) => boolean;
  /** Called for a row that cannot be read, which is then skipped. Without it such a row fails the whole read. */
  readonly onBadRow?: (reason: string) => void;
}

interface Sending {
  readonly notAfterMs: number;
  /** Called when it is sent. */
  readonly onLeave?: (way: RequestWay) => void;
}

/** An error with a response, or the bare response when the library does not handle its status. */
interface ThrownByTransport {
  readonly response?: { readonly status?: unknown; readonly data?: unknown };
  readonly status?: unknown;
  readonly data?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** Refusals of a request's time (outside of the window, expired): our clock may be wrong. */
const clockCodes = new Set([10002, -1]);

/**
 * Shorter than the idle time-out of any server. If a server closes an idle connection while a request is on its way, it is
 * unknown whether the order was placed.
 */
const idleUsualMaxMs = 20_000;

export class RestChannel {
  readonly #options: RestOptions;
  readonly #credentials: Credentials | null;
  readonly #client: RestClientV5;
  readonly #agents: readonly [http.Agent, https.Agent];
  readonly #budget: AccountBudget;
  #orders: TradeStream | null = null;
  #handover: Handover = { signedAtMs: 0, signal: new AbortController().signal, answerBytesMax: 0 };

  constructor(options: RestOptions, credentials: Credentials | null) {
    this.#options = options;
    this.#credentials = credentials;
    const agentOptions = { keepAlive: true, timeout: options.idleMaxMs ?? idleUsualMaxMs };
    this.#agents = [new http.Agent(agentOptions), new https.Agent(agentOptions)];
    this.#budget = new AccountBudget(options.local);
    this.#client = createClient({
      restUrl: options.restUrl,
      timeoutMs: options.timeoutMs,
      credentials,
      agents: this.#agents,
      handover: () => this.#handover,
    });
  }

  /** From now on commands on orders go this way while it is live. */
  sendOrdersBy(orders: TradeStream): void {
    this.#orders = orders;
  }

  /** @throws Retryable | Terminal */
  read<T>(request: ReadRequest, shape: z.ZodType<T>): Promise<Answer<T>> {
    return this.#ask({ ...request, command: 'read' }, shape);
  }

  /** As `read`, of what would become of an order. @throws Retryable | Terminal */
  check<T>(request: ReadRequest, shape: z.ZodType<T>): Promise<Answer<T>> {
    return this.#ask({ ...request, command: 'check' }, shape);
  }

  async #ask<T>(request: Request, shape: z.ZodType<T>): Promise<Answer<T>> {
    const answer = await this.#send(request);
    const parsed = shape.safeParse(answer.result);
    if (parsed.success) return { result: parsed.data, timeMs: answer.timeMs };
    throw this.#unreadable(request.subject, parsed.error);
  }

  /**
   * Follows cursors, which are sent back exactly as they came, and reads every row that is wanted. A list that does not
   * end within the bounds of `wireLimits` fails as a whole.
   * @throws Retryable | Terminal
   */
  async readAll<Row, T>(list: ListRequest<Row, T>): Promise<T[]> {
    const { shape, toDomain, isWanted, onBadRow, ...request } = list;
    const rows: T[] = [];
    const { local, timeoutMs } = this.#options;
    const endless = (bound: string): Retryable =>
      new Retryable(`${request.subject}: Bybit's list did not end after ${bound}`);
    let cursor = '';
    let rowsRead = 0;
    let onTheWayMs = 0;
    for (let pages = 0; pages < wireLimits.pagesMax; pages += 1) {
      const params = cursor === '' ? request.params : { ...request.params, cursor };
      let leftAtMs = local.nowMs();
      const onLeave = (): void => {
        leftAtMs = local.nowMs();
        request.onLeave?.();
      };
      const { result, timeMs } = await this.read({ ...request, params, onLeave }, page);
      onTheWayMs += local.nowMs() - leftAtMs;
      rowsRead += result.list.length;
      if (rowsRead > wireLimits.rowsMax) throw endless(`${wireLimits.rowsMax} rows`);
      for (const raw of result.list) {
        try {
          if (isWanted && !isWanted(raw)) continue;
          rows.push(toDomain(shape.parse(raw), timeMs));
        } catch (error) {
          if (!onBadRow) throw this.#unreadable(request.subject, error);
          onBadRow(this.#withoutSecrets(shortReason(error)));
        }
      }
      if (result.nextPageCursor === '' || result.nextPageCursor === cursor) return rows;
      if (onTheWayMs > wireLimits.listTimeoutsMax * timeoutMs) throw endless(`${Math.round(onTheWayMs)} ms`);
      cursor = result.nextPageCursor;
    }
    throw endless(`${wireLimits.pagesMax} pages`);
  }

  /**
   * Resolves when the exchange acknowledges the command, which does not prove that it was carried out.
   * @throws Retryable | Terminal | UnknownOutcome
   */
  async write(request: Write): Promise<void> {
    await this.#send(request, request.notAfterMs);
  }

  /** The limits of this account alone. */
  limits(): readonly LimitStanding[] {
    return this.#budget.standing();
  }

  close(): void {
    this.#budget.close();
    for (const agent of this.#agents) agent.destroy();
  }

  #send(request: Request, notAfterMs = Number.POSITIVE_INFINITY): Promise<Answer<unknown>> {
    const { observer, local } = this.#options;
    if (observer === undefined) return this.#sendNow(request, { notAfterMs });
    const kind = request.command === 'check' ? 'read' : request.command;
    return observed({ observer, local, kind }, (onLeave) => this.#sendNow(request, { notAfterMs, onLeave }));
  }

  async #sendNow(request: Request, sending: Sending): Promise<Answer<unknown>> {
    const { command, subject } = request;
    const { notAfterMs, onLeave } = sending;
    const noteAnswered = isPrivate(request.path) ? await this.#budget.take(request.path) : null;
    const op = opOf(request.path);
    const orders = op !== null && this.#orders?.isLive === true ? this.#orders : null;
    // A decision grows old while it waits in the queue; a read does not. The address's limit is one of HTTP requests.
    const isReading = command === 'read' || command === 'check';
    if (!orders) await this.#options.address.take(isReading ? 'usual' : 'urgent');
    // One reading of the clock both judges and stamps: if this process is stopped afterwards, the exchange refuses it.
    const signedAtMs = this.#options.clock.estimatedMs();
    if (signedAtMs > notAfterMs) throw tooLate(subject, signedAtMs - notAfterMs);
    request.onLeave?.();
    onLeave?.(orders ? 'websocket' : 'rest');
    const { marketAnswerBytesMax, accountAnswerBytesMax } = wireLimits;
    const answerBytesMax = isPrivate(request.path) ? accountAnswerBytesMax : marketAnswerBytesMax;
    let body: Body | null;
    try {
      body = await this.#withTimeout<Body | null>((signal) => {
        const { params } = request;
        const sent = op && orders?.send({ op, params, stampedAtMs: signedAtMs, signal });
        if (sent) return sent;
        this.#handover = { signedAtMs, signal, answerBytesMax };
        return this.#call(request);
      });
    } catch (error) {
      throw this.#fault(command, subject, this.#transportFailure(error, answerBytesMax));
    } finally {
      noteAnswered?.();
    }
    // It was refused, and is judged and stamped anew; the socket is not live before it has another session.
    if (body === null) return this.#sendNow(request, sending);
    const answer = envelope.safeParse(body.json);
    if (!answer.success) {
      throw this.#fault(command, subject, {
        kind: 'unreadable',
        text: 'it is not a Bybit V5 answer',
        body: this.#withoutSecrets(body.text),
      });
    }
    const { retCode, retMsg, result, retExtInfo, time } = answer.data;
    if (time !== null) this.#options.clock.observe(time);
    if (retCode === 0) return { result, timeMs: time };
    request.onRefusal?.(retExtInfo);
    throw this.#fault(command, subject, { kind: 'code', code: retCode, text: this.#withoutSecrets(retMsg) });
  }

  /** The library copies the parsed body into an object of its own, so `readBody` wraps it in one property. */
  async #call({ command, path, params }: Request): Promise<Body> {
    // It also deletes undefined values from the object it is given, so it gets a copy.
    const given = { ...params };
    const answered: unknown = await (command !== 'read'
      ? this.#client.postPrivate(path, given)
      : isPrivate(path)
        ? this.#client.getPrivate(path, given)
        : this.#client.get(path, given));
    return (answered as { body: Body }).body;
  }

  /** The library's own time-out counts silence only: an answer that trickles in would never end. */
  async #withTimeout<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = this.#options.local.after(this.#options.timeoutMs, () => {
        reject(new Error('timeout'));
        // The rest of the answer is not needed: this destroys the socket.
        abort.abort();
      });
    });
    try {
      return await Promise.race([work(abort.signal), late]);
    } finally {
      cancel();
    }
  }

  #fault(command: Command, subject: string, failure: Failure): Error {
    if (failure.kind === 'code' && clockCodes.has(failure.code)) this.#options.onTimeRefused();
    const fault = faultOf(command, subject, failure);
    const addressIsBarred =
      failure.kind === 'http' ? failure.status === 403 : failure.kind === 'code' && failure.code === 10018;
    if (addressIsBarred && fault instanceof Retryable) this.#options.address.block(fault.retryAfterMs);
    return fault;
  }

  /** Picks status, code and page out of a thrown value and drops the rest, which holds signed headers. */
  #transportFailure(error: unknown, answerBytesMax: number): Failure {
    if (error instanceof Unanswered) return error.failure;
    const { response, code, message, ...thrown } = Object(error) as ThrownByTransport;
    if (typeof message === 'string' && message.startsWith('maxContentLength'))
      return { kind: 'unreadable', text: `it is larger than ${answerBytesMax} bytes` };
    const { status, data } = response ?? thrown;
    if (status === 200) return { kind: 'unreadable', text: `it broke off (${String(code)})` };
    if (typeof status === 'number') {
      const { text = '' } = (Object(data) as { body?: Partial<Body> }).body ?? {};
      return { kind: 'http', status, body: this.#withoutSecrets(text) };
    }
    if (typeof code === 'string') return { kind: 'connection', text: code };
    return { kind: 'connection', text: message === 'timeout' ? 'timeout' : 'the connection failed' };
  }

  #unreadable(subject: string, error: unknown): Error {
    return faultOf('read', subject, { kind: 'unreadable', text: this.#withoutSecrets(shortReason(error)) });
  }

  /** Bybit quotes the key, sometimes the whole signed string, when it refuses a signature. */
  #withoutSecrets(text: string): string {
    const head = text.slice(0, quotedLengthMax);
    return withoutSecrets(head, this.#credentials);
  }
}

const tooLate = (subject: string, byMs: number): Retryable =>
  new Retryable(`${subject}: not sent, ${byMs} ms too late after it was decided; it has to be decided anew`, {
    retryAfterMs: 0,
  });

const opOf = (path: PublicPath | PrivatePath): OrderOp | null =>
  path in orderOps ? orderOps[path as keyof typeof orderOps] : null;

const isPrivate = (path: PublicPath | PrivatePath): path is PrivatePath =>
  !path.startsWith('/v5/market/') && path !== '/v5/system/status';
