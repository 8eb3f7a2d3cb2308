/** An hour that comes again has one window each time, by the clocks of its zone, also when they are moved. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { windowAt, type Schedule } from '../../../../src/domain/rules/schedules.ts';
import { localMs } from '../../../../src/domain/zones.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const schedule = (changes: Partial<Schedule> = {}): Schedule => ({
  on: 'day',
  timeMs: 7.5 * hourMs,
  zone: 'UTC',
  withinMs: hourMs / 4,
  ...changes,
});
const at = (text: string): number => Date.parse(`${text}:00Z`);
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const nextAfter = (changes: Partial<Schedule>, text: string, used?: string): string =>
  iso(windowAt(schedule(changes), at(text), used === undefined ? -Infinity : at(used)).fromMs);

describe('the window', () => {
  // 10 March 2023 is a Friday.
  test.each<[string, Partial<Schedule>, string, string]>([
    ['of a day that is to come', {}, '2023-03-10T07:29', '2023-03-10T07:30'],
    ['that is open', {}, '2023-03-10T07:44', '2023-03-10T07:30'],
    ['after one that is over is tomorrow', {}, '2023-03-10T07:45', '2023-03-11T07:30'],
    ['of Friday', { on: 'Friday' }, '2023-03-10T07:45', '2023-03-17T07:30'],
    ['of Sunday', { on: 'Sunday' }, '2023-03-10T07:45', '2023-03-12T07:30'],
    ['of weekdays leaves the weekend out', { on: 'weekday' }, '2023-03-10T07:45', '2023-03-13T07:30'],
    ['over midnight', { timeMs: 23.5 * hourMs, withinMs: hourMs }, '2023-03-11T00:15', '2023-03-10T23:30'],
    [
      'in another zone, before clocks are moved',
      { zone: 'Europe/Berlin', on: 'Friday' },
      '2023-03-22T00:00',
      '2023-03-24T06:30',
    ],
    [
      'in another zone, afterwards',
      { zone: 'Europe/Berlin', on: 'Friday' },
      '2023-03-26T00:00',
      '2023-03-31T05:30',
    ],
    [
      'at an hour that is skipped comes right after it',
      { zone: 'Europe/Berlin', timeMs: 2.5 * hourMs },
      '2023-03-25T22:00',
      '2023-03-26T01:00',
    ],
    [
      'at an hour that comes twice comes once',
      { zone: 'Europe/Berlin', timeMs: 2.5 * hourMs },
      '2023-10-29T00:45',
      '2023-10-30T01:30',
    ],
    [
      'of a zone in which it is tomorrow already',
      { zone: 'Pacific/Auckland', on: 'Friday' },
      '2023-03-09T00:00',
      '2023-03-09T18:30',
    ],
  ])('%s', (_, changes, now, expected) => {
    expect(nextAfter(changes, now)).toBe(expected);
  });

  test('that was used is over, and one that came later is not', () => {
    expect(nextAfter({}, '2023-03-10T07:40', '2023-03-10T07:31')).toBe('2023-03-11T07:30');
    expect(nextAfter({}, '2023-03-10T07:40', '2023-03-10T07:29')).toBe('2023-03-10T07:30');
  });

  test('is always open or ahead, at the hour of its zone, on its day, and within a week and a day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2022, 0), max: Date.UTC(2028, 0) }),
        fc.record({
          on: fc.constantFrom<Schedule['on']>('day', 'weekday', 'Monday', 'Saturday', 'Sunday'),
          timeMs: fc.integer({ min: 0, max: 1_439 }).map((minute) => minute * 60_000),
          zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'),
          withinMs: fc.integer({ min: 1, max: 1_440 }).map((minutes) => minutes * 60_000),
        }),
        (nowMs, each) => {
          const { fromMs, untilMs } = windowAt(each, nowMs, -Infinity);
          expect(untilMs).toBeGreaterThan(nowMs);
          expect(fromMs - nowMs).toBeLessThan(8 * dayMs);
          const local = localMs(fromMs, each.zone);
          const isMoved = local % dayMs !== each.timeMs;
          // Only where an hour is skipped, and then by less than one.
          if (isMoved) expect((local % dayMs) - each.timeMs).toBeLessThanOrEqual(hourMs);
          if (isMoved) expect([2, 3]).toContain(Math.floor((local % dayMs) / hourMs));
          const weekday = new Date(local).getUTCDay();
          if (each.on === 'Monday') expect(weekday).toBe(1);
          if (each.on === 'weekday') expect([1, 2, 3, 4, 5]).toContain(weekday);
          // Nothing comes before it.
          expect(windowAt(each, fromMs, -Infinity).fromMs).toBeLessThanOrEqual(fromMs);
        },
      ),
    );
  });
});
