/**
 * The commands an account can give: create, amend, cancel, cancel all, pre-check. Each is checked and acknowledged now
 * and takes effect a few wall milliseconds later, as on the exchange; effects are in execution.ts, refusals in
 * checks.ts. Knows nothing of HTTP or WebSocket.
 */
import { compare, decimal, toText, type DecimalString } from '../../../domain/money.ts';
import { freshState, Account, type AccountOptions } from './account.ts';
import { checkCreate, checkPrice, checkQty, checkReachable, Refusal, tradedQuote } from './checks.ts';
import { EngineContext, type EngineParts } from './context.ts';
import { settleExpired } from './delivery.ts';
import { end, enter, fill, matchArrival, siteOf, sweep, tell, trimToPosition } from './execution.ts';
import { openingPart, orderCost, orderMaintenanceOf, summarise } from './margin.ts';
import { isOpen, type AccountState, type OrderRequest, type PaperOrder } from './types.ts';
import { dayMs } from '../../../domain/units.ts';

export interface OrderRef {
  readonly symbol: string;
  readonly orderId?: string | undefined;
  readonly linkId?: string | undefined;
}

export interface Ack {
  readonly orderId: string;
  readonly linkId: string;
}

export interface CancelFilter {
  readonly symbol?: string | undefined;
  readonly baseCoin?: string | undefined;
  readonly settleCoin?: string | undefined;
}

export interface EngineStats {
  ordersAccepted: number;
  ordersRejected: number;
  duplicateLinkIds: number;
}

const deliveryHourMs = 8 * 3_600_000;

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
        averagePrice:
          opening.averagePrice ??
          toText(decimal(quote.value.mark.toFixed(quote.instrument.rules.markPlaces))),
        realisedPnl: '0',
        openFee: '0',
        openedAtMs: this.context.nowMs(),
        updatedAtMs: this.context.nowMs(),
        seq: -1,
      };
    }
    for (const symbol of Object.keys(account.state.positions)) market.hold(symbol);
    for (const order of account.pending) this.#takeUp(account, order);
    this.context.accounts.set(options.apiKey, account);
    this.#settledDay = -1;
    this.context.events.changed();
    return account;
  }

  #takeUp(account: Account, order: PaperOrder): void {
    this.context.market.hold(order.symbol);
    if (isOpen(order)) this.context.resting.add({ account, order });
    else this.#enterLater(account, order);
  }

  create(account: Account, request: OrderRequest): Ack | Refusal {
    const { context } = this;
    const terms = checkCreate(account, request, context.market, context.settings);
    if (terms instanceof Refusal) {
      this.stats.ordersRejected += 1;
      if (terms.code === 110072) this.stats.duplicateLinkIds += 1;
      return terms;
    }
    this.stats.ordersAccepted += 1;
    const { instrument } = terms.quote;
    const order: PaperOrder = {
      orderId: context.id('order'),
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
      cancelType: 'UNKNOWN',
      rejectReason: 'EC_NoError',
      executedQty: '0',
      executedValue: '0',
      fee: '0',
      closedPnl: '0',
      acceptedAtMs: context.nowMs(),
      updatedAtMs: context.nowMs(),
      priority: context.nextSeq(),
    };
    account.add(order);
    context.events.changed();
    this.#enterLater(account, order);
    return { orderId: order.orderId, linkId: order.linkId };
  }

  #enterLater(account: Account, order: PaperOrder): void {
    const late = this.context.faults.strike('delayEffect', siteOf(account, order))?.ms ?? 0;
    this.context.later(this.context.settings.fillDelayMs + late, () => {
      enter(this.context, account, order);
    });
  }

  amend(
    account: Account,
    ref: OrderRef,
    change: { qty?: DecimalString | undefined; price?: DecimalString | undefined },
  ): Ack | Refusal {
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
    const wrongPrice =
      change.price === undefined ? null : checkPrice(change.price, order.side, quote, context.settings);
    const wrongQty = change.qty === undefined ? null : checkQty(change.qty, quote);
    if (wrongPrice ?? wrongQty) return (wrongPrice ?? wrongQty) as Refusal;
    if (change.qty !== undefined && compare(change.qty, order.executedQty) <= 0)
      return new Refusal(
        110064,
        'The number of contracts modified cannot be less than or equal to the filled quantity',
      );
    const refused = this.#affordable(account, order, change);
    if (refused) return refused;
    context.later(context.settings.fillDelayMs, () => {
      if (!isOpen(order)) return;
      order.price = change.price ?? order.price;
      order.qty = change.qty ?? order.qty;
      order.updatedAtMs = context.nowMs();
      order.priority = context.nextSeq();
      context.events.changed();
      if (order.reduceOnly && !trimToPosition(context, account, order)) return;
      tell(context, account, order);
      context.events.position(account, order.symbol, 0);
      matchArrival(context, account, order);
    });
    return { orderId: order.orderId, linkId: order.linkId };
  }

  #affordable(
    account: Account,
    order: PaperOrder,
    change: { qty?: DecimalString | undefined; price?: DecimalString | undefined },
  ): Refusal | null {
    const { market, settings } = this.context;
    if (!settings.marginChecked || order.reduceOnly) return null;
    const cost = (qty: DecimalString, price: DecimalString) =>
      orderCost(
        { ...order, qty, price },
        openingPart(account.state, order, decimal(qty).minus(order.executedQty)),
        market,
        settings,
      );
    const more = cost(change.qty ?? order.qty, change.price ?? order.price).minus(
      cost(order.qty, order.price),
    );
    const { available } = summarise(account, market, settings);
    return more.greaterThan(0) && more.greaterThan(available)
      ? new Refusal(110007, 'ab not enough for new order')
      : null;
  }

  cancel(account: Account, ref: OrderRef): Ack | Refusal {
    const order = checkReachable(this.#find(account, ref), 'cancel');
    if (order instanceof Refusal) return order;
    this.#cancelLater(account, order);
    return { orderId: order.orderId, linkId: order.linkId };
  }

  cancelAll(account: Account, filter: CancelFilter): readonly Ack[] {
    const chosen = account.openOrders().filter((order) => {
      if (filter.symbol !== undefined) return order.symbol === filter.symbol;
      if (filter.baseCoin !== undefined) return order.baseCoin === filter.baseCoin;
      return filter.settleCoin === undefined || order.settleCoin === filter.settleCoin;
    });
    for (const order of chosen) this.#cancelLater(account, order);
    return chosen.map(({ orderId, linkId }) => ({ orderId, linkId }));
  }

  #cancelLater(account: Account, order: PaperOrder): void {
    const { context } = this;
    context.later(context.settings.fillDelayMs, () => {
      if (isOpen(order) && context.faults.strike('lateCancel', siteOf(account, order))) {
        context.fillCaps.delete(order.orderId);
        const qty = toText(decimal(order.qty).minus(order.executedQty));
        fill(context, account, order, [{ price: order.price, qty, resting: null }], true);
      }
      if (isOpen(order)) end(context, account, order, 'Cancelled', 'CancelByUser', 'EC_PerCancelRequest');
      else if (order.status === 'Filled')
        tell(context, account, order, {
          cancelType: 'CancelByUser',
          rejectReason: 'EC_OrigClOrdIDDoesNotExist',
        });
    });
  }

  /** Margin rates before and after an order, as fractions of the wallet; a Refusal when it could not be placed. */
  preCheck(account: Account, request: OrderRequest) {
    const { market, settings } = this.context;
    const before = summarise(account, market, settings);
    const terms = checkCreate(account, request, market, { ...settings, marginChecked: false });
    if (terms instanceof Refusal) return terms;
    const opening = request.reduceOnly
      ? decimal('0')
      : openingPart(account.state, request, decimal(request.qty));
    const cost = orderCost({ ...request, price: terms.price }, opening, market, settings);
    const maintenanceCost = orderMaintenanceOf({ ...request, price: terms.price }, opening, market, settings);
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
    if (this.context.resting.size > 0) sweep(this.context);
  }

  /** True while an order is open or an acknowledged command has not taken effect. */
  busy(): boolean {
    return this.context.resting.size > 0 || this.context.scheduled > 0;
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
