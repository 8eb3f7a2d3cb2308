/** The paper engine as an exchange of a backtest: the ports call it directly, without a server, delays and failures. */
import { Retryable } from '../domain/errors.ts';
import { isOfFamily, isOfSeries, type OptionFamily, type OptionSeries } from '../domain/market/option.ts';
import type {
  Instrument,
  ListedOption,
  Margin,
  OrderRequest,
  OrderSighting,
  Position,
  Quote,
  Settlement,
} from '../domain/market/order.ts';
import type { CheckedOrder, PreCheck } from '../domain/market/pre-check.ts';
import type { Readings } from '../domain/rules/triggers.ts';
import type { Account } from '../exchange/paper/engine/account.ts';
import { faultOf, type Command } from '../exchange/bybit/errors.ts';
import { bybitRules } from '../exchange/bybit/rules.ts';
import { Refusal } from '../exchange/paper/engine/refusal.ts';
import type { Engine } from '../exchange/paper/engine/engine.ts';
import type { EngineEvents } from '../exchange/paper/engine/events.ts';
import type { Market } from '../exchange/paper/market.ts';
import type { StandingStop, StopFill } from '../domain/market/stops.ts';
import type { AccountListener, OrderRef, StopRequest, TradingAccount } from '../ports/exchange.ts';
import type { MarketData, MarketListener, Tick } from '../ports/market-data.ts';
import {
  fillOf,
  instrumentOf,
  listedOf,
  marginOf,
  positionOf,
  preCheckOf,
  quoteOf,
  readingsOf,
  reportOf,
  stopFillsOf,
  stopKindOf,
  stopsOf,
} from './translate.ts';

/** What is asked for is so already. */
const notModified = 34040;

interface Write {
  readonly command: Command;
  readonly linkId: string;
  /** Exchange time after which the decision is too old. */
  readonly notAfterMs: number;
}

export class PaperSideAccount implements TradingAccount {
  readonly #engine: Engine;
  readonly #account: Account;
  readonly #market: Market;
  listener: AccountListener | null = null;
  checksOrders = true;

  constructor(engine: Engine, account: Account, market: Market) {
    this.#engine = engine;
    this.#account = account;
    this.#market = market;
  }

  open(listener: AccountListener): Promise<void> {
    this.listener = listener;
    listener.connected();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.listener = null;
    return Promise.resolve();
  }

  submit(order: OrderRequest, notAfterMs: number): Promise<void> {
    const { linkId, symbol, side, qty, price, timeInForce, reduceOnly } = order;
    const request = { linkId, symbol, side, qty, price, timeInForce, reduceOnly };
    return this.#write({ command: 'create', linkId, notAfterMs }, () =>
      this.#engine.create(this.#account, { ...request, orderType: 'Limit', orderIv: null }),
    );
  }

  amend(order: OrderRef & { readonly price: string }, notAfterMs: number): Promise<void> {
    const { linkId, symbol, price } = order;
    return this.#write({ command: 'amend', linkId, notAfterMs }, () =>
      this.#engine.amend(this.#account, { linkId, symbol }, { price }),
    );
  }

  cancel({ linkId, symbol }: OrderRef, notAfterMs: number): Promise<void> {
    return this.#write({ command: 'cancel', linkId, notAfterMs }, () =>
      this.#engine.cancel(this.#account, { linkId, symbol }),
    );
  }

  findOrder({ linkId }: OrderRef): Promise<OrderSighting> {
    const order = this.#account.find({ linkId });
    const fills = this.#account.state.fills.filter((fill) => fill.linkId === linkId);
    return Promise.resolve({ order: order ? reportOf(order) : null, fills: fills.map(fillOf) });
  }

  stops = (): Promise<readonly StandingStop[]> => Promise.resolve(stopsOf(this.#account));
  stopFills = (symbol: string): Promise<readonly StopFill[]> =>
    Promise.resolve(stopFillsOf(this.#account, symbol));

  setStop({ symbol, mark }: StopRequest, notAfterMs: number): Promise<void> {
    const set = () => this.#engine.setStops(this.#account, symbol, { stopLoss: mark ?? '0' });
    return this.#write({ command: 'amend', linkId: `the stop of ${symbol}`, notAfterMs }, () => {
      const refusal = set();
      return refusal === null || refusal.code === notModified ? {} : refusal;
    });
  }

  position = (symbol: string): Promise<Position> => Promise.resolve(positionOf(this.#account, symbol));
  positions = (): Promise<readonly Position[]> =>
    Promise.resolve(
      Object.keys(this.#account.state.positions).map((symbol) => positionOf(this.#account, symbol)),
    );
  holding = (symbol: string): Promise<string> => Promise.resolve(this.#account.holding(symbol));
  margin = (): Promise<Margin> =>
    Promise.resolve(marginOf(this.#account, this.#market, this.#engine.context.settings));
  preCheck(order: CheckedOrder): Promise<PreCheck> {
    if (order.reduceOnly || !this.checksOrders) return Promise.resolve({ kind: 'notOffered' });
    const request = { ...order, linkId: 'check', orderType: 'Limit', orderIv: null } as const;
    const subject = `check ${order.symbol}`;
    const checked = preCheckOf(this.#engine.preCheck(this.#account, request), (refusal) =>
      faultOf('check', subject, { kind: 'code', ...refusal }),
    );
    return Promise.resolve(checked.kind === 'notOffered' ? checked : { ...checked, marginMode: 'cross' });
  }

  settlement = ({ symbol }: { readonly symbol: string }): Promise<Settlement | null> =>
    Promise.resolve(this.#account.state.deliveries.find((each) => each.symbol === symbol) ?? null);

  /** @throws what the adapter would make of the engine's refusal */
  #write({ command, linkId, notAfterMs }: Write, act: () => object): Promise<void> {
    const subject = `${command} ${linkId}`;
    const lateMs = this.#engine.context.nowMs() - notAfterMs;
    if (lateMs > 0) return Promise.reject(new Retryable(`${subject}: decided ${lateMs} ms too long ago`));
    const answer = act();
    if (!(answer instanceof Refusal)) return Promise.resolve();
    const { code, text } = answer;
    return Promise.reject(faultOf(command, subject, { kind: 'code', code, text }));
  }
}

/** Passes what the engine reports of an account to that account's listener at once. */
export const paperSideEvents = (sideOf: (account: Account) => PaperSideAccount | null): EngineEvents => ({
  order: (account, { order, overrides }) => {
    const listener = sideOf(account)?.listener;
    listener?.order(reportOf({ ...order, ...overrides }));
    if (order.stop) listener?.stop?.(stopKindOf(order.stop), order.symbol);
  },
  fills: (account, fills) => fills.forEach((fill) => sideOf(account)?.listener?.fill(fillOf(fill))),
  position: (account, symbol) => sideOf(account)?.listener?.position(positionOf(account, symbol)),
  wallet: () => undefined,
  changed: () => undefined,
});

/** Quotes carry the time at which they are asked for, because a recorded price holds until the next row. */
export class PaperSideMarket implements MarketData {
  readonly rules = bybitRules;
  readonly #market: Market;
  readonly #nowMs: () => number;
  #listener: MarketListener | null = null;
  readonly watched = new Set<string>();

  constructor(market: Market, nowMs: () => number) {
    this.#market = market;
    this.#nowMs = nowMs;
  }

  open(listener: MarketListener): Promise<void> {
    this.#listener = listener;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#listener = null;
    return Promise.resolve();
  }

  /** Publishes the readings of now: of the underlying, and of every option that is watched. */
  publish(baseCoin: string): void {
    const atMs = this.#nowMs();
    const index = this.#market.indexText(baseCoin);
    const ticks: Tick[] = [
      { feed: 'underlying', source: baseCoin, readings: { index, mark: index, last: index }, atMs },
    ];
    for (const symbol of this.watched) {
      const readings = this.#readingsNow(symbol);
      if (readings) ticks.push({ feed: 'options', source: symbol, readings, atMs });
    }
    this.#listener?.tick(...ticks);
  }

  watchUnderlying(): void {
    // The only underlying is always published.
  }
  watchOption(symbol: string): void {
    this.watched.add(symbol);
  }
  unwatchOption(symbol: string): void {
    this.watched.delete(symbol);
  }

  listed(family: OptionFamily): Promise<readonly Instrument[]> {
    const nowMs = this.#market.nowMs();
    const { listing } = this.#market;
    const instruments = [...listing.of(family.baseCoin, nowMs).values()]
      .map((each) => instrumentOf(each, listing.statusOf(each, nowMs)))
      .filter((instrument) => isOfFamily(instrument, family))
      .sort((a, b) => a.expiryMs - b.expiryMs || Number(a.strike) - Number(b.strike));
    return Promise.resolve(instruments);
  }

  async chain(series: OptionSeries): Promise<readonly ListedOption[]> {
    const listed = (await this.listed(series)).filter((instrument) => isOfSeries(instrument, series));
    return listed.flatMap(({ symbol }) => {
      const found = this.#market.quote(symbol);
      return found ? [listedOf(found, this.#nowMs())] : [];
    });
  }

  quotes(symbols: readonly string[]): Promise<readonly Quote[]> {
    return Promise.resolve(symbols.flatMap((symbol) => this.quoteNow(symbol) ?? []));
  }

  quote(symbol: string): Promise<Quote> {
    const quote = this.quoteNow(symbol);
    return quote ? Promise.resolve(quote) : Promise.reject(new Retryable(`no quote for ${symbol}`));
  }

  underlying(baseCoin: string): Promise<Readings> {
    const index = this.#market.indexText(baseCoin);
    return Promise.resolve({ index, mark: index, last: index });
  }

  realisedVolatility: MarketData['realisedVolatility'] = (baseCoin, days) =>
    Promise.resolve(this.#market.realisedVolatility(baseCoin, days));

  /** The readings that triggers need. Computing a whole quote takes much longer, most of it for the book. */
  #readingsNow(symbol: string): Readings | null {
    const found = this.#market.quote(symbol);
    return found?.status === 'Trading' ? readingsOf(found) : null;
  }

  quoteNow(symbol: string): Quote | null {
    const found = this.#market.quote(symbol);
    return found?.status === 'Trading' ? quoteOf(found, this.#nowMs()) : null;
  }
}
