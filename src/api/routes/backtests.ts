/** Routes: backtests on tapes and uploaded price files. */
import {
  keepPriceFile,
  listTapes,
  removeBacktest,
  showBacktest,
  startBacktest,
} from '../../application/backtests.ts';
import type { Api, ApiServices, Routes } from '../api.ts';
import { requestIdOf } from '../idempotency.ts';
import { backtestOrder, backtestParams, priceFileQuery } from '../schemas/backtests.ts';

const tags = ['workshop'];
/** Some years of minutes, gzipped. */
const fileBytesMax = 24 * 1_024 * 1_024;
const fileTypes = [
  'text/csv',
  'text/plain',
  'application/gzip',
  'application/x-gzip',
  'application/octet-stream',
];

export const backtestRoutes: Routes = (api, services) => {
  playing(api, services);
  looking(api, services);
  // Bytes are taken here and nowhere else.
  void api.register((scoped: Api, _options, done) => {
    scoped.addContentTypeParser(
      fileTypes,
      { parseAs: 'buffer', bodyLimit: fileBytesMax },
      (_request, body, taken) => taken(null, body),
    );
    sending(scoped, services);
    done();
  });
};

function playing(api: Api, { ports }: ApiServices): void {
  api.get(
    '/api/tapes',
    {
      schema: {
        operationId: 'listTapes',
        summary: 'Prices that a backtest can be played on',
        tags,
        answers: { 200: 'PlayablePrices' },
      },
    },
    ({ caller }) => listTapes(caller, ports),
  );
  api.post(
    '/api/backtests',
    {
      schema: {
        operationId: 'startBacktest',
        summary: 'Play recorded prices against a task, perhaps with other values in its places',
        tags,
        body: backtestOrder,
        answers: { 202: 'StartedBacktest' },
      },
    },
    (request, reply) => {
      const wanted = { backtest: request.body, requestId: requestIdOf(request) };
      const started = startBacktest(request.caller, ports, wanted);
      reply.code(202).header('location', `/api/backtests/${started.backtestId}`);
      return started;
    },
  );
}

function looking(api: Api, { ports }: ApiServices): void {
  api.get(
    '/api/backtests/:id',
    {
      schema: {
        operationId: 'showBacktest',
        summary: 'How far a backtest is, and its result',
        tags,
        params: backtestParams,
        answers: { 200: 'BacktestView' },
      },
    },
    ({ caller, params: { id } }) => showBacktest(caller, ports, id),
  );
  api.delete(
    '/api/backtests/:id',
    {
      schema: {
        operationId: 'removeBacktest',
        summary: 'End a backtest and forget it',
        tags,
        params: backtestParams,
        answers: { 204: '' },
      },
    },
    async ({ caller, params: { id } }, reply) => {
      await removeBacktest(caller, ports, id);
      return reply.code(204).send();
    },
  );
}

function sending(api: Api, { ports }: ApiServices): void {
  api.post(
    '/api/price-files',
    {
      bodyLimit: fileBytesMax,
      schema: {
        operationId: 'keepPriceFile',
        summary: 'Send a file of prices (CSV, plain or gzipped) for backtests; it is kept for an hour',
        tags,
        querystring: priceFileQuery,
        consumes: fileTypes,
        answers: { 201: 'PriceFileView' },
      },
    },
    async ({ caller, body, query: { name } }, reply) => {
      const content = body instanceof Uint8Array ? body : new Uint8Array();
      const kept = await keepPriceFile(caller, ports, { fileName: name, content });
      reply.code(201);
      return kept;
    },
  );
}
