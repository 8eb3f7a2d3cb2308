/**
 * Journals as files, and whether a stored one is still what was written: a failure in production becomes a fixture in one
 * command. An export holds no account, no key and no name; its rows are chained by hash, and the last line is a checksum
 * of all before it.
 */
import { createHash } from 'node:crypto';
import type { Pool, QueryResultRow } from 'pg';
import { z } from 'zod';
import { BadInput } from '../../domain/errors.ts';
import type { TaskPhase } from '../../domain/roll/task-phase.ts';
import { describeDatabaseError, isBadRow, isDuplicate } from '../database-errors.ts';
import { sql } from '../sql.ts';
import type { JournalRow } from '../read/task-rows.ts';

const format = 'rollkeeper journal 1';

/** A row holds one snapshot of one task: some ten thousand letters. */
const lineMax = 1 << 20;

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

export interface ExportedRow extends Omit<JournalRow, 'writer'> {
  readonly machine: string;
}

export interface ExportedJournal {
  readonly taskId: string;
  readonly rows: readonly ExportedRow[];
}

/** JSON lines: what it is, one line a row, a checksum. */
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

/** @throws BadInput naming the line and what is wrong with it */
export function readJournal(text: string, name: string): ExportedJournal {
  const end = text.trimEnd().lastIndexOf('\n') + 1;
  const [body, tail] = [text.slice(0, end), text.slice(end).trim()];
  const lines = body.trimEnd().split('\n');
  const sum = parsed(tailShape, tail, name, lines.length + 1, 'a checksum as the last line');
  if (sum.sha256 !== checksum(body))
    throw wrong(
      name,
      'another checksum than its content has',
      'a file as `rollkeeper journal export` wrote it',
    );
  const head = parsed(headShape, lines[0] ?? '', name, 1, `a first line with "format":"${format}"`);
  const rows = lines.slice(1).map((line, at): ExportedRow => {
    const { event, snapshot, ...row } = parsed(rowShape, line, name, at + 2, 'a row of a journal');
    const odd = unreadableIn(event) ?? unreadableIn(snapshot);
    if (odd !== null)
      throw wrong(`${name}:${at + 2}`, odd, 'JSON with numbers that are finite and can be written out');
    return { ...row, eventJson: event, snapshotJson: snapshot };
  });
  if (rows.length === 0) throw wrong(name, 'no row', 'a journal of at least one row');
  if (rows.length !== head.rows)
    throw wrong(name, `${rows.length} rows`, `${head.rows} rows, as its first line says`);
  return { taskId: head.taskId, rows };
}

/**
 * A journal may have been written by anybody, and replay calculates with what stands in it: no task was ever moved by
 * `Infinity`, hexadecimal or an exponent, because such a figure is refused where it enters.
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

function parsed<Shape extends z.ZodType>(
  shape: Shape,
  line: string,
  name: string,
  at: number,
  expected: string,
): z.output<Shape> {
  if (line.length > lineMax)
    throw wrong(`${name}:${at}`, `a line of ${line.length} letters`, `${expected}, of at most ${lineMax}`);
  try {
    return shape.parse(JSON.parse(line));
  } catch {
    throw wrong(`${name}:${at}`, JSON.stringify(line.slice(0, 60)), expected);
  }
}

const wrong = (path: string, found: string, expected: string): BadInput =>
  new BadInput('The journal cannot be read', [{ path, found, expected }]);

export interface JournalFault {
  readonly taskId: string;
  readonly version: number;
  readonly problem: string;
}

export class JournalArchive {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The first fault of each journal that is not as it was written; none when all are. */
  async verify(taskId: string | null): Promise<readonly JournalFault[]> {
    return this.#rows<JournalFault>('verify-journal', [taskId]);
  }

  async taskIds(): Promise<readonly { readonly taskId: string; readonly rows: number }[]> {
    return this.#rows<{ taskId: string; rows: number }>('task-ids', []);
  }

  /**
   * Into an account that no daemon serves; one that is refused leaves nothing behind, not even that account.
   * @param phase what the chart says of the state of the last row
   * @throws BadInput when a task of this id is there already, or the database does not take a value
   */
  async import({ taskId, rows }: ExportedJournal, phase: TaskPhase): Promise<void> {
    const given = rows.map(({ version, atMs, path, eventJson, state, snapshotJson, machine, hash }) => ({
      ...{ task_id: taskId, version, at_ms: atMs, path, event: eventJson, state },
      ...{ snapshot: snapshotJson, machine, hash },
    }));
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      const account = await client.query<{ accountId: string }>(sql('archive-account'));
      await client.query(sql('import-task'), [
        account.rows[0]?.accountId,
        JSON.stringify(given),
        specOf(rows),
        phase,
      ]);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      if (isDuplicate(error))
        throw wrong(taskId, 'a task of this id in the database', 'a journal that is not there yet');
      if (isBadRow(error))
        throw wrong(
          taskId,
          `a value that the database refuses (${describeDatabaseError(error)})`,
          'a journal as it was exported',
        );
      throw error;
    } finally {
      client.release();
    }
  }

  async #rows<Row extends object>(name: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row & QueryResultRow>(sql(name), [...values]);
    return rows;
  }
}

/** As the task was created with. */
function specOf(rows: readonly ExportedRow[]): string {
  const created = JSON.parse(rows[0]?.eventJson ?? '{}') as { input?: { spec?: unknown } };
  return JSON.stringify(created.input?.spec ?? {});
}
