/**
 * A `.env` file. dotenv says what a value is; here a line that it would pass over or cut without a word is refused
 * with its number. Values are never shown, and a line that cannot be read may hold one.
 */
import { parse } from 'dotenv';
import { BadInput, messageOf, type InputIssue } from '../domain/errors.ts';
import { decodeText } from './text-encoding.ts';
import { readBounded } from './bounded-file.ts';

/** Stretches of the file that dotenv takes for one assignment; what comes after `=` or `: ` may go over several lines. */
const beginning = /^\s*(?:export\s+)?([\w.-]+)(?:[^\S\n]*=|:(?=\s))/;
const quoted = /[^\S\n]*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)[^\S\n]*(?:#[^\n]*)?(?=\n|$)/y;
const maxBytes = 1 << 18;

interface Assignment {
  readonly key: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** What stands after the key, as it stands there. */
  readonly rest: string;
}

/**
 * @param known the keys that mean something here; other programs may keep theirs in the same file
 * @throws BadInput naming file and line of everything that cannot be meant
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

/** Values of other programs may be anything, as long as they keep none of ours inside their quotes. */
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
  // Told before anything looks at the value, and might show it: what got onto its line may be a secret.
  const beside = known.find((one) => new RegExp(`[\\s\\u0085;,]${one}\\s*=`).test(rest));
  if (beside !== undefined) return { found: `${beside} on the same line`, expected: 'each on its own line' };
  const cut = rest.indexOf('#');
  return cut !== -1 && /^$|\S/.test(rest[cut - 1] ?? '')
    ? { found: 'a # inside its value', expected: 'quotes around the value, or a space before a comment' }
    : null;
}

/** The key that a misspelt one was probably meant to be, or all that there are; null for another program's. */
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

/** A letter too many, too few or another, or two that changed places. A digit at the end counts a second thing. */
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
