/**
 * The exchange of a simulated world: the paper exchange's own engine and market on virtual time, without its server.
 * It owns what is true (orders, fills, positions); what a client gets to see of it, and when, is the link's.
 */
import type { Account, AccountOptions } from '../../../src/exchange/paper/engine/account.ts';
import { Engine } from '../../../src/exchange/paper/engine/engine.ts';
import { defaultEngineSettings } from '../../../src/exchange/paper/engine/settings.ts';
import type { PaperFill, PaperOrder } from '../../../src/exchange/paper/engine/types.ts';
import { Faults } from '../../../src/exchange/paper/faults.ts';
import { defaultDepth } from '../../../src/exchange/paper/depth.ts';
import { Market } from '../../../src/exchange/paper/market.ts';
import type { PricingSettings } from '../../../src/exchange/paper/pricing.ts';
import type { Timeline } from './timeline.ts';

/** Receives what happens to an account. */
export interface AccountSink {
  order(order: PaperOrder): void;
  fill(fill: PaperFill): void;
  position(symbol: string): void;
  /** Pushed with each fill, for those who keep it. */
  moved?(symbol: string): void;
  wallet?(): void;
}

/** Lowest and highest price that strikes are listed for from the beginning. */
const listedPricesUsdt = [8_000, 60_000] as const;

export interface IndexSink {
  index(baseCoin: string, price: string): void;
}

/** Receives everything at once, before any client does. */
export interface ExchangeWitness {
  orderChanged(account: Account, order: PaperOrder): void;
  filled(account: Account, fills: readonly PaperFill[]): void;
}

export interface SimExchangeOptions {
  /** Exchange time at the beginning of the timeline. */
  readonly startMs: number;
  readonly seed: number;
  readonly witness: ExchangeWitness;
  readonly pricing?: PricingSettings;
}

export class SimExchange {
  readonly faults = new Faults();
  readonly market: Market;
  readonly engine: Engine;
  /** Every option that an account ever held or ordered. */
  readonly traded = new Set<string>();
  /** Prices around which strikes are shown, beside the index: one side of a structure stays behind when the price moves. */
  readonly around: number[] = [];
  /** Lowest and highest index so far, by coin. */
  readonly #ranges = new Map<string, { low: number; high: number }>();
  readonly #timeline: Timeline;
  readonly #startMs: number;
  readonly #sinks = new Map<string, Set<AccountSink>>();
  readonly #indexSinks = new Set<IndexSink>();
  /** No request is answered before. */
  #awayUntilMs = 0;

  constructor(timeline: Timeline, options: SimExchangeOptions) {
    const { startMs, seed, witness, pricing = { volatility: 0.6, carry: 0 } } = options;
    this.#timeline = timeline;
    this.#startMs = startMs;
    this.market = new Market({ pricing, depth: defaultDepth, refillMs: 1_000 }, this.faults);
    // The range of a whole world, so that a market that moves does not list everything again.
    for (const price of listedPricesUsdt) this.market.listing.notePrice('BTC', price);
    this.faults.connect({
      onBookChange: () => this.market.forgetQuotes(),
      onRestart: () => this.engine.forgetRecent(),
    });
    this.engine = new Engine({
      market: this.market,
      faults: this.faults,
      wall: timeline,
      // Without bands of prices: its tasks allow slippages that no exchange would.
      settings: { ...defaultEngineSettings, priceBand: null, fillDelayMs: 5 },
      seed,
      firstSeq: 0,
      nowMs: () => this.nowMs(),
      events: {
        order: (account, { order, overrides, delayMs }) => {
          this.traded.add(order.symbol);
          witness.orderChanged(account, order);
          const report = { ...order, ...overrides };
          this.#deliver(account, delayMs, (sink) => sink.order(report));
        },
        fills: (account, fills, delayMs) => {
          witness.filled(account, fills);
          for (const fill of fills) this.#deliver(account, delayMs, (sink) => sink.fill(fill));
        },
        position: (account, symbol, delayMs) =>
          this.#deliver(account, delayMs, (sink) => sink.moved?.(symbol)),
        wallet: (account, delayMs) => this.#deliver(account, delayMs, (sink) => sink.wallet?.()),
        changed: () => undefined,
      },
    });
  }

  /** In whole ms, as exchanges give their time. */
  nowMs(): number {
    return Math.floor(this.#startMs + this.#timeline.nowMs());
  }

  addAccount(options: AccountOptions): Account {
    for (const { symbol } of options.positions ?? []) this.traded.add(symbol);
    return this.engine.addAccount(options);
  }

  account(apiKey: string): Account {
    const account = this.engine.context.accounts.get(apiKey);
    if (!account) throw new Error(`no account ${apiKey} at the exchange`);
    return account;
  }

  /** Empty (low above high) before the first price. */
  indexRange(baseCoin: string): { readonly low: number; readonly high: number } {
    return this.#ranges.get(baseCoin) ?? { low: Infinity, high: -Infinity };
  }

  setIndex(baseCoin: string, price: number): void {
    const { low, high } = this.indexRange(baseCoin);
    this.#ranges.set(baseCoin, { low: Math.min(low, price), high: Math.max(high, price) });
    this.market.tick(this.nowMs(), baseCoin, price);
    this.engine.onTick();
    for (const sink of this.#indexSinks) sink.index(baseCoin, this.market.indexText(baseCoin));
  }

  /** Forgets its recent closed orders and answers no request for a while (docs/exchange.md#look-ups). */
  restart(awayMs: number): void {
    this.#awayUntilMs = this.nowMs() + awayMs;
    this.faults.restart();
  }

  get isAway(): boolean {
    return this.nowMs() < this.#awayUntilMs;
  }

  follow(apiKey: string, sink: AccountSink): () => void {
    const sinks = this.#sinks.get(apiKey) ?? new Set();
    this.#sinks.set(apiKey, sinks.add(sink));
    return () => sinks.delete(sink);
  }

  followIndex(sink: IndexSink): () => void {
    this.#indexSinks.add(sink);
    return () => this.#indexSinks.delete(sink);
  }

  /** Shows a position that its owner has changed. */
  pushPosition(account: Account, symbol: string): void {
    this.#deliver(account, 0, (sink) => sink.position(symbol));
  }

  #deliver(account: Account, delayMs: number, report: (sink: AccountSink) => void): void {
    const sinks = this.#sinks.get(account.apiKey);
    if (!sinks) return;
    const reportToAll = (): void => sinks.forEach(report);
    if (delayMs === 0) reportToAll();
    else this.#timeline.after(delayMs, reportToAll);
  }
}
