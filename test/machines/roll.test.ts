import { reasonTextOrNothing } from '../../src/domain/explain/reason-text.ts';
import { describe, expect, test } from 'vitest';
import { UnknownOutcome } from '../../src/domain/errors.ts';
import { fillAll, fillPart, fillUnheard, refuseWith, stayOpen, TaskBench } from '../support/task-bench.ts';

const sent = (bench: TaskBench) =>
  bench.account.submitted.map(({ linkId, side, symbol, qty, reduceOnly }) => ({
    linkId,
    side,
    symbol,
    qty,
    reduceOnly,
  }));

describe('a roll', () => {
  test('of a short call goes up: buys the old option back, then sells the next strike', async () => {
    const bench = new TaskBench();
    await bench.price('23500');
    expect(sent(bench)).toEqual([
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
    expect(bench.task.context).toMatchObject({
      held: { symbol: 'BTC-31MAR23-25000-C-USDT', side: 'Sell', qty: '0.3' },
      trigger: { level: '24500' },
      rollsDone: 1,
      roll: null,
    });
    expect(bench.task.state).toBe('IDLE.coolingDown');
  });

  test('of a short put goes down', async () => {
    const bench = new TaskBench({
      spec: { symbol: 'BTC-31MAR23-22000-P-USDT', trigger: 22500, target: '-1 step' },
    });
    await bench.price('22501');
    expect(bench.account.submitted).toEqual([]);
    await bench.price('22400');
    expect(sent(bench).map(({ side, symbol }) => `${side} ${symbol}`)).toEqual([
      'Buy BTC-31MAR23-22000-P-USDT',
      'Sell BTC-31MAR23-21000-P-USDT',
    ]);
    expect(bench.task.context.trigger).toMatchObject({ direction: 'below', level: '21500' });
  });

  test('of a long position sells the old option and buys the next one', async () => {
    const bench = new TaskBench({ side: 'Buy' });
    await bench.price('23600');
    expect(sent(bench).map(({ side, symbol }) => `${side} ${symbol}`)).toEqual([
      'Sell BTC-31MAR23-24000-C-USDT',
      'Buy BTC-31MAR23-25000-C-USDT',
    ]);
    expect(bench.task.context.held.side).toBe('Buy');
  });

  test('of a USDC-settled option never leaves its series', async () => {
    const bench = new TaskBench({ spec: { symbol: 'BTC-31MAR23-24000-C' } });
    await bench.price('23500');
    expect(bench.account.submitted.map(({ symbol }) => symbol)).toEqual([
      'BTC-31MAR23-24000-C',
      'BTC-31MAR23-25000-C',
    ]);
  });

  test('waits for the trigger to hold when the task says so', async () => {
    const bench = new TaskBench({ spec: { trigger: { index: { above: 23500, for: '5s' } } } });
    await bench.price('23500');
    expect(bench.task.state).toBe('IDLE.confirming');
    await bench.price('23400');
    expect(bench.task.state).toBe('IDLE.watching');
    await bench.price('23500');
    await bench.clock.advance(5_000);
    expect(bench.account.submitted).toHaveLength(2);
  });

  test('is not confirmed by silence: stale prices end the waiting', async () => {
    const bench = new TaskBench({ spec: { trigger: { index: { above: 23500, for: '5s' } } } });
    await bench.price('23500');
    bench.task.send({ type: 'PRICES_STALE' });
    await bench.clock.advance(60_000);
    expect(bench.task.state).toBe('IDLE.watching');
    expect(bench.account.submitted).toEqual([]);
  });

  test('is not started again before the cooldown is over', async () => {
    const bench = new TaskBench({ spec: { follow: 'fixed' } });
    await bench.price('23500');
    await bench.price('23600');
    expect(bench.account.submitted).toHaveLength(2);
    await bench.clock.advance(300_000);
    await bench.price('23600');
    expect(bench.account.submitted).toHaveLength(4);
  });
});

describe('nothing is taken for a fill but executed quantity', () => {
  test('an acknowledged but unfilled order leads back to IDLE at its deadline, with nothing changed', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [stayOpen];
    await bench.price('23500');
    await bench.clock.advance(119_000);
    expect(bench.task.state).toBe('ROLL_INITIATED.closingLeg1');
    await bench.clock.advance(10_000);
    expect(bench.account.submitted).toHaveLength(1);
    expect(bench.account.cancelled).toEqual(['close-task000001-v1']);
    expect(bench.task.state).toBe('IDLE.coolingDown');
    expect(bench.task.context.held.symbol).toBe('BTC-31MAR23-24000-C-USDT');
    expect(bench.alerts.at(-1)?.text).toContain('Not rolled');
  });

  test('a cancelled order that carries fills counts them, and the rest follows in the next round', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [fillPart('0.1', 'cancelled'), fillAll];
    await bench.price('23500');
    await bench.clock.advance(10_000);
    expect(sent(bench).map(({ linkId, qty }) => `${linkId} ${qty}`)).toEqual([
      'close-task000001-v1 0.3',
      'open-task000001-v1 0.1',
      'close-task000001-v1-a2 0.2',
      'open-task000001-v1-a2 0.2',
    ]);
    expect(bench.task.context).toMatchObject({
      held: { symbol: 'BTC-31MAR23-25000-C-USDT', qty: '0.3' },
      rollsDone: 1,
    });
  });

  test('an order that filled while nobody heard is found by its link id and not sent again', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [fillUnheard, fillAll];
    await bench.price('23500');
    await bench.clock.advance(1_000);
    expect(sent(bench).map(({ linkId }) => linkId)).toEqual(['close-task000001-v1', 'open-task000001-v1']);
    expect(bench.task.context.rollsDone).toBe(1);
  });

  test('"not found" just after sending is no proof: the same order goes out again only after the waits', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [refuseWith(new Error('timeout')), fillAll];
    await bench.price('23500');
    await bench.clock.advance(6_900);
    expect(bench.account.submitted).toHaveLength(1);
    expect(bench.account.lookUps).toBeGreaterThanOrEqual(3);
    await bench.clock.advance(10_000);
    const [first, second] = bench.account.submitted;
    expect(second).toEqual(first);
    expect(bench.task.context.rollsDone).toBe(1);
  });

  test('an order whose fate stays unknown asks for a human and is never given up', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [
      (order, account) => {
        account.accept(order);
        account.isBlind = true;
        throw new Error('timeout');
      },
      refuseWith(new UnknownOutcome('duplicate', { orderExists: true })),
    ];
    await bench.price('23500');
    bench.account.fill('close-task000001-v1', '0.3', undefined, true);
    await bench.clock.advance(600_000);
    // Sent once more because the position moved: the exchange says that it has it, and that is the end of it.
    expect(bench.account.submitted.map(({ linkId }) => linkId)).toEqual(
      Array.from({ length: 2 }, () => 'close-task000001-v1'),
    );
    const calls = bench.alerts.filter(({ severity }) => severity === 'critical');
    expect(calls.map(({ text }) => /for (\d+) min/.exec(text)?.[1])).toEqual(['1', '5']);
    bench.account.isBlind = false;
    bench.account.behaviours = [fillAll];
    await bench.clock.advance(40_000);
    expect(bench.task.context.rollsDone).toBe(1);
  });
});

test('an id that the exchange calls a duplicate is never sent again, and a human is asked', async () => {
  const bench = new TaskBench();
  bench.account.behaviours = [refuseWith(new UnknownOutcome('duplicate id', { orderExists: true }))];
  await bench.price('23500');
  await bench.clock.advance(600_000);
  expect(bench.account.submitted).toHaveLength(1);
  expect(bench.task.state).toBe('ROLL_INITIATED.closingLeg1');
  expect(bench.alerts.map(({ severity }) => severity)).toEqual(['critical', 'critical']);
});

test('an order that is proved absent again and again escalates, although each search is short', async () => {
  const bench = new TaskBench({ spec: { execution: { deadline: '10m' } } });
  bench.account.behaviours = [refuseWith(new Error('timeout'))];
  await bench.price('23500');
  await bench.clock.advance(120_000);
  expect(new Set(bench.account.submitted.map(({ linkId }) => linkId)).size).toBe(1);
  expect(bench.account.submitted.length).toBeGreaterThan(3);
  expect(bench.alerts.map(({ severity }) => severity)).toEqual(['critical']);
});

describe('a task', () => {
  test('pauses at once when idle, and after the roll when one is under way', async () => {
    const bench = new TaskBench();
    bench.task.send({ type: 'PAUSE', commandId: 'c1' });
    expect(bench.task.state).toBe('PAUSED');
    await bench.price('23500');
    expect(bench.account.submitted).toEqual([]);
    bench.task.send({ type: 'RESUME', commandId: 'c2' });
    bench.account.behaviours = [stayOpen, fillAll];
    await bench.price('23500');
    bench.task.send({ type: 'PAUSE', commandId: 'c3' });
    expect(bench.task.state).toBe('ROLL_INITIATED.closingLeg1');
    bench.account.fill('close-task000001-v3', '0.3');
    await bench.clock.advance(5_000);
    expect(bench.task.state).toBe('PAUSED');
    expect(bench.task.context.rollsDone).toBe(1);
    expect(bench.journal.records.flatMap(({ answers }) => answers.map(({ commandId }) => commandId))).toEqual(
      ['c1', 'c2', 'c3'],
    );
  });

  test('is completed when its rolls are used up', async () => {
    const bench = new TaskBench({ spec: { guards: { rolls: { max: 1 } } } });
    await bench.price('23500');
    await bench.clock.advance(20_000);
    expect(bench.states.at(-1)).toBe('COMPLETED');
  });

  test.each([
    ['0.2', 'IDLE.coolingDown', '0.1', 'The task manages the rest.'],
    ['0.5', 'COMPLETED', '0', 'is over: the account holds Buy 0.2'],
  ])(
    'whose owner traded %s the other way takes what is left, and touches nothing',
    async (qty, state, left, words) => {
      const bench = new TaskBench();
      bench.account.accept({
        linkId: 'manual',
        symbol: 'BTC-31MAR23-24000-C-USDT',
        side: 'Buy',
        qty,
        price: '1000',
        timeInForce: 'IOC',
        reduceOnly: false,
      });
      bench.account.fill('manual', qty);
      await bench.price('23500');
      await bench.clock.advance(20_000);
      expect(bench.states.at(-1)).toBe(state);
      expect(bench.account.submitted).toEqual([]);
      const { snapshotJson } = bench.journal.records.at(-1) ?? { snapshotJson: '{}' };
      expect(JSON.parse(snapshotJson)).toMatchObject({ context: { held: { qty: left }, roll: null } });
      expect(bench.alerts.at(-1)?.text).toContain(words);
    },
  );

  test('is not over because a list of positions lags behind: what is missing is looked at again first', async () => {
    const bench = new TaskBench();
    const positions = bench.account.positions.bind(bench.account);
    const lagsUntilMs = bench.clock.nowMs() + 5_000;
    bench.account.positions = () => (bench.clock.nowMs() < lagsUntilMs ? Promise.resolve([]) : positions());
    await bench.price('23500');
    expect(bench.task.state).toBe('ROLL_INITIATED.backingOff');
    await bench.clock.advance(20_000);
    expect(bench.task.context.rollsDone).toBe(1);
  });

  test('whose position was closed by its owner is over', async () => {
    const bench = new TaskBench();
    bench.account.accept({
      linkId: 'manual',
      symbol: 'BTC-31MAR23-24000-C-USDT',
      side: 'Buy',
      qty: '0.3',
      price: '1000',
      timeInForce: 'IOC',
      reduceOnly: true,
    });
    bench.account.fill('manual', '0.3');
    await bench.price('23500');
    await bench.clock.advance(20_000);
    expect(bench.states.at(-1)).toBe('COMPLETED');
  });

  test('refuses when no strike is listed far enough, and says why', async () => {
    const bench = new TaskBench({ spec: { target: '+9 steps' } });
    await bench.price('23500');
    expect(reasonTextOrNothing(bench.task.context.reasons[0] ?? null)).toContain('+9 steps');
    expect(bench.task.state).toBe('IDLE.coolingDown');
  });

  test('whose owner changed the position in a later round asks for a person, and goes on from there', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [fillPart('0.1', 'cancelled'), fillAll];
    bench.account.behaviours.splice(1, 0, (order, account) => {
      const manual = { ...order, linkId: 'manual', side: 'Buy', qty: '0.1' } as const;
      account.accept({ ...manual, symbol: 'BTC-31MAR23-24000-C-USDT' });
      account.fill('manual', '0.1');
      return fillAll(order, account);
    });
    await bench.price('23500');
    await bench.clock.advance(600_000);
    expect(bench.task.state).toBe('FAILED');
    expect(bench.alerts.at(-1)).toMatchObject({
      severity: 'critical',
      text: expect.stringContaining('Moved so far: 0.1') as string,
    });
    bench.account.accept({
      linkId: 'back',
      symbol: 'BTC-31MAR23-24000-C-USDT',
      side: 'Sell',
      qty: '0.1',
      price: '1000',
      timeInForce: 'IOC',
      reduceOnly: false,
    });
    bench.account.fill('back', '0.1');
    bench.task.send({ type: 'RETRY', commandId: 'c1' });
    await bench.clock.advance(10_000);
    expect(bench.task.context).toMatchObject({
      held: { symbol: 'BTC-31MAR23-25000-C-USDT', qty: '0.3' },
      roll: null,
    });
  });
});
