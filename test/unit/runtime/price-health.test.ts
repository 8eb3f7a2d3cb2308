import { expect, test } from 'vitest';
import { PriceHealth } from '../../../src/runtime/triggers/price-health.ts';
import { confirming, TasksFixture } from './tasks-fixture.ts';

test('one stale source ends what was being confirmed on it, and nothing else', () => {
  const fixture = new TasksFixture();
  const health = new PriceHealth(fixture.router, fixture);
  const task = fixture.add('a', confirming);
  fixture.tick('23600');
  health.stale('underlying', 'refused', ['ETH']);
  expect(task.state).toBe('IDLE.confirming');
  health.stale('underlying', 'refused', ['BTC']);
  expect(task.state).toBe('IDLE.watching');
});

test('the reason why a trigger cannot fire is known until prices come again', () => {
  const fixture = new TasksFixture();
  const health = new PriceHealth(fixture.router, fixture);
  const { context } = fixture.add('a');
  health.stale('options', 'refused', [context.held.symbol]);
  expect(health.whyBlind(context)).toBeNull();
  health.stale('underlying', 'Bybit refuses it', ['BTC']);
  expect(health.whyBlind(context)).toMatch(/^no prices of BTC come \(Bybit refuses it\)/);
  health.live('underlying', ['BTC']);
  expect(health.whyBlind(context)).toBeNull();
});
