/** Routes: users, and who lets them in and out. Tokens and vouchers are in entry.ts. */
import { z } from 'zod';
import { addUser } from '../../application/add-user.ts';
import { listUsers } from '../../application/list-users.ts';
import { readAudit } from '../../application/read-audit.ts';
import { setTimeZone } from '../../application/set-time-zone.ts';
import { banUser, liftBan, setAccess, showUser, unlinkIdentity } from '../../application/user-access.ts';
import type { Api, ApiServices, Routes } from '../api.ts';
import { wholeNumber } from '../schemas/common.ts';
import { latestMs, moment, name, text } from '../schemas/given.ts';

const tags = ['people'];
const ofUser = z.strictObject({ userName: name });

export const peopleRoutes: Routes = (api, services) => {
  users(api, services);
  access(api, services);
  bans(api, services);
  audit(api, services);
};

function users(api: Api, { ports }: ApiServices): void {
  api.get(
    '/api/users',
    {
      schema: {
        operationId: 'listUsers',
        summary: 'Users, oldest first; who is no administrator gets the own alone',
        tags,
        answers: { 200: 'ListedUser[]' },
      },
    },
    ({ caller }) => listUsers(caller, ports),
  );
  api.post(
    '/api/users',
    {
      schema: {
        operationId: 'addUser',
        summary: 'Add a user (administrators)',
        tags,
        body: z.strictObject({ name }),
        answers: { 201: 'User' },
      },
    },
    async ({ caller, body }, reply) => reply.code(201).send(await addUser(caller, ports, body.name)),
  );
  api.get(
    '/api/users/:userName',
    {
      schema: {
        operationId: 'showUser',
        summary: 'One user: until when, whether banned, and by which messenger',
        tags,
        params: ofUser,
        answers: { 200: 'UserPage' },
      },
    },
    ({ caller, params }) => showUser(caller, ports, params),
  );
}

function access(api: Api, { ports }: ApiServices): void {
  api.put(
    '/api/users/:userName/access',
    {
      schema: {
        operationId: 'setAccess',
        summary: 'Set when the access of a user ends; null: never (administrators)',
        tags,
        params: ofUser,
        body: z.strictObject({ untilMs: moment.nullable() }),
        answers: { 200: 'UserPage' },
      },
    },
    ({ caller, params, body }) => setAccess(caller, ports, { ...params, ...body }),
  );
  api.put(
    '/api/users/:userName/time-zone',
    {
      schema: {
        operationId: 'setTimeZone',
        summary: 'Set the zone in which a user reads times, and in which quiet hours are meant',
        tags,
        params: ofUser,
        body: z.strictObject({ timeZone: text(100) }),
        answers: { 204: '' },
      },
    },
    async ({ caller, params, body }, reply) => {
      await setTimeZone(caller, ports, { ...params, ...body });
      return reply.code(204).send();
    },
  );
  api.delete(
    '/api/users/:userName/identities/:kind/:id',
    {
      schema: {
        operationId: 'unlinkIdentity',
        summary: 'No longer let this id of a messenger in as this user (administrators)',
        tags,
        params: z.strictObject({
          userName: name,
          kind: z.enum(['telegram'], { error: 'telegram' }),
          id: z.string().regex(/^\d{1,20}$/, { error: 'the number of a person at the messenger' }),
        }),
        answers: { 200: 'UserPage' },
      },
    },
    ({ caller, params: { userName, kind, id } }) =>
      unlinkIdentity(caller, ports, { userName, identity: { kind, id } }),
  );
}

function bans(api: Api, { ports }: ApiServices): void {
  api.put(
    '/api/users/:userName/ban',
    {
      schema: {
        operationId: 'banUser',
        summary: 'Let nobody in as this user, and stop all tasks of the user (administrators)',
        tags,
        params: ofUser,
        body: z.strictObject({ reason: text(500) }),
        answers: { 200: 'UserPage' },
      },
    },
    ({ caller, params, body }) => banUser(caller, ports, { ...params, ...body }),
  );
  api.delete(
    '/api/users/:userName/ban',
    {
      schema: {
        operationId: 'liftBan',
        summary: 'Let the user in again, until access ends (administrators)',
        tags,
        params: ofUser,
        answers: { 200: 'UserPage' },
      },
    },
    ({ caller, params }) => liftBan(caller, ports, params),
  );
}

function audit(api: Api, { ports }: ApiServices): void {
  api.get(
    '/api/audit',
    {
      schema: {
        operationId: 'readAudit',
        summary: 'What people did, oldest first: who, what, when, from where',
        tags,
        querystring: z.strictObject({
          user: name.optional().describe('Only acts by this user, to this user or to accounts of this user'),
          sinceMs: wholeNumber(0, latestMs).optional(),
          limit: wholeNumber(1, 1_000).default(200),
        }),
        answers: { 200: 'RecordedAct[]' },
      },
    },
    ({ caller, query: { user, ...query } }) => readAudit(caller, ports, { ...query, userName: user }),
  );
}
