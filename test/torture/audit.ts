/** Audits the run once all is quiet: reads journal, outbox and the exchange's own books, has them compared, and counts what was found. */
import type { Alert } from '../../src/domain/alert.ts';
import { alertText } from '../../src/domain/explain/alert-text.ts';
import type { HeldPosition } from '../../src/domain/market/held-option.ts';
import { holdingsOf } from '../../src/domain/roll/holdings.ts';
import type { JournalRow } from '../../src/ports/task-reading.ts';
import { query } from '../support/database.ts';
import type { Installation } from './installation.ts';
import type { PositionOwner } from './owner-actions.ts';
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
import { taskStory, type StoryRow } from './story.ts';

export interface BookFigures {
  /** Rolls that ended with a new option, or back at the old one. */
  readonly rolls: number;
  readonly givenUp: number;
  /** Rolls that stopped in FAILED with an alert. */
  readonly waiting: number;
  readonly duplicateOrders: number;
  readonly lostRolls: number;
  readonly naked: number;
  readonly strayOrders: number;
  readonly journalGaps: number;
  readonly positionsMatch: boolean;
}

export interface Audit {
  readonly figures: BookFigures;
  readonly violations: readonly Violation[];
  /** What happened to each task with a violation, for a person to read. */
  readonly stories: readonly string[];
}

export async function audit(installation: Installation): Promise<Audit> {
  const { owners, paper, daemons } = installation;
  const violations: Violation[] = [];
  const stories: string[] = [];
  const ends = { rolled: 0, 'given up': 0, waiting: 0, lost: 0 };
  for (const account of new Set(owners.map((owner) => owner.account))) {
    const books = await paper.ask('books', account.apiKey);
    const managed: HeldPosition[] = [];
    for (const owner of owners.filter((each) => each.account === account)) {
      // Only tasks trade: a position that no task managed is still as it was.
      if (owner.taskIds.length === 0) managed.push(...owner.opening);
      for (const taskId of owner.taskIds) {
        const task = await readTask(installation, taskId, books);
        const checked = checkTask(task);
        for (const { end } of checked.rolls) ends[end] += 1;
        violations.push(...checked.violations);
        if (checked.violations.length > 0) stories.push(taskStory(task, daemons.logs));
        const newest = task.commits.at(-1);
        if (newest && isNewest(owner, taskId)) managed.push(...holdingsOf(newest.context));
      }
    }
    violations.push(...checkPositions(account.name, books.positions, managed));
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

const isNewest = ({ taskIds }: PositionOwner, taskId: string): boolean => taskIds.at(-1) === taskId;

async function readTask({ store, databaseUrl }: Installation, taskId: string, { orders }: AccountBooks) {
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
