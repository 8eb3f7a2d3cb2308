/** The drills of the daemon's own process and of its orders' connection, one after the other on one daemon. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { orderDrills } from './order-drills.ts';
import { processDrills } from './process-drills.ts';
import { ProcessStage } from './process-stage.ts';
import { runDrill } from './run-drill.ts';

const drills = [...orderDrills, ...processDrills];

describe('the process', () => {
  let stage: ProcessStage;
  beforeAll(async () => {
    stage = await ProcessStage.openOn({
      drills,
      environment: () => ({ API_PORT: '0', NODE_OPTIONS: '--max-old-space-size=160' }),
    });
  });
  afterAll(() => stage.close());

  for (const drill of drills) test(`${drill.name}: ${drill.title}`, () => runDrill(drill, stage));
});
