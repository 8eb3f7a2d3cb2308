/** Decimal strings as people of a locale write them. Digits are never lost to a float: `Intl` formats the string itself. */

export interface Digits {
  readonly min?: number;
  readonly max?: number;
  /** `always`: `+` before what is above zero. */
  readonly sign?: 'auto' | 'always';
}

const formats = new Map<string, Intl.NumberFormat>();
const formatOf = (locale: string, { min = 0, max = 8, sign = 'auto' }: Digits): Intl.NumberFormat => {
  const key = `${locale} ${String(min)} ${String(max)} ${sign}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, {
    minimumFractionDigits: min,
    maximumFractionDigits: max,
    signDisplay: sign === 'always' ? 'exceptZero' : 'negative',
  });
  formats.set(key, made);
  return made;
};

const decimalPattern = /^-?\d+(\.\d+)?$/;

/** What is no decimal string is returned as it is. */
export function numberText(value: string | number, locale: string, digits: Digits = {}): string {
  if (typeof value === 'number') return formatOf(locale, digits).format(value);
  if (!decimalPattern.test(value)) return value;
  return formatOf(locale, digits).format(value as Intl.StringNumericLiteral);
}

/** Two digits for amounts of a settle coin that counts dollars, up to six for others. */
export const moneyDigits = (settleCoin: string | null): Required<Pick<Digits, 'min' | 'max'>> =>
  settleCoin === null || /^USD/.test(settleCoin) ? { min: 2, max: 2 } : { min: 2, max: 6 };

/** A share as a percentage: `0.031` is 3.1 %. */
export const percentText = (share: number, locale: string): string =>
  new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: 0,
    maximumFractionDigits: Math.abs(share) < 0.1 ? 2 : 1,
  }).format(share);

/** -1, 0 or 1. */
export const signOf = (value: string): number => Math.sign(Number(value));
