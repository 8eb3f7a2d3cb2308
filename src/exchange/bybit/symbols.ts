/**
 * Bybit option symbols (docs/exchange.md#symbols): `BASE-DMMMYY-STRIKE-C|P` (settled in USDC) or the same with `-USDT`.
 * The day is not zero-padded. A parsed symbol keeps its settle coin, so the two series are never mixed up.
 */
import { BadInput } from '../../domain/errors.ts';
import { plainText } from '../../domain/foreign-text.ts';
import { decimal, toText, type DecimalString } from '../../domain/money.ts';
import type { NamedHolding } from '../../domain/market/holding.ts';
import type { OptionFamily } from '../../domain/market/option.ts';
import { hourMs } from '../../domain/units.ts';

export type SettleCoin = 'USDT' | 'USDC';

/** The parts of a symbol. */
export interface OptionSymbol extends OptionFamily {
  readonly settleCoin: SettleCoin;
  readonly strike: DecimalString;
  /** Expiry date as the exchange writes it, e.g. `9MAY25`. */
  readonly expiry: string;
}

export const monthNames = [
  'JAN',
  'FEB',
  'MAR',
  'APR',
  'MAY',
  'JUN',
  'JUL',
  'AUG',
  'SEP',
  'OCT',
  'NOV',
  'DEC',
] as const;

const shape = new RegExp(
  `^(?<base>[A-Z0-9]{2,12})-(?<expiry>[1-9]\\d?(?:${monthNames.join('|')})\\d{2})-(?<strike>(?:0|[1-9]\\d*)(?:\\.\\d*[1-9])?)-(?<type>[CP])(?<usdt>-USDT)?$`,
);

/** How the exchange's pages begin the name of an option: no coin is called so. */
const shownBase = /.USD[TC]$/;

/** @throws BadInput when `text` is not an option symbol of either form. */
export function parseOptionSymbol(text: string): OptionSymbol {
  const parsed = tryParseOptionSymbol(text);
  if (parsed) return parsed;
  throw new BadInput('Not an option symbol', [
    {
      path: 'symbol',
      found: JSON.stringify(plainText(text, symbolCharsMax)),
      expected: 'BASE-DMMMYY-STRIKE-C|P[-USDT], like BTC-9MAY25-95000-C-USDT',
    },
  ]);
}

/** Symbols parsed before: a market has some thousands, and every quote, fill and plan names a few of them again. */
const known = new Map<string, OptionSymbol | null>();
const knownMax = 20_000;
/** The longest existing symbols have some 30 characters; a longer text is not a symbol and is not cached. */
const symbolCharsMax = 64;

/** @returns null when `text` is not an option symbol */
export function tryParseOptionSymbol(text: string): OptionSymbol | null {
  if (text.length > symbolCharsMax) return null;
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= knownMax) known.clear();
  const parsed = read(text);
  known.set(text, parsed);
  return parsed;
}

function read(text: string): OptionSymbol | null {
  const groups = shape.exec(text)?.groups;
  if (!groups || expiryDateMs(groups['expiry'] ?? '') === null) return null;
  if (shownBase.test(groups['base'] ?? '')) return null;
  return {
    baseCoin: groups['base'] ?? '',
    expiry: groups['expiry'] ?? '',
    strike: groups['strike'] ?? '',
    optionType: groups['type'] === 'C' ? 'call' : 'put',
    settleCoin: groups['usdt'] === undefined ? 'USDC' : 'USDT',
  };
}

export function formatOptionSymbol(symbol: OptionSymbol): string {
  const letter = symbol.optionType === 'call' ? 'C' : 'P';
  const suffix = symbol.settleCoin === 'USDT' ? '-USDT' : '';
  return `${symbol.baseCoin}-${symbol.expiry}-${symbol.strike}-${letter}${suffix}`;
}

const loose =
  /^(?<base>[A-Z0-9]{2,12}?)(?:-?(?<pair>USD[TC]))?-0?(?<day>\d{1,2})-?(?<month>[A-Z]{3})-?(?:20)?(?<year>\d\d)-(?<strike>\d+(?:\.\d+)?)-?(?<type>C|P|CALL|PUT)(?:-(?<settle>USD[TC]))?$/;

/**
 * The symbol that is meant by `BTCUSDT-31MAR23-26000-C` (which is how the exchange's pages show it: the `displayName` of its
 * listing), `btc-31mar23-26000-c-usdt`, `BTC 31 Mar 2023 26,000 Call USDT`.
 * @returns `null` when `text` is right as it is, or not understood
 */
export function correctSymbol(text: string): string | null {
  if (text.length > symbolCharsMax || tryParseOptionSymbol(text)) return null;
  const plain = text
    .trim()
    .toUpperCase()
    .replaceAll(',', '')
    .replace(/[\s/_-]+/g, '-');
  const groups = loose.exec(plain)?.groups;
  if (!groups) return null;
  const { base = '', pair, day = '', month = '', year = '', strike = '', type = '', settle } = groups;
  if (pair !== undefined && settle !== undefined && pair !== settle) return null;
  const meant = formatOptionSymbol({
    baseCoin: base,
    expiry: `${day}${month}${year}`,
    strike: toText(decimal(strike)),
    optionType: type.startsWith('C') ? 'call' : 'put',
    settleCoin: (pair ?? settle) === 'USDT' ? 'USDT' : 'USDC',
  });
  return tryParseOptionSymbol(meant) ? meant : null;
}

/** Options are delivered at 08:00 UTC. */
export const deliveryHourMs = 8 * hourMs;

/** When the option of a symbol is delivered by its name, ms since epoch; null when it names none. */
export function namedDeliveryMs(symbol: string): number | null {
  const parsed = tryParseOptionSymbol(symbol);
  const dateMs = parsed && expiryDateMs(parsed.expiry);
  return dateMs === null ? null : dateMs + deliveryHourMs;
}

/** Midnight UTC of an expiry like `9MAY25`, or null when no such day exists. The hour comes from `deliveryTime`. */
export function expiryDateMs(expiry: string): number | null {
  const [, day, month, year] = /^(\d{1,2})([A-Z]{3})(\d{2})$/.exec(expiry) ?? [];
  const monthIndex = monthNames.findIndex((name) => name === month);
  if (day === undefined || year === undefined || monthIndex < 0) return null;
  const dateMs = Date.UTC(2000 + Number(year), monthIndex, Number(day));
  return new Date(dateMs).getUTCDate() === Number(day) ? dateMs : null;
}

/** The expiry code of a day, e.g. `9MAY25` for 2025-05-09 (day not zero-padded). */
export function expiryOf(dateMs: number): string {
  const date = new Date(dateMs);
  const month = monthNames[date.getUTCMonth()] ?? '';
  return `${date.getUTCDate()}${month}${String(date.getUTCFullYear() % 100).padStart(2, '0')}`;
}

/** What an account may hold beside options: a linear perpetual, settled in USDT or USDC, or a coin in the wallet. */
export interface Holding extends NamedHolding {
  readonly kind: 'perpetual' | 'coin';
}

const perpetual = /^(?<base>[A-Z0-9]{2,12}?)(?:USDT|PERP)$/;
const coin = /^[A-Z0-9]{2,12}$/;

/** @returns null when `text` names neither: also for inverse contracts, which are counted in USD */
export function readHolding(text: string): Holding | null {
  const symbol = text.trim().toUpperCase();
  const baseCoin = perpetual.exec(symbol)?.groups?.['base'];
  if (baseCoin !== undefined) return { kind: 'perpetual', symbol, baseCoin };
  const isInverse = /.USD$/.test(symbol);
  return coin.test(symbol) && !isInverse ? { kind: 'coin', symbol, baseCoin: symbol } : null;
}
