/**
 * Breaks a line of text between words into lines of at most so many columns, all but the first indented. A word that is longer
 * stands alone on its line. The demo's screen needs this because a terminal with a bar does not wrap lines itself.
 */
export function wrapped(text: string, columns: number): readonly string[] {
  if (text.length <= columns) return [text];
  const indent = ' '.repeat((/^ */.exec(text)?.[0].length ?? 0) + 4);
  const [first = '', ...words] = text.split(/(?<=\S) /);
  const lines = [first];
  for (const word of words) {
    const line = `${lines.at(-1) ?? ''} ${word}`;
    if (line.length <= columns) lines[lines.length - 1] = line;
    else lines.push(`${indent}${word.trimStart()}`);
  }
  return lines;
}
