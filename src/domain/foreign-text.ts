/**
 * Text that others wrote, made fit for a log, a terminal or a message: one line, without control characters, of bounded
 * length. What it means is left to whoever received it.
 */

/** Control characters of both sets, line separators, and marks that turn the direction of what follows. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g;

/** @param charsMax of the text itself; what was cut off is counted behind it */
export function foreignText(text: string, charsMax = 200): string {
  const isLong = text.length > charsMax;
  // Control characters are few; a bounded piece is enough to find what is kept.
  const plain = (isLong ? text.slice(0, charsMax * 4) : text).replace(unprintable, ' ').trim();
  if (!isLong && plain.length <= charsMax) return plain;
  // A cut through a pair of surrogates would leave half a character.
  const kept = plain.slice(0, charsMax).replace(/[\ud800-\udbff]$/, '');
  return `${kept} … (${text.length} characters)`;
}
