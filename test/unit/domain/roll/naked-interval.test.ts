/** When a person is reminded of a missing position: after 1, 5 and 15 minutes, then every 15, each reminder once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueReminderMs, nextReminderMs } from '../../../../src/domain/orders/reminders.ts';
import { isReminderDue, openGap, toldOf } from '../../../../src/domain/roll/naked-interval.ts';
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
  const interval = openGap(nowMs);

  test('each reminder is due once, and of several missed ones only the last', () => {
    expect(isReminderDue(interval, nowMs + minutes(20), false)).toBe(true);
    const reminded = toldOf(interval, nowMs + minutes(20));
    expect(reminded.remindedMs).toBe(minutes(15));
    expect(isReminderDue(reminded, nowMs + minutes(29), false)).toBe(false);
    expect(isReminderDue(reminded, nowMs + minutes(30), false)).toBe(true);
  });

  test('nothing is due before the first minute, nor when the clock stepped back', () => {
    expect(isReminderDue(interval, nowMs + 59_999, false)).toBe(false);
    expect(isReminderDue(interval, nowMs - minutes(30), false)).toBe(false);
  });

  test('a person who was asked already is reminded at the slow pace', () => {
    expect(isReminderDue(interval, nowMs + minutes(5), true)).toBe(false);
    expect(isReminderDue(interval, nowMs + minutes(15), true)).toBe(true);
  });

  test('an alert never makes an earlier reminder due again', () => {
    const late = toldOf(interval, nowMs + minutes(30), 'margin');
    expect(toldOf(late, nowMs + minutes(1))).toEqual(late);
    expect(late.told).toEqual(['margin']);
  });
});
