/** The drills of the database, one after the other on one daemon. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { databaseDrills } from './database-drills.ts';
import { DatabaseStage } from './database-stage.ts';
import { runDrill } from './run-drill.ts';

describe('the database', () => {
  let stage: DatabaseStage;
  beforeAll(async () => {
    stage = await DatabaseStage.openOn({ drills: databaseDrills });
  });
  afterAll(() => stage.close());

  for (const drill of databaseDrills) test(`${drill.name}: ${drill.title}`, () => runDrill(drill, stage));
});
