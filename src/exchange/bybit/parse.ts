/**
 * Pure functions from Bybit's rows to the domain's types. They own what the fields mean (docs/exchange.md#fills: only
 * `cumExecQty` says how much was traded); shapes are in messages.ts. A row without a possible meaning throws `Unreadable`:
 * on a stream it is counted and skipped, in an answer it makes the read fail.
 */
import { plainText } from '../../domain/foreign-text.ts';
import type { DecimalString } from '../../domain/money.ts';
import { compare, isPositive, multiply, subtract, sum } from '../../domain/money.ts';
import { expiryDateMs, tryParseOptionSymbol } from './symbols.ts';
import type {
  Fill,
  Greeks,
  Instrument,
  Margin,
  OrderReport,
  Position,
  Quote,
  Settlement,
} from '../../domain/market/order.ts';
import type { Readings } from '../../domain/rules/triggers.ts';
import { dayMs } from '../../domain/units.ts';
import { refusalOf } from './errors.ts';
import { expiryKindOf } from './expiries.ts';
import type {
  DeliveryRow,
  ExecutionRow,
  FastExecutionRow,
  LinearTickerRow,
  InstrumentRow,
  OptionTickerRow,
  OrderRow,
  PositionRow,
  WalletRow,
} from './messages.ts';

export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** The first thing that is wrong with a message, in one line without control characters; it may quote the message. */
export const shortReason = (error: unknown): string => plainText(firstProblem(error));

function firstProblem(error: unknown): string {
  if (error instanceof Unreadable) return error.message;
  const issues = (Object(error) as { issues?: { path: PropertyKey[]; message: string }[] }).issues;
  const issue = issues?.[0];
  if (issue) return `${issue.path.map(String).join('.')}: ${issue.message}`;
  return error instanceof Error ? error.message : 'unknown reason';
}

/** `PartiallyFilledCanceled` is spot's; a cancelled or rejected option order may carry fills under its plain status. */
const statuses: ReadonlyMap<string, OrderReport['status']> = new Map([
  ['Created', 'open'],
  ['Active', 'open'],
  ['New', 'open'],
  ['PartiallyFilled', 'open'],
  ['Untriggered', 'open'],
  // A moment between Untriggered and New (Bybit docs: v5/enum, orderStatus).
  ['Triggered', 'open'],
  ['Filled', 'filled'],
  ['Cancelled', 'cancelled'],
  ['PartiallyFilledCanceled', 'cancelled'],
  ['Deactivated', 'cancelled'],
  ['Rejected', 'rejected'],
]);

/**
 * A second `Filled` with `EC_OrigClOrdIDDoesNotExist` reports a cancel that came too late: the order is still filled.
 * `leavesQty` is not read at all, because it is unreliable on final states.
 * @throws Unreadable for an unknown status, and for an ended order without executed quantity
 */
export function parseOrder(row: OrderRow): OrderReport {
  const status = statuses.get(row.orderStatus);
  if (status === undefined) throw new Unreadable(`unknown order status ${JSON.stringify(row.orderStatus)}`);
  if (row.cumExecQty === null && status !== 'open' && status !== 'rejected') {
    throw new Unreadable(`order ${row.orderLinkId} is ${row.orderStatus} without cumExecQty`);
  }
  if (status === 'filled' && row.cumExecQty !== null && !isPositive(row.cumExecQty)) {
    throw new Unreadable(`order ${row.orderLinkId} is Filled with cumExecQty ${row.cumExecQty}`);
  }
  assertWithin('cumExecQty', row.cumExecQty, upTo(row.qty ?? quantityMax));
  const isEnded = status === 'cancelled' || status === 'rejected';
  return {
    linkId: row.orderLinkId,
    symbol: row.symbol,
    side: row.side,
    status,
    qty: required(row.qty, 'qty'),
    price: row.price ?? '0',
    executedQty: row.cumExecQty ?? '0',
    averagePrice: row.avgPrice ?? '0',
    fee: row.cumExecFee ?? '0',
    reason: isEnded ? reasonOf(row) : '',
    refusal: isEnded ? refusalOf(row.cancelType, row.rejectReason) : null,
    updatedAtMs: required(row.updatedTime ?? row.createdTime, 'updatedTime'),
  };
}

/**
 * The rejection of a second order under a link id carries that id, but says nothing about the first order, which may be
 * open or filled (docs/exchange.md#link-ids).
 */
export const isDuplicate = (row: OrderRow): boolean => row.rejectReason === 'EC_DuplicatedClOrdID';

const noReason = new Set(['', 'UNKNOWN', 'EC_NoError']);
const reasonOf = (row: OrderRow): string =>
  [row.cancelType, row.rejectReason].filter((reason) => !noReason.has(reason)).join(', ');

/** @throws Unreadable also for more than was ordered or less than 0, because leg 2 opens what leg 1 executed */
export function parseFill(row: ExecutionRow): Fill {
  assertWithin('execQty', row.execQty, upTo(row.orderQty ?? quantityMax));
  assertWithin('execPrice', row.execPrice, priceBounds);
  return {
    execId: row.execId,
    linkId: row.orderLinkId,
    symbol: row.symbol,
    side: row.side,
    qty: required(row.execQty, 'execQty'),
    price: required(row.execPrice, 'execPrice'),
    fee: sum([row.execFee ?? '0', ...row.extraFees.map(({ fee }) => fee ?? '0')]),
    atMs: required(row.execTime, 'execTime'),
  };
}

/** @throws Unreadable for an impossible figure */
export function parseFastFill(row: FastExecutionRow): Fill {
  assertWithin('execQty', row.execQty, upTo(quantityMax));
  assertWithin('execPrice', row.execPrice, priceBounds);
  return {
    execId: row.execId,
    linkId: row.orderLinkId,
    symbol: row.symbol,
    side: row.side,
    qty: required(row.execQty, 'execQty'),
    price: required(row.execPrice, 'execPrice'),
    fee: '0',
    atMs: required(row.execTime, 'execTime'),
    isFast: true,
  };
}

export function parsePosition(row: PositionRow): Position {
  const qty = required(row.size, 'size');
  if (!isPositive(qty)) return flat(row.symbol);
  if (row.side !== 'Buy' && row.side !== 'Sell') {
    throw new Unreadable(`position of ${qty} ${row.symbol} without a side`);
  }
  return {
    symbol: row.symbol,
    side: row.side,
    qty,
    averagePrice: required(row.avgPrice ?? row.entryPrice, 'avgPrice'),
  };
}

export const flat = (symbol: string): Position => ({ symbol, side: null, qty: '0', averagePrice: '0' });

/** Totals are in USD. In isolated margin the exchange leaves the available balance empty; it counts as 0. */
export const parseMargin = (row: WalletRow): Margin => ({
  initialRate: row.accountIMRate,
  maintenanceRate: row.accountMMRate,
  equity: row.totalEquity ?? '0',
  available: row.totalAvailableBalance ?? '0',
  balance: row.totalMarginBalance,
  initial: row.totalInitialMargin,
  maintenance: row.totalMaintenanceMargin,
});

/** With its sign; in hedge mode a perpetual has a row for each side. */
export const netQuantity = (positions: readonly Position[]): DecimalString =>
  sum(positions.map(({ side, qty }) => (side === 'Sell' ? multiply(qty, '-1') : qty)));

/** What is owned of a coin: without what is borrowed. A wallet does not show coins of which there is nothing. */
export function coinQuantity({ coin: coins }: WalletRow, coin: string): DecimalString {
  const row = coins.find((each) => each.coin === coin);
  return row ? subtract(row.walletBalance ?? '0', row.spotBorrow ?? '0') : '0';
}

/** The exchange sets the hour of a delivery; its day is in the symbol, and a time far from that day is a wrong figure. */
const deliveryOffMaxMs = 2 * dayMs;

/** The symbol is kept as received, never rebuilt; coins, strike and type are read from it. */
export function parseInstrument(row: InstrumentRow): Instrument {
  const symbol = tryParseOptionSymbol(row.symbol);
  if (!symbol) throw new Unreadable(`not an option symbol: ${JSON.stringify(row.symbol)}`);
  const { settleCoin, baseCoin } = symbol;
  // A display name parses like a symbol of the other series; only the other fields show which it is.
  if (![settleCoin, ''].includes(row.settleCoin) || ![baseCoin, ''].includes(row.baseCoin)) {
    throw new Unreadable(`${row.symbol} is said to be ${row.baseCoin} settled in ${row.settleCoin}`);
  }
  const expiryMs = required(row.deliveryTime, 'deliveryTime');
  const dateMs = expiryDateMs(symbol.expiry) ?? expiryMs;
  if (Math.abs(expiryMs - dateMs) > deliveryOffMaxMs)
    throw new Unreadable(`deliveryTime of ${row.symbol} is ${expiryMs}, which is not that date`);
  return {
    symbol: row.symbol,
    baseCoin,
    settleCoin,
    optionType: symbol.optionType,
    strike: symbol.strike,
    status: row.status,
    expiryMs,
    expiryKind: expiryKindOf(expiryMs),
    tickSize: required(row.priceFilter.tickSize, 'tickSize'),
    minPrice: required(row.priceFilter.minPrice ?? row.priceFilter.tickSize, 'minPrice'),
    qtyStep: required(row.lotSizeFilter.qtyStep, 'qtyStep'),
    minQty: required(row.lotSizeFilter.minOrderQty ?? row.lotSizeFilter.qtyStep, 'minOrderQty'),
    maxQty: required(row.lotSizeFilter.maxOrderQty, 'maxOrderQty'),
  };
}

/**
 * @param atMs when the exchange sent the answer or frame, exchange time; REST tickers carry no time of their own
 * @throws Unreadable for an impossible figure
 * @returns null when the exchange shows no mark or no index price above 0, without which nothing can be judged
 */
export function parseQuote(row: OptionTickerRow, atMs: number): Quote | null {
  assertWithin('markPrice', row.markPrice, priceBounds);
  assertWithin('indexPrice', row.indexPrice, priceBounds);
  assertWithin('delta', row.delta, deltaBounds);
  if (row.markPrice === null || row.indexPrice === null || !isPositive(row.indexPrice)) return null;
  return {
    symbol: row.symbol,
    bid: quoted(row.bid1Price ?? row.bidPrice, row.bid1Size ?? row.bidSize),
    ask: quoted(row.ask1Price ?? row.askPrice, row.ask1Size ?? row.askSize),
    mark: row.markPrice,
    index: row.indexPrice,
    greeks: parseGreeks(row),
    openInterest: row.openInterest,
    atMs,
  };
}

function parseGreeks(row: OptionTickerRow): Greeks | null {
  const { delta, gamma, vega, theta } = row;
  if (delta === null || gamma === null || vega === null || theta === null) return null;
  return { delta, gamma, vega, theta, volatility: row.markIv ?? row.markPriceIv };
}

interface Bounds {
  readonly min: DecimalString;
  readonly max: DecimalString;
}

const upTo = (max: DecimalString): Bounds => ({ min: '0', max });
/** No price is as high, whatever coin it is in. */
const priceBounds = upTo('1000000000000');
/** No position is as large. */
const quantityMax = '1000000000000';
const deltaBounds: Bounds = { min: '-1', max: '1' };

/** @throws Unreadable for an impossible figure: the message is counted as malformed, and nothing in it is used */
function assertWithin(name: string, value: DecimalString | null, { min, max }: Bounds): void {
  if (value !== null && (compare(value, max) > 0 || compare(value, min) < 0))
    throw new Unreadable(`${name} is ${value}, which is impossible`);
}

/** On this wire "0" often stands for "no value"; as a price it would fire every trigger below it. */
export function underlyingReadings({ indexPrice, markPrice, lastPrice }: LinearTickerRow): Readings {
  for (const [name, price] of Object.entries({ indexPrice, markPrice, lastPrice }))
    assertWithin(name, price, priceBounds);
  if (indexPrice !== null && !isPositive(indexPrice)) throw new Unreadable(`indexPrice is ${indexPrice}`);
  return {
    ...(indexPrice !== null && { index: indexPrice }),
    ...(markPrice !== null && isPositive(markPrice) && { mark: markPrice }),
    ...(lastPrice !== null && isPositive(lastPrice) && { last: lastPrice }),
  };
}

/**
 * `side` is read as the position's. The sample in the documentation leaves that open (docs/exchange.md#not-known), so
 * nothing relies on it.
 */
export const parseSettlement = (row: DeliveryRow): Settlement => ({
  symbol: row.symbol,
  side: row.side,
  qty: required(row.position, 'position'),
  deliveryPrice: required(row.deliveryPrice, 'deliveryPrice'),
  fee: row.fee ?? '0',
  atMs: required(row.deliveryTime, 'deliveryTime'),
});

/** A price or size of `"0"` means that this side of the book is empty (Bybit docs: v5/market/tickers). */
const quoted = (price: DecimalString | null, size: DecimalString | null): DecimalString | null =>
  price !== null && isPositive(price) && (size === null || isPositive(size)) ? price : null;

function required<T>(value: T | null, name: string): T {
  if (value === null) throw new Unreadable(`${name} is missing`);
  return value;
}
