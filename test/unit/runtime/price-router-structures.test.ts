/** Tickers reach a structure whose conditions they concern: by the leg that is named, by a side, or by all legs together. */
import { describe, expect, test } from 'vitest';
import { provideEffects } from '../../../src/runtime/task/effects.ts';
import { firstSnapshot } from '../../../src/runtime/task/first-snapshot.ts';
import type { TaskActor } from '../../../src/runtime/task/task-actor.ts';
import { replyTo } from '../../../src/runtime/commands/adviser.ts';
import { StructureLevels } from '../../../src/runtime/triggers/structure-levels.ts';
import { TriggerBook } from '../../../src/runtime/triggers/trigger-book.ts';
import { PriceHealth } from '../../../src/runtime/triggers/price-health.ts';
import { call, put, readTrigger, alertingSpec } from '../../support/structures.ts';
import { TasksFixture } from './tasks-fixture.ts';

const other = 'BTC-31MAR23-25000-C-USDT';

/** A strangle with one rule that sends an alert and then rests. */
function strangle(fixture: TasksFixture, when: unknown, taskId = 'a'): TaskActor {
  const input = { taskId, spec: alertingSpec(when), held: call, others: [put] };
  return fixture.run({ accountId: '1', taskId, version: 1, ...firstSnapshot(provideEffects(), input) });
}

/** The rule has sent its alert. */
const hasFired = ({ context }: TaskActor): boolean => (context.rules[0]?.restsUntilMs ?? 0) > 0;
const turnsOf = (fixture: TasksFixture, taskId = 'a'): number => fixture.turns.get(taskId) ?? 0;

const testedAbove = { leg: 'tested', delta: { above: 0.3 } };
const shown = { theta: '-1', volatility: '0.6', optionIndex: '23000' };

describe('a condition of a named leg', () => {
  test('is reached by the ticker of that leg alone, and only that one is streamed', () => {
    const fixture = new TasksFixture();
    const task = strangle(fixture, { leg: 'put', delta: { above: 0.45 } });
    expect([...fixture.market.watched]).toEqual([put.symbol]);
    fixture.ticker(call.symbol, { delta: '0.5' });
    fixture.ticker(put.symbol, { delta: '-0.44' });
    expect(turnsOf(fixture)).toBe(0);
    fixture.ticker(put.symbol, { delta: '-0.45' });
    expect(hasFired(task)).toBe(true);
    expect(fixture.router.readingsFor(task.context)).toEqual({ legs: { put: { delta: '-0.45' } } });
  });

  test.each<[string, object, object, object]>([
    ['extrinsic value', { extrinsicValue: { below: 20 } }, { optionMark: '21' }, { optionMark: '20' }],
    ['deviations', { deviations: { below: 1 } }, { optionIndex: '27000' }, { optionIndex: '26000' }],
    ['moneyness', { moneyness: { above: '-1%' } }, { optionIndex: '22221' }, { optionIndex: '22220' }],
  ])('by %s is computed of its own ticker', (_, when, before, then) => {
    const fixture = new TasksFixture();
    const task = strangle(fixture, { leg: 'put', ...when });
    fixture.ticker(put.symbol, { delta: '-0.3', optionMark: '900', ...shown, ...before });
    expect(turnsOf(fixture)).toBe(0);
    fixture.ticker(put.symbol, { delta: '-0.3', optionMark: '900', ...shown, ...then });
    expect(hasFired(task)).toBe(true);
  });
});

describe('a condition of a side', () => {
  test.each([
    ['call', call.symbol, '0.29', '0.3'],
    ['put', put.symbol, '-0.29', '-0.3'],
  ])('is reached by the %s once it is the tested one', (_, symbol, before, then) => {
    const fixture = new TasksFixture();
    const task = strangle(fixture, testedAbove);
    expect([...fixture.market.watched].sort()).toEqual([put.symbol, call.symbol].sort());
    fixture.ticker(call.symbol, { delta: '0.2' });
    fixture.ticker(put.symbol, { delta: '-0.25' });
    fixture.ticker(symbol, { delta: before });
    expect(hasFired(task)).toBe(false);
    fixture.ticker(symbol, { delta: then });
    expect(hasFired(task)).toBe(true);
  });

  test('costs a turn when the sides change places, and none while they do not', () => {
    const fixture = new TasksFixture();
    strangle(fixture, testedAbove);
    fixture.ticker(call.symbol, { delta: '0.2' });
    fixture.ticker(put.symbol, { delta: '-0.25' });
    const before = turnsOf(fixture);
    for (const delta of ['0.21', '0.22', '0.24']) fixture.ticker(call.symbol, { delta });
    expect(turnsOf(fixture)).toBe(before);
    fixture.ticker(call.symbol, { delta: '0.26' });
    expect(turnsOf(fixture)).toBe(before + 1);
    for (const delta of ['-0.24', '-0.22']) fixture.ticker(put.symbol, { delta });
    expect(turnsOf(fixture)).toBe(before + 1);
  });

  test('holds nothing while one delta is not known, and at once when it is', () => {
    const fixture = new TasksFixture();
    const task = strangle(fixture, testedAbove);
    fixture.ticker(call.symbol, { delta: '0.5' });
    expect(hasFired(task)).toBe(false);
    fixture.ticker(put.symbol, { delta: '-0.1' });
    expect(hasFired(task)).toBe(true);
  });

  test('holds nothing while one leg has been silent for a while', async () => {
    const fixture = new TasksFixture();
    const task = strangle(fixture, testedAbove);
    fixture.ticker(put.symbol, { delta: '-0.1' });
    await fixture.clock.advance(16_000);
    fixture.ticker(call.symbol, { delta: '0.5' });
    expect(hasFired(task)).toBe(false);
    fixture.ticker(put.symbol, { delta: '-0.1' });
    expect(hasFired(task)).toBe(true);
  });

  test('that has to last starts over when the side falls back, or a leg goes stale', async () => {
    const lasting = { leg: 'tested', delta: { above: 0.3, for: '5s' } };
    const fixture = new TasksFixture();
    const task = strangle(fixture, lasting);
    fixture.ticker(put.symbol, { delta: '-0.1' });
    fixture.ticker(call.symbol, { delta: '0.31' });
    expect(task.state).toBe('IDLE.confirming');
    fixture.ticker(call.symbol, { delta: '0.29' });
    expect(task.context.heldSince).toEqual({});
    fixture.ticker(call.symbol, { delta: '0.31' });
    expect(task.state).toBe('IDLE.confirming');
    fixture.router.forget('options', [other]);
    expect(task.state).toBe('IDLE.confirming');
    fixture.router.forget('options', [put.symbol]);
    expect(task.context.heldSince).toEqual({});
    fixture.ticker(put.symbol, { delta: '-0.1' });
    fixture.ticker(call.symbol, { delta: '0.31' });
    await fixture.clock.advance(5_001);
    expect(hasFired(task)).toBe(true);
  });
});

test('tickers of the legs that come one after the other, a minute apart, neither end a condition nor cost a turn', async () => {
  const lasting = { leg: 'tested', delta: { above: 0.3, for: '10m' } };
  const fixture = new TasksFixture();
  const task = strangle(fixture, { all: [lasting, { leg: 'untested', delta: { below: 0.05 } }] });
  const minutely = async (): Promise<void> => {
    fixture.ticker(put.symbol, { delta: '-0.1' });
    fixture.ticker(call.symbol, { delta: '0.31' });
    await fixture.clock.advance(60_000);
  };
  await minutely();
  const [before, since] = [turnsOf(fixture), task.context.heldSince];
  expect(Object.keys(since)).toHaveLength(1);
  await minutely();
  await minutely();
  expect(task.context.heldSince).toEqual(since);
  expect(turnsOf(fixture)).toBe(before);
});

describe('a condition of the structure as one', () => {
  test('is reached by the legs together', () => {
    const fixture = new TasksFixture();
    const task = strangle(fixture, { profit: { above: '50%' } });
    fixture.ticker(call.symbol, { optionMark: '400' });
    fixture.ticker(put.symbol, { optionMark: '351' });
    expect(turnsOf(fixture)).toBe(0);
    fixture.ticker(put.symbol, { optionMark: '350' });
    expect(hasFired(task)).toBe(true);
  });

  test('is armed beside one on the underlying, and either wakes the task', () => {
    const when = { any: [{ index: { above: 23_500 } }, { delta: { above: 0.1 } }] };
    for (const reach of [
      (fixture: TasksFixture) => fixture.tick('23500'),
      (fixture: TasksFixture) => fixture.ticker(call.symbol, { delta: '0.4' }),
    ]) {
      const fixture = new TasksFixture();
      const task = strangle(fixture, when);
      fixture.tick('23000');
      fixture.ticker(call.symbol, { delta: '0.3' });
      fixture.ticker(put.symbol, { delta: '-0.3' });
      expect(turnsOf(fixture)).toBe(0);
      reach(fixture);
      expect(hasFired(task)).toBe(true);
    }
  });
});

test('a ticker of another option costs a structure nothing, and a dropped one streams and wakes nothing', () => {
  const fixture = new TasksFixture();
  const task = strangle(fixture, { any: [testedAbove, { profit: { above: '50%' } }] });
  fixture.ticker(call.symbol, { delta: '0.2', optionMark: '900' });
  fixture.ticker(put.symbol, { delta: '-0.1', optionMark: '900' });
  const before = turnsOf(fixture);
  fixture.ticker(other, { delta: '0.9', optionMark: '1' });
  expect(turnsOf(fixture)).toBe(before);
  fixture.router.leave(task);
  expect(fixture.market.watched.size).toBe(0);
  fixture.ticker(call.symbol, { delta: '0.9', optionMark: '1' });
  expect(turnsOf(fixture)).toBe(before);
  expect(fixture.router.waitingTasks).toBe(0);
});

test('two structures on one leg are woken each by its own', () => {
  const fixture = new TasksFixture();
  const near = strangle(fixture, testedAbove, 'near');
  const far = strangle(fixture, { leg: 'tested', delta: { above: 0.4 } }, 'far');
  fixture.ticker(put.symbol, { delta: '-0.1' });
  fixture.ticker(call.symbol, { delta: '0.2' });
  fixture.ticker(call.symbol, { delta: '0.35' });
  expect([hasFired(near), hasFired(far)]).toEqual([true, false]);
  fixture.ticker(call.symbol, { delta: '0.4' });
  expect(hasFired(far)).toBe(true);
});

test('levels on several legs leave nothing behind, whatever they were', () => {
  const book = new TriggerBook();
  const levels = new StructureLevels(book, () => null);
  const context = { held: call, others: [put], rules: [] };
  const armedWith = (written: unknown) => ({
    context: { ...context, rules: [{ trigger: readTrigger(written), restsUntilMs: 0, rollsDone: 0 }] },
    readings: {},
    watches: [{ field: 'delta', direction: 'rising', level: '0.3', of: 'structure' } as const],
  });
  levels.arm('a', armedWith({ delta: { above: 0.3 } }));
  book.arm('a', [{ field: 'delta', direction: 'rising', level: '0.3', source: 'a structure' }]);
  expect([levels.has(call.symbol), levels.has(put.symbol), book.entries]).toEqual([true, true, 1]);
  book.disarm('a');
  levels.arm('a', armedWith({ leg: 'call', delta: { above: 0.3 } }));
  expect([levels.has(call.symbol), levels.has(put.symbol), book.entries]).toEqual([false, false, 0]);
  levels.leave('a');
  expect(levels.wake(call.symbol, 0)).toEqual([]);
});

describe('a rank', () => {
  test('is that of the leg that is named, and noted of no other', async () => {
    const fixture = new TasksFixture();
    const { context } = strangle(fixture, { leg: 'put', impliedVolatilityRank: { above: '80%' } });
    for (let half = 0; half < 200; half += 1) {
      const volatility = half < 4 ? '0.5' : half < 8 ? '0.525' : half < 12 ? '0.55' : '0.51';
      for (const symbol of [put.symbol, call.symbol]) fixture.ticker(symbol, { ...shown, volatility });
      await fixture.clock.advance(450_000);
    }
    fixture.ticker(put.symbol, { ...shown, volatility: '0.535' });
    const ranked = { put: { volatility: '0.535', volatilityRank: '0.7' } };
    expect(fixture.router.readingsFor(context)).toEqual({ legs: ranked });
    const health = new PriceHealth(fixture.router, fixture);
    expect(health.rankFor(context)).toEqual({ legs: { put: { volatilityRank: '0.7' } } });
  });
});

describe('the advice', () => {
  test('shows each condition by its leg, and the structure as one', async () => {
    const fixture = new TasksFixture();
    fixture.market.deltas = { 24000: '0.35', 22000: '-0.2' };
    const task = strangle(fixture, {
      any: [
        testedAbove,
        { leg: 'put', delta: { above: 0.3 } },
        { delta: { above: 0.3 } },
        { theta: { above: 9 } },
      ],
    });
    fixture.market.moveTo({ theta: '-4', volatility: '0.6' });
    const reply = await replyTo({
      question: { accountId: '1', taskId: 'a', spec: null },
      account: fixture.account,
      task,
      machine: provideEffects(),
      market: fixture.market,
      prices: new PriceHealth(fixture.router, fixture),
      clock: fixture.clock,
    });
    const rule = reply.kind === 'advice' ? reply.advice.rules[0] : undefined;
    expect(rule?.triggerHolds).toBe(true);
    expect(rule?.conditions.map(({ text, value, isReached }) => [text, value, isReached])).toEqual([
      ['delta of the tested side above 0.3', '0.35', true],
      ['delta of put above 0.3', '0.2', false],
      ['delta above 0.3', '0.15', false],
      ['theta above 9', '8', false],
    ]);
  });

  test('names the leg without prices', () => {
    const fixture = new TasksFixture();
    const health = new PriceHealth(fixture.router, fixture);
    const { context } = strangle(fixture, testedAbove);
    health.stale('options', 'refused', [put.symbol]);
    expect(health.whyBlind(context)).toMatch(put.symbol);
    health.live('options', [put.symbol]);
    expect(health.whyBlind(context)).toBeNull();
  });
});
