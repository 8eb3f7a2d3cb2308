/** The whole installation at a glance: daemons, accounts, tasks, what today has brought, alerts, halts and limits. */
import { dayMs } from '../domain/units.ts';
import type { AccountLimits } from '../domain/rules/account-limits.ts';
import { askDaemons, type LivingDaemon } from './ask-daemons.ts';
import { limitsOf } from './account-limits.ts';
import { troubleView } from './account-trouble.ts';
import { assertOperator, type Caller } from './caller.ts';
import { listAccounts } from './list-accounts.ts';
import { listAlerts, type ListedAlert } from './list-alerts.ts';
import { listHalts, type HaltsInForce } from './list-halts.ts';
import { listTasks } from './list-tasks.ts';
import type { Ports } from './ports.ts';
import { showProfit, type Earned } from './show-profit.ts';
import { urgencies, urgencyOf, type Urgency } from './survey-tasks.ts';
import type { TaskView } from './task-view.ts';

export interface StatusView {
  readonly daemons: readonly LivingDaemon[];
  readonly accounts: {
    readonly total: number;
    /** Those that a daemon manages. */
    readonly managed: number;
    /** Those that cannot trade, or that no daemon can manage, with why. */
    readonly troubled: readonly { readonly account: string; readonly said: string }[];
  };
  readonly tasks: {
    /** Without those that are over. */
    readonly total: number;
    readonly byUrgency: Readonly<Record<Urgency, number>>;
    /** By the part of the state before the first dot, without those that are over. */
    readonly byState: Readonly<Record<string, number>>;
    /** Those that need a person. */
    readonly needing: readonly TaskView[];
    /** Those with a stop at the exchange, or without the emergency stop that they ask for. */
    readonly stopped: readonly TaskView[];
  };
  /** A day of UTC, by the exchange's clock; one row for each settle coin. */
  readonly today: readonly Earned[];
  readonly alerts: {
    /** Of the last day before the newest. */
    readonly critical: number;
    readonly warning: number;
    /** Deliveries that wait, and that were given up. */
    readonly waiting: number;
    readonly dead: number;
    /** The newest critical ones and warnings, oldest first. */
    readonly newest: readonly Pick<ListedAlert, 'atMs' | 'severity' | 'accountName' | 'taskId' | 'text'>[];
  };
  readonly halts: HaltsInForce;
  readonly limits: readonly { readonly account: string; readonly limits: AccountLimits }[];
}

export interface StatusQuestion {
  /** How long to wait for the daemons' answers. */
  readonly waitMs: number;
}

const alertsMax = 500;
const newestMax = 5;

/** @throws NotAllowed to all but the operator */
export async function showStatus(
  caller: Caller,
  ports: Pick<
    Ports,
    | 'tasks'
    | 'directory'
    | 'advice'
    | 'halts'
    | 'limits'
    | 'outbox'
    | 'system'
    | 'relay'
    | 'rules'
    | 'channels'
  >,
  { waitMs }: StatusQuestion,
): Promise<StatusView> {
  assertOperator(caller, 'see how the installation stands');
  const daemons = await askDaemons(ports, waitMs);
  // Without a daemon nothing answers, so nothing is waited for.
  const adviceMs = daemons.length === 0 ? 0 : waitMs;
  const [accounts, tasks, profit, halts, alerts] = await Promise.all([
    listAccounts(caller, ports),
    listTasks(caller, ports),
    showProfit(caller, ports, { days: 1, zone: 'UTC', waitMs: adviceMs }),
    listHalts(caller, ports),
    alertsNow(caller, ports),
  ]);
  const limits = await limitsOf(ports, accounts);
  const named = accounts.map((account) => ({ ...account, shown: `${account.userName}/${account.name}` }));
  return {
    daemons,
    accounts: {
      total: accounts.length,
      managed: accounts.filter(({ daemon }) => daemon !== null).length,
      troubled: named.flatMap(({ shown, trouble, problem }) => {
        const said = troubleView(trouble)?.said ?? problem;
        return said === null ? [] : [{ account: shown, said }];
      }),
    },
    tasks: tasksIn(tasks),
    today: profit.total,
    alerts,
    halts,
    limits: named.flatMap(({ accountId, shown }) => {
      const own = limits.get(accountId);
      return own === undefined || Object.keys(own).length === 0 ? [] : [{ account: shown, limits: own }];
    }),
  };
}

function tasksIn(tasks: readonly TaskView[]): StatusView['tasks'] {
  const active = tasks.filter((task) => urgencyOf(task) !== 'over');
  const states = active.map(({ state }) => state.split('.', 1)[0] ?? state).sort();
  const ofUrgency = (urgency: Urgency): number => tasks.filter((task) => urgencyOf(task) === urgency).length;
  return {
    total: active.length,
    byUrgency: Object.fromEntries(urgencies.map((each) => [each, ofUrgency(each)])) as Record<
      Urgency,
      number
    >,
    byState: Object.fromEntries(
      [...new Set(states)].map((state) => [state, states.filter((each) => each === state).length]),
    ),
    needing: active.filter((task) => urgencyOf(task) === 'attention'),
    stopped: active.filter(({ stops, stopProblem }) => stops.length > 0 || stopProblem !== null),
  };
}

async function alertsNow(
  caller: Caller,
  ports: Pick<Ports, 'outbox' | 'tasks' | 'channels'>,
): Promise<StatusView['alerts']> {
  const rows = await listAlerts(caller, ports, { limit: alertsMax });
  // One row a channel: each alert counts once.
  const alerts = [
    ...new Map(rows.filter(({ alertId }) => alertId !== null).map((row) => [row.alertId, row])).values(),
  ];
  const newestMs = alerts.at(-1)?.atMs ?? 0;
  const ofDay = alerts.filter(({ atMs }) => atMs > newestMs - dayMs);
  const channels = await ports.channels.channels({}, { userId: null });
  const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);
  return {
    critical: ofDay.filter(({ severity }) => severity === 'critical').length,
    warning: ofDay.filter(({ severity }) => severity === 'warning').length,
    waiting: sum(channels.map(({ waiting }) => waiting)),
    dead: sum(channels.map(({ dead }) => dead)),
    newest: ofDay
      .filter(({ severity }) => severity !== 'info')
      .slice(-newestMax)
      .map(({ atMs, severity, accountName, taskId, text }) => ({
        atMs,
        severity,
        accountName,
        taskId,
        text,
      })),
  };
}
