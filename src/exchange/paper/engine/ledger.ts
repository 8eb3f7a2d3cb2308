/**
 * Cash and positions of one account: what a fill or a delivery changes, in exact decimals. The one invariant is that
 * the wallet moves by exactly −Σ side·price·qty − fees plus what deliveries pay. Whether a fill may happen is decided
 * elsewhere.
 */
import {
  add,
  compare,
  decimal,
  isZero,
  multiply,
  smaller,
  subtract,
  toText,
  type DecimalString,
} from '../../../domain/money.ts';
import { opposite, type Side } from '../../../domain/market/order.ts';
import type { SettleCoin } from '../../bybit/symbols.ts';
import type { AccountState, LedgerEntry } from './types.ts';

export interface Trade {
  readonly symbol: string;
  readonly settleCoin: SettleCoin;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly price: DecimalString;
  readonly fee: DecimalString;
  /** Taxes on the fee, paid with it. */
  readonly extraFee?: DecimalString;
  readonly orderId: string;
  readonly linkId: string;
  readonly atMs: number;
  readonly seq: number;
  readonly entryId: string;
}

export interface TradeEffect {
  /** Part of the quantity that closed an existing position. */
  readonly closedQty: DecimalString;
  /** Gain of that part before fees. */
  readonly realisedPnl: DecimalString;
}

/** A quantity or an amount with the sign of its side: positive for long. */
export const signed = (side: Side, qty: DecimalString): DecimalString =>
  side === 'Buy' ? qty : multiply(qty, '-1');

/** Books a fill: cash, position, and what was closed. */
export function applyTrade(account: AccountState, trade: Trade): TradeEffect {
  const held = account.positions[trade.symbol];
  const closing = held !== undefined && held.side !== trade.side;
  const closedQty = closing ? smaller(held.qty, trade.qty) : '0';
  const realisedPnl = closing
    ? multiply(subtract(trade.price, held.averagePrice), signed(held.side, closedQty))
    : '0';
  const cashFlow = multiply(signed(opposite(trade.side), trade.price), trade.qty);
  const paid = add(trade.fee, trade.extraFee ?? '0');
  const { entryId: id, settleCoin: coin } = trade;
  moveCash(account, { ...trade, type: 'TRADE', id, coin, cashFlow, fee: paid });
  const effect = { closedQty, realisedPnl };
  movePosition(account, trade, effect);
  return effect;
}

function movePosition(account: AccountState, trade: Trade, { closedQty, realisedPnl }: TradeEffect): void {
  const held = account.positions[trade.symbol];
  const closedFee = isZero(closedQty) ? '0' : share(trade.fee, closedQty, trade.qty);
  const openedQty = subtract(trade.qty, closedQty);
  const restQty = held && compare(closedQty, '0') > 0 ? subtract(held.qty, closedQty) : '0';
  if (held && compare(closedQty, '0') > 0) {
    const openFeePart = share(held.openFee, closedQty, held.qty);
    account.closed.push({
      symbol: held.symbol,
      side: held.side,
      qty: closedQty,
      entryPrice: held.averagePrice,
      exitPrice: trade.price,
      deliveryPrice: '',
      openFee: openFeePart,
      closeFee: closedFee,
      deliveryFee: '0',
      totalPnl: subtract(realisedPnl, add(openFeePart, closedFee)),
      openedAtMs: held.openedAtMs,
      closedAtMs: trade.atMs,
    });
    if (compare(restQty, '0') > 0) {
      account.positions[trade.symbol] = {
        ...held,
        qty: restQty,
        realisedPnl: add(held.realisedPnl, subtract(realisedPnl, closedFee)),
        openFee: subtract(held.openFee, openFeePart),
        updatedAtMs: trade.atMs,
        seq: trade.seq,
      };
      return;
    }
    account.positions = without(account.positions, trade.symbol);
  }
  if (compare(openedQty, '0') > 0)
    openOrGrow(account, { ...trade, qty: openedQty, fee: subtract(trade.fee, closedFee) });
}

/** Books a trade, or the part of one, that closes nothing. */
function openOrGrow(account: AccountState, trade: Trade): void {
  const { qty, fee } = trade;
  const held = account.positions[trade.symbol];
  const total = add(held?.qty ?? '0', qty);
  const value = add(multiply(held?.averagePrice ?? '0', held?.qty ?? '0'), multiply(trade.price, qty));
  account.positions[trade.symbol] = {
    symbol: trade.symbol,
    side: trade.side,
    qty: total,
    averagePrice: toText(decimal(value).dividedBy(total).toDecimalPlaces(8)),
    realisedPnl: subtract(held?.realisedPnl ?? '0', fee),
    openFee: add(held?.openFee ?? '0', fee),
    openedAtMs: held?.openedAtMs ?? trade.atMs,
    updatedAtMs: trade.atMs,
    seq: trade.seq,
  };
}

/** A movement of cash before it is booked. */
export type CashEntry = Omit<LedgerEntry, 'change' | 'balance'>;

/** Books `cashFlow − fee` into the wallet and writes the line of the transaction log. */
export function moveCash(account: AccountState, entry: CashEntry): void {
  const { coin, cashFlow, fee } = entry;
  const change = subtract(cashFlow, fee);
  account.wallet[coin] = add(account.wallet[coin], change);
  account.ledger.push({
    id: entry.id,
    type: entry.type,
    symbol: entry.symbol,
    coin,
    side: entry.side,
    qty: entry.qty,
    price: entry.price,
    cashFlow,
    fee,
    change,
    balance: account.wallet[coin],
    orderId: entry.orderId,
    linkId: entry.linkId,
    atMs: entry.atMs,
  });
}

const share = (total: DecimalString, part: DecimalString, whole: DecimalString): DecimalString =>
  toText(decimal(total).times(part).dividedBy(whole).toDecimalPlaces(8));

/** A copy of a record that lacks one key. */
export const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
