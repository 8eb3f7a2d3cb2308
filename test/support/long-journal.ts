/** Journals of any length that replay: a roll that a daemon wrote, with takeovers by other daemons before and after it. */
import { readFileSync } from 'node:fs';
import { chainedHash } from '../../src/application/journal-chain.ts';
import { readJournal } from '../../src/application/journal-file.ts';
import type { ExportedJournal, ExportedRow } from '../../src/ports/journal-keeping.ts';

const file = 'test/fixtures/journals/roll-by-delta.jsonl';
const { rows: written } = readJournal(readFileSync(file, 'utf8'), file);

export interface LongJournal {
  readonly taskId: string;
  /** Takeovers between the first row and the roll, and after the roll; they change nothing. */
  readonly before?: number;
  readonly after?: number;
  /** How often the task is created and rolls, one time after the other; only the last is what stands. Default: once. */
  readonly times?: number;
  /** The newest version; default: all. */
  readonly upTo?: number;
  /** Changes a row before it is chained. */
  readonly change?: (row: ExportedRow) => ExportedRow;
}

/** 25 rows of the roll and the takeovers, chained as the database chains them. */
export function longJournal({ taskId, before = 0, after = 0, ...options }: LongJournal): ExportedJournal {
  const { times = 1, upTo = Infinity, change = (row: ExportedRow): ExportedRow => row } = options;
  const [first, ...roll] = written;
  const last = roll.at(-1);
  if (!first || !last) throw new Error(`${file} is empty`);
  const takeovers = (of: ExportedRow, count: number): ExportedRow[] =>
    Array.from({ length: count }, (_, n) => ({
      ...of,
      path: '',
      eventJson: `{"type":"ADOPTED","daemon":"häuschen 😀 ${n}"}`,
    }));
  let hash = '';
  const rows = [
    ...Array.from({ length: times - 1 }, () => written).flat(),
    first,
    ...takeovers(first, before),
    ...roll,
    ...takeovers(last, after),
  ]
    .filter((_, place) => place < upTo)
    .map((row, place): ExportedRow => {
      const changed = change({ ...row, version: place + 1 });
      hash = chainedHash(hash, taskId, changed);
      return { ...changed, hash };
    });
  return { taskId, rows };
}
