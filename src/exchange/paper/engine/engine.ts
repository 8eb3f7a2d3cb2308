/**
 * The commands an account can give: create, amend, cancel, cancel all, pre-check. Each is checked and acknowledged now
 * and takes effect a few wall milliseconds later, as on the exchange; effects are in execution.ts, refusals in
 * checks.ts. Knows nothing of HTTP or WebSocket.
 */
import { compare, decimal, toText, type DecimalString } from '../../../domain/money.ts';
import { readHolding } from '../../bybit/symbols.ts';
import { freshState, Account, type AccountOptions } from './account.ts';
import { checkCreate, checkPrice, checkQty, checkReachable, notEnoughMargin, tradedQuote } from './checks.ts';
import { acceptedNow } from './new-order.ts';
import { Refusal } from './refusal.ts';
import { isCancellable } from './stop-rules.ts';
import { EngineContext, type EngineParts } from './context.ts';
import { settleExpired } from './delivery.ts';
import { setStops, triggerStops } from './stops.ts';
import { leavesQty, type OwnedOrder } from './books.ts';
import {
  cancelOrder,
  enterBook,
  fillCrossedOrders,
  fillAsMaker,
  matchArrival,
  reportOrder,
  siteOf,
  stopReports,
  trimToPosition,
} from './execution.ts';
import { markOf } from '../market.ts';
import { openingPart, orderCost, orderMaintenanceOf, summarise } from './margin.ts';
import {
  isOpen,
  isUntriggered,
  type AccountState,
  type OrderRequest,
  type PaperOrder,
  type StopPrices,
} from './types.ts';
import { dayMs, hourMs } from '../../../domain/units.ts';

export interface OrderRef {
  readonly symbol: string;
  readonly orderId?: string | undefined;
  readonly linkId?: string | undefined;
}

export interface Ack {
  readonly orderId: string;
  readonly linkId: string;
}

export interface Amendment {
  readonly qty?: DecimalString | undefined;
  readonly price?: DecimalString | undefined;
}

export interface CancelFilter {
  readonly symbol?: string | undefined;
  readonly baseCoin?: string | undefined;
  readonly settleCoin?: string | undefined;
  /** Default: both. */
  readonly only?: 'orders' | 'stops' | undefined;
}

export interface EngineStats {
  ordersAccepted: number;
  ordersRejected: number;
  duplicateLinkIds: number;
}

/** Options are delivered at 08:00 UTC. */
const deliveryHourMs = 8 * hourMs;

export class Engine {
  readonly context: EngineContext;
  readonly stats: EngineStats = { ordersAccepted: 0, ordersRejected: 0, duplicateLinkIds: 0 };

  #settledDay = -1;

  constructor(parts: EngineParts) {
    this.context = new EngineContext(parts);
  }

  /**
   * Opens an account, or restores it as `saved`; one that is open already stays as it is.
   * @throws Error when an opening position names no option that is traded here
   */
  addAccount(options: AccountOptions, saved?: AccountState): Account {
    const open = this.context.accounts.get(options.apiKey);
    if (open) return open;
    const account = new Account(saved ?? freshState(options), options);
    const { market } = this.context;
    for (const opening of saved ? [] : (options.positions ?? [])) {
      market.hold(opening.symbol);
      const quote = market.quote(opening.symbol);
      if (!quote)
        throw new Error(`account ${options.apiKey}: ${opening.symbol} is no option of a coin traded here`);
      account.state.positions[opening.symbol] = {
        ...opening,
        averagePrice: opening.averagePrice ?? toText(markOf(quote)),
        realisedPnl: '0',
        openFee: '0',
        openedAtMs: this.context.nowMs(),
        updatedAtMs: this.context.nowMs(),
        seq: -1,
      };
    }
    for (const [symbol, qty] of saved ? [] : Object.entries(options.holdings ?? {}))
      this.setHolding(account, symbol, qty);
    for (const symbol of Object.keys(account.state.positions)) market.hold(symbol);
    for (const order of [...account.pending, ...account.untriggered]) this.#restore({ account, order });
    this.context.accounts.set(options.apiKey, account);
    this.#settledDay = -1;
    this.context.events.changed();
    return account;
  }

  /**
   * Gives the account so much of a perpetual or of coins, or takes it, as its owner would trade it.
   * @param qty in base coin, negative for a short
   * @throws Error when it is neither of a coin that is traded here
   */
  setHolding(account: Account, symbol: string, qty: DecimalString): void {
    const { market, events } = this.context;
    const holding = readHolding(symbol);
    const price =
      holding && market.baseCoins().includes(holding.baseCoin) && market.indexText(holding.baseCoin);
    if (!holding || !price)
      throw new Error(`account ${account.apiKey}: ${symbol} is no perpetual and no coin that is traded here`);
    const updatedAtMs = this.context.nowMs();
    const { state } = account;
    state.holdings = { ...state.holdings, [symbol]: { qty, averagePrice: price, updatedAtMs } };
    if (holding.kind === 'coin') events.wallet(account, 0);
    else events.holding?.(account, symbol);
    events.changed();
  }

  #restore(owned: OwnedOrder): void {
    this.context.market.hold(owned.order.symbol);
    if (isUntriggered(owned.order)) this.context.untriggered.add(owned);
    else if (isOpen(owned.order)) this.context.resting.add(owned);
    else this.#enterLater(owned);
  }

  create(account: Account, request: OrderRequest): Ack | Refusal {
    const { context } = this;
    const terms = checkCreate(account, request, context);
    if (terms instanceof Refusal) {
      this.stats.ordersRejected += 1;
      if (terms.code === 110072) this.stats.duplicateLinkIds += 1;
      return terms;
    }
    this.stats.ordersAccepted += 1;
    const { instrument } = terms.quote;
    const order: PaperOrder = {
      ...acceptedNow(context),
      linkId: terms.linkId,
      symbol: request.symbol,
      baseCoin: instrument.baseCoin,
      settleCoin: instrument.settleCoin,
      side: request.side,
      orderType: request.orderType,
      timeInForce: request.orderType === 'Market' ? 'IOC' : request.timeInForce,
      reduceOnly: request.reduceOnly,
      orderIv: request.orderIv ?? '',
      price: terms.price,
      qty: toText(decimal(request.qty)),
      status: 'Accepted',
      ...(request.stops && { stops: request.stops }),
    };
    account.add(order);
    context.events.changed();
    this.#enterLater({ account, order });
    return { orderId: order.orderId, linkId: order.linkId };
  }

  #enterLater(owned: OwnedOrder): void {
    const lateMs = this.context.faults.strike('delayEffect', siteOf(owned))?.ms ?? 0;
    this.context.later(this.context.settings.fillDelayMs + lateMs, () => {
      enterBook(this.context, owned);
    });
  }

  amend(account: Account, ref: OrderRef, change: Amendment): Ack | Refusal {
    const { context } = this;
    const order = checkReachable(this.#find(account, ref), 'replace');
    if (order instanceof Refusal) return order;
    const quote = tradedQuote(order.symbol, context.market);
    if (quote instanceof Refusal) return quote;
    if (change.qty === undefined && change.price === undefined)
      return new Refusal(
        10001,
        'The order remains unchanged as the parameters entered match the existing ones.',
      );
    const { side } = order;
    const wrongPrice =
      change.price === undefined ? null : checkPrice({ side, price: change.price }, quote, context.settings);
    if (wrongPrice) return wrongPrice;
    const wrongQty = change.qty === undefined ? null : checkQty(change.qty, quote);
    if (wrongQty) return wrongQty;
    if (change.qty !== undefined && compare(change.qty, order.executedQty) <= 0)
      return new Refusal(
        110064,
        'The number of contracts modified cannot be less than or equal to the filled quantity',
      );
    const owned = { account, order };
    if (!this.#isAffordable(owned, change)) return notEnoughMargin;
    context.later(context.settings.fillDelayMs, () => {
      if (!isOpen(order)) return;
      order.price = change.price ?? order.price;
      order.qty = change.qty ?? order.qty;
      order.updatedAtMs = context.nowMs();
      order.priority = context.nextSeq();
      context.events.changed();
      if (order.reduceOnly && !trimToPosition(context, owned)) return;
      reportOrder(context, owned);
      context.events.position(account, order.symbol, 0);
      matchArrival(context, owned);
    });
    return { orderId: order.orderId, linkId: order.linkId };
  }

  #isAffordable({ account, order }: OwnedOrder, change: Amendment): boolean {
    if (!this.context.settings.marginChecked || order.reduceOnly) return true;
    const costOf = (amended: PaperOrder) =>
      orderCost(
        amended,
        openingPart(account.state, order, decimal(amended.qty).minus(order.executedQty)),
        this.context,
      );
    const { qty = order.qty, price = order.price } = change;
    const more = costOf({ ...order, qty, price }).minus(costOf(order));
    const { available } = summarise(account, this.context);
    return more.lessThanOrEqualTo(0) || more.lessThanOrEqualTo(available);
  }

  cancel(account: Account, ref: OrderRef): Ack | Refusal {
    const order = checkReachable(this.#find(account, ref), 'cancel');
    if (order instanceof Refusal) return order;
    this.#cancelLater({ account, order });
    return { orderId: order.orderId, linkId: order.linkId };
  }

  cancelAll(account: Account, filter: CancelFilter): readonly Ack[] {
    const orders = filter.only === 'stops' ? [] : account.openOrders();
    const stops = filter.only === 'orders' ? [] : account.untriggered;
    const chosen = [...orders, ...stops].filter((order) => {
      if (filter.symbol !== undefined) return order.symbol === filter.symbol;
      if (filter.baseCoin !== undefined) return order.baseCoin === filter.baseCoin;
      return filter.settleCoin === undefined || order.settleCoin === filter.settleCoin;
    });
    for (const order of chosen) this.#cancelLater({ account, order });
    return chosen.map(({ orderId, linkId }) => ({ orderId, linkId }));
  }

  #cancelLater(owned: OwnedOrder): void {
    const { context } = this;
    const { order } = owned;
    context.later(context.settings.fillDelayMs, () => {
      if (isOpen(order) && context.faults.strike('lateCancel', siteOf(owned))) {
        context.fillCaps.delete(order.orderId);
        fillAsMaker(context, owned, [{ price: order.price, qty: leavesQty(order), resting: null }]);
      }
      if (isCancellable(order))
        cancelOrder(context, owned, { cancelType: 'CancelByUser', rejectReason: 'EC_PerCancelRequest' });
      else if (order.status === 'Filled')
        reportOrder(context, owned, {
          cancelType: 'CancelByUser',
          rejectReason: 'EC_OrigClOrdIDDoesNotExist',
        });
    });
  }

  /** Sets, moves or takes away (`"0"`) the stops of a position, a moment later. @returns the refusal, or `null` */
  setStops(account: Account, symbol: string, prices: StopPrices): Refusal | null {
    return setStops(this.context, { account, symbol }, { prices, reports: stopReports(this.context) });
  }

  /** The margin now and what an order would add to it; a Refusal when the order is wrong whatever the wallet holds. */
  preCheck(account: Account, request: OrderRequest) {
    const { market, settings } = this.context;
    const before = summarise(account, this.context);
    const unchecked = { market, settings: { ...settings, marginChecked: false } };
    const terms = checkCreate(account, request, unchecked);
    if (terms instanceof Refusal) return terms;
    const opening = request.reduceOnly
      ? decimal('0')
      : openingPart(account.state, request, decimal(request.qty));
    const order = { ...request, price: terms.price };
    const cost = orderCost(order, opening, this.context);
    const maintenanceCost = orderMaintenanceOf(order, opening, this.context);
    const initial = before.positionInitial.plus(before.orderInitial);
    const maintenance = before.positionMaintenance.plus(before.orderMaintenance);
    return {
      before,
      initial,
      cost,
      maintenance,
      maintenanceCost,
      fits: cost.lessThanOrEqualTo(before.available),
    };
  }

  /** To be called when the market or the clock moved: delivers what expired, fills what the market crosses. */
  onTick(): void {
    // Options expire once a day, so positions are looked at once a day.
    const deliveryDay = Math.floor((this.context.market.nowMs() - deliveryHourMs) / dayMs);
    if (deliveryDay !== this.#settledDay) settleExpired(this.context);
    this.#settledDay = deliveryDay;
    if (this.context.resting.size > 0) fillCrossedOrders(this.context);
    if (this.context.untriggered.size > 0)
      triggerStops(this.context, (owned) => enterBook(this.context, owned));
  }

  /** True while an order is open or an acknowledged command has not taken effect. */
  isBusy(): boolean {
    return this.context.resting.size > 0 || this.context.scheduledCount > 0;
  }

  /** order/realtime forgets its recent closed orders (docs/exchange.md#look-ups). */
  forgetRecent(): void {
    for (const account of this.context.accounts.values()) account.realtimeFrom = account.state.orders.length;
  }

  #find(account: Account, ref: OrderRef): PaperOrder | undefined {
    const order = account.find(ref);
    return order?.symbol === ref.symbol ? order : undefined;
  }
}
