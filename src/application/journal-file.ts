/**
 * A journal as the text of a file: a failure in production becomes a fixture in one command. It holds no account, no
 * key and no name. Its rows are chained by hash, and the last line is a checksum of all lines before it.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BadInput } from '../domain/errors.ts';
import type { ExportedJournal, ExportedRow } from '../ports/journal-keeping.ts';

const format = 'rollkeeper journal 1';

/** Letters of a line at most; a row with its snapshot has some ten thousand. */
const lineMax = 1 << 20;

interface FileLine {
  readonly text: string;
  /** The file and the number of the line, from 1. */
  readonly path: string;
  /** What would be right there, for the error. */
  readonly expected: string;
}

const headShape = z.object({ format: z.literal(format), taskId: z.string().min(1), rows: z.int() });
const rowShape = z.object({
  version: z.int(),
  atMs: z.number(),
  path: z.string(),
  event: z.string(),
  state: z.string(),
  snapshot: z.string(),
  machine: z.string(),
  hash: z.string(),
});
const tailShape = z.object({ sha256: z.string() });

/** JSON lines: a head with format, task and number of rows; one line for each row; a checksum. */
export function writeJournal({ taskId, rows }: ExportedJournal): string {
  const lines = [
    JSON.stringify({ format, taskId, rows: rows.length }),
    ...rows.map(({ version, atMs, path, eventJson, state, snapshotJson, machine, hash }) =>
      JSON.stringify({ version, atMs, path, event: eventJson, state, snapshot: snapshotJson, machine, hash }),
    ),
  ];
  const text = `${lines.join('\n')}\n`;
  return `${text}${JSON.stringify({ sha256: checksum(text) })}\n`;
}

/**
 * A journal, or a part of one, that may come from a stranger.
 * @param name of the file, for errors
 * @throws BadInput naming the line and what is wrong with it
 */
export function readJournal(text: string, name: string): ExportedJournal {
  const journal = readOwnJournal(text, name);
  for (const [at, { eventJson, snapshotJson }] of journal.rows.entries()) {
    const odd = unreadableIn(eventJson) ?? unreadableIn(snapshotJson);
    if (odd !== null)
      throw wrong(`${name}:${at + 2}`, odd, 'JSON with numbers that are finite and can be written out');
  }
  return journal;
}

/** The same without a look at the figures, for a file whose checksum is known from elsewhere. */
export function readOwnJournal(text: string, name: string): ExportedJournal {
  const end = text.trimEnd().lastIndexOf('\n') + 1;
  const [body, tail] = [text.slice(0, end), text.slice(end).trim()];
  const lines = body.trimEnd().split('\n');
  const pathOf = (line: number): string => `${name}:${line}`;
  const sum = parsed(tailShape, {
    text: tail,
    path: pathOf(lines.length + 1),
    expected: 'a checksum as the last line',
  });
  if (sum.sha256 !== checksum(body))
    throw wrong(name, 'another checksum than its content has', 'a file as it was exported');
  const head = parsed(headShape, {
    text: lines[0] ?? '',
    path: pathOf(1),
    expected: `a first line with "format":"${format}"`,
  });
  const rows = lines.slice(1).map((text, at): ExportedRow => {
    const path = pathOf(at + 2);
    const { event, snapshot, ...row } = parsed(rowShape, { text, path, expected: 'a row of a journal' });
    return { ...row, eventJson: event, snapshotJson: snapshot };
  });
  if (rows.length === 0) throw wrong(name, 'no row', 'a journal of at least one row');
  if (rows.length !== head.rows)
    throw wrong(name, `${rows.length} rows`, `${head.rows} rows, as its first line says`);
  return { taskId: head.taskId, rows };
}

/**
 * The first figure that no journal of ours holds. A file may come from a stranger, and replay calculates with what it
 * says; in a running task `Infinity`, hexadecimal and exponents are refused where they enter.
 */
function unreadableIn(json: string): string | null {
  let odd: string | null = null;
  const note = (value: unknown): void => {
    odd ??= JSON.stringify(String(value).slice(0, 40));
  };
  try {
    JSON.parse(json, (_key, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value)) note(value);
      if (typeof value === 'string' && oddNumber.test(value)) note(value);
      return value;
    });
  } catch {
    note(json);
  }
  return odd;
}

const oddNumber = /^[+-]?(?:infinity|nan|0[xbo][\da-f]+|\d+(?:\.\d*)?e[+-]?\d{3,}|\d[\d.]{200,})$/i;

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex');

function parsed<Shape extends z.ZodType>(shape: Shape, { text, path, expected }: FileLine): z.output<Shape> {
  if (text.length > lineMax)
    throw wrong(path, `a line of ${text.length} letters`, `${expected}, of at most ${lineMax}`);
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    throw wrong(path, JSON.stringify(text.slice(0, 60)), expected);
  }
}

const wrong = (path: string, found: string, expected: string): BadInput =>
  new BadInput('The journal cannot be read', [{ path, found, expected }]);
