/** Ten kills of the real thing; `npm run torture -- --kills 200` for more. */
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { torture } from '../torture/torture.ts';
import { resultText, troubleText } from '../torture/screen.ts';

test('daemons killed with -9 ten times, with everything around them breaking, roll each position once and completely', async () => {
  const report = await torture({ kills: 10, rollsMin: 15, seed: randomInt(1_000_000) });
  const found = `${resultText(report)}\n${troubleText(report)}`;
  expect(report.figures, found).toMatchObject({
    kills: 10,
    duplicateOrders: 0,
    lostRolls: 0,
    naked: 0,
    strayOrders: 0,
    journalGaps: 0,
    positionsMatch: true,
    crashes: 0,
  });
  expect(report.figures.rolls, found).toBeGreaterThan(10);
  expect(report.figures.postgresRestarts, found).toBeGreaterThan(0);
  expect(report.figures.socketCuts, found).toBeGreaterThan(0);
});
