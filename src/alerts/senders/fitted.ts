/** Cuts a text to what a receiver takes, whatever its format makes of it. */

/** Never between the halves of a character. */
const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1)).replace(/\p{Cs}$/u, '')}…`;

/**
 * @param lengthMax of what `render` makes of the text
 * @param measure default: characters
 */
export function fitted(
  text: string,
  lengthMax: number,
  {
    render = (plain: string) => plain,
    measure = (rendered: string) => rendered.length,
  }: { readonly render?: (text: string) => string; readonly measure?: (rendered: string) => number } = {},
): string {
  for (let length = Math.min(text.length, lengthMax); ; length = Math.floor(length * 0.9) - 1) {
    const rendered = render(cut(text, length));
    if (measure(rendered) <= lengthMax || length <= 0) return rendered;
  }
}

export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');
