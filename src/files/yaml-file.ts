/** Reads settings that people write as YAML or JSON, within bounds of size, aliases and depth; errors name the file. */
import { parse, YAMLParseError } from 'yaml';
import { messageOf } from '../domain/errors.ts';
import { decodeText } from './text-encoding.ts';
import { megabyte, readBounded } from './bounded-file.ts';

const maxBytes = megabyte;
const maxAliases = 100;
const maxDepth = 64;
const maxValues = 10_000;
const farTooDeep = 1_000;
const compactLists = /(?:[-?:][ \t]+){65}/;
const wideIndent = /^ {1000}/m;

/** A file is not plain data. `place` is the file, with line and column where they are known. */
export class UnreadableYaml extends Error {
  override readonly name = 'UnreadableYaml';
  readonly place: string;
  /** The file could not be read at all, so there is no YAML in it to correct. */
  readonly unread: boolean;
  constructor(place: string, problem: string, options: ErrorOptions & { unread?: boolean } = {}) {
    super(problem, options);
    this.place = place;
    this.unread = options.unread ?? false;
  }
}

/**
 * @param path `-` is stdin
 * @throws UnreadableYaml
 */
export function readYamlFile(path: string): unknown {
  const text = textOf(path);
  // The parser compares each key of a map with all others to find duplicates, which is slow in a large map.
  if (text.split(/[\n,]/).length > maxValues)
    throw new UnreadableYaml(path, `more than ${maxValues} lines or values`);
  try {
    if (isFarTooDeep(text)) throw new RangeError();
    const value: unknown = parse(text, { prettyErrors: true, maxAliasCount: maxAliases });
    if (isDeeper(value)) throw new RangeError();
    return value;
  } catch (cause) {
    // The parser reports a stack overflow as an error of its own.
    if (cause instanceof RangeError || /call stack/.test(messageOf(cause)))
      throw new UnreadableYaml(path, `nesting deeper than ${maxDepth} levels`, { cause });
    if (cause instanceof YAMLParseError) {
      const { line = 0, col = 0 } = cause.linePos?.[0] ?? {};
      const problem = cause.message.split(' at line ')[0] ?? '';
      throw new UnreadableYaml(`${path}:${String(line)}:${String(col)}`, problem, { cause });
    }
    if (cause instanceof ReferenceError) throw new UnreadableYaml(path, aliasProblem(cause), { cause });
    throw cause;
  }
}

function textOf(path: string): string {
  try {
    return decodeText(readBounded(path, maxBytes));
  } catch (cause) {
    throw new UnreadableYaml(path, messageOf(cause), { cause, unread: true });
  }
}

const aliasProblem = ({ message }: ReferenceError): string =>
  message.startsWith('Excessive') ? `aliases that unfold to more than ${maxAliases} values` : message;

/**
 * The parser's time grows with the square of the depth, and at some tens of thousands of levels it crashes the process. So
 * the depth is first estimated from brackets and leading dashes alone.
 */
function isFarTooDeep(text: string): boolean {
  let open = 0;
  let deepest = 0;
  for (const letter of text) {
    if (letter === '[' || letter === '{') deepest = Math.max(deepest, (open += 1));
    else if (letter === ']' || letter === '}') open = Math.max(0, open - 1);
  }
  return deepest > farTooDeep || compactLists.test(text) || wideIndent.test(text);
}

/** Goes level by level, each value once, because an alias may contain itself. */
function isDeeper(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= maxDepth; depth += 1) {
    const inner = new Set(
      level.flatMap((one) => (typeof one === 'object' && one ? Object.values<unknown>({ ...one }) : [])),
    );
    if (inner.size === 0) return false;
    level = [...inner];
  }
  return true;
}
