/**
 * The table of machines of which nothing is stored: for every effect, in every state that runs it, what may become of
 * it. It owns the columns and their claims; the ways into states, and what comes next when all is well, are the test's.
 */
import type { AnyStateMachine, StateNode } from 'xstate';
import { nameOf } from './effects-of.ts';
import { Play, settle, type Cast, type Part, type Step } from './play.ts';

export const rest = Symbol('rest');

export interface Stage extends Cast {
  /** From the start into each state that runs an effect. */
  readonly ways: Readonly<Record<string, readonly Step[]>>;
  /** What comes next when all is well, state by state; `rest` where nothing has to. */
  readonly next: Readonly<Record<string, Step | typeof rest>>;
}

export interface Cell {
  readonly stage: Stage;
  readonly effect: string;
  /** It runs the effect. */
  readonly state: string;
  /** What ends an effect that never answers. */
  readonly endedBy: Step;
}

/** Each throws when its claim does not hold. */
const columns = {
  'it fails': async (cell: Cell) => {
    const play = new Play(cell.stage);
    const way = wayOf(cell);
    if (cell.effect in cell.stage.says) {
      for (const step of way.slice(0, -1)) await play.take(step);
      play.stumbling = cell.effect;
      await play.take(way.at(-1) ?? '');
    } else {
      for (const step of way) await play.take(step);
      play.find(cell.effect).fail(new Error('it failed'));
    }
    await goOn(cell, play);
  },
  'it never answers': async (cell: Cell) => {
    const { play } = await brought(cell);
    await end(cell, play);
    await goOn(cell, play);
  },
  'it answers twice': async (cell: Cell) => {
    const { play, part } = await brought(cell);
    part.answer();
    await settle();
    await expectUnmoved(play, () => part.answer());
    await goOn(cell, play);
  },
  'it answers late': async (cell: Cell) => {
    const { play, part } = await brought(cell);
    await end(cell, play);
    await goOn(cell, play, () => part.answer());
  },
  'it fails late': async (cell: Cell) => {
    const { play, part } = await brought(cell);
    await end(cell, play);
    await goOn(cell, play, () => part.fail(new Error('it failed late')));
  },
  'it is killed': async (cell: Cell) => {
    const { play } = await brought(cell);
    play.kill();
    if (play.running.length > 0) throw new Error(`left open: ${namesOf(play)}`);
  },
};

export type Column = keyof typeof columns;
export const columnNames = Object.keys(columns) as Column[];

export const tryColumn = (column: Column, cell: Cell): Promise<void> => columns[column](cell);

/** Every state that runs the effect, read off the chart; `effect` as in `effectsOf`. */
export function statesRunning(machine: AnyStateMachine, effect: string): string[] {
  const inside = (node: StateNode): StateNode[] => [node, ...Object.values(node.states).flatMap(inside)];
  return inside(machine.root as StateNode)
    .filter(({ invoke }) =>
      invoke.some(({ src }) => typeof src === 'string' && nameOf(machine, src) === effect),
    )
    .map(({ path }) => path.join('.'));
}

function wayOf({ stage, state }: Cell): readonly Step[] {
  const way = stage.ways[state];
  if (!way) throw new Error(`no way into ${state} is known: add one`);
  return way;
}

async function brought(cell: Cell): Promise<{ play: Play; part: Part }> {
  const play = new Play(cell.stage);
  for (const step of wayOf(cell)) await play.take(step);
  if (!play.state.startsWith(cell.state))
    throw new Error(`the way into ${cell.state} leads to ${play.state}`);
  return { play, part: play.find(cell.effect) };
}

async function end({ effect, endedBy }: Cell, play: Play): Promise<void> {
  const part = play.find(effect);
  await play.take(endedBy);
  if (!part.isOver) throw new Error(`"${effect}" goes on after ${JSON.stringify(endedBy)}`);
}

const stepsMax = 20;

/** Until it rests, with everything in its place and nothing twice; `meanwhile` must not move it anywhere on the way. */
async function goOn({ stage }: Cell, play: Play, meanwhile: () => void = () => undefined): Promise<void> {
  for (let steps = 0; ; steps += 1) {
    await settle();
    if (play.failure !== null) throw new Error(`the machine broke in ${play.state}`, { cause: play.failure });
    await expectUnmoved(play, meanwhile);
    const step = stage.next[play.state];
    if (step === rest) break;
    if (step === undefined || steps > stepsMax) throw new Error(`it does not go on from ${play.state}`);
    await play.take(step);
  }
  const effects = play.running.map(({ effect }) => effect);
  if (play.isDone && effects.length > 0) throw new Error(`left open: ${namesOf(play)}`);
  if (new Set(effects).size < effects.length) throw new Error(`something runs twice: ${namesOf(play)}`);
}

async function expectUnmoved(play: Play, act: () => void): Promise<void> {
  const before = { state: play.state, begun: play.parts.length };
  act();
  await settle();
  if (play.state !== before.state || play.parts.length !== before.begun)
    throw new Error(`it moved from ${before.state} to ${play.state}, and began ${namesOf(play)}`);
}

const namesOf = ({ running }: Play): string => running.map(({ effect }) => effect).join(', ');
