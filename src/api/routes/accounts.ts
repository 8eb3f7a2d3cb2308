/** Routes: accounts, their keys, limits and shares, what they hold and what they earned. */
import type { Routes } from '../api.ts';

export const accountRoutes: Routes = () => undefined;
