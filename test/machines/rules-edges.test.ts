/** Several rules where they meet: in one price, in a rest, in an edit, in a roll that only half came about. */
import { describe, expect, test } from 'vitest';
import { reasonText } from '../../src/domain/explain/reason-text.ts';
import { fillPart, stayOpen, TaskFixture, type FixtureOptions } from '../support/task-fixture.ts';
import { readSpec } from '../support/options.ts';

const second = 1_000;
const minute = 60 * second;
const call24 = 'BTC-31MAR23-24000-C-USDT';
const call25 = 'BTC-31MAR23-25000-C-USDT';

const tested = { index: { above: 23_500 } };
const rolls = { roll: { strike: '+1000' } };
const withRules = (rules: readonly object[], options: FixtureOptions = {}): TaskFixture =>
  new TaskFixture({ ...options, spec: { rules, ...options.spec } });
const orders = ({ account }: TaskFixture): string[] =>
  account.submitted.map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`);

describe('a reduction', () => {
  test('counts towards the rolls.max of its rule, so that half is not halved for ever', async () => {
    const fixture = withRules([
      { name: 'half', when: tested, then: { reduce: 'half' }, guards: { rolls: { max: 1 }, cooldown: '1s' } },
    ]);
    for (let time = 0; time < 3; time += 1) {
      await fixture.price('23500');
      await fixture.clock.advance(minute);
    }
    expect(orders(fixture)).toEqual([`Buy 0.15 ${call24}`]);
    expect(fixture.task.context).toMatchObject({ rollsDone: 0, rules: [{ rollsDone: 1 }] });
  });

  test('asked for by nobody else is not counted for another rule', async () => {
    const fixture = withRules([
      { name: 'up', when: { index: { above: 26_000 } }, then: rolls },
      { name: 'half', when: tested, then: { reduce: 'half' } },
    ]);
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    expect(fixture.task.context.rules.map(({ rollsDone }) => rollsDone)).toEqual([0, 1]);
  });
});

describe('an alert on the price at which another rule stops holding', () => {
  const lasting = [
    {
      name: 'up',
      when: { all: [{ index: { above: 23_500, for: '5s' } }, { mark: { above: 100 } }] },
      then: rolls,
    },
    { name: 'careful', when: { index: { below: 23_400 } }, then: 'alert' },
  ];

  test('does not hide that: the other rule begins to hold anew', async () => {
    const fixture = withRules(lasting);
    await fixture.readings({ index: '23500' });
    await fixture.clock.advance(2 * second);
    await fixture.readings({ index: '23400' });
    expect(fixture.alerts).toHaveLength(1);
    await fixture.clock.advance(2 * second);
    await fixture.readings({ index: '23500' });
    await fixture.clock.advance(2 * second);
    await fixture.readings({ index: '23500', mark: '23500' });
    expect(fixture.task.state).toBe('IDLE.confirming');
    expect(orders(fixture)).toEqual([]);
  });

  test('does not let a rule act that was about to', async () => {
    const fixture = withRules(lasting);
    await fixture.readings({ index: '23500', mark: '23500' });
    expect(fixture.task.state).toBe('IDLE.confirming');
    await fixture.clock.advance(2 * second);
    await fixture.readings({ index: '23400', mark: '23500' });
    expect(fixture.alerts).toHaveLength(1);
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.states).not.toContain('ROLL_INITIATED.planning');
  });
});

describe('a rule that never had its turn', () => {
  const rollElseClose = [
    { name: 'up', when: tested, then: rolls, execution: { deadline: '10s', every: '2s' } },
    { name: 'else close', when: tested, then: 'close' },
  ];

  test('does not rest because the order of the rule before it was in vain: it acts next', async () => {
    const fixture = withRules(rollElseClose);
    fixture.account.behaviours = [
      stayOpen,
      (order, account) => {
        account.accept(order);
        account.fill(order.linkId, order.qty);
      },
    ];
    await fixture.price('23500');
    await fixture.clock.advance(15 * second);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`]);
    await fixture.price('23500');
    await fixture.clock.advance(15 * second);
    expect(orders(fixture)).toHaveLength(2);
    expect(fixture.task.state).toBe('COMPLETED');
  });
});

describe('an edit', () => {
  const edit = async (fixture: TaskFixture, rules: readonly object[]): Promise<void> => {
    const { symbol, qty } = fixture.task.context.held;
    const spec = readSpec({ symbol, rules });
    fixture.task.send({ type: 'EDITED', spec, qty, commandId: 'edit' });
    await fixture.clock.advance(0);
  };
  const up = { name: 'up', when: tested, then: rolls, guards: { cooldown: '10m' } };

  test('that adds a rule while all others rest lets it act at once', async () => {
    const fixture = withRules([up]);
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    await edit(fixture, [up, { name: 'stop', when: { index: { above: 24_000 } }, then: 'close' }]);
    expect(fixture.task.state).toBe('IDLE.watching');
    await fixture.price('24000');
    await fixture.clock.advance(minute);
    expect(fixture.task.state).toBe('COMPLETED');
  });

  test('does not end the rest of a rule that keeps its name', async () => {
    const fixture = withRules([up]);
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    await edit(fixture, [{ ...up, when: { index: { above: 23_000 } } }]);
    await fixture.price('24500');
    await fixture.clock.advance(5 * minute);
    expect(orders(fixture)).toHaveLength(2);
  });
});

test('an expiry that was seen too early shortens no rest', async () => {
  const fixture = withRules([
    { name: 'careful', when: tested, then: 'alert' },
    { name: 'up', when: { index: { above: 26_000 } }, then: rolls },
  ]);
  await fixture.price('23500');
  fixture.task.send({ type: 'EXPIRED' });
  await fixture.clock.advance(minute);
  await fixture.price('23500');
  expect(fixture.alerts.filter(({ severity }) => severity === 'warning')).toHaveLength(1);
});

test('all of several rules refused for other reasons than before is news', async () => {
  const fixture = withRules([
    { name: 'for a credit', when: tested, then: rolls, guards: { netCredit: { min: 0 }, cooldown: '1m' } },
    { name: 'for a debit', when: tested, then: rolls, guards: { debit: { max: 1 }, cooldown: '1m' } },
  ]);
  await fixture.price('23500');
  fixture.market.strikes = ['24000'];
  await fixture.clock.advance(2 * minute);
  await fixture.price('23500');
  expect(fixture.alerts).toHaveLength(2);
  const [reason] = fixture.task.context.reasons;
  expect(reason && reasonText(reason)).toMatch('for a credit: ');
});

test('a roll of a part, whose rest its owner closes meanwhile, ends the task with nothing held', async () => {
  const fixture = withRules([{ when: tested, then: { ...rolls, qty: 'half' } }], {
    spec: { execution: { deadline: '10s', every: '2s' } },
  });
  fixture.account.behaviours = [
    (order, account) => {
      void fillPart('0.1', 'cancelled')(order, account);
      account.showNothing();
    },
  ];
  await fixture.price('23500');
  await fixture.clock.advance(5 * minute);
  expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`]);
  expect(fixture.task.state).toBe('COMPLETED');
  expect(fixture.task.context.held).toMatchObject({ symbol: call24, qty: '0' });
  expect(fixture.task.context.ledger).toMatchObject({ changedByOwner: '-0.2' });
  expect(fixture.alerts.at(-1)?.text).not.toMatch(call25);
});

test('a task whose rules have all acted as often as they may is over, and says so', async () => {
  const fixture = withRules([
    { name: 'once', when: tested, then: rolls, guards: { rolls: { max: 1 }, cooldown: '1s' } },
  ]);
  await fixture.price('23500');
  await fixture.clock.advance(minute);
  expect(fixture.task.state).toBe('COMPLETED');
  expect(fixture.alerts.at(-1)?.text).toMatch(/all 1 rolls are used up/);
});

test('a rule whose rest ends with the waiting of another one is confirmed too, and comes first', async () => {
  const fixture = withRules([
    { name: 'up', when: tested, then: rolls, guards: { netCredit: { min: 0 }, cooldown: '5s' } },
    {
      name: 'stop',
      when: { index: { above: 23_500, for: '3s' } },
      then: 'close',
      guards: { cooldown: '1s' },
    },
  ]);
  await fixture.price('23500');
  await fixture.clock.advance(2 * second);
  await fixture.price('23510');
  expect(fixture.task.state).toBe('IDLE.confirming');
  fixture.market.spreadOf = (strike) => (strike === '24000' ? ['490', '500'] : ['990', '1010']);
  await fixture.clock.advance(5 * second);
  expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`, `Sell 0.3 ${call25}`]);
});
