/**
 * A stop at the exchange that fires, before a roll, in each of its phases and after it: it is understood as what it is, books what it
 * has traded, and nothing is opened for what it has closed.
 */
import { describe, expect, test } from 'vitest';
import { endingOf } from '../../src/domain/roll/task-ending.ts';
import { cashFlow } from '../../src/domain/roll/ledger.ts';
import { fillAll, fillPart, TaskFixture, type Behaviour } from '../support/task-fixture.ts';
import { call24, call25 } from './leg2-fixture.ts';

const stopped = (qty: string, price = '1500') => ({ qty, price });
const endOf = ({ task }: TaskFixture) => endingOf(task.context);
const opened = ({ account }: TaskFixture) =>
  account.submitted.filter(({ linkId }) => linkId.startsWith('open'));
const stoppedText = 'your stop-loss at the exchange closed';

/** What two lists show once the stop has fired, as the watch of positions sends it. */
const seen = async (
  fixture: TaskFixture,
  { side, qty }: { side: 'Sell' | null; qty: string },
  symbol = call24,
): Promise<void> => {
  const firstAskedAtMs = fixture.clock.nowMs() + 20_000;
  const [fill] = fixture.account.firedStops;
  if (!fill) throw new Error(`no stop of ${symbol} has fired`);
  const { kind, value, fee, atMs } = fill;
  const stop = { kind, qty: fill.qty, value, fee, atMs };
  fixture.task.send({
    type: 'POSITION_SEEN',
    side,
    qty,
    stop,
    firstAskedAtMs,
    askedAtMs: firstAskedAtMs + 10_000,
  });
  await fixture.clock.advance(0);
};

/** Fills a part, and then the stop closes the rest, so that the exchange cancels the order. */
const partThenStop: Behaviour = (order, account) => {
  account.accept(order);
  account.fill(order.linkId, '0.1');
  account.fireStop(order.symbol, stopped('0.2'));
  account.end(order.linkId, { reason: 'CancelByReduceOnly', refusal: 'request' });
};

/** Nothing of the order fills before the stop closes everything. */
const stopFirst: Behaviour = (order, account) => {
  account.accept(order);
  account.fireStop(order.symbol, stopped('0.3'));
  account.end(order.linkId, { reason: 'CancelByReduceOnly', refusal: 'request' });
};

describe('a stop that fires', () => {
  test('before any roll ends the task as stopped out, with its price in the ledger', async () => {
    const fixture = new TaskFixture();
    const before = fixture.task.context.held.premium;
    fixture.account.fireStop(call24, stopped('0.3'));
    await seen(fixture, { side: null, qty: '0' });
    expect(fixture.task.isOver).toBe(true);
    expect(endOf(fixture)).toBe('stoppedOut');
    const { ledger } = fixture.task.context;
    expect(ledger).toMatchObject({ debits: '450', fees: '0.21', changedByOwner: '0' });
    expect(Number(ledger.realised)).toBe(Number(before) - 450);
    expect(cashFlow(ledger)).toBe('-450.21');
    expect(fixture.alerts).toMatchObject([
      {
        severity: 'warning',
        text: `Stopped out: ${stoppedText} 0.3 ${call24} at 1500. The task is over.`,
      },
    ]);
  });

  test('and closes a part only, leaves the rest to the task', async () => {
    const fixture = new TaskFixture();
    fixture.account.fireStop(call24, stopped('0.1'));
    await seen(fixture, { side: 'Sell', qty: '0.2' });
    expect(fixture.task.context).toMatchObject({
      held: { qty: '0.2' },
      ledger: { debits: '150', changedByOwner: '0' },
    });
    expect(fixture.alerts[0]?.text).toContain(`0.1 ${call24} at 1500. The task manages the other 0.2.`);
  });

  test('while the roll is planned ends the task at once: the order of the stop proves it', async () => {
    const fixture = new TaskFixture();
    fixture.account.fireStop(call24, stopped('0.3'));
    await fixture.price('23500');
    expect(fixture.account.submitted).toEqual([]);
    expect(fixture.task.isOver).toBe(true);
    expect(endOf(fixture)).toBe('stoppedOut');
    expect(fixture.task.context.ledger).toMatchObject({ debits: '450', changedByOwner: '0' });
    expect(fixture.alerts).toMatchObject([{ text: expect.stringContaining(stoppedText) as string }]);
  });

  test('before the order of leg 1 has filled leaves nothing to roll, and is understood by the next look', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [stopFirst];
    await fixture.price('23500');
    expect(fixture.task.context.roll).toBeNull();
    expect(opened(fixture)).toEqual([]);
    await seen(fixture, { side: null, qty: '0' });
    expect(endOf(fixture)).toBe('stoppedOut');
  });

  test('while leg 1 is worked ends the roll: nothing is opened for what was closed', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [partThenStop];
    await fixture.price('23500');
    expect(opened(fixture)).toEqual([]);
    expect(fixture.task.isOver).toBe(true);
    expect(endOf(fixture)).toBe('stoppedOut');
    const { held, ledger, roll, lastRoll } = fixture.task.context;
    expect({ qty: held.qty, roll }).toEqual({ qty: '0', roll: null });
    expect(lastRoll).toMatchObject({ fromSymbol: call24, toSymbol: null });
    expect(ledger.changedByOwner).toBe('0');
    expect(fixture.alerts.at(-1)?.text).toBe(
      `Stopped out: ${stoppedText} 0.2 ${call24} at 1500. The roll had closed 0.1 of it before; nothing more is opened. The task is over.`,
    );
  });

  test('while leg 1 is worked is understood after a crash at any commit', async () => {
    for (const crashAt of [1, 2, 3, 4, 5, 6]) {
      const fixture = new TaskFixture();
      fixture.account.behaviours = [partThenStop];
      fixture.crashAfter(crashAt);
      await fixture.price('23500');
      await fixture.clock.advance(60_000);
      expect({ crashAt, opened: opened(fixture), qty: fixture.task.context.held.qty }).toEqual({
        crashAt,
        opened: [],
        qty: '0',
      });
      expect(endOf(fixture)).toBe('stoppedOut');
    }
  });

  test('while leg 2 of a part is worked leaves the part that is open already to the task', async () => {
    const fixture = new TaskFixture();
    const openWhileStopFires: Behaviour = (order, account) => {
      account.fireStop(call24, stopped('0.2'));
      return fillAll(order, account);
    };
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), openWhileStopFires, fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(60_000);
    expect(opened(fixture).map(({ qty }) => qty)).toEqual(['0.1']);
    expect(fixture.task.context).toMatchObject({ held: { symbol: call25, qty: '0.1' }, roll: null });
    expect(fixture.task.context.ledger.changedByOwner).toBe('0');
    expect(fixture.alerts.at(-1)?.text).toContain(`The task goes on with 0.1 ${call25}.`);
  });

  test('on the new option after the roll ends the task', async () => {
    const fixture = new TaskFixture();
    await fixture.price('23500');
    fixture.account.fireStop(call25, stopped('0.3', '2000'));
    await seen(fixture, { side: null, qty: '0' }, call25);
    expect(endOf(fixture)).toBe('stoppedOut');
    expect(fixture.task.context.lastRoll).toMatchObject({ toSymbol: call25 });
  });

  test('long before the task was added is no stop of it', async () => {
    const fixture = new TaskFixture();
    fixture.account.fireStop(call24, stopped('0.3'));
    const [old] = fixture.account.firedStops;
    fixture.account.firedStops = old ? [{ ...old, atMs: fixture.clock.nowMs() - 3 * 86_400_000 }] : [];
    await fixture.price('23500');
    await fixture.clock.advance(60_000);
    expect(endOf(fixture)).toBe('closedByOwner');
    expect(fixture.task.context.ledger.changedByOwner).toBe('-0.3');
  });
});

describe('stops that stand', () => {
  const standing = { symbol: call24, kind: 'stopLoss', qty: '0.3', mark: '1500' } as const;

  test('are noted before leg 1, with the reading that it is planned on', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [fillPart('0')];
    fixture.account.standingStops = [standing, { ...standing, symbol: 'BTC-31MAR23-30000-C-USDT' }];
    await fixture.price('23500');
    expect(fixture.task.context.seenStops?.stops).toEqual([standing]);
  });

  test('are noted between rolls when they are news, and alert only what keeps an emergency stop away', async () => {
    const fixture = new TaskFixture();
    const nothing = { emergency: null, problem: null };
    fixture.task.send({ type: 'STOPS_SEEN', stops: [standing], ...nothing });
    fixture.task.send({ type: 'STOPS_SEEN', stops: [standing], ...nothing });
    await fixture.clock.advance(0);
    expect(fixture.journal.records).toHaveLength(1);
    const figures = { symbol: call24, mark: '1500', wanted: '2100' };
    const problem = { code: 'ownersStopStands', figures } as const;
    fixture.task.send({ type: 'STOPS_SEEN', stops: [standing], emergency: null, problem });
    const emergency = { symbol: call24, mark: '2100' };
    fixture.task.send({
      type: 'STOPS_SEEN',
      stops: [{ ...standing, mark: '2100' }],
      emergency,
      problem: null,
    });
    await fixture.clock.advance(0);
    expect(fixture.alerts.map(({ text }) => text)).toEqual([
      `The emergency stop of the task on ${call24} does not stand at the exchange: a stop-loss of its owner stands on ${call24} at 1500, and there can be only one; it would be at 2100. The task goes on; its rules act as long as a daemon runs.`,
      `The emergency stop of the task on ${call24} stands at the exchange again, at a mark of 2100.`,
    ]);
  });
});
