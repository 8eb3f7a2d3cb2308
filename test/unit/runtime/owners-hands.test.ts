/** What an owner does to his position himself is noticed once it is sure, told to the task, and never fought. */
import { describe, expect, test } from 'vitest';
import type { Position } from '../../../src/domain/order.ts';
import { House, symbol } from './house.ts';
import { storedTask } from './memory-store.ts';

const seen = (qty: string, side: Position['side'] = 'Sell'): Position => ({
  ...{ symbol, side, qty, averagePrice: '900' },
});

async function houseWith(...tasks: [string, object?][]) {
  const house = new House();
  for (const [taskId, changes = {}] of tasks) house.store.keep(storedTask(taskId, changes));
  await house.during(house.supervisor.claim());
  await house.clock.advance(11_000);
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
  test('ends its task, ten seconds later', async () => {
    const house = await houseWith(['a']);
    await change(house, seen('0', null));
    await house.clock.advance(9_000);
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
    await house.clock.advance(11_000);
    expect(stateOf(house)).toBe('COMPLETED');
  });

  test('also ends a task that was paused', async () => {
    const house = await houseWith(['a']);
    const command = { commandId: 'c1', accountId: '1', taskId: 'a', kind: 'pause', payload: null } as const;
    house.store.commands = [command];
    await house.during(house.supervisor.workInbox());
    await change(house, seen('0', null));
    await house.clock.advance(11_000);
    expect(stateOf(house)).toBe('COMPLETED');
  });
});

describe('a position that its owner changed', () => {
  test('to less is what the task cares for; to more than it was given is said once, and left alone', async () => {
    const house = await houseWith(['a']);
    await change(house, seen('0.2'));
    await house.clock.advance(11_000);
    expect(contextOf(house).held).toMatchObject({ qty: '0.2', premium: '180' });
    for (let time = 0; time < 3; time += 1) {
      await change(house, seen('0.5'));
      await house.clock.advance(11_000);
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
    await house.clock.advance(11_000);
    expect(contextOf(house).held.qty).toBe('0.3');
  });

  test('to more than a task cares for that wants no more concerns it not', async () => {
    const house = await houseWith(['a', { qty: '0.3' }]);
    await change(house, seen('0.5'));
    await house.clock.advance(11_000);
    expect(contextOf(house).held.qty).toBe('0.3');
  });

  test('of two tasks takes from the younger', async () => {
    const house = await houseWith(['a', { qty: '0.3' }], ['b', { qty: '0.3' }]);
    await change(house, seen('0.4'));
    await house.clock.advance(11_000);
    expect([contextOf(house, 'a').held.qty, contextOf(house, 'b').held.qty]).toEqual(['0.3', '0.1']);
  });
});

describe('what is no doing of his', () => {
  test('is a position that is not read: it is looked at again at the next push', async () => {
    const house = await houseWith(['a']);
    const positions = house.account.positions.bind(house.account);
    house.account.listener?.position(seen('0', null));
    house.account.positions = () => Promise.reject(new Error('timeout'));
    await house.clock.advance(11_000);
    expect(stateOf(house)).toBe('IDLE.watching');
    house.account.positions = positions;
    await change(house, seen('0', null));
    await house.clock.advance(11_000);
    expect(stateOf(house)).toBe('COMPLETED');
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

  test('of which nothing is ever on record ends the task after two hours, and says so', async () => {
    const house = await houseWith(['a']);
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
