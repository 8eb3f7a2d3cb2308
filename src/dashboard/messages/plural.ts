/** Numbers in sentences, and the form of the word that goes with them: English has two, Russian three. */

export interface Forms {
  readonly one: string;
  /** Of languages that have it: 2, 3, 4, 22 … */
  readonly few?: string;
  readonly other: string;
}

const rules = new Map<string, Intl.PluralRules>();

export function plural(language: string, n: number, { one, few, other }: Forms): string {
  const known = rules.get(language) ?? new Intl.PluralRules(language);
  rules.set(language, known);
  const form = known.select(n);
  if (form === 'one') return one;
  return form === 'few' ? (few ?? other) : other;
}

const numbers = new Map<string, Intl.NumberFormat>();

/** `1,024`. */
export function whole(language: string, n: number): string {
  const known = numbers.get(language) ?? new Intl.NumberFormat(language);
  numbers.set(language, known);
  return known.format(n);
}

/** `1,024 positions`. */
export const counted = (language: string, n: number, forms: Forms): string =>
  `${whole(language, n)} ${plural(language, n, forms)}`;
