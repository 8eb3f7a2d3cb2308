/** The money of a roll as cells of a table: average prices of both legs, net credit, fees. */
import { averagePrice } from '../../domain/orders/order-progress.ts';
import type { RollSummary } from '../../domain/roll/roll.ts';

export const moneyHead = ['CLOSED AT', 'OPENED AT', 'NET CREDIT', 'FEES'] as const;

export const moneyCells = ({ closed, opened, toSymbol, netCredit, fee }: RollSummary): string[] => [
  averagePrice(closed.value, closed.executedQty),
  toSymbol === null ? '' : averagePrice(opened.value, opened.executedQty),
  netCredit,
  fee,
];
