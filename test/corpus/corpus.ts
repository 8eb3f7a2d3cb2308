/**
 * The corpus: journals in which every transition and every action of the roll and of its order is taken at least once, as
 * they were decided when a version of the machine was released. They are kept for ever: a domain function that decides
 * otherwise today than it did then is noticed here, and has to be forked for the older version.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  createActor,
  type AnyActor,
  type AnyEventObject,
  type AnyStateMachine,
  type AnyStateNode,
  type InspectionEvent,
} from 'xstate';
import { inert, type ReplayedRow } from '../../src/replay/replay.ts';
import { stateName } from '../../src/domain/state-name.ts';
import { nameOf, pathsOf, transitionsOf, wordsOf, type Walk } from '../machines/chart.ts';

export type CorpusJournal = readonly ReplayedRow[];

export const corpusFile = (machine: string, version: string): string =>
  `test/fixtures/journals/${machine}-v${version}.json.gz`;

export const readCorpus = (file: string): readonly CorpusJournal[] =>
  JSON.parse(gunzipSync(readFileSync(file)).toString()) as CorpusJournal[];

export const writeCorpus = (file: string, journals: readonly CorpusJournal[]): void =>
  writeFileSync(file, gzipSync(JSON.stringify(journals), { level: 9 }));

/** Transitions as the chart draws them, and actions by their names. */
export interface Coverage {
  readonly transitions: Set<string>;
  readonly actions: Set<string>;
}

export const noCoverage = (): Coverage => ({ transitions: new Set(), actions: new Set() });

/** Adds the transitions and actions that actors of this machine take to the coverage. */
export const coverageOf =
  (machineId: string, { transitions, actions }: Coverage) =>
  (event: InspectionEvent): void => {
    const logic = (event.actorRef as unknown as { logic?: { id?: string } }).logic;
    if (logic?.id !== machineId) return;
    if (event.type !== '@xstate.microstep') return;
    for (const transition of event._transitions) {
      transitions.add(nameOf(transition));
      for (const action of transition.actions) actions.add(typeOf(action));
      if (transition.target) for (const action of transition.source.exit) actions.add(typeOf(action));
    }
    const { _nodes: nodes = [] } = event.snapshot as { _nodes?: readonly AnyStateNode[] };
    for (const action of nodes.flatMap(({ entry }) => entry)) actions.add(typeOf(action));
  };

const typeOf = (action: unknown): string =>
  typeof action === 'string' ? action : String((action as { type?: unknown }).type);

/** All transitions and actions of the chart. */
export const wantedOf = (machine: AnyStateMachine): Coverage => ({
  transitions: new Set(transitionsOf(machine)),
  actions: wordsOf(machine.config).actions,
});

/** Versions of the row and of the machine that writes it. */
type RowOptions = Pick<ReplayedRow, 'version' | 'machine'>;

const rowOf = (actor: AnyActor, event: object, { version, machine }: RowOptions): ReplayedRow => ({
  version,
  path: '',
  eventJson: JSON.stringify(event),
  state: stateName((actor.getSnapshot() as { value: unknown }).value),
  snapshotJson: JSON.stringify(actor.getPersistedSnapshot()),
  machine,
});

/**
 * Plays events and makes a row of each, also of an event that changes nothing.
 *
 * @param from the row to continue after; `null` plays from the beginning
 */
function play(
  { machine, input }: Walk,
  { from, events, coverage }: { from: ReplayedRow | null; events: readonly object[]; coverage: Coverage },
): ReplayedRow[] {
  const actor = createActor(machine, {
    ...(from ? { snapshot: JSON.parse(from.snapshotJson) as never } : { input }),
    inspect: coverageOf(machine.id, coverage),
  } as never).start();
  const machineVersion = machine.version ?? '1';
  const created = { type: 'CREATED', input };
  const rows = from ? [from] : [rowOf(actor, created, { version: 1, machine: machineVersion })];
  for (const event of events) {
    actor.send(JSON.parse(JSON.stringify(event)) as AnyEventObject);
    const [last] = rows.slice(-1);
    rows.push(rowOf(actor, event, { version: (last?.version ?? 0) + 1, machine: machineVersion }));
  }
  actor.stop();
  return from ? rows.slice(1) : rows;
}

/** Few journals that together take every transition and action that the walks can take. */
export function collect(walks: readonly Walk[]): CorpusJournal[] {
  const covered = noCoverage();
  const journals: CorpusJournal[] = [];
  const keepIfNew = (journal: () => CorpusJournal, taken: Coverage): void => {
    if (isCoveredBy(covered, taken)) return;
    journals.push(journal());
    for (const name of taken.transitions) covered.transitions.add(name);
    for (const name of taken.actions) covered.actions.add(name);
  };
  for (const given of walks) {
    const walk = { ...given, machine: inert(given.machine) };
    for (const path of pathsOf(given)) {
      const coverage = noCoverage();
      const rows = play(walk, { from: null, events: path, coverage });
      keepIfNew(() => rows, coverage);
      const from = rows.at(-1) ?? null;
      const { status, context } = JSON.parse(from?.snapshotJson ?? '{}') as {
        status: string;
        context: never;
      };
      if (status !== 'active') continue;
      for (const event of walk.events(context)) {
        const taken = noCoverage();
        const next = play(walk, { from, events: [event], coverage: taken });
        keepIfNew(() => [...rows, ...next], taken);
      }
    }
  }
  return journals;
}

const isCoveredBy = (known: Coverage, { transitions, actions }: Coverage): boolean =>
  [...transitions].every((name) => known.transitions.has(name)) &&
  [...actions].every((name) => known.actions.has(name));
