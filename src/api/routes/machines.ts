/** Routes: the machines as charts. */
import type { Routes } from '../api.ts';

export const machineRoutes: Routes = () => undefined;
