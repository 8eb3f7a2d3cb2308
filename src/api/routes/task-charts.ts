/** Routes: what the page draws of one task: payoff, rolls, journal. */
import { z } from 'zod';
import { showPayoff } from '../../application/show-payoff.ts';
import { showRolls } from '../../application/show-rolls.ts';
import { showSteps } from '../../application/show-steps.ts';
import type { Routes } from '../api.ts';
import { taskParams, wholeNumber } from '../schemas/common.ts';

const tags = ['tasks'];
const versionMax = 2_147_483_647;

export const taskChartRoutes: Routes = (api, { ports, waits }) => {
  api.get(
    '/api/tasks/:id/payoff',
    {
      schema: {
        operationId: 'showPayoff',
        summary:
          'What a task would come to at prices of the underlying: now, between the legs, after its next roll',
        tags,
        params: taskParams,
        answers: { 200: 'PayoffView' },
      },
    },
    ({ caller, params: { id } }) => showPayoff(caller, ports, { taskId: id, waitMs: waits.adviceMs }),
  );
  api.get(
    '/api/tasks/:id/rolls',
    {
      schema: {
        operationId: 'listTaskRolls',
        summary: 'When each part of the rolls of a task was, oldest first',
        tags,
        params: taskParams,
        answers: { 200: 'RollTiming[]' },
      },
    },
    ({ caller, params: { id } }) => showRolls(caller, ports, id),
  );
  api.get(
    '/api/tasks/:id/journal',
    {
      schema: {
        operationId: 'showTaskJournal',
        summary: 'The journal of a task, a page at a time, oldest first',
        tags,
        params: taskParams,
        querystring: z.strictObject({
          from: wholeNumber(1, versionMax)
            .optional()
            .describe('The first version; without it the page ends with the newest'),
          limit: wholeNumber(1, 500).optional().describe('How many steps; 200 without it'),
        }),
        answers: { 200: 'JournalView' },
      },
    },
    ({ caller, params: { id }, query: { from, limit } }) =>
      showSteps(caller, ports, { taskId: id, fromVersion: from, limit }),
  );
};
