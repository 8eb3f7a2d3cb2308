/**
 * Over random chains: the choice is listed, trading, of the family, the right way and never the held option itself; the
 * furthest for a credit pays it, and no farther one does; and what a plan looks at decides as the whole chain.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reasonText } from '../../../../src/domain/explain/reason-text.ts';
import { isOfFamily, rightWay } from '../../../../src/domain/market/option.ts';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import type { Instrument, ListedOption } from '../../../../src/domain/market/order.ts';
import { netCreditOf } from '../../../../src/domain/rules/guards.ts';
import { chooseTarget, withinReach, type Search } from '../../../../src/domain/rules/targets.ts';
import { expiryOf } from '../../../../src/exchange/bybit/symbols.ts';
import { listed } from '../samples.ts';
import { nowMs, position, targetOf } from './target-scene.ts';

const days = [30, 31, 37, 44, 58, 86, 121].map((day) => Date.UTC(2023, 2, 1 + day));
const cents = fc.integer({ min: 1, max: 300 }).map((value) => `${value * 5}`);
const side = fc.option(cents, { freq: 8 });
const quote = fc.option(
  fc.record({
    bid: side,
    ask: side,
    index: fc.integer({ min: 20, max: 30 }).map((value) => `${value}000`),
    openInterest: fc.option(fc.integer({ min: 0, max: 9 }).map(String), { freq: 5 }),
    greeks: fc.option(
      fc.record({
        delta: fc.integer({ min: -99, max: 99 }).map((value) => (value / 100).toFixed(2)),
        gamma: fc.constant('0'),
        vega: fc.constant('0'),
        theta: fc.integer({ min: -30, max: 0 }).map(String),
        volatility: fc.constant(null),
      }),
      { freq: 8 },
    ),
  }),
  { freq: 8 },
);
const status = fc.constantFrom<Instrument['status']>(
  'Trading',
  'Trading',
  'Trading',
  'Trading',
  'Closed',
  'PreLaunch',
);
const chains = (type: 'C' | 'P') =>
  fc.array(
    fc.record({
      day: fc.constantFrom(...days),
      strike: fc.integer({ min: 20, max: 30 }),
      family: fc.constantFrom(`${type}-USDT`, `${type}-USDT`, `${type}-USDT`, `${type}-USDT`, 'P-USDT', type),
      quote,
      status,
    }),
    { minLength: 3, maxLength: 40 },
  );
const strikes = fc.constantFrom(
  'furthest for a credit of 0',
  'furthest for a credit of -100',
  'best credit within delta 0.10..0.50',
  'delta at most 0.40',
  'delta 0.3',
  'same distance from spot',
  'strike 27000',
  'strike 22000',
  'same',
  '1 step',
  '2 steps',
);
const expiries = fc.constantFrom(
  'same',
  'nearest 45d',
  'between 30d and 90d',
  'between 0d and 40d from held',
  '+14d',
  'min 7d from held',
  'next-monthly',
);
const preferred = fc.subarray(
  ['credit', 'mostCredit', 'delta', 'theta', 'spread', 'openInterest', 'furthestExpiry', 'furthestStrike'],
  { maxLength: 3 },
);
const drawn = fc.constantFrom<'C' | 'P'>('C', 'P').chain((type) =>
  fc.record({
    type: fc.constant(type),
    side: fc.constantFrom<'Buy' | 'Sell'>('Buy', 'Sell'),
    rows: chains(type),
    old: quote,
    strike: strikes.map((text) => (/^\d/.test(text) ? `${type === 'C' ? '+' : '-'}${text}` : text)),
    expiry: expiries,
    prefer: preferred,
    allowWrongWay: fc.boolean(),
    qty: fc.constantFrom('0.5', '0.03'),
  }),
);

type Drawn = typeof drawn extends fc.Arbitrary<infer Drawing> ? Drawing : never;

interface World {
  readonly search: Search;
  readonly chain: readonly ListedOption[];
}

/** `null` for a target that is refused when it is read. */
function worldOf({ type, rows, old, strike, expiry, prefer, allowWrongWay, ...rest }: Drawn): World | null {
  const symbol = `BTC-31MAR23-24000-${type}-USDT`;
  const held = position(symbol, { ...rest, indexAtOpening: '23000' });
  const options = rows.map(({ day, family, strike: thousands, ...row }) =>
    listed(`BTC-${expiryOf(day)}-${thousands}000-${family}`, {
      instrument: { status: row.status },
      quote: row.quote,
    }),
  );
  const bySymbol = new Map(options.map((each) => [each.instrument.symbol, each]));
  bySymbol.set(symbol, listed(symbol, { quote: old }));
  try {
    const target = targetOf({ strike, expiry, ...(prefer.length > 0 && { prefer }) }, symbol);
    return { search: { held, target, nowMs, allowWrongWay }, chain: [...bySymbol.values()] };
  } catch {
    return null;
  }
}

const wayOf = ({ instrument }: ListedOption, from: string, { optionType }: HeldOption): number =>
  (Number(instrument.strike) - Number(from)) * rightWay(optionType);

test('the choice is listed, trading, of the family, the right way and another option', () => {
  const seen: Record<string, number> = {};
  fc.assert(
    fc.property(drawn, (drawing) => {
      const world = worldOf(drawing);
      if (world === null) return;
      const { search, chain } = world;
      const { held, target, allowWrongWay } = search;
      const choice = chooseTarget(search, chain);
      expect(chooseTarget(search, withinReach(search, 0, chain))).toEqual(choice);
      if (choice.kind === 'refused') {
        expect(reasonText(choice.reason)).not.toMatch(/undefined|null|\{/);
        return;
      }
      seen[target.strike.kind] = (seen[target.strike.kind] ?? 0) + 1;
      const { instrument } = choice.option;
      expect(chain).toContain(choice.option);
      expect(instrument.status).toBe('Trading');
      expect(isOfFamily(instrument, held)).toBe(true);
      expect(instrument.symbol).not.toBe(held.symbol);
      expect(instrument.expiryMs).toBeGreaterThanOrEqual(held.expiryMs);
      if (allowWrongWay !== true) expect(wayOf(choice.option, held.strike, held)).toBeGreaterThanOrEqual(0);
      if (target.prefer === undefined) expect(choice.decidedBy).toBeNull();
      else if (choice.decidedBy !== null) expect(target.prefer).toContain(choice.decidedBy);
    }),
    { numRuns: 3_000 },
  );
  // Else nothing was shown.
  expect(Object.keys(seen).length).toBe(8);
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(5);
});

test('the furthest for a credit pays it, by what the guards count, and no farther strike of its expiry does', () => {
  let found = 0;
  fc.assert(
    fc.property(drawn, fc.integer({ min: -200, max: 200 }), (drawing, creditMin) => {
      const world = worldOf({ ...drawing, strike: `furthest for a credit of ${creditMin}` });
      if (world === null) return;
      const { search, chain } = world;
      const { held } = search;
      const choice = chooseTarget(search, chain);
      const old = chain.find(({ instrument }) => instrument.symbol === held.symbol)?.quote ?? null;
      const creditAt = ({ quote: next }: ListedOption): number | null =>
        old &&
        next &&
        Number(netCreditOf({ held, qty: held.qty, openQty: held.qty, old, next }) ?? Number.NaN);
      const chosen = choice.kind === 'target' ? choice.option : null;
      if (chosen) {
        found += 1;
        expect(creditAt(chosen)).toBeGreaterThanOrEqual(creditMin);
      }
      const better = chain.filter(
        (each) =>
          each.instrument.status === 'Trading' &&
          isOfFamily(each.instrument, held) &&
          each.instrument.symbol !== held.symbol &&
          (creditAt(each) ?? Number.NaN) >= creditMin &&
          chosen?.instrument.expiryMs === each.instrument.expiryMs &&
          wayOf(each, chosen.instrument.strike, held) > 0,
      );
      expect(better).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
  expect(found).toBeGreaterThan(200);
});
