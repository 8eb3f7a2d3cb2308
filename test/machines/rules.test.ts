/**
 * A task of several rules: the first that is due and allowed acts, one that is refused passes the turn on, each rests by
 * itself; what a person asks for begins at once; a pause ends a roll that has closed nothing.
 */
import { describe, expect, test } from 'vitest';
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { reasonText } from '../../src/domain/explain/reason-text.ts';
import { fillPart, stayOpen, TaskFixture, type FixtureOptions } from '../support/task-fixture.ts';

const second = 1_000;
const minute = 60 * second;
const call24 = 'BTC-31MAR23-24000-C-USDT';
const call25 = 'BTC-31MAR23-25000-C-USDT';

const profit = { profit: { above: '50%' } };
const tested = { index: { above: 23_500 } };
const rolls = { roll: { strike: '+1000' } };
const withRules = (rules: readonly object[], options: FixtureOptions = {}): TaskFixture =>
  new TaskFixture({ ...options, spec: { rules, ...options.spec } });
const orders = ({ account }: TaskFixture): string[] =>
  account.submitted.map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`);
const ask = (fixture: TaskFixture, event: 'PAUSE' | 'RESUME'): Promise<void> => {
  fixture.task.send({ type: event, commandId: event });
  return fixture.clock.advance(0);
};

describe('of two rules', () => {
  const takeProfitOrRoll = [
    { name: 'take profit', when: profit, then: 'close' },
    { name: 'roll up', when: tested, then: rolls },
  ];

  test('the one that is due acts: the second', async () => {
    const fixture = withRules(takeProfitOrRoll);
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`, `Sell 0.3 ${call25}`]);
    expect(fixture.task.context.rules.map(({ rollsDone }) => rollsDone)).toEqual([0, 1]);
    expect(fixture.task.context.lastRoll).toMatchObject({ trigger: { level: '23500' } });
  });

  test('the one that is due acts: the first, which closes', async () => {
    const fixture = withRules(takeProfitOrRoll);
    await fixture.readings({ optionMark: '400' });
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`]);
    expect(fixture.task.state).toBe('COMPLETED');
  });

  test('the first in the list acts when both are due', async () => {
    const fixture = withRules(takeProfitOrRoll);
    await fixture.readings({ optionMark: '400', index: '23500' });
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`]);
  });

  test('only the one whose own trigger is confirmed acts, though both fired', async () => {
    const fixture = withRules(takeProfitOrRoll);
    fixture.market.moveTo({ index: '23500' });
    fixture.task.send({ type: 'PRICE', readings: { optionMark: '1', index: '23500' } });
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`, `Sell 0.3 ${call25}`]);
  });

  test('the levels on the underlying move with the strike, in every rule', async () => {
    const fixture = withRules([
      { name: 'stop', when: { index: { above: 27_000 } }, then: 'close' },
      { name: 'roll up', when: tested, then: rolls },
    ]);
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    expect(fixture.task.context.rules).toMatchObject([
      { trigger: { level: '28000' } },
      { trigger: { level: '24500' } },
    ]);
  });
});

describe('a rule that is refused', () => {
  const creditElseClose = [
    { name: 'for a credit', when: tested, then: rolls, guards: { netCredit: { min: 0 } } },
    { name: 'else close', when: { index: { above: 23_600 } }, then: 'close' },
  ];

  test('passes the turn on to the next that is due', async () => {
    const fixture = withRules(creditElseClose);
    await fixture.price('23600');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`]);
    expect(fixture.task.context.lastRoll).toMatchObject({ toSymbol: null, isFlat: false });
  });

  test('rests by itself: the others go on waiting', async () => {
    const fixture = withRules(creditElseClose);
    await fixture.price('23500');
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(orders(fixture)).toEqual([]);
    const before = fixture.journal.records.length;
    await fixture.price('23550');
    expect(fixture.journal.records).toHaveLength(before);
    await fixture.price('23600');
    await fixture.clock.advance(minute);
    expect(fixture.task.state).toBe('COMPLETED');
  });

  test('is tried again after its cooldown', async () => {
    const fixture = withRules(creditElseClose);
    await fixture.price('23500');
    fixture.market.spreadOf = (strike) => (strike === '24000' ? ['490', '500'] : ['990', '1010']);
    fixture.market.moveTo({ optionMark: '700' });
    await fixture.clock.advance(5 * minute);
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toHaveLength(2);
  });

  test('is named with its reason, and so is every other that was due', async () => {
    const fixture = withRules([
      { name: 'for a credit', when: tested, then: rolls, guards: { netCredit: { min: 0 } } },
      { name: 'for a small debit', when: tested, then: rolls, guards: { debit: { max: 1 } } },
    ]);
    await fixture.price('23500');
    const [reason] = fixture.task.context.reasons;
    expect(reason && reasonText(reason)).toBe(
      'for a credit: net credit -6 is below 0; for a small debit: debit 6 is above 1',
    );
    expect(fixture.alerts).toMatchObject([{ severity: 'info' }]);
  });

  test('sends no alert where each of them says to skip', async () => {
    const guards = { netCredit: { min: 0 }, whenRefused: 'skip' };
    const fixture = withRules([
      { when: tested, then: rolls, guards },
      { when: tested, then: rolls, guards },
    ]);
    await fixture.price('23500');
    expect(fixture.alerts).toEqual([]);
    expect(fixture.task.context.reasons).toHaveLength(1);
    expect(fixture.task.state).toBe('IDLE.coolingDown');
  });
});

test('a rule rolls no more often than its own rolls.max, and the next takes over', async () => {
  const fixture = withRules([
    { name: 'twice', when: tested, then: rolls, guards: { rolls: { max: 1 }, cooldown: '1s' } },
    { name: 'then close', when: tested, then: 'close', guards: { cooldown: '1s' } },
  ]);
  await fixture.price('23500');
  await fixture.clock.advance(minute);
  expect(orders(fixture)).toHaveLength(2);
  await fixture.price('24500');
  await fixture.clock.advance(minute);
  expect(orders(fixture).at(-1)).toBe(`Buy 0.3 ${call25}`);
  expect(fixture.task.state).toBe('COMPLETED');
});

describe('a rule that only alerts', () => {
  const warn = { name: 'careful', when: { index: { above: 23_400 } }, then: 'alert' };

  test('alerts once in its cooldown and trades nothing', async () => {
    const fixture = withRules([warn, { when: tested, then: rolls }]);
    await fixture.price('23400');
    await fixture.price('23410');
    await fixture.clock.advance(23 * 60 * minute);
    await fixture.price('23420');
    expect(fixture.journal.records.flatMap(({ alerts }) => alerts.map(alertText))).toEqual([
      `${call24}: careful: index above 23400.`,
    ]);
    expect(orders(fixture)).toEqual([]);
    await fixture.clock.advance(60 * minute);
    await fixture.price('23420');
    expect(fixture.alerts).toHaveLength(2);
  });

  test('does not keep another rule from acting on the same price', async () => {
    const fixture = withRules([warn, { when: tested, then: rolls }]);
    await fixture.price('23500');
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('that has to hold for a while alerts then, though nothing else is due', async () => {
    const fixture = withRules([{ ...warn, when: { index: { above: 23_400, for: '5s' } } }]);
    await fixture.price('23400');
    expect(fixture.task.state).toBe('IDLE.confirming');
    await fixture.clock.advance(5 * second);
    await fixture.price('23400');
    expect(fixture.alerts).toHaveLength(1);
    expect(fixture.task.state).toBe('IDLE.watching');
  });
});

describe('a quantity of its own', () => {
  test('closes a part, and the task manages the rest', async () => {
    const fixture = withRules([{ name: 'half', when: tested, then: { reduce: 'half' } }]);
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.15 ${call24}`]);
    expect(fixture.task.context.held).toMatchObject({ qty: '0.15', premium: '135' });
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    expect(fixture.task.context.lastRoll).toMatchObject({ toSymbol: null, leftQty: '0.15' });
    expect(fixture.alerts.at(-1)?.text).toMatch('The task manages the other 0.15');
  });

  test('opens a part of what it closes', async () => {
    const fixture = withRules([{ when: tested, then: { ...rolls, qty: '50%' } }]);
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`, `Sell 0.15 ${call25}`]);
    expect(fixture.task.context.held).toMatchObject({ symbol: call25, qty: '0.15' });
  });

  test('halves the size at the second roll', async () => {
    const fixture = withRules(
      [{ when: tested, then: { ...rolls, scale: ['100%', '50%'] }, guards: { cooldown: '1s' } }],
      { qty: '0.4' },
    );
    for (const price of ['23500', '24500', '25500']) {
      await fixture.price(price);
      await fixture.clock.advance(minute);
    }
    expect(orders(fixture).filter((order) => order.startsWith('Sell'))).toEqual([
      `Sell 0.4 ${call25}`,
      'Sell 0.2 BTC-31MAR23-26000-C-USDT',
      'Sell 0.2 BTC-31MAR23-27000-C-USDT',
    ]);
  });

  test('is not naked while what is closed is only what is given up', async () => {
    const fixture = withRules([{ when: tested, then: { ...rolls, qty: 'half' } }], {
      spec: { execution: { deadline: '10s', every: '2s' } },
    });
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), fillPart('0.2'), fillPart('0.15')];
    await fixture.price('23500');
    await fixture.clock.advance(2 * minute);
    expect(fixture.states).not.toContain('LEG2_OPENING.failing');
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`, `Buy 0.2 ${call24}`, `Sell 0.15 ${call25}`]);
    expect(fixture.task.context.held).toMatchObject({ symbol: call25, qty: '0.15' });
  });

  test('too small for the exchange is refused before anything is closed', async () => {
    const fixture = withRules([{ when: tested, then: { ...rolls, qty: '1%' } }]);
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.alerts.at(-1)?.text).toMatch('Not rolled');
  });
});

describe('a person', () => {
  test('closes now, whatever the trigger says', async () => {
    const fixture = new TaskFixture();
    fixture.task.send({ type: 'TRADE_NOW', trade: { kind: 'closeNow' }, commandId: 'now' });
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`]);
    expect(fixture.task.state).toBe('COMPLETED');
  });

  test('rolls now, in quiet hours too, but not against a guard on prices', async () => {
    const guards = { quietHours: '00:00-23:59', netCredit: { min: 0 } };
    const fixture = new TaskFixture({ spec: { guards } });
    const roll = async () => {
      fixture.task.send({ type: 'TRADE_NOW', trade: { kind: 'rollNow', rule: null }, commandId: 'now' });
      await fixture.clock.advance(minute);
    };
    await roll();
    expect(orders(fixture)).toEqual([]);
    expect(fixture.alerts.at(-1)?.text).toMatch('net credit -6 is below 0');
    fixture.market.spreadOf = (strike) => (strike === '24000' ? ['990', '1010'] : ['1020', '1030']);
    await roll();
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`, `Sell 0.3 ${call25}`]);
  });

  test('rolls now a task that is paused, which is paused again afterwards', async () => {
    const fixture = new TaskFixture();
    await ask(fixture, 'PAUSE');
    fixture.task.send({ type: 'TRADE_NOW', trade: { kind: 'rollNow', rule: 'rule 1' }, commandId: 'now' });
    await fixture.clock.advance(minute);
    expect(fixture.task.context.rollsDone).toBe(1);
    expect(fixture.task.state).toBe('PAUSED');
  });

  test('cannot roll by a rule that does not exist', async () => {
    const fixture = new TaskFixture();
    fixture.task.send({
      type: 'TRADE_NOW',
      trade: { kind: 'rollNow', rule: 'nothing like it' },
      commandId: 'now',
    });
    await fixture.clock.advance(minute);
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(fixture.journal.records).toEqual([]);
  });
});

describe('a pause', () => {
  test('breaks a roll off while nothing is closed: its order is withdrawn', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [stayOpen];
    await fixture.price('23500');
    await ask(fixture, 'PAUSE');
    await fixture.clock.advance(minute);
    expect(fixture.task.state).toBe('PAUSED');
    expect(fixture.account.cancelled).toHaveLength(1);
    expect(fixture.task.context).toMatchObject({ roll: null, pauseWanted: false });
    expect(fixture.alerts).toEqual([]);
  });

  test('that finds something closed waits for the whole roll', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [fillPart('0.1'), (order, account) => account.fill(order.linkId, order.qty)];
    await fixture.price('23500');
    fixture.account.behaviours = [
      (order, account) => {
        account.accept(order);
        account.fill(order.linkId, order.qty);
      },
    ];
    await ask(fixture, 'PAUSE');
    await fixture.clock.advance(5 * minute);
    expect(fixture.task.state).toBe('PAUSED');
    expect(fixture.task.context.held).toMatchObject({ symbol: call25, qty: '0.3' });
  });

  test('taken back in time lets the task wait for its trigger again', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [stayOpen];
    await fixture.price('23500');
    await ask(fixture, 'PAUSE');
    await fixture.clock.advance(minute);
    await ask(fixture, 'RESUME');
    expect(fixture.task.state).toMatch(/^IDLE/);
  });
});

test('a task of several rules is the same after a kill at each of its commits', async () => {
  const play = async (crashAt: number | null): Promise<TaskFixture> => {
    const fixture = withRules([
      { name: 'careful', when: { index: { above: 23_400 } }, then: 'alert' },
      { name: 'for a credit', when: tested, then: rolls, guards: { netCredit: { min: 0 } } },
      { name: 'half', when: { index: { above: 23_500 } }, then: { ...rolls, qty: 'half' } },
    ]);
    if (crashAt !== null) fixture.crashAfter(crashAt);
    await fixture.price('23450');
    await fixture.price('23550');
    await fixture.clock.advance(5 * minute);
    return fixture;
  };
  const whole = await play(null);
  expect(orders(whole)).toEqual([`Buy 0.3 ${call24}`, `Sell 0.15 ${call25}`]);
  for (let crashAt = 1; crashAt <= whole.journal.records.length; crashAt += 1) {
    const fixture = await play(crashAt);
    expect(fixture.task.context.held, `killed at ${crashAt}`).toEqual(whole.task.context.held);
  }
});

test('what a person asks for now does not rest in the book, though the rule does', async () => {
  const fixture = withRules([
    { name: 'warn', when: { index: { above: 30_000 } }, then: 'alert' },
    { when: tested, then: rolls, execution: { style: 'rest' } },
  ]);
  fixture.account.behaviours = [stayOpen];
  fixture.task.send({ type: 'TRADE_NOW', trade: { kind: 'closeNow' }, commandId: 'now' });
  await fixture.clock.advance(minute);
  expect(fixture.account.submitted[0]?.timeInForce).toBe('GTC');
  expect(fixture.account.amended.length).toBeGreaterThan(0);
});
