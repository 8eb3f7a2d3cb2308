/** Whole rolls over real parts: Postgres, sockets, the daemon as a process. */
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { callSymbol, DaemonFixture, putSymbol } from '../support/daemon-fixture.ts';

let fixture: DaemonFixture;
afterEach(() => fixture.close());

describe('the daemon', () => {
  test('rolls a short call up and a short put down, and says so in its ledger', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const call = await fixture.addTask();
    const put = await fixture.addTask({ symbol: putSymbol, trigger: 22_500, target: '-1000' });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(call, ({ context }) => context.rollsDone === 1);
    fixture.paper.setIndex('BTC', '22400');
    await fixture.untilTask(put, ({ context }) => context.rollsDone === 1);
    expect(fixture.orders()).toEqual([
      `Buy 0.3 ${callSymbol} close-${call}`,
      `Sell 0.3 BTC-31MAR23-26000-C-USDT open-${call}`,
      `Buy 0.3 ${putSymbol} close-${put}`,
      `Sell 0.3 BTC-31MAR23-21000-P-USDT open-${put}`,
    ]);
    expect(fixture.positions()).toEqual([
      'Sell 0.3 BTC-31MAR23-21000-P-USDT',
      'Sell 0.3 BTC-31MAR23-26000-C-USDT',
    ]);
    const { context } = await fixture.task(call);
    expect(context).toMatchObject({
      rules: [{ trigger: { level: '25500' } }],
      held: { symbol: 'BTC-31MAR23-26000-C-USDT' },
    });
  });

  test('rolls a long position with the right sides', async () => {
    fixture = await DaemonFixture.open('Buy');
    fixture.startDaemon();
    const task = await fixture.addTask({ execution: { style: 'cross' } });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.orders()).toEqual([
      `Sell 0.3 ${callSymbol} close-${task}`,
      `Buy 0.3 BTC-31MAR23-26000-C-USDT open-${task}`,
    ]);
  });

  test('rolls an option settled in USDC within its own series', async () => {
    const symbol = 'BTC-31MAR23-25000-C';
    fixture = await DaemonFixture.open('Sell', { symbols: [symbol] });
    fixture.startDaemon();
    const task = await fixture.addTask({ symbol });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.positions()).toEqual(['Sell 0.3 BTC-31MAR23-26000-C']);
  });

  test('never takes an acknowledged but unfilled order for a fill', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const task = await fixture.addTask();
    fixture.paper.faults.add({ kind: 'noFill', match: { linkIdPrefix: 'close-' }, times: 'always' });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(
      task,
      ({ state, context }) => state === 'IDLE.coolingDown' && context.reasons.length > 0,
    );
    expect(fixture.orders()).toEqual([`Buy 0 ${callSymbol} close-${task}`]);
    expect((await fixture.task(task)).context).toMatchObject({
      rollsDone: 0,
      held: { symbol: callSymbol, qty: '0.3' },
    });
    const alerts = (await fixture.store.tasks.showTask(task))?.alerts ?? [];
    expect(alerts.map(alertText).at(-1)).toContain('Not rolled');
  });

  test('closes and opens in parts when the book is thin, and leaves nothing over', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const task = await fixture.addTask({ execution: { style: 'cross' } });
    fixture.paper.faults.add({ kind: 'partialFill', qty: '0.1', match: { linkIdPrefix: 'close-' } });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.positions()).toEqual([
      'Sell 0.3 BTC-31MAR23-22000-P-USDT',
      'Sell 0.3 BTC-31MAR23-26000-C-USDT',
    ]);
    expect(fixture.orders()).toEqual([
      `Buy 0.1 ${callSymbol} close-${task}`,
      `Sell 0.1 BTC-31MAR23-26000-C-USDT open-${task}`,
      `Buy 0.2 ${callSymbol} close-${task}-a2`,
      `Sell 0.2 BTC-31MAR23-26000-C-USDT open-${task}-a2`,
    ]);
  });

  test('finds by its link id an order whose acknowledgement was lost, and sends no second one', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const task = await fixture.addTask();
    fixture.paper.faults.add({ kind: 'loseAnswer', match: { endpoint: '/v5/order/create' }, times: 2 });
    fixture.paper.faults.dropSockets('private');
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.orders()).toEqual([
      `Buy 0.3 ${callSymbol} close-${task}`,
      `Sell 0.3 BTC-31MAR23-26000-C-USDT open-${task}`,
    ]);
    expect(fixture.paper.stats().duplicateLinkIds).toBe(0);
  });

  test('obeys pause and resume while it runs, and answers them', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const task = await fixture.addTask();
    const ask = async (kind: 'pause' | 'resume') => {
      const commandId = await fixture.store.commands.send({
        accountId: fixture.accountId,
        taskId: task,
        kind,
        askedBy: 'operator',
        payload: null,
      });
      return fixture.store.commands.awaitAnswer(commandId, 10_000);
    };
    expect(await ask('pause')).toMatchObject({ status: 'done', text: 'paused' });
    fixture.paper.setIndex('BTC', '24600');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(fixture.orders()).toEqual([]);
    expect(await ask('resume')).toMatchObject({ status: 'done' });
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(await ask('resume')).toMatchObject({ status: 'refused' });
  });

  test('drains on SIGTERM: the roll under way ends, no new one starts, exit code 0', async () => {
    fixture = await DaemonFixture.open();
    const daemon = fixture.startDaemon();
    const task = await fixture.addTask();
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ state }) => state.startsWith('ROLL_INITIATED'));
    expect(await daemon.terminate()).toBe(0);
    expect((await fixture.task(task)).context.rollsDone).toBe(1);
  });

  test('drains within its bound when a roll cannot end, and its successor ends it', async () => {
    fixture = await DaemonFixture.open();
    const daemon = fixture.startDaemon({ DRAIN_TIMEOUT_SECONDS: '1' });
    const task = await fixture.addTask();
    fixture.paper.faults.add({ kind: 'noFill', match: { linkIdPrefix: 'open-' }, times: 'always' });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ state }) => state === 'LEG2_OPENING.opening');
    expect(await daemon.terminate()).toBe(0);
    expect((await fixture.task(task)).context.rollsDone).toBe(0);
    fixture.paper.faults.clear();
    fixture.startDaemon();
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.positions()).toContain('Sell 0.3 BTC-31MAR23-26000-C-USDT');
  });

  test('refuses a position the account does not hold, and stores nothing', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    await expect(fixture.addTask({ symbol: 'BTC-31MAR23-30000-C-USDT' })).rejects.toThrow(
      'no position in BTC-31MAR23-30000-C-USDT',
    );
    await expect(fixture.addTask({ qty: '0.105' })).rejects.toThrow('qty');
    expect(await fixture.store.tasks.listTasks()).toEqual([]);
  });

  test('asked to stop while it starts ends with 0, however far it has come', async () => {
    fixture = await DaemonFixture.open();
    for (const afterMs of [0, 20, 60, 150, 400]) {
      const daemon = fixture.startDaemon();
      await fixture.until(() => daemon.logs.some((line) => line.includes('"starting"')));
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      expect(await daemon.terminate(), `stopped ${afterMs} ms after its first line`).toBe(0);
    }
  });
});
