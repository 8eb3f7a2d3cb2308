/**
 * What a command prints on stdout: sentences and tables for a person, or JSON lines and nothing else for a program. Logs and
 * errors go to stderr; they are the logger's and `failure.ts`'s.
 */
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { programName, wantsColour } from '../../config.ts';
import { visibleJson, visibleText } from '../../domain/foreign-text.ts';
import { shellWord } from './shell-word.ts';
import { wrapped } from './wrapped.ts';

export interface Output {
  readonly json: boolean;
  /** Prints one JSON line; only with `--json`. */
  record(record: object): void;
  /** Prints a sentence, or some lines; only without `--json`. */
  say(text: string): void;
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Prints the commands that a newcomer would type next; only without `--json`. */
  next(...commands: readonly string[]): void;
}

export function createOutput(json: boolean): Output {
  const write = (text: string): void => void process.stdout.write(`${text}\n`);
  const say = (text: string): void => {
    if (!json) write(emphasised(visibleText(text), { hasColour: wantsColour(process.stdout.isTTY) }));
  };
  return {
    json,
    record: (record) => {
      if (json) write(visibleJson(JSON.stringify(record)));
    },
    say,
    table: (head, rows) => say(renderTable(head, rows)),
    next: (...commands) =>
      say(['', 'Next:', ...commands.map((command) => `  ${typedCommand(command)}`)].join('\n')),
  };
}

/**
 * A command as the person would type it, with the program's name as they started it: `npx rollkeeper task list --data ./kept`.
 * @param dataDir directory of the database that the command is for; default: the one on this command line
 */
export function typedCommand(command: string, dataDir = typedDataDir()): string {
  const data = dataDir === undefined ? '' : ` --data ${shellWord(dataDir)}`;
  return `${command.replace(/(^|\s)rollkeeper(?=\s)/, `$1${programName()}`)}${data}`;
}

const usualColumns = 80;

/** How wide a page may be. */
export const columnsOf = (): number => (process.stdout.isTTY ? process.stdout.columns : usualColumns);

/** A page as wide as the terminal; as it is where nobody reads it at one. */
export const fitted = (text: string): string => (process.stdout.isTTY ? wrapped(text, columnsOf()) : text);

/** The `--data` of this command line. */
function typedDataDir(): string | undefined {
  const { argv } = process;
  const at = argv.indexOf('--data');
  if (at !== -1) return argv[at + 1];
  return argv.find((word) => word.startsWith('--data='))?.slice('--data='.length);
}

/** Makes the words that must not be overlooked stand out. */
export const emphasised = (text: string, { hasColour }: { readonly hasColour: boolean }): string =>
  hasColour
    ? text.replace(/\b(?:FAILED|critical|refused)\b/g, (word) => styleText(['bold', 'red'], word))
    : text;

const figure = /^[+-]?\d[\d.]*( ?(?:%|[A-Z]{3,5}))?$|^-$|^$/;

/** Columns of figures are aligned to the right, so that their digits line up. */
const alignmentOf = (rows: readonly (readonly string[])[], at: number): 'left' | 'right' => {
  const cells = rows.map((row) => row[at] ?? '');
  return cells.every((cell) => figure.test(cell)) && cells.some((cell) => /\d/.test(cell)) ? 'right' : 'left';
};

/** A table without frames, columns two spaces apart, so that it can be read, grepped and cut. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = '';
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, at) => alignmentOf(rows, at)),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: none,
    },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A moment as people read it, to the second, for a place that says UTC itself. */
export const secondText = (atMs: number): string =>
  new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');

/** A moment as people read it, always UTC, to the second. */
export const timeText = (atMs: number): string => `${secondText(atMs)} UTC`;
