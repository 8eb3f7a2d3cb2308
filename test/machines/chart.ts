/** Reads a chart and walks it: its states, the words it uses, and every place that a set of events leads to. */
import {
  createActor,
  fromPromise,
  type AnyEventObject,
  type AnyMachineSnapshot,
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
export const taken = (...walks: readonly Walk[]): Set<string> =>
  new Set(walks.flatMap((walk) => [...explored(walk).transitions]));

/** Every state that the walks come through, also those that are left at once. */
export const reached = (...walks: readonly Walk[]): string[] =>
  [...new Set(walks.flatMap((walk) => [...explored(walk).states]))].sort();

interface Explored {
  readonly states: ReadonlySet<string>;
  readonly transitions: ReadonlySet<string>;
}

const exploredWalks = new WeakMap<Walk, Explored>();

/** Sends each event that may come at each place of a walk, once however often it is asked for. */
function explored(walk: Walk): Explored {
  const known = exploredWalks.get(walk);
  if (known) return known;
  const states = new Set<string>();
  const transitions = new Set<string>();
  const { machine, input, events } = walk;
  const actor = createActor(machine, {
    input,
    inspect: (inspected: InspectionEvent) => {
      if (inspected.type !== '@xstate.microstep') return;
      states.add(stateName((inspected.snapshot as { value?: unknown }).value));
      for (const transition of inspected._transitions) transitions.add(nameOf(transition));
    },
  });
  actor.start();
  const scope = { ...nothingHappens, self: actor, system: actor.system };
  for (const { snapshot } of placesOf(walk)) {
    states.add(stateName(snapshot.value));
    if (snapshot.status !== 'active') continue;
    for (const event of events(snapshot.context as never))
      machine.transition(snapshot, event, scope as never);
  }
  actor.stop();
  const result = { states, transitions };
  exploredWalks.set(walk, result);
  return result;
}

/** What a step would do, not done: the next snapshot alone counts. */
const nothingHappens = {
  id: '',
  sessionId: '',
  logger: () => undefined,
  defer: () => undefined,
  stopChild: () => undefined,
  emit: () => undefined,
  actionExecutor: () => undefined,
};

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

interface Place {
  readonly snapshot: AnyMachineSnapshot;
  readonly persisted: Snapshot<unknown>;
}

const walkedPaths = new WeakMap<Walk, Path[]>();

/** To every place of a walk, searched once however often it is asked for. */
export function pathsOf(walk: Walk): Path[] {
  const known = walkedPaths.get(walk);
  if (known) return known;
  const { machine, input, events, facts = () => null } = walk;
  const found = getShortestPaths(machine, {
    input: input as never,
    events: (snapshot: { context: unknown }) => events(snapshot.context as never) as never,
    serializeState: (snapshot: { value?: unknown; context?: unknown }) =>
      JSON.stringify([snapshot.value, facts(snapshot.context as never)]),
    stopWhen: ({ status }: Snapshot<unknown>) => status !== 'active',
    limit: 100_000,
  } as never);
  const paths = found.map(({ steps }) => steps.map(({ event }) => event as AnyEventObject).slice(1));
  walkedPaths.set(walk, paths);
  return paths;
}

const walkedPlaces = new WeakMap<Walk, readonly Place[]>();

/** Every place of a walk, as a live actor gets there. */
function placesOf(walk: Walk): readonly Place[] {
  const known = walkedPlaces.get(walk);
  if (known) return known;
  const { machine, input } = walk;
  const places = pathsOf(walk).map((path): Place => {
    const actor = createActor(machine, { input }).start();
    for (const event of path) actor.send(event);
    const place = { snapshot: actor.getSnapshot() as never, persisted: actor.getPersistedSnapshot() };
    actor.stop();
    return place;
  });
  walkedPlaces.set(walk, places);
  return places;
}

/** Stored as text and brought back, at each place of a walk: the snapshot before and after. */
export function* roundTrips(walk: Walk): Generator<{ before: Snapshot<unknown>; after: Snapshot<unknown> }> {
  const { machine } = walk;
  for (const { persisted: before } of placesOf(walk)) {
    const restored = createActor(machine, {
      snapshot: JSON.parse(JSON.stringify(before)) as Snapshot<unknown>,
    } as never).start();
    const after = restored.getPersistedSnapshot();
    restored.stop();
    yield { before, after };
  }
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
