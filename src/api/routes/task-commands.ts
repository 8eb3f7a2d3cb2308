/**
 * Routes: what people ask of a task. The daemon that manages its account answers, wherever it runs: 200 when it has done it, 409 with its
 * sentence when it refused, 202 when it has not answered yet. `If-Match` binds any of them to the version that was seen.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { answerApproval } from '../../application/answer-approval.ts';
import { askTask, type TaskWish } from '../../application/ask-task.ts';
import type { Caller } from '../../application/caller.ts';
import { readSpec } from '../../application/check-spec.ts';
import { editTask } from '../../application/edit-task.ts';
import { removeTask } from '../../application/remove-task.ts';
import { markOrder } from '../../application/resolve-task.ts';
import type { CommandResult, CommandTerms } from '../../application/send-command.ts';
import { tradeNow } from '../../application/trade-now.ts';
import type { Api, ApiServices, Routes } from '../api.ts';
import { actIdOf } from '../idempotency.ts';
import { approvalId, orderWord, ruleName, spec, taskParams } from '../schemas/common.ts';
import { expectedVersion, requiredVersion } from '../version.ts';
import { answered } from './command-answer.ts';

const tags = ['tasks'];
const described = (operationId: string, summary: string) =>
  ({
    operationId,
    summary,
    tags,
    params: taskParams,
    takesVersion: true,
    answers: { 200: 'CommandResult', 202: 'CommandResult' },
  }) as const;

export const taskCommandRoutes: Routes = (api, services) => {
  changes(api, services);
  wishes(api, services);
  trades(api, services);
  approvals(api, services);
  marks(api, services);
};

type Terms = CommandTerms & { readonly taskId: string };
type Asked = FastifyRequest & { readonly params: { readonly id: string } };

/** Runs one command with what every command takes. */
async function ordered(
  request: Asked,
  reply: FastifyReply,
  { waitMs, expected, ask }: Ordered,
): Promise<CommandResult> {
  const { caller, params } = request;
  const terms = { waitMs, expectedVersion: expected, requestId: actIdOf(request) };
  return answered(reply, await ask(caller, { taskId: params.id, ...terms }));
}

interface Ordered {
  readonly waitMs: number;
  readonly expected: number | undefined;
  readonly ask: (caller: Caller, terms: Terms) => Promise<CommandResult>;
}

function changes(api: Api, { ports, waits: { commandMs: waitMs } }: ApiServices): void {
  api.put(
    '/api/tasks/:id',
    {
      schema: {
        ...described('editTask', 'Give a task another spec; If-Match has to say which version was seen'),
        body: z.strictObject({ spec }),
      },
    },
    (request, reply) =>
      ordered(request, reply, {
        waitMs,
        expected: requiredVersion(request),
        ask: (caller, terms) => editTask(caller, ports, { ...terms, spec: readSpec(request.body.spec) }),
      }),
  );
  api.delete(
    '/api/tasks/:id',
    { schema: described('removeTask', 'Stop managing a position, and leave it as it is') },
    (request, reply) =>
      ordered(request, reply, {
        waitMs,
        expected: expectedVersion(request),
        ask: (caller, terms) => removeTask(caller, ports, terms),
      }),
  );
}

const plainWishes: readonly (readonly [
  path: string,
  kind: TaskWish['kind'],
  operationId: string,
  summary: string,
])[] = [
  ['pause', 'pause', 'pauseTask', 'Begin no roll until it is resumed; one that is under way is completed'],
  ['resume', 'resume', 'resumeTask', 'Go on after a pause, or after a failure that was put right'],
  ['retry', 'retry', 'retryTask', 'Try leg 2 again now, or a roll that failed'],
  ['reopen', 'reopen', 'reopenTask', 'Open again what leg 1 has closed, and give the roll up'],
  ['accept-flat', 'acceptFlat', 'acceptFlat', 'Leave the position closed, and give leg 2 up'],
];

function wishes(api: Api, { ports, waits: { commandMs: waitMs } }: ApiServices): void {
  for (const [path, kind, operationId, summary] of plainWishes)
    api.post(`/api/tasks/:id/${path}`, { schema: described(operationId, summary) }, (request, reply) =>
      ordered(request as Asked, reply, {
        waitMs,
        expected: expectedVersion(request),
        ask: (caller, terms) => askTask(caller, ports, { ...terms, kind }),
      }),
    );
}

function trades(api: Api, { ports, waits: { commandMs: waitMs } }: ApiServices): void {
  api.post(
    '/api/tasks/:id/roll-now',
    {
      schema: {
        ...described(
          'rollNow',
          'Roll now, whatever the triggers say; guards on prices and margin still hold',
        ),
        body: z.strictObject({ rule: ruleName.nullable().optional() }).nullish(),
      },
    },
    (request, reply) =>
      ordered(request, reply, {
        waitMs,
        expected: expectedVersion(request),
        ask: (caller, terms) =>
          tradeNow(caller, ports, { ...terms, trade: { kind: 'rollNow', rule: request.body?.rule ?? null } }),
      }),
  );
  api.post(
    '/api/tasks/:id/close-now',
    { schema: described('closeNow', 'Close the position now') },
    (request, reply) =>
      ordered(request, reply, {
        waitMs,
        expected: expectedVersion(request),
        ask: (caller, terms) => tradeNow(caller, ports, { ...terms, trade: { kind: 'closeNow' } }),
      }),
  );
}

function approvals(api: Api, { ports, waits: { commandMs: waitMs } }: ApiServices): void {
  for (const [answer, operationId, summary] of [
    ['approve', 'approveRoll', 'Say yes to the roll that a task asks about; it is planned anew'],
    ['decline', 'declineRoll', 'Say no to the roll that a task asks about'],
  ] as const)
    api.post(
      `/api/tasks/:id/${answer}`,
      {
        schema: {
          ...described(operationId, summary),
          body: z.strictObject({ approvalId: approvalId.nullable().optional() }).nullish(),
        },
      },
      (request, reply) =>
        ordered(request as Asked, reply, {
          waitMs,
          expected: expectedVersion(request),
          ask: (caller, terms) =>
            answerApproval(caller, ports, {
              ...terms,
              answer,
              approvalId: request.body?.approvalId ?? undefined,
            }),
        }),
    );
}

function marks(api: Api, { ports, waits: { commandMs: waitMs } }: ApiServices): void {
  api.post(
    '/api/tasks/:id/mark-order',
    {
      schema: {
        ...described('markOrder', 'Say what became of an order of which nothing is known'),
        body: orderWord,
      },
    },
    (request, reply) =>
      ordered(request, reply, {
        waitMs,
        expected: expectedVersion(request),
        ask: (caller, terms) => markOrder(caller, ports, { ...terms, word: request.body }),
      }),
  );
}
