/** A condition of one leg, of a side or of the structure as one moves the legs that its rule names, once their quotes confirm it. */
import { describe, expect, test } from 'vitest';
import { TaskFixture } from '../support/task-fixture.ts';

const minute = 60_000;
const strangle = [
  { name: 'call', symbol: 'BTC-31MAR23-24000-C-USDT', side: 'short' },
  { name: 'put', symbol: 'BTC-31MAR23-22000-P-USDT', side: 'short' },
];

function fixtureOf(...rules: readonly object[]): TaskFixture {
  const fixture = new TaskFixture({ spec: { legs: strangle, rules } });
  // Of the options that are held, and of the puts that one of them may be rolled to.
  fixture.market.deltas = { 24000: '0.35', 22000: '-0.1', 23000: '-0.3', 21000: '-0.05' };
  return fixture;
}
const orders = ({ account }: TaskFixture): string[] =>
  account.submitted.map(({ side, symbol }) => `${side} ${symbol}`);
const deltas = (call: string, put: string) => ({ legs: { call: { delta: call }, put: { delta: put } } });

describe('the tested side at its delta', () => {
  const rule = {
    when: { leg: 'tested', delta: { above: 0.3 } },
    then: { roll: { strike: 'delta 0.30' }, legs: 'untested' },
    guards: { debit: { max: 500 } },
  };

  test('rolls the untested side, and leaves the tested one where it is', async () => {
    const fixture = fixtureOf(rule);
    await fixture.readings(deltas('0.35', '-0.1'));
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual(['Buy BTC-31MAR23-22000-P-USDT', 'Sell BTC-31MAR23-23000-P-USDT']);
    expect(fixture.task.context).toMatchObject({
      held: { leg: 'call', symbol: 'BTC-31MAR23-24000-C-USDT' },
      others: [{ leg: 'put', symbol: 'BTC-31MAR23-23000-P-USDT' }],
      rollsDone: 1,
    });
  });

  test('that its own quote does not confirm closes nothing', async () => {
    const fixture = fixtureOf(rule);
    fixture.market.deltas = { ...fixture.market.deltas, 24000: '0.2' };
    await fixture.readings(deltas('0.35', '-0.1'));
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.context.reasons[0]).toMatchObject({
      code: 'unconfirmed',
      figures: { kind: 'delta', leg: 'tested', fired: '0.35', fresh: '0.2' },
    });
  });
});

test('half of the net premium earned closes all legs', async () => {
  const fixture = fixtureOf({ when: { profit: { above: '50%' } }, then: 'close' });
  fixture.market.moveTo({ optionMark: '440' });
  fixture.market.spreadOf = () => ['435', '445'];
  const mark = (ofPut: string) => ({ legs: { call: { optionMark: '440' }, put: { optionMark: ofPut } } });
  await fixture.readings(mark('470'));
  expect(fixture.task.state).toBe('IDLE.watching');
  await fixture.readings(mark('440'));
  await fixture.clock.advance(minute);
  expect(orders(fixture).sort()).toEqual(strangle.map(({ symbol }) => `Buy ${symbol}`).sort());
  expect(fixture.task.state).toBe('COMPLETED');
});

test('a condition of one leg closes that leg, and the task goes on with the other', async () => {
  const fixture = fixtureOf({
    when: { leg: 'call', delta: { above: 0.3 } },
    then: { close: 'all', legs: 'call' },
  });
  await fixture.readings(deltas('0.2', '-0.9'));
  expect(fixture.task.state).toBe('IDLE.watching');
  await fixture.readings(deltas('0.35', '-0.1'));
  await fixture.clock.advance(10 * minute);
  expect(orders(fixture)).toEqual(['Buy BTC-31MAR23-24000-C-USDT']);
  await fixture.readings(deltas('0.35', '-0.1'));
  await fixture.clock.advance(10 * minute);
  expect(orders(fixture)).toHaveLength(1);
});
