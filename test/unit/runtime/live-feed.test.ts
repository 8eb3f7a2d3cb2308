/** What happens is told to those who listen, after it is committed, and nothing of theirs reaches the runtime. */
import { expect, test } from 'vitest';
import type { Happening } from '../../../src/ports/live.ts';
import type { TurnRecord } from '../../../src/ports/journal.ts';
import { LiveFeed } from '../../../src/runtime/live-feed.ts';
import { PriceHealth } from '../../../src/runtime/triggers/price-health.ts';
import { TasksFixture } from './tasks-fixture.ts';

const logged: unknown[] = [];
const log = { warn: (fields: unknown) => void logged.push(fields) };

function listening(feed: LiveFeed) {
  const heard: Happening[] = [];
  const hear = (happening: Happening): void => void heard.push(happening);
  const end = feed.subscribe({ price: hear, feed: hear, task: hear, alert: hear, halt: hear });
  return { heard, end };
}

const record = {
  accountId: '7',
  taskId: 'task',
  expectedVersion: 4,
  atMs: 9,
  state: 'IDLE.watching',
  alerts: [{ severity: 'info', code: 'leftBehind', figures: {} }],
} as unknown as TurnRecord;
const quiet: TurnRecord = { ...record, alerts: [] };

test('a turn is told once it is committed, and never when it was refused', async () => {
  const feed = new LiveFeed(log);
  const { heard, end } = listening(feed);
  let commit = (): void => undefined;
  feed.turn(quiet, new Promise<void>((resolve) => (commit = resolve)));
  feed.turn({ ...quiet, expectedVersion: 99 }, new Promise(() => undefined));
  await Promise.resolve();
  expect(heard).toEqual([]);
  commit();
  await new Promise(setImmediate);
  expect(heard).toEqual([
    { kind: 'task', accountId: '7', taskId: 'task', version: 5, state: 'IDLE.watching', atMs: 9 },
  ]);
  end();
  feed.halt({ accountId: '7', isHalted: true, atMs: 1 });
  feed.begun({ accountId: '7', taskId: 'new', version: 1, state: 'IDLE' }, 1);
  expect(heard).toHaveLength(1);
});

test('a listener that throws reaches neither the runtime nor other listeners, is counted, and fills no log', () => {
  const fixture = new TasksFixture();
  const feed = new LiveFeed(log);
  logged.length = 0;
  feed.subscribe({
    price: () => {
      throw new Error('broken');
    },
  });
  const { heard } = listening(feed);
  const health = new PriceHealth(fixture.router, { clock: fixture.clock, log: fixture.log, live: feed });
  const task = fixture.add('a');
  for (let at = 0; at < 100; at += 1)
    health.tick({ feed: 'underlying', source: 'BTC', readings: { index: '23400' }, atMs: at });
  health.tick({ feed: 'underlying', source: 'BTC', readings: { index: '23600' }, atMs: 101 });
  expect(task.state).not.toBe('IDLE.watching');
  expect(heard).toHaveLength(101);
  expect(feed.failures).toBe(101);
  expect(logged).toHaveLength(3);
});

test('prices are told after the tasks have received them, without those of options; silence with its reason', () => {
  const fixture = new TasksFixture();
  const feed = new LiveFeed(log);
  const health = new PriceHealth(fixture.router, { clock: fixture.clock, log: fixture.log, live: feed });
  const task = fixture.add('a');
  const states: string[] = [];
  feed.subscribe({ price: () => states.push(task.state) });
  const { heard } = listening(feed);
  health.tick(
    { feed: 'underlying', source: 'BTC', readings: { index: '23600', mark: '23601' }, atMs: 5 },
    {
      feed: 'options',
      source: 'BTC-31MAR23-23000-C-USDT',
      readings: { index: '23600', delta: '0.5' },
      atMs: 5,
    },
    { feed: 'underlying', source: 'ETH', readings: { mark: '1600' }, atMs: 5 },
  );
  health.stale('options', 'refused');
  health.stale('underlying', 'silent for 12 s', ['BTC']);
  health.stale('underlying', 'the connection was lost');
  health.live('underlying', ['BTC']);
  expect(states).toEqual([task.state]);
  expect(task.state).not.toBe('IDLE.watching');
  const atMs = fixture.clock.nowMs();
  expect(heard).toEqual([
    { kind: 'price', coin: 'BTC', index: '23600', atMs: 5 },
    { kind: 'feed', coin: 'BTC', reason: 'silent for 12 s', atMs },
    { kind: 'feed', coin: null, reason: 'the connection was lost', atMs },
    { kind: 'feed', coin: 'BTC', reason: null, atMs },
  ]);
});
