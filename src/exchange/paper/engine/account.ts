/**
 * One account while the exchange runs: its state and the indexes that make look-ups cheap. Only the state is saved; the
 * indexes are rebuilt from it.
 */
import { createHash } from 'node:crypto';
import type { Side } from '../../../domain/market/order.ts';
import type { DecimalString } from '../../../domain/money.ts';
import { usualKey, type KeySettings } from './key-settings.ts';
import type { EngineSettings } from './settings.ts';
import { isOpen, isPending, isUntriggered, type AccountState, type PaperOrder } from './types.ts';

export interface AccountOptions {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** The user that the key belongs to; by default each key has its own. */
  readonly userId?: number;
  /** Where its key differs from `usualKey`; not saved. */
  readonly key?: Partial<KeySettings>;
  /** Opening cash, e.g. `"10000"`. */
  readonly usdt: DecimalString;
  readonly usdc?: DecimalString;
  readonly positions?: readonly OpeningPosition[];
  /** Perpetuals (`BTCUSDT`) and coins (`BTC`) by symbol, in base coin; negative for a short. */
  readonly holdings?: Readonly<Record<string, DecimalString>>;
}

export interface OpeningPosition {
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  /** Default: the mark when the exchange starts. */
  readonly averagePrice?: DecimalString;
}

export class Account {
  readonly state: AccountState;
  readonly apiSecret: string;
  /** The same at every start. */
  readonly userId: number;
  /** As its owner set it at the exchange; may be set anew at any time. */
  key: KeySettings;
  /** Orders that may still execute. */
  readonly pending = new Set<PaperOrder>();
  /** Stops that wait for their price. */
  readonly untriggered = new Set<PaperOrder>();
  readonly #byOrderId = new Map<string, PaperOrder>();
  readonly #byLinkId = new Map<string, PaperOrder>();
  /** Wall time of the last change of an order or arrival of a fill, for stale reads; not saved. */
  readonly changedWallMs = new Map<string, number>();
  /** Closed orders older than this (index into `state.orders`) were forgotten by a restart. */
  realtimeFrom = 0;

  constructor(
    state: AccountState,
    { apiSecret, userId, key }: Pick<AccountOptions, 'apiSecret' | 'userId' | 'key'>,
  ) {
    this.state = state;
    this.apiSecret = apiSecret;
    this.userId = userId ?? userOf(state.apiKey);
    this.key = { ...usualKey, ...key };
    for (const order of state.orders) this.#index(order);
  }

  get apiKey(): string {
    return this.state.apiKey;
  }

  /** What it pays for trades of options of this coin. */
  feeRates(
    baseCoin: string,
    { makerFeeRate, takerFeeRate }: Pick<EngineSettings, 'makerFeeRate' | 'takerFeeRate'>,
  ): { readonly maker: DecimalString; readonly taker: DecimalString } {
    const { feeRates } = this.key;
    const own = Object.hasOwn(feeRates, baseCoin) ? feeRates[baseCoin] : undefined;
    return own ?? { maker: makerFeeRate, taker: takerFeeRate };
  }

  add(order: PaperOrder): void {
    this.state.orders.push(order);
    this.#index(order);
  }

  /** To be called after a status change. */
  refresh(order: PaperOrder): void {
    if (isPending(order)) this.pending.add(order);
    else this.pending.delete(order);
    if (isUntriggered(order)) this.untriggered.add(order);
    else this.untriggered.delete(order);
  }

  knowsLinkId(linkId: string): boolean {
    return this.#byLinkId.has(linkId);
  }

  /** The order id wins when both are given. */
  find(ref: { orderId?: string | undefined; linkId?: string | undefined }): PaperOrder | undefined {
    if (ref.orderId !== undefined) return this.#byOrderId.get(ref.orderId);
    return ref.linkId === undefined ? undefined : this.#byLinkId.get(ref.linkId);
  }

  openOrders(): readonly PaperOrder[] {
    return [...this.pending].filter(isOpen);
  }

  /** Its stops of a symbol that wait for their price. */
  stopsOf(symbol: string): readonly PaperOrder[] {
    return [...this.untriggered].filter((order) => order.symbol === symbol);
  }

  /** How much of a perpetual or a coin it has, in base coin. */
  holding(symbol: string): DecimalString {
    const { holdings = {} } = this.state;
    return Object.hasOwn(holdings, symbol) ? (holdings[symbol]?.qty ?? '0') : '0';
  }

  #index(order: PaperOrder): void {
    this.#byOrderId.set(order.orderId, order);
    if (order.linkId !== '') this.#byLinkId.set(order.linkId, order);
    this.refresh(order);
  }
}

export function freshState(options: AccountOptions): AccountState {
  return {
    apiKey: options.apiKey,
    wallet: { USDT: options.usdt, USDC: options.usdc ?? '0' },
    positions: {},
    orders: [],
    fills: [],
    deliveries: [],
    ledger: [],
    closed: [],
  };
}

/** Nine digits, as the exchange's user ids have. */
const userOf = (apiKey: string): number =>
  100_000_000 + (createHash('sha256').update(apiKey).digest().readUInt32BE() % 900_000_000);
