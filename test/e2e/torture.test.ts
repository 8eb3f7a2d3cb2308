/** Ten kills of the real thing; `npm run torture -- --kills 200` for as many as one likes. */
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { torture } from '../torture/torture.ts';
import { resultText, troubleText } from '../torture/screen.ts';

test('daemons killed with -9 ten times, with everything around them breaking, roll each position once and completely', async () => {
  const report = await torture({ kills: 10, rollsMin: 15, seed: randomInt(1_000_000) });
  const told = `${resultText(report)}\n${troubleText(report)}`;
  expect(report.figures, told).toMatchObject({
    kills: 10,
    duplicateOrders: 0,
    lostRolls: 0,
    naked: 0,
    strayOrders: 0,
    journalGaps: 0,
    positionsMatch: true,
    crashes: 0,
  });
  expect(report.figures.rolls, told).toBeGreaterThan(10);
  expect(report.figures.postgresRestarts, told).toBeGreaterThan(0);
  expect(report.figures.socketCuts, told).toBeGreaterThan(0);
});
