/**
 * The public streams: the perpetuals' tickers, from which the underlying's prices come, and the options' own. They own
 * which topics are asked for and how their data becomes ticks; staying connected is connection.ts.
 * Source: Bybit docs v5/websocket/public/ticker.
 */
import { Retryable } from '../../../domain/errors.ts';
import type { Quote } from '../../../domain/market/order.ts';
import { readingsOf, type Readings } from '../../../domain/rules/triggers.ts';
import type { Feed, MarketListener } from '../../../ports/market-data.ts';
import type { ConnectionListener, ConnectionPlan, StreamTools } from './connection-plan.ts';
import { Connection } from './connection.ts';
import { FirstTime } from '../time/first-time.ts';
import { type DataFrame, linearTickerRow, optionTickerRow } from '../messages.ts';
import { parseQuote, underlyingReadings, Unreadable } from '../parse.ts';

interface LastTicker {
  readonly source: string;
  readings: Readings;
  atMs: number;
}

/**
 * The time of a frame whose data is fresh, else null: the exchange now and then pushes old data again
 * (docs/exchange.md#streams), and a stalled connection delivers its backlog at once.
 */
function freshAtMs(frame: DataFrame, last: LastTicker, tools: StreamTools): number | null {
  const atMs = frame.ts;
  if (atMs === null) throw new Unreadable('ts is missing');
  if (atMs < last.atMs || hasImpossibleTime(frame, tools)) return null;
  // A tape may have jumped: its prices hold now, even while the clock does not believe its time yet.
  if (tools.clock.isBeyond(atMs)) return tools.clock.estimatedMs();
  last.atMs = atMs;
  return tools.clock.estimatedMs() - atMs > tools.priceAgeMaxMs ? null : atMs;
}

/** A time too far ahead for an exchange whose clock never jumps: nothing in such a frame is used. */
const hasImpossibleTime = ({ ts }: DataFrame, { clock }: StreamTools): boolean =>
  ts !== null && clock.rules.isToday && clock.isBeyond(ts);

interface FeedPlan extends Pick<ConnectionPlan, 'name' | 'url' | 'topicsPerRequest'> {
  readonly feed: Feed;
  readonly tickers: ReadonlyMap<string, LastTicker>;
  readonly data: (frame: DataFrame) => boolean;
  readonly onConnected?: () => void;
  /** Clears the last prices, which may have changed while nothing was received. */
  readonly forget: () => void;
}

/**
 * A connection that reports each source as live or stale by itself, because the exchange may refuse one topic and deliver
 * the others.
 */
function feedConnection(plan: FeedPlan, listener: MarketListener, tools: StreamTools): Connection {
  const { feed, name, url, topicsPerRequest, data, onConnected, forget } = plan;
  /** Topics that delivered a price on this connection. */
  const flowing = new Set<string>();
  const sourcesOf = (topics: readonly string[]): string[] =>
    topics.flatMap((topic) => plan.tickers.get(topic)?.source ?? []);
  const reports: ConnectionListener = {
    data,
    live: () => onConnected?.(),
    // Each topic was already reported as `missing`.
    stale: () => undefined,
    proved: (topics) => {
      for (const topic of topics) flowing.add(topic);
      listener.live(feed, sourcesOf(topics));
    },
    missing: (topics, reason) => {
      for (const topic of topics) flowing.delete(topic);
      listener.stale(feed, reason, sourcesOf(topics));
    },
    lost: (reason) => {
      forget();
      const sources = sourcesOf([...flowing]);
      flowing.clear();
      if (sources.length > 0) listener.stale(feed, reason, sources);
    },
    loginRefused: () => undefined,
  };
  return new Connection({ name, url, login: null, topicsPerRequest, listener: reports }, tools);
}

/** Index, mark and last price of base coins. The index comes from the perpetual's `indexPrice`, never from its last price. */
export class UnderlyingStream {
  readonly #connection: Connection;
  readonly #listener: MarketListener;
  readonly #tools: StreamTools;
  readonly #first = new FirstTime();
  readonly #tickers = new Map<string, LastTicker>();

  constructor(url: string, listener: MarketListener, tools: StreamTools) {
    this.#listener = listener;
    this.#tools = tools;
    this.#connection = feedConnection(
      {
        feed: 'underlying',
        name: 'prices',
        url,
        topicsPerRequest: 1,
        tickers: this.#tickers,
        data: (frame) => this.#data(frame),
        onConnected: () => this.#first.happened(),
        forget: () => this.#forget(),
      },
      listener,
      tools,
    );
  }

  /** Resolves when connected and, if any coin is watched, with the first price. @throws Retryable when closed before that */
  open(): Promise<void> {
    this.#connection.open();
    return this.#first.promise;
  }

  get isLive(): boolean {
    return this.#connection.isLive;
  }

  /** What is known of the coin, and as of when, exchange time; `null` before its first price on the present connection. */
  lastOf(baseCoin: string): { readonly readings: Readings; readonly atMs: number } | null {
    const last = this.#tickers.get(`tickers.${baseCoin}USDT`);
    return last && last.readings.index !== undefined ? last : null;
  }

  watch(baseCoin: string): void {
    const name = `tickers.${baseCoin}USDT`;
    if (!this.#tickers.has(name)) this.#tickers.set(name, { source: baseCoin, readings: {}, atMs: 0 });
    this.#connection.add({ name, proof: 'flow' });
  }

  close(): void {
    this.#first.fail(new Retryable('The price stream was closed'));
    this.#connection.close();
  }

  /**
   * A field that a delta lacks is unchanged. Every frame confirms that the prices still hold, so every frame is a tick
   * (docs/exchange.md#streams).
   */
  #data(frame: DataFrame): boolean {
    const last = this.#tickers.get(frame.topic);
    if (!last) throw new Unreadable('a topic that was not asked for');
    const changed = underlyingReadings(linearTickerRow.parse(frame.data));
    const before = last.atMs;
    const atMs = freshAtMs(frame, last, this.#tools);
    if (frame.ts !== null && frame.ts >= before && !hasImpossibleTime(frame, this.#tools))
      last.readings = frame.type === 'delta' ? { ...last.readings, ...changed } : changed;
    if (atMs === null || last.readings.index === undefined) return false;
    this.#listener.tick({ feed: 'underlying', source: last.source, readings: last.readings, atMs });
    return true;
  }

  #forget(): void {
    for (const ticker of this.#tickers.values()) {
      ticker.readings = {};
      ticker.atMs = 0;
    }
  }
}

/** A connection may name 21,000 characters of topics, and an option's topic has up to 36 (Bybit docs v5/ws/connect). */
const topicsPerConnection = 500;

/**
 * The tickers of the options that triggers look at, on as many connections as they need. A quiet option pushes little,
 * so silence after the first price means nothing here; the readers of a price judge its age.
 */
export class OptionTickers {
  readonly #url: string;
  readonly #listener: MarketListener;
  readonly #tools: StreamTools;
  readonly #streams: OptionStream[] = [];
  readonly #bySymbol = new Map<string, OptionStream>();

  constructor(url: string, listener: MarketListener, tools: StreamTools) {
    this.#url = url;
    this.#listener = listener;
    this.#tools = tools;
  }

  /** The last quote that came on the present connection; `null` when none has. */
  lastOf(symbol: string): Quote | null {
    return this.#bySymbol.get(symbol)?.lastOf(symbol) ?? null;
  }

  watch(symbol: string): void {
    if (this.#bySymbol.has(symbol)) return;
    const stream = this.#streams.find(({ size }) => size < topicsPerConnection) ?? this.#another();
    this.#bySymbol.set(symbol, stream);
    stream.watch(symbol);
  }

  unwatch(symbol: string): void {
    this.#bySymbol.get(symbol)?.unwatch(symbol);
    this.#bySymbol.delete(symbol);
  }

  /** How many connections there are, and how many of them deliver nothing. */
  get standing(): { readonly wanted: number; readonly down: number } {
    const down = this.#streams.filter(({ isLive }) => !isLive).length;
    return { wanted: this.#streams.length, down };
  }

  close(): void {
    for (const stream of this.#streams) stream.close();
  }

  #another(): OptionStream {
    const name = `options ${this.#streams.length + 1}`;
    const stream = new OptionStream({
      name,
      url: this.#url,
      listener: this.#listener,
      tools: this.#tools,
    });
    this.#streams.push(stream);
    return stream;
  }
}

const topicOf = (symbol: string): string => `tickers.${symbol}`;

interface LastOption extends LastTicker {
  quote: Quote | null;
}

interface OptionStreamOptions {
  readonly name: string;
  readonly url: string;
  readonly listener: MarketListener;
  readonly tools: StreamTools;
}

class OptionStream {
  readonly #connection: Connection;
  readonly #listener: MarketListener;
  readonly #tools: StreamTools;
  readonly #tickers = new Map<string, LastOption>();

  constructor({ name, url, listener, tools }: OptionStreamOptions) {
    this.#listener = listener;
    this.#tools = tools;
    this.#connection = feedConnection(
      {
        feed: 'options',
        name,
        url,
        topicsPerRequest: 10,
        tickers: this.#tickers,
        data: (frame) => this.#data(frame),
        forget: () => this.#forget(),
      },
      listener,
      tools,
    );
    this.#connection.open();
  }

  /** Without any symbol it has nothing to deliver. */
  get isLive(): boolean {
    return this.size === 0 || this.#connection.isLive;
  }

  get size(): number {
    return this.#tickers.size;
  }

  lastOf(symbol: string): Quote | null {
    return this.#tickers.get(topicOf(symbol))?.quote ?? null;
  }

  watch(symbol: string): void {
    const name = topicOf(symbol);
    this.#tickers.set(name, { source: symbol, readings: {}, atMs: 0, quote: null });
    this.#connection.add({ name, proof: 'first' });
  }

  unwatch(symbol: string): void {
    const name = topicOf(symbol);
    this.#tickers.delete(name);
    this.#connection.remove(name);
  }

  close(): void {
    this.#connection.close();
  }

  /** Every message is a full state. */
  #data(frame: DataFrame): boolean {
    const last = this.#tickers.get(frame.topic);
    // Data may still be on its way when the option is no longer watched.
    if (!last) return false;
    const row = optionTickerRow.parse(frame.data);
    const atMs = freshAtMs(frame, last, this.#tools);
    const quote = atMs === null ? null : parseQuote(row, atMs);
    if (quote === null) return false;
    last.quote = quote;
    this.#listener.tick({
      feed: 'options',
      source: last.source,
      readings: readingsOf(quote),
      atMs: quote.atMs,
    });
    return true;
  }

  #forget(): void {
    for (const ticker of this.#tickers.values()) {
      ticker.atMs = 0;
      ticker.quote = null;
    }
  }
}
