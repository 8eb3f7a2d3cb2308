/** Routes: events as they happen, prices, the system and its health. */
import type { Routes } from '../api.ts';

export const liveRoutes: Routes = () => undefined;
