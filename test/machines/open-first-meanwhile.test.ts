/** What an owner, a stop, a delivery or a halt does while a roll that opens first holds both options. */
import { describe, expect, test } from 'vitest';
import type { Halt } from '../../src/domain/halt.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { fillAll, fillPart, TaskFixture } from '../support/task-fixture.ts';
import { call24, call25, noMargin } from './leg2-fixture.ts';
import { fits, heldBy, opened, openedTwice, openingFirst, sentBy } from './open-first-fixture.ts';
import { halt } from './roll-walk-fixture.ts';

describe('what happens to one of the two options meanwhile', () => {
  test('an old one that its owner closes completes the roll', async () => {
    const fixture = await openedTwice([noMargin]);
    fixture.account.take(call24);
    await fixture.clock.advance(2 * minuteMs);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: call25, qty: '0.3' },
      roll: null,
      rollsDone: 1,
      ledger: { changedByOwner: '-0.3' },
    });
  });

  test('a new one that its owner closes is as if it had not filled', async () => {
    const fixture = await openedTwice([noMargin]);
    fixture.account.take(call25);
    await fixture.clock.advance(2 * minuteMs);
    expect(fixture.states).toContain('LEG1_CLOSING.planning');
    expect(fixture.task.context).toMatchObject({ held: { symbol: call24, qty: '0.3' }, rollsDone: 0 });
    expect(fixture.alerts.some(({ text }) => text.includes(`${call25} was closed by its owner`))).toBe(true);
  });

  describe.each([
    ['nothing of the old one is closed', [noMargin], '0.3'],
    ['a part of the old one is closed', [fillPart('0.1', 'cancelled'), noMargin], '0.2'],
  ])('when %s', (_, behaviours, oldLeft) => {
    const stopNew = async (qty: string) => {
      const fixture = await openedTwice([...behaviours]);
      fixture.account.fireStop(call25, { qty, price: '500' });
      fixture.account.behaviours = [fillAll];
      await fixture.clock.advance(2 * minuteMs);
      return fixture;
    };

    test('a stop that closes the new one leaves the task with what it has of the old one', async () => {
      const fixture = await stopNew('0.3');
      expect(fixture.states).not.toContain('FAILED');
      expect(fixture.task.context).toMatchObject({
        held: { symbol: call24, qty: oldLeft },
        roll: null,
        ledger: { changedByOwner: '0' },
      });
      expect(fixture.alerts.at(-1)?.text).toContain(
        `Stopped out: your stop-loss at the exchange closed 0.3 ${call25} at 500`,
      );
      expect(fixture.alerts.at(-1)?.text).toContain(`The task goes on with ${oldLeft} ${call24}`);
    });

    test('a stop that closes a part of the new one leaves it with the rest of that', async () => {
      const fixture = await stopNew('0.25');
      expect(fixture.task.context).toMatchObject({
        held: { symbol: call25, qty: '0.05' },
        roll: null,
        rollsDone: 1,
        ledger: { changedByOwner: '0' },
      });
      expect(await fixture.account.positions()).toMatchObject([{ symbol: call25, qty: '0.05' }]);
      expect(opened(fixture)).toHaveLength(1);
    });

    test('a stop that closes the old one completes the roll, and its price is booked', async () => {
      const fixture = await openedTwice([...behaviours]);
      fixture.account.fireStop(call24, { qty: oldLeft, price: '500' });
      await fixture.clock.advance(2 * minuteMs);
      expect(fixture.task.context).toMatchObject({
        held: { symbol: call25, qty: '0.3' },
        roll: null,
        rollsDone: 1,
        ledger: { changedByOwner: '0' },
      });
      expect(fixture.alerts.some(({ text }) => text.includes(`closed ${oldLeft} ${call24} at 500`))).toBe(
        true,
      );
    });
  });

  const both = { symbol: call24, side: 'Buy', averagePrice: '100' } as const;

  test('an old one of which its owner closes a part is closed to the end, and nothing more is opened for it', async () => {
    const whole = await openedTwice([noMargin]);
    whole.account.hold({ ...both, qty: '0.1' });
    whole.account.behaviours = [fillAll];
    await whole.clock.advance(2 * minuteMs);
    expect(sentBy(whole).at(-1)).toMatch(`Sell 0.1 ${call24}`);
    expect(whole.task.context).toMatchObject({ held: { symbol: call25, qty: '0.3' }, roll: null });

    const part = openingFirst();
    part.account.behaviours = [fillPart('0.1', 'cancelled'), noMargin];
    await part.price('23500');
    part.account.hold({ ...both, qty: '0.05' });
    part.account.behaviours = [fillAll];
    await part.clock.advance(2 * minuteMs);
    expect(part.task.context).toMatchObject({
      held: { symbol: call25, qty: '0.15' },
      roll: null,
      ledger: { changedByOwner: '-0.25' },
    });
  });

  test('a new one of which only a part was opened and its owner closes that is as if nothing had filled', async () => {
    const fixture = openingFirst();
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), noMargin];
    await fixture.price('23500');
    fixture.account.take(call25);
    await fixture.clock.advance(2 * minuteMs);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: call24, qty: '0.3' },
      rollsDone: 0,
      roll: null,
    });
  });

  test('a new one that its owner closes after a part of the old one asks a person', async () => {
    const fixture = await openedTwice([fillPart('0.1', 'cancelled'), noMargin]);
    fixture.account.take(call25);
    await fixture.clock.advance(2 * minuteMs);
    expect(fixture.task.state).toBe('FAILED');
  });

  test('an old one that expires with a part of the new one open leaves the task with that part', async () => {
    const expiryMs = Date.UTC(2023, 2, 31, 8);
    const fixture = new TaskFixture({
      spec: { execution: { legs: 'openFirst' }, guards: { notBeforeExpiry: '1m' } },
      side: 'Buy',
      startMs: expiryMs - 3 * minuteMs,
    });
    fixture.account.checkNow = fits;
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), noMargin];
    await fixture.price('23500');
    const settlement = {
      symbol: call24,
      side: 'Buy',
      qty: '0.3',
      deliveryPrice: '24100',
      fee: '0.1',
    } as const;
    fixture.account.settlements = [{ ...settlement, atMs: expiryMs }];
    await fixture.clock.advance(10 * minuteMs);
    const { held, roll, rollsDone, ledger } = fixture.task.context;
    expect({ qty: held.qty, roll, rollsDone }).toEqual({ qty: '0.1', roll: null, rollsDone: 1 });
    expect(held.symbol).not.toBe(call24);
    expect(ledger.settlement).toMatchObject({ symbol: call24, qty: '0.3' });
    expect(opened(fixture)).toHaveLength(1);
  });

  test('an old one that expires is settled, and the roll ends with the new one', async () => {
    const expiryMs = Date.UTC(2023, 2, 31, 8);
    const fixture = new TaskFixture({
      spec: {
        execution: { legs: 'openFirst' },
        guards: { notBeforeExpiry: '1m' },
      },
      side: 'Buy',
      startMs: expiryMs - 3 * minuteMs,
    });
    fixture.account.checkNow = fits;
    fixture.account.behaviours = [fillAll, noMargin];
    await fixture.price('23500');
    expect(fixture.states.some((state) => state.startsWith('LEG1_CLOSING'))).toBe(true);
    fixture.account.settlements = [
      {
        symbol: call24,
        side: 'Buy',
        qty: '0.3',
        deliveryPrice: '24100',
        fee: '0.1',
        atMs: expiryMs,
      },
    ];
    await fixture.clock.advance(10 * minuteMs);
    expect(fixture.task.context.ledger.settlement).toMatchObject({ symbol: call24, qty: '0.3' });
    expect(fixture.task.context.held.symbol).not.toBe(call24);
    expect(fixture.task.context).toMatchObject({ roll: null, rollsDone: 1 });
  });

  test('a halt lets it close the old option, and no other round begins', async () => {
    const fixture = openingFirst();
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), noMargin];
    await fixture.price('23500');
    fixture.isHalted = true;
    fixture.task.send({ type: 'HALTED', halt: halt as Halt });
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.state).toBe('ROLL_INITIATED.halted');
    expect(heldBy(fixture)).toBe('0.3');
    expect(opened(fixture)).toHaveLength(1);
  });
});
