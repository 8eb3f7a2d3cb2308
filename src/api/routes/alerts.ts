/** Routes: alerts and what became of them, channels. */
import type { Routes } from '../api.ts';

export const alertRoutes: Routes = () => undefined;
