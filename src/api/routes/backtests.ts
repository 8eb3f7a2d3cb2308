/** Routes: backtests on tapes and uploaded price files. */
import type { Routes } from '../api.ts';

export const backtestRoutes: Routes = () => undefined;
