/** The modules of routes, one a line. */
import type { Routes } from '../api.ts';
import { accountRoutes } from './accounts.ts';
import { alertRoutes } from './alerts.ts';
import { backtestRoutes } from './backtests.ts';
import { haltRoutes } from './halts.ts';
import { liveRoutes } from './live.ts';
import { machineRoutes } from './machines.ts';
import { peopleRoutes } from './people.ts';
import { taskChartRoutes } from './task-charts.ts';
import { taskRoutes } from './tasks.ts';

export const allRoutes: readonly Routes[] = [
  taskRoutes,
  taskChartRoutes,
  accountRoutes,
  haltRoutes,
  alertRoutes,
  peopleRoutes,
  liveRoutes,
  machineRoutes,
  backtestRoutes,
];
