/**
 * The connection over which an account's orders are sent (docs/exchange.md#order-entry). It owns matching answers to
 * requests, and whether the connection can be trusted with another one at this moment; staying connected is
 * connection.ts, what an answer means is rest.ts, which also sends whatever cannot be sent here. It never sends anything
 * twice: a request that was written and not answered is rejected, because nobody knows what became of it.
 */
import type { Logger } from 'pino';
import { plainText } from '../../../domain/foreign-text.ts';
import type { AccountKey } from '../../../ports/exchange.ts';
import type { Failure } from '../errors.ts';
import { RareLog } from '../rare-log.ts';
import type { Body } from '../rest/rest-client.ts';
import { withoutSecrets } from '../rest/secrets.ts';
import { bybitRules } from '../rules.ts';
import type { StreamTools } from './connection-plan.ts';
import { Connection } from './connection.ts';
import type { CommandAnswer } from './frames.ts';
import { loginFrame } from './login.ts';

export const orderOps = {
  '/v5/order/create': 'order.create',
  '/v5/order/amend': 'order.amend',
  '/v5/order/cancel': 'order.cancel',
} as const;
export type OrderOp = (typeof orderOps)[keyof typeof orderOps];

export interface OrderCommand {
  readonly op: OrderOp;
  /** As the body of the same command over REST. */
  readonly params: object;
  /** Exchange time that it is stamped with, in ms. */
  readonly stampedAtMs: number;
  /** Aborted when its answer is waited for no longer. */
  readonly signal: AbortSignal;
}

/** A request was written and there is no answer to it. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

export interface TradeStreamOptions {
  readonly url: string;
  readonly key: AccountKey;
  readonly tools: StreamTools;
  /** A log-in was refused, perhaps because the time it was signed with is wrong. */
  readonly onTimeRefused: () => void;
}

interface Waiting {
  readonly op: OrderOp;
  readonly answered: (body: Body | null) => void;
  readonly unanswered: (failure: Failure) => void;
}

/** The exchange restarts order entry: this connection takes no new request, and still answers what it has taken. */
const restarting = 10019;
/** Refusals that may be due to the session alone: too many of them, or one that is not logged in any more. */
const sessionCodes = new Set<unknown>([10003, 10004, 10005, 10007]);
/** Requests without an answer that are remembered, so that a late answer is known for one. */
const givenUpMax = 1_000;

export class TradeStream {
  readonly #connection: Connection;
  readonly #tools: StreamTools;
  readonly #log: Logger;
  readonly #strays: RareLog;
  readonly #onTimeRefused: () => void;
  readonly #key: AccountKey;
  readonly #waiting = new Map<string, Waiting>();
  readonly #givenUp = new Set<string>();
  /** Two daemons may have a connection each for one account: their request ids begin differently. */
  readonly #idPrefix: string;
  #requestsMade = 0;
  #isOpen = false;
  /** It takes nothing new; once all that it has taken is answered, another one is opened. */
  #isEnding = false;
  /** In a row. */
  #sessionsRefused = 0;
  /** Local time when an answer was waited for in vain; until something comes after it, the socket may be dead. */
  #doubtedAtMs = Number.NEGATIVE_INFINITY;
  #loginsRefused = 0;
  /** Ends a time in which nothing is sent here; `null` when there is none. */
  #endPause: (() => void) | null = null;

  constructor({ url, key, tools, onTimeRefused }: TradeStreamOptions) {
    this.#key = key;
    this.#tools = tools;
    this.#onTimeRefused = onTimeRefused;
    this.#log = tools.log.child({ stream: `orders of ${key.accountId}` });
    this.#strays = new RareLog('an answer that belongs to no open request', {
      log: this.#log,
      local: tools.local,
    });
    this.#idPrefix = Math.floor(tools.random() * 36 ** 8).toString(36);
    this.#connection = new Connection(
      {
        name: `orders of ${key.accountId}`,
        shownAs: 'orders',
        isSpare: true,
        url,
        login: () => loginFrame(key, tools.clock),
        topicsPerRequest: 1,
        mask: (text) => withoutSecrets(text, key),
        listener: {
          // No topic is subscribed here.
          data: () => false,
          answer: (answer) => this.#answered(answer),
          unreadable: (reason, text) => this.#unreadable(reason, text),
          live: () => (this.#loginsRefused = 0),
          stale: () => undefined,
          lost: (reason) => this.#lost(reason),
          loginRefused: (reason) => this.#loginRefused(reason),
        },
      },
      tools,
    );
  }

  open(): void {
    this.#isOpen = true;
    this.#connection.open();
  }

  close(): void {
    this.#isOpen = false;
    this.#endPause?.();
    this.#connection.close();
    this.#lost('the connection was closed');
    this.#strays.flush();
  }

  /** A request can be written now, and nothing speaks against it being answered. */
  get isLive(): boolean {
    const isDoubtful = this.#connection.lastFrameAtMs <= this.#doubtedAtMs;
    return this.#connection.isLive && !this.#isEnding && !isDoubtful && this.#endPause === null;
  }

  /**
   * Writes the request at once.
   * @returns null when nothing of it was written; otherwise its answer, which rejects with `Unanswered` and is null when the
   * exchange refused it for this session, so that only REST can say whether it refuses the key
   */
  send({ op, params, stampedAtMs, signal }: OrderCommand): Promise<Body | null> | null {
    if (!this.isLive) return null;
    this.#requestsMade += 1;
    const reqId = `${this.#idPrefix}-${this.#requestsMade}`;
    const header = {
      'X-BAPI-TIMESTAMP': String(stampedAtMs),
      'X-BAPI-RECV-WINDOW': String(bybitRules.times.arriveWithinMs),
    };
    if (!this.#connection.write({ reqId, header, op, args: [params] })) return null;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => this.#overdue(reqId));
      this.#waiting.set(reqId, {
        op,
        answered: resolve,
        unanswered: (failure) => reject(new Unanswered(failure)),
      });
    });
  }

  #answered({ requestId, op, json, text }: CommandAnswer): void {
    const body = { json, text };
    const { retCode } = Object(json) as { retCode?: unknown };
    const waiting = this.#waiting.get(requestId);
    if (retCode === restarting) this.#isEnding = true;
    if (waiting) {
      this.#waiting.delete(requestId);
      const isOfSession = sessionCodes.has(retCode);
      if (isOfSession) this.#sessionRefused(text);
      else if (retCode === 0) this.#sessionsRefused = 0;
      waiting.answered(isOfSession ? null : body);
    } else if (requestId === '') this.#answeredWithoutId(op, text);
    else this.#stray(this.#givenUp.delete(requestId) ? 'it comes too late' : 'its reqId is not known', text);
    this.#renewWhenAnswered();
  }

  /**
   * Some failures come so (docs/exchange.md#order-entry). It is surely about the only request that waits; but an order is
   * neither taken as placed nor as refused by it. REST says what it is about, so it is used for a while.
   */
  #answeredWithoutId(op: string, text: string): void {
    this.#stray('it has no reqId; orders go by REST for a while', text);
    this.#pause();
    const only = this.#onlyRequest();
    if (this.#waiting.get(only)?.op === op)
      this.#giveUp(only, { kind: 'unreadable', text: 'it does not say to what', body: this.#masked(text) });
  }

  #unreadable(reason: string, text: string): void {
    const only = this.#onlyRequest();
    if (only !== '') this.#giveUp(only, { kind: 'unreadable', text: reason, body: this.#masked(text) });
  }

  /** Of several requests none is known to be meant: each waits for its own answer. */
  #onlyRequest(): string {
    const [only = ''] = this.#waiting.keys();
    return this.#waiting.size === 1 ? only : '';
  }

  #overdue(reqId: string): void {
    if (!this.#waiting.has(reqId)) return;
    this.#giveUp(reqId, { kind: 'connection', text: 'timeout' });
    this.#doubtedAtMs = this.#tools.local.nowMs();
    this.#connection.ping();
    this.#renewWhenAnswered();
  }

  #giveUp(reqId: string, failure: Failure): void {
    const waiting = this.#waiting.get(reqId);
    this.#waiting.delete(reqId);
    if (this.#givenUp.size >= givenUpMax) this.#givenUp.clear();
    this.#givenUp.add(reqId);
    waiting?.unanswered(failure);
  }

  #renewWhenAnswered(): void {
    if (this.#isEnding && this.#waiting.size === 0)
      this.#connection.renew('the exchange wants another session for orders');
  }

  /** Another session may help, so one is opened. If that is refused as well it is the key, and REST says what is wrong with it. */
  #sessionRefused(text: string): void {
    this.#isEnding = true;
    this.#sessionsRefused += 1;
    const said = plainText(this.#masked(text));
    this.#log.warn({ said }, 'order entry refuses its session: the order goes by REST');
    if (this.#sessionsRefused > 1) this.#pause();
  }

  #lost(reason: string): void {
    for (const reqId of [...this.#waiting.keys()]) this.#giveUp(reqId, { kind: 'connection', text: reason });
    this.#givenUp.clear();
    this.#isEnding = false;
  }

  /** The first refusal may be due to our clock; after it was measured again, a second one is due to the key. */
  #loginRefused(reason: string): void {
    this.#onTimeRefused();
    this.#loginsRefused += 1;
    if (this.#loginsRefused < 2) return;
    const said = plainText(this.#masked(reason));
    this.#log.error({ said }, 'the exchange refuses the log-in of order entry: orders go by REST');
    this.#loginsRefused = 0;
    this.#connection.close();
    this.#pause(() => this.#connection.open());
  }

  /** Nothing is sent here for as long as another socket would not help. */
  #pause(then: () => void = () => undefined): void {
    this.#endPause?.();
    const cancel = this.#tools.local.after(this.#tools.times.withheldMaxMs, () => {
      this.#endPause = null;
      if (this.#isOpen) then();
    });
    this.#endPause = () => {
      cancel();
      this.#endPause = null;
    };
  }

  #stray(why: string, text: string): void {
    this.#strays.warn(() => ({ why, said: plainText(this.#masked(text)) }));
  }

  #masked(text: string): string {
    return withoutSecrets(text, this.#key);
  }
}
