/** Routes: what lets people and programs in (vouchers, tokens), and which encryption keys seal their secrets. */
import { z } from 'zod';
import { listKeys } from '../../application/list-keys.ts';
import { addToken, listTokens, revokeToken } from '../../application/tokens.ts';
import { createVoucher, listVouchers, revokeVoucher } from '../../application/vouchers.ts';
import type { Api, ApiServices, Routes } from '../api.ts';
import { count, name, numericId, ofUser, userName } from '../schemas/given.ts';

const tags = ['people'];
const daysMax = 3_650;

export const entryRoutes: Routes = (api, services) => {
  tokens(api, services);
  vouchers(api, services);
  keys(api, services);
};

function tokens(api: Api, { ports }: ApiServices): void {
  api.get(
    '/api/tokens',
    {
      schema: {
        operationId: 'listTokens',
        summary: 'Access tokens that are not revoked, without the tokens themselves',
        tags,
        querystring: ofUser,
        answers: { 200: 'Token[]' },
      },
    },
    ({ caller, query: { user } }) => listTokens(caller, ports, { userName: user }),
  );
  api.post(
    '/api/tokens',
    {
      schema: {
        operationId: 'addToken',
        summary: 'Make an access token for a program; it is shown in the answer and never again',
        tags,
        body: z.strictObject({
          name,
          userName,
          scope: z.enum(['read', 'trade', 'manage'], { error: 'read, trade or manage' }),
          days: count('days', daysMax).optional().describe('After which it ends; it does not end without'),
        }),
        answers: { 201: 'ShownToken' },
      },
    },
    async ({ caller, body: { name: tokenName, ...wanted } }, reply) =>
      reply.code(201).send(await addToken(caller, ports, { tokenName, ...wanted })),
  );
  api.delete(
    '/api/tokens/:name',
    {
      schema: {
        operationId: 'revokeToken',
        summary: 'Revoke an access token: it lets nobody in any more',
        tags,
        params: z.strictObject({ name }),
        querystring: ofUser,
        answers: { 200: 'Token' },
      },
    },
    ({ caller, params, query: { user } }) =>
      revokeToken(caller, ports, { tokenName: params.name, userName: user }),
  );
}

function vouchers(api: Api, { ports }: ApiServices): void {
  api.get(
    '/api/vouchers',
    {
      schema: {
        operationId: 'listVouchers',
        summary: 'The last 200 vouchers, newest first, without their codes (administrators)',
        tags,
        answers: { 200: 'Voucher[]' },
      },
    },
    ({ caller }) => listVouchers(caller, ports),
  );
  api.post(
    '/api/vouchers',
    {
      schema: {
        operationId: 'createVoucher',
        summary:
          'Make a voucher that lets people in; its code is shown in the answer and never again (administrators)',
        tags,
        body: z.strictObject({
          days: count('days', daysMax).describe('Of access'),
          uses: count('uses', 1_000).optional().describe('How many people may redeem it; default: 1'),
          userName: name.optional().describe('Whom the redeemer becomes (operator); default: a new user'),
          validDays: count('days', 365).optional().describe('After which it cannot be redeemed; default: 30'),
        }),
        answers: { 201: 'ShownVoucher' },
      },
    },
    async ({ caller, body }, reply) => reply.code(201).send(await createVoucher(caller, ports, body)),
  );
  api.delete(
    '/api/vouchers/:voucherId',
    {
      schema: {
        operationId: 'revokeVoucher',
        summary: 'Take a voucher back; who has redeemed it keeps the days (administrators)',
        tags,
        params: z.strictObject({ voucherId: numericId }),
        answers: { 200: 'Voucher' },
      },
    },
    ({ caller, params }) => revokeVoucher(caller, ports, params),
  );
}

function keys(api: Api, { ports }: ApiServices): void {
  api.get(
    '/api/keys',
    {
      schema: {
        operationId: 'listKeys',
        summary: 'Which encryption keys seal how many secrets; no key is shown (operator)',
        tags,
        answers: { 200: 'KeyReport' },
      },
    },
    ({ caller }) => listKeys(caller, ports),
  );
}
