/** What an owner does to a position is noticed once it is sure, reported to the task, and never fought. */
import { describe, expect, test } from 'vitest';
import type { Position } from '../../../src/domain/market/order.ts';
import { House, symbol } from './house.ts';
import { storedTask } from './memory-store.ts';
import type { Behaviour } from '../../support/task-bench.ts';

/** Until a second list has confirmed what a first one showed. */
const bothListsMs = 21_000;

const seen = (qty: string, side: Position['side'] = 'Sell'): Position => ({
  ...{ symbol, side, qty, averagePrice: '900' },
});

async function houseWith(...tasks: [string, object?][]) {
  const house = new House();
  for (const [taskId, changes = {}] of tasks) house.store.keep(storedTask(taskId, changes));
  if (tasks.length > 1) house.account.positions = () => Promise.resolve([seen(`${0.3 * tasks.length}`)]);
  await house.during(house.supervisor.claim());
  await house.clock.advance(bothListsMs);
  return house;
}
/** What the exchange says from now on, pushed or not. */
async function change(house: House, position: Position): Promise<void> {
  house.account.positions = () => Promise.resolve(position.side === null ? [] : [position]);
  house.account.listener?.position(position);
  await house.clock.advance(0);
}
const stateOf = (house: House, taskId = 'a') => house.store.stateOf(taskId);
const contextOf = (house: House, taskId = 'a') => house.store.contextOf(taskId);

describe('a position that its owner closed', () => {
  test('ends its task once two lists say so, ten seconds apart', async () => {
    const house = await houseWith(['a']);
    await change(house, seen('0', null));
    await house.clock.advance(19_000);
    expect(stateOf(house)).toBe('IDLE.watching');
    await house.clock.advance(2_000);
    expect(stateOf(house)).toBe('COMPLETED');
    expect(contextOf(house)).toMatchObject({ held: { qty: '0' }, ledger: { changedByOwner: '-0.3' } });
  });

  test('and opened again meanwhile is left as it is', async () => {
    const house = await houseWith(['a']);
    await change(house, seen('0', null));
    await change(house, seen('0.3'));
    await house.clock.advance(20_000);
    expect(stateOf(house)).toBe('IDLE.watching');
    expect(contextOf(house).held.qty).toBe('0.3');
  });

  test('while nobody was connected is noticed after the reconnect', async () => {
    const house = await houseWith(['a']);
    house.account.positions = () => Promise.resolve([]);
    house.account.listener?.connected();
    await house.clock.advance(bothListsMs);
    expect(stateOf(house)).toBe('COMPLETED');
  });

  test('also ends a task that was paused', async () => {
    const house = await houseWith(['a']);
    const command = {
      commandId: 'c1',
      accountId: '1',
      taskId: 'a',
      kind: 'pause',
      askedBy: 'operator',
      payload: null,
    } as const;
    house.store.commands = [command];
    await house.during(house.supervisor.workInbox());
    await change(house, seen('0', null));
    await house.clock.advance(bothListsMs);
    expect(stateOf(house)).toBe('COMPLETED');
  });
});

describe('a position that its owner changed', () => {
  test('to less is what the task cares for; to more than it was given is said once, and left alone', async () => {
    const house = await houseWith(['a']);
    await change(house, seen('0.2'));
    await house.clock.advance(bothListsMs);
    expect(contextOf(house).held).toMatchObject({ qty: '0.2', premium: '180' });
    for (let time = 0; time < 3; time += 1) {
      await change(house, seen('0.5'));
      await house.clock.advance(bothListsMs);
    }
    expect(contextOf(house).held.qty).toBe('0.2');
    expect(house.store.alerts.map(({ text }) => text).filter((text) => text.includes('More than'))).toEqual([
      `More than was entrusted: the account holds 0.5 ${symbol}, of which the task cares for 0.2, as before.`,
    ]);
  });

  test('because another task left its part there when it was over is no reason to take that over', async () => {
    const house = await houseWith(['a']);
    house.account.positions = () => Promise.resolve([seen('0.6')]);
    house.account.listener?.connected();
    await house.clock.advance(bothListsMs);
    expect(contextOf(house).held.qty).toBe('0.3');
  });

  test('to more than a task cares for that wants no more concerns it not', async () => {
    const house = await houseWith(['a', { qty: '0.3' }]);
    await change(house, seen('0.5'));
    await house.clock.advance(bothListsMs);
    expect(contextOf(house).held.qty).toBe('0.3');
  });

  test('of two tasks takes from the younger', async () => {
    const house = await houseWith(['a', { qty: '0.3' }], ['b', { qty: '0.3' }]);
    await change(house, seen('0.4'));
    await house.clock.advance(bothListsMs);
    expect([contextOf(house, 'a').held.qty, contextOf(house, 'b').held.qty]).toEqual(['0.3', '0.1']);
  });
});

describe('what is told apart from the owner’s doing', () => {
  test('is a position that cannot be read: it is read again, without another push', async () => {
    const house = await houseWith(['a']);
    house.account.listener?.position(seen('0', null));
    house.account.positions = () => Promise.reject(new Error('timeout'));
    await house.clock.advance(bothListsMs);
    expect(stateOf(house)).toBe('IDLE.watching');
    house.account.positions = () => Promise.resolve([]);
    await house.clock.advance(2 * bothListsMs);
    expect(stateOf(house)).toBe('COMPLETED');
  });

  /** What is shown for so long is what was held before the roll. */
  function lagging(house: House, forMs: number): void {
    const truth = house.account.positions.bind(house.account);
    const freshFromMs = house.clock.nowMs() + forMs;
    house.account.positions = () =>
      house.clock.nowMs() < freshFromMs ? Promise.resolve([seen('0.3')]) : truth();
  }

  test('is a list that a look of an earlier period would ask for after a roll of this one', async () => {
    const house = await houseWith(['a']);
    house.account.listener?.connected();
    await house.supervisor.abandon('the session ended');
    await house.during(house.supervisor.claim());
    lagging(house, 15_000);
    await house.tick('23500');
    await house.clock.advance(60_000);
    expect(contextOf(house)).toMatchObject({ rollsDone: 1, held: { qty: '0.3' } });
    expect(stateOf(house)).toBe('IDLE.coolingDown');
  });

  test('is a list asked for shortly after a roll whose fills were not reported but looked up', async () => {
    const house = await houseWith(['a']);
    const fillSilently: Behaviour = (order, account) => {
      account.accept(order);
      account.fill(order.linkId, order.qty, undefined, true);
    };
    house.account.behaviours = [fillSilently];
    await house.tick('23500');
    lagging(house, 15_000);
    for (let leg = 0; leg < 2; leg += 1) {
      house.account.listener?.connected();
      await house.clock.advance(2_000);
    }
    expect(contextOf(house).rollsDone).toBe(1);
    await house.clock.advance(60_000);
    expect(contextOf(house)).toMatchObject({ rollsDone: 1, held: { qty: '0.3' } });
    expect(stateOf(house)).toBe('IDLE.coolingDown');
  });

  test('does not hide what he does within seconds of a roll: that is seen, only later', async () => {
    const house = await houseWith(['a']);
    await house.tick('23500');
    await house.clock.advance(1_000);
    const rolledInto = contextOf(house).held.symbol;
    expect(contextOf(house).rollsDone).toBe(1);
    await change(house, { symbol: rolledInto, side: null, qty: '0', averagePrice: '0' });
    await house.clock.advance(40_000);
    expect(stateOf(house)).toBe('COMPLETED');
    expect(contextOf(house)).toMatchObject({ held: { symbol: rolledInto, qty: '0' } });
  });

  test('is a roll of our own, however its positions are pushed', async () => {
    const house = await houseWith(['a']);
    await house.tick('23500');
    house.account.listener?.position(seen('0', null));
    await house.clock.advance(60_000);
    expect(contextOf(house)).toMatchObject({ rollsDone: 1, ledger: { changedByOwner: '0' } });
    expect(stateOf(house)).toBe('IDLE.coolingDown');
  });
});

describe('an expiry', () => {
  const expiryMs = Date.UTC(2023, 2, 31, 8);
  const settlement = {
    ...{ symbol, side: 'Sell' as const, qty: '0.3', deliveryPrice: '24100', fee: '1' },
    atMs: expiryMs + 800,
  };

  test('is waited for, looked up until it is on record, and booked', async () => {
    const house = await houseWith(['a']);
    await house.clock.advance(expiryMs - house.clock.nowMs() + 4_000);
    expect(stateOf(house)).toBe('IDLE.watching');
    await house.clock.advance(2_000);
    expect(stateOf(house)).toBe('IDLE.awaitingSettlement');
    house.account.settlements = [settlement];
    await house.clock.advance(61_000);
    expect(stateOf(house)).toBe('COMPLETED');
    expect(contextOf(house).ledger).toMatchObject({ debits: '30', fees: '1', realised: '240' });
  });

  test('of which nothing is ever on record ends the task after two hours, when nothing of it is left', async () => {
    const house = await houseWith(['a']);
    house.account.showNothing();
    house.market.expiries = [];
    await house.clock.advance(expiryMs - house.clock.nowMs() + 3 * 3_600_000);
    expect(stateOf(house)).toBe('COMPLETED');
    expect(house.store.alerts.at(-1)?.text).toContain('no delivery of it is on record');
  });

  test('that happened while nobody ran is noticed at the start', async () => {
    const house = new House();
    house.store.keep(storedTask('a'));
    await house.clock.advance(expiryMs - house.clock.nowMs() + 3_600_000);
    house.account.settlements = [settlement];
    await house.during(house.supervisor.claim());
    expect(stateOf(house)).toBe('COMPLETED');
  });
});
