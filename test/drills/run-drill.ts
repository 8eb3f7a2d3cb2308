/** Plays one drill: what its description says is seen, it is ended, and a roll is two orders, neither more nor less. */
import { expect } from 'vitest';
import { callSymbol } from '../support/daemon-fixture.ts';
import type { Drill } from './drill.ts';
import type { DrillStage } from './stage.ts';

export async function runDrill<Stage extends DrillStage>(drill: Drill<Stage>, stage: Stage): Promise<void> {
  await stage.begin(drill);
  const { pid } = stage.daemon.process;
  const mend = await drill.strike(stage);
  try {
    if (drill.rollsMeanwhile === true) await stage.roll(drill);
    for (const sight of drill.sees) await stage.sees(sight);
  } finally {
    await mend();
  }
  for (const sight of drill.mended) await stage.sees(sight);
  if (drill.rollsMeanwhile !== true) await stage.roll(drill);
  const traded = await stage.rolled(drill);
  expect(traded).toEqual([
    `Buy 0.3 ${callSymbol} close-${stage.taskOf(drill.name)}`,
    `Sell 0.3 BTC-31MAR23-26000-C-USDT open-${stage.taskOf(drill.name)}`,
  ]);
  expect(stage.daemon.process).toMatchObject({ pid, exitCode: null, signalCode: null });
}
