/**
 * Faults: everything a real exchange, its network or its operators have been seen doing to a client, each for chosen
 * requests and for a number of times. Owns which fault strikes next; the server and the engine ask at the place where
 * the fault would happen and carry it out.
 */
import type { DecimalString } from '../../domain/money.ts';

export type Fault =
  /** No effect and no answer (`reset` closes the connection instead of staying silent). */
  | { readonly kind: 'loseRequest'; readonly how?: 'silence' | 'reset' }
  /** The effect happens, the answer never comes. */
  | { readonly kind: 'loseAnswer'; readonly how?: 'silence' | 'reset' }
  | { readonly kind: 'delayAnswer'; readonly ms: number }
  /** No effect. A websocket, which has no status, is closed instead. */
  | { readonly kind: 'httpError'; readonly status: number }
  /** The effect happens, the answer is JSON that breaks off. */
  | { readonly kind: 'malformedAnswer' }
  | { readonly kind: 'reject'; readonly retCode: number; readonly retMsg?: string }
  /** Acknowledged, then `Rejected` on the stream. */
  | { readonly kind: 'rejectLater'; readonly reason?: string }
  /** The private stream reports what happened only after so much wall time. */
  | { readonly kind: 'delayEvents'; readonly ms: number }
  /** Executions come only after so much wall time, with their fees; what is told ahead of them is in time. */
  | { readonly kind: 'delayFills'; readonly ms: number }
  /** Executions are never pushed with their fees; what is told ahead of them is. */
  | { readonly kind: 'loseFills' }
  /** Executions are told ahead only after so much wall time. */
  | { readonly kind: 'delayFastFills'; readonly ms: number }
  /** Executions are not told ahead. */
  | { readonly kind: 'loseFastFills' }
  /** Private topics that are not granted, as where an environment does not know them. */
  | { readonly kind: 'refuseTopic'; readonly topic: string }
  /** The acknowledged order reaches the book only after so much wall time. */
  | { readonly kind: 'delayEffect'; readonly ms: number }
  /** Acknowledged, shown as New, never filled. */
  | { readonly kind: 'noFill' }
  /** Executes at most `qty` in total. */
  | { readonly kind: 'partialFill'; readonly qty: DecimalString }
  /** The final `Filled` and its execution are pushed twice. */
  | { readonly kind: 'duplicateFilled' }
  /** The order fills while it is being cancelled: two `Filled` messages (docs/exchange.md#fills). */
  | { readonly kind: 'lateCancel' }
  /** Queries do not show orders and fills that changed within so much wall time. */
  | { readonly kind: 'staleReads'; readonly ms: number };

export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

export type FaultWay = 'rest' | 'websocket';

export interface FaultMatch {
  readonly apiKey?: string;
  readonly linkIdPrefix?: string;
  readonly symbol?: string;
  /** `/v5/order/create` or `order.create`; either names both transports. */
  readonly endpoint?: string;
  /** Requests of one transport alone. */
  readonly way?: FaultWay;
}

export type FaultRule = Fault & {
  readonly match?: FaultMatch;
  /** How many times it strikes; default 1. */
  readonly times?: number | 'always';
};

/** What is known of a request or an order when it asks for a fault. */
export interface FaultSite {
  readonly apiKey: string;
  readonly linkId?: string | null;
  readonly symbol?: string;
  readonly endpoint?: string;
  readonly way?: FaultWay;
}

/** What faults do to sockets; the server carries it out. */
export interface SocketFaults {
  drop(stream: StreamName): void;
  /** They stay connected, but send and read nothing until `resume`. */
  halfOpen(stream: StreamName): void;
  /** Ends what `halfOpen` began. */
  resume(stream: StreamName): void;
  malformedFrame(stream: StreamName): void;
}

/** As the exchange announces it; times in ms. */
export interface AnnouncedMaintenance {
  readonly title: string;
  readonly beginMs: number;
  readonly endMs: number;
}

export type StreamName = 'linear' | 'option' | 'private' | 'trade' | 'all';

interface LiveRule {
  readonly rule: FaultRule;
  left: number;
}

export class Faults {
  #rules: LiveRule[] = [];
  readonly #hidden = new Map<string, 'bid' | 'ask' | 'both'>();
  readonly #sizeCaps = new Map<string, DecimalString>();
  #maintenance: AnnouncedMaintenance | null = null;
  #sockets: SocketFaults | null = null;
  #onBookChange: () => void = () => undefined;
  #onRestart: () => void = () => undefined;

  /** Returns a function that removes the rule. */
  add(rule: FaultRule): () => void {
    const live = { rule, left: rule.times === 'always' ? Infinity : (rule.times ?? 1) };
    this.#rules.push(live);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== live);
    };
  }

  /** Under way, as `/v5/system/status` says; null ends it. What else fails meanwhile is for rules. */
  announce(maintenance: AnnouncedMaintenance | null): void {
    this.#maintenance = maintenance;
  }

  get maintenance(): AnnouncedMaintenance | null {
    return this.#maintenance;
  }

  /** Removes every rule, what was announced and every change of a book, and resumes half-open sockets; dropped ones stay dropped. */
  clear(): void {
    this.#rules = [];
    this.#maintenance = null;
    this.#hidden.clear();
    this.#sizeCaps.clear();
    this.#sockets?.resume('all');
    this.#onBookChange();
  }

  /** The first fault of this kind that matches, used up once; undefined when none does. */
  strike<K extends FaultKind>(kind: K, site: FaultSite): FaultOf<K> | undefined {
    if (this.#rules.length === 0) return undefined;
    const live = this.#rules.find(({ rule }) => rule.kind === kind && matches(rule.match, site));
    if (!live) return undefined;
    live.left -= 1;
    if (live.left <= 0) this.#rules = this.#rules.filter((other) => other !== live);
    return live.rule as FaultOf<K>;
  }

  /** Like `strike`, without using it up. */
  pending<K extends FaultKind>(kind: K, site: FaultSite): FaultOf<K> | undefined {
    return this.#rules.find(({ rule }) => rule.kind === kind && matches(rule.match, site))?.rule as
      FaultOf<K> | undefined;
  }

  /** The market maker shows nothing for a symbol ("0" bid or ask); null ends it. */
  noQuote(symbol: string, side: 'bid' | 'ask' | 'both' | null = 'both'): void {
    if (side === null) this.#hidden.delete(symbol);
    else this.#hidden.set(symbol, side);
    this.#onBookChange();
  }

  /** The market maker shows at most `qty` on each side of a symbol's book; null ends it. */
  thinBook(symbol: string, qty: DecimalString | null): void {
    if (qty === null) this.#sizeCaps.delete(symbol);
    else this.#sizeCaps.set(symbol, qty);
    this.#onBookChange();
  }

  dropSockets(stream: StreamName = 'all'): void {
    this.#sockets?.drop(stream);
  }

  /** Sockets stay connected, but send and read nothing, not even ping and pong, until `resumeSockets`. */
  halfOpenSockets(stream: StreamName = 'all'): void {
    this.#sockets?.halfOpen(stream);
  }

  resumeSockets(stream: StreamName = 'all'): void {
    this.#sockets?.resume(stream);
  }

  malformedFrame(stream: StreamName = 'all'): void {
    this.#sockets?.malformedFrame(stream);
  }

  /** Drops every socket and clears the recent closed orders of order/realtime (docs/exchange.md#look-ups). */
  restart(): void {
    this.#onRestart();
    this.#sockets?.drop('all');
  }

  isHidden(symbol: string, side: 'bid' | 'ask'): boolean {
    const hidden = this.#hidden.get(symbol);
    return hidden === 'both' || hidden === side;
  }

  sizeCap(symbol: string): DecimalString | null {
    return this.#sizeCaps.get(symbol) ?? null;
  }

  /** Called once, when the exchange is put together; without sockets their faults do nothing. */
  connect(parts: { sockets?: SocketFaults; onBookChange: () => void; onRestart: () => void }): void {
    this.#sockets = parts.sockets ?? null;
    this.#onBookChange = parts.onBookChange;
    this.#onRestart = parts.onRestart;
  }
}

const canonical = (endpoint: string): string => endpoint.replace(/^\/v5\//, '').replace('.', '/');

function matches(match: FaultMatch | undefined, site: FaultSite): boolean {
  if (!match) return true;
  if (match.apiKey !== undefined && match.apiKey !== site.apiKey) return false;
  if (match.symbol !== undefined && match.symbol !== site.symbol) return false;
  if (match.linkIdPrefix !== undefined && !(site.linkId ?? '').startsWith(match.linkIdPrefix)) return false;
  if (match.way !== undefined && match.way !== site.way) return false;
  if (match.endpoint === undefined) return true;
  return canonical(match.endpoint) === canonical(site.endpoint ?? '');
}
