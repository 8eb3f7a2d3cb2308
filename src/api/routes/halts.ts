/** Routes: halting and resuming trading. */
import type { Routes } from '../api.ts';

export const haltRoutes: Routes = () => undefined;
