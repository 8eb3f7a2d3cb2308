/** Routes: users, vouchers, tokens, the audit. */
import type { Routes } from '../api.ts';

export const peopleRoutes: Routes = () => undefined;
