/**
 * What the bot shows: plain text, with styles as ranges beside it and buttons below. No markup is ever parsed, so whatever a
 * name holds is shown as it is; `foreign` takes out what would still mention, link or steer something.
 */
import { plainText } from '../domain/foreign-text.ts';

export interface Range {
  readonly type: 'bold' | 'pre' | 'code' | 'italic';
  /** In UTF-16 units, as Telegram counts them. */
  readonly offset: number;
  readonly length: number;
}

export interface Button {
  readonly text: string;
  /** 1 to 64 bytes. */
  readonly data: string;
}

export interface Page {
  readonly text: string;
  readonly ranges: readonly Range[];
  /** Rows of buttons; none when empty. */
  readonly buttons: readonly (readonly Button[])[];
}

export type Part = string | { readonly style: Range['type']; readonly text: string };

export const bold = (text: string): Part => ({ style: 'bold', text });
export const italic = (text: string): Part => ({ style: 'italic', text });
export const code = (text: string): Part => ({ style: 'code', text });
/** In letters of one width, for tables. */
export const pre = (text: string): Part => ({ style: 'pre', text });

/** Joins the parts as they are; line breaks are theirs. */
export function page(parts: readonly Part[], buttons: Page['buttons'] = []): Page {
  let text = '';
  const ranges: Range[] = [];
  for (const part of parts) {
    const piece = typeof part === 'string' ? part : part.text;
    if (typeof part !== 'string' && piece !== '')
      ranges.push({ type: part.style, offset: text.length, length: piece.length });
    text += piece;
  }
  return { text, ranges, buttons: buttons.filter((row) => row.length > 0) };
}

export const plainPage = (text: string, buttons: Page['buttons'] = []): Page => page([text], buttons);

/** A name or a text that another person wrote, on one line: it mentions nobody and is no link, command or tag. */
export const foreign = (text: string, lengthMax = 60): string =>
  plainText(text, lengthMax)
    .replaceAll('@', '\uFF20')
    .replace(/(^|\s)[/#$](?=\S)/g, (all) => `${all.slice(0, -1)}${all.endsWith('/') ? '\u2215' : '·'}`)
    .replace(/(\w)\.(?=[a-z]{2,}\b)/gi, '$1\u2024')
    .replaceAll('://', ':\u2215\u2215');

/** Telegram takes 4,096 characters; a little is left for what a later edit adds. */
const lengthMax = 4_000;

/** The page in as many messages as it needs, cut between lines; the buttons are under the last. */
export function split(whole: Page): readonly Page[] {
  const pages: Page[] = [];
  let from = 0;
  while (whole.text.length - from > lengthMax) {
    const window = whole.text.slice(from, from + lengthMax);
    const atLine = window.lastIndexOf('\n');
    let end = from + (atLine > lengthMax / 2 ? atLine + 1 : lengthMax);
    // Between the halves of a character nothing is cut.
    if (/[\uD800-\uDBFF]/.test(whole.text.charAt(end - 1))) end -= 1;
    pages.push(cut(whole, from, end));
    from = end;
  }
  const last = cut(whole, from, whole.text.length);
  return [...pages, { ...last, buttons: whole.buttons }];
}

function cut({ text, ranges }: Page, from: number, end: number): Page {
  const piece = text.slice(from, end).trimEnd();
  return {
    text: piece === '' ? '…' : piece,
    ranges: ranges.flatMap(({ type, offset, length }) => {
      const begin = Math.max(offset, from) - from;
      const until = Math.min(offset + length - from, piece.length);
      return until > begin ? [{ type, offset: begin, length: until - begin }] : [];
    }),
    buttons: [],
  };
}

/** Shortened to one message. */
export function fitted(whole: Page): Page {
  const [first, ...others] = split(whole);
  if (first === undefined || others.length === 0) return whole;
  return { ...first, text: `${first.text}\n…`, buttons: whole.buttons };
}
