/** What an outsider broke in structures, as it has to be: risk, fallbacks, owners, wording. */
import { expect, test } from 'vitest';
import { Terminal } from '../../src/domain/errors.ts';
import { readSpec } from '../support/options.ts';
import { fillAll, fillPart, stayOpen, TaskFixture, type Behaviour } from '../support/task-fixture.ts';
import {
  call,
  callSpread as spread,
  condor,
  held,
  minute,
  orders,
  positions as pos,
  put,
  strangle,
} from './structure-fixture.ts';

const leg = (name: string, symbol: string, side = 'short') => ({ name, symbol, side });
const make = (legs: readonly object[], then: unknown, spec: object = {}, rule: object = {}): TaskFixture => {
  const f = new TaskFixture({
    spec: {
      legs,
      guards: { rolls: { max: 9 } },
      rules: [{ name: 'roll', when: { index: { above: 23_500 } }, then, ...rule }],
      ...spec,
    },
  });
  f.market.expiries = ['31MAR23', '28APR23', '26MAY23'];
  return f;
};
const fire = async (f: TaskFixture, ms = 5 * minute): Promise<void> => {
  await f.price('23500');
  await f.clock.advance(ms);
};
const send = async (f: TaskFixture, event: object): Promise<void> => {
  f.task.send({ commandId: 'c', ...event } as never);
  await f.clock.advance(0);
};
const gone = async (f: TaskFixture, symbol: string): Promise<void> => {
  const askedAtMs = f.clock.nowMs();
  f.account.take(symbol);
  await send(f, {
    type: 'POSITION_SEEN',
    symbol,
    side: null,
    qty: '0',
    firstAskedAtMs: askedAtMs - 10_000,
    askedAtMs,
  });
};
const answers = (f: TaskFixture): string[] =>
  f.journal.records.flatMap((r) => r.answers.map(({ text }) => text));
const refusing =
  (bad: string): Behaviour =>
  (order, account) => {
    if (order.symbol === bad && !order.reduceOnly)
      throw new Terminal('no', { scope: 'symbol', code: '110074' });
    return fillAll(order, account);
  };
const texts = (f: TaskFixture): string[] => f.alerts.map((a) => a.text);

test.each(['+9000', '-2000'])('%s: whenRefused close never sells a cover alone', async (strike) => {
  const f = make(
    spread,
    { roll: { strike }, legs: ['long'] },
    {},
    { guards: { whenRefused: 'close', allowWrongWay: true } },
  );
  await fire(f);
  expect(orders(f)).toEqual([]);
});

test('a stop-loss closes the shorts though a worthless wing has no bid', async () => {
  const f = make(condor, 'close');
  f.market.spreadOf = (s) => (s === '26000' ? ([null, '5'] as never) : ['990', '1010']);
  await fire(f);
  expect(orders(f)).toEqual(expect.arrayContaining([`Buy 0.3 ${put(22000)}`, `Buy 0.3 ${call(24000)}`]));
});

test('half closed for an hour is reported as missing, and urgently', async () => {
  const f = make(strangle, { roll: { strike: '1 step away' } });
  f.account.behaviours = [fillAll, fillPart('0', 'cancelled')];
  await fire(f, 60 * minute);
  expect(f.alerts.filter((a) => a.severity === 'critical')).not.toEqual([]);
  expect(texts(f).join()).toContain('is missing');
});

test('the next best of a put that is rolled up towards the price is not further up', async () => {
  const f = make(strangle, { roll: { strike: 'delta 0.30' }, legs: 'untested' });
  f.market.deltas = { '24000': '0.40', '22000': '0.15', '23000': '0.30', '25000': '0.9' };
  f.account.behaviours = [refusing(put(23000))];
  await fire(f);
  expect(orders(f)).not.toContain(`Sell 0.3 ${put(24000)}`);
});

test('the next best of a long leg keeps the spread no wider than before and after', async () => {
  const f = make(spread, { roll: { strike: '+1000' } });
  f.account.behaviours = [refusing(call(27000))];
  await fire(f);
  expect(held(f)).not.toEqual([`Buy 0.3 ${call(28000)}`, `Sell 0.3 ${call(25000)}`]); // width 3000, was 2000
});

test('the next best of a leg does not jump over the other: a credit spread stays one', async () => {
  const f = make([leg('short', call(24000)), leg('long', call(25000), 'long')], {
    roll: { strike: '+1000' },
  });
  f.account.behaviours = [refusing(call(25000))];
  await fire(f);
  expect(held(f)).not.toEqual([`Buy 0.3 ${call(26000)}`, `Sell 0.3 ${call(27000)}`]);
});

test('an option of which the account holds more than the leg is none to sell short', async () => {
  const f = make(spread, { roll: { strike: '+2000' } });
  f.account.hold({ symbol: call(26000), side: 'Buy', qty: '0.5', averagePrice: '900' });
  await fire(f);
  expect(orders(f)).toEqual([]);
});

test('stayFlat of one leg leaves the task its others', async () => {
  const f = make(
    strangle,
    { roll: { strike: '1 step away' }, legs: ['put'] },
    { leg2: { fallback: 'stayFlat', attempts: 1 } },
  );
  f.account.behaviours = [fillAll, fillPart('0', 'cancelled')];
  await fire(f, 20 * minute);
  expect(f.task.state).toMatch(/^IDLE/);
});

test('a close goes on when its owner closes a leg meanwhile', async () => {
  const f = make(condor, 'close');
  f.account.behaviours = [fillAll, fillAll, fillPart('0', 'cancelled')];
  await fire(f, 1_000);
  f.account.take(put(21000));
  f.account.behaviours = [
    (o, a) => (o.symbol === put(21000) ? fillPart('0', 'cancelled')(o, a) : fillAll(o, a)),
  ];
  await f.clock.advance(30 * minute);
  expect(orders(f)).toContain(`Sell 0.3 ${call(26000)}`);
});

test('accept-flat leaves no leg in the books that is not there', async () => {
  const f = make(strangle, 'close');
  f.account.behaviours = [fillAll, fillPart('0', 'cancelled')];
  await fire(f, 1_000);
  f.account.take(put(22000));
  await f.clock.advance(10 * minute);
  await send(f, { type: 'ACCEPT_FLAT' });
  expect(f.task.state).toBe('COMPLETED');
  expect(held(f)).toEqual(await pos(f));
});

test('a rule on the first delivery that rolls one leg rolls again and again', () => {
  const spec = {
    legs: strangle,
    rules: [
      {
        when: { daysToExpiry: { below: 5 } },
        then: { roll: { strike: 'same', expiry: 'next-monthly' }, legs: ['put'] },
      },
    ],
  };
  expect(() => readSpec(spec)).toThrow('again and again'); // is accepted; legs: untested is refused
});

test('nothing goes to the option of a leg that is gone: by their options the legs are told apart', async () => {
  const f = make(spread, { roll: { strike: '+2000' }, legs: ['short'] });
  await gone(f, call(26000));
  await fire(f);
  expect(orders(f)).toEqual([]);
  expect(f.task.context.reasons).toMatchObject([{ code: 'legsMeet', figures: { symbol: call(26000) } }]);
});

test('the net delta of a strangle is not the delta that its legs are rolled to', () => {
  const spec = {
    legs: strangle,
    rules: [{ when: { delta: { above: 0.1 } }, then: { roll: { strike: 'delta 0.16' } } }],
  };
  expect(() => readSpec(spec)).not.toThrow();
});

test('a person is told what reopen reopens', async () => {
  const f = make(spread, { roll: { strike: '+1000' } });
  f.account.behaviours = [fillAll, stayOpen];
  await fire(f, 1_000);
  await send(f, { type: 'REOPEN' });
  expect(answers(f).at(-1)).toContain(`${call(24000)} is opened again`);
});

test('a person is told which legs are rolled now', async () => {
  const f = make(strangle, { roll: { strike: '1 step away' }, legs: ['put'] });
  await send(f, { type: 'TRADE_NOW', trade: { kind: 'rollNow', rule: null } });
  expect(answers(f).at(-1)).not.toContain(call(24000));
});

test('the leg that does not close is named', async () => {
  const f = make(strangle, { roll: { strike: '1 step away' } });
  f.account.behaviours = [
    (o, a) => {
      f.market.silent.add('22000');
      return fillAll(o, a);
    },
  ];
  await fire(f);
  expect(texts(f).join()).not.toContain(`0 of 0.3 ${call(24000)} is not closed yet`);
});

test('a collar has a tested side, or its spec is refused', async () => {
  const f = make([leg('call', call(24000)), leg('put', put(22000), 'long')], {
    close: 'all',
    legs: 'tested',
  });
  f.market.deltas = { '24000': '0.5', '22000': '0.2' };
  await fire(f);
  expect(f.task.context.reasons).not.toMatchObject([{ code: 'testedSideUnknown' }]);
});

test('lastRoll after accept-flat says how much was closed', async () => {
  const f = make(spread, { roll: { strike: '+1000' } });
  f.account.behaviours = [fillAll, fillPart('0', 'cancelled')];
  await fire(f, minute);
  await send(f, { type: 'ACCEPT_FLAT' });
  expect(f.task.context.lastRoll).toMatchObject({ fromSymbol: call(24000), qty: '0.3' });
});

test('the fallback reopens the call when the put does not close, and says so', async () => {
  const f = make(
    strangle,
    { roll: { strike: '1 step away' } },
    { leg2: { fallback: 'reopenLeg1', attempts: 2 } },
  );
  const putStays: Behaviour = (order, account) =>
    order.symbol === put(22000) ? fillPart('0', 'cancelled')(order, account) : fillAll(order, account);
  f.account.behaviours = [putStays];
  await fire(f, 60 * minute);
  expect(held(f)).toEqual([`Sell 0.3 ${call(24000)}`, `Sell 0.3 ${put(22000)}`].sort());
  expect(held(f)).toEqual(await pos(f));
  expect(texts(f).join()).toContain('could not close every leg');
  expect(texts(f).join()).toContain(`Opening ${call(24000)} again`);
  expect(f.task.state).toMatch(/^IDLE/);
});

test('a close of which one leg is done goes on, whatever the fallback is', async () => {
  const f = make(strangle, 'close', { leg2: { fallback: 'reopenLeg1', attempts: 1 } });
  f.account.behaviours = [fillAll, fillPart('0', 'cancelled'), fillPart('0', 'cancelled'), fillAll];
  await fire(f, 60 * minute);
  expect(await pos(f)).toEqual([]);
  expect(f.task.state).toBe('COMPLETED');
});
