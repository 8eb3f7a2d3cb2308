import { describe, expect, it } from 'vitest';
import { planKills } from '../../torture/plan.ts';
import { indexAt, portfolio, specOf } from '../../torture/portfolio.ts';
import { readSpec } from '../../support/options.ts';

const faultsOf = (seed: number, count: number) =>
  new Set(planKills(seed, count).flatMap(({ faults }) => faults.map(({ fault }) => fault.kind)));

describe('the plan of a torture', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planKills(7, 50)).toEqual(planKills(7, 50));
    expect(planKills(7, 50)).not.toEqual(planKills(8, 50));
  });

  it('has every kind of fault within the first ten kills, whatever the seed', () => {
    for (const seed of [1, 2, 3])
      expect([...faultsOf(seed, 10)].sort()).toEqual([
        'database wire',
        'exchange answers',
        'exchange restart',
        'exchange sockets',
        'freeze',
        'postgres',
      ]);
  });

  it('kills mostly in the first 100 ms after a moment, and sometimes anywhere in a roll', () => {
    const delays = planKills(1, 1_000).map(({ delayMs }) => delayMs);
    const hot = delays.filter((ms) => ms < 100).length;
    expect(hot).toBeGreaterThan(400);
    expect(Math.max(...delays)).toBeGreaterThan(1_500);
  });
});

describe('the portfolio', () => {
  it('has specs that a task accepts, for both ways', () => {
    for (const account of portfolio)
      for (const position of account.positions)
        for (const direction of ['up', 'down'] as const) {
          const symbols = position.map(({ symbol }) => symbol);
          const { symbol, legs = [{ symbol }] } = readSpec(
            specOf(account, { symbols, direction, offset: 50 }),
          );
          expect(legs.map((leg) => leg.symbol)).toEqual(symbols);
        }
  });

  it('has a price that crosses every trigger of every task within two sweeps', () => {
    const prices = Array.from({ length: 200 }, (_, at) => Number(indexAt(at * 100)));
    expect(Math.max(...prices)).toBeGreaterThan(25_500);
    expect(Math.min(...prices)).toBeLessThan(22_500);
  });
});
