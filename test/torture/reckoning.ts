/** Reads journal, outbox and the exchange's own books when all is quiet, has them compared, and counts what was found. */
import type { Alert } from '../../src/domain/alert.ts';
import { alertText } from '../../src/domain/explain/alert-text.ts';
import type { caredFor } from '../../src/domain/roll/roll.ts';
import type { JournalRow } from '../../src/ports/task-reading.ts';
import { query } from '../support/database.ts';
import type { Hand } from './hands.ts';
import type { AccountBooks } from './paper-commands.ts';
import {
  checkPositions,
  checkTask,
  type CheckedContext,
  type Commit,
  type RollEnd,
  type Violation,
  type ViolationKind,
} from './reconcile.ts';
import type { Stage } from './stage.ts';
import { tellStory, type StoryRow } from './story.ts';

export interface BookFigures {
  /** Rolls that ended with a new option, or back at the old one. */
  readonly rolls: number;
  readonly givenUp: number;
  /** Rolls that stopped in FAILED and said so. */
  readonly waiting: number;
  readonly duplicateOrders: number;
  readonly lostRolls: number;
  readonly naked: number;
  readonly strayOrders: number;
  readonly journalGaps: number;
  readonly positionsMatch: boolean;
}

export interface Reckoning {
  readonly figures: BookFigures;
  readonly violations: readonly Violation[];
  /** What happened to each task with a violation, to be read by a person. */
  readonly stories: readonly string[];
}

export async function reckon(stage: Stage): Promise<Reckoning> {
  const violations: Violation[] = [];
  const stories: string[] = [];
  const ends = { rolled: 0, 'given up': 0, waiting: 0, lost: 0 };
  for (const account of new Set(stage.hands.map((hand) => hand.account))) {
    const hands = stage.hands.filter((hand) => hand.account === account);
    const books = await stage.paper.ask('books', account.apiKey);
    const caring: Parameters<typeof caredFor>[0][] = [];
    for (const hand of hands) {
      // Nobody but the tasks trades: what none was given is there as it was.
      if (hand.taskIds.length === 0) caring.push({ held: hand.opening, roll: null });
      for (const taskId of hand.taskIds) {
        const task = await readTask(stage, taskId, books);
        const checked = checkTask(task);
        for (const { end } of checked.rolls) ends[end] += 1;
        violations.push(...checked.violations);
        if (checked.violations.length > 0) stories.push(tellStory(task, stage.daemons.logs));
        const newest = task.commits.at(-1);
        if (newest && isNewest(hand, taskId)) caring.push(newest.context);
      }
    }
    violations.push(...checkPositions(account.name, books.positions, caring));
  }
  return { figures: figuresOf(ends, violations), violations, stories };
}

function figuresOf(ends: Readonly<Record<RollEnd, number>>, violations: readonly Violation[]): BookFigures {
  const count = (kind: ViolationKind): number => violations.filter((found) => found.kind === kind).length;
  return {
    rolls: ends.rolled,
    givenUp: ends['given up'],
    waiting: ends.waiting,
    duplicateOrders: count('duplicate order'),
    lostRolls: count('lost roll'),
    naked: count('naked'),
    strayOrders: count('stray order'),
    journalGaps: count('journal gap'),
    positionsMatch: count('position mismatch') === 0,
  };
}

const isNewest = ({ taskIds }: Hand, taskId: string): boolean => taskIds.at(-1) === taskId;

async function readTask({ store, databaseUrl }: Stage, taskId: string, { orders }: AccountBooks) {
  const details = await store.tasks.showTask(taskId);
  const rows = await store.tasks.journalRows(taskId);
  const stored = await query<Alert & { version: number }>(
    databaseUrl,
    'SELECT version, severity, code, figures FROM alerts WHERE task_id = $1 ORDER BY id',
    [taskId],
  );
  return {
    taskId,
    version: details?.version ?? 0,
    commits: rows.map(commitOf),
    alerts: stored.map((alert) => ({ ...alert, text: alertText(alert) })),
    orders: orders.filter(({ linkId }) => linkId.includes(`-${taskId}-`)),
  };
}

function commitOf({ version, atMs, state, path, eventJson, snapshotJson }: JournalRow): Commit & StoryRow {
  const { context } = JSON.parse(snapshotJson) as { context: CheckedContext };
  const { type } = JSON.parse(eventJson) as { type: string };
  return { version, atMs, state, context, stimulus: path === '' ? type : `${path}: ${type}` };
}
