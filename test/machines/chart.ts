/** Reads a chart and walks it: its states, the words it uses, and every place that a set of events leads to. */
import {
  createActor,
  fromPromise,
  type AnyEventObject,
  type AnyStateMachine,
  type AnyStateNode,
  type InspectionEvent,
  type Snapshot,
} from 'xstate';
import { getShortestPaths, getStateNodes } from 'xstate/graph';
import { stateName } from '../../src/domain/state-name.ts';

/** For effects of a walk, whose events bring the answers instead. */
export const neverAnswers = fromPromise<never, never>(() => new Promise(() => {})) as never;

/** Every state without states of its own, as `ROLL_INITIATED.closingLeg1`. */
export const statesOf = (machine: AnyStateMachine): string[] =>
  getStateNodes(machine.root)
    .filter((node) => Object.keys(node.states).length === 0)
    .map((node) => node.path.join('.'))
    .sort();

type Kind = 'guards' | 'actions' | 'actors';
const kindOf: Readonly<Record<string, Kind>> = {
  guard: 'guards',
  actions: 'actions',
  entry: 'actions',
  exit: 'actions',
  src: 'actors',
};

/** Names that the chart uses, by kind; `after` lists the timers that would not survive a restart. */
export function wordsOf(chart: unknown): Record<Kind | 'after', Set<string>> {
  const words = {
    guards: new Set<string>(),
    actions: new Set<string>(),
    actors: new Set<string>(),
    after: new Set<string>(),
  };
  const note = (kind: Kind, value: unknown): void => {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      words[kind].add(typeof item === 'string' ? item : String((item as { type: unknown }).type));
    }
  };
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      const kind = kindOf[key];
      if (kind && !path.endsWith('.states') && !path.endsWith('.on')) note(kind, value);
      else if (key === 'after' && !path.endsWith('.states')) words.after.add(path);
      else visit(value, `${path}.${key}`);
    }
  };
  visit(chart, '');
  return words;
}

interface Transition {
  readonly source: AnyStateNode;
  readonly eventType: string;
  readonly guard?: unknown;
}

/** Every transition that the chart draws, as `IDLE.watching: PRICE [is due] 1`; the number is its place among its equals. */
export function transitionsOf(machine: AnyStateMachine): string[] {
  return getStateNodes(machine.root)
    .concat(machine.root)
    .flatMap((node) => transitionsFrom(node))
    .map(nameOf)
    .sort();
}

const transitionsFrom = (node: AnyStateNode): Transition[] =>
  [...node.transitions.values(), node.always ?? []].flat();

export function nameOf(transition: Transition): string {
  const { source, eventType, guard } = transition;
  const equals = transitionsFrom(source).filter((each) => each.eventType === eventType);
  const event = eventType.replace(/^xstate\.(done|error)\.actor\..*$/, '$1') || 'always';
  const condition = typeof guard === 'string' ? ` [${guard}]` : '';
  return `${source.path.join('.') || '(root)'}: ${event}${condition} ${equals.indexOf(transition) + 1}`;
}

/** Every transition that the walks take, when each event that may come is sent at each place they reach. */
export function taken(...walks: readonly Walk[]): Set<string> {
  const names = new Set<string>();
  for (const walk of walks) {
    for (const path of pathsOf(walk)) {
      const place = follow(walk, path);
      const snapshot = place.getPersistedSnapshot();
      place.stop();
      const { status, context } = snapshot as unknown as { status: string; context: never };
      if (status !== 'active') continue;
      for (const event of walk.events(context))
        for (const name of transitionsUpon(walk.machine, snapshot, event)) names.add(name);
    }
  }
  return names;
}

function transitionsUpon(
  machine: AnyStateMachine,
  snapshot: Snapshot<unknown>,
  event: AnyEventObject,
): Set<string> {
  const names = new Set<string>();
  const actor = createActor(machine, {
    snapshot,
    inspect: (inspected: InspectionEvent) => {
      if (inspected.type !== '@xstate.microstep' || inspected.actorRef !== actor) return;
      for (const transition of inspected._transitions) names.add(nameOf(transition));
    },
  } as never);
  actor.subscribe({ error: () => undefined });
  actor.start();
  actor.send(event);
  actor.stop();
  return names;
}

export interface Walk {
  /** The machine, with effects that never answer by themselves. */
  readonly machine: AnyStateMachine;
  readonly input?: unknown;
  /** What may happen next, given what the machine knows. */
  readonly events: (context: never) => readonly AnyEventObject[];
  /** The part of the context that distinguishes two visits of a state. */
  readonly facts?: (context: never) => unknown;
}

/** One place the machine can get to, and the events that lead there. */
export type Path = readonly AnyEventObject[];

export function pathsOf({ machine, input, events, facts = () => null }: Walk): Path[] {
  const paths = getShortestPaths(machine, {
    input: input as never,
    events: (snapshot: { context: unknown }) => events(snapshot.context as never) as never,
    serializeState: (snapshot: { value?: unknown; context?: unknown }) =>
      JSON.stringify([snapshot.value, facts(snapshot.context as never)]),
    stopWhen: ({ status }: Snapshot<unknown>) => status !== 'active',
    limit: 100_000,
  } as never);
  return paths.map(({ steps }) => steps.map(({ event }) => event as AnyEventObject).slice(1));
}

/** Goes one path with a live actor; `visit` gets every state on it, also those that are left at once. */
export function follow({ machine, input }: Walk, path: Path, visit: (state: string) => void = () => {}) {
  const actor = createActor(machine, {
    input: input,
    inspect: (event) => {
      if (event.type === '@xstate.microstep' && event.actorRef === actor)
        visit(stateName((event.snapshot as { value?: unknown }).value));
    },
  });
  actor.start();
  visit(stateName(actor.getSnapshot().value));
  for (const event of path) actor.send(event);
  return actor;
}

/** Every state that the walks come through. */
export function reached(...walks: readonly Walk[]): string[] {
  const states = new Set<string>();
  for (const walk of walks)
    for (const path of pathsOf(walk)) follow(walk, path, (state) => states.add(state)).stop();
  return [...states].sort();
}

/** Stored as text and brought back: the snapshot before and after. */
export function roundTrip(walk: Walk, path: Path): { before: Snapshot<unknown>; after: Snapshot<unknown> } {
  const actor = follow(walk, path);
  const before = actor.getPersistedSnapshot();
  actor.stop();
  const restored = createActor(walk.machine, {
    snapshot: JSON.parse(JSON.stringify(before)) as Snapshot<unknown>,
  } as never).start();
  const after = restored.getPersistedSnapshot();
  restored.stop();
  return { before, after };
}

/** The event that an invoked actor's answer is. */
export const done = (id: string, output: object = {}): AnyEventObject => ({
  type: `xstate.done.actor.${id}`,
  output,
  actorId: id,
});
export const failed = (id: string, error: unknown): AnyEventObject => ({
  type: `xstate.error.actor.${id}`,
  error,
  actorId: id,
});
