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
import { crosses, leaves, matched, offersFor, totalQty, type Offer, type Resting } from './books.ts';
import type { EngineContext } from './context.ts';
import { tradeFee } from './fees.ts';
import { applyTrade } from './ledger.ts';
import { isOpen, isPending, type ExtraFee, type PaperFill, type PaperOrder } from './types.ts';

/** An acknowledged order reaches the book. */
export function enter(context: EngineContext, account: Account, order: PaperOrder): void {
  if (order.status !== 'Accepted') return;
  const site = siteOf(account, order);
  const rejected = context.faults.strike('rejectLater', site);
  if (rejected) {
    end(context, account, order, 'Rejected', 'UNKNOWN', rejected.reason ?? 'EC_Others');
    return;
  }
  if (context.market.quote(order.symbol)?.status !== 'Trading') {
    end(context, account, order, 'Rejected', 'UNKNOWN', 'EC_InvalidSymbolStatus');
    return;
  }
  const noFill = context.faults.strike('noFill', site);
  const capped = noFill ? { qty: '0' } : context.faults.strike('partialFill', site);
  if (capped) context.fillCaps.set(order.orderId, capped.qty);
  if (order.reduceOnly && !trimToPosition(context, account, order)) return;
  matchArrival(context, account, order);
}

/** Tries to trade an order that just arrived or was amended, then lets it rest or ends it, by its time in force. */
export function matchArrival(context: EngineContext, account: Account, order: PaperOrder): void {
  const offers = fillableOffers(context, account, order);
  if (order.timeInForce === 'PostOnly' && offers.length > 0) {
    end(context, account, order, 'Cancelled', 'UNKNOWN', 'EC_PostOnlyWillTakeLiquidity');
    return;
  }
  if (order.timeInForce === 'FOK' && compare(totalQty(offers), leaves(order)) < 0) {
    end(context, account, order, 'Cancelled', 'UNKNOWN', 'EC_CancelForNoFullFill');
    return;
  }
  const wasNew = order.status === 'Accepted';
  if (wasNew) order.status = 'New';
  fill(context, account, order, offers, false);
  if (order.status === 'Filled') return;
  if (order.timeInForce === 'IOC' || order.timeInForce === 'FOK') {
    end(context, account, order, 'Cancelled', 'UNKNOWN', 'EC_NoImmediateQtyToFill');
    return;
  }
  rest(context, account, order);
  if (wasNew && isZero(order.executedQty)) tell(context, account, order);
}

function rest(context: EngineContext, account: Account, order: PaperOrder): void {
  account.refresh(order);
  const known = context.resting.of(order.symbol).some((resting) => resting.order === order);
  if (!known) context.resting.add({ account, order });
}

/** Fills every resting order that the market maker's book now crosses. */
export function sweep(context: EngineContext): void {
  for (const symbol of context.resting.symbols()) {
    const quote = context.market.quote(symbol);
    if (quote?.status !== 'Trading') continue;
    for (const { account, order } of context.resting.of(symbol)) {
      const { bids, asks } = context.market.quote(symbol)?.depth ?? quote.depth;
      const best = (order.side === 'Buy' ? asks : bids)[0];
      if (!best || !crosses(order.side, order.price, best.price)) continue;
      const offers = fillableOffers(context, account, order).filter((offer) => offer.resting === null);
      // A resting order trades at its own price: the market came to it.
      fill(
        context,
        account,
        order,
        offers.map((offer) => ({ ...offer, price: order.price })),
        true,
      );
    }
  }
}

function fillableOffers(context: EngineContext, account: Account, order: PaperOrder): readonly Offer[] {
  const depth = context.market.quote(order.symbol)?.depth ?? { bids: [], asks: [] };
  const mayTrade = ({ account: other, order: resting }: Resting): boolean =>
    other !== account && context.fillCaps.get(resting.orderId) === undefined;
  const offers = offersFor(order.side, depth, context.resting.of(order.symbol), mayTrade);
  const cap = context.fillCaps.get(order.orderId);
  const wanted = leaves(order);
  const allowed = cap === undefined ? wanted : smaller(wanted, subtract(cap, order.executedQty));
  return matched(order.side, order.price, allowed, offers);
}

/** Carries out trades of one order against these offers, telling the account once at the end. */
export function fill(
  context: EngineContext,
  account: Account,
  order: PaperOrder,
  offers: readonly Offer[],
  isMaker: boolean,
): void {
  if (offers.length === 0) return;
  const fills = offers.map((offer) => {
    if (offer.resting) {
      const { account: maker, order: resting } = offer.resting;
      report(context, maker, resting, [book(context, maker, resting, offer.price, offer.qty, true)]);
    } else context.market.take(order.symbol, order.side === 'Buy' ? 'ask' : 'bid', offer.qty);
    return book(context, account, order, offer.price, offer.qty, isMaker);
  });
  report(context, account, order, fills);
  context.events.traded?.(fills, isMaker ? opposite(order.side) : order.side);
}

function book(
  context: EngineContext,
  account: Account,
  order: PaperOrder,
  price: DecimalString,
  qty: DecimalString,
  isMaker: boolean,
): PaperFill {
  const { settings, market } = context;
  const quote = market.quote(order.symbol);
  const feeRate = isMaker ? settings.makerFeeRate : settings.takerFeeRate;
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
  order.status = isZero(leaves(order)) ? 'Filled' : 'PartiallyFilled';
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
    leavesQty: leaves(order),
    price,
    qty,
    fee,
    feeRate,
    ...(extraFees.length > 0 && { extraFees }),
    isMaker,
    closedQty: effect.closedQty,
    realisedPnl: effect.realisedPnl,
    markPrice: toText(decimal((quote?.value.mark ?? 0).toFixed(quote?.instrument.rules.markPlaces ?? 8))),
    markIv: (quote?.value.iv ?? 0).toFixed(4),
    indexPrice: index,
    underlyingPrice: (quote?.value.forward ?? 0).toFixed(quote?.instrument.rules.indexPlaces ?? 2),
    atMs,
    seq,
  };
  account.state.fills.push(filled);
  context.touchRow(account, execId);
  market.hold(symbol);
  return filled;
}

function report(
  context: EngineContext,
  account: Account,
  order: PaperOrder,
  fills: readonly PaperFill[],
): void {
  const delayMs = context.faults.pending('delayEvents', siteOf(account, order))?.ms ?? 0;
  settle(context, account, order);
  const twice =
    order.status === 'Filled' &&
    context.faults.strike('duplicateFilled', siteOf(account, order)) !== undefined;
  for (let round = 0; round < (twice ? 2 : 1); round += 1) {
    context.events.fills(account, fills, delayMs);
    tell(context, account, order);
  }
  context.events.position(account, order.symbol, delayMs);
  context.events.wallet(account, delayMs);
  trimReducers(context, account, order.symbol);
}

/** Brings the indexes in line with the order's status. */
function settle(context: EngineContext, account: Account, order: PaperOrder): void {
  account.refresh(order);
  context.touchRow(account, order.orderId);
  if (!isPending(order)) {
    context.resting.remove(order);
    context.fillCaps.delete(order.orderId);
  }
  context.events.changed();
}

/** Pushes the order as it is now. A `delayEvents` fault is used up by the final message. */
export function tell(
  context: EngineContext,
  account: Account,
  order: PaperOrder,
  told?: Partial<PaperOrder>,
): void {
  const site = siteOf(account, order);
  const delay = isOpen(order)
    ? context.faults.pending('delayEvents', site)
    : context.faults.strike('delayEvents', site);
  context.touchRow(account, order.orderId);
  context.events.order(account, order, delay?.ms ?? 0, told);
}

/** Ends an order that is not (fully) filled. */
export function end(
  context: EngineContext,
  account: Account,
  order: PaperOrder,
  status: 'Cancelled' | 'Rejected',
  cancelType: string,
  rejectReason: string,
): void {
  order.status = status;
  order.cancelType = cancelType;
  order.rejectReason = rejectReason;
  order.updatedAtMs = context.nowMs();
  settle(context, account, order);
  tell(context, account, order);
  context.events.position(account, order.symbol, 0);
}

/** An arriving reduce-only order is cut to what other reduce-only orders leave of the position; false = it is over. */
export function trimToPosition(context: EngineContext, account: Account, order: PaperOrder): boolean {
  const held = account.state.positions[order.symbol];
  const others = context.resting
    .of(order.symbol)
    .filter((other) => other.account === account && other.order !== order && other.order.reduceOnly)
    .filter((other) => other.order.side === order.side);
  const committed = totalQty(others.map((other) => ({ qty: leaves(other.order) })));
  const room = held && held.side !== order.side ? subtract(held.qty, committed) : '0';
  if (compare(room, '0') <= 0) {
    end(context, account, order, 'Cancelled', 'CancelByReduceOnly', 'EC_NoError');
    return false;
  }
  order.qty = smaller(order.qty, add(order.executedQty, room));
  return true;
}

/** After a position shrank, resting reduce-only orders give way, newest first. */
function trimReducers(context: EngineContext, account: Account, symbol: string): void {
  const held = account.state.positions[symbol];
  let room = held?.qty ?? '0';
  for (const { account: owner, order } of context.resting.of(symbol)) {
    if (owner !== account || !order.reduceOnly || !isOpen(order)) continue;
    if (!held || held.side === order.side || compare(room, '0') <= 0) {
      end(context, account, order, 'Cancelled', 'CancelByReduceOnly', 'EC_NoError');
      continue;
    }
    if (compare(leaves(order), room) > 0) {
      order.qty = add(order.executedQty, room);
      order.updatedAtMs = context.nowMs();
      tell(context, account, order);
    }
    room = subtract(room, leaves(order));
  }
}

export const siteOf = (account: Account, order: PaperOrder) => ({
  apiKey: account.apiKey,
  linkId: order.linkId,
  symbol: order.symbol,
});
