/**
 * The public streams: the perpetuals' tickers, from which the underlying's prices come, and the options' own. They own
 * which topics are asked for and how their data becomes ticks; staying connected is connection.ts.
 * Source: Bybit docs v5/websocket/public/ticker.
 */
import { Retryable } from '../../../domain/errors.ts';
import { readingsOf, type Readings } from '../../../domain/rules/triggers.ts';
import type { Feed, MarketListener } from '../../../ports/market-data.ts';
import { Connection, type ConnectionListener, type ConnectionPlan, type StreamTools } from './connection.ts';
import { FirstTime } from '../time/first-time.ts';
import { type DataFrame, linearTickerRow, optionTickerRow } from '../messages.ts';
import { parseQuote, underlyingReadings, Unreadable } from '../parse.ts';

interface LastTicker {
  readonly source: string;
  readings: Readings;
  atMs: number;
}

/**
 * The time of a frame, if it is news: rarely old data is pushed again (docs/exchange.md#streams), and a stalled
 * connection brings its backlog at once.
 */
function newsAtMs(frame: DataFrame, last: LastTicker, tools: StreamTools): number | null {
  const atMs = frame.ts;
  if (atMs === null) throw new Unreadable('ts is missing');
  if (atMs < last.atMs || isDoubtful(frame, tools)) return null;
  // A tape may have jumped, and its prices are those of now whatever the clock believes.
  if (tools.clock.isBeyond(atMs)) return tools.clock.reckonedMs();
  last.atMs = atMs;
  return tools.clock.reckonedMs() - atMs > tools.priceAgeMaxMs ? null : atMs;
}

/** Its time is further ahead than is believed of an exchange that never jumps: then nothing in it is believed. */
const isDoubtful = ({ ts }: DataFrame, { clock }: StreamTools): boolean =>
  ts !== null && clock.rules.isToday && clock.isBeyond(ts);

interface FeedPlan extends Pick<ConnectionPlan, 'name' | 'url' | 'topicsPerRequest'> {
  readonly feed: Feed;
  readonly tickers: ReadonlyMap<string, LastTicker>;
  readonly data: (frame: DataFrame) => boolean;
  readonly onConnected?: () => void;
  /** Whatever was known may have changed unseen. */
  readonly forget: () => void;
}

/**
 * A connection that tells its listener of which sources prices come, and of which they do not: each for itself, because
 * the exchange may refuse one topic and deliver the others.
 */
function feedConnection(plan: FeedPlan, listener: MarketListener, tools: StreamTools): Connection {
  const { feed, name, url, topicsPerRequest, data, onConnected, forget } = plan;
  /** Topics of which a price came on this connection. */
  const flowing = new Set<string>();
  const sourcesOf = (topics: readonly string[]): string[] =>
    topics.flatMap((topic) => plan.tickers.get(topic)?.source ?? []);
  const heard: ConnectionListener = {
    data,
    live: () => onConnected?.(),
    // Each topic was reported `missing` by itself.
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
  return new Connection({ name, url, login: null, topicsPerRequest, listener: heard }, tools);
}

/** Index, mark and last price of base coins; the index comes from the perpetual's `indexPrice` and never from its last price. */
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

  /** Resolves when it is connected and, if any coin is watched, a price came. @throws Retryable when it is closed before. */
  open(): Promise<void> {
    this.#connection.open();
    return this.#first.promise;
  }

  watch(baseCoin: string): void {
    const name = `tickers.${baseCoin}USDT`;
    if (!this.#tickers.has(name)) this.#tickers.set(name, { source: baseCoin, readings: {}, atMs: 0 });
    this.#connection.add({ name, proof: 'flow' });
  }

  close(): void {
    this.#first.impossible(new Retryable('The price stream was closed'));
    this.#connection.close();
  }

  /**
   * Absent in a delta = unchanged; every frame says that the prices still hold, so every frame is a tick
   * (docs/exchange.md#streams).
   */
  #data(frame: DataFrame): boolean {
    const last = this.#tickers.get(frame.topic);
    if (!last) throw new Unreadable('a topic that nobody asked for');
    const changed = underlyingReadings(linearTickerRow.parse(frame.data));
    const before = last.atMs;
    const atMs = newsAtMs(frame, last, this.#tools);
    if (frame.ts !== null && frame.ts >= before && !isDoubtful(frame, this.#tools))
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

/** Topics on one connection: 21,000 characters are allowed, and an option's topic has up to 36 (Bybit docs v5/ws/connect). */
const topicsPerConnection = 500;

/**
 * The tickers of the options that triggers look at, on as many connections as they need. A quiet option pushes little,
 * so once a price came its silence means nothing here; how old a reading may be is for its reader to say.
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

  close(): void {
    for (const stream of this.#streams) stream.close();
  }

  #another(): OptionStream {
    const name = `options ${this.#streams.length + 1}`;
    const stream = new OptionStream(name, this.#url, this.#listener, this.#tools);
    this.#streams.push(stream);
    return stream;
  }
}

const topicOf = (symbol: string): string => `tickers.${symbol}`;

class OptionStream {
  readonly #connection: Connection;
  readonly #listener: MarketListener;
  readonly #tools: StreamTools;
  readonly #tickers = new Map<string, LastTicker>();

  constructor(name: string, url: string, listener: MarketListener, tools: StreamTools) {
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

  get size(): number {
    return this.#tickers.size;
  }

  watch(symbol: string): void {
    const name = topicOf(symbol);
    this.#tickers.set(name, { source: symbol, readings: {}, atMs: 0 });
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
    // Some may still be on their way when nobody wants them any more.
    if (!last) return false;
    const row = optionTickerRow.parse(frame.data);
    const atMs = newsAtMs(frame, last, this.#tools);
    const quote = atMs === null ? null : parseQuote(row, atMs);
    if (quote === null) return false;
    this.#listener.tick({
      feed: 'options',
      source: last.source,
      readings: readingsOf(quote),
      atMs: quote.atMs,
    });
    return true;
  }

  #forget(): void {
    for (const ticker of this.#tickers.values()) ticker.atMs = 0;
  }
}
