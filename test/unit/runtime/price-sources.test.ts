/** The book routes every source alike: the underlying's prices, an option's own ticker, and the clock. */
import { triggerOf } from '../../../src/domain/rules/judging.ts';
import { describe, expect, test } from 'vitest';
import { fieldsOf, type Readings } from '../../../src/domain/rules/triggers.ts';
import { symbol } from './memory-store.ts';
import { TasksFixture } from './tasks-fixture.ts';

const later = { target: { strike: 'same', expiry: 'next-weekly' } };
const expiryMs = Date.UTC(2023, 2, 31, 8);

describe("an option's ticker", () => {
  const delta = { trigger: { delta: { above: 0.45 } } };

  test('is streamed for the task that looks at it, and wakes it at its level', () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', delta);
    expect([...fixture.market.watched]).toEqual([symbol]);
    fixture.ticker(symbol, { delta: '0.44', optionMark: '900' });
    expect(fixture.turns.size).toBe(0);
    fixture.ticker(symbol, { delta: '0.45', optionMark: '950' });
    expect(task.state).toBe('ROLL_INITIATED.planning');
    expect(task.context.roll).toMatchObject({
      trigger: { kind: 'delta', direction: 'above', level: '0.45' },
      indexPrice: '',
    });
  });

  test.each<[string, object, Readings, Readings]>([
    [
      'implied volatility',
      { impliedVolatility: { above: '60%' } },
      { volatility: '0.59' },
      { volatility: '0.6' },
    ],
    ['theta', { theta: { above: 12 } }, { theta: '-11.9' }, { theta: '-12' }],
    ['extrinsic value', { extrinsicValue: { below: 20 } }, { optionMark: '21' }, { optionMark: '20' }],
    ['a share of it', { extrinsicValue: { below: '10%' } }, { optionMark: '91' }, { optionMark: '90' }],
    // 31 days before, one deviation at 60 % is 17.5 %: 24000 / 1.19 is further away, 24000 / 1.18 is not.
    ['deviations', { deviations: { below: 1 } }, { optionIndex: '20100' }, { optionIndex: '20300' }],
  ])('wakes a task by %s at its level and not before', (_, trigger, before, then) => {
    const shown = { delta: '0.3', theta: '-1', volatility: '0.59', optionMark: '900', optionIndex: '20000' };
    const fixture = new TasksFixture();
    const task = fixture.add('a', { trigger });
    fixture.ticker(symbol, { ...shown, ...before });
    expect(fixture.turns.size).toBe(0);
    fixture.ticker(symbol, { ...shown, ...then });
    expect(task.state).toBe('ROLL_INITIATED.planning');
    expect(Object.keys(task.context.triggered?.readings ?? {}).sort()).toEqual(
      [...fieldsOf(triggerOf(task.context.rules))].sort(),
    );
  });

  test('is not streamed for a task that looks at the underlying alone', () => {
    const fixture = new TasksFixture();
    fixture.add('a');
    expect(fixture.market.watched.size).toBe(0);
  });

  test('is shared, and left with the last task that wanted it', () => {
    const fixture = new TasksFixture();
    const [first, second] = [fixture.add('a', delta), fixture.add('b', delta)];
    fixture.router.leave(first);
    expect([...fixture.market.watched]).toEqual([symbol]);
    fixture.router.leave(second);
    expect(fixture.market.watched.size).toBe(0);
  });

  test('follows the task to its new option', async () => {
    const fixture = new TasksFixture();
    fixture.tick('23000');
    fixture.add('a', { ...delta, target: 1000 });
    fixture.ticker(symbol, { delta: '0.5' });
    await fixture.clock.advance(400_000);
    expect([...fixture.market.watched]).toEqual(['BTC-31MAR23-25000-C-USDT']);
  });

  test('that has been silent for a while counts as unknown', async () => {
    const fixture = new TasksFixture();
    const both = { all: [{ delta: { above: 0.45 } }, { index: { above: 23_500 } }] };
    const task = fixture.add('a', { trigger: both });
    fixture.ticker(symbol, { delta: '0.5' });
    await fixture.clock.advance(16_000);
    fixture.tick('23600');
    expect(task.state).toBe('IDLE.watching');
    fixture.ticker(symbol, { delta: '0.5' });
    expect(task.state).toBe('ROLL_INITIATED.planning');
  });

  test('of a feed that went stale fires nothing, and the other feed still does', () => {
    const fixture = new TasksFixture();
    fixture.ticker(symbol, { delta: '0.5' });
    fixture.router.forget('options');
    const task = fixture.add('a', {
      trigger: { any: [{ delta: { above: 0.45 } }, { mark: { above: 23_500 } }] },
    });
    expect(task.state).toBe('IDLE.watching');
    fixture.ticker('BTC', { index: '23000', mark: '23500', last: '23000' });
    expect(task.state).toBe('ROLL_INITIATED.planning');
  });
});

describe('an hour that comes again', () => {
  const weekly = { trigger: { every: 'Friday at 07:30' }, follow: 'fixed' };
  const hourMs = 3_600_000;

  /** In steps of an hour, so that every alarm on the way rings in its turn. */
  async function passDays(fixture: TasksFixture, days: number): Promise<void> {
    for (let hour = 0; hour < days * 24; hour += 1) await fixture.clock.advance(hourMs);
  }

  test('rolls once each time, without a price', async () => {
    const fixture = new TasksFixture();
    fixture.market.strikes = ['23000', '24000', '25000', '26000', '27000', '28000', '29000'];
    const task = fixture.add('a', weekly);
    const startMs = fixture.clock.nowMs();
    const nextFriday = (7 + 5 - new Date(startMs).getUTCDay()) % 7;
    await passDays(fixture, nextFriday + 1);
    expect(task.context.rollsDone).toBe(1);
    const first = new Date(task.context.lastRoll?.startedAtMs ?? 0);
    expect([first.getUTCDay(), first.toISOString().slice(11, 16)]).toEqual([5, '07:30']);
    await passDays(fixture, 7);
    expect(task.context.rollsDone).toBe(2);
  });

  test('that was refused is tried again while it holds, and not afterwards', async () => {
    const fixture = new TasksFixture();
    const guards = { spread: { max: '1%' }, cooldown: '4m' };
    const task = fixture.add('a', { ...weekly, trigger: { every: 'day at 07:30' }, guards });
    await passDays(fixture, 1);
    expect(task.state).toBe('IDLE.watching');
    const [last] = task.context.reasons;
    expect(last?.code).toBe('spread');
    expect(new Date(last?.atMs ?? 0).toISOString().slice(11, 16)).toBe('07:42');
  });
});

describe('the clock', () => {
  const daysLeft = (ms: number): number => (expiryMs - ms) / 86_400_000;

  test('wakes a task at its moment, without a price', async () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', { trigger: { daysToExpiry: { below: 2 } }, ...later });
    const dueMs = expiryMs - 2 * 86_400_000;
    await fixture.clock.advance(dueMs - fixture.clock.nowMs() - 1);
    expect(task.state).toBe('IDLE.watching');
    await fixture.clock.advance(1);
    expect(task.context.roll ?? task.context.reasons[0]).toBeTruthy();
    expect(task.version).toBeGreaterThan(1);
  });

  test('wakes a task that starts to wait after its moment at once', () => {
    const fixture = new TasksFixture();
    const days = daysLeft(fixture.clock.nowMs()) + 1;
    const task = fixture.add('a', { trigger: { daysToExpiry: { below: days } }, ...later });
    expect(task.state).toBe('ROLL_INITIATED.planning');
  });

  test('rings for the earliest of many, and then for the next', async () => {
    const fixture = new TasksFixture();
    const now = fixture.clock.nowMs();
    const at = (minutes: number) => ({
      trigger: { daysToExpiry: { below: daysLeft(now + minutes * 60_000) } },
      ...later,
    });
    const [late, soon] = [fixture.add('late', at(10)), fixture.add('soon', at(5))];
    await fixture.clock.advance(5 * 60_000 + 1);
    expect([soon.version > 2, late.version > 2]).toEqual([true, false]);
    await fixture.clock.advance(5 * 60_000 + 1);
    expect(late.version).toBeGreaterThan(2);
  });

  test('wakes no task after the router was stopped', async () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', { trigger: { daysToExpiry: { below: 2 } }, ...later });
    fixture.router.stop();
    await fixture.clock.advance(40 * 86_400_000);
    expect(task.state).toBe('IDLE.watching');
  });
});

describe('a combination', () => {
  const both = { trigger: { all: [{ index: { above: 23_500, for: '5s' } }, { delta: { above: 0.45 } }] } };

  test('remembers since when a part has been holding, and fires as soon as the other part holds', async () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', both);
    fixture.tick('23600');
    expect(task.context.heldSince).toEqual({ 0: fixture.clock.nowMs() });
    await fixture.clock.advance(6_000);
    fixture.ticker(symbol, { delta: '0.5' });
    expect(task.state).toBe('ROLL_INITIATED.planning');
  });

  test('waits for the rest of the time when the other part held first', async () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', both);
    fixture.ticker(symbol, { delta: '0.5' });
    fixture.tick('23600');
    expect(task.state).toBe('IDLE.confirming');
    await fixture.clock.advance(4_999);
    expect(task.state).toBe('IDLE.confirming');
    await fixture.clock.advance(1);
    expect(task.context.roll ?? task.context.lastRoll).toBeTruthy();
  });

  test('starts over when either part stops holding meanwhile', async () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', both);
    fixture.ticker(symbol, { delta: '0.5' });
    fixture.tick('23600');
    fixture.ticker(symbol, { delta: '0.4' });
    expect(task.state).toBe('IDLE.watching');
    expect(task.context.reasons[0]?.kind).toBe('confirming');
    fixture.tick('23400');
    await fixture.clock.advance(10_000);
    fixture.tick('23600');
    fixture.ticker(symbol, { delta: '0.5' });
    expect(task.state).toBe('IDLE.confirming');
  });

  test('forgets what held when prices went stale', () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', both);
    fixture.tick('23600');
    fixture.router.forget('underlying');
    expect(task.context.heldSince).toEqual({});
  });
});
