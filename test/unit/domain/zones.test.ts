/** What clocks of a zone show is one moment: also on the days on which they are moved. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isZone, localMs, momentOf } from '../../../src/domain/zones.ts';

const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

describe('a local time', () => {
  test.each([
    ['in winter', 'Europe/Berlin', [2026, 0, 9, 7, 30], '2026-01-09T06:30'],
    ['in summer', 'Europe/Berlin', [2026, 6, 10, 7, 30], '2026-07-10T05:30'],
    [
      'that is skipped is the first moment after it',
      'Europe/Berlin',
      [2026, 2, 29, 2, 30],
      '2026-03-29T01:00',
    ],
    ['that comes twice is the first of the two', 'Europe/Berlin', [2026, 9, 25, 2, 30], '2026-10-25T00:30'],
    [
      'where clocks are moved by half an hour',
      'Australia/Lord_Howe',
      [2026, 9, 4, 2, 15],
      '2026-10-03T15:30',
    ],
    ['of a quarter-hour zone', 'Asia/Kathmandu', [2026, 0, 1, 0, 0], '2025-12-31T18:15'],
    ['on a day that a country left out', 'Pacific/Apia', [2011, 11, 30, 12, 0], '2011-12-30T10:00'],
    ['in UTC', 'UTC', [2026, 2, 29, 2, 30], '2026-03-29T02:30'],
  ] as const)('%s', (_, zone, [year, month, day, hour, minute], expected) => {
    expect(iso(momentOf(Date.UTC(year, month, day, hour, minute), zone))).toBe(expected);
  });

  test('of a moment leads back to it, but for the second of two', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020, 0) / 60_000, max: Date.UTC(2030, 0) / 60_000 }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Australia/Lord_Howe'),
        (minute, zone) => {
          const atMs = minute * 60_000;
          const back = momentOf(localMs(atMs, zone), zone);
          expect(back).toBeLessThanOrEqual(atMs);
          expect(atMs - back).toBeLessThanOrEqual(3_600_000);
          expect(localMs(back, zone)).toBe(localMs(atMs, zone));
        },
      ),
    );
  });
});

test.each([
  ['Europe/Berlin', true],
  ['America/Argentina/Buenos_Aires', true],
  ['UTC', true],
  ['Europe/Atlantis', false],
  ['CEST', false],
  ['+01:00', false],
  ['', false],
])('%s is a zone: %s', (name, expected) => {
  expect(isZone(name)).toBe(expected);
});
