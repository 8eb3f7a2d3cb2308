/** Which legs of a structure a rule trades, what its guards say to all of them together, and what a person or its owner does meanwhile. */
import { describe, expect, test } from 'vitest';
import { fillAll, fillPart, type TaskFixture } from '../support/task-fixture.ts';
import {
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

describe('a choice of legs', () => {
  const delta = { roll: { strike: 'delta 0.30' }, legs: 'untested' };

  test('rolls the side that is not tested towards the price, and leaves the other', async () => {
    const fixture = fixtureOf(strangle, delta);
    fixture.market.deltas = { '24000': '0.40', '22000': '0.15', '23000': '0.30' };
    await fired(fixture);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${put(22000)}`, `Sell 0.3 ${put(23000)}`]);
    expect(fixture.task.context).toMatchObject({
      held: { leg: 'call', symbol: call(24000) },
      others: [{ leg: 'put', symbol: put(23000), strike: '23000' }],
      lastRoll: { leg: 'put', others: [] },
    });
  });

  test('of the untested side of a condor moves its spread as it is', async () => {
    const fixture = fixtureOf(condor, delta);
    fixture.market.deltas = {
      '24000': '0.40',
      '22000': '0.15',
      '23000': '0.30',
      '21000': '0.05',
      '26000': '0.1',
    };
    await fired(fixture);
    expect(orders(fixture)).toEqual([
      `Buy 0.3 ${put(22000)}`,
      `Sell 0.3 ${put(21000)}`,
      `Buy 0.3 ${put(22000)}`,
      `Sell 0.3 ${put(23000)}`,
    ]);
    expect(held(fixture)).toEqual(await positions(fixture));
  });

  test('does nothing while no delta says which side is tested', async () => {
    const fixture = fixtureOf(strangle, delta);
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.context.reasons).toMatchObject([{ code: 'testedSideUnknown' }]);
  });

  test('closes one side, and the task goes on with the other', async () => {
    const fixture = fixtureOf(strangle, { close: 'all', legs: ['put'] });
    await fired(fixture);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${put(22000)}`]);
    expect(held(fixture)).toEqual([`Sell 0.3 ${call(24000)}`]);
    expect(fixture.task.state).toMatch(/^IDLE/);
    expect(fixture.alerts.at(-1)?.text).toContain(
      'The task manages 0.3 BTC-31MAR23-24000-C-USDT from now on.',
    );
  });

  test('reduces every leg by half', async () => {
    const fixture = fixtureOf(callSpread, { reduce: 'half' });
    await fired(fixture);
    expect(orders(fixture)).toEqual([`Buy 0.15 ${call(24000)}`, `Sell 0.15 ${call(26000)}`]);
    expect(held(fixture)).toEqual([`Buy 0.15 ${call(26000)}`, `Sell 0.15 ${call(24000)}`]);
  });
});

describe('the guards of prices', () => {
  const away = { roll: { strike: '+1000' } };
  const prices = (strike: string): readonly [string, string] =>
    ({
      '24000': ['1000', '1010'] as const,
      '25000': ['980', '990'] as const,
      '26000': ['990', '1000'] as const,
      '27000': ['1010', '1020'] as const,
    })[strike] ?? ['990', '1010'];

  test('see one net credit: −1010 + 990 − 1020 + 980 per unit', async () => {
    const fixture = fixtureOf(callSpread, away, { guards: { rolls: { max: 9 }, netCredit: { min: -18 } } });
    fixture.market.spreadOf = prices;
    await fired(fixture);
    expect(orders(fixture)).toHaveLength(4);
  });

  test('refuse the whole roll when it falls short', async () => {
    const fixture = fixtureOf(callSpread, away, { guards: { rolls: { max: 9 }, netCredit: { min: -17 } } });
    fixture.market.spreadOf = prices;
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.context.reasons).toMatchObject([
      { code: 'netCredit', figures: { netCredit: '-18', netCreditMin: '-17' } },
    ]);
  });
});

describe('a person', () => {
  /** The short is closed; the long does not close. */
  const halfClosed = async (): Promise<TaskFixture> => {
    const fixture = fixtureOf(callSpread, { roll: { strike: '+1000' } });
    fixture.account.behaviours = [fillAll, fillPart('0', 'cancelled')];
    await fired(fixture);
    expect(held(fixture)).toEqual([`Buy 0.3 ${call(26000)}`]);
    expect(fixture.task.state).toMatch(/^ROLL_INITIATED/);
    fixture.account.behaviours = [fillAll];
    return fixture;
  };

  test('is told at once when nothing can be opened, although it was reminded before that a leg is not closed', async () => {
    const fixture = await halfClosed();
    const said = (what: RegExp): number => fixture.alerts.filter(({ text }) => what.test(text)).length;
    expect(said(/still not open/)).toBe(1);
    fixture.account.behaviours = [fillAll, fillPart('0', 'cancelled')];
    for (let seconds = 0; seconds < 120 && !fixture.task.state.startsWith('LEG2'); seconds += 1)
      await fixture.clock.advance(1_000);
    await fixture.clock.advance(1_000);
    expect(said(/^Leg 2 of task000001-v1 is not open/)).toBe(1);
  });

  test('may leave a structure as it is in the middle', async () => {
    const fixture = await halfClosed();
    fixture.task.send({ type: 'ACCEPT_FLAT', commandId: 'c' });
    await fixture.clock.advance(minute);
    expect(fixture.task.state).toBe('COMPLETED');
    expect(held(fixture)).toEqual(await positions(fixture));
  });

  test('may want the old legs back', async () => {
    const fixture = await halfClosed();
    fixture.task.send({ type: 'REOPEN', commandId: 'c' });
    await fixture.clock.advance(minute);
    expect(held(fixture)).toEqual([`Buy 0.3 ${call(26000)}`, `Sell 0.3 ${call(24000)}`]);
    expect(held(fixture)).toEqual(await positions(fixture));
    expect(fixture.task.state).toMatch(/^IDLE/);
  });

  test('may try again at once', async () => {
    const fixture = await halfClosed();
    fixture.task.send({ type: 'RETRY', commandId: 'c' });
    await fixture.clock.advance(minute);
    expect(held(fixture)).toEqual([`Buy 0.3 ${call(27000)}`, `Sell 0.3 ${call(25000)}`]);
  });
});

describe('an owner', () => {
  test('who closes a leg before a roll leaves the task the others', async () => {
    const fixture = fixtureOf(strangle, { roll: { strike: '1 step away' } });
    fixture.account.take(put(22000));
    await fixture.clock.advance(minute);
    await fixture.price('23500');
    await fixture.clock.advance(10 * minute);
    await fixture.price('23500');
    await fixture.clock.advance(10 * minute);
    expect(held(fixture)).toEqual([`Sell 0.3 ${call(25000)}`]);
    expect(held(fixture)).toEqual(await positions(fixture));
  });

  test('who closes a leg in the middle of a roll stops it for a person', async () => {
    const fixture = fixtureOf(callSpread, { roll: { strike: '+1000' } });
    fixture.account.behaviours = [fillAll, fillPart('0', 'cancelled')];
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    fixture.account.take(call(26000));
    await fixture.clock.advance(5 * minute);
    expect(fixture.task.state).toBe('FAILED');
  });
});
