/**
 * An engine without a server: a market whose index the test sets, wall time that passes on command, and everything that
 * the engine reports to an account, in order.
 */
import type { Account, AccountOptions } from '../../../src/exchange/paper/engine/account.ts';
import type { Refusal } from '../../../src/exchange/paper/engine/refusal.ts';
import { Engine, type Ack } from '../../../src/exchange/paper/engine/engine.ts';
import { defaultEngineSettings, type EngineSettings } from '../../../src/exchange/paper/engine/settings.ts';
import type { OrderRequest, PaperFill, PaperOrder } from '../../../src/exchange/paper/engine/types.ts';
import { Faults } from '../../../src/exchange/paper/faults.ts';
import { defaultDepth } from '../../../src/exchange/paper/depth.ts';
import { Market } from '../../../src/exchange/paper/market.ts';
import type { WallClock } from '../../../src/exchange/paper/wall-clock.ts';
import { seed } from '../../support/seed.ts';

/** Wall time that stands until a test lets it pass. */
export class ManualClock implements WallClock {
  #nowMs = 0;
  #waiting: { atMs: number; action: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }
  epochMs(): number {
    return this.#nowMs;
  }
  after(delayMs: number, action: () => void): () => void {
    const entry = { atMs: this.#nowMs + delayMs, action };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }
  breathe(delayMs: number, isEnough: () => boolean): Promise<void> {
    return delayMs === 0 || isEnough() ? Promise.resolve() : this.sleep(delayMs);
  }
  pass(durationMs: number): void {
    const untilMs = this.#nowMs + durationMs;
    for (;;) {
      const due = this.#waiting.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.#waiting = this.#waiting.filter((other) => other !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.action();
    }
    this.#nowMs = untilMs;
  }
}

export interface Reported {
  readonly kind: 'order' | 'fills' | 'position' | 'wallet';
  readonly order?: PaperOrder;
  readonly fills?: readonly PaperFill[];
  readonly delayMs: number;
}

export const startMs = Date.UTC(2023, 2, 5, 12);
export const call25 = 'BTC-31MAR23-25000-C-USDT';
export const call26 = 'BTC-31MAR23-26000-C-USDT';
/** An account that is short of half a `call25`. */
export const shortCall25 = {
  positions: [{ symbol: call25, side: 'Sell', qty: '0.5', averagePrice: '900' }],
} as const;

export class EngineFixture {
  readonly wall = new ManualClock();
  readonly faults = new Faults();
  readonly market: Market;
  readonly engine: Engine;
  readonly reports: Reported[] = [];
  nowMs = startMs;
  #links = 0;

  constructor(settings: Partial<EngineSettings> = {}, index = 23_500) {
    this.market = new Market(
      { pricing: { volatility: 0.55, carry: 0 }, depth: defaultDepth, refillMs: 1_000 },
      this.faults,
    );
    this.faults.connect({
      onBookChange: () => this.market.forgetQuotes(),
      onRestart: () => this.engine.forgetRecent(),
    });
    this.engine = new Engine({
      market: this.market,
      faults: this.faults,
      wall: this.wall,
      // Without a price band, so that a test can price an order far away to have it filled.
      settings: { ...defaultEngineSettings, priceBand: null, ...settings },
      seed,
      firstSeq: 0,
      nowMs: () => this.nowMs,
      events: {
        order: (_, { order, overrides, delayMs }) =>
          void this.reports.push({ kind: 'order', order: { ...order, ...overrides }, delayMs }),
        fills: (_, fills, delayMs) => void this.reports.push({ kind: 'fills', fills, delayMs }),
        position: (_, __, delayMs) => void this.reports.push({ kind: 'position', delayMs }),
        wallet: (_, delayMs) => void this.reports.push({ kind: 'wallet', delayMs }),
        changed: () => undefined,
      },
    });
    this.setIndex(index);
  }

  account(options: Partial<AccountOptions> = {}): Account {
    return this.engine.addAccount({ apiKey: 'k', apiSecret: 's', usdt: '100000', ...options });
  }

  setIndex(price: number, baseCoin = 'BTC'): void {
    this.market.tick(this.nowMs, baseCoin, price);
    this.engine.onTick();
  }

  /** Exchange time jumps; the index stays. */
  advance(aheadMs: number): void {
    this.nowMs += aheadMs;
    this.setIndex(this.market.index('BTC'));
  }

  request(change: Partial<OrderRequest> = {}): OrderRequest {
    this.#links += 1;
    return {
      symbol: call25,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.5',
      price: '3000',
      orderIv: null,
      timeInForce: 'GTC',
      reduceOnly: false,
      linkId: `link-${this.#links}`,
      ...change,
    };
  }

  /** Sends an order and lets it take effect. */
  place(account: Account, change: Partial<OrderRequest> = {}): PaperOrder {
    const answer = this.engine.create(account, this.request(change));
    if (!isAck(answer)) throw new Error(`refused: ${answer.code} ${answer.text}`);
    this.wall.pass(10);
    const order = account.find({ orderId: answer.orderId });
    if (!order) throw new Error('an accepted order is not known');
    return order;
  }

  /** The code an order is refused with, 0 when it is taken. */
  code(account: Account, change: Partial<OrderRequest> = {}): number {
    const answer = this.engine.create(account, this.request(change));
    return isAck(answer) ? 0 : answer.code;
  }

  best(symbol: string): { bid: string; ask: string; askQty: string; bidQty: string } {
    const depth = this.market.quote(symbol)?.depth;
    const [bid] = depth?.bids ?? [];
    const [ask] = depth?.asks ?? [];
    return {
      bid: bid?.price ?? '0',
      ask: ask?.price ?? '0',
      askQty: ask?.qty ?? '0',
      bidQty: bid?.qty ?? '0',
    };
  }

  statuses(): readonly string[] {
    return this.reports.flatMap(({ order }) => (order ? [order.status] : []));
  }
}

export const isAck = (answer: Ack | Refusal): answer is Ack => 'orderId' in answer;
