/** Routes: the machines as charts. */
import { z } from 'zod';
import { listMachines, showMachine } from '../../application/machines.ts';
import type { Routes } from '../api.ts';

const tags = ['workshop'];

export const machineRoutes: Routes = (api, { ports }) => {
  api.get(
    '/api/machines',
    {
      schema: {
        operationId: 'listMachines',
        summary: 'The state machines that this program runs on',
        tags,
        answers: { 200: 'MachineNames' },
      },
    },
    ({ caller }) => listMachines(caller, ports),
  );
  api.get(
    '/api/machines/:name',
    {
      schema: {
        operationId: 'showMachine',
        summary: 'A state machine as a chart: where each state and arrow stands',
        tags,
        params: z.strictObject({ name: z.string().min(1).max(40).describe('As listMachines names it') }),
        querystring: z.strictObject({
          labels: z
            .enum(['drawn', 'none'], { error: 'drawn or none' })
            .default('none')
            .describe(
              'Whether room is made for the labels of the arrows: the chart is three times as wide then',
            ),
        }),
        answers: { 200: 'MachineLayout' },
      },
    },
    async ({ caller, params: { name }, query: { labels } }, reply) => {
      const layout = await showMachine(caller, ports, { machineName: name, labels });
      // A chart changes with the version of the program alone.
      reply.header('cache-control', 'private, max-age=600');
      return layout;
    },
  );
};
