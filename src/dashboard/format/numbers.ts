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

const percents = new Map<string, Intl.NumberFormat>();

/** A share as a percentage: `0.031` is 3.10 %. */
export function percentText(share: number, locale: string): string {
  const digits = Math.abs(share) < 0.1 ? 2 : 1;
  const key = `${locale} ${String(digits)}`;
  const known =
    percents.get(key) ??
    new Intl.NumberFormat(locale, {
      style: 'percent',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  percents.set(key, known);
  return known.format(share);
}

/** -1, 0 or 1. */
export const signOf = (value: string): number => Math.sign(Number(value));
