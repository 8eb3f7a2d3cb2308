/** What the suites of the store write: turns, tasks and alerts, alike but for what a case is about. */
import type { Alert } from '../../../src/ports/alerts.ts';
import type { NewTask, StoredTask, TaskOwnership, TurnRecord } from '../../../src/ports/journal.ts';

/** An alert with a code of its own, and figures with any text. */
export const alertOf = (code: string, severity: Alert['severity'] = 'warning'): Alert => ({
  severity,
  code,
  figures: { said: 'ü 漢字 \0\ud800' },
});

export type TaskRef = Pick<TurnRecord, 'accountId' | 'taskId'>;

/** The turn that makes `expectedVersion + 1` of a task. */
export const turnOf = (
  { accountId, taskId }: TaskRef,
  expectedVersion: number,
  changes: Partial<TurnRecord> = {},
): TurnRecord => ({
  accountId,
  taskId,
  expectedVersion,
  atMs: 1_700_000_000_000 + expectedVersion,
  path: '',
  eventJson: `{"type":"PRICE","n":${expectedVersion}}`,
  state: 'IDLE.watching',
  phase: 'waiting',
  snapshotJson: `{"n":${expectedVersion}}`,
  machine: '1',
  alerts: [],
  answers: [],
  ...changes,
});

export const newTaskOf = ({ accountId, taskId }: TaskRef, changes: Partial<NewTask> = {}): NewTask => ({
  accountId,
  taskId,
  atMs: 1_000,
  specJson: '{}',
  eventJson: '{"type":"CREATED"}',
  state: 'IDLE.watching',
  phase: 'waiting',
  snapshotJson: '{"value":"IDLE"}',
  machine: '1',
  answer: { commandId: `add-${taskId}`, status: 'done', text: 'added' },
  ...changes,
});

/** Everything that adopting an account gives, batch by batch. */
export async function batchesOf(ownership: TaskOwnership, accountId: string): Promise<StoredTask[][]> {
  const batches: StoredTask[][] = [];
  for await (const batch of ownership.adopt(accountId)) batches.push([...batch]);
  return batches;
}

/** Texts of JSON that a store may be tempted to put in order. */
export const oddJson = [
  ' {"b" :1,\t"a":\n[ 1 ,2 ]  } ',
  '{"z":1,"a":2,"z":3}',
  '{"n":1.10000000000000000000000000000001e0,"m":-0}',
  '{"t":"ü 漢字 😀 \u2028"}',
  '{"nul":"\\u0000","half":"\\ud800","quote":"\\"\\\\"}',
] as const;
