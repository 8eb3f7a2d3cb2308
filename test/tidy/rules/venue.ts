/**
 * The code above the adapters knows no exchange by name, nor how one writes its symbols: a second exchange is one more
 * folder under src/exchange. The rule reads comments too, because a comment about one exchange becomes wrong with a second.
 */
import { findLines, type Rule } from '../source.ts';

const month = '(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)';
const take = 'take it from ExchangeRules, from the option or from the reading';

const banned: readonly (readonly [RegExp, string])[] = [
  [/bybit/i, `names an exchange: ${take}`],
  [new RegExp(`\\b\\d{1,2}${month}\\d{2}\\b`), `writes an option symbol out: ${take}`],
  [new RegExp(`\\b${month}\\b`), `reads the months of option symbols: ${take}`],
  [/\[CP\]|\bC\|P\b/, `reads the type out of option symbols: ${take}`],
  [/\bUSD[TC]\b/, `names a settle coin: ${take}`],
];

export const venueRule: Rule = (file) =>
  banned.flatMap(([pattern, message]) => findLines(file, pattern, message));
