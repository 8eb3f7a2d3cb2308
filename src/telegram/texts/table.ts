/** Tables and figures for a phone: about 38 letters of one width fit beside each other. */
import { decimal, toText, type DecimalString } from '../../domain/money.ts';
import type { SymbolRules } from '../../domain/market/exchange-rules.ts';
import { localMs } from '../../domain/zones.ts';
import { foreign } from '../page.ts';

export const tableWidth = 38;

/** Cells in columns, the first to the left and the others to the right; nothing is wider than the screen. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  const others = widths.slice(1).reduce((total, width) => total + width + 1, 0);
  const first = Math.max(8, Math.min(widths[0] ?? 0, tableWidth - others));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? shortened(cell, first).padEnd(first) : cell.padStart(widths[at] ?? 0)))
        .join(' ')
        .trimEnd(),
    )
    .join('\n');
}

export const shortened = (text: string, width = tableWidth): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

/** Over several lines between words, each after the first indented; at most so many lines. */
export function wrapped(text: string, { width = tableWidth, indent = '  ', linesMax = 3 } = {}): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (next.length + indent.length <= width || line === '') line = next;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  const kept =
    lines.length > linesMax ? [...lines.slice(0, linesMax - 1), `${lines[linesMax - 1] ?? ''} …`] : lines;
  return kept.map((each) => `${indent}${shortened(each, width - indent.length)}`).join('\n');
}

/** An amount with a sign, to the cent. */
export function signed(amount: DecimalString): string {
  const text = toText(decimal(amount).toDecimalPlaces(2));
  return text.startsWith('-') || text === '0' ? text : `+${text}`;
}

/** A price or an amount with no more digits than help: two places, four below one. */
export function rounded(amount: DecimalString): string {
  const value = decimal(amount);
  const places = value.abs().lessThan(1) ? 4 : 2;
  const text = value.toDecimalPlaces(places);
  return text.isZero() ? '0' : text.toFixed();
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;

/** `BTC 31MAR23 25000C`; the symbol where it says nothing. */
export function optionText(symbol: string, { readSymbol, namedDeliveryMs }: SymbolRules): string {
  const option = readSymbol(symbol);
  const deliveryMs = namedDeliveryMs(symbol);
  if (option === null || deliveryMs === null) return foreign(symbol, 30);
  const day = new Date(deliveryMs);
  const date = `${day.getUTCDate()}${months[day.getUTCMonth()] ?? ''}${String(day.getUTCFullYear()).slice(2)}`;
  const type = option.optionType === 'call' ? 'C' : 'P';
  return `${option.baseCoin} ${date} ${option.strike}${type}`;
}

/** `BTC 31MAR23 25000C → 7APR23 25500C`, and of the same day only its strike. */
export function moveText(from: string, to: string, rules: SymbolRules): string {
  const [left, right] = [optionText(from, rules).split(' '), optionText(to, rules).split(' ')];
  const differs = right.findIndex((word, at) => word !== left[at]);
  return `${left.join(' ')} → ${right.slice(Math.max(differs, 0)).join(' ')}`;
}

/** `14:02` of the zone, with the day when it is another one. */
export function timeIn(atMs: number, zone: string, nowMs = atMs): string {
  const local = new Date(localMs(atMs, zone)).toISOString();
  const today = new Date(localMs(nowMs, zone)).toISOString();
  const time = local.slice(11, 16);
  return local.slice(0, 10) === today.slice(0, 10) ? time : `${local.slice(5, 10)} ${time}`;
}
