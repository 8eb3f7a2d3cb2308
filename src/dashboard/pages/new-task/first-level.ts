/** The level that a new condition begins with: one of the option's own market, or none where only the market could say one. Pure. */
import { readSymbol } from '../../format/symbols.ts';
import type { ConditionKind } from './task-form.ts';

/** Of kinds that mean the same in every market. */
const anywhere: Readonly<Partial<Record<ConditionKind, string>>> = {
  delta: '0.45',
  profit: '80%',
  moneyness: '-1%',
  deviations: '1',
  impliedVolatility: '60%',
  daysToExpiry: '7',
};

const prices: readonly ConditionKind[] = ['index', 'mark', 'last'];
const digitsShown = 3;

export interface KnownMarket {
  /** Of the option; what is no symbol counts as none. */
  readonly symbol: string;
  /** Of its coin, now; `null` while it is not known. */
  readonly index: string | null;
}

/** The strike, else the index to three digits; empty where neither is known. */
export function firstLevel(kind: ConditionKind, { symbol, index }: KnownMarket): string {
  if (!prices.includes(kind)) return anywhere[kind] ?? '';
  return readSymbol(symbol)?.strike ?? (index === null ? '' : rounded(Number(index)));
}

function rounded(price: number): string {
  if (!(price > 0)) return '';
  const step = 10 ** (Math.floor(Math.log10(price)) - digitsShown + 1);
  const digits = Math.max(0, -Math.round(Math.log10(step)));
  return String(Number((Math.round(price / step) * step).toFixed(digits)));
}
