/**
 * A line of text as lines of at most so many columns, broken between words, what follows indented. A word that is longer
 * than that stands alone. For screens that cut what is longer, because a bar under the text needs lines that stay single.
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
