/** Lays the status out on a screen: every part has its line, what there is no room for is counted, what needs a person is marked. */
import { standingStopText } from '../../domain/explain/stop-text.ts';
import { afterFees } from '../../application/show-profit.ts';
import type { StatusView } from '../../application/show-status.ts';
import { cannotBeRead } from '../../application/stored-state.ts';
import { isUnreadable, type TaskView } from '../../application/task-view.ts';
import { haltText } from '../../domain/explain/halt-text.ts';
import { limitsText } from '../../domain/explain/limits-text.ts';
import { stuckText } from '../../domain/explain/resolution-text.ts';
import { cents, moneyText } from '../shell/money-text.ts';
import { renderTable, secondText } from '../shell/output.ts';

export interface Screen {
  readonly heading: string;
  readonly columns: number;
  readonly rows: number;
}

interface Section {
  readonly name: string;
  /** What is always shown. */
  readonly summary: string;
  /** As many as there is room for. */
  readonly lines: readonly string[];
}

const nameWidth = 10;

/** At most so many rows, each at most so wide. */
export function statusScreen(view: StatusView, { heading, columns, rows }: Screen): string {
  const sections = [
    daemons(view),
    accounts(view),
    tasks(view),
    today(view),
    alerts(view),
    halts(view),
    limits(view),
  ];
  const room = rows - 2 - sections.length;
  const shares = sharesOf(
    sections.map(({ lines }) => lines.length),
    room,
  );
  const body = sections.flatMap(({ name, summary, lines }, at) => [
    `${name.padEnd(nameWidth)}${summary}`,
    ...shown(lines, shares[at] ?? 0).map((line) => `  ${line}`),
  ]);
  return [heading, '', ...body].map((line) => cut(line, columns)).join('\n');
}

/** Everybody in turn gets one more line, until there is no more room. */
export function sharesOf(wanted: readonly number[], room: number): readonly number[] {
  const shares = wanted.map(() => 0);
  for (let left = Math.max(0, room); left > 0;) {
    const before = left;
    for (const [at, want] of wanted.entries())
      if (left > 0 && (shares[at] ?? 0) < want) {
        shares[at] = (shares[at] ?? 0) + 1;
        left -= 1;
      }
    if (left === before) break;
  }
  return shares;
}

/** The last line says how many there are besides. */
function shown(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  return room === 0 ? [] : [...lines.slice(0, room - 1), `and ${lines.length - room + 1} more`];
}

const cut = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

function daemons({ daemons: all }: StatusView): Section {
  const unfit = all.filter(({ word }) => word === null || word.problems.length > 0);
  const summary =
    all.length === 0
      ? 'none is running'
      : `${counted(all.length, 'daemon')}, ${unfit.length === 0 ? 'all well' : `${unfit.length} not well`}`;
  const rows = all.map(({ name, accounts: held, word }) => [
    name,
    word?.version ?? '?',
    counted(held, 'account'),
    word === null ? '' : counted(word.tasksHere, 'task'),
    word === null ? 'silent' : (word.problems[0] ?? 'does its work'),
  ]);
  return { name: 'Daemons', summary, lines: rows.length === 0 ? [] : tableLines(rows) };
}

const tableLines = (rows: readonly (readonly string[])[]): readonly string[] =>
  renderTable(
    (rows[0] ?? []).map(() => ''),
    rows,
  )
    .split('\n')
    .filter((line) => line.trim() !== '');

function accounts({ accounts: { total, managed, troubled } }: StatusView): Section {
  return {
    name: 'Accounts',
    summary:
      total === 0
        ? 'none'
        : `${total}, ${managed} managed${troubled.length > 0 ? `, ${troubled.length} in trouble` : ''}`,
    lines: troubled.map(({ account, said }) => `! ${account}: ${said}`),
  };
}

function tasks({ tasks: { total, byUrgency, byState, needing, stopped } }: StatusView): Section {
  const { attention, rolling, waiting, paused, queued } = byUrgency;
  const parts = [
    ...(attention > 0 ? [`${attention} ${attention === 1 ? 'needs' : 'need'} a person`] : []),
    ...(rolling > 0 ? [`${rolling} rolling`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(paused > 0 ? [`${paused} paused`] : []),
    ...(queued > 0 ? [`${queued} queued`] : []),
  ];
  const states = Object.entries(byState).map(([state, count]) => `${state} ${count}`);
  return {
    name: 'Tasks',
    summary: total === 0 ? 'none' : `${total}: ${parts.join(', ')}`,
    lines: [
      ...(states.length > 0 ? [states.join(' · ')] : []),
      ...needing.map((task) => `! ${task.symbol} (${task.taskId}): ${whatItNeeds(task)}`),
      ...stopped.flatMap(({ taskId, stops, stopProblem }) => [
        ...(stopProblem === null ? [] : [`! ${taskId}: no emergency stop: ${stopProblem}`]),
        ...stops.map(
          (stop) =>
            `${taskId}: ${stop.isEmergency ? 'emergency stop' : "owner's stop"}: ${standingStopText(stop)}`,
        ),
      ]),
    ],
  };
}

function whatItNeeds(task: TaskView): string {
  const { state, stuck, accountTrouble } = task;
  if (isUnreadable(task)) return `it is set aside, ${cannotBeRead}`;
  return stuck === null ? (accountTrouble?.said ?? state) : stuckText(stuck);
}

function today({ today: coins }: StatusView): Section {
  const lines = coins.map((earned) => {
    const { settleCoin, rolls, deliveries, net, fees } = earned;
    const delivered = deliveries === 0 ? '' : `, ${counted(deliveries, 'delivery', 'deliveries')}`;
    const left = moneyText(afterFees(earned), settleCoin);
    return `${counted(rolls, 'roll')}${delivered}, net ${cents(net)}, fees ${cents(fees)}, after fees ${left}`;
  });
  const [first = 'nothing was rolled or delivered', ...more] = lines;
  return { name: 'Today', summary: first, lines: more };
}

function alerts({ alerts: { critical, warning, waiting, dead, newest } }: StatusView): Section {
  const undelivered = [
    ...(waiting > 0 ? [`${waiting} waiting for delivery`] : []),
    ...(dead > 0 ? [`${dead} given up`] : []),
  ];
  const counts = critical + warning === 0 ? ['none'] : [`${critical} critical`, counted(warning, 'warning')];
  return {
    name: 'Alerts',
    summary: [...counts, ...undelivered].join(', '),
    // The newest first, because it is cut off at the end.
    lines: newest.toReversed().map(({ atMs, severity, accountName, text }) => {
      const mark = severity === 'critical' ? '! ' : '';
      const who = accountName === null ? '' : `${accountName}: `;
      return `${mark}${secondText(atMs).slice(5, 16)} ${who}${text.replaceAll('\n', ' ')}`;
    }),
  };
}

function halts({ halts: { everything, accounts: halted } }: StatusView): Section {
  const [first] = everything;
  if (first) return { name: 'Halts', summary: `! ${haltText(first)}`, lines: [] };
  return {
    name: 'Halts',
    summary: halted.length === 0 ? 'none' : `${counted(halted.length, 'account')} halted`,
    lines: halted.flatMap(({ userName, accountName, halts: of }) =>
      of.map((halt) => `! ${userName}/${accountName}: ${haltText(halt)}`),
    ),
  };
}

function limits({ limits: all }: StatusView): Section {
  return {
    name: 'Limits',
    summary: all.length === 0 ? 'none' : `of ${counted(all.length, 'account')}`,
    lines: all.map(({ account, limits: own }) => `${account}: ${limitsText(own)}`),
  };
}
