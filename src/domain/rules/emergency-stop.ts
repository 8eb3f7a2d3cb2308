/** Where a task's emergency stop has to stand: at a mark of the option that is held now. */
import type { HeldOption } from '../market/held-option.ts';
import { decimal, isPositive, onGrid, type DecimalString } from '../money.ts';

/** A stop-loss that stands at the exchange for the time in which no daemon runs. */
export interface EmergencyStop {
  /** Share of the premium that is lost when it fires: `"2"` of a short option that was sold at 700 is a mark of 2100. */
  readonly loss: DecimalString;
}

/** A stop-loss of one option, at a mark price of it. */
export interface StopPlace {
  readonly symbol: string;
  readonly mark: DecimalString;
}

/** @returns `null` where nothing is held, and for a loss that a long option cannot make */
export function emergencyStopOf(
  stop: EmergencyStop,
  { symbol, side, qty, premium }: HeldOption,
  tickSize: DecimalString,
): StopPlace | null {
  if (!isPositive(qty)) return null;
  const perUnit = decimal(premium).dividedBy(qty);
  const factor = side === 'Sell' ? decimal('1').plus(stop.loss) : decimal('1').minus(stop.loss);
  // On the side that is farther, so that it never fires before the loss is made.
  const mark = onGrid(perUnit.times(factor).toFixed(), tickSize, side === 'Sell' ? 'up' : 'down');
  return isPositive(mark) ? { symbol, mark } : null;
}
