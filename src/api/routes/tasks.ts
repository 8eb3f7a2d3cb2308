/** Routes: looking at tasks and adding them. What changes one is in task-commands.ts, what is drawn of one in task-charts.ts. */
import { z } from 'zod';
import { accountForTask } from '../../application/account-for-task.ts';
import { addTask } from '../../application/add-task.ts';
import { checkSpec, readSpec } from '../../application/check-spec.ts';
import { explainTask } from '../../application/explain-task.ts';
import { previewSpec, previewTask } from '../../application/preview-task.ts';
import { showResolution } from '../../application/resolve-task.ts';
import { showTask } from '../../application/show-task.ts';
import { surveyTasks } from '../../application/survey-tasks.ts';
import type { TradeWish } from '../../domain/rules/rule.ts';
import type { AdviceReply } from '../../ports/advice.ts';
import type { Api, ApiServices, Routes, Waits } from '../api.ts';
import { requestIdOf } from '../idempotency.ts';
import { accountName, idList, ruleName, spec, taskParams, yesOrNo } from '../schemas/common.ts';
import { giveVersion } from '../version.ts';
import { answered } from './command-answer.ts';

const tags = ['tasks'];

export const taskRoutes: Routes = (api, services) => {
  many(api, services);
  specs(api, services);
  one(api, services);
};

function many(api: Api, { ports, waits }: ApiServices): void {
  api.get(
    '/api/tasks',
    {
      schema: {
        operationId: 'listTasks',
        summary: 'Every task at a glance, the most urgent first',
        tags,
        querystring: z.strictObject({
          withOver: yesOrNo.optional().describe('Also those that are over'),
          ids: idList.optional().describe('Only these, by whole ids with commas between them'),
        }),
        answers: { 200: 'TaskStanding[]' },
      },
    },
    ({ caller, query: { withOver, ids } }) =>
      surveyTasks(caller, ports, { waitMs: waits.adviceMs, withOver, taskIds: ids }),
  );
  api.post(
    '/api/tasks',
    {
      schema: {
        operationId: 'addTask',
        summary: 'Let a position be managed: the daemon compares the task with what the account holds',
        tags,
        body: z.strictObject({ account: accountName, spec }),
        answers: { 201: 'CommandResult', 202: 'CommandResult' },
      },
    },
    async (request, reply) => {
      const { caller, body } = request;
      const requestId = requestIdOf(request);
      const wanted = { account: body.account, spec: readSpec(body.spec), waitMs: waits.commandMs };
      const result = await addTask(caller, ports, { ...wanted, requestId });
      reply.header('location', `/api/tasks/${result.taskId}`);
      return answered(reply, result, { done: 201 });
    },
  );
}

function specs(api: Api, { ports, waits }: ApiServices): void {
  api.post(
    '/api/tasks/check',
    {
      schema: {
        operationId: 'checkTask',
        summary: 'Read a task without a daemon, and show it in full, also as YAML',
        tags,
        body: z.strictObject({ spec }),
        answers: { 200: 'CheckedSpec' },
      },
    },
    ({ body }) => checkSpec(ports, body.spec),
  );
  api.post(
    '/api/tasks/preview',
    {
      schema: {
        operationId: 'previewNewTask',
        summary: 'What a task would do now for a position that is not managed yet',
        tags,
        body: z.strictObject({ account: accountName, spec }),
        answers: { 200: 'AdviceReply' },
      },
    },
    async ({ caller, body: { account, spec: given } }) => {
      const wanted = { account, spec: readSpec(given), waitMs: waits.adviceMs };
      return replyOf(await previewSpec(caller, ports, wanted), waits);
    },
  );
}

function one(api: Api, { ports, waits }: ApiServices): void {
  const described = (operationId: string, summary: string, answer: string) =>
    ({ operationId, summary, tags, params: taskParams, answers: { 200: answer } }) as const;
  api.get(
    '/api/tasks/:id',
    { schema: described('showTask', 'One task; its version is the ETag', 'TaskPage') },
    async ({ caller, params: { id } }, reply) => {
      const task = await showTask(caller, ports, id);
      giveVersion(reply, task.version);
      return task;
    },
  );
  api.get(
    '/api/tasks/:id/explanation',
    { schema: described('explainTask', 'Why it does not roll, guard by guard', 'Explanation') },
    ({ caller, params: { id } }) => explainTask(caller, ports, { taskId: id, waitMs: waits.adviceMs }),
  );
  api.get(
    '/api/tasks/:id/resolution',
    {
      schema: described(
        'showResolution',
        'What it waits for that does not come by itself, what is known of its order, and the ways out',
        'ShownResolution',
      ),
    },
    async ({ caller, params: { id } }, reply) => {
      const shown = await showResolution(caller, ports, id);
      giveVersion(reply, shown.version);
      return shown;
    },
  );
  api.get(
    '/api/tasks/:id/preview',
    {
      schema: {
        ...described(
          'previewTask',
          'What its rules, or a trade that a person may want, would do now',
          'AdviceReply',
        ),
        querystring: z.strictObject({
          trade: z.enum(['roll', 'close'], { error: 'roll or close' }).optional(),
          rule: ruleName.optional().describe('Which rule of the task to roll by'),
        }),
      },
    },
    async ({ caller, params: { id }, query: { trade, rule = null } }) => {
      const wish: TradeWish = trade === 'close' ? { kind: 'closeNow' } : { kind: 'rollNow', rule };
      const question = { taskId: id, waitMs: waits.adviceMs };
      const asked = trade === undefined ? question : { ...question, trade: wish };
      return replyOf(await previewTask(caller, ports, asked), waits);
    },
  );
  api.get(
    '/api/tasks/:id/ledger',
    { schema: described('showLedger', 'What it earned and paid, roll by roll', 'TaskAccount | null') },
    ({ caller, params: { id } }) => accountForTask(caller, ports, { taskId: id, waitMs: waits.adviceMs }),
  );
}

/** No daemon is no mistake of the caller's: it is said as a daemon says why it cannot answer. */
const replyOf = (reply: AdviceReply | null, { adviceMs }: Waits): AdviceReply =>
  reply ?? {
    kind: 'refused',
    reason: `no daemon that manages this account has answered within ${String(adviceMs / 1_000)} s`,
  };
