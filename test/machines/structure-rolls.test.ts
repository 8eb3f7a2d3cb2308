/**
 * A roll of several legs as one: shorts are closed before their longs and longs opened before their shorts, each by an order of
 * its own; what is open in between is in the journal, and a failure of one leg is one of the whole structure.
 */
import { describe, expect, test } from 'vitest';
import { holdingsOf } from '../../src/domain/roll/holdings.ts';
import type { RollContext } from '../../src/domain/roll/roll-context.ts';
import { fillAll, fillPart, stayOpen } from '../support/task-fixture.ts';
import {
  type FixtureLeg,
  call,
  callSpread,
  condor,
  fired,
  fixtureOf,
  held,
  minute,
  orders,
  positions,
  put,
  strangle,
} from './structure-fixture.ts';

describe('the orders of a roll', () => {
  test('of a strangle: both into the same expiry', async () => {
    const fixture = fixtureOf(strangle, { roll: { strike: '1 step away', expiry: 'next-monthly' } });
    await fired(fixture);
    expect(orders(fixture)).toEqual([
      `Buy 0.3 ${call(24000)}`,
      `Buy 0.3 ${put(22000)}`,
      `Sell 0.3 ${call(25000, '28APR23')}`,
      `Sell 0.3 ${put(21000, '28APR23')}`,
    ]);
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    expect(held(fixture)).toEqual(await positions(fixture));
    expect(fixture.task.context).toMatchObject({
      held: { leg: 'call', symbol: call(25000, '28APR23') },
      others: [{ leg: 'put', symbol: put(21000, '28APR23') }],
      rollsDone: 1,
      roll: null,
    });
  });

  test('of a spread: it stays as wide as it is', async () => {
    const fixture = fixtureOf(callSpread, { roll: { strike: '+1000' } });
    await fired(fixture);
    expect(orders(fixture)).toEqual([
      `Buy 0.3 ${call(24000)}`,
      `Sell 0.3 ${call(26000)}`,
      `Buy 0.3 ${call(27000)}`,
      `Sell 0.3 ${call(25000)}`,
    ]);
    expect(held(fixture)).toEqual(await positions(fixture));
  });

  test('of a spread that is rolled by its width: an option is left by one leg and entered by another', async () => {
    const fixture = fixtureOf(callSpread, { roll: { strike: '+2000' } });
    await fired(fixture);
    expect(orders(fixture)).toEqual([
      `Buy 0.3 ${call(24000)}`,
      `Sell 0.3 ${call(26000)}`,
      `Buy 0.3 ${call(28000)}`,
      `Sell 0.3 ${call(26000)}`,
    ]);
    expect(held(fixture)).toEqual(await positions(fixture));
    expect(held(fixture)).toEqual([`Buy 0.3 ${call(28000)}`, `Sell 0.3 ${call(26000)}`]);
  });

  test('of a condor, closed', async () => {
    const fixture = fixtureOf(condor, 'close');
    await fired(fixture);
    expect(orders(fixture)).toEqual([
      `Buy 0.3 ${put(22000)}`,
      `Buy 0.3 ${call(24000)}`,
      `Sell 0.3 ${put(21000)}`,
      `Sell 0.3 ${call(26000)}`,
    ]);
    expect(fixture.task.state).toBe('COMPLETED');
    expect(await positions(fixture)).toEqual([]);
  });

  test('of a condor: four out, four in, with a link id each', async () => {
    const fixture = fixtureOf(condor, { roll: { strike: 'same', expiry: 'next-monthly' } });
    await fixture.price('23500');
    await fixture.clock.advance(2 * minute);
    expect(orders(fixture)).toHaveLength(8);
    expect(new Set(fixture.account.submitted.map(({ linkId }) => linkId)).size).toBe(8);
    expect(held(fixture)).toEqual([
      `Buy 0.3 ${put(21000, '28APR23')}`,
      `Buy 0.3 ${call(26000, '28APR23')}`,
      `Sell 0.3 ${put(22000, '28APR23')}`,
      `Sell 0.3 ${call(24000, '28APR23')}`,
    ]);
    expect(fixture.task.context.lastRoll).toMatchObject({ others: [{}, {}, {}] });
  });
});

describe('at every commit', () => {
  const stories: readonly (readonly [string, readonly FixtureLeg[], unknown])[] = [
    ['a strangle', strangle, { roll: { strike: '1 step away' } }],
    ['a spread', callSpread, { roll: { strike: '+2000' } }],
    ['a condor', condor, { roll: { strike: 'same', expiry: 'next-monthly' } }],
    ['a condor that is closed', condor, 'close'],
  ];
  /** Shorts that no long covers, of one type; what a structure risks. */
  const uncovered = (legs: readonly string[], type: 'C' | 'P'): number => {
    const ofType = legs.filter((leg) => leg.includes(`-${type}-`));
    return (
      ofType.filter((leg) => leg.startsWith('Sell')).length -
      ofType.filter((leg) => leg.startsWith('Buy')).length
    );
  };

  test.each(stories)('%s never risks more than before and after', async (_, legs, then) => {
    const fixture = fixtureOf(legs, then);
    const before = held(fixture);
    await fixture.price('23500');
    await fixture.clock.advance(2 * minute);
    const after = held(fixture);
    for (const { snapshotJson } of fixture.journal.records) {
      const { context } = JSON.parse(snapshotJson) as { context: RollContext };
      const now = holdingsOf(context).map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`);
      for (const type of ['C', 'P'] as const)
        expect(uncovered(now, type)).toBeLessThanOrEqual(
          Math.max(uncovered(before, type), uncovered(after, type)),
        );
    }
  });

  test.each(stories)('%s survives a crash', async (_, legs, then) => {
    const whole = fixtureOf(legs, then);
    await whole.price('23500');
    await whole.clock.advance(2 * minute);
    for (let crashAt = 1; crashAt <= whole.journal.records.length; crashAt += 1) {
      const fixture = fixtureOf(legs, then);
      fixture.crashAfter(crashAt);
      await fixture.price('23500');
      await fixture.clock.advance(10 * minute);
      expect([crashAt, held(fixture)]).toEqual([crashAt, await positions(fixture)]);
      expect([crashAt, held(fixture)]).toEqual([crashAt, held(whole)]);
      expect([crashAt, orders(fixture)]).toEqual([crashAt, orders(whole)]);
    }
  });
});

describe('a leg', () => {
  test('that is closed in part is closed on, before anything is opened', async () => {
    const fixture = fixtureOf(strangle, { roll: { strike: '1 step away' } });
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(5 * minute);
    expect(orders(fixture)).toEqual([
      `Buy 0.3 ${call(24000)}`,
      `Buy 0.2 ${call(24000)}`,
      `Buy 0.3 ${put(22000)}`,
      `Sell 0.3 ${call(25000)}`,
      `Sell 0.3 ${put(21000)}`,
    ]);
  });

  test('that could not be closed at once begins no roll: the other one would be closed alone', async () => {
    const fixture = fixtureOf(strangle, { roll: { strike: '1 step away' } });
    fixture.market.spreadOf = (strike) => (strike === '22000' ? ['900', '1200'] : ['990', '1010']);
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.context.reasons).toMatchObject([
      { code: 'beyondSlippage', figures: { symbol: put(22000), side: 'ask' } },
    ]);
  });

  test('that does not open turns the whole structure back, longs first', async () => {
    const fixture = fixtureOf(
      callSpread,
      { roll: { strike: '+1000' } },
      { leg2: { fallback: 'reopenLeg1', attempts: 1 } },
    );
    fixture.account.behaviours = [fillAll, fillAll, fillPart('0', 'cancelled'), fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(10 * minute);
    expect(orders(fixture)).toEqual([
      `Buy 0.3 ${call(24000)}`,
      `Sell 0.3 ${call(26000)}`,
      `Buy 0.3 ${call(27000)}`,
      `Buy 0.3 ${call(26000)}`,
      `Sell 0.3 ${call(24000)}`,
    ]);
    expect(fixture.task.context).toMatchObject({ rollsDone: 0, lastRoll: { compensated: true } });
    expect(held(fixture)).toEqual(await positions(fixture));
  });

  test('that does not open after another one did is tried on', async () => {
    const fixture = fixtureOf(
      callSpread,
      { roll: { strike: '+1000' } },
      { leg2: { fallback: 'reopenLeg1', attempts: 1 } },
    );
    fixture.account.behaviours = [fillAll, fillAll, fillAll, fillPart('0', 'cancelled'), fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(10 * minute);
    expect(held(fixture)).toEqual(await positions(fixture));
    expect(orders(fixture)).toHaveLength(5);
    expect(fixture.task.state).toMatch(/^IDLE/);
  });
});

test('a pause breaks off a roll of which nothing is closed, and no other', async () => {
  const fixture = fixtureOf(strangle, { roll: { strike: '1 step away' } });
  fixture.account.behaviours = [fillAll, stayOpen];
  await fixture.price('23500');
  await fixture.clock.advance(1_000);
  fixture.task.send({ type: 'PAUSE', commandId: 'p' });
  await fixture.clock.advance(1_000);
  expect(fixture.task.state).toMatch(/^ROLL_INITIATED/);
  expect(fixture.task.context.roll).toMatchObject({ isBrokenOff: false });
});
