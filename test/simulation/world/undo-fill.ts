/** What lists showed before a fill: they lag behind what was traded. */
import { add, compare, isZero, subtract } from '../../../src/domain/money.ts';
import type { Position } from '../../../src/domain/market/order.ts';
import type { PaperFill } from '../../../src/exchange/paper/engine/types.ts';

/** A position before this fill. */
export function undo(position: Position, { side, qty }: PaperFill): Position {
  const signed = position.side === 'Sell' ? subtract('0', position.qty) : position.qty;
  const before = side === 'Buy' ? subtract(signed, qty) : add(signed, qty);
  const direction = compare(before, '0');
  return {
    ...position,
    side: isZero(before) ? null : direction > 0 ? 'Buy' : 'Sell',
    qty: direction < 0 ? subtract('0', before) : before,
  };
}
