/** The modules of routes, one a line. */
import type { Routes } from '../api.ts';
import { accountRoutes } from './accounts.ts';
import { alertRoutes } from './alerts.ts';
import { backtestRoutes } from './backtests.ts';
import { entryRoutes } from './entry.ts';
import { haltRoutes } from './halts.ts';
import { liveRoutes } from './live.ts';
import { machineRoutes } from './machines.ts';
import { moneyRoutes } from './money.ts';
import { peopleRoutes } from './people.ts';
import { presetRoutes } from './presets.ts';
import { sessionRoutes } from './session.ts';
import { taskChartRoutes } from './task-charts.ts';
import { taskCommandRoutes } from './task-commands.ts';
import { taskRoutes } from './tasks.ts';

export const allRoutes: readonly Routes[] = [
  sessionRoutes,
  taskRoutes,
  taskCommandRoutes,
  taskChartRoutes,
  accountRoutes,
  moneyRoutes,
  haltRoutes,
  alertRoutes,
  peopleRoutes,
  entryRoutes,
  liveRoutes,
  machineRoutes,
  presetRoutes,
  backtestRoutes,
];
