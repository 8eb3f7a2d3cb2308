/**
 * Where the legs of a structure go together: a spread keeps its width, legs of one expiry stay together, one that is there
 * already stays; and over random chains, what a plan looks at decides as the whole chain.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonText } from '../../../../src/domain/explain/reason-text.ts';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import type { ListedOption } from '../../../../src/domain/market/order.ts';
import { chooseDestinations, destinationsReach } from '../../../../src/domain/rules/destinations.ts';
import { targetFor } from '../../../../src/domain/rules/target-rule.ts';
import type { Search, Target } from '../../../../src/domain/rules/targets.ts';
import { nowMs, option, position, targetOf } from './target-scene.ts';

const near = '31MAR23';
const next = '28APR23';
const leg = (name: string, on: string, side: 'Buy' | 'Sell' = 'Sell'): HeldOption =>
  position(`BTC-${on}-USDT`, { side, leg: name });

const strikes = [18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30];
/** Every strike of both types; the delta falls by 0.05 with each thousand away from 23000. */
const chain = [near, next].flatMap((expiry) =>
  (['C', 'P'] as const).flatMap((type) =>
    strikes.map((thousands) => {
      const away = (type === 'C' ? thousands - 23 : 23 - thousands) * 0.05;
      const size = Math.min(Math.max(0.5 - away, 0.02), 0.98).toFixed(2);
      const delta = type === 'C' ? size : `-${size}`;
      return option(`${expiry}-${thousands}000-${type}`, { delta, bid: '400', ask: '410', index: '23000' });
    }),
  ),
);

const searchesFor = (legs: readonly HeldOption[], target: Target, allowWrongWay = false): readonly Search[] =>
  legs.map((held) => ({ held, target: targetFor(target, held.optionType), nowMs, allowWrongWay }));

/** By name, without coin and settle coin; or why there is none. */
function going(
  legs: readonly HeldOption[],
  target: Target,
  options: readonly ListedOption[] = chain,
): unknown {
  const searches = searchesFor(legs, target, true);
  const choice = chooseDestinations(searches, options);
  expect(chooseDestinations(searches, destinationsReach(searches, options))).toEqual(choice);
  if (choice.kind === 'refused') return reasonText(choice.reason);
  return Object.fromEntries(
    choice.of.map(({ held, option: { instrument } }) => [
      held.leg,
      instrument.symbol.replace('BTC-', '').replace('-USDT', ''),
    ]),
  );
}

const strangle = [leg('call', `${near}-25000-C`), leg('put', `${near}-21000-P`)];
const callSpread = [leg('short', `${near}-24000-C`), leg('long', `${near}-26000-C`, 'Buy')];
const condor = [
  leg('long put', `${near}-20000-P`, 'Buy'),
  leg('short put', `${near}-21000-P`),
  leg('short call', `${near}-25000-C`),
  leg('long call', `${near}-26000-C`, 'Buy'),
];
const away: Target = {
  strike: { kind: 'steps', steps: 2, away: true },
  expiry: { kind: 'next', rung: 'monthly' },
};

describe('the legs go', () => {
  test('each its own way, into the same expiry', () => {
    expect(going(strangle, away)).toEqual({ call: `${next}-27000-C`, put: `${next}-19000-P` });
  });

  test('a calendar by its near leg alone, where that keeps its strike', () => {
    const calendar = [leg('near', `${near}-25000-C`), leg('far', `${next}-25000-C`, 'Buy')];
    const later = [...chain, option('30JUN23-25000-C', { bid: '400', ask: '410', index: '23000' })];
    const target = targetOf({ strike: 'same', expiry: 'nearest 100d' });
    expect(going(calendar, target, later)).toEqual({ near: '30JUN23-25000-C' });
  });

  test('by delta, each to its own', () => {
    const target = targetOf({ strike: 'delta 0.30', expiry: 'nearest 60d' });
    expect(going(strangle, target)).toEqual({ call: `${next}-27000-C`, put: `${next}-19000-P` });
  });

  test('as wide as they are: the short chooses, the long keeps its distance', () => {
    const target = targetOf({ strike: 'delta 0.40' });
    expect(going(callSpread, target)).toEqual({ short: `${near}-25000-C`, long: `${near}-27000-C` });
  });

  test('as wide as it can be had, never across the short', () => {
    // 29000 is not listed; 28000 and 30000 are equally near, and both lie beyond: the long one stays where it is.
    const wide = [leg('short', `${near}-26000-C`), leg('long', `${near}-28000-C`, 'Buy')];
    expect(going(wide, targetOf('+1000'))).toEqual({ short: `${near}-27000-C` });
    const last = [leg('short', `${near}-27000-C`), leg('long', `${near}-28000-C`, 'Buy')];
    expect(going(last, targetOf('+1000'))).toEqual({ short: `${near}-28000-C`, long: `${near}-30000-C` });
    const none = [leg('short', `${near}-28000-C`), leg('long', `${near}-30000-C`, 'Buy')];
    const target = targetOf('+2000');
    expect(going(none, target)).toBe(
      reasonText({ code: 'noSuchStrike', figures: { optionType: 'call', target, strike: '30000' } }),
    );
  });

  test('of a condor, all four', () => {
    expect(going(condor, away)).toEqual({
      'long put': `${next}-18000-P`,
      'short put': `${next}-19000-P`,
      'short call': `${next}-27000-C`,
      'long call': `${next}-28000-C`,
    });
  });

  test('of a calendar: the short rolls into its expiry, the far long stays in its own', () => {
    const calendar = [leg('short', `${near}-24000-C`), leg('long', `${next}-24000-C`, 'Buy')];
    expect(going(calendar, targetOf('+1000'))).toEqual({ short: `${near}-25000-C`, long: `${next}-25000-C` });
  });

  test('but for those that are there already, unless all of them are', () => {
    const target = targetOf({ strike: 'delta 0.40' });
    expect(going(strangle, target)).toBe(reasonText({ code: 'sameOption', figures: { strike: '25000' } }));
    const moved = [leg('call', `${near}-26000-C`), leg('put', `${near}-21000-P`)];
    expect(going(moved, target)).toEqual({ call: `${near}-25000-C` });
  });

  test('nowhere when one of them cannot go', () => {
    const withoutPuts = chain.filter(
      ({ instrument }) => instrument.optionType === 'call' || instrument.expiryMs !== strangle[0]?.expiryMs,
    );
    const noPuts = withoutPuts.filter(({ instrument }) => instrument.optionType === 'call');
    expect(going(strangle, away, noPuts)).toMatch(/put/);
  });
});

test('over random chains: one expiry for legs of one, as wide as before where that is listed, reached as by the whole chain', () => {
  const written = fc.constantFrom<Target>(
    away,
    targetOf({ strike: 'delta 0.30', expiry: 'next-monthly' }),
    targetOf({
      strike: 'delta at most 0.40',
      expiry: 'between 20d and 90d',
      prefer: ['delta', 'furthestExpiry'],
    }),
    targetOf({ strike: 'furthest for a credit of -100', expiry: 'nearest 60d' }),
    targetOf({ strike: 'same', expiry: 'next-monthly' }),
  );
  let moved = 0;
  fc.assert(
    fc.property(
      fc.subarray(chain, { minLength: 10 }),
      written,
      fc.constantFrom(strangle, callSpread, condor),
      fc.boolean(),
      (some, target, legs, allowWrongWay) => {
        const own = chain.filter(({ instrument }) => legs.some(({ symbol }) => symbol === instrument.symbol));
        const options = [...new Set([...own, ...some])];
        const searches = searchesFor(legs, target, allowWrongWay);
        const choice = chooseDestinations(searches, options);
        expect(chooseDestinations(searches, destinationsReach(searches, options))).toEqual(choice);
        if (choice.kind === 'refused') return;
        moved += 1;
        expect(new Set(choice.of.map(({ option: to }) => to.instrument.expiryMs)).size).toBe(1);
        for (const { held, option: to } of choice.of) {
          expect(to.instrument.symbol).not.toBe(held.symbol);
          expect(to.instrument.optionType).toBe(held.optionType);
          expect(options).toContain(to);
        }
        // A long never comes to lie on the other side of its short.
        for (const long of choice.of.filter(({ held }) => held.side === 'Buy')) {
          const short = choice.of.find(
            ({ held }) => held.side === 'Sell' && held.optionType === long.held.optionType,
          );
          const was = Number(long.held.strike) - Number(short?.held.strike);
          const is = Number(long.option.instrument.strike) - Number(short?.option.instrument.strike);
          expect(Math.sign(is)).toBe(Math.sign(was));
        }
      },
    ),
    { numRuns: 1_000 },
  );
  expect(moved).toBeGreaterThan(100);
});
