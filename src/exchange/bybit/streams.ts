/**
 * The two streams we keep: index prices (public, linear) and the events of one account (private). It owns which topics
 * are asked for and how their data becomes the domain's events (bybit-v5.md §4.4, §4.5); staying connected is
 * connection.ts. Index prices come from the perpetual's ticker, field `indexPrice`, and never from its last price.
 */
import { Retryable, Terminal } from '../../domain/errors.ts';
import { isPositive } from '../../domain/money.ts';
import type { AccountKey, AccountListener } from '../../ports/exchange.ts';
import type { MarketListener } from '../../ports/market-data.ts';
import { Connection, type StreamTools } from './connection.ts';
import {
  type DataFrame,
  executionRow,
  linearTickerRow,
  type OrderRow,
  orderRow,
  positionRow,
} from './messages.ts';
import { isDuplicate, parseFill, parseOrder, parsePosition, Unreadable } from './parse.ts';
import { streamSignature } from './signature.ts';

/** Settled once: by the first time live, or by what makes that impossible. */
class FirstTime {
  readonly promise: Promise<void>;
  #resolve = (): void => undefined;
  #reject: (error: Error) => void = () => undefined;
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever opened may have gone away already.
    this.promise.catch(() => undefined);
  }
  happened(): void {
    this.#resolve();
  }
  impossible(error: Error): void {
    this.#reject(error);
  }
}

interface LastTicker {
  readonly baseCoin: string;
  price: string | null;
  atMs: number;
}

export class IndexStream {
  readonly #connection: Connection;
  readonly #listener: MarketListener;
  readonly #tools: StreamTools;
  readonly #first = new FirstTime();
  readonly #tickers = new Map<string, LastTicker>();
  #isLive = false;

  constructor(url: string, listener: MarketListener, tools: StreamTools) {
    this.#listener = listener;
    this.#tools = tools;
    this.#connection = new Connection(
      {
        name: 'prices',
        url,
        login: null,
        topicsPerRequest: 1,
        listener: {
          data: (frame) => this.#data(frame),
          live: () => this.#live(),
          stale: (reason) => this.#stale(reason),
          lost: (reason) => this.#lost(reason),
          loginRefused: () => undefined,
        },
      },
      tools,
    );
  }

  /** Resolves when it is live for the first time. @throws Retryable when it is closed before. */
  open(): Promise<void> {
    this.#connection.open();
    return this.#first.promise;
  }

  watch(baseCoin: string): void {
    const name = `tickers.${baseCoin}USDT`;
    if (!this.#tickers.has(name)) this.#tickers.set(name, { baseCoin, price: null, atMs: 0 });
    this.#connection.add({ name, pushes: true, essential: false });
  }

  close(): void {
    this.#first.impossible(new Retryable('The price stream was closed'));
    this.#connection.close();
  }

  /** Absent in a delta = unchanged; every frame says that the price still holds, so every frame is a tick (§4.4). */
  #data(frame: DataFrame): boolean {
    const last = this.#tickers.get(frame.topic);
    if (!last) throw new Unreadable('a topic that nobody asked for');
    const { indexPrice } = linearTickerRow.parse(frame.data);
    const atMs = frame.ts;
    if (atMs === null) throw new Unreadable('ts is missing');
    // On this wire "0" often stands for "no value"; as a price it would fire every trigger below it.
    if (indexPrice !== null && !isPositive(indexPrice)) throw new Unreadable(`indexPrice is ${indexPrice}`);
    // Rarely, old data is pushed again (§4.7).
    if (atMs < last.atMs) return false;
    last.atMs = atMs;
    last.price = indexPrice ?? (frame.type === 'delta' ? last.price : null);
    if (last.price === null) return false;
    // A stalled connection delivers its backlog at once: by then these are prices of the past.
    if (this.#tools.clock.reckonedMs() - atMs > this.#tools.priceAgeMaxMs) return false;
    this.#listener.index({ baseCoin: last.baseCoin, price: last.price, atMs });
    return true;
  }

  #live(): void {
    this.#isLive = true;
    this.#first.happened();
    this.#listener.live();
  }

  #stale(reason: string): void {
    if (!this.#isLive) return;
    this.#isLive = false;
    this.#listener.stale(reason);
  }

  #lost(reason: string): void {
    for (const ticker of this.#tickers.values()) {
      ticker.price = null;
      ticker.atMs = 0;
    }
    this.#stale(reason);
  }
}

const privateTopics = ['order.option', 'execution.option', 'position.option'];
const loginValidMs = 10_000;

export class PrivateStream {
  readonly #connection: Connection;
  readonly #listener: AccountListener;
  readonly #tools: StreamTools;
  readonly #onClockDoubt: () => void;
  readonly #first = new FirstTime();
  #isLive = false;
  #loginsRefused = 0;

  constructor(
    url: string,
    key: AccountKey,
    listener: AccountListener,
    tools: StreamTools,
    onClockDoubt: () => void,
  ) {
    this.#listener = listener;
    this.#tools = tools;
    this.#onClockDoubt = onClockDoubt;
    this.#connection = new Connection(
      {
        name: `account ${key.accountId}`,
        url,
        login: () => {
          const expiresMs = tools.clock.reckonedMs() + loginValidMs;
          const signature = streamSignature(key.apiSecret, expiresMs);
          return { req_id: 'login', op: 'auth', args: [key.apiKey, expiresMs, signature] };
        },
        topicsPerRequest: privateTopics.length,
        listener: {
          data: (frame) => this.#data(frame),
          live: () => this.#live(),
          stale: () => undefined,
          lost: (reason) => this.#lost(reason),
          loginRefused: (reason) => this.#loginRefused(reason),
        },
      },
      tools,
    );
    for (const name of privateTopics) this.#connection.add({ name, pushes: false, essential: true });
  }

  /**
   * Resolves when it is live for the first time.
   * @throws Terminal (scope `account`) when the exchange does not accept the key; Retryable when it is closed before
   */
  open(): Promise<void> {
    this.#connection.open();
    return this.#first.promise;
  }

  close(): void {
    this.#first.impossible(new Retryable('The account stream was closed'));
    this.#connection.close();
  }

  /** A push may carry several rows; one that cannot be read does not cost the others. */
  #data(frame: DataFrame): boolean {
    const [kind] = frame.topic.split('.');
    if (!Array.isArray(frame.data)) throw new Unreadable('data is no list');
    let problem: unknown = null;
    for (const row of frame.data as unknown[]) {
      try {
        this.#row(kind ?? '', row);
      } catch (error) {
        problem ??= error;
      }
    }
    if (problem !== null) throw problem as Error;
    return true;
  }

  #row(kind: string, row: unknown): void {
    const { category } = Object(row) as { category?: unknown };
    if (category !== undefined && category !== 'option') return;
    if (kind === 'order') this.#order(orderRow.parse(row));
    else if (kind === 'execution') this.#listener.fill(parseFill(executionRow.parse(row)));
    // Positions are read on demand; a push is only checked, so that a change of their form is noticed.
    else if (kind === 'position') parsePosition(positionRow.parse(row));
    else throw new Unreadable('a topic that nobody asked for');
  }

  #order(row: OrderRow): void {
    if (!isDuplicate(row)) this.#listener.order(parseOrder(row));
  }

  #live(): void {
    this.#isLive = true;
    this.#loginsRefused = 0;
    this.#first.happened();
    this.#listener.connected();
  }

  #lost(reason: string): void {
    if (!this.#isLive) return;
    this.#isLive = false;
    this.#listener.disconnected(reason);
  }

  /** The first refusal may be our clock's fault; a second one with a corrected clock is the key's. */
  #loginRefused(reason: string): void {
    this.#onClockDoubt();
    this.#loginsRefused += 1;
    if (this.#loginsRefused < 2) return;
    this.#first.impossible(
      new Terminal(`Bybit refuses the log-in of the account stream: ${reason}`, { scope: 'account' }),
    );
    this.#tools.log.error({ reason }, 'the account stream cannot log in; it keeps trying');
  }
}
