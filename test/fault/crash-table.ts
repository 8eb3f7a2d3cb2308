/**
 * The crash table: for every effect, what is done to it and when. It owns the columns, what each of them means for an
 * effect of each kind, and how a cell is tried: at the first, the second and the last time that the effect gets there.
 */
import { live, momentKey, type Blow, type Circumstances, type Ending, type Story } from './crash-world.ts';
import type { Moment } from './effect-life.ts';

/** What an effect is to the world: it changes it, it looks at it, or it only waits for its time. */
export type Kind = 'write' | 'read' | 'alarm';

export interface Row {
  readonly kind: Kind;
  readonly story: Story;
}

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

const strikesOf = (column: Column, kind: Kind): Strikes => [
  ...strikes[column],
  ...(kind === 'write' ? (strikesAtWrites[column] ?? []) : []),
];

/** How a cell turned out. */
export interface Cell {
  /** Worlds that it was tried in. */
  readonly worlds: number;
  readonly problems: readonly string[];
}

/** @throws when the effect never comes to the moment of a strike in the story of its row */
export async function tryCell(
  effect: string,
  { kind, story }: Row,
  column: Column,
  tamper?: Circumstances['tamper'],
): Promise<Cell> {
  const problems: string[] = [];
  let worlds = 0;
  for (const [blow, moment] of strikesOf(column, kind)) {
    const world = { daemons: blow === 'conflict' ? 2 : 1, ...(tamper && { tamper }) };
    const times = (await quiet(story, world.daemons)).moments.get(momentKey(effect, moment)) ?? 0;
    if (times === 0)
      throw new Error(`"${effect}" is never ${moment} in the story of its row: give it one in which it is`);
    for (const nth of new Set([1, Math.min(2, times), times])) {
      const ending = await live(story, { ...world, strike: { effect, moment, nth, blow } });
      worlds += 1;
      problems.push(
        ...ending.problems.map((problem) => `${blow}, ${moment} (${nth} of ${times}): ${problem}`),
      );
    }
  }
  return { worlds, problems };
}

const known = new Map<Story, Map<number, Promise<Ending>>>();

/** The story without a strike, lived once. */
function quiet(story: Story, daemons: number): Promise<Ending> {
  const endings = known.get(story) ?? new Map<number, Promise<Ending>>();
  const ending = endings.get(daemons) ?? live(story, { daemons });
  known.set(story, endings.set(daemons, ending));
  return ending;
}

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
