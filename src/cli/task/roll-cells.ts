/**
 * A roll as rows of a table, one for each leg that it moved; in the first row its time, its net credit and its fees, which are
 * of all legs together.
 */
import { averagePrice } from '../../domain/orders/order-progress.ts';
import type { MoveSummary, RollSummary } from '../../domain/roll/roll.ts';

export const moneyHead = ['CLOSED AT', 'OPENED AT', 'NET CREDIT', 'FEES'] as const;

interface Cells {
  /** Before the others, in the first row. */
  readonly ofRoll: readonly string[];
  /** Of a leg, before its prices. */
  readonly ofLeg: (move: MoveSummary) => readonly string[];
}

export function rollRows(roll: RollSummary, { ofRoll, ofLeg }: Cells): string[][] {
  const { others = [], netCredit, fee } = roll;
  return [roll, ...others].map((move, place) => [
    ...ofRoll.map((cell) => (place === 0 ? cell : '')),
    ...ofLeg(move),
    ...pricesOf(move),
    ...(place === 0 ? [netCredit, fee] : ['', '']),
  ]);
}

const pricesOf = ({ closed, opened, toSymbol }: MoveSummary): string[] => [
  averagePrice(closed.value, closed.executedQty),
  toSymbol === null ? '' : averagePrice(opened.value, opened.executedQty),
];
