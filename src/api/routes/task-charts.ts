/** Routes: what the page draws of one task: payoff, rolls, journal. */
import type { Routes } from '../api.ts';

export const taskChartRoutes: Routes = () => undefined;
