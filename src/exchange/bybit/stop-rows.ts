/** What rows of orders say of stops (docs/exchange.md#stops): which stand, and what those that fired have executed. */
import { isPositive } from '../../domain/money.ts';
import type { StandingStop, StopFill, StopKind } from '../../domain/market/stops.ts';
import type { StopRow } from './messages.ts';

const kinds: ReadonlyMap<string, StopKind> = new Map([
  ['StopLoss', 'stopLoss'],
  ['PartialStopLoss', 'stopLoss'],
  ['TakeProfit', 'takeProfit'],
  ['PartialTakeProfit', 'takeProfit'],
  ['TrailingStop', 'other'],
  ['Stop', 'other'],
  ['StopOrder', 'other'],
  ['MmRateClose', 'other'],
]);

/** `null` for an order that is not of a stop. The stream of options has no `createType`. */
export const stopKindOf = ({
  stopOrderType,
  createType,
}: Pick<StopRow, 'stopOrderType' | 'createType'>): StopKind | null =>
  kinds.get(stopOrderType) ?? kinds.get(createType.replace(/^CreateBy/, '')) ?? null;

/** `null` for an order that does not wait for its price. */
export function parseStandingStop(row: StopRow): StandingStop | null {
  const kind = stopKindOf(row);
  if (kind === null || row.orderStatus !== 'Untriggered' || row.triggerPrice === null) return null;
  return { symbol: row.symbol, kind, qty: row.qty ?? '0', mark: row.triggerPrice };
}

/** `null` for an order of no stop, and for one that has executed nothing. */
export function parseStopFill(row: StopRow): StopFill | null {
  const kind = stopKindOf(row);
  const { symbol, side, cumExecQty: qty, cumExecValue: value, cumExecFee: fee, updatedTime: atMs } = row;
  if (kind === null || qty === null || !isPositive(qty) || value === null || atMs === null) return null;
  return { symbol, kind, side, qty, value, fee: fee ?? '0', atMs };
}
