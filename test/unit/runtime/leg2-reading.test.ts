/**
 * Leg 2 plans an order as long as the option that leg 1 was closed for, or a neighbour on the same side, is listed,
 * quoted and trading: over random targets, price moves and times between the legs, with the market read as the runtime
 * reads it.
 */
import { reasonTextOrNothing } from '../../../src/domain/explain/reason-text.ts';
import { said } from '../../support/texts.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOfSeries } from '../../../src/domain/market/option.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import { expiryOf, parseOptionSymbol } from '../../../src/exchange/bybit/symbols.ts';
import { withQuotes, type Instrument, type Quote } from '../../../src/domain/market/order.ts';
import type { OrderOutcome } from '../../../src/domain/orders/order-progress.ts';
import type { MarketQuestion } from '../../../src/domain/orders/outcomes.ts';
import * as saga from '../../../src/domain/roll/roll-context.ts';
import type { RollContext } from '../../../src/domain/roll/roll-context.ts';
import { askedFor } from '../../../src/domain/roll/terms.ts';
import * as planning from '../../../src/domain/roll/planning.ts';
import { reasonOf } from '../../../src/domain/roll/leg-plan.ts';
import { alternativesMax } from '../../../src/domain/rules/targets.ts';
import type { MarketData } from '../../../src/ports/market-data.ts';
import { readChain } from '../../../src/runtime/task/effects.ts';
import { listed, margin } from '../domain/samples.ts';
import { optionNamed, readSpec } from '../../support/options.ts';
import { dayMs, hourMs } from '../../../src/domain/units.ts';

/** A Friday, half a minute before series change. */
const startMs = Date.UTC(2023, 2, 17, 7, 59, 30);
const strikes = Array.from({ length: 15 }, (_, at) => 17_000 + at * 1_000);

type OptionLetter = 'C' | 'P';

/** What the exchange lists at a moment, as far as it can differ between the legs. */
interface World {
  /** Calls or puts: only these are listed. */
  readonly type: OptionLetter;
  readonly nowMs: number;
  readonly index: number;
  /** By symbol. */
  readonly unlisted: ReadonlySet<string>;
  readonly halted: ReadonlySet<string>;
  readonly silent: ReadonlySet<string>;
}

const calm = { unlisted: new Set<string>(), halted: new Set<string>(), silent: new Set<string>() };

/** Dailies of three days, and every Friday of six weeks; a series that is due appears a moment before it is traded. */
function daysAt(nowMs: number): { dayMs: number; isTraded: boolean }[] {
  const from = Math.floor((nowMs - 12 * hourMs) / dayMs) * dayMs;
  return Array.from({ length: 45 }, (_, at) => from + at * dayMs).flatMap((date) => {
    const listedForMs = (new Date(date).getUTCDay() === 5 ? 42 : 3) * dayMs;
    const sinceMs = nowMs - (date + 8 * hourMs - listedForMs);
    return sinceMs >= 0 && nowMs < date + 12 * hourMs ? [{ dayMs: date, isTraded: sinceMs >= 300_000 }] : [];
  });
}

function instrumentsOf(world: World): Instrument[] {
  return daysAt(world.nowMs).flatMap(({ dayMs: date, isTraded }) =>
    strikes.flatMap((strike) => {
      const symbol = `BTC-${expiryOf(date)}-${strike}-${world.type}-USDT`;
      if (world.unlisted.has(symbol)) return [];
      const expiryMs = date + 8 * hourMs;
      const status = !isTraded
        ? 'PreLaunch'
        : world.nowMs >= expiryMs
          ? 'Delivering'
          : world.halted.has(symbol)
            ? 'Closed'
            : 'Trading';
      return [{ ...listed(symbol).instrument, expiryMs, status }];
    }),
  );
}

function quoteIn(world: World, symbol: string): Quote[] {
  const { strike, optionType } = parseOptionSymbol(symbol);
  const { quote } = listed(symbol);
  if (quote === null || world.silent.has(symbol)) return [];
  // Not a pricing model: only the farther in the money, the nearer the delta is to one.
  const inMoney = (world.index - Number(strike)) * (optionType === 'call' ? 1 : -1);
  const delta = (0.5 + 0.49 * Math.tanh(inMoney / 3_000)).toFixed(4);
  const greeks = { delta, gamma: '0', vega: '0', theta: '0', volatility: null };
  return [{ ...quote, index: String(world.index), greeks, atMs: world.nowMs }];
}

const marketOf = (world: World): MarketData =>
  ({
    rules: bybitRules,
    listed: () => Promise.resolve(instrumentsOf(world)),
    quotes: (symbols: readonly string[]) =>
      Promise.resolve(symbols.flatMap((symbol) => quoteIn(world, symbol))),
    chain: (series: Parameters<MarketData['chain']>[0]) => {
      const found = instrumentsOf(world).filter((instrument) => isOfSeries(instrument, series));
      return Promise.resolve(
        withQuotes(
          found,
          found.flatMap(({ symbol }) => quoteIn(world, symbol)),
        ),
      );
    },
  }) as unknown as MarketData;

/** @param held the option that the account still holds, by symbol */
async function answerTo(question: MarketQuestion, world: World, held: string | null) {
  const chain = await readChain(question, marketOf(world), { nowMs: world.nowMs, rules: bybitRules });
  const positions =
    held === null ? [] : [{ symbol: held, side: 'Sell' as const, qty: '0.3', averagePrice: '900' }];
  return {
    kind: 'read' as const,
    value: { askedAtMs: world.nowMs, chain, positions, margin },
    atMs: world.nowMs,
    version: 2,
  };
}

const filled = (symbol: string, executedQty: string, atMs: number): OrderOutcome => ({
  linkId: 'x',
  symbol,
  executedQty,
  value: '100',
  fee: '0',
  cause: null,
  before: [],
  refusal: null,
  atMs,
  result: executedQty === '0.3' ? 'filled' : 'partial',
});

/** The context as it is after a restart. */
const restored = (context: RollContext): RollContext => JSON.parse(JSON.stringify(context)) as RollContext;

interface ClosedLeg1 {
  readonly type: OptionLetter;
  readonly target: object;
  /** In how many days the held option expires. */
  readonly heldDay: number;
  readonly closedQty: string;
}

/** The roll once leg 1 has closed so much; `null` when leg 1 was refused. */
async function afterLeg1({ type, target, heldDay, closedQty }: ClosedLeg1) {
  const symbol = `BTC-${expiryOf(startMs + heldDay * dayMs)}-24000-${type}-USDT`;
  const guards = { notBeforeExpiry: '0s', allowWrongWay: false, rolls: { max: 9 } };
  const spec = readSpec({ symbol, trigger: type === 'C' ? 23_500 : 24_500, target, guards });
  const held = {
    ...optionNamed(symbol),
    side: 'Sell' as const,
    qty: '0.3',
    premium: '270',
    indexAtOpening: '23900',
  };
  let context = saga.firstRollContext({ taskId: 'task000001', spec, held });
  const take = (changes: Partial<RollContext>) => (context = { ...context, ...changes });
  take(
    planning.lockRoll(
      context,
      { atMs: startMs, version: 1 },
      askedFor(spec.rules, { kind: 'rollNow', rule: null }),
    ),
  );
  const world = { type, nowMs: startMs, index: 24_000, ...calm };
  take(planning.planClosing(context, await answerTo(planning.leg1Question(context), world, symbol)));
  if (context.plan?.kind !== 'order') return null;
  take(saga.freezeOrder(context, 'closed'));
  take(saga.countClosing(context, filled(symbol, closedQty, startMs)));
  return restored(context);
}

/** Every option of the wanted expiry and side that can be sold, found without the ranking of leg 2. */
function openable(world: World, from: string, wanted: string): string[] {
  const [old, aim] = [parseOptionSymbol(from), parseOptionSymbol(wanted)];
  const direction = Math.sign(Number(aim.strike) - Number(old.strike)) || (world.type === 'C' ? 1 : -1);
  const ofExpiry = instrumentsOf(world).filter(
    ({ symbol, strike }) =>
      parseOptionSymbol(symbol).expiry === aim.expiry &&
      symbol !== from &&
      (Number(strike) - Number(old.strike)) * direction >= 0,
  );
  const beyond = ofExpiry
    .filter(({ strike }) => (Number(strike) - Number(aim.strike)) * direction > 0)
    .sort((a, b) => (Number(a.strike) - Number(b.strike)) * direction);
  return ofExpiry
    .filter((option) => beyond.indexOf(option) < alternativesMax)
    .filter(({ symbol, status }) => status === 'Trading' && quoteIn(world, symbol).length > 0)
    .map(({ symbol }) => symbol);
}

const targetOf = (type: OptionLetter) => {
  const sign = type === 'C' ? '+' : '-';
  return fc
    .record({
      strike: fc.constantFrom(
        `${sign}1 step`,
        `${sign}3 steps`,
        `${sign}1500`,
        `${sign}6%`,
        'delta 0.5',
        'delta 0.3',
        'delta at most 0.4',
        'furthest for a credit of 0',
        'best credit within delta 0.2..0.45',
        'same distance from spot',
        'same',
      ),
      expiry: fc.constantFrom(
        'same',
        'next-weekly',
        'next-monthly',
        'min 0d',
        'min 7d',
        'min 14d',
        'min 21d',
        'nearest 20d',
        'between 5d and 30d',
        '+7d',
      ),
      prefer: fc.option(fc.constantFrom(['credit', 'delta'], ['furthestExpiry'], ['spread', 'theta']), {
        nil: undefined,
      }),
    })
    .filter(({ strike, expiry }) => strike !== 'same' || expiry !== 'same');
};
const share = fc.double({ min: 0, max: 1, noNaN: true });

const scenes = fc.constantFrom<OptionLetter>('C', 'P').chain((type) =>
  fc.record({
    type: fc.constant(type),
    target: targetOf(type),
    heldDay: fc.constantFrom(1, 2, 7, 14),
    closedQty: fc.constantFrom('0.3', '0.1'),
    index: fc.integer({ min: 18_000, max: 30_000 }),
    waitedMs: fc.oneof(fc.integer({ min: 0, max: 120_000 }), fc.integer({ min: 0, max: 20 * dayMs })),
    troubles: fc.array(fc.tuple(fc.constantFrom('unlisted', 'halted', 'silent'), share), {
      maxLength: 90,
      size: 'max',
    }),
    isSilent: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
    refusesWanted: fc.boolean(),
    compensates: fc.boolean(),
  }),
);

describe('between the legs', () => {
  test(
    'leg 2 plans an order while any option on the wanted side can be opened, and its refusal is true when none can',
    { timeout: 600_000 },
    async () => {
      const seen = { orders: 0, elsewhere: 0, none: 0, expired: 0 };
      await fc.assert(
        fc.asyncProperty(scenes, async (scene) => {
          const { type, target, heldDay, closedQty, index, waitedMs, troubles, refusesWanted, compensates } =
            scene;
          const closed = await afterLeg1({ type, target, heldDay, closedQty });
          if (closed?.roll?.toSymbol == null) return;
          const { held } = closed;
          const wanted = closed.roll.toSymbol;
          const troubled = {
            unlisted: new Set<string>(),
            halted: new Set<string>(),
            silent: new Set<string>(),
          };
          for (const [kind, at] of troubles) {
            const strike = strikes[Math.floor(at * strikes.length)] ?? 0;
            troubled[kind].add(`BTC-${parseOptionSymbol(wanted).expiry}-${strike}-${type}-USDT`);
          }
          if (scene.isSilent)
            for (const strike of strikes)
              troubled.silent.add(`BTC-${parseOptionSymbol(wanted).expiry}-${strike}-${type}-USDT`);
          const world: World = { type, nowMs: startMs + waitedMs, index, ...troubled };
          const refused = {
            cause: said('delisted'),
            atMs: world.nowMs - 1_000,
            times: 1,
            isPassedOver: true,
          };
          const roll = {
            ...closed.roll,
            compensating: compensates,
            failedTries: 3,
            refusedOptions: refusesWanted ? [{ ...refused, symbol: wanted }] : [],
          };
          const context = { ...closed, roll };
          const answer = await answerTo(planning.leg2Question(context), world, null);
          const plan = planning.planOpening(context, answer).plan ?? null;
          const goal = compensates ? held.symbol : wanted;
          if (world.nowMs >= optionNamed(goal).expiryMs) {
            expect(plan?.kind).toBe('expired');
            seen.expired += 1;
            return;
          }
          const can = compensates
            ? instrumentsOf(world)
                .filter(
                  ({ symbol, status }) =>
                    symbol === goal && status === 'Trading' && quoteIn(world, symbol).length > 0,
                )
                .map(({ symbol }) => symbol)
            : openable(world, held.symbol, wanted);
          const listedNow = new Set(instrumentsOf(world).map(({ symbol }) => symbol));
          for (const [, symbol] of reasonTextOrNothing(reasonOf({ plan })).matchAll(
            /(\S+) is not listed any more/g,
          ))
            expect(listedNow.has(symbol ?? '')).toBe(false);
          if (can.length === 0) {
            expect(plan?.kind).toBe('refused');
            seen.none += 1;
            return;
          }
          expect(plan?.kind).toBe('order');
          const opens = plan?.kind === 'order' ? plan.toSymbol : null;
          expect(can).toContain(opens);
          const isLast = !refusesWanted || can.length === 1;
          if (can.includes(goal)) expect(opens === goal).toBe(compensates || isLast);
          seen.orders += 1;
          if (opens !== goal) seen.elsewhere += 1;
        }),
        { numRuns: 300 },
      );
      expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0);
    },
  );
});
