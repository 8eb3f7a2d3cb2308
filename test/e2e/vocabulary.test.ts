/** What a trader can say, over real parts: each kind of trigger, target and guard that needs more than a price to work. */
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { add, subtract, sum } from '../../src/domain/money.ts';
import { createBybitExchange } from '../../src/exchange/bybit/adapter.ts';
import { cashFlow } from '../../src/domain/roll/ledger.ts';
import { callSymbol, DaemonFixture, startMs } from '../support/daemon-fixture.ts';

let fixture: DaemonFixture;
afterEach(() => fixture.close());

const apiKey = 'fixture-key-0';
const execution = { style: 'cross', deadline: '5s', slippage: { max: '50%' } };
const alertsOf = async (taskId: string): Promise<string[]> =>
  ((await fixture.store.tasks.showTask(taskId))?.alerts ?? []).map(alertText);
/** What the account has beyond what it began with. */
const gained = (): string => subtract(fixture.paper.account(apiKey).wallet().USDT, '50000');
/** The account's owner trades by himself. */
async function trade(side: 'Buy' | 'Sell', qty: string): Promise<void> {
  const { url: restUrl, wsUrl } = fixture.paper;
  const bybit = createBybitExchange({ restUrl, wsUrl, log: pino({ level: 'silent' }) });
  const account = bybit.account({ accountId: 'owner', apiKey, apiSecret: 'fixture-secret' });
  const order = { symbol: callSymbol, side, qty, price: side === 'Buy' ? '2500' : '5' };
  await account.submit(
    { ...order, linkId: `owner-${side}`, timeInForce: 'IOC', reduceOnly: false },
    Number.POSITIVE_INFINITY,
  );
  await bybit.close();
}

describe('a trigger', () => {
  test("on the option's delta rolls to another delta, from the option's own ticker", async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const task = await fixture.addTask({
      trigger: { delta: { above: 0.45 } },
      target: { strike: 'delta 0.25' },
      execution,
    });
    fixture.paper.setIndex('BTC', '24000');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await fixture.task(task)).state).toBe('IDLE.watching');
    fixture.paper.setIndex('BTC', '25200');
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    const { context } = await fixture.task(task);
    expect(context.lastRoll).toMatchObject({
      trigger: { kind: 'delta', level: '0.45' },
      fromSymbol: callSymbol,
    });
    const [, , strike] = context.held.symbol.split('-');
    expect(Number(strike)).toBeGreaterThan(25_000);
    expect(fixture.positions()).toContain(`Sell 0.3 ${context.held.symbol}`);
  });

  test('on days to expiry rolls out in time, with the same strike', async () => {
    const near = 'BTC-3MAR23-24000-C-USDT';
    fixture = await DaemonFixture.open('Sell', { symbols: [near] });
    fixture.startDaemon();
    const task = await fixture.addTask({
      symbol: near,
      trigger: { any: [{ daysToExpiry: { below: 1 } }, { index: { above: 30_000 } }] },
      target: { strike: 'same', expiry: 'next-weekly' },
      guards: { rolls: { max: 9 } },
      execution,
    });
    fixture.paper.advance(Date.UTC(2023, 2, 2, 8) - startMs);
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.positions()).toEqual(['Sell 0.3 BTC-10MAR23-24000-C-USDT']);
    expect((await fixture.task(task)).context.held.expiryMs).toBe(Date.UTC(2023, 2, 10, 8));
  });

  test('that holds already is refused, and nothing is stored', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    await expect(fixture.addTask({ trigger: 23_000 })).rejects.toThrow(
      'which holds already (index is 23500)',
    );
    expect(await fixture.store.tasks.listTasks()).toEqual([]);
  });
});

describe('a task', () => {
  test('may only close, and then it is over', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const task = await fixture.addTask({ target: 'close', execution });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.until(async () => (await fixture.task(task)).state === 'COMPLETED');
    expect(fixture.positions()).not.toContainEqual(expect.stringContaining(callSymbol));
    const { context } = await fixture.task(task);
    expect(context.lastRoll).toMatchObject({ toSymbol: null, qty: '0.3' });
    expect(cashFlow(context.ledger)).toBe(gained());
  });

  test('closes instead of rolling when a guard refuses, if it says so', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const guards = { netCredit: { min: 1_000 }, whenRefused: 'close' };
    const task = await fixture.addTask({ execution, guards });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.until(async () => (await fixture.task(task)).state === 'COMPLETED');
    expect(fixture.orders()).toEqual([`Buy 0.3 ${callSymbol} close-${task}`]);
  });
});

describe('what an owner does by hand', () => {
  test('to close the position ends the task, which says so and does nothing', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const task = await fixture.addTask();
    await trade('Buy', '0.3');
    await fixture.until(async () => (await fixture.task(task)).state === 'COMPLETED');
    expect(await alertsOf(task)).toEqual([
      `The task on ${callSymbol} is over: 0.3 was closed by its owner, nothing is left.`,
    ]);
    expect(fixture.orders()).toHaveLength(1);
  });

  test('to a part of it is what the task manages from then on', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const task = await fixture.addTask({ execution });
    await trade('Buy', '0.1');
    await fixture.untilTask(task, ({ context }) => context.held.qty === '0.2');
    expect((await alertsOf(task))[0]).toContain('manages 0.2 now, before 0.3');
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.positions()).toContain('Sell 0.2 BTC-31MAR23-26000-C-USDT');
  });
});

describe('an expiry', () => {
  test('ends the task with the delivery in its ledger, which agrees with the account to the last digit', async () => {
    const near = 'BTC-3MAR23-23000-C-USDT';
    fixture = await DaemonFixture.open('Sell', { symbols: [near] });
    fixture.startDaemon();
    const task = await fixture.addTask({ symbol: near, trigger: 40_000 });
    fixture.paper.advance(Date.UTC(2023, 2, 3, 7, 59, 50) - startMs);
    await fixture.until(async () => (await fixture.task(task)).state === 'COMPLETED');
    const { ledger, held } = (await fixture.task(task)).context;
    expect(ledger.settlement).toMatchObject({ symbol: near, qty: '0.3', deliveryPrice: '23500' });
    expect(held.qty).toBe('0');
    expect(cashFlow(ledger)).toBe(gained());
    expect((await alertsOf(task)).at(-1)).toContain('was delivered at 23500: paid 150, fee');
  });
});

test('the ledger of three rolls, a close among them, agrees with the account to the last digit', async () => {
  fixture = await DaemonFixture.open('Sell', { symbols: [callSymbol], qty: '0.37' });
  fixture.startDaemon();
  const guards = { cooldown: '1s' };
  const task = await fixture.addTask({
    guards,
    execution: { ...execution, style: 'walk', every: '200ms', steps: 3, deadline: '2s' },
  });
  for (const [at, index] of ['24600', '25700', '26800'].entries()) {
    fixture.paper.faults.add({ kind: 'partialFill', qty: '0.11', match: { linkIdPrefix: 'open-' } });
    fixture.paper.setIndex('BTC', index);
    await fixture.untilTask(task, ({ context }) => context.rollsDone === at + 1);
  }
  const { context } = await fixture.task(task);
  const { ledger, held } = context;
  expect(cashFlow(ledger)).toBe(gained());
  const account = fixture.paper.account(apiKey);
  const executed = account
    .orders()
    .map(({ side, executedValue }) => (side === 'Sell' ? executedValue : `-${executedValue}`));
  expect(subtract(ledger.credits, ledger.debits)).toBe(sum(executed));
  expect(held.premium).toBe(context.lastRoll?.opened.value);
  // What was taken in at first, and since, less what the position was opened for, is what has been realised.
  const { premium } = ledger.adopted;
  expect(ledger.realised).toBe(subtract(add(premium, subtract(ledger.credits, ledger.debits)), held.premium));
  expect((await fixture.store.tasks.rollsOf(task)).map(({ fromSymbol }) => fromSymbol)).toEqual([
    callSymbol,
    'BTC-31MAR23-26000-C-USDT',
    'BTC-31MAR23-27000-C-USDT',
  ]);
});
