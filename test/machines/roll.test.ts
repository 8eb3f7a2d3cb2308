import { reasonTextOrNothing } from '../../src/domain/explain/reason-text.ts';
import { describe, expect, test } from 'vitest';
import { UnknownOutcome } from '../../src/domain/errors.ts';
import {
  fillAll,
  fillPart,
  fillWithLostAnswer,
  refuseWith,
  stayOpen,
  TaskFixture,
} from '../support/task-fixture.ts';

const sent = (fixture: TaskFixture) =>
  fixture.account.submitted.map(({ linkId, side, symbol, qty, reduceOnly }) => ({
    linkId,
    side,
    symbol,
    qty,
    reduceOnly,
  }));

describe('a roll', () => {
  test('of a short call goes up: buys the old option back, then sells the next strike', async () => {
    const fixture = new TaskFixture();
    await fixture.price('23500');
    expect(sent(fixture)).toEqual([
      {
        linkId: 'close-task000001-v1',
        side: 'Buy',
        symbol: 'BTC-31MAR23-24000-C-USDT',
        qty: '0.3',
        reduceOnly: true,
      },
      {
        linkId: 'open-task000001-v1',
        side: 'Sell',
        symbol: 'BTC-31MAR23-25000-C-USDT',
        qty: '0.3',
        reduceOnly: false,
      },
    ]);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: 'BTC-31MAR23-25000-C-USDT', side: 'Sell', qty: '0.3' },
      rules: [{ trigger: { level: '24500' } }],
      rollsDone: 1,
      roll: null,
    });
    expect(fixture.task.state).toBe('IDLE.coolingDown');
  });

  test('of a short put goes down', async () => {
    const fixture = new TaskFixture({
      spec: { symbol: 'BTC-31MAR23-22000-P-USDT', trigger: 22500, target: '-1 step' },
    });
    await fixture.price('22501');
    expect(fixture.account.submitted).toEqual([]);
    await fixture.price('22400');
    expect(sent(fixture).map(({ side, symbol }) => `${side} ${symbol}`)).toEqual([
      'Buy BTC-31MAR23-22000-P-USDT',
      'Sell BTC-31MAR23-21000-P-USDT',
    ]);
    expect(fixture.task.context.rules[0]?.trigger).toMatchObject({ direction: 'below', level: '21500' });
  });

  test('of a long position sells the old option and buys the next one', async () => {
    const fixture = new TaskFixture({ side: 'Buy' });
    await fixture.price('23600');
    expect(sent(fixture).map(({ side, symbol }) => `${side} ${symbol}`)).toEqual([
      'Sell BTC-31MAR23-24000-C-USDT',
      'Buy BTC-31MAR23-25000-C-USDT',
    ]);
    expect(fixture.task.context.held.side).toBe('Buy');
  });

  test('of a USDC-settled option never leaves its series', async () => {
    const fixture = new TaskFixture({ spec: { symbol: 'BTC-31MAR23-24000-C' } });
    await fixture.price('23500');
    expect(fixture.account.submitted.map(({ symbol }) => symbol)).toEqual([
      'BTC-31MAR23-24000-C',
      'BTC-31MAR23-25000-C',
    ]);
  });

  test('waits for the trigger to hold when the task says so', async () => {
    const fixture = new TaskFixture({ spec: { trigger: { index: { above: 23500, for: '5s' } } } });
    await fixture.price('23500');
    expect(fixture.task.state).toBe('IDLE.confirming');
    await fixture.price('23400');
    expect(fixture.task.state).toBe('IDLE.watching');
    await fixture.price('23500');
    await fixture.clock.advance(5_000);
    expect(fixture.account.submitted).toHaveLength(2);
  });

  test('is not confirmed by silence: stale prices end the waiting', async () => {
    const fixture = new TaskFixture({ spec: { trigger: { index: { above: 23500, for: '5s' } } } });
    await fixture.price('23500');
    fixture.task.send({ type: 'PRICES_STALE' });
    await fixture.clock.advance(60_000);
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(fixture.account.submitted).toEqual([]);
  });

  test('is not started again before the cooldown is over', async () => {
    const fixture = new TaskFixture({ spec: { follow: 'fixed', guards: { rolls: { max: 6 } } } });
    await fixture.price('23500');
    await fixture.price('23600');
    expect(fixture.account.submitted).toHaveLength(2);
    await fixture.clock.advance(300_000);
    await fixture.price('23600');
    expect(fixture.account.submitted).toHaveLength(4);
  });
});

describe('nothing is taken for a fill but executed quantity', () => {
  test('an acknowledged but unfilled order leads back to IDLE at its deadline, with nothing changed', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [stayOpen];
    await fixture.price('23500');
    await fixture.clock.advance(119_000);
    expect(fixture.task.state).toBe('ROLL_INITIATED.closingLeg1');
    await fixture.clock.advance(10_000);
    expect(fixture.account.submitted).toHaveLength(1);
    expect(fixture.account.cancelled).toEqual(['close-task000001-v1']);
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    expect(fixture.task.context.held.symbol).toBe('BTC-31MAR23-24000-C-USDT');
    expect(fixture.alerts.at(-1)?.text).toContain('Not rolled');
  });

  test('a cancelled order that carries fills counts them, and the rest follows in the next round', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(10_000);
    expect(sent(fixture).map(({ linkId, qty }) => `${linkId} ${qty}`)).toEqual([
      'close-task000001-v1 0.3',
      'open-task000001-v1 0.1',
      'close-task000001-v1-a2 0.2',
      'open-task000001-v1-a2 0.2',
    ]);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: 'BTC-31MAR23-25000-C-USDT', qty: '0.3' },
      rollsDone: 1,
    });
  });

  test('an order that filled without a report is found by its link id and not sent again', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [fillWithLostAnswer, fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(sent(fixture).map(({ linkId }) => linkId)).toEqual(['close-task000001-v1', 'open-task000001-v1']);
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('"not found" just after sending is no proof: the same order goes out again only after the waits', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [refuseWith(new Error('timeout')), fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(6_900);
    expect(fixture.account.submitted).toHaveLength(1);
    expect(fixture.account.lookUps).toBeGreaterThanOrEqual(3);
    await fixture.clock.advance(10_000);
    const [first, second] = fixture.account.submitted;
    expect(second).toEqual(first);
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('an order whose fate stays unknown asks for a human and is never given up', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [
      (order, account) => {
        account.accept(order);
        account.isBlind = true;
        throw new Error('timeout');
      },
      refuseWith(new UnknownOutcome('duplicate', { orderExists: true })),
    ];
    await fixture.price('23500');
    fixture.account.fillSilently('close-task000001-v1', '0.3');
    await fixture.clock.advance(600_000);
    // Sent once more because the position moved: the exchange says that it has it, and that is the end of it.
    expect(fixture.account.submitted.map(({ linkId }) => linkId)).toEqual(
      Array.from({ length: 2 }, () => 'close-task000001-v1'),
    );
    const calls = fixture.alerts.filter(({ severity }) => severity === 'critical');
    expect(calls.map(({ text }) => /for (\d+) min/.exec(text)?.[1])).toEqual(['1', '5']);
    fixture.account.isBlind = false;
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(40_000);
    expect(fixture.task.context.rollsDone).toBe(1);
  });
});

test('an id that the exchange calls a duplicate is never sent again, and a human is asked', async () => {
  const fixture = new TaskFixture();
  fixture.account.behaviours = [refuseWith(new UnknownOutcome('duplicate id', { orderExists: true }))];
  await fixture.price('23500');
  await fixture.clock.advance(600_000);
  expect(fixture.account.submitted).toHaveLength(1);
  expect(fixture.task.state).toBe('ROLL_INITIATED.closingLeg1');
  expect(fixture.alerts.map(({ severity }) => severity)).toEqual(['critical', 'critical']);
});

test('an order that is proved absent again and again escalates, although each search is short', async () => {
  const fixture = new TaskFixture({ spec: { execution: { deadline: '10m' } } });
  fixture.account.behaviours = [refuseWith(new Error('timeout'))];
  await fixture.price('23500');
  await fixture.clock.advance(120_000);
  expect(new Set(fixture.account.submitted.map(({ linkId }) => linkId)).size).toBe(1);
  expect(fixture.account.submitted.length).toBeGreaterThan(3);
  expect(fixture.alerts.map(({ severity }) => severity)).toEqual(['critical']);
});

describe('a task', () => {
  test('pauses at once when idle, and after the roll when one is under way', async () => {
    const fixture = new TaskFixture();
    fixture.task.send({ type: 'PAUSE', commandId: 'c1' });
    expect(fixture.task.state).toBe('PAUSED');
    await fixture.price('23500');
    expect(fixture.account.submitted).toEqual([]);
    fixture.task.send({ type: 'RESUME', commandId: 'c2' });
    fixture.account.behaviours = [stayOpen, fillAll];
    await fixture.price('23500');
    fixture.task.send({ type: 'PAUSE', commandId: 'c3' });
    expect(fixture.task.state).toBe('ROLL_INITIATED.closingLeg1');
    fixture.account.fill('close-task000001-v3', '0.3');
    await fixture.clock.advance(5_000);
    expect(fixture.task.state).toBe('PAUSED');
    expect(fixture.task.context.rollsDone).toBe(1);
    expect(
      fixture.journal.records.flatMap(({ answers }) => answers.map(({ commandId }) => commandId)),
    ).toEqual(['c1', 'c2', 'c3']);
  });

  test('is completed when its rolls are used up', async () => {
    const fixture = new TaskFixture({ spec: { guards: { rolls: { max: 1 } } } });
    await fixture.price('23500');
    await fixture.clock.advance(20_000);
    expect(fixture.states.at(-1)).toBe('COMPLETED');
  });

  test.each([
    ['0.2', 'IDLE.coolingDown', '0.1', 'The task manages the rest.'],
    ['0.5', 'COMPLETED', '0', 'is over: the account holds Buy 0.2'],
  ])(
    'whose owner traded %s the other way takes what is left, and touches nothing',
    async (qty, state, left, words) => {
      const fixture = new TaskFixture();
      fixture.account.accept({
        linkId: 'manual',
        symbol: 'BTC-31MAR23-24000-C-USDT',
        side: 'Buy',
        qty,
        price: '1000',
        timeInForce: 'IOC',
        reduceOnly: false,
      });
      fixture.account.fill('manual', qty);
      await fixture.price('23500');
      await fixture.clock.advance(20_000);
      expect(fixture.states.at(-1)).toBe(state);
      expect(fixture.account.submitted).toEqual([]);
      const { snapshotJson } = fixture.journal.records.at(-1) ?? { snapshotJson: '{}' };
      expect(JSON.parse(snapshotJson)).toMatchObject({ context: { held: { qty: left }, roll: null } });
      expect(fixture.alerts.at(-1)?.text).toContain(words);
    },
  );

  test('is not over because a list of positions lags behind: what is missing is looked at again first', async () => {
    const fixture = new TaskFixture();
    const positions = fixture.account.positions.bind(fixture.account);
    const lagsUntilMs = fixture.clock.nowMs() + 5_000;
    fixture.account.positions = () =>
      fixture.clock.nowMs() < lagsUntilMs ? Promise.resolve([]) : positions();
    await fixture.price('23500');
    expect(fixture.task.state).toBe('ROLL_INITIATED.backingOff');
    await fixture.clock.advance(20_000);
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('whose position was closed by its owner is over', async () => {
    const fixture = new TaskFixture();
    fixture.account.accept({
      linkId: 'manual',
      symbol: 'BTC-31MAR23-24000-C-USDT',
      side: 'Buy',
      qty: '0.3',
      price: '1000',
      timeInForce: 'IOC',
      reduceOnly: true,
    });
    fixture.account.fill('manual', '0.3');
    await fixture.price('23500');
    await fixture.clock.advance(20_000);
    expect(fixture.states.at(-1)).toBe('COMPLETED');
  });

  test('refuses when no strike is listed far enough, and says why', async () => {
    const fixture = new TaskFixture({ spec: { target: '+9 steps' } });
    await fixture.price('23500');
    expect(reasonTextOrNothing(fixture.task.context.reasons[0] ?? null)).toContain('+9 steps');
    expect(fixture.task.state).toBe('IDLE.coolingDown');
  });

  test('whose owner changed the position in a later round asks for a person, and goes on from there', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), fillAll];
    fixture.account.behaviours.splice(1, 0, (order, account) => {
      const manual = { ...order, linkId: 'manual', side: 'Buy', qty: '0.1' } as const;
      account.accept({ ...manual, symbol: 'BTC-31MAR23-24000-C-USDT' });
      account.fill('manual', '0.1');
      return fillAll(order, account);
    });
    await fixture.price('23500');
    await fixture.clock.advance(600_000);
    expect(fixture.task.state).toBe('FAILED');
    expect(fixture.alerts.at(-1)).toMatchObject({
      severity: 'critical',
      text: expect.stringContaining('Moved so far: 0.1') as string,
    });
    fixture.account.accept({
      linkId: 'back',
      symbol: 'BTC-31MAR23-24000-C-USDT',
      side: 'Sell',
      qty: '0.1',
      price: '1000',
      timeInForce: 'IOC',
      reduceOnly: false,
    });
    fixture.account.fill('back', '0.1');
    fixture.task.send({ type: 'RETRY', commandId: 'c1' });
    await fixture.clock.advance(10_000);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: 'BTC-31MAR23-25000-C-USDT', qty: '0.3' },
      roll: null,
    });
  });
});
