/** An iCalendar as other programs write it: zones, series, what is taken out of them, and what is wrong in it. */
import { describe, expect, test } from 'vitest';
import { readICalendar } from '../../../src/files/calendar-thread.ts';
import { eventsIn } from '../../../src/files/icalendar.ts';
import { windowsZones } from '../../../src/files/windows-zones.ts';
import { isZone } from '../../../src/domain/zones.ts';

const span = { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2027, 0, 1) };
const calendar = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:test', ...lines, 'END:VCALENDAR', ''].join('\r\n');
let uid = 0;
const event = (...lines: string[]): string[] => {
  uid += 1;
  const own = lines.some((line) => line.startsWith('UID')) ? [] : [`UID:${uid}@test`];
  return ['BEGIN:VEVENT', ...own, 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'];
};
const shown = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
const read = (...lines: string[]): string[] =>
  eventsIn(calendar(...lines), span).map(
    ({ fromMs, toMs, name }) => `${shown(fromMs)} to ${shown(toMs)}${name === null ? '' : ` ${name}`}`,
  );

/** As Outlook writes it: the rules of the zone under a name of its own. */
const customZone = [
  ...['BEGIN:VTIMEZONE', 'TZID:Customized Time Zone'],
  ...['BEGIN:STANDARD', 'DTSTART:16010101T030000', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100'],
  ...['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'END:STANDARD'],
  ...['BEGIN:DAYLIGHT', 'DTSTART:16010101T020000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200'],
  ...['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3', 'END:DAYLIGHT', 'END:VTIMEZONE'],
];

describe('when an event is', () => {
  test.each<[string, string[], string]>([
    [
      'from one time to another, in UTC',
      ['DTSTART:20261210T133000Z', 'DTEND:20261210T150000Z', 'SUMMARY:CPI'],
      '2026-12-10 13:30 to 2026-12-10 15:00 CPI',
    ],
    ['for so long', ['DTSTART:20261210T133000Z', 'DURATION:PT1H30M'], '2026-12-10 13:30 to 2026-12-10 15:00'],
    ['a moment: it lasts an hour', ['DTSTART:20261210T133000Z'], '2026-12-10 13:30 to 2026-12-10 14:30'],
    ['a whole day', ['DTSTART;VALUE=DATE:20261225'], '2026-12-25 00:00 to 2026-12-26 00:00'],
    [
      'whole days, the last one not among them',
      ['DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261227'],
      '2026-12-25 00:00 to 2026-12-27 00:00',
    ],
    [
      'in a zone by its IANA name',
      ['DTSTART;TZID=America/New_York:20261209T140000', 'DTEND;TZID=America/New_York:20261209T150000'],
      '2026-12-09 19:00 to 2026-12-09 20:00',
    ],
    [
      "in a zone by a name that ends with IANA's",
      ['DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20261209T140000', 'DURATION:PT1H'],
      '2026-12-09 13:00 to 2026-12-09 14:00',
    ],
    [
      'in a zone by its Windows name',
      ['DTSTART;TZID=Eastern Standard Time:20261209T140000', 'DURATION:PT1H'],
      '2026-12-09 19:00 to 2026-12-09 20:00',
    ],
    [
      'from one zone to another',
      ['DTSTART;TZID=Europe/Berlin:20261209T140000', 'DTEND;TZID=America/New_York:20261209T090000'],
      '2026-12-09 13:00 to 2026-12-09 14:00',
    ],
    [
      'running already when the span begins',
      ['DTSTART:20261031T000000Z', 'DTEND:20261101T120000Z'],
      '2026-10-31 00:00 to 2026-11-01 12:00',
    ],
  ])('%s', (_, lines, expected) => {
    expect(read(...event(...lines))).toEqual([expected]);
  });

  test('in a zone that the calendar explains', () => {
    const start = 'DTSTART;TZID=Customized Time Zone:20261209T140000';
    expect(read(...customZone, ...event(start, 'DURATION:PT1H'))).toEqual([
      '2026-12-09 13:00 to 2026-12-09 14:00',
    ]);
  });

  test('in the zone of the calendar, where it names none', () => {
    const events = [...event('DTSTART:20261209T140000'), ...event('DTSTART;VALUE=DATE:20261225')];
    expect(read('X-WR-TIMEZONE:America/New_York', ...events)).toEqual([
      '2026-12-09 19:00 to 2026-12-09 20:00',
      '2026-12-25 05:00 to 2026-12-26 05:00',
    ]);
  });

  test('before or after the span: it is left out', () => {
    expect(read(...event('DTSTART:20261031T220000Z'), ...event('DTSTART:20270101T000000Z'))).toEqual([]);
  });
});

describe('a series', () => {
  test('keeps its hour when clocks are moved', () => {
    const start = 'DTSTART;TZID=Europe/Berlin:20261018T090000';
    const wide = { fromMs: Date.UTC(2026, 9, 1), toMs: Date.UTC(2026, 10, 3) };
    const all = eventsIn(
      calendar(...event(start, 'RRULE:FREQ=WEEKLY;BYDAY=SU', 'EXDATE:20261101T080000Z')),
      wide,
    );
    expect(all.map(({ fromMs }) => shown(fromMs))).toEqual(['2026-10-18 07:00', '2026-10-25 08:00']);
  });

  test('that began long ago goes on, on the days that its rule names', () => {
    const start = 'DTSTART;TZID=America/New_York:20100101T083000';
    expect(read(...event(start, 'RRULE:FREQ=MONTHLY;BYDAY=1FR', 'SUMMARY:Jobs'))).toEqual([
      '2026-11-06 13:30 to 2026-11-06 14:30 Jobs',
      '2026-12-04 13:30 to 2026-12-04 14:30 Jobs',
    ]);
  });

  test.each([
    ['a number', 'COUNT=3', ['2026-11-02', '2026-11-03', '2026-11-04']],
    ['a moment in another zone', 'UNTIL=20261103T000000Z', ['2026-11-02', '2026-11-03']],
    ['a day', 'UNTIL=20261103', ['2026-11-02', '2026-11-03']],
  ])('ends after %s', (_, end, days) => {
    const start = 'DTSTART;TZID=Asia/Tokyo:20261102T090000';
    const all = read(...event(start, `RRULE:FREQ=DAILY;${end}`));
    expect(all.map((line) => line.slice(0, 10))).toEqual(days);
  });

  test('lacks what was taken out, cancelled or moved, and has what was added', () => {
    const start = ['UID:series', 'DTSTART;TZID=Europe/Berlin:20261201T100000', 'DURATION:PT1H'];
    const rule = ['RRULE:FREQ=DAILY;COUNT=6', 'EXDATE;TZID=Europe/Berlin:20261202T100000,20261203T100000'];
    const more = ['RDATE;TZID=Europe/Berlin:20261220T180000', 'RDATE;VALUE=PERIOD:20261221T100000Z/PT3H'];
    const moved = ['UID:series', 'RECURRENCE-ID;TZID=Europe/Berlin:20261204T100000'];
    const cancelled = ['UID:series', 'RECURRENCE-ID:20261205T090000Z', 'STATUS:CANCELLED'];
    expect(
      read(
        ...event(...start, ...rule, ...more),
        ...event(...moved, 'DTSTART:20261204T150000Z', 'DTEND:20261204T160000Z', 'SUMMARY:later'),
        ...event(...cancelled, 'DTSTART:20261205T090000Z'),
      ),
    ).toEqual([
      '2026-12-01 09:00 to 2026-12-01 10:00',
      '2026-12-04 15:00 to 2026-12-04 16:00 later',
      '2026-12-06 09:00 to 2026-12-06 10:00',
      '2026-12-20 17:00 to 2026-12-20 18:00',
      '2026-12-21 10:00 to 2026-12-21 13:00',
    ]);
  });
});

describe('what is not traded around', () => {
  test('is nothing that is cancelled, and no task of a list', () => {
    const todo = ['BEGIN:VTODO', 'UID:todo', 'DTSTART:20261209T140000Z', 'SUMMARY:File', 'END:VTODO'];
    expect(read(...event('DTSTART:20261209T140000Z', 'STATUS:CANCELLED'), ...todo)).toEqual([]);
  });

  test('is nothing at all in an empty calendar', () => {
    expect(read()).toEqual([]);
  });
});

test('a name is shown on one line, without what steers a terminal, and short', () => {
  const [found = ''] = read(
    ...event('DTSTART:20261209T140000Z', `SUMMARY:CPI\\, core\\nand \u001b[31mall\u0007 ${'x'.repeat(100)}`),
  );
  expect(found).toContain(' CPI, core and all xxx');
  expect(found.length).toBeLessThan(130);
});

describe('it is refused as a whole', () => {
  test.each<[string, string, RegExp]>([
    ['a page', '<!DOCTYPE html><title>Sign in</title>', /no iCalendar: it begins with "<!DOCTYPE html>/],
    ['nothing', '', /no iCalendar: it is empty/],
    ['one that ends in the middle', calendar(...event('DTSTART:20261209T140000Z')).slice(0, -20), /complete/],
    [
      'an unknown zone',
      calendar(...event('DTSTART;TZID=My Zone:20261209T140000', 'SUMMARY:CPI')),
      /event "CPI": the time zone "My Zone" is not known, and the calendar does not say what it is/,
    ],
    ['a start that is no time', calendar(...event('DTSTART:soon', 'SUMMARY:CPI')), /event "CPI"|complete/],
    ['no start', calendar(...event('SUMMARY:CPI')), /event "CPI": it has no DTSTART/],
    [
      'an end before its start',
      calendar(...event('DTSTART:20261209T140000Z', 'DTEND:20261209T130000Z', 'SUMMARY:CPI')),
      /event "CPI": it ends before it begins/,
    ],
    [
      'more than can matter',
      calendar(...event('DTSTART:20261101T000000Z', 'RRULE:FREQ=MINUTELY')),
      /more than 5000 events/,
    ],
    [
      'a change of all that follows',
      calendar(...event('DTSTART:20261209T140000Z', 'RECURRENCE-ID;RANGE=THISANDFUTURE:20261209T140000Z')),
      /RANGE/,
    ],
  ])('%s', (_, text, problem) => {
    expect(() => eventsIn(text, span)).toThrow(problem);
  });
});

test('every Windows name stands for a zone that is known', () => {
  expect(Object.values(windowsZones).filter((zone) => !isZone(zone))).toEqual([]);
});

describe('in a thread of its own', () => {
  test('it is read, and what is wrong is said', async () => {
    const text = calendar(...event('DTSTART:20261209T140000Z', 'SUMMARY:CPI'));
    expect(await readICalendar(text, span)).toEqual(eventsIn(text, span));
    await expect(readICalendar('<html>', span)).rejects.toThrow('no iCalendar: it begins with "<html>"');
  });

  test('a series whose next time is looked for in vain is given up', { timeout: 20_000 }, async () => {
    const endless = event('DTSTART:20261209T140000Z', 'RRULE:FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2');
    await expect(readICalendar(calendar(...endless), span)).rejects.toThrow(
      'reading it takes more than 10 s: a series in it may never end',
    );
  });
});
