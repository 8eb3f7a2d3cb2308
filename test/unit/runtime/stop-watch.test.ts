/** Emergency stops: put, confirmed by reading, moved with the roll, left alone where an owner has one, and taken away. */
import { describe, expect, test } from 'vitest';
import { Retryable, Terminal } from '../../../src/domain/errors.ts';
import type { Halt } from '../../../src/domain/halt.ts';
import { StopWatch } from '../../../src/runtime/positions/stop-watch.ts';
import type { TaskActor } from '../../../src/runtime/task/task-actor.ts';
import { fillAll, refuseWith } from '../../support/task-fixture.ts';
import { TasksFixture } from './tasks-fixture.ts';

const symbol = 'BTC-31MAR23-24000-C-USDT';
const next = 'BTC-31MAR23-25000-C-USDT';

function open(spec: object = { emergencyStop: { loss: '200%' } }) {
  const fixture = new TasksFixture();
  const { account, clock, market, log, registry } = fixture;
  let halt: Halt | null = null;
  const haltOf = (): Halt | null => halt;
  const watch = new StopWatch({ accountOf: () => account, haltOf, registry, market, clock, log });
  const task = fixture.add('a', spec);
  const look = async (): Promise<void> => {
    watch.lookSoon('1');
    await clock.advance(1_000);
    await clock.advance(0);
  };
  const known = () => task.context.seenStops;
  const haltBy = (cause: Halt['cause'] | null): void => {
    halt = cause && { cause, scope: 'account', by: null, reason: null, sinceMs: 0 };
  };
  return { fixture, account, clock, watch, task, look, known, haltBy };
}

const wantedOf = ({ context: { held } }: TaskActor): string =>
  String(Math.ceil((Number(held.premium) / Number(held.qty) / 5) * 3) * 5);

describe('an emergency stop', () => {
  test('is put at three times the premium for a loss of 200%, and known once the list shows it', async () => {
    const { account, watch, clock, task, known } = open();
    watch.begin(task);
    await clock.advance(1_000);
    const mark = wantedOf(task);
    expect(account.stopsSet).toEqual([`${symbol} ${mark}`]);
    expect(known()?.emergency ?? null).toBeNull();
    await clock.advance(1_000);
    expect(known()).toMatchObject({ emergency: { symbol, mark }, problem: null });
    expect(account.stopsSet).toHaveLength(1);
  });

  test('that is gone at the exchange is put again', async () => {
    const { account, task, look, known } = open();
    await look();
    await look();
    account.standingStops = [];
    await look();
    await look();
    expect(account.stopsSet).toHaveLength(2);
    expect(known()?.emergency).toEqual({ symbol, mark: wantedOf(task) });
  });

  test('an acknowledgement that put nothing is not believed', async () => {
    const { account, look, known } = open();
    const { setStop } = account;
    account.setStop = () => Promise.resolve();
    await look();
    await look();
    expect(known()?.emergency ?? null).toBeNull();
    account.setStop = setStop;
    await look();
    await look();
    expect(known()?.emergency).toMatchObject({ symbol });
  });

  test('is not put for an account that is not armed, and is within a minute after that', async () => {
    const { account, look, known, clock, haltBy } = open();
    haltBy('notArmed');
    await look();
    expect(account.stopsSet).toEqual([]);
    expect(known()?.problem).toMatchObject({ code: 'emergencyStopNotAllowed' });
    haltBy(null);
    await clock.advance(61_000);
    await clock.advance(2_000);
    expect(known()).toMatchObject({ emergency: { symbol }, problem: null });
  });

  test('is put although a person has halted trading, because it protects', async () => {
    const { account, look, haltBy } = open();
    haltBy('halt');
    await look();
    expect(account.stopsSet).toHaveLength(1);
  });

  test('leaves a stop-loss of the owner alone, says so once, and is put when that is gone', async () => {
    const { account, fixture, look, known, clock } = open();
    account.standingStops = [{ symbol, kind: 'stopLoss', qty: '0.3', mark: '1111' }];
    await look();
    await look();
    expect(account.stopsSet).toEqual([]);
    expect(known()).toMatchObject({ emergency: null, problem: { code: 'ownersStopStands' } });
    account.standingStops = [];
    await clock.advance(61_000);
    await clock.advance(2_000);
    expect(known()).toMatchObject({ emergency: { symbol }, problem: null });
    const alerts = fixture.store.records.flatMap((record) => record.alerts.map(({ code }) => code));
    expect(alerts).toEqual(['emergencyStopMissing', 'emergencyStopStands']);
  });

  test('whose loss is made already is not sent, and one that the exchange refuses is reported', async () => {
    const { account, fixture, look, known, task } = open();
    const passed = String(Number(wantedOf(task)) + 100);
    const quote = fixture.market.quote.bind(fixture.market);
    fixture.market.quote = async (of: string) => ({
      ...(await quote(of)),
      mark: passed,
    });
    await look();
    expect(account.stopsSet).toEqual([]);
    expect(known()?.problem).toMatchObject({ code: 'emergencyStopPassed', figures: { markNow: passed } });
    fixture.market.quote = quote;
    account.setStop = () => Promise.reject(new Terminal('no', { scope: 'request' }));
    await look();
    expect(known()?.problem).toMatchObject({ code: 'emergencyStopRefused' });
  });

  test('that cannot be placed for a while is tried again with growing waits, and reported then', async () => {
    const { account, look, known, clock } = open();
    account.setStop = () => Promise.reject(new Retryable('away', { retryAfterMs: 0 }));
    await look();
    expect(known()?.problem ?? null).toBeNull();
    await clock.advance(120_000);
    expect(known()?.problem).toMatchObject({ code: 'emergencyStopRefused' });
  });

  test('moves with the roll', async () => {
    const { account, fixture, watch, look, known, task, clock } = open();
    await look();
    await look();
    fixture.turnTaken = (of, finished) => {
      if (finished.record) watch.note(of, finished.before);
    };
    task.send({ type: 'PRICE', readings: { index: '30000' } });
    fixture.market.moveTo({ index: '30000' });
    task.send({ type: 'PRICE', readings: { index: '30000' } });
    await clock.advance(5_000);
    // The exchange cancels a stop with its position.
    account.standingStops = account.standingStops.filter((stop) => stop.symbol !== symbol);
    await clock.advance(5_000);
    const { held } = task.context;
    expect(held.symbol).not.toBe(symbol);
    expect(known()?.emergency).toEqual({ symbol: held.symbol, mark: wantedOf(task) });
  });

  test('is put on the new option as soon as both are held, and that of the old one stands until it is closed', async () => {
    const spec = { emergencyStop: { loss: '200%' }, execution: { legs: 'openFirst', style: 'cross' } };
    const { account, fixture, watch, look, known, task, clock } = open(spec);
    const first = wantedOf(task);
    await look();
    await look();
    fixture.turnTaken = (of, finished) => {
      if (finished.record) watch.note(of, finished.before);
    };
    account.checkNow = { kind: 'rates', initialRateAfter: '0.3', maintenanceRateAfter: '0.2' };
    account.behaviours = [fillAll, refuseWith(new Terminal('not now', { scope: 'request' }))];
    fixture.market.moveTo({ index: '30000' });
    task.send({ type: 'PRICE', readings: { index: '30000' } });
    await clock.advance(5_000);
    expect(task.state).toMatch(/^LEG1_CLOSING/);
    expect(account.standingStops).toMatchObject([{ symbol, mark: first }, { symbol: next }]);
    expect(known()).toMatchObject({ emergency: { symbol: next }, problem: null });
    // A stop of the owner on the new one would be left alone, and so is one that is the task's already.
    const { length } = account.stopsSet;
    await look();
    expect(account.stopsSet).toHaveLength(length);
    account.standingStops = account.standingStops.filter((stop) => stop.symbol !== symbol);
    account.behaviours = [fillAll];
    await clock.advance(120_000);
    expect(task.context).toMatchObject({ roll: null, held: { symbol: next } });
    expect(known()?.emergency).toEqual({ symbol: next, mark: wantedOf(task) });
    expect(account.stopsSet).toHaveLength(length);
  });

  test('of the old option is known again when the new one is closed again', async () => {
    const spec = {
      emergencyStop: { loss: '200%' },
      execution: { legs: 'openFirst', style: 'cross' },
      leg2: { fallback: 'reopenLeg1', attempts: 2 },
    };
    const { account, fixture, watch, look, known, task, clock } = open(spec);
    await look();
    await look();
    fixture.turnTaken = (of, finished) => {
      if (finished.record) watch.note(of, finished.before);
    };
    account.checkNow = { kind: 'rates', initialRateAfter: '0.3', maintenanceRateAfter: '0.2' };
    const refuses = refuseWith(new Terminal('not now', { scope: 'request' }));
    account.behaviours = [fillAll, refuses, refuses, fillAll];
    fixture.market.moveTo({ index: '30000' });
    task.send({ type: 'PRICE', readings: { index: '30000' } });
    await clock.advance(2_500);
    account.standingStops = account.standingStops.filter((stop) => stop.symbol === symbol);
    await clock.advance(60_000);
    expect(task.context).toMatchObject({ roll: null, held: { symbol } });
    expect(known()).toMatchObject({ emergency: { symbol, mark: wantedOf(task) }, problem: null });
  });

  test('is taken away before its task is removed, and only then', async () => {
    const { account, watch, task, look } = open();
    await look();
    await look();
    await watch.takeAway(task);
    expect(account.standingStops).toEqual([]);
    expect(account.stopsSet.at(-1)).toBe(`${symbol} none`);
  });

  test('that does not go away keeps the removal waiting', async () => {
    const { account, watch, task, look, clock } = open();
    await look();
    await look();
    account.setStop = () => Promise.resolve();
    const taken = watch.takeAway(task).catch((error: unknown) => error);
    await clock.advance(10_000);
    expect(await taken).toBeInstanceOf(Retryable);
  });
});

test('without one in its spec only what stands is noted', async () => {
  const { account, look, known } = open({});
  account.standingStops = [
    { symbol, kind: 'takeProfit', qty: '0.3', mark: '50' },
    { symbol: next, kind: 'stopLoss', qty: '1', mark: '900' },
  ];
  await look();
  expect(account.stopsSet).toEqual([]);
  expect(known()?.stops.map(({ kind }) => kind)).toEqual(['takeProfit']);
});
