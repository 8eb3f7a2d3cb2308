/** The legs of a structure as a table, and a structure in as few words as a column of a list has room for. */
import type { LegView } from '../../domain/explain/leg-view.ts';
import { isZero } from '../../domain/money.ts';
import { renderTable, timeText } from '../shell/output.ts';

export const legTable = (legs: readonly LegView[]): string =>
  renderTable(
    ['NAME', 'SIDE', 'QTY', 'SYMBOL', 'DELIVERED'],
    legs.map(({ name, side, qty, symbol, expiryMs }) => [
      name,
      side ?? '?',
      qty,
      symbol,
      expiryMs === null ? '?' : timeText(expiryMs),
    ]),
  );

/** `BTC-31MAR23-26000-C-USDT +1`: the first option that is held, and how many other legs are. */
export function shortName(symbol: string, legs: readonly LegView[] | undefined): string {
  if (legs === undefined) return symbol;
  const held = new Set(legs.flatMap(({ name, qty }) => (qty !== 'all' && isZero(qty) ? [] : [name])));
  return held.size > 1 ? `${symbol} +${held.size - 1}` : symbol;
}
