/** The status of all tasks as one message: what needs a person first, then by how near each is to its trigger. */
import type { TaskStanding } from '../../application/survey-tasks.ts';
import { distanceText } from '../../domain/explain/advice.ts';
import { haltText } from '../../domain/explain/halt-text.ts';
import { stuckText } from '../../domain/explain/resolution-text.ts';
import type { SymbolRules } from '../../domain/market/exchange-rules.ts';
import { bold, foreign, italic, page, pre, type Button, type Page, type Part } from '../page.ts';
import { optionText, shortened, signed, tableWidth, timeIn, wrapped } from './table.ts';

export interface StatusOptions {
  readonly rules: SymbolRules;
  readonly zone: string;
  readonly nowMs: number;
  /** When it stops to change; `null` once it has. */
  readonly untilMs: number | null;
  /** With a button to look again. */
  readonly isOver?: boolean;
}

const shownMax = 25;

export function statusPage(tasks: readonly TaskStanding[], options: StatusOptions): Page {
  const { rules, zone, nowMs, untilMs, isOver = false } = options;
  const heading: Part[] = [bold(`Status ${timeIn(nowMs, zone)} ${zone === 'UTC' ? 'UTC' : ''}`.trimEnd())];
  if (tasks.length === 0) return page([...heading, '\nNo task. /add makes one.'], again(isOver));
  const shown = tasks.slice(0, shownMax);
  const parts: Part[] = [...heading, ` · ${summary(tasks)}`];
  if (tasks.some(({ isFresh, urgency }) => !isFresh && urgency !== 'queued'))
    parts.push('\n⚠ No daemon answers for some tasks: their prices are not known.');
  for (const line of haltLines(tasks)) parts.push(`\n⛔ ${line}`);
  for (const [title, group] of byAccount(shown)) {
    parts.push(`\n${title === null ? '' : `${foreign(title, 40)}\n`}`);
    parts.push(pre(group.map((task) => lines(task, rules)).join('\n')));
  }
  if (tasks.length > shownMax) parts.push(`\nand ${tasks.length - shownMax} more: /task`);
  parts.push(
    '\n',
    italic(untilMs === null ? 'No longer updated: /status' : `updated until ${timeIn(untilMs, zone, nowMs)}`),
  );
  return page(parts, again(isOver));
}

const again = (isOver: boolean): Button[][] => (isOver ? [[{ text: 'Look again', data: 's' }]] : []);

function summary(tasks: readonly TaskStanding[]): string {
  const count = (urgency: TaskStanding['urgency']): number =>
    tasks.filter((task) => task.urgency === urgency).length;
  const [needing, rolling] = [count('attention'), count('rolling')];
  return [
    ...(needing > 0 ? [`${needing} ${needing === 1 ? 'needs' : 'need'} you`] : []),
    ...(rolling > 0 ? [`${rolling} rolling`] : []),
    `${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'}`,
  ].join(' · ');
}

/** What halts trading, once for each account. */
function haltLines(tasks: readonly TaskStanding[]): readonly string[] {
  const lines = tasks.flatMap(({ userName, accountName, halts }) =>
    halts.map((halt) => foreign(`${userName}/${accountName}: ${haltText(halt)}`, 300)),
  );
  return [...new Set(lines)];
}

/** One group without a title when there is one account; the order of the tasks is kept. */
function byAccount(tasks: readonly TaskStanding[]): [string | null, readonly TaskStanding[]][] {
  const nameOf = ({ userName, accountName }: TaskStanding): string => `${userName}/${accountName}`;
  const names = [...new Set(tasks.map(nameOf))];
  if (names.length === 1) return [[null, tasks]];
  return names.map((name) => [name, tasks.filter((task) => nameOf(task) === name)]);
}

/** Two or three lines: what it is and with which result; then how far it has to go, or why it stands. */
function lines(task: TaskStanding, rules: SymbolRules): string {
  const { symbol, legs, urgency, result } = task;
  const more = legs === undefined || legs.length < 2 ? '' : ` +${legs.length - 1}`;
  const mark = urgency === 'attention' ? '! ' : '';
  const right = (result === null ? '' : signed(result)).padStart(9);
  const left = shortened(`${mark}${optionText(symbol, rules)}${more}`, tableWidth - right.length - 1);
  return `${left.padEnd(tableWidth - right.length - 1)} ${right}`.trimEnd() + `\n${standing(task)}`;
}

function standing({ urgency, nearest, now, stuck, accountTrouble, taskId }: TaskStanding): string {
  if (accountTrouble !== null) return wrapped(`account cannot trade: ${foreign(accountTrouble.said, 100)}`);
  if (stuck !== null && urgency === 'attention') return wrapped(`${stuckText(stuck)} (/task ${taskId})`);
  if (urgency === 'waiting' && nearest !== null && nearest.value !== null)
    return wrapped(`${nearest.text}, ${distanceText(nearest)}`, { linesMax: 3 });
  return wrapped(urgency === 'queued' ? 'no daemon has taken it yet' : now, { linesMax: 2 });
}

/** Tasks as a list to choose from. */
export const taskChoices = (tasks: readonly TaskStanding[], rules: SymbolRules): Button[][] =>
  tasks.slice(0, 30).map((task) => [
    {
      text: `${task.urgency === 'attention' ? '! ' : ''}${optionText(task.symbol, rules)} · ${task.taskId}`,
      data: `t:${task.taskId}`,
    },
  ]);
