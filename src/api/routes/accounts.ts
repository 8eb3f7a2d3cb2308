/** Routes: accounts, their keys, limits and shares, and what they hold. */
import { z } from 'zod';
import { setAccountLimits } from '../../application/account-limits.ts';
import { addOwnAccount } from '../../application/add-own-account.ts';
import { checkAccount } from '../../application/check-key.ts';
import { listAccounts } from '../../application/list-accounts.ts';
import { listPositions } from '../../application/list-positions.ts';
import { replaceKey } from '../../application/replace-key.ts';
import { shareAccount, unshareAccount } from '../../application/share-account.ts';
import type { Api, ApiServices, Routes } from '../api.ts';
import { apiKey, name, ofUser, text, userName } from '../schemas/given.ts';

const tags = ['accounts'];
const ofAccount = z.strictObject({ name });
const ofShare = z.strictObject({ name, withUser: name });
const apiSecret = text(512);

export const accountRoutes: Routes = (api, services) => {
  seeing(api, services);
  changing(api, services);
  keys(api, services);
  sharing(api, services);
};

function seeing(api: Api, { ports, waits }: ApiServices): void {
  api.get(
    '/api/accounts',
    {
      schema: {
        operationId: 'listAccounts',
        summary: 'Accounts without their secrets, by user and age',
        tags,
        querystring: ofUser,
        answers: { 200: 'Account[]' },
      },
    },
    ({ caller, query: { user } }) => listAccounts(caller, ports, { userName: user }),
  );
  api.get(
    '/api/positions',
    {
      schema: {
        operationId: 'listPositions',
        summary: 'What accounts hold, as the daemons that manage them see it now',
        tags,
        querystring: z.strictObject({ account: name.optional(), user: userName }),
        answers: { 200: 'AccountPositions[]' },
      },
    },
    ({ caller, query: { account, user } }) =>
      listPositions(caller, ports, {
        account: account === undefined ? undefined : { name: account, userName: user },
        waitMs: waits.adviceMs,
      }),
  );
  api.get(
    '/api/accounts/:name/limits',
    {
      schema: {
        operationId: 'showAccountLimits',
        summary: 'What all tasks of an account may do together',
        tags,
        params: ofAccount,
        querystring: ofUser,
        answers: { 200: 'AccountLimitsView' },
      },
    },
    ({ caller, params, query: { user } }) =>
      setAccountLimits(caller, ports, { account: { name: params.name, userName: user }, changes: {} }),
  );
}

const limits = z
  .strictObject({
    rollsPerDay: z.unknown(),
    netDebitPerDay: z.unknown(),
    notionalOpenedPerDay: z.unknown(),
    ordersPerMinute: z.unknown(),
  })
  .partial()
  .describe('Those that are to change: a whole number, or an amount as text; null takes a limit away');

function changing(api: Api, { ports, environment }: ApiServices): void {
  api.post(
    '/api/accounts',
    {
      schema: {
        operationId: 'addAccount',
        summary: 'Add an account: an API key of the exchange; on paper one is made up',
        tags,
        body: z.strictObject({
          name,
          userName,
          apiKey: apiKey.optional(),
          apiSecret: apiSecret.min(1).optional(),
        }),
        answers: { 201: 'AddedAccount' },
      },
    },
    async ({ caller, body: { name: accountName, userName: owner, ...key } }, reply) => {
      const wanted = { name: accountName, userName: owner, environment, key };
      const added = await addOwnAccount(caller, ports, wanted);
      return reply.code(201).send(added);
    },
  );
  api.put(
    '/api/accounts/:name/limits',
    {
      schema: {
        operationId: 'setAccountLimits',
        summary: 'Change what all tasks of an account may do together',
        tags,
        params: ofAccount,
        querystring: ofUser,
        body: limits,
        answers: { 200: 'AccountLimitsView' },
      },
    },
    ({ caller, params, query: { user }, body }) =>
      setAccountLimits(caller, ports, { account: { name: params.name, userName: user }, changes: body }),
  );
}

function keys(api: Api, { ports }: ApiServices): void {
  api.post(
    '/api/accounts/:name/key-check',
    {
      schema: {
        operationId: 'checkKey',
        summary: 'Ask the exchange about the API key of an account',
        tags,
        params: ofAccount,
        querystring: ofUser,
        answers: { 200: 'CheckedAccount' },
      },
    },
    ({ caller, params, query: { user } }) =>
      checkAccount(caller, ports, { name: params.name, userName: user }),
  );
  api.put(
    '/api/accounts/:name/key',
    {
      schema: {
        operationId: 'replaceKey',
        summary: 'Give an account another API key of the same user of the exchange',
        tags,
        params: ofAccount,
        querystring: ofUser,
        body: z.strictObject({ apiKey, apiSecret: apiSecret.min(1) }),
        answers: { 200: 'ReplacedKey' },
      },
    },
    ({ caller, params, query: { user }, body: key }) =>
      replaceKey(caller, ports, { account: { name: params.name, userName: user }, key }),
  );
}

function sharing(api: Api, { ports }: ApiServices): void {
  api.put(
    '/api/accounts/:name/shares/:withUser',
    {
      schema: {
        operationId: 'shareAccount',
        summary: 'Let another user see an account, or trade in it',
        tags,
        params: ofShare,
        querystring: ofUser,
        body: z.strictObject({ role: z.enum(['trader', 'viewer'], { error: 'trader or viewer' }) }),
        answers: { 204: '' },
      },
    },
    async ({ caller, params, query: { user }, body: { role } }, reply) => {
      const account = { name: params.name, userName: user };
      await shareAccount(caller, ports, { account, withUser: params.withUser, role });
      return reply.code(204).send();
    },
  );
  api.delete(
    '/api/accounts/:name/shares/:withUser',
    {
      schema: {
        operationId: 'unshareAccount',
        summary: 'End that another user sees an account; your own name ends that you see it',
        tags,
        params: ofShare,
        querystring: ofUser,
        answers: { 204: '' },
      },
    },
    async ({ caller, params, query: { user } }, reply) => {
      const account = { name: params.name, userName: user };
      await unshareAccount(caller, ports, { account, withUser: params.withUser });
      return reply.code(204).send();
    },
  );
}
