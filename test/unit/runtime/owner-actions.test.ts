/** A change that an owner makes to a position is noticed once it is proved, reported to the task, and never undone. */
import { describe, expect, test } from 'vitest';
import type { Position } from '../../../src/domain/market/order.ts';
import { SupervisorFixture } from './supervisor-fixture.ts';
import { storedTask, symbol } from './memory-store.ts';
import type { Behaviour } from '../../support/task-fixture.ts';

/** How long it takes until a second list has confirmed what the first list showed. */
const bothListsMs = 21_000;

const seen = (qty: string, side: Position['side'] = 'Sell'): Position => ({
  symbol,
  side,
  qty,
  averagePrice: '900',
});

async function fixtureWith(...tasks: [string, object?][]) {
  const fixture = new SupervisorFixture();
  for (const [taskId, changes = {}] of tasks) fixture.store.keep(storedTask(taskId, changes));
  if (tasks.length > 1) fixture.account.positions = () => Promise.resolve([seen(`${0.3 * tasks.length}`)]);
  await fixture.during(fixture.supervisor.claim());
  await fixture.clock.advance(bothListsMs);
  return fixture;
}
/** The position that the exchange shows from now on, in pushes and in lists. */
async function change(fixture: SupervisorFixture, position: Position): Promise<void> {
  fixture.account.positions = () => Promise.resolve(position.side === null ? [] : [position]);
  fixture.account.listener?.position(position);
  await fixture.clock.advance(0);
}
const stateOf = (fixture: SupervisorFixture, taskId = 'a') => fixture.store.stateOf(taskId);
const contextOf = (fixture: SupervisorFixture, taskId = 'a') => fixture.store.contextOf(taskId);

describe('a position that its owner closed', () => {
  test('ends its task once two lists show it, ten seconds apart', async () => {
    const fixture = await fixtureWith(['a']);
    await change(fixture, seen('0', null));
    await fixture.clock.advance(19_000);
    expect(stateOf(fixture)).toBe('IDLE.watching');
    await fixture.clock.advance(2_000);
    expect(stateOf(fixture)).toBe('COMPLETED');
    expect(contextOf(fixture)).toMatchObject({ held: { qty: '0' }, ledger: { changedByOwner: '-0.3' } });
  });

  test('and opened again meanwhile is left as it is', async () => {
    const fixture = await fixtureWith(['a']);
    await change(fixture, seen('0', null));
    await change(fixture, seen('0.3'));
    await fixture.clock.advance(20_000);
    expect(stateOf(fixture)).toBe('IDLE.watching');
    expect(contextOf(fixture).held.qty).toBe('0.3');
  });

  test('while the stream was down is noticed after the reconnect', async () => {
    const fixture = await fixtureWith(['a']);
    fixture.account.positions = () => Promise.resolve([]);
    fixture.account.listener?.connected();
    await fixture.clock.advance(bothListsMs);
    expect(stateOf(fixture)).toBe('COMPLETED');
  });

  test('also ends a task that was paused', async () => {
    const fixture = await fixtureWith(['a']);
    const command = {
      commandId: 'c1',
      accountId: '1',
      taskId: 'a',
      kind: 'pause',
      askedBy: 'operator',
      payload: null,
    } as const;
    fixture.store.commands = [command];
    await fixture.during(fixture.supervisor.workInbox());
    await change(fixture, seen('0', null));
    await fixture.clock.advance(bothListsMs);
    expect(stateOf(fixture)).toBe('COMPLETED');
  });
});

describe('a position that its owner changed', () => {
  test('to less is what the task manages then; one that is larger is reported once, and not managed', async () => {
    const fixture = await fixtureWith(['a']);
    await change(fixture, seen('0.2'));
    await fixture.clock.advance(bothListsMs);
    expect(contextOf(fixture).held).toMatchObject({ qty: '0.2', premium: '180' });
    for (let time = 0; time < 3; time += 1) {
      await change(fixture, seen('0.5'));
      await fixture.clock.advance(bothListsMs);
    }
    expect(contextOf(fixture).held.qty).toBe('0.2');
    expect(fixture.store.alerts.map(({ text }) => text).filter((text) => text.includes('More than'))).toEqual(
      [`More than was entrusted: the account holds 0.5 ${symbol}, of which the task manages 0.2, as before.`],
    );
  });

  test('because another task left its part when it was over is not managed any further', async () => {
    const fixture = await fixtureWith(['a']);
    fixture.account.positions = () => Promise.resolve([seen('0.6')]);
    fixture.account.listener?.connected();
    await fixture.clock.advance(bothListsMs);
    expect(contextOf(fixture).held.qty).toBe('0.3');
  });

  test('to more does not concern a task with a fixed quantity', async () => {
    const fixture = await fixtureWith(['a', { qty: '0.3' }]);
    await change(fixture, seen('0.5'));
    await fixture.clock.advance(bothListsMs);
    expect(contextOf(fixture).held.qty).toBe('0.3');
  });

  test('of two tasks takes from the younger', async () => {
    const fixture = await fixtureWith(['a', { qty: '0.3' }], ['b', { qty: '0.3' }]);
    await change(fixture, seen('0.4'));
    await fixture.clock.advance(bothListsMs);
    expect([contextOf(fixture, 'a').held.qty, contextOf(fixture, 'b').held.qty]).toEqual(['0.3', '0.1']);
  });
});

describe('no owner action', () => {
  test('is seen while a position cannot be read: it is read again, without another push', async () => {
    const fixture = await fixtureWith(['a']);
    fixture.account.listener?.position(seen('0', null));
    fixture.account.positions = () => Promise.reject(new Error('timeout'));
    await fixture.clock.advance(bothListsMs);
    expect(stateOf(fixture)).toBe('IDLE.watching');
    fixture.account.positions = () => Promise.resolve([]);
    await fixture.clock.advance(2 * bothListsMs);
    expect(stateOf(fixture)).toBe('COMPLETED');
  });

  /** For so long, lists still show what was held before the roll. */
  function lagging(fixture: SupervisorFixture, forMs: number): void {
    const truth = fixture.account.positions.bind(fixture.account);
    const freshFromMs = fixture.clock.nowMs() + forMs;
    fixture.account.positions = () =>
      fixture.clock.nowMs() < freshFromMs ? Promise.resolve([seen('0.3')]) : truth();
  }

  test('is seen in a list that a check of an earlier period would request after a roll of this one', async () => {
    const fixture = await fixtureWith(['a']);
    fixture.account.listener?.connected();
    await fixture.supervisor.abandon('the session ended');
    await fixture.during(fixture.supervisor.claim());
    lagging(fixture, 15_000);
    await fixture.tick('23500');
    await fixture.clock.advance(60_000);
    expect(contextOf(fixture)).toMatchObject({ rollsDone: 1, held: { qty: '0.3' } });
    expect(stateOf(fixture)).toBe('IDLE.coolingDown');
  });

  test('is seen in a list requested shortly after a roll whose fills were looked up, not reported', async () => {
    const fixture = await fixtureWith(['a']);
    const fillSilently: Behaviour = (order, account) => {
      account.accept(order);
      account.fillSilently(order.linkId, order.qty);
    };
    fixture.account.behaviours = [fillSilently];
    await fixture.tick('23500');
    lagging(fixture, 15_000);
    for (let leg = 0; leg < 2; leg += 1) {
      fixture.account.listener?.connected();
      await fixture.clock.advance(2_000);
    }
    expect(contextOf(fixture).rollsDone).toBe(1);
    await fixture.clock.advance(60_000);
    expect(contextOf(fixture)).toMatchObject({ rollsDone: 1, held: { qty: '0.3' } });
    expect(stateOf(fixture)).toBe('IDLE.coolingDown');
  });

  test('is missed because it came within seconds of a roll: it is only noticed later', async () => {
    const fixture = await fixtureWith(['a']);
    await fixture.tick('23500');
    await fixture.clock.advance(1_000);
    const rolledInto = contextOf(fixture).held.symbol;
    expect(contextOf(fixture).rollsDone).toBe(1);
    await change(fixture, { symbol: rolledInto, side: null, qty: '0', averagePrice: '0' });
    await fixture.clock.advance(40_000);
    expect(stateOf(fixture)).toBe('COMPLETED');
    expect(contextOf(fixture)).toMatchObject({ held: { symbol: rolledInto, qty: '0' } });
  });

  test('is seen in a roll of our own, however its positions are pushed', async () => {
    const fixture = await fixtureWith(['a']);
    await fixture.tick('23500');
    fixture.account.listener?.position(seen('0', null));
    await fixture.clock.advance(60_000);
    expect(contextOf(fixture)).toMatchObject({ rollsDone: 1, ledger: { changedByOwner: '0' } });
    expect(stateOf(fixture)).toBe('IDLE.coolingDown');
  });
});

describe('an expiry', () => {
  const expiryMs = Date.UTC(2023, 2, 31, 8);
  const settlement = {
    symbol,
    side: 'Sell' as const,
    qty: '0.3',
    deliveryPrice: '24100',
    fee: '1',
    atMs: expiryMs + 800,
  };

  test('is waited for, looked up until the exchange has a record of it, and booked', async () => {
    const fixture = await fixtureWith(['a']);
    await fixture.clock.advance(expiryMs - fixture.clock.nowMs() + 4_000);
    expect(stateOf(fixture)).toBe('IDLE.watching');
    await fixture.clock.advance(2_000);
    expect(stateOf(fixture)).toBe('IDLE.awaitingSettlement');
    fixture.account.settlements = [settlement];
    await fixture.clock.advance(61_000);
    expect(stateOf(fixture)).toBe('COMPLETED');
    expect(contextOf(fixture).ledger).toMatchObject({ debits: '30', fees: '1', realised: '240' });
  });

  test('that never gets a record ends the task after two hours, when nothing of the position is left', async () => {
    const fixture = await fixtureWith(['a']);
    fixture.account.showNothing();
    fixture.market.expiries = [];
    await fixture.clock.advance(expiryMs - fixture.clock.nowMs() + 3 * 3_600_000);
    expect(stateOf(fixture)).toBe('COMPLETED');
    expect(fixture.store.alerts.at(-1)?.text).toContain('no delivery of it is on record');
  });

  test('that happened while no daemon ran is noticed at the start', async () => {
    const fixture = new SupervisorFixture();
    fixture.store.keep(storedTask('a'));
    await fixture.clock.advance(expiryMs - fixture.clock.nowMs() + 3_600_000);
    fixture.account.settlements = [settlement];
    await fixture.during(fixture.supervisor.claim());
    expect(stateOf(fixture)).toBe('COMPLETED');
  });
});
