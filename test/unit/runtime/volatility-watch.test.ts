/** Realised volatility is read for the tasks that look at it, once an hour, and wakes them at their level. */
import { describe, expect, test } from 'vitest';
import { replyTo } from '../../../src/runtime/commands/adviser.ts';
import { provideEffects } from '../../../src/runtime/task/effects.ts';
import { TasksFixture } from './tasks-fixture.ts';

const hourMs = 3_600_000;
const calm = {
  trigger: { realisedVolatility: { below: '40%', over: '14d' } },
  guards: { rolls: { perDay: 9 } },
};

function counted(fixture: TasksFixture): { reads: string[] } {
  const counts = { reads: [] as string[] };
  const { market } = fixture;
  const read = market.realisedVolatility;
  market.realisedVolatility = (baseCoin, days) => {
    counts.reads.push(`${baseCoin} ${days}`);
    return read(baseCoin, days);
  };
  return counts;
}

describe('a realised volatility', () => {
  test('rolls a task at its level, though no price moves', async () => {
    const fixture = new TasksFixture();
    fixture.market.volatilities = { 14: '0.45' };
    const task = fixture.add('a', { ...calm, guards: { cooldown: '2h', rolls: { perDay: 9 } } });
    await fixture.clock.advance(hourMs / 2);
    expect(task.state).toBe('IDLE.watching');
    fixture.market.volatilities = { 14: '0.39' };
    await fixture.clock.advance(hourMs);
    expect(task.context.rollsDone).toBe(1);
  });

  test('is asked for once an hour for all tasks together, and not at all when none looks at it', async () => {
    const fixture = new TasksFixture();
    const counts = counted(fixture);
    fixture.market.volatilities = { 14: '0.45' };
    fixture.add('plain');
    await fixture.clock.advance(hourMs);
    expect(counts.reads).toEqual([]);
    const [first, second] = [fixture.add('a', calm), fixture.add('b', calm)];
    for (let half = 0; half < 4; half += 1) await fixture.clock.advance(hourMs / 2);
    expect(counts.reads).toEqual(['BTC 14', 'BTC 14', 'BTC 14']);
    fixture.router.leave(first);
    fixture.router.leave(second);
    await fixture.clock.advance(3 * hourMs);
    expect(counts.reads).toHaveLength(3);
  });

  test('that cannot be read is tried again after a minute, and one of some hours is unknown', async () => {
    const fixture = new TasksFixture();
    fixture.market.isAway = true;
    fixture.market.volatilities = { 14: '0.45' };
    const task = fixture.add('a', calm);
    const known = () => fixture.router.readingsFor(task.context).realised14;
    await fixture.clock.advance(0);
    expect(known()).toBeUndefined();
    fixture.market.isAway = false;
    await fixture.clock.advance(60_000);
    expect(known()).toBe('0.45');
    fixture.market.isAway = true;
    await fixture.clock.advance(2 * hourMs);
    expect(known()).toBe('0.45');
    await fixture.clock.advance(2 * hourMs);
    expect(known()).toBeUndefined();
  });

  test('is shown by the advice with its value', async () => {
    const fixture = new TasksFixture();
    fixture.market.volatilities = { 14: '0.45' };
    const task = fixture.add('a', calm);
    const reply = await replyTo({
      question: { accountId: '1', taskId: 'a', spec: null },
      account: fixture.account,
      task,
      machine: provideEffects(),
      market: fixture.market,
      prices: { whyBlind: () => null, rankFor: () => ({}) },
      clock: fixture.clock,
    });
    expect(reply.kind === 'advice' && reply.advice.rules[0]?.conditions).toEqual([
      {
        text: 'realised volatility over 14 days below 40 %',
        toGo: 'now 45 %: 5 % to go',
        kind: 'realisedVolatility',
        level: '0.4',
        value: '0.45',
        distance: '0.05',
        isReached: false,
        heldSinceMs: null,
      },
    ]);
  });
});
