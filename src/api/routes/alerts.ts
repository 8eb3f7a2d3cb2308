/** Routes: alerts, what became of them, and the channels that they go to. */
import { z } from 'zod';
import { addChannel } from '../../application/add-channel.ts';
import { editChannel } from '../../application/edit-channel.ts';
import { listAlerts } from '../../application/list-alerts.ts';
import { listChannels } from '../../application/list-channels.ts';
import { removeChannel } from '../../application/remove-channel.ts';
import { retryAlerts } from '../../application/retry-alerts.ts';
import { testChannel } from '../../application/test-channel.ts';
import type { Api, ApiServices, Routes } from '../api.ts';
import { taskParams, wholeNumber, yesOrNo } from '../schemas/common.ts';
import { flag, name, numericId, ofUser, text, userName } from '../schemas/given.ts';

const tags = ['alerts'];
const ofChannel = z.strictObject({ name });

export const alertRoutes: Routes = (api, services) => {
  outbox(api, services);
  seeingChannels(api, services);
  changingChannels(api, services);
};

function outbox(api: Api, { ports }: ApiServices): void {
  api.get(
    '/api/alerts',
    {
      schema: {
        operationId: 'listAlerts',
        summary: 'The newest alerts, oldest first, with what became of them at each channel',
        tags,
        querystring: z.strictObject({
          dead: yesOrNo.optional().describe('Only what was given up'),
          taskId: taskParams.shape.id.optional(),
          limit: wholeNumber(1, 1_000).default(50),
        }),
        answers: { 200: 'ListedAlert[]' },
      },
    },
    ({ caller, query: { dead, ...query } }) => listAlerts(caller, ports, { ...query, onlyDead: dead }),
  );
  api.post(
    '/api/alerts/retry',
    {
      schema: {
        operationId: 'retryAlerts',
        summary: 'Send alerts again that were given up: these, or all of them',
        tags,
        body: z.strictObject({ deliveryIds: z.array(numericId).max(1_000).optional() }),
        answers: { 200: 'RetriedAlerts' },
      },
    },
    async ({ caller, body }) => ({ deliveryIds: await retryAlerts(caller, ports, body) }),
  );
}

/** As they are typed at the command line; what is wrong with one is said by the use case. */
const settings = {
  noise: text(50).optional().describe('critical, warning or info: the least severity that is sent'),
  overrides: z
    .array(text(100))
    .max(100)
    .optional()
    .describe('CODE=on, CODE=silent, CODE=off; CODE= takes it away'),
  isBackup: flag.optional().describe('Receives only critical alerts that no other channel could deliver'),
  isEnabled: flag.optional(),
  quiet: text(50).optional().describe('22:00-07:00, or none'),
  digest: text(50).optional().describe('08:00, or none'),
  rank: text(10).optional().describe('From 1 to 1000, the first first'),
};

function seeingChannels(api: Api, { ports }: ApiServices): void {
  api.get(
    '/api/channels',
    {
      schema: {
        operationId: 'listChannels',
        summary: 'Where people receive alerts, without the addresses',
        tags,
        querystring: ofUser,
        answers: { 200: 'Channel[]' },
      },
    },
    ({ caller, query: { user } }) => listChannels(caller, ports, { userName: user }),
  );
  api.post(
    '/api/channels/:name/test',
    {
      schema: {
        operationId: 'testChannel',
        summary: 'Send one test, at once, and say what the receiver said',
        tags,
        params: ofChannel,
        querystring: ofUser,
        answers: { 200: 'TestedChannel' },
      },
    },
    ({ caller, params, query: { user } }) =>
      testChannel(caller, ports, { name: params.name, userName: user }),
  );
}

function changingChannels(api: Api, { ports }: ApiServices): void {
  api.post(
    '/api/channels',
    {
      schema: {
        operationId: 'addChannel',
        summary: 'Add a channel: where alerts are received. Its address is never shown again',
        tags,
        body: z.strictObject({
          name,
          userName,
          kind: text(50).describe('telegram, webhook, ntfy, slack, discord, apprise or email'),
          address: text(2_000).describe('A URL, an e-mail address, or the id of a chat'),
          secret: text(500).nullable().default(null).describe('What signs, a token, a tag or a topic'),
          ...settings,
        }),
        answers: { 201: 'AddedChannel' },
      },
    },
    async ({ caller, body }, reply) => {
      const { name: channelName, userName: owner, kind, address, secret, ...given } = body;
      const wanted = {
        name: channelName,
        userName: owner,
        kind,
        given: { address, secret },
        settings: given,
      };
      return reply.code(201).send(await addChannel(caller, ports, wanted));
    },
  );
  api.patch(
    '/api/channels/:name',
    {
      schema: {
        operationId: 'editChannel',
        summary: 'Change what a channel is sent, when it is silent and in which order it comes',
        tags,
        params: ofChannel,
        querystring: ofUser,
        body: z.strictObject(settings),
        answers: { 200: 'Channel' },
      },
    },
    ({ caller, params, query: { user }, body }) =>
      editChannel(caller, ports, { name: params.name, userName: user, settings: body }),
  );
  api.delete(
    '/api/channels/:name',
    {
      schema: {
        operationId: 'removeChannel',
        summary: 'Remove a channel; what waits for it is not sent',
        tags,
        params: ofChannel,
        querystring: ofUser,
        answers: { 200: 'Channel' },
      },
    },
    ({ caller, params, query: { user } }) =>
      removeChannel(caller, ports, { name: params.name, userName: user }),
  );
}
