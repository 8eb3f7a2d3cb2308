/** `rollkeeper task show`: one task with its last transitions, commands and alerts. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { showTask, type TaskPage } from '../../application/show-task.ts';
import type { TaskView } from '../../application/task-view.ts';
import { endingText } from '../../domain/explain/task-ending-text.ts';
import { stuckText } from '../../domain/explain/resolution-text.ts';
import { troubleText } from '../account/account-trouble.ts';
import { withStore } from '../shell/database.ts';
import { columnsOf, fitted, renderTable, timeText, typedCommand } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { legTable } from './leg-table.ts';
import { specLines } from './spec-lines.ts';

export const taskShowCommand = (): Command =>
  new Command('show')
    .description('Show one task with its last transitions, commands and alerts')
    .argument('<id>', 'the task: its id, or as much of it as is unique')
    .addHelpText('after', help)
    .action(async (taskId: string, options: CommonOptions) => {
      const session = openSession(options);
      const task = await withStore(session, (store) => showTask(operator, store, taskId));
      session.out.record(jsonOf(task));
      session.out.say(fitted(pageOf(task)));
      if (task.state === 'QUEUED') session.out.next('rollkeeper start');
    });

const jsonOf = ({ transitions, stuck, ...task }: TaskPage): object => ({
  ...task,
  stuck: stuck && { ...stuck, text: stuckText(stuck) },
  transitions: transitions.map(({ version, atMs, path, state, eventJson }) => ({
    version,
    atMs,
    path,
    state,
    event: JSON.parse(eventJson) as unknown,
  })),
});

function pageOf(view: TaskPage): string {
  const facts: [string, string][] = [
    ['Task', `${view.taskId} of ${view.userName}/${view.accountName} (${view.environment})`],
    ['Holds', holdsText(view)],
    ...(view.ending === null ? [] : [['Ended', endingText(view.ending)] as [string, string]]),
    ...coverOf(view),
    ...stopsOf(view),
    ['State', `${view.state}, version ${String(view.version)}, rolled ${String(view.rollsDone)} times`],
    ['Now', view.stuck === null ? view.now : stuckText(view.stuck)],
    ...(view.stuck === null
      ? []
      : [['Way out', typedCommand(`rollkeeper task resolve ${view.taskId}`)] satisfies [string, string]]),
    ...view.reasons
      .slice(0, 1)
      .map(({ text, atMs }): [string, string] => ['Not rolled', `${text} (${timeText(atMs)})`]),
    ...(view.accountTrouble
      ? [['Account', troubleText(view.accountName, view.accountTrouble)] satisfies [string, string]]
      : []),
    ['Daemon', daemonOf(view)],
  ];
  const sections = [facts.map(([name, text]) => `${`${name}:`.padEnd(12)}${text}`).join('\n')];
  if (view.legs) sections.push(`Legs\n${legTable(view.legs)}`);
  sections.push(['Spec', ...specLines(view.spec, columnsOf() - 4).map((line) => `  ${line}`)].join('\n'));
  const section = (title: string, head: string[], rows: string[][]): void => {
    if (rows.length > 0) sections.push(`${title}\n${renderTable(head, rows)}`);
  };
  section(
    'Last transitions',
    ['VERSION', 'TIME', 'STATE', 'BECAUSE OF'],
    view.transitions.map((row) => [
      String(row.version),
      timeText(row.atMs),
      row.state,
      `${row.path === '' ? '' : `${row.path}: `}${eventType(row.eventJson)}`,
    ]),
  );
  section(
    'Commands',
    ['TIME', 'COMMAND', 'STATUS', 'ANSWER'],
    view.commands.map((row) => [timeText(row.createdAtMs), row.kind, row.status, row.answer ?? '']),
  );
  section(
    'Alerts',
    ['TIME', 'SEVERITY', 'TEXT'],
    view.alerts.map((row) => [timeText(row.atMs), row.severity, row.text]),
  );
  return sections.join('\n\n');
}

/** In the middle of a roll a task may hold nothing, or a part of each of two options. */
function holdsText({ side, qty, symbol, holdings, legs }: TaskView): string {
  if (legs) return `a structure of ${new Set(legs.map(({ name }) => name)).size} legs (below)`;
  const held = (holdings ?? [{ qty, symbol }]).map((part) => `${part.qty} ${part.symbol}`).join(' and ');
  return held === '' ? 'nothing' : `${side === null ? '' : `${side} `}${held}`;
}

/** Whether what it watches covers what is short, and when that was seen. */
function coverOf({ cover }: TaskPage): [string, string][] {
  if (cover === null) return [];
  return [['Cover', cover.seenAtMs === null ? cover.text : `${cover.text} (${timeText(cover.seenAtMs)})`]];
}

/** Stops at the exchange, and why the task's own does not stand. */
const stopsOf = ({ stops, stopProblem }: TaskPage): [string, string][] => [
  ...stops.map(({ text }): [string, string] => ['Stop', text]),
  ...(stopProblem === null ? [] : [['Stop', `none of its own: ${stopProblem}`] satisfies [string, string]]),
];

function daemonOf({ owner, lastOwner }: TaskPage): string {
  if (owner !== null) return owner;
  return lastOwner === null
    ? 'none has managed it yet'
    : `none: ${lastOwner}, which managed it last, has ended`;
}

function eventType(eventJson: string): string {
  const event: unknown = JSON.parse(eventJson);
  return typeof event === 'object' && event !== null && 'type' in event ? String(event.type) : '?';
}

const help = `
All times are UTC: of the exchange's clock for transitions and alerts, of the database's for commands.

Examples:
  rollkeeper task show k7m2p9qx4d
  rollkeeper task show k7m2p9qx4d --json      one JSON line with everything; of a structure with "legs"

Exit codes: 0 shown · 1 failed · 2 no such task`;
