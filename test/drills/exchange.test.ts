/** The drills of the exchange and of the way to it, one after the other on one daemon. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { exchangeDrills } from './exchange-drills.ts';
import { ExchangeStage } from './exchange-stage.ts';
import { runDrill } from './run-drill.ts';

describe('the exchange', () => {
  let stage: ExchangeStage;
  beforeAll(async () => {
    stage = await ExchangeStage.openOn({ drills: exchangeDrills });
  });
  afterAll(() => stage.close());

  for (const drill of exchangeDrills) test(`${drill.name}: ${drill.title}`, () => runDrill(drill, stage));
});
