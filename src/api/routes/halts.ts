/** Routes: halting trading and resuming it. */
import { z } from 'zod';
import { haltTrading, resumeTrading } from '../../application/halt-trading.ts';
import { listHalts } from '../../application/list-halts.ts';
import type { Routes } from '../api.ts';
import { flag, name, text } from '../schemas/given.ts';

const tags = ['accounts'];
const target = {
  accountName: name.optional().describe('Only this account'),
  userName: name.optional().describe('The accounts of this user; with accountName, whose that is'),
  isEverywhere: flag.optional().describe('Everything, which an administrator has to say'),
};

export const haltRoutes: Routes = (api, { ports, waits }) => {
  api.get(
    '/api/halts',
    {
      schema: {
        operationId: 'listHalts',
        summary: 'What halts trading now',
        tags,
        answers: { 200: 'HaltsInForce' },
      },
    },
    ({ caller }) => listHalts(caller, ports),
  );
  api.post(
    '/api/halts',
    {
      schema: {
        operationId: 'haltTrading',
        summary:
          'Halt trading: no roll begins. Without names in the own accounts, for the operator everywhere',
        tags,
        body: z.strictObject({ ...target, reason: text(500).optional() }),
        answers: { 200: 'HaltResult' },
      },
    },
    ({ caller, body }) => haltTrading(caller, ports, { ...body, waitMs: waits.commandMs }),
  );
  api.post(
    '/api/halts/resume',
    {
      schema: {
        operationId: 'resumeTrading',
        summary: 'Lift what was halted under exactly these names',
        tags,
        body: z.strictObject(target),
        answers: { 200: 'HaltResult' },
      },
    },
    ({ caller, body }) => resumeTrading(caller, ports, { ...body, waitMs: waits.commandMs }),
  );
};
