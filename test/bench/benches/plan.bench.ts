/**
 * How long one roll takes to be planned: a whole chain of 736 options on the table, of which the target is found by steps
 * along the strikes and by its delta, with every guard on; and a preview, which looks at all alternatives too.
 */
import { reasonText } from '../../../src/domain/explain/reason-text.ts';
import type { HeldOption } from '../../../src/domain/market/held-option.ts';
import { openLedger } from '../../../src/domain/roll/ledger.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import { withCosts } from '../../../src/domain/market/unit-costs.ts';
import { expiryOf } from '../../../src/exchange/bybit/symbols.ts';
import { optionNamed, readSpec, ruleOf, termsOf } from '../../support/options.ts';
import type { ListedOption } from '../../../src/domain/market/order.ts';
import { previewRoll } from '../../../src/domain/explain/preview.ts';
import { startRoll } from '../../../src/domain/roll/roll.ts';
import { planLeg1, type PlanningTask } from '../../../src/domain/roll/roll-plan.ts';
import { alternativesMax, withinReach } from '../../../src/domain/rules/targets.ts';
import { listed, margin, nowMs } from '../../unit/domain/samples.ts';
import type { Bench } from '../harness/bench.ts';
import { atMost } from '../harness/comparison.ts';

const [weeks, strikesEach] = [16, 46];
const boundMs = 5;

/** Sixteen Fridays of 46 strikes each, as many as Bybit listed on BTC in October 2026 (docs/exchange.md#symbols). */
const chain: readonly ListedOption[] = Array.from({ length: weeks }, (_, week) => {
  const expiryMs = Date.UTC(2023, 2, 10 + 7 * week, 8);
  return Array.from({ length: strikesEach }, (_, at) => {
    const strike = 14_000 + at * 500;
    const delta = (0.98 - at / strikesEach).toFixed(3);
    return listed(`BTC-${expiryOf(expiryMs)}-${strike}-C-USDT`, {
      instrument: { expiryMs },
      quote: {
        greeks: { delta, gamma: '0.0001', vega: '10', theta: '-20', volatility: '0.6' },
        openInterest: '12',
        atMs: nowMs,
      },
    });
  });
}).flat();

const symbol = 'BTC-10MAR23-24000-C-USDT';
const held: HeldOption = {
  ...optionNamed(symbol),
  side: 'Sell',
  qty: '0.3',
  premium: '270',
};
const positions = [{ symbol, side: 'Sell' as const, qty: '0.3', averagePrice: '900' }];
const guards = {
  netCredit: { min: -100 },
  debit: { max: '50%' },
  spread: { max: '20%' },
  openInterest: { min: 5 },
  rolls: { perDay: 2 },
  quietHours: '22:00-06:00',
  strikeHighWaterMark: true,
};

function taskFor(target: object): PlanningTask {
  const spec = readSpec({ symbol, trigger: 25_000, target, guards });
  const roll = startRoll({
    taskId: 'plan',
    version: 1,
    atMs: nowMs,
    indexPrice: '25000',
    trigger: ruleOf(spec).when,
    rules: [0],
    asked: null,
    held,
  });
  const rollsOnDay = { day: 0, count: 0 };
  return {
    taskId: 'plan',
    terms: termsOf(spec),
    rollsDone: 0,
    held,
    roll,
    farthestStrike: '24000',
    rollsOnDay,
  };
}

const searchOf = ({ terms: { action } }: PlanningTask) => {
  if (action.kind !== 'roll') throw new Error('this task rolls');
  return { held, target: action.target, nowMs };
};

function plan(task: PlanningTask): void {
  const reached = withCosts(withinReach(searchOf(task), 0, chain), held, bybitRules);
  const made = planLeg1(task, { askedAtMs: nowMs, chain: reached, positions, margin }, nowMs);
  if (made.kind !== 'order') throw new Error(`nothing was planned: ${reasonText(made.reason)}`);
}

function preview(task: PlanningTask): void {
  const reached = withCosts(withinReach(searchOf(task), alternativesMax, chain), held, bybitRules);
  const shown = previewRoll(
    { ...task, trigger: task.roll.trigger, ledger: openLedger(held) },
    { askedAtMs: nowMs, chain: reached, positions, margin },
    nowMs,
  );
  if (shown.would !== 'roll') throw new Error(`nothing would be done: ${shown.reason}`);
}

const cases: readonly [string, (task: PlanningTask) => void, object][] = [
  ['a plan by steps, to the next monthly', plan, { strike: '+2 steps', expiry: 'next-monthly' }],
  ['a plan by delta, at least two weeks away', plan, { strike: 'delta 0.25', expiry: 'min 14d' }],
  ['a preview by delta, with all its candidates', preview, { strike: 'delta 0.25', expiry: 'min 14d' }],
];

function millisecondsEach(run: () => void, times: number): number {
  const startedMs = performance.now();
  for (let time = 0; time < times; time += 1) run();
  return (performance.now() - startedMs) / times;
}

const bench: Bench = {
  measures: `planning one roll over a chain of ${weeks * strikesEach} options`,
  *run({ rounds, quick }) {
    const times = quick ? 20 : 1_000;
    for (const [name, run, target] of cases) {
      const task = taskFor(target);
      // The first ones teach the compiler.
      millisecondsEach(() => run(task), times);
      const measured = Array.from({ length: rounds }, () => millisecondsEach(() => run(task), times));
      yield {
        case: `${name}, ${weeks * strikesEach} options`,
        against: `${boundMs} ms`,
        reach: atMost(1),
        rounds: measured.map((ms) => ms / boundMs),
        figures: `${Math.min(...measured).toFixed(3)} ms`,
      };
    }
  },
};

export default bench;
