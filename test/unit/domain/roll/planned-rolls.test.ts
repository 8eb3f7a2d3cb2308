/**
 * A planned roll never violates a guard, whatever the chain, the quotes and the account look like: thousands of random
 * markets, and everything that a plan promises calculated again in plain numbers. A preview shows exactly that plan.
 */
import { reasonText } from '../../../../src/domain/explain/reason-text.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRung } from '../../../../src/domain/market/expiries.ts';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import { openLedger } from '../../../../src/domain/roll/ledger.ts';
import { parseOptionSymbol } from '../../../../src/exchange/bybit/symbols.ts';
import type { ListedOption, Margin } from '../../../../src/domain/market/order.ts';
import type { MarketReading } from '../../../../src/domain/orders/outcomes.ts';
import { previewRoll } from '../../../../src/domain/explain/preview.ts';
import type { LegPlan } from '../../../../src/domain/roll/leg-plan.ts';
import { planLeg1 } from '../../../../src/domain/roll/roll-plan.ts';
import type { PlanningTask } from '../../../../src/domain/roll/roll-orders.ts';
import { alternativesMax, withinReach } from '../../../../src/domain/rules/targets.ts';
import type { TaskSpec } from '../../../../src/domain/spec/task-spec.ts';
import { listed, nowMs, priced, roll } from '../samples.ts';
import { optionNamed, readSpec, targetOf, termsOf } from '../../../support/options.ts';
import { dayMs } from '../../../../src/domain/units.ts';

const expiries = { '3MAR23': 3, '10MAR23': 10, '17MAR23': 17, '31MAR23': 31 } as const;
const expiryMsOf = (code: keyof typeof expiries) => Date.UTC(2023, 2, expiries[code], 8);

const cents = (min: number, max: number) => fc.integer({ min, max }).map((value) => (value * 5).toString());
const quoteOf = fc
  .record({
    low: cents(1, 200),
    wide: fc.integer({ min: 1, max: 40 }),
    noBid: fc.integer({ min: 0, max: 9 }),
    noAsk: fc.integer({ min: 0, max: 9 }),
    delta: fc.integer({ min: 1, max: 99 }),
    openInterest: fc.option(fc.integer({ min: 0, max: 30 }).map(String), { freq: 8 }),
    ageMs: fc.constantFrom(0, 0, 0, 0, 0, 60_000),
  })
  .map(({ low, wide, noBid, noAsk, delta, openInterest, ageMs }) => ({
    bid: noBid === 0 ? null : low,
    ask: noAsk === 0 ? null : String(Number(low) + wide * 5),
    mark: String(Number(low) + wide * 2.5),
    greeks: {
      delta: `0.${String(delta).padStart(2, '0')}`,
      gamma: '0',
      vega: '0',
      theta: '0',
      volatility: null,
    },
    openInterest,
    atMs: nowMs - ageMs,
  }));

const strikes = [21_000, 22_000, 22_500, 23_000, 24_000, 25_000, 26_000, 28_000];
const statuses = ['Trading', 'Trading', 'Trading', 'Trading', 'PreLaunch', 'Closed'] as const;
const market = (type: 'C' | 'P') =>
  fc
    .tuple(
      ...(Object.keys(expiries) as (keyof typeof expiries)[]).flatMap((code) =>
        strikes.map((strike) =>
          fc
            .tuple(fc.integer({ min: 0, max: 5 }), quoteOf, fc.constantFrom(...statuses))
            .map(([missing, quote, status]): ListedOption | null => {
              const symbol = `BTC-${code}-${strike}-${type}-USDT`;
              const isHeld = symbol.startsWith('BTC-10MAR23-23000');
              if (missing === 0 && !isHeld) return null;
              return listed(symbol, {
                instrument: { expiryMs: expiryMsOf(code), status: isHeld ? 'Trading' : status },
                quote,
              });
            }),
        ),
      ),
    )
    .map((options) => options.filter((option) => option !== null));

const targets = fc.record({
  strike: fc.constantFrom(
    '+1 step',
    '+2 steps',
    '-1 step',
    '+1000',
    '-2500',
    '+4%',
    '-3%',
    'same',
    'delta 0.25',
    'delta 0.6',
    'delta at most 0.3',
    'furthest for a credit of 0',
    'best credit within delta 0.1..0.6',
    'same distance from spot',
    'strike 25000',
  ),
  expiry: fc.constantFrom(
    'same',
    'next-weekly',
    'next-monthly',
    'next-quarterly',
    'min 1d',
    'min 12d',
    'nearest 15d',
    'between 5d and 20d',
    '+7d',
  ),
  prefer: fc.option(fc.constantFrom(['credit', 'delta'], ['furthestExpiry'], ['spread', 'mostCredit']), {
    nil: undefined,
  }),
});
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 });
const hour = fc.integer({ min: 0, max: 23 }).map((value) => `${String(value).padStart(2, '0')}:00`);
const guardsOf = fc
  .record({
    netCredit: optional(fc.integer({ min: -400, max: 100 }).map((min) => ({ min }))),
    debit: optional(
      fc.oneof(
        fc.integer({ min: 1, max: 300 }).map((max) => ({ max })),
        fc.integer({ min: 1, max: 80 }).map((max) => ({ max: `${max}%` })),
        fc.integer({ min: 1, max: 200 }).map((max) => ({ max: `${max / 100}% of spot` })),
      ),
    ),
    spread: optional(fc.integer({ min: 5, max: 90 }).map((max) => ({ max: `${max}%` }))),
    openInterest: optional(fc.integer({ min: 1, max: 20 }).map((min) => ({ min }))),
    rolls: optional(fc.integer({ min: 1, max: 3 }).map((perDay) => ({ perDay }))),
    maintenanceMargin: optional(fc.integer({ min: 1, max: 60 }).map((max) => ({ max: `${max}%` }))),
    notBeforeExpiry: optional(fc.constantFrom('30m', '10d', '8d')),
    quietHours: optional(
      fc
        .tuple(hour, hour)
        .filter(([from, to]) => from !== to)
        .map(([from, to]) => `${from}-${to}`),
    ),
    allowWrongWay: optional(fc.boolean()),
    strikeHighWaterMark: optional(fc.boolean()),
    whenRefused: fc.constantFrom('skip', 'alert', 'alert', 'close'),
  })
  .map((guards) => Object.fromEntries(Object.entries(guards).filter(([, value]) => value !== undefined)));

const margins: fc.Arbitrary<Margin> = fc
  .record({ balance: fc.integer({ min: 100, max: 20_000 }), maintenance: fc.integer({ min: 0, max: 3_000 }) })
  .map(({ balance, maintenance }) => ({
    initialRate: '0',
    maintenanceRate: (maintenance / balance).toFixed(8),
    equity: `${balance}`,
    available: '1',
    balance: `${balance}`,
    initial: `${maintenance * 2}`,
    maintenance: `${maintenance}`,
  }));

interface Scene {
  readonly task: PlanningTask;
  readonly reading: MarketReading;
  readonly chain: readonly ListedOption[];
}

const scenes: fc.Arbitrary<Scene> = fc.constantFrom<'C' | 'P'>('C', 'P').chain((type) =>
  fc
    .record({
      chain: market(type),
      target: targets,
      guards: guardsOf,
      margin: margins,
      side: fc.constantFrom<'Buy' | 'Sell'>('Buy', 'Sell'),
      farthestStrike: fc.constantFrom('23000', type === 'C' ? '25000' : '22000'),
      rolled: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ chain, target: wanted, guards, margin, side, farthestStrike, rolled }): Scene | null => {
      const symbol = `BTC-10MAR23-23000-${type}-USDT`;
      const spec = specOf({ symbol, trigger: 23_000, target: wanted, guards });
      const target = spec && targetOf(spec);
      if (!spec || !target) return null;
      const held: HeldOption = {
        ...optionNamed(symbol),
        side,
        qty: '0.3',
        premium: '270',
        indexAtOpening: '22000',
      };
      const base = roll({ fromSymbol: symbol });
      const rollsOnDay = { day: Math.floor(nowMs / dayMs), count: rolled };
      const terms = termsOf(spec);
      const task = {
        taskId: 'task000001',
        terms,
        rollsDone: 0,
        held,
        roll: base,
        farthestStrike,
        rollsOnDay,
      };
      const positions = [{ symbol, side, qty: '0.3', averagePrice: '900' }];
      const search = { held, target, nowMs, allowWrongWay: terms.guards.allowWrongWay };
      return {
        task,
        chain,
        reading: { askedAtMs: nowMs, chain: priced(withinReach(search, 0, chain), held), positions, margin },
      };
    })
    .filter((scene) => scene !== null),
);

/** `null` for a spec that is refused. */
function specOf(input: object): TaskSpec | null {
  try {
    return readSpec(input);
  } catch {
    return null;
  }
}

const number = (text: string | null | undefined): number => Number(text ?? Number.NaN);

/** Everything that is wrong with a plan, calculated without the code that made it. */
function faultsOf(plan: LegPlan, { task, reading, chain }: Scene): string[] {
  if (plan.kind !== 'order') return [];
  const faults: string[] = [];
  const fault = (isFault: boolean, text: string): void => {
    if (isFault) faults.push(text);
  };
  const { terms, held } = task;
  const { guards } = terms;
  const at = nowMs % dayMs;
  const quiet = guards.quietHours;
  fault(
    quiet !== null &&
      (quiet.fromMs < quiet.toMs
        ? at >= quiet.fromMs && at < quiet.toMs
        : at >= quiet.fromMs || at < quiet.toMs),
    'quiet hours',
  );
  fault(guards.rollsPerDayMax !== null && task.rollsOnDay.count >= guards.rollsPerDayMax, 'rolls per day');
  fault(held.expiryMs - nowMs < guards.notBeforeExpiryMs, 'too late');
  if (plan.toSymbol === null) {
    fault(guards.whenRefused !== 'close', 'closed although the spec does not say so');
    return faults;
  }
  const find = (symbol: string) => chain.find(({ instrument }) => instrument.symbol === symbol);
  const [old, next] = [find(held.symbol), find(plan.toSymbol)];
  if (!old?.quote || !next?.quote) return ['not quoted'];
  const isShort = held.side === 'Sell';
  const closing = number(isShort ? old.quote.ask : old.quote.bid);
  const opening = number(isShort ? next.quote.bid : next.quote.ask);
  const credit = (isShort ? opening - closing : closing - opening) * 0.3;
  fault(!Number.isFinite(credit), 'one side is not quoted');
  fault(next.instrument.status !== 'Trading', 'not trading');
  fault(
    [old, next].some(({ quote }) => nowMs - (quote?.atMs ?? 0) > 15_000),
    'stale',
  );
  const type = parseOptionSymbol(held.symbol).optionType === 'call' ? 1 : -1;
  const moved = (number(next.instrument.strike) - 23_000) * type;
  fault(moved < 0 && !guards.allowWrongWay, 'wrong way');
  fault(next.instrument.symbol === held.symbol, 'nowhere');
  const beyond = (number(next.instrument.strike) - number(task.farthestStrike)) * type;
  fault(guards.strikeHighWaterMark && beyond < 0, 'gives a strike up');
  const expiry = terms.action.kind === 'roll' ? terms.action.target.expiry : null;
  const ms = next.instrument.expiryMs;
  fault(ms < held.expiryMs, 'back in time');
  fault(expiry?.kind === 'same' && ms !== held.expiryMs, 'another expiry');
  fault(
    expiry?.kind === 'next' && (ms <= held.expiryMs || !isRung(next.instrument.expiryKind, expiry.rung)),
    'wrong rung',
  );
  fault(expiry?.kind === 'min' && ms - nowMs < expiry.days * dayMs, 'too soon');
  fault(expiry?.kind === 'nearest' && expiry.from === 'held' && ms <= held.expiryMs, 'not later');
  fault(
    expiry?.kind === 'between' &&
      (ms - nowMs < expiry.daysMin * dayMs || ms - nowMs > expiry.daysMax * dayMs),
    'not between',
  );
  const strike = terms.action.kind === 'roll' ? terms.action.target.strike : null;
  const delta = Math.abs(number(next.quote.greeks?.delta));
  fault(strike?.kind === 'furthest' && credit < number(strike.creditMin) - 1e-9, 'pays too little');
  fault(strike?.kind === 'deltaAtMost' && !(delta <= number(strike.delta)), 'delta too high');
  fault(
    strike?.kind === 'bestCredit' && !(delta >= number(strike.deltaMin) && delta <= number(strike.deltaMax)),
    'delta not within',
  );
  fault(strike?.kind === 'strike' && next.instrument.strike !== strike.strike, 'another strike');
  fault(guards.netCreditMin !== undefined && credit < number(guards.netCreditMin) - 1e-9, 'net credit');
  const most = guards.debitMax;
  const whole = { amount: 1, share: closing * 0.3, spot: number(old.quote.index) * 0.3 };
  const bound = most && number(most.value) * whole[most.kind];
  fault(bound !== undefined && -credit > bound + 1e-9, 'debit');
  for (const { quote } of [old, next]) {
    const [bid, ask] = [number(quote?.bid), number(quote?.ask)];
    const share = (ask - bid) / ((ask + bid) / 2);
    fault(guards.spreadMax !== undefined && !(share <= number(guards.spreadMax) + 1e-9), 'spread');
  }
  const interest = guards.openInterestMin;
  fault(interest !== undefined && !(number(next.quote.openInterest) >= number(interest)), 'open interest');
  fault(number(reading.margin.maintenanceRate) > number(guards.maintenanceMax) + 1e-9, 'maintenance margin');
  return faults;
}

describe('a planned roll', () => {
  test('never violates a guard', () => {
    let planned = 0;
    fc.assert(
      fc.property(scenes, (scene) => {
        const plan = planLeg1(scene.task, scene.reading, nowMs);
        if (plan.kind === 'order') planned += 1;
        expect(faultsOf(plan, scene)).toEqual([]);
      }),
      { numRuns: 6_000 },
    );
    // Else nothing was shown.
    expect(planned).toBeGreaterThan(200);
  });

  test('is what a preview shows, though that looks at more', () => {
    fc.assert(
      fc.property(scenes, ({ task, reading, chain }) => {
        const { action } = task.terms;
        if (action.kind !== 'roll') return;
        const plan = planLeg1(task, reading, nowMs);
        const { allowWrongWay } = task.terms.guards;
        const search = { held: task.held, target: action.target, nowMs, allowWrongWay };
        const wide = withinReach(search, alternativesMax, chain);
        const preview = previewRoll(
          { ...task, trigger: task.roll.trigger, ledger: openLedger(task.held) },
          { ...reading, chain: priced(wide, task.held) },
          nowMs,
        );
        const [closing, opening] = preview.legs;
        if (plan.kind === 'order') {
          expect(preview).toMatchObject({ would: plan.toSymbol === null ? 'close' : 'roll', reason: '' });
          expect(closing).toMatchObject({ leg: 'close', symbol: plan.order.symbol, side: plan.order.side });
          expect(opening?.symbol ?? null).toBe(plan.toSymbol);
          expect(preview.candidates.find(({ isTaken }) => isTaken)?.symbol ?? null).toBe(plan.toSymbol);
        } else {
          expect(preview).toMatchObject({
            would: 'nothing',
            reason: 'reason' in plan ? reasonText(plan.reason) : '',
          });
          expect(preview.candidates.some(({ isTaken }) => isTaken)).toBe(false);
        }
        expect(preview.guards.filter(({ passes }) => !passes).length > 0 && preview.would === 'roll').toBe(
          false,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});
