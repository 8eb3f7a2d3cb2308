/** A backtest with a calendar of events: nothing is traded during them, and the roll follows when they are over. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { playJob, type BacktestJob } from '../../../src/backtest/job.ts';
import { readAxis, sweep } from '../../../src/backtest/sweep.ts';
import { demoTapePath } from '../../../src/cli/demo/programme.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollkeeper-played-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const spec = {
  symbol: 'BTC-31MAR23-22000-C-USDT',
  trigger: { every: 'day at 09:30 Europe/Berlin' },
  target: '+1 steps',
  guards: { notDuring: 'events', cooldown: '5m' },
};
const job = (changes: Partial<BacktestJob>): BacktestJob => ({
  spec,
  qty: '0.5',
  side: 'Sell',
  cash: '50000',
  volatility: 0.55,
  tape: { path: demoTapePath, toMs: Date.UTC(2023, 2, 4) },
  ...changes,
});
const hoursOf = async (changes: Partial<BacktestJob>): Promise<string[]> =>
  (await playJob(job(changes))).rolls.map(({ startedAtMs }) =>
    new Date(startedAtMs).toISOString().slice(5, 16),
  );

const yaml = '- { name: speech, times: 2023-03-02 }\n';
/** A series that began long before the prices; one time of it is cancelled. */
const ics = [
  ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:test', 'BEGIN:VEVENT', 'UID:1', 'SUMMARY:speech'],
  ...['DTSTART;TZID=Europe/Berlin:20221222T090000', 'DURATION:PT2H', 'RRULE:FREQ=WEEKLY', 'END:VEVENT'],
  ...['BEGIN:VEVENT', 'UID:1', 'RECURRENCE-ID;TZID=Europe/Berlin:20230309T090000', 'STATUS:CANCELLED'],
  ...['DTSTART;TZID=Europe/Berlin:20230309T090000', 'END:VEVENT', 'END:VCALENDAR', ''],
].join('\r\n');

test('nothing is rolled on a day of events', async () => {
  const blackoutsPath = fileOf('events.yaml', yaml);
  const free = { ...spec, guards: { cooldown: '5m' } };
  expect(await hoursOf({ spec: free })).toEqual(['03-01T08:30', '03-02T08:30', '03-03T08:30']);
  expect(await hoursOf({ blackoutsPath })).toEqual(['03-01T08:30', '03-03T08:30']);
});

test('a price that is still there when the events are over is rolled on then', async () => {
  const priced = { ...spec, trigger: 23_600 };
  const free = await hoursOf({ spec: { ...priced, guards: { cooldown: '5m' } } });
  const [first = ''] = free;
  const [day, hour] = [first.slice(0, 5), Number(first.slice(6, 8))];
  const times = `2023-${day} ${String(hour).padStart(2, '0')}:00..${String(hour + 2).padStart(2, '0')}:00`;
  const blackoutsPath = fileOf('events.yaml', `- "${times}"`);
  const [later = ''] = await hoursOf({ spec: priced, blackoutsPath });
  expect(later > `${day}T${String(hour + 2).padStart(2, '0')}`).toBe(true);
});

test('an iCalendar is followed with its series, and what is cancelled in it', async () => {
  const blackoutsPath = fileOf('events.ics', ics);
  const tape = { path: demoTapePath, toMs: Date.UTC(2023, 2, 10) };
  const days = (await hoursOf({ blackoutsPath, tape })).map((hour) => hour.slice(0, 5));
  expect(days).not.toContain('03-02');
  expect(days).toContain('03-09');
});

test('every thread of a sweep has the calendar', async () => {
  const blackoutsPath = fileOf('events.ics', ics);
  const axes = [readAxis('guards.cooldown=5m,6m')];
  const rows = await sweep({ axes, job: job({ blackoutsPath }), threads: 2 });
  expect(rows.map(({ refusal, rolls }) => ({ refusal, rolls }))).toEqual([
    { refusal: null, rolls: 2 },
    { refusal: null, rolls: 2 },
  ]);
});

describe('it does not begin', () => {
  const failureOf = async (changes: Partial<BacktestJob>): Promise<string> =>
    playJob(job(changes)).then(
      () => 'it began',
      (error: unknown) => String(error),
    );

  test('without a calendar that the task asks for: the option is named', async () => {
    expect(await failureOf({})).toMatch(
      /guards\.notDuring: found events, expected a calendar of events beside the prices: --blackouts FILE/,
    );
  });

  test('with a calendar that the task does not look at', async () => {
    const blackoutsPath = fileOf('events.yaml', yaml);
    expect(await failureOf({ blackoutsPath, spec: { ...spec, guards: {} } })).toMatch(
      /--blackouts: found a calendar of events, expected a task that looks at it/,
    );
  });

  test.each([
    ['that is not there', 'none.ics', /--blackouts: found .*ENOENT/],
    ['of another kind', 'events.txt', /--blackouts: found ".*events\.txt", expected a calendar of events/],
    ['with something wrong in it', 'wrong.ics', /--blackouts: found .*wrong\.ics: no iCalendar/],
    ['with a wrong time in it', 'wrong.yaml', /found "Christmas", expected dated times/],
  ])('with a file %s', async (_, name, problem) => {
    fileOf('wrong.ics', '<html>');
    fileOf('wrong.yaml', '- Christmas');
    expect(await failureOf({ blackoutsPath: join(folder, name) })).toMatch(problem);
  });
});
