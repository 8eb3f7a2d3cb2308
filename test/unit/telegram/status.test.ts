/** The status as a trader reads it on a phone. */
import { expect, test } from 'vitest';
import type { TaskStanding } from '../../../src/application/survey-tasks.ts';
import { statusPage } from '../../../src/telegram/texts/status-text.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';

const waiting = {
  taskId: 'k7m2p9qx4d',
  userName: 'ann',
  accountName: 'main',
  symbol: 'BTC-31MAR23-21000-P-USDT',
  urgency: 'waiting',
  now: 'waiting',
  stuck: null,
  accountTrouble: null,
  nearest: {
    kind: 'daysToExpiry',
    leg: null,
    text: 'days to expiry below 2',
    value: '9.33',
    distance: '7.33',
    isReached: false,
  },
  nearestShare: 3.67,
  result: '297.19',
  halts: [],
  isFresh: true,
} as unknown as TaskStanding;

const textOf = (...tasks: readonly TaskStanding[]): string =>
  statusPage(tasks, { rules: bybitRules, zone: 'UTC', nowMs: 0, untilMs: 1 }).text;

test('says what a task waits for, and how far that is in its own unit', () => {
  const text = textOf(waiting);
  expect(text).toContain('days to expiry below 2, now 9.33:');
  expect(text).toContain('7.33 to go');
  expect(text).not.toContain('367');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(38);
});

test('says that trading is halted, once for an account with several tasks', () => {
  const halts = [{ cause: 'halt', scope: 'account', by: 'ann', reason: 'holiday', sinceMs: 0 }] as const;
  const text = textOf({ ...waiting, halts }, { ...waiting, taskId: 'a2b3c4d5e6', halts });
  expect(text.match(/⛔ ann\/main: trading is halted in this account .* by ann: holiday/g)).toHaveLength(1);
});
