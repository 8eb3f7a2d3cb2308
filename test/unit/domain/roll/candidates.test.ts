/** A preview shows what leg 2 would take, and nothing else. */
import { expect, test } from 'vitest';
import { judgeCandidates } from '../../../../src/domain/roll/candidates.ts';
import { planLeg2 } from '../../../../src/domain/roll/leg2-plan.ts';
import type { PlanningTask } from '../../../../src/domain/roll/roll-orders.ts';
import { readSpec, termsOf } from '../../../support/options.ts';
import { call24, held, listed, margin, nowMs, priced, roll, tally } from '../samples.ts';

const call = (strike: number): string => `BTC-31MAR23-${strike}-C-USDT`;
const position = { symbol: call24, side: 'Sell', qty: '0.3', averagePrice: '900' } as const;
const reading = (silent: readonly string[] = []) => ({
  askedAtMs: nowMs,
  chain: priced(
    [call24, call(23_000), call(22_000), call(21_000)].map((symbol) =>
      listed(symbol, silent.includes(symbol) ? { quote: null } : {}),
    ),
  ),
  positions: [position],
  margin,
});
const downTwo: PlanningTask = {
  taskId: 'task000001',
  terms: termsOf(
    readSpec({
      symbol: call24,
      trigger: { profit: { above: '50%' } },
      target: '-2 steps',
      guards: { allowWrongWay: true },
    }),
  ),
  rollsDone: 0,
  held,
  roll: roll(),
  farthestStrike: '24000',
  rollsOnDay: { day: 0, count: 0 },
};

test('a short call that is rolled down comes no nearer to the price than the strike that was asked for', () => {
  const shown = judgeCandidates(downTwo, reading(), nowMs).map(({ symbol }) => symbol);
  expect(shown).toEqual([call(22_000), call(23_000)]);
});

test('and leg 2 takes the same in its place', () => {
  const chosen = {
    toSymbol: call(22_000),
    toStrike: '22000',
    toExpiryMs: held.expiryMs,
    closed: tally('0.3'),
  };
  const closed = { ...downTwo, roll: { ...downTwo.roll, ...chosen } };
  expect(planLeg2(closed, reading([call(22_000)]), nowMs)).toMatchObject({ toSymbol: call(23_000) });
  expect(planLeg2(closed, reading([call(22_000), call(23_000)]), nowMs)).toMatchObject({ kind: 'refused' });
});
