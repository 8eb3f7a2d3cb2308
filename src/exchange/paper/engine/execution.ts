/**
 * What happens to an order in the book: matching on arrival, resting, fills as the market moves through it, and the
 * ways it ends. Every fill books cash and position and is reported to the account.
 */
import {
  add,
  compare,
  decimal,
  isZero,
  multiply,
  smaller,
  subtract,
  sum,
  toText,
} from '../../../domain/money.ts';
import type { DecimalString } from '../../../domain/money.ts';
import { opposite } from '../../../domain/market/order.ts';
import type { Account } from './account.ts';
import {
  crosses,
  leavesQty,
  matchedOffers,
  offersFor,
  totalQty,
  type Offer,
  type OwnedOrder,
} from './books.ts';
import { markOf } from '../market.ts';
import type { EngineContext } from './context.ts';
import { tradeFee } from './fees.ts';
import { applyTrade } from './ledger.ts';
import { followPosition, type StopReports } from './stops.ts';
import { roomOfStop } from './stop-rules.ts';
import { isOpen, isPending, isUntriggered, type ExtraFee, type PaperFill, type PaperOrder } from './types.ts';

/** Puts an acknowledged order into the book, unless it is rejected there. */
export function enterBook(context: EngineContext, owned: OwnedOrder): void {
  const { order } = owned;
  if (order.status !== 'Accepted') return;
  const site = siteOf(owned);
  const rejected = context.faults.strike('rejectLater', site);
  if (rejected) {
    rejectOrder(context, owned, rejected.reason ?? 'EC_Others');
    return;
  }
  if (context.market.quote(order.symbol)?.status !== 'Trading') {
    rejectOrder(context, owned, 'EC_InvalidSymbolStatus');
    return;
  }
  const noFill = context.faults.strike('noFill', site);
  const capped = noFill ? { qty: '0' } : context.faults.strike('partialFill', site);
  if (capped) context.fillCaps.set(order.orderId, capped.qty);
  if (order.reduceOnly && !trimToPosition(context, owned)) return;
  matchArrival(context, owned);
}

/** Tries to trade an order that just arrived or was amended, then lets it rest or ends it, by its time in force. */
export function matchArrival(context: EngineContext, owned: OwnedOrder): void {
  const { order } = owned;
  const offers = fillableOffers(context, owned);
  if (order.timeInForce === 'PostOnly' && offers.length > 0) {
    cancelOrder(context, owned, { cancelType: 'UNKNOWN', rejectReason: 'EC_PostOnlyWillTakeLiquidity' });
    return;
  }
  if (order.timeInForce === 'FOK' && compare(totalQty(offers), leavesQty(order)) < 0) {
    cancelOrder(context, owned, { cancelType: 'UNKNOWN', rejectReason: 'EC_CancelForNoFullFill' });
    return;
  }
  const isArriving = order.status === 'Accepted';
  if (isArriving) order.status = 'New';
  fillAsTaker(context, owned, offers);
  if (order.status === 'Filled') return;
  if (order.timeInForce === 'IOC' || order.timeInForce === 'FOK') {
    cancelOrder(context, owned, { cancelType: 'UNKNOWN', rejectReason: 'EC_NoImmediateQtyToFill' });
    return;
  }
  restInBook(context, owned);
  if (isArriving && isZero(order.executedQty)) reportOrder(context, owned);
}

function restInBook(context: EngineContext, { account, order }: OwnedOrder): void {
  account.refresh(order);
  const isResting = context.resting.of(order.symbol).some((resting) => resting.order === order);
  if (!isResting) context.resting.add({ account, order });
}

/** Fills every resting order that the market maker's book now crosses. */
export function fillCrossedOrders(context: EngineContext): void {
  for (const symbol of context.resting.symbols()) {
    const quote = context.market.quote(symbol);
    if (quote?.status !== 'Trading') continue;
    for (const owned of context.resting.of(symbol)) {
      const { order } = owned;
      const { bids, asks } = context.market.quote(symbol)?.depth ?? quote.depth;
      const best = (order.side === 'Buy' ? asks : bids)[0];
      if (!best || !crosses(order.side, order.price, best.price)) continue;
      const offers = fillableOffers(context, owned).filter((offer) => offer.resting === null);
      fillAsMaker(context, owned, offers);
    }
  }
}

function fillableOffers(context: EngineContext, { account, order }: OwnedOrder): readonly Offer[] {
  const depth = context.market.quote(order.symbol)?.depth ?? { bids: [], asks: [] };
  const resting = context.resting
    .of(order.symbol)
    .filter((other) => other.account !== account && !context.fillCaps.has(other.order.orderId));
  const cap = context.fillCaps.get(order.orderId);
  const wanted = leavesQty(order);
  const qty = cap === undefined ? wanted : smaller(wanted, subtract(cap, order.executedQty));
  return matchedOffers({ ...order, qty }, offersFor(order.side, depth, resting));
}

/** Trades an order that arrives against these offers, and reports it to its account once, at the end. */
function fillAsTaker(context: EngineContext, owned: OwnedOrder, offers: readonly Offer[]): void {
  if (offers.length === 0) return;
  const { order } = owned;
  const fills = offers.map((offer) => tradeOffer(context, owned, { ...offer, isMaker: false }));
  reportFills(context, owned, fills);
  context.events.traded?.(fills, order.side);
}

/** Trades a resting order against these offers at its own price, because the market came to it. */
export function fillAsMaker(context: EngineContext, owned: OwnedOrder, offers: readonly Offer[]): void {
  if (offers.length === 0) return;
  const { order } = owned;
  const { price } = order;
  const fills = offers.map((offer) => tradeOffer(context, owned, { ...offer, price, isMaker: true }));
  reportFills(context, owned, fills);
  context.events.traded?.(fills, opposite(order.side));
}

interface Execution {
  readonly price: DecimalString;
  readonly qty: DecimalString;
  readonly isMaker: boolean;
}

/** Books both sides of a trade; the account of a resting order on the other side has its report at once. */
function tradeOffer(context: EngineContext, owned: OwnedOrder, offer: Offer & Execution): PaperFill {
  const { order } = owned;
  if (offer.resting) {
    const fill = bookFill(context, offer.resting, { ...offer, isMaker: true });
    reportFills(context, offer.resting, [fill]);
  } else context.market.take(order.symbol, order.side === 'Buy' ? 'ask' : 'bid', offer.qty);
  return bookFill(context, owned, offer);
}

function bookFill(
  context: EngineContext,
  { account, order }: OwnedOrder,
  { price, qty, isMaker }: Execution,
): PaperFill {
  const { settings, market } = context;
  const quote = market.quote(order.symbol);
  const rates = account.feeRates(order.baseCoin, settings);
  const feeRate = isMaker ? rates.maker : rates.taker;
  const index = market.indexText(order.baseCoin);
  const fee = tradeFee({ rate: feeRate, index, price, qty, cap: settings.tradeFeeCap });
  const extraFees = settings.extraFees.map(({ share, ...type }): ExtraFee => ({
    feeCoin: order.settleCoin,
    ...type,
    feeRate: multiply(feeRate, share),
    fee: toText(decimal(multiply(fee, share)).toDecimalPlaces(8)),
  }));
  const seq = context.nextSeq();
  const atMs = context.nowMs();
  const execId = context.id('execution');
  const { symbol, settleCoin, side, orderId, linkId } = order;
  const trade = { symbol, settleCoin, side, qty, price, fee, orderId, linkId, atMs, seq, entryId: execId };
  const effect = applyTrade(account.state, { ...trade, extraFee: sum(extraFees.map((each) => each.fee)) });
  order.executedQty = add(order.executedQty, qty);
  order.executedValue = add(order.executedValue, multiply(price, qty));
  order.fee = add(order.fee, fee);
  order.closedPnl = add(order.closedPnl, effect.realisedPnl);
  order.status = isZero(leavesQty(order)) ? 'Filled' : 'PartiallyFilled';
  order.updatedAtMs = atMs;
  const filled: PaperFill = {
    execId,
    orderId,
    linkId,
    symbol,
    baseCoin: order.baseCoin,
    settleCoin,
    side,
    orderType: order.orderType,
    orderPrice: order.price,
    orderQty: order.qty,
    leavesQty: leavesQty(order),
    price,
    qty,
    fee,
    feeRate,
    ...(extraFees.length > 0 && { extraFees }),
    isMaker,
    closedQty: effect.closedQty,
    realisedPnl: effect.realisedPnl,
    markPrice: quote ? toText(markOf(quote)) : '0',
    markIv: (quote?.value.iv ?? 0).toFixed(4),
    indexPrice: index,
    underlyingPrice: (quote?.value.forward ?? 0).toFixed(quote?.instrument.rules.indexPlaces ?? 2),
    atMs,
    seq,
    ...(order.stop && { stopKind: order.stop.kind }),
  };
  account.state.fills.push(filled);
  context.touchRow(account, execId);
  market.hold(symbol);
  return filled;
}

function reportFills(context: EngineContext, owned: OwnedOrder, fills: readonly PaperFill[]): void {
  const { account, order } = owned;
  const site = siteOf(owned);
  const delayMs = context.faults.pending('delayEvents', site)?.ms ?? 0;
  updateIndexes(context, owned);
  const isRepeated =
    order.status === 'Filled' && context.faults.strike('duplicateFilled', site) !== undefined;
  for (let round = 0; round < (isRepeated ? 2 : 1); round += 1) {
    context.events.fills(account, fills, delayMs);
    reportOrder(context, owned);
  }
  context.events.position(account, order.symbol, delayMs);
  context.events.wallet(account, delayMs);
  trimReducers(context, account, order.symbol);
  followPosition(context, owned, stopReports(context));
}

/** How stops are reported and end. */
export const stopReports = (context: EngineContext): StopReports => ({
  report: (owned) => reportOrder(context, owned),
  cancel: (owned, cancelType) => cancelOrder(context, owned, { cancelType, rejectReason: 'EC_NoError' }),
});

/** Brings the indexes in line with the order's status. */
function updateIndexes(context: EngineContext, { account, order }: OwnedOrder): void {
  account.refresh(order);
  context.touchRow(account, order.orderId);
  if (!isPending(order)) {
    context.resting.remove(order);
    if (!isUntriggered(order)) context.untriggered.remove(order);
    context.fillCaps.delete(order.orderId);
  }
  context.events.changed();
}

/** Reports the order as it is now. A `delayEvents` fault is used up by the final message. */
export function reportOrder(
  context: EngineContext,
  owned: OwnedOrder,
  overrides?: Partial<PaperOrder>,
): void {
  const { account, order } = owned;
  const site = siteOf(owned);
  const delay = isOpen(order)
    ? context.faults.pending('delayEvents', site)
    : context.faults.strike('delayEvents', site);
  context.touchRow(account, order.orderId);
  context.events.order(account, { order, overrides, delayMs: delay?.ms ?? 0 });
}

/** Why an order was cancelled, in the exchange's words (Bybit docs: v5/enum). */
interface Cancellation {
  readonly cancelType: string;
  readonly rejectReason: string;
}

/** Cancels what is left of an order; it may have fills. */
export function cancelOrder(context: EngineContext, owned: OwnedOrder, why: Cancellation): void {
  endOrder(context, owned, { status: 'Cancelled', ...why });
}

function rejectOrder(context: EngineContext, owned: OwnedOrder, rejectReason: string): void {
  endOrder(context, owned, { status: 'Rejected', cancelType: 'UNKNOWN', rejectReason });
}

function endOrder(
  context: EngineContext,
  owned: OwnedOrder,
  ending: Cancellation & { readonly status: 'Cancelled' | 'Rejected' },
): void {
  const { account, order } = owned;
  order.status = ending.status;
  order.cancelType = ending.cancelType;
  order.rejectReason = ending.rejectReason;
  order.updatedAtMs = context.nowMs();
  updateIndexes(context, owned);
  reportOrder(context, owned);
  context.events.position(account, order.symbol, 0);
}

/**
 * Cuts an arriving reduce-only order to what other reduce-only orders leave of the position. When that is nothing it
 * cancels the order and returns false.
 */
export function trimToPosition(context: EngineContext, owned: OwnedOrder): boolean {
  const { account, order } = owned;
  const held = account.state.positions[order.symbol];
  const others = context.resting
    .of(order.symbol)
    .filter((other) => other.account === account && other.order !== order && other.order.reduceOnly)
    .filter((other) => other.order.side === order.side);
  const committed = totalQty(others.map((other) => ({ qty: leavesQty(other.order) })));
  const free = held && held.side !== order.side ? subtract(held.qty, committed) : '0';
  const room = order.stop ? roomOfStop(account, order) : free;
  if (compare(room, '0') <= 0) {
    cancelOrder(context, owned, noLongerReducing);
    return false;
  }
  order.qty = smaller(order.qty, add(order.executedQty, room));
  return true;
}

const noLongerReducing: Cancellation = { cancelType: 'CancelByReduceOnly', rejectReason: 'EC_NoError' };

/** Cuts or cancels resting reduce-only orders after the position shrank, the newest first. */
function trimReducers(context: EngineContext, account: Account, symbol: string): void {
  const held = account.state.positions[symbol];
  let room = held?.qty ?? '0';
  for (const owned of context.resting.of(symbol)) {
    const { order } = owned;
    if (owned.account !== account || !order.reduceOnly || !isOpen(order)) continue;
    if (!held || held.side === order.side || compare(room, '0') <= 0) {
      cancelOrder(context, owned, noLongerReducing);
      continue;
    }
    if (compare(leavesQty(order), room) > 0) {
      order.qty = add(order.executedQty, room);
      order.updatedAtMs = context.nowMs();
      reportOrder(context, owned);
    }
    room = subtract(room, leavesQty(order));
  }
}

/** What is known of an order when it asks for a fault. */
export const siteOf = ({ account, order }: OwnedOrder) => ({
  apiKey: account.apiKey,
  linkId: order.linkId,
  symbol: order.symbol,
});
