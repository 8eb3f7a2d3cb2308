/** What happened to one task, in the order of time, for whoever has to understand a violation. */
import { checkTask, type BookedOrder, type Commit, type TaskHistory } from './reconcile.ts';

export interface StoryRow {
  /** What the turn answered to. */
  readonly stimulus: string;
}

export interface ToldTask extends TaskHistory {
  readonly commits: readonly (Commit & StoryRow)[];
}

interface Moment {
  readonly atMs: number;
  readonly text: string;
}

/** @param logs lines of all daemons; those that name the task and are no plain transition are told too */
export function tellStory(task: ToldTask, logs: readonly string[]): string {
  const { violations } = checkTask(task);
  const moments = [...commitMoments(task), ...task.orders.flatMap(orderMoments)];
  moments.sort((a, b) => a.atMs - b.atMs);
  const said = logs.filter((line) => line.includes(task.taskId) && /"level":"(warn|error)"/.test(line));
  return [
    `Task ${task.taskId}`,
    ...violations.map(({ kind, text }) => `  ${kind}: ${text}`),
    ...moments.map(({ atMs, text }) => `  ${clockText(atMs)}  ${text}`),
    ...said.map((line) => `  ${line}`),
  ].join('\n');
}

/** Adoptions are stamped by the database's clock, which is years from the exchange's: they keep their place. */
function commitMoments({ commits, alerts }: ToldTask): Moment[] {
  let lastMs = 0;
  return commits.flatMap(({ version, atMs, state, stimulus, context }) => {
    lastMs = stimulus === 'ADOPTED' ? lastMs : Math.max(lastMs, atMs);
    const { roll } = context;
    const tally = roll ? ` (closed ${roll.closed.executedQty}, opened ${roll.opened.executedQty})` : '';
    const told = alerts.filter((alert) => alert.version === version).map((alert) => `alert: ${alert.text}`);
    return [`v${version} ${stimulus} → ${state}${tally}`, ...told].map((text) => ({ atMs: lastMs, text }));
  });
}

function orderMoments(order: BookedOrder): Moment[] {
  const { linkId, side, symbol, status, executedQty } = order;
  return [
    { atMs: order.acceptedAtMs, text: `exchange accepts ${linkId}: ${side} ${symbol}` },
    { atMs: order.updatedAtMs, text: `exchange has ${linkId} ${status}, executed ${executedQty}` },
  ];
}

const clockText = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);
