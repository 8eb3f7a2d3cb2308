/** What happened to one task, in the order of time, for the person who has to understand a violation. */
import { checkTask, type BookedOrder, type Commit, type TaskHistory } from './reconcile.ts';

export interface StoryRow {
  /** The event that the turn handled. */
  readonly stimulus: string;
}

export interface StoryTask extends TaskHistory {
  readonly commits: readonly (Commit & StoryRow)[];
}

interface Moment {
  readonly atMs: number;
  readonly text: string;
}

/** @param logs lines of all daemons; the story quotes the warnings and errors that name the task */
export function taskStory(task: StoryTask, logs: readonly string[]): string {
  const { violations } = checkTask(task);
  const moments = [...commitMoments(task), ...task.orders.flatMap(orderMoments)];
  moments.sort((a, b) => a.atMs - b.atMs);
  const quoted = logs.filter((line) => line.includes(task.taskId) && /"level":"(warn|error)"/.test(line));
  return [
    `Task ${task.taskId}`,
    ...violations.map(({ kind, text }) => `  ${kind}: ${text}`),
    ...moments.map(({ atMs, text }) => `  ${clockText(atMs)}  ${text}`),
    ...quoted.map((line) => `  ${line}`),
  ].join('\n');
}

/** The database's clock stamps adoptions, and it is years from the paper exchange's: they get the time of the commit before. */
function commitMoments({ commits, alerts }: StoryTask): Moment[] {
  let lastMs = 0;
  return commits.flatMap(({ version, atMs, state, stimulus, context }) => {
    lastMs = stimulus === 'ADOPTED' ? lastMs : Math.max(lastMs, atMs);
    const { roll } = context;
    const tally = roll ? ` (closed ${roll.closed.executedQty}, opened ${roll.opened.executedQty})` : '';
    const alertTexts = alerts
      .filter((alert) => alert.version === version)
      .map((alert) => `alert: ${alert.text}`);
    return [`v${version} ${stimulus} → ${state}${tally}`, ...alertTexts].map((text) => ({
      atMs: lastMs,
      text,
    }));
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
