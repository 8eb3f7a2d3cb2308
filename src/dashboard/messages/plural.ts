/** The form of a word that goes with a number: English has two, Russian three. */

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
