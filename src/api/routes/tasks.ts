/** Routes: tasks, one use case each. */
import { z } from 'zod';
import { showTask } from '../../application/show-task.ts';
import { surveyTasks } from '../../application/survey-tasks.ts';
import type { Routes } from '../api.ts';
import { taskParams, yesOrNo } from '../schemas/common.ts';

const tags = ['tasks'];

export const taskRoutes: Routes = (api, { ports, waits }) => {
  api.get(
    '/api/tasks',
    {
      schema: {
        operationId: 'listTasks',
        summary: 'Every task at a glance, the most urgent first',
        tags,
        querystring: z.strictObject({ withOver: yesOrNo.optional().describe('Also those that are over') }),
        answers: { 200: 'TaskStanding[]' },
      },
    },
    ({ caller, query: { withOver } }) => surveyTasks(caller, ports, { waitMs: waits.adviceMs, withOver }),
  );
  api.get(
    '/api/tasks/:id',
    {
      schema: {
        operationId: 'showTask',
        summary: 'One task',
        tags,
        params: taskParams,
        answers: { 200: 'TaskPage' },
      },
    },
    async ({ caller, params: { id } }, reply) => {
      const task = await showTask(caller, ports, id);
      reply.header('etag', `"${String(task.version)}"`);
      return task;
    },
  );
};
