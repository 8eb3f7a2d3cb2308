/**
 * The crash table: which faults are injected into every effect, and when. It owns the columns, what each of them means
 * for an effect of each kind, and how a cell is tried: at the first, second and last time that the effect comes to that
 * moment.
 */
import { momentKey, play, type Circumstances, type Ending, type Fault, type Story } from './crash-world.ts';
import type { Moment, Nature } from './effect-life.ts';

export type Row = Nature & { readonly story: Story };
export type Rows = Readonly<Record<string, Row>>;

type Faults = readonly (readonly [Fault, Moment])[];

/** For every effect, though only a write waits for a commit: at that moment a read has left, and an alarm is set. */
const faults = {
  'crash before commit': [['crash', 'invoked']],
  'crash after commit': [['crash', 'stored']],
  /** The exchange acts on it, or the alarm is about to ring, and no daemon learns of that. */
  'crash after send': [['crash', 'under way']],
  /** The answer is known and was acted on, in a turn that is not stored. */
  'crash after ack': [['crash', 'answered']],
  repeat: [['the answer comes twice', 'answered']],
  conflict: [
    ['conflict', 'invoked'],
    ['conflict', 'answered'],
  ],
} as const satisfies Record<string, Faults>;

export type Column = keyof typeof faults;
export const columns = Object.keys(faults) as Column[];

const faultsAtWrites: Partial<Record<Column, Faults>> = {
  'crash after send': [['crash, and the request arrives late', 'sent']],
  repeat: [['the request comes twice', 'invoked']],
};

const faultsOf = (column: Column, kind: Nature['kind']): Faults => [
  ...faults[column],
  ...(kind === 'write' ? (faultsAtWrites[column] ?? []) : []),
];

/** How a cell turned out. */
export interface Cell {
  /** Worlds that it was tried in. */
  readonly worlds: number;
  readonly problems: readonly string[];
}

export class CrashTable {
  readonly #rows: Rows;
  /** How a story ends without a fault, by number of daemons; played once. */
  readonly #quiet = new Map<Story, Map<number, Promise<Ending>>>();

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** @throws Error when the effect never comes to the moment of a fault in the story of its row */
  async try(effect: string, column: Column, tamper?: Circumstances['tamper']): Promise<Cell> {
    const row = this.#rows[effect];
    if (!row) throw new Error(`"${effect}" has no row`);
    const { kind, story } = row;
    const problems: string[] = [];
    let worlds = 0;
    for (const [fault, moment] of faultsOf(column, kind)) {
      const daemons = fault === 'conflict' ? 2 : 1;
      const quiet = await this.#quietly(story, daemons);
      const times = quiet.moments.get(momentKey(effect, moment)) ?? 0;
      if (times === 0)
        throw new Error(`"${effect}" is never ${moment} in the story of its row: give it one in which it is`);
      for (const nth of new Set([1, Math.min(2, times), times])) {
        const plan = { effect, moment, nth, fault };
        const ending = await play(story, { natures: this.#rows, daemons, plan, ...(tamper && { tamper }) });
        worlds += 1;
        const found = [...ending.problems, ...repeatedIn(ending), ...missingIn(ending, quiet)];
        problems.push(...found.map((problem) => `${fault}, ${moment} (${nth} of ${times}): ${problem}`));
      }
    }
    return { worlds, problems };
  }

  #quietly(story: Story, daemons: number): Promise<Ending> {
    const endings = this.#quiet.get(story) ?? new Map<number, Promise<Ending>>();
    const ending = endings.get(daemons) ?? play(story, { natures: this.#rows, daemons });
    this.#quiet.set(story, endings.set(daemons, ending));
    return ending;
  }
}

/** What was alerted more than once. */
export const repeatedIn = ({ alerts }: Ending): string[] =>
  alerts.filter((text, at) => alerts.indexOf(text) < at).map((text) => `alerted twice: ${text}`);

/** Without figures, and without the earlier refusals of an order: these may differ after a restart. */
const gistOf = (text: string): string =>
  text.replace(/; before: .*?(?=\)\. )/, '').replaceAll(/-?[\d.]+/g, '#');

/** What was alerted without a fault, and not with one. */
export const missingIn = ({ alerts }: Ending, quiet: Ending): string[] => {
  const gists = new Set(alerts.map(gistOf));
  return quiet.alerts.filter((text) => !gists.has(gistOf(text))).map((text) => `not alerted: ${text}`);
};

/** Effects down, columns across; in each cell how many worlds came through. */
export function drawn(passed: ReadonlyMap<string, ReadonlyMap<Column, number>>): string {
  const width = Math.max(...[...passed.keys()].map((effect) => effect.length));
  const line = (first: string, cells: readonly string[]) =>
    [first.padEnd(width), ...cells.map((cell, at) => cell.padEnd(columns[at]?.length ?? 0))].join('  ');
  const lines = [...passed].map(([effect, cells]) =>
    line(
      effect,
      columns.map((column) => (cells.has(column) ? `✓ ${cells.get(column)}` : '-')),
    ),
  );
  return [line('', columns), ...lines].join('\n');
}
