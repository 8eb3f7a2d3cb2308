/**
 * The crash table: for every effect, what is done to it and when. It owns the columns, what each of them means for an
 * effect of each kind, and how a cell is tried: at the first, the second and the last time that the effect gets there.
 */
import { live, momentKey, type Blow, type Circumstances, type Ending, type Story } from './crash-world.ts';
import type { Moment, Nature } from './effect-life.ts';

export type Row = Nature & { readonly story: Story };
export type Rows = Readonly<Record<string, Row>>;

type Strikes = readonly (readonly [Blow, Moment])[];

/** For every effect, though only a write waits for a commit: a read has left by then, an alarm is set. */
const strikes = {
  'crash before commit': [['crash', 'invoked']],
  'crash after commit': [['crash', 'stored']],
  /** The exchange acts on it, or the alarm is about to ring, and nobody hears of that. */
  'crash after send': [['crash', 'under way']],
  /** The answer is known and was acted on, in a turn that is not stored. */
  'crash after ack': [['crash', 'answered']],
  repeat: [['the answer comes twice', 'answered']],
  conflict: [
    ['conflict', 'invoked'],
    ['conflict', 'answered'],
  ],
} as const satisfies Record<string, Strikes>;

export type Column = keyof typeof strikes;
export const columns = Object.keys(strikes) as Column[];

const strikesAtWrites: Partial<Record<Column, Strikes>> = {
  'crash after send': [['crash, and the request arrives late', 'sent']],
  repeat: [['the request comes twice', 'invoked']],
};

const strikesOf = (column: Column, kind: Nature['kind']): Strikes => [
  ...strikes[column],
  ...(kind === 'write' ? (strikesAtWrites[column] ?? []) : []),
];

/** How a cell turned out. */
export interface Cell {
  /** Worlds that it was tried in. */
  readonly worlds: number;
  readonly problems: readonly string[];
}

export class CrashTable {
  readonly #rows: Rows;
  /** How a story ends without a strike, by daemons; lived once. */
  readonly #quiet = new Map<Story, Map<number, Promise<Ending>>>();

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** @throws when the effect never comes to the moment of a strike in the story of its row */
  async try(effect: string, column: Column, tamper?: Circumstances['tamper']): Promise<Cell> {
    const row = this.#rows[effect];
    if (!row) throw new Error(`"${effect}" has no row`);
    const { kind, story } = row;
    const problems: string[] = [];
    let worlds = 0;
    for (const [blow, moment] of strikesOf(column, kind)) {
      const daemons = blow === 'conflict' ? 2 : 1;
      const quiet = await this.#quietly(story, daemons);
      const times = quiet.moments.get(momentKey(effect, moment)) ?? 0;
      if (times === 0)
        throw new Error(`"${effect}" is never ${moment} in the story of its row: give it one in which it is`);
      for (const nth of new Set([1, Math.min(2, times), times])) {
        const strike = { effect, moment, nth, blow };
        const ending = await live(story, { natures: this.#rows, daemons, strike, ...(tamper && { tamper }) });
        worlds += 1;
        const found = [...ending.problems, ...repeatedIn(ending), ...missingIn(ending, quiet)];
        problems.push(...found.map((problem) => `${blow}, ${moment} (${nth} of ${times}): ${problem}`));
      }
    }
    return { worlds, problems };
  }

  #quietly(story: Story, daemons: number): Promise<Ending> {
    const endings = this.#quiet.get(story) ?? new Map<number, Promise<Ending>>();
    const ending = endings.get(daemons) ?? live(story, { natures: this.#rows, daemons });
    this.#quiet.set(story, endings.set(daemons, ending));
    return ending;
  }
}

const repeatedIn = ({ told }: Ending): string[] =>
  told.filter((text, at) => told.indexOf(text) < at).map((text) => `told twice: ${text}`);

/** Versions, times and prices aside, and what was said of an order before its end: a restart asks anew. */
const gistOf = (text: string): string =>
  text.replace(/; before: .*?(?=\)\. )/, '').replaceAll(/-?[\d.]+/g, '#');

const missingIn = ({ told }: Ending, quiet: Ending): string[] => {
  const gists = new Set(told.map(gistOf));
  return quiet.told.filter((text) => !gists.has(gistOf(text))).map((text) => `not told: ${text}`);
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
