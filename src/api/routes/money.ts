/** Routes: rolls and what they have brought, over all tasks of the caller. */
import { z } from 'zod';
import { listRolls } from '../../application/list-rolls.ts';
import { showProfit } from '../../application/show-profit.ts';
import { isZone, utc } from '../../domain/zones.ts';
import type { Routes } from '../api.ts';
import { wholeNumber } from '../schemas/common.ts';
import { text } from '../schemas/given.ts';

const tags = ['accounts'];
const usualDays = 30;
const daysMax = 3_650;
const days = wholeNumber(1, daysMax).default(usualDays);
const zone = text(100).refine(isZone, { error: 'a name of a time zone, like Europe/Berlin, or UTC' });

export const moneyRoutes: Routes = (api, { ports, waits }) => {
  api.get(
    '/api/rolls',
    {
      schema: {
        operationId: 'listRolls',
        summary: 'Rolls of all tasks that ended within some days, oldest first',
        tags,
        querystring: z.strictObject({ days }),
        answers: { 200: 'TaskRoll[]' },
      },
    },
    ({ caller, query }) => listRolls(caller, ports, { days: query.days, waitMs: waits.adviceMs }),
  );
  api.get(
    '/api/profit',
    {
      schema: {
        operationId: 'showProfit',
        summary: 'What all tasks have brought: by day of a time zone, by coin, and in all',
        tags,
        querystring: z.strictObject({ days, zone: zone.default(utc) }),
        answers: { 200: 'ProfitReport' },
      },
    },
    ({ caller, query }) => showProfit(caller, ports, { ...query, waitMs: waits.adviceMs }),
  );
};
