/**
 * What a public topic sends: a snapshot to a new listener, and to all what changed since the last update. One object per
 * topic, however many listen; nothing is computed for a topic without listeners.
 */
import { publicDepth } from '../engine/books.ts';
import type { Depth } from '../depth.ts';
import type { ServerContext } from './context.ts';
import { levelChanges, linearDepth, linearTickerRow, optionTickerPush, pairs } from './market-rows.ts';

export interface Topic {
  /** The full state as text, or null when there is nothing to send. */
  snapshot(): string | null;
  /** What changed since the last call, or null when nothing did. */
  update(): string | null;
}

/** Acknowledged and never delivered (docs/exchange.md#streams). */
const silent: Topic = { snapshot: () => null, update: () => null };

/** Null when the stream does not know the topic. */
export function linearTopic(name: string, context: ServerContext): Topic | null {
  const [kind = '', ...rest] = name.split('.');
  const symbol = rest[rest.length - 1] ?? '';
  const coin = context.market.baseCoins().find((base) => symbol === `${base}USDT`);
  if (coin === undefined) return null;
  if (kind === 'tickers' && rest.length === 1) return linearTicker(name, coin, context);
  const depths = new Map([
    ['1', 1],
    ['50', 50],
    ['200', 200],
    ['1000', 1000],
  ]);
  const levels = rest.length === 2 ? depths.get(rest[0] ?? '') : undefined;
  if (kind === 'orderbook')
    return levels === undefined
      ? null
      : book(context, { topic: name, symbol, levels, depthNow: () => linearDepth(context.market, coin) });
  return ['publicTrade', 'kline', 'priceLimit', 'liquidation', 'allLiquidation'].includes(kind)
    ? silent
    : null;
}

export function optionTopic(name: string, context: ServerContext): Topic | null {
  const [kind = '', ...rest] = name.split('.');
  const symbol = rest[rest.length - 1] ?? '';
  const isOption = context.market.instrument(symbol) !== undefined;
  if (kind === 'tickers' && rest.length === 1)
    return isOption ? optionTicker(name, symbol, context) : silentFor(symbol, context);
  if (kind === 'orderbook' && rest.length === 2 && isOption) {
    const levels = Number(rest[0]);
    if (levels !== 25 && levels !== 100) return /^\d+$/.test(rest[0] ?? '') ? silent : null;
    const depthNow = (): Depth =>
      publicDepth(
        context.market.quote(symbol)?.depth ?? { bids: [], asks: [] },
        context.engine.context.resting.of(symbol),
      );
    return book(context, { topic: name, symbol, levels, depthNow });
  }
  if (kind === 'publicTrade' || kind === 'kline') return silentFor(symbol, context);
  return null;
}

const silentFor = (baseCoin: string, context: ServerContext): Topic | null =>
  context.market.baseCoins().includes(baseCoin) ? silent : null;

function linearTicker(topic: string, coin: string, context: ServerContext): Topic {
  let sent: Record<string, string> | null = null;
  let sequence = 9_532_239_429;
  const frame = (type: string, data: Record<string, string>): string => {
    sequence += 1;
    return JSON.stringify({ topic, type, data, cs: sequence, ts: context.market.nowMs() });
  };
  return {
    snapshot() {
      sent ??= linearTickerRow(context.market, coin);
      return frame('snapshot', sent);
    },
    update() {
      const now = linearTickerRow(context.market, coin);
      const before = sent ?? {};
      const changed = Object.entries(now).filter(([field, value]) => before[field] !== value);
      sent = now;
      if (changed.length === 0) return null;
      return frame('delta', { symbol: `${coin}USDT`, ...Object.fromEntries(changed) });
    },
  };
}

function optionTicker(topic: string, symbol: string, context: ServerContext): Topic {
  let sent = '';
  const state = (): string | null => {
    const quote = context.market.quote(symbol);
    if (!quote || quote.status === 'Closed') return null;
    const depth = publicDepth(quote.depth, context.engine.context.resting.of(symbol));
    return JSON.stringify(optionTickerPush(context.market, quote, depth));
  };
  const frame = (data: string): string => {
    const nowMs = context.market.nowMs();
    const id = `${topic}-${context.engine.context.seq}-${nowMs}`;
    return `{"id":"${id}","topic":"${topic}","ts":${nowMs},"type":"snapshot","data":${data}}`;
  };
  return {
    snapshot() {
      const data = state();
      return data && frame(data);
    },
    update() {
      const data = state();
      if (data === null || data === sent) return null;
      sent = data;
      return frame(data);
    },
  };
}

interface BookTopic {
  readonly topic: string;
  readonly symbol: string;
  readonly levels: number;
  readonly depthNow: () => Depth;
}

function book(context: ServerContext, { topic, symbol, levels, depthNow }: BookTopic): Topic {
  let sent: Depth | null = null;
  let update = 1;
  const isOption = symbol.includes('-');
  const cut = ({ bids, asks }: Depth): Depth => ({
    bids: bids.slice(0, levels),
    asks: asks.slice(0, levels),
  });
  const frame = (type: string, b: [string, string][], a: [string, string][]): string => {
    const ts = context.market.nowMs();
    const { seq } = context.engine.context;
    update += 1;
    const id = isOption ? { id: `${topic}-${seq}-${ts}` } : {};
    return JSON.stringify({ ...id, topic, type, ts, data: { s: symbol, b, a, u: update, seq }, cts: ts });
  };
  return {
    snapshot() {
      sent ??= cut(depthNow());
      return frame('snapshot', pairs(sent.bids, levels), pairs(sent.asks, levels));
    },
    update() {
      const now = cut(depthNow());
      const before = sent ?? { bids: [], asks: [] };
      const b = levelChanges(before.bids, now.bids);
      const a = levelChanges(before.asks, now.asks);
      sent = now;
      return b.length + a.length === 0 ? null : frame('delta', b, a);
    },
  };
}
