/** What a structure does not do: roll two legs into one option, take the cover of a short away for a while, trade a leg that is gone. */
import { describe, expect, test } from 'vitest';
import { Terminal } from '../../src/domain/errors.ts';
import { refuseWith, fillAll, type TaskFixture } from '../support/task-fixture.ts';
import {
  type FixtureLeg,
  call,
  callSpread,
  fired,
  fixtureOf,
  held,
  orders,
  put,
  strangle,
} from './structure-fixture.ts';

const twoCalls: readonly FixtureLeg[] = [
  { name: 'lower', symbol: call(24000), side: 'short' },
  { name: 'upper', symbol: call(25000), side: 'short' },
];

describe('two legs of one type', () => {
  test('are not rolled into one option', async () => {
    const fixture = fixtureOf(twoCalls, { roll: { strike: 'delta 0.30' } });
    fixture.market.deltas = { '24000': '0.50', '25000': '0.40', '26000': '0.30', '27000': '0.2' };
    await fired(fixture);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.context.reasons).toMatchObject([
      { code: 'legsMeet', figures: { symbol: call(26000) } },
    ]);
  });

  test('are not rolled into the option of one that stays', async () => {
    const fixture = await fired(fixtureOf(twoCalls, { roll: '+1000', legs: ['lower'] }));
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.context.reasons).toMatchObject([
      { code: 'legsMeet', figures: { symbol: call(25000) } },
    ]);
  });

  test('follow each other by one strike', async () => {
    const fixture = await fired(fixtureOf(twoCalls, { roll: '+1000' }));
    expect(held(fixture)).toEqual([`Sell 0.3 ${call(25000)}`, `Sell 0.3 ${call(26000)}`]);
  });

  test('pass over what the other one goes to, when their own target is refused', async () => {
    const fixture = fixtureOf(twoCalls, { roll: '+1000' });
    const refused = new Terminal('no', { scope: 'symbol', code: '110074' });
    fixture.account.behaviours = [fillAll, fillAll, refuseWith(refused), fillAll];
    await fired(fixture);
    expect(new Set(held(fixture)).size).toBe(2);
    expect(held(fixture)).not.toContain(`Sell 0.6 ${call(26000)}`);
  });
});

describe('a long option that covers a short one', () => {
  test('is not rolled alone', async () => {
    const fixture = await fired(fixtureOf(callSpread, { roll: '+1000', legs: ['long'] }));
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.context.reasons).toMatchObject([
      { code: 'wouldUncover', figures: { symbol: call(26000) } },
    ]);
  });

  test('is rolled once the short one is closed', async () => {
    const fixture = fixtureOf(callSpread, { roll: '+1000', legs: ['long'] });
    fixture.account.take(call(24000));
    const askedAtMs = fixture.clock.nowMs();
    const seen = { symbol: call(24000), side: null, qty: '0', firstAskedAtMs: askedAtMs - 10_000, askedAtMs };
    fixture.task.send({ type: 'POSITION_SEEN', ...seen });
    await fixture.clock.advance(0);
    await fired(fixture);
    expect(held(fixture)).toEqual([`Buy 0.3 ${call(27000)}`]);
  });
});

describe('a rule whose leg is gone', () => {
  const actions: readonly (readonly [string, unknown])[] = [
    ['rolls', { roll: { strike: '1 step away' }, legs: ['put'] }],
    ['closes', { close: 'all', legs: ['put'] }],
    ['rolls the untested side', { roll: { strike: '1 step away' }, legs: 'untested' }],
  ];
  test.each(actions)('%s nothing, and the task goes on', async (_, then) => {
    const fixture = fixtureOf(strangle, then);
    const askedAtMs = fixture.clock.nowMs();
    const seen = { symbol: put(22000), side: null, qty: '0', firstAskedAtMs: askedAtMs - 10_000, askedAtMs };
    fixture.account.take(put(22000));
    fixture.task.send({ type: 'POSITION_SEEN', ...seen });
    await fixture.clock.advance(0);
    await fired(fixture);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.lost).toEqual([]);
    expect(fixture.task.state).toMatch(/^IDLE/);
    expect(fixture.task.context.reasons).toMatchObject([{ code: 'legsGone' }]);
  });
});

describe('legs that their owner has changed before a roll looked', () => {
  /** The account shows so much of it. */
  const show = (fixture: TaskFixture, symbol: string, qty: string): void => {
    fixture.account.take(symbol);
    if (qty !== '0') fixture.account.hold({ symbol, side: 'Sell', qty, averagePrice: '900' });
  };

  test('are found one after the other, and the task goes on with what is left', async () => {
    const fixture = fixtureOf(strangle, { roll: '1 step away' });
    show(fixture, call(24000), '0.1');
    show(fixture, put(22000), '0');
    for (let round = 0; round < 25; round += 1) await fired(fixture);
    expect(held(fixture)).toEqual([`Sell 0.1 ${call(25000)}`]);
    expect(fixture.task.state).toMatch(/^IDLE/);
  });

  test('are believed to be gone by two lists that miss the same one', async () => {
    const fixture = fixtureOf(strangle, { roll: '1 step away' });
    const lists: readonly (readonly string[])[] = [[put(22000)], [call(24000)]];
    const all = await fixture.account.positions();
    for (const shown of lists) {
      fixture.account.positions = () => Promise.resolve(all.filter(({ symbol }) => shown.includes(symbol)));
      await fixture.price('23500');
      await fixture.clock.advance(12_000);
    }
    fixture.account.positions = () => Promise.resolve(all);
    expect(held(fixture)).toHaveLength(2);
    expect(fixture.alerts.map(({ text }) => text).join()).not.toContain('any more');
  });
});
