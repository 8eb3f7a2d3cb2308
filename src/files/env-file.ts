/**
 * Reads a `.env` file. dotenv parses the values; a line that it would silently skip or cut is refused here with its number.
 * Errors never show values, nor lines that cannot be read, because such a line may hold one.
 */
import { parse } from 'dotenv';
import { BadInput, messageOf, type InputIssue } from '../domain/errors.ts';
import { decodeText } from './text-encoding.ts';
import { readBounded } from './bounded-file.ts';

/** The parts of an assignment as dotenv reads it; the value after `=` or `: ` may span several lines. */
const beginning = /^\s*(?:export\s+)?([\w.-]+)(?:[^\S\n]*=|:(?=\s))/;
const quoted = /[^\S\n]*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)[^\S\n]*(?:#[^\n]*)?(?=\n|$)/y;
const maxBytes = 1 << 18;

interface Assignment {
  readonly key: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** The text after the key, unchanged. */
  readonly rest: string;
}

/**
 * @param known the keys that mean something here; other programs may keep theirs in the same file
 * @throws BadInput naming file and line of everything that is wrong
 */
export function readEnvFile(path: string, known: readonly string[]): Readonly<Record<string, string>> {
  const name = '.env';
  const issues: InputIssue[] = [];
  const note = (line: number, found: string, expected: string): void =>
    void issues.push({ path: `${name}:${line}`, found, expected });
  const assignments = split(textOf(path, name), note);
  const given = new Map<string, number>();
  const values: Record<string, string> = {};
  for (const assignment of assignments) {
    const { key, line } = assignment;
    const problem = problemOf(assignment, known);
    if (problem) note(line, `${key} with ${problem.found}`, problem.expected);
    if (!known.includes(key)) continue;
    const before = given.get(key);
    if (before !== undefined) note(line, `${key} a second time`, `it once: it is in line ${before} too`);
    given.set(key, line);
    values[key] = parse(assignment.text)[key] ?? '';
    if (!problem && /[\u0000-\u001f\u007f]/.test(values[key]))
      note(
        line,
        `${key} with a line break or another control character`,
        "single quotes around what has a '\\'",
      );
  }
  for (const { key, line } of assignments) {
    const meant = meantBy(key, known);
    if (meant !== null && !given.has(meant))
      note(line, `${key}, which is no key of Rollkeeper`, `${meant}, or nothing`);
  }
  if (issues.length > 0) throw new BadInput(`${path} is wrong`, issues);
  return values;
}

function textOf(path: string, name: string): string {
  try {
    return decodeText(readBounded(path, maxBytes)).replaceAll(/\r\n?/g, '\n');
  } catch (error) {
    throw new BadInput(`${path} cannot be read`, [
      {
        path: name,
        found: messageOf(error),
        expected: 'a text in UTF-8 or UTF-16, with lines like KEY=value',
      },
    ]);
  }
}

type Note = (line: number, found: string, expected: string) => void;

function split(text: string, note: Note): readonly Assignment[] {
  const assignments: Assignment[] = [];
  let line = 0;
  for (let at = 0; at < text.length;) {
    line += 1;
    const end = (text.indexOf('\n', at) + 1 || text.length + 1) - 1;
    const first = text.slice(at, end);
    const [head, key = ''] = beginning.exec(first) ?? [];
    if (/^\s*(#|$)/.test(first)) {
      at = end + 1;
    } else if (head === undefined) {
      note(
        line,
        `a line of ${first.length} characters (not shown)`,
        'KEY=value, a comment after # or nothing',
      );
      at = end + 1;
    } else {
      quoted.lastIndex = at + head.length;
      const rest = quoted.exec(text)?.[0] ?? first.slice(head.length);
      assignments.push({ key, line, text: head + rest, rest });
      at += head.length + rest.length + 1;
      line += rest.split('\n').length - 1;
    }
  }
  return assignments;
}

interface Problem {
  readonly found: string;
  readonly expected: string;
}

/** Values of other programs may be anything, unless one of our keys is inside their quotes. */
function problemOf({ key, rest }: Assignment, known: readonly string[]): Problem | null {
  const lines = rest.split('\n');
  const inside = known.find((one) => lines.some((line) => beginning.exec(line)?.[1] === one));
  if (inside !== undefined && lines.length > 1)
    return {
      found: `a quote that is closed after ${inside}`,
      expected: 'the same quote at the end of its value',
    };
  if (!known.includes(key)) return null;
  if (lines.length > 1)
    return { found: 'a quote that is closed on a later line', expected: 'its value on one line' };
  if (/^\s*['"`]/.test(rest)) {
    quoted.lastIndex = 0;
    return quoted.test(rest)
      ? null
      : {
          found: 'a quote that is not closed at the end',
          expected: 'the same quote at the end of its value',
        };
  }
  // Checked before the value is parsed, which might show it: a text on the same line may be a secret.
  const beside = known.find((one) => new RegExp(`[\\s\\u0085;,]${one}\\s*=`).test(rest));
  if (beside !== undefined) return { found: `${beside} on the same line`, expected: 'each on its own line' };
  const cut = rest.indexOf('#');
  return cut !== -1 && /^$|\S/.test(rest[cut - 1] ?? '')
    ? { found: 'a # inside its value', expected: 'quotes around the value, or a space before a comment' }
    : null;
}

/** The key that a misspelt one probably means, or all of ours; null for a key of another program. */
function meantBy(key: string, known: readonly string[]): string | null {
  if (known.includes(key)) return null;
  const plain = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  const near = known.find((one) => plain(one) === plain(key) || isOneSlipAway(plain(key), plain(one)));
  if (near !== undefined) return near;
  const ours = 'ROLLKEEPER';
  const prefix = key.toUpperCase().split(/[^A-Z0-9]/)[0] ?? '';
  if (!prefix.startsWith(ours) && !isOneSlipAway(prefix, ours)) return null;
  return known.filter((one) => one.startsWith(ours)).join(', ');
}

/** One letter added, missing or different, or two swapped. A digit at the end makes a key of its own, not a slip. */
function isOneSlipAway(given: string, right: string): boolean {
  if (/\d$/.test(given)) return false;
  let start = 0;
  while (start < given.length && given[start] === right[start]) start += 1;
  let end = 0;
  const shorter = Math.min(given.length, right.length);
  while (end < shorter - start && given.at(-1 - end) === right.at(-1 - end)) end += 1;
  const [a, b] = [given.slice(start, given.length - end), right.slice(start, right.length - end)];
  return Math.max(a.length, b.length) === 1 || (a.length === 2 && b === `${a[1] ?? ''}${a[0] ?? ''}`);
}
