/**
 * How long one roll takes to be planned: a whole chain of 736 options on the table, of which the target is found by steps
 * along the strikes and by its delta, with every guard on; a preview, which looks at all alternatives too; and a choice
 * among 500 candidates of four expiries.
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
import { planLeg1 } from '../../../src/domain/roll/roll-plan.ts';
import type { PlanningTask } from '../../../src/domain/roll/roll-orders.ts';
import { alternativesMax, withinReach } from '../../../src/domain/rules/targets.ts';
import { dayMs } from '../../../src/domain/units.ts';
import { listed, margin, nowMs } from '../../unit/domain/samples.ts';
import type { Bench } from '../harness/bench.ts';
import { atMost } from '../harness/comparison.ts';

const symbol = 'BTC-10MAR23-24000-C-USDT';
const boundMs = 5;
const choiceBoundMs = 2;

interface Ladder {
  readonly weeks: number;
  readonly strikesEach: number;
  readonly strikeStep: number;
}

/** Fridays from the held option's on, of so many strikes each. */
function chainOf({ weeks, strikesEach, strikeStep }: Ladder): readonly ListedOption[] {
  return Array.from({ length: weeks }, (_, week) => {
    const expiryMs = Date.UTC(2023, 2, 10 + 7 * week, 8);
    return Array.from({ length: strikesEach }, (_, at) => {
      const strike = 14_000 + at * strikeStep;
      const delta = (0.98 - (0.97 * at) / strikesEach).toFixed(4);
      return listed(`BTC-${expiryOf(expiryMs)}-${strike}-C-USDT`, {
        instrument: { expiryMs },
        quote: {
          bid: String(990 + week),
          greeks: { delta, gamma: '0.0001', vega: '10', theta: `-${20 + at}`, volatility: '0.6' },
          openInterest: '12',
          atMs: nowMs,
        },
      });
    });
  }).flat();
}

/** As many as Bybit listed on BTC in October 2026 (docs/exchange.md#symbols). */
const listing = chainOf({ weeks: 16, strikesEach: 46, strikeStep: 500 });
/** Four expiries between 30 and 60 days away, of 500 options, beside the held one: what is read for such a choice. */
const wide = chainOf({ weeks: 9, strikesEach: 125, strikeStep: 100 }).filter(
  ({ instrument }) =>
    instrument.symbol === symbol ||
    (instrument.expiryMs > nowMs + 30 * dayMs && instrument.expiryMs < nowMs + 60 * dayMs),
);

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

function plan(task: PlanningTask, chain: readonly ListedOption[]): void {
  const reached = withCosts(withinReach(searchOf(task), 0, chain), held, bybitRules);
  const made = planLeg1(task, { askedAtMs: nowMs, chain: reached, positions, margin }, nowMs);
  if (made.kind !== 'order') throw new Error(`nothing was planned: ${reasonText(made.reason)}`);
}

function preview(task: PlanningTask, chain: readonly ListedOption[]): void {
  const reached = withCosts(withinReach(searchOf(task), alternativesMax, chain), held, bybitRules);
  const shown = previewRoll(
    { ...task, trigger: task.roll.trigger, ledger: openLedger(held) },
    { askedAtMs: nowMs, chain: reached, positions, margin },
    nowMs,
  );
  if (shown.would !== 'roll') throw new Error(`nothing would be done: ${shown.reason}`);
}

interface Case {
  readonly name: string;
  readonly run: (task: PlanningTask, chain: readonly ListedOption[]) => void;
  readonly target: object;
  readonly chain: readonly ListedOption[];
  readonly boundMs: number;
}

const whole = (name: string, run: Case['run'], target: object): Case => ({
  name: `${name}, ${listing.length} options`,
  run,
  target,
  chain: listing,
  boundMs,
});
const among500 = (strike: string, prefer?: readonly string[]): Case => ({
  name: `a choice of ${strike}${prefer ? `, preferring ${prefer.join(', ')}` : ''}, 500 candidates`,
  run: plan,
  target: { strike, expiry: 'between 30d and 60d', prefer },
  chain: wide,
  boundMs: choiceBoundMs,
});

const cases: readonly Case[] = [
  whole('a plan by steps, to the next monthly', plan, { strike: '+2 steps', expiry: 'next-monthly' }),
  whole('a plan by delta, at least two weeks away', plan, { strike: 'delta 0.25', expiry: 'min 14d' }),
  whole('a preview by delta, with all its candidates', preview, { strike: 'delta 0.25', expiry: 'min 14d' }),
  among500('delta at most 0.99', ['credit', 'delta']),
  among500('delta at most 0.99', ['spread', 'openInterest', 'mostCredit', 'theta']),
  among500('furthest for a credit of -10', ['mostCredit']),
  among500('best credit within delta 0.01..0.99', ['furthestExpiry']),
];

function millisecondsEach(run: () => void, times: number): number {
  const startedMs = performance.now();
  for (let time = 0; time < times; time += 1) run();
  return (performance.now() - startedMs) / times;
}

const bench: Bench = {
  measures: `planning one roll over a chain of ${listing.length} options, and among 500 candidates`,
  *run({ rounds, quick }) {
    const times = quick ? 20 : 1_000;
    for (const { name, run, target, chain, boundMs: bound } of cases) {
      const task = taskFor(target);
      // The first ones teach the compiler.
      millisecondsEach(() => run(task, chain), times);
      const measured = Array.from({ length: rounds }, () => millisecondsEach(() => run(task, chain), times));
      yield {
        case: name,
        against: `${bound} ms`,
        reach: atMost(1),
        rounds: measured.map((ms) => ms / bound),
        figures: `${Math.min(...measured).toFixed(3)} ms`,
      };
    }
  },
};

export default bench;
