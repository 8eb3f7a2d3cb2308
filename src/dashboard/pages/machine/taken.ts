/** Which arrows of a chart a task has taken, found from the steps of its journal: state before, event, state after. Pure. */
import type { LaidTransition, MachineLayout } from '../../../api/contract.ts';

/** One step of one machine. */
export interface Move {
  /** `null`: the machine did not run before. */
  readonly from: string | null;
  /** `null`: it does not run any more. */
  readonly to: string | null;
  /** The event as the machine received it; `null` when it went to another machine. */
  readonly event: string | null;
}

export interface Chart {
  readonly transitions: readonly LaidTransition[];
  /** Of a state with states in it, where it begins. */
  readonly initial: ReadonlyMap<string, string>;
}

/** After an event a machine may pass through so many states by itself. */
const passedMax = 6;

export function chartOf({ states, transitions }: MachineLayout): Chart {
  const dots = new Set(states.filter(({ kind }) => kind === 'initial').map(({ id }) => id));
  const initial = transitions
    .filter(({ from }) => dots.has(from))
    .map(({ from, to }) => [from.slice(0, -1), to] as const);
  return { transitions, initial: new Map(initial) };
}

/** Whether the state is that one, or lies in it. */
export const isWithin = (state: string, outer: string): boolean =>
  outer === '' || state === outer || state.startsWith(`${outer}.`);

/** The state that a machine is in when it enters this one. */
export function entered(state: string, { initial }: Chart): string {
  let inner = state;
  for (let next = initial.get(inner); next !== undefined; next = initial.get(inner)) inner = next;
  return inner;
}

/**
 * @returns indexes into the chart's transitions, in their order: the one that the event caused, then those that the machine took by
 * itself; none when the machine stayed where it was, and none when no way leads there
 */
export function takenBy({ from, to, event }: Move, chart: Chart): readonly number[] {
  if (to === null) return [];
  if (from === null) return wayFrom(entered('', chart), to, chart) ?? [];
  const firsts = chart.transitions
    .map((each, index) => ({ each, index }))
    .filter(({ each }) => each.events.length > 0 && isWithin(from, each.from))
    .filter(({ each }) => event === null || each.events.includes(event))
    .sort((a, b) => b.each.from.length - a.each.from.length);
  let best: readonly number[] | null = null;
  for (const { each, index } of firsts) {
    const rest = wayFrom(entered(each.to, chart), to, chart);
    if (rest && (best === null || rest.length + 1 < best.length)) best = [index, ...rest];
  }
  if (best) return best;
  return from === to || event === null ? [] : takenBy({ from, to, event: null }, chart);
}

/** The shortest way of transitions that need no event; `null` when there is none. */
function wayFrom(from: string, to: string, chart: Chart): readonly number[] | null {
  let ways: readonly { readonly at: string; readonly taken: readonly number[] }[] = [{ at: from, taken: [] }];
  const seen = new Set<string>();
  for (let passed = 0; passed <= passedMax; passed += 1) {
    const there = ways.find(({ at }) => at === to);
    if (there) return there.taken;
    ways = ways.flatMap(({ at, taken }) => {
      if (seen.has(at)) return [];
      seen.add(at);
      return chart.transitions.flatMap((each, index) =>
        each.events.includes('') && isWithin(at, each.from)
          ? [{ at: entered(each.to, chart), taken: [...taken, index] }]
          : [],
      );
    });
  }
  return null;
}

export interface Taken {
  /** How often, by index of the transition. */
  readonly counts: ReadonlyMap<number, number>;
  /** Those of the last move. */
  readonly last: ReadonlySet<number>;
  /** What caused the last move; `null` when it is not known. */
  readonly lastEvent: string | null;
}

export function takenIn(moves: readonly Move[], chart: Chart): Taken {
  const counts = new Map<number, number>();
  let last: readonly number[] = [];
  for (const move of moves) {
    last = takenBy(move, chart);
    for (const index of last) counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return { counts, last: new Set(last), lastEvent: moves.at(-1)?.event ?? null };
}
