/**
 * Breaks a help page at spaces where the terminal ends. Lines of prose are filled anew as one paragraph; a line in columns
 * continues under its last column, an indented one under its indent. (Commander's own boxWrap keeps no columns.)
 */

/** @param columns width of the terminal; a single longer word stays whole */
export function wrapped(text: string, columns: number): string {
  return paragraphsOf(text.split('\n'), columns)
    .flatMap((line) => brokenLine(line, columns))
    .join('\n');
}

/** Lines of prose that follow each other become one line where any of them is too long. */
function paragraphsOf(lines: readonly string[], columns: number): string[] {
  const paragraphs: string[][] = [];
  let isInProse = false;
  for (const line of lines) {
    const isProse = /^\S/.test(line);
    if (isProse && isInProse) paragraphs.at(-1)?.push(line);
    else paragraphs.push([line]);
    isInProse = isProse;
  }
  return paragraphs.flatMap((prose) =>
    prose.some(({ length }) => length > columns) ? prose.join(' ') : prose,
  );
}

function brokenLine(line: string, columns: number): string[] {
  if (line.length <= columns) return [line];
  const indent = indentOf(line, columns);
  const broken: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const floor = rest.search(/\S/);
    const last = rest.lastIndexOf(' ', columns);
    const at = last > floor ? last : rest.indexOf(' ', floor + 1);
    if (at === -1) break;
    broken.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  return [...broken, rest];
}

/** Where the line's last column begins, as spaces; less where a word or too little room asks for it. */
function indentOf(line: string, columns: number): string {
  const own = /^ */.exec(line)?.[0].length ?? 0;
  const column = /^( *\S.*? {2,})\S/.exec(line)?.[1]?.length ?? own;
  const longestWord = Math.max(...line.split(' ').map(({ length }) => length));
  const most = Math.min(columns * 0.6, columns - longestWord);
  return ' '.repeat([column, own + 2, own].find((width) => width <= most) ?? 0);
}
