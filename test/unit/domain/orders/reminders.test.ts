/** When a person is reminded of a missing position: after 1, 5 and 15 minutes, then every 15, each reminder once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beginOngoing,
  dueReminderMs,
  isReminderDue,
  isSteadyReminderDue,
  markReported,
  nextReminderMs,
  remindersDue,
} from '../../../../src/domain/orders/reminders.ts';
import { nowMs } from '../samples.ts';

const minutes = (count: number): number => count * 60_000;

describe('reminders', () => {
  test('come after 1, 5 and 15 minutes, then every 15, without end', () => {
    const times = [0];
    while (times.length < 8) times.push(nextReminderMs(times.at(-1) ?? 0));
    expect(times.map((ms) => ms / 60_000)).toEqual([0, 1, 5, 15, 30, 45, 60, 75]);
    expect(nextReminderMs(minutes(60 * 24 * 30))).toBe(minutes(60 * 24 * 30 + 15));
  });

  test.each([
    [0, 0],
    [59_999, 0],
    [60_000, 60_000],
    [minutes(4), minutes(1)],
    [minutes(5), minutes(5)],
    [minutes(14), minutes(5)],
    [minutes(20), minutes(15)],
    [minutes(100), minutes(90)],
    [-1, 0],
  ])('after %d ms the one of %d ms is due', (forMs, dueMs) => expect(dueReminderMs(forMs)).toBe(dueMs));

  test('are counted by how many fell due', () => {
    const at = [-1, 0, 1, 4, 5, 14, 15, 29, 30, 100].map((count) => remindersDue(minutes(count)));
    expect(at).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 8]);
  });

  test('are due exactly when the next one before was reached', () => {
    fc.assert(
      fc.property(fc.nat({ max: minutes(600) }), (forMs) => {
        const next = nextReminderMs(forMs);
        expect(next).toBeGreaterThan(forMs);
        expect(dueReminderMs(next)).toBe(next);
        expect(dueReminderMs(next - 1)).toBe(dueReminderMs(forMs));
      }),
    );
  });
});

describe('in a naked interval', () => {
  const interval = beginOngoing(nowMs);

  test('each reminder is due once, and of several missed ones only the last', () => {
    expect(isReminderDue(interval, nowMs + minutes(20))).toBe(true);
    const reported = markReported(interval, nowMs + minutes(20), null);
    expect(reported.remindedMs).toBe(minutes(15));
    expect(isReminderDue(reported, nowMs + minutes(29))).toBe(false);
    expect(isReminderDue(reported, nowMs + minutes(30))).toBe(true);
  });

  test('nothing is due before the first minute, nor when the clock stepped back', () => {
    expect(isReminderDue(interval, nowMs + 59_999)).toBe(false);
    expect(isReminderDue(interval, nowMs - minutes(30))).toBe(false);
  });

  test('a person who was asked already is reminded at the slow pace', () => {
    expect(isSteadyReminderDue(interval, nowMs + minutes(5))).toBe(false);
    expect(isSteadyReminderDue(interval, nowMs + minutes(15))).toBe(true);
  });

  test('what was reported never makes an earlier reminder due again', () => {
    const late = markReported(interval, nowMs + minutes(30), 'margin');
    expect(markReported(late, nowMs + minutes(1), null)).toEqual(late);
    expect(late.reported).toEqual(['margin']);
  });
});
