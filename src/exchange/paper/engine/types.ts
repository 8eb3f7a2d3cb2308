/**
 * What the engine keeps of an account: plain JSON (decimals as strings), so that a standing paper account can be
 * written to a file as it is. The wire's names and shapes are made elsewhere (server/rows.ts).
 */
import type { DecimalString } from '../../../domain/money.ts';
import type { SettleCoin } from '../../bybit/symbols.ts';
import type { Side } from '../../../domain/market/order.ts';

export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'PostOnly';
export type OrderStatus =
  'Accepted' | 'New' | 'PartiallyFilled' | 'Filled' | 'Cancelled' | 'Rejected' | 'Untriggered';

export type StopKind = 'TakeProfit' | 'StopLoss';

/** Prices at which a position is closed; absent where there is no such stop. */
export interface StopPrices {
  readonly takeProfit?: DecimalString;
  readonly stopLoss?: DecimalString;
}

/** What makes an order one of a stop. */
export interface StopTerms {
  readonly kind: StopKind;
  readonly triggerPrice: DecimalString;
}

/** An order as a client asked for it; its shape was checked, its terms were not. */
export interface OrderRequest {
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: 'Limit' | 'Market';
  readonly qty: DecimalString;
  readonly price: DecimalString | null;
  readonly orderIv: DecimalString | null;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly linkId: string | null;
  /** Stops of the position that the order opens. */
  readonly stops?: StopPrices;
}

export interface PaperOrder {
  readonly orderId: string;
  readonly linkId: string;
  readonly symbol: string;
  readonly baseCoin: string;
  readonly settleCoin: SettleCoin;
  readonly side: Side;
  readonly orderType: 'Limit' | 'Market';
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly orderIv: string;
  /** Limit price; the protection price of a Market order. */
  price: DecimalString;
  qty: DecimalString;
  /** `Accepted` = acknowledged, not yet in the book: no query shows it. */
  status: OrderStatus;
  cancelType: string;
  rejectReason: string;
  executedQty: DecimalString;
  executedValue: DecimalString;
  fee: DecimalString;
  closedPnl: DecimalString;
  readonly acceptedAtMs: number;
  updatedAtMs: number;
  /** Among orders of one price the lower one trades first. */
  priority: number;
  /** Of an order that a stop became, or will become; such an order has no link id. */
  readonly stop?: StopTerms;
  /** Stops that the position gets with the first fill; absent where it gets none. */
  readonly stops?: StopPrices;
}

/** A tax on a trading fee, such as India's GST (Bybit docs: v5/websocket/private/execution, extraFees). */
export interface ExtraFee {
  readonly feeCoin: SettleCoin;
  readonly feeType: string;
  readonly subFeeType: string;
  readonly feeRate: DecimalString;
  readonly fee: DecimalString;
}

export interface PaperFill {
  readonly execId: string;
  readonly orderId: string;
  readonly linkId: string;
  readonly symbol: string;
  readonly baseCoin: string;
  readonly settleCoin: SettleCoin;
  readonly side: Side;
  readonly orderType: 'Limit' | 'Market';
  readonly orderPrice: DecimalString;
  readonly orderQty: DecimalString;
  readonly leavesQty: DecimalString;
  readonly price: DecimalString;
  readonly qty: DecimalString;
  readonly fee: DecimalString;
  readonly feeRate: DecimalString;
  readonly extraFees?: readonly ExtraFee[];
  readonly isMaker: boolean;
  readonly closedQty: DecimalString;
  readonly realisedPnl: DecimalString;
  readonly markPrice: DecimalString;
  readonly markIv: DecimalString;
  readonly indexPrice: DecimalString;
  readonly underlyingPrice: DecimalString;
  readonly atMs: number;
  readonly seq: number;
  /** Of an order that a stop became. */
  readonly stopKind?: StopKind;
}

export interface PaperPosition {
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly averagePrice: DecimalString;
  /** P&L of parts closed since it was opened, fees included. */
  readonly realisedPnl: DecimalString;
  readonly openFee: DecimalString;
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
  readonly seq: number;
}

export interface DeliveryRecord {
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly entryPrice: DecimalString;
  readonly deliveryPrice: DecimalString;
  readonly strike: DecimalString;
  readonly fee: DecimalString;
  readonly realisedPnl: DecimalString;
  readonly atMs: number;
}

export interface LedgerEntry {
  readonly id: string;
  readonly type: 'TRADE' | 'DELIVERY';
  readonly symbol: string;
  readonly coin: SettleCoin;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly price: DecimalString;
  readonly cashFlow: DecimalString;
  readonly fee: DecimalString;
  readonly change: DecimalString;
  readonly balance: DecimalString;
  readonly orderId: string;
  readonly linkId: string;
  readonly atMs: number;
}

export interface ClosedPosition {
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly entryPrice: DecimalString;
  readonly exitPrice: DecimalString;
  readonly deliveryPrice: DecimalString;
  readonly openFee: DecimalString;
  readonly closeFee: DecimalString;
  readonly deliveryFee: DecimalString;
  readonly totalPnl: DecimalString;
  readonly openedAtMs: number;
  readonly closedAtMs: number;
}

/** A perpetual or a coin that was given to the account; it is not traded here. */
export interface PaperHolding {
  /** In base coin, negative for a short. */
  readonly qty: DecimalString;
  /** Index when it was given. */
  readonly averagePrice: DecimalString;
  readonly updatedAtMs: number;
}

/** Everything of one account that outlives a restart. */
export interface AccountState {
  readonly apiKey: string;
  wallet: Record<SettleCoin, DecimalString>;
  positions: Record<string, PaperPosition>;
  orders: PaperOrder[];
  fills: PaperFill[];
  deliveries: DeliveryRecord[];
  ledger: LedgerEntry[];
  closed: ClosedPosition[];
  /** By symbol; absent while the account never had any. */
  holdings?: Record<string, PaperHolding>;
}

export const isOpen = (order: PaperOrder): boolean =>
  order.status === 'New' || order.status === 'PartiallyFilled';
/** Waits for its price: it is no order in the book, and needs no margin. */
export const isUntriggered = (order: PaperOrder): boolean => order.status === 'Untriggered';
export const isPending = (order: PaperOrder): boolean => order.status === 'Accepted' || isOpen(order);
