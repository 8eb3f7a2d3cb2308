/**
 * Text that was written elsewhere (an exchange's message, a page of a proxy, a reject reason), made safe to show: in a
 * log, a terminal, an alert, a journal. What steers a terminal or turns the direction of writing is taken out, white
 * space becomes single spaces, and the length is bounded.
 */

/** How much of a foreign text is kept: enough for every message an exchange documents. */
export const foreignTextLengthMax = 300;

/** What is looked at before anything is matched, so that a huge text costs no more than a long one. */
const inspectedLengthMax = 4_096;

/**
 * Terminal sequences that carry text of their own: OSC, DCS, SOS, PM and APC up to their end (BEL or ST) or, unended, up
 * to the end of the line; then CSI with its parameters; then the two-character escapes. 7-bit and 8-bit forms.
 */
const terminalSequences =
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u009c\u001b\r\n]*(?:\u0007|\u009c|\u001b\\)?|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g;

/** Controls and what is invisible, or turns the direction of writing, or splits a line; and halves of surrogate pairs. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** @returns at most `lengthMax` characters, the last of them `…` when something is left out */
export function plainText(text: string, lengthMax = foreignTextLengthMax): string {
  const plain = text
    .slice(0, inspectedLengthMax)
    .replace(terminalSequences, '')
    .replace(unprintable, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const isWhole = text.length <= inspectedLengthMax && plain.length <= lengthMax;
  if (isWhole) return plain;
  return `${withoutHalfPair(plain.slice(0, lengthMax - 1))}…`;
}

/** A page of our own with foreign words in it: as it is, lines included, without anything that steers a terminal. */
export const visibleText = (text: string): string =>
  text.replace(terminalSequences, '').replace(/[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ');

/** What JSON leaves as it is within a text and a terminal obeys: 8-bit controls, and what turns the direction of writing. */
const unescaped = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A line of JSON that may be shown on a terminal: every value is the same, those characters are escaped. */
export const visibleJson = (json: string): string =>
  json.replace(unescaped, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );

/** The same without those characters, for a page that is made from the values. */
export const plainJson = (json: string): string => json.replace(unescaped, ' ');

/** A cut between the two halves of a character leaves the first one behind. */
const withoutHalfPair = (text: string): string => text.replace(/\p{Cs}$/u, '');

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/**
 * What a page says to its reader: of HTML the text without tags, scripts and styles; of anything else the text as it is.
 * Not for showing HTML, only for quoting it.
 */
export function pageText(body: string, lengthMax = foreignTextLengthMax): string {
  const head = body.slice(0, 4 * inspectedLengthMax);
  if (!/<\/?[a-z!]/i.test(head)) return plainText(body, lengthMax);
  const text = head
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(/<(script|style|head)\b[^>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi, (all, name: string) =>
      name.toLowerCase() === 'head' ? titleIn(all) : ' ',
    )
    .replace(/<[^>]*>?/g, ' ')
    .replace(/&(#?\w{1,8});/g, (all, name: string) => entities[name.toLowerCase()] ?? all);
  return plainText(text, lengthMax);
}

const titleIn = (head: string): string => ` ${/<title[^>]*>([^<]*)/i.exec(head)?.[1] ?? ''} `;
