/** Routes: presets, and the specs that they become. */
import { z } from 'zod';
import { showPreset, specOfPreset } from '../../application/presets.ts';
import { parameterValue } from '../../domain/spec/preset.ts';
import type { Routes } from '../api.ts';
import { name } from '../schemas/given.ts';

const tags = ['workshop'];
const ofPreset = z.strictObject({ name });

export const presetRoutes: Routes = (api, { ports: { rules }, presets }) => {
  api.get(
    '/api/presets',
    {
      schema: {
        operationId: 'listPresets',
        summary: 'Rules that traders use, with their parameters',
        tags,
        answers: { 200: 'Preset[]' },
      },
    },
    () => Promise.resolve(presets),
  );
  api.get(
    '/api/presets/:name',
    {
      schema: {
        operationId: 'showPreset',
        summary: 'A preset with the task that it becomes, in full; without a symbol for an example',
        tags,
        params: ofPreset,
        querystring: z.strictObject({ symbol: name.optional() }),
        answers: { 200: 'PresetPage' },
      },
    },
    async ({ params, query }) =>
      Promise.resolve(showPreset(presets, { preset: params.name, ...query, values: {} }, rules)),
  );
  api.post(
    '/api/presets/:name/spec',
    {
      schema: {
        operationId: 'specOfPreset',
        summary:
          'The task that a preset becomes with these values, as a person would write it; nothing is stored',
        tags,
        params: ofPreset,
        body: z.strictObject({
          symbol: name.optional(),
          legs: z.array(z.unknown()).max(10).optional(),
          qty: name.optional(),
          values: z.record(name, parameterValue).default({}),
        }),
        answers: { 200: 'PresetSpec' },
      },
    },
    async ({ params, body }) =>
      Promise.resolve({ spec: specOfPreset(presets, { preset: params.name, ...body }, rules) }),
  );
};
