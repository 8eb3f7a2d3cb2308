/**
 * Account data in the wire's shapes (docs/exchange.md): orders, executions, positions, wallets. Field names
 * differ between REST and stream in a few places; both are made here, next to each other.
 */
import {
  decimal,
  Decimal,
  isZero,
  multiply,
  subtract,
  toText,
  type DecimalString,
} from '../../../domain/money.ts';
import type { Side } from '../../../domain/market/order.ts';
import type { Account } from '../engine/account.ts';
import { leavesQty } from '../engine/books.ts';
import { positionMargin, summarise } from '../engine/margin.ts';
import type { Conditions } from '../engine/settings.ts';
import { isCancellable } from '../engine/stop-rules.ts';
import type { PaperFill, PaperOrder, PaperPosition, StopKind } from '../engine/types.ts';
import { markOf, type Market } from '../market.ts';
import type { SettleCoin } from '../../bybit/symbols.ts';
import { heldCoins, holdingCoinRow } from './holding-rows.ts';

const rounded = (value: Decimal, places = 8): string => toText(value.toDecimalPlaces(places));

function omit<T extends object, K extends keyof T>(row: T, field: K): Omit<T, K> {
  const copy: Partial<T> = { ...row };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a copy made for this
  delete copy[field];
  return copy as Omit<T, K>;
}

const createTypeOf = (kind: StopKind | undefined): string => `CreateBy${kind ?? 'User'}`;

export function orderRow(order: PaperOrder) {
  const isStanding = isCancellable(order);
  const openQty = isStanding ? leavesQty(order) : '0';
  const averagePrice = isZero(order.executedQty)
    ? ''
    : rounded(decimal(order.executedValue).dividedBy(order.executedQty));
  return {
    orderId: order.orderId,
    orderLinkId: order.linkId,
    blockTradeId: '',
    symbol: order.symbol,
    price: order.price,
    qty: order.qty,
    side: order.side,
    isLeverage: '',
    positionIdx: 0,
    orderStatus: order.status,
    createType: createTypeOf(order.stop?.kind),
    cancelType: order.cancelType,
    rejectReason: order.rejectReason,
    avgPrice: averagePrice,
    leavesQty: openQty,
    leavesValue: isStanding ? multiply(openQty, order.price) : '0',
    cumExecQty: order.executedQty,
    cumExecValue: order.executedValue,
    cumExecFee: order.fee,
    timeInForce: order.timeInForce,
    orderType: order.orderType,
    stopOrderType: order.stop?.kind ?? '',
    orderIv: order.orderIv,
    triggerPrice: order.stop?.triggerPrice ?? '',
    takeProfit: order.stops?.takeProfit ?? '',
    stopLoss: order.stops?.stopLoss ?? '',
    tpTriggerBy: '',
    slTriggerBy: '',
    tpslMode: '',
    triggerDirection: order.stop ? ((order.side === 'Buy') === (order.stop.kind === 'StopLoss') ? 1 : 2) : 0,
    triggerBy: '',
    lastPriceOnCreated: '',
    reduceOnly: order.reduceOnly,
    closeOnTrigger: false,
    placeType: order.orderIv === '' ? 'price' : 'iv',
    smpType: 'None',
    smpGroup: 0,
    smpOrderId: '',
    createdTime: String(order.acceptedAtMs),
    updatedTime: String(order.updatedAtMs),
  };
}

/** The stream's form: no `createType` for options, empty leaves on final states, P&L and category added. */
export function orderPush(order: PaperOrder) {
  const row = omit(orderRow(order), 'createType');
  const ended = !isCancellable(order);
  return {
    category: 'option',
    ...row,
    leavesQty: ended ? '' : row.leavesQty,
    leavesValue: ended ? '' : row.leavesValue,
    closedPnl: order.closedPnl,
    feeCurrency: '',
  };
}

export const executionRow = (fill: PaperFill) => ({
  symbol: fill.symbol,
  orderId: fill.orderId,
  orderLinkId: fill.linkId,
  side: fill.side,
  orderPrice: fill.orderPrice,
  orderQty: fill.orderQty,
  leavesQty: fill.leavesQty,
  orderType: fill.orderType,
  stopOrderType: fill.stopKind ?? '',
  createType: createTypeOf(fill.stopKind),
  execFee: fill.fee,
  feeRate: fill.feeRate,
  feeCurrency: fill.settleCoin,
  execId: fill.execId,
  execPrice: fill.price,
  execQty: fill.qty,
  execValue: multiply(fill.price, fill.qty),
  execType: 'Trade',
  execTime: String(fill.atMs),
  isMaker: fill.isMaker,
  tradeIv: fill.markIv,
  markIv: fill.markIv,
  markPrice: fill.markPrice,
  indexPrice: fill.indexPrice,
  underlyingPrice: fill.underlyingPrice,
  blockTradeId: '',
  closedSize: fill.closedQty,
  seq: fill.seq,
  extraFees: fill.extraFees ?? '',
});

export function executionPush(fill: PaperFill) {
  const row = omit(executionRow(fill), 'createType');
  return { category: 'option', ...row, execPnl: fill.realisedPnl, isLeverage: '0' };
}

/** A trade as the public stream shows it. */
export const publicTradeRow = (fill: PaperFill, side: Side) => ({
  T: fill.atMs,
  s: fill.symbol,
  S: side,
  v: fill.qty,
  p: fill.price,
  i: fill.execId,
  BT: false,
  RPI: false,
  seq: fill.seq,
  mP: fill.markPrice,
  iP: fill.indexPrice,
  mIv: fill.markIv,
  iv: fill.markIv,
});

export const fastExecutionPush = (fill: PaperFill) => ({
  category: 'option',
  symbol: fill.symbol,
  execId: fill.execId,
  execPrice: fill.price,
  execQty: fill.qty,
  orderId: fill.orderId,
  isMaker: fill.isMaker,
  orderLinkId: fill.isMaker ? '' : fill.linkId,
  side: fill.side,
  execTime: String(fill.atMs),
  seq: fill.seq,
});

const greekText = (value: number, size: DecimalString, sign: 1 | -1): string =>
  rounded(new Decimal(value.toFixed(10)).times(size).times(sign));

/** @param position undefined for an option that is not held */
export function positionRow(symbol: string, position: PaperPosition | undefined, conditions: Conditions) {
  const quote = conditions.market.quote(symbol);
  const mark = quote ? rounded(markOf(quote)) : '0';
  const base = {
    symbol,
    positionIdx: 0,
    side: position?.side ?? '',
    size: position?.qty ?? '0',
    avgPrice: position?.averagePrice ?? '0',
    markPrice: mark,
    leverage: '',
    liqPrice: '',
    bustPrice: '',
    positionStatus: 'Normal',
    adlRankIndicator: 0,
    autoAddMargin: 0,
    takeProfit: '',
    stopLoss: '',
    trailingStop: '0',
    tpslMode: 'Full',
    tradeMode: 0,
    riskId: 0,
    riskLimitValue: '',
    isReduceOnly: false,
    mmrSysUpdatedTime: '',
    leverageSysUpdatedTime: '',
    createdTime: String(position?.openedAtMs ?? ''),
    updatedTime: String(position?.updatedAtMs ?? ''),
    openTime: position?.openedAtMs ?? 0,
    seq: position?.seq ?? -1,
    cumRealisedPnl: '',
  };
  if (!position) return { ...base, ...noExposure };
  const margin = positionMargin(position, conditions);
  const sign = position.side === 'Buy' ? 1 : -1;
  const greek = (value: number | undefined): string => greekText(value ?? 0, position.qty, sign);
  return {
    ...base,
    positionValue: rounded(margin.value),
    positionIM: rounded(margin.initial),
    positionIMByMp: rounded(margin.initial),
    positionMM: rounded(margin.maintenance),
    positionMMByMp: rounded(margin.maintenance),
    positionBalance: '',
    delta: greek(quote?.value.delta),
    gamma: greek(quote?.value.gamma),
    vega: greek(quote?.value.vega),
    theta: greek(quote?.value.theta),
    unrealisedPnl: multiply(multiply(subtract(mark, position.averagePrice), position.qty), String(sign)),
    curRealisedPnl: position.realisedPnl,
  };
}

const noExposure = {
  positionValue: '',
  positionIM: '',
  positionIMByMp: '',
  positionMM: '',
  positionMMByMp: '',
  positionBalance: '',
  delta: '',
  gamma: '',
  vega: '',
  theta: '',
  unrealisedPnl: '',
  curRealisedPnl: '0',
} as const;

/** The stream says `entryPrice` where REST says `avgPrice`. */
export function positionPush(symbol: string, position: PaperPosition | undefined, conditions: Conditions) {
  const { avgPrice, ...row } = positionRow(symbol, position, conditions);
  return { category: 'option', ...row, entryPrice: avgPrice, cumRealisedPnl: row.curRealisedPnl };
}

/** @param coins default: those of which there is any */
export function walletRow(account: Account, conditions: Conditions, coins?: readonly string[]) {
  const summary = summarise(account, conditions);
  const others = heldCoins(account, conditions, coins);
  const coinValue = others.reduce((total, { value }) => total.plus(value), new Decimal(0));
  const equity = summary.wallet.plus(summary.optionValue).plus(coinValue);
  const rate = (margin: Decimal): string =>
    summary.wallet.greaterThan(0) ? rounded(margin.dividedBy(summary.wallet), 4) : '';
  const initial = summary.positionInitial.plus(summary.orderInitial);
  const maintenance = summary.positionMaintenance.plus(summary.orderMaintenance);
  const all = ['USDT', 'USDC'] as const;
  const shown = all.filter((coin) => coins?.includes(coin) ?? !isZero(account.state.wallet[coin]));
  return {
    accountType: 'UNIFIED',
    accountLTV: '0',
    accountIMRate: rate(initial),
    accountMMRate: rate(maintenance),
    totalEquity: rounded(equity),
    totalWalletBalance: rounded(summary.wallet.plus(coinValue)),
    totalMarginBalance: rounded(summary.wallet),
    totalAvailableBalance: rounded(Decimal.max(0, summary.available)),
    totalPerpUPL: '0',
    totalInitialMargin: rounded(initial),
    totalMaintenanceMargin: rounded(maintenance),
    coin: [...shown.map((coin) => coinRow(account, coin, conditions)), ...others.map(holdingCoinRow)],
  };
}

/** What belongs to one settle coin, positions and working orders. */
function coinRow(account: Account, coin: SettleCoin, conditions: Conditions) {
  const summary = summarise(
    account,
    conditions,
    ({ symbol }) => conditions.market.instrument(symbol)?.settleCoin === coin,
  );
  const wallet = decimal(account.state.wallet[coin]);
  const equity = rounded(wallet.plus(summary.optionValue));
  return {
    coin,
    equity,
    usdValue: equity,
    walletBalance: rounded(wallet),
    free: '',
    locked: '0',
    borrowAmount: '0',
    accruedInterest: '0',
    totalOrderIM: rounded(summary.orderInitial),
    totalPositionIM: rounded(summary.positionInitial),
    totalPositionMM: rounded(summary.positionMaintenance),
    unrealisedPnl: '0',
    cumRealisedPnl: '0',
    bonus: '0',
    collateralSwitch: true,
    marginCollateral: true,
    spotHedgingQty: '0',
    spotBorrow: '0',
    availableToBorrow: '',
    availableToWithdraw: '',
  };
}

/** Sums of greeks per base coin. */
export function greekRows(account: Account, market: Market) {
  return market.baseCoins().map((baseCoin) => {
    const totals = { totalDelta: 0, totalGamma: 0, totalVega: 0, totalTheta: 0 };
    for (const position of Object.values(account.state.positions)) {
      const quote = market.quote(position.symbol);
      if (quote?.instrument.baseCoin !== baseCoin) continue;
      const size = Number(position.qty) * (position.side === 'Buy' ? 1 : -1);
      totals.totalDelta += quote.value.delta * size;
      totals.totalGamma += quote.value.gamma * size;
      totals.totalVega += quote.value.vega * size;
      totals.totalTheta += quote.value.theta * size;
    }
    const texts = Object.entries(totals).map(([name, value]) => [
      name,
      rounded(new Decimal(value.toFixed(8))),
    ]);
    return { baseCoin, ...(Object.fromEntries(texts) as Record<keyof typeof totals, string>) };
  });
}
