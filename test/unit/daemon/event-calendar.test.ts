/** The operator's calendar: read at once and again, kept when it cannot be read, and each failure is in the log. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileCalendar } from '../../../src/daemon/event-calendar.ts';

let folder = '';
let path = '';
const open: FileCalendar[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollkeeper-calendar-'));
  path = join(folder, 'blackouts.yaml');
});
afterEach(() => {
  for (const calendar of open.splice(0)) calendar.close();
  rmSync(folder, { recursive: true });
});

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly problem?: string;
}

function reading() {
  const lines: Line[] = [];
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line) as Line) });
  const clock = { atMs: 1_000, nowMs: () => clock.atMs };
  const calendar = new FileCalendar({ path, clock, log, everyMs: 20 });
  open.push(calendar);
  return { calendar, clock, lines };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

test('is read at once, with names and without', () => {
  writeFileSync(path, '- { name: FOMC, times: 2026-12-09 14:00..16:00 America/New_York }\n- 2026-12-25\n');
  const { calendar } = reading();
  expect(calendar.known()).toEqual({
    asOfMs: 1_000,
    events: [
      { fromMs: Date.UTC(2026, 11, 9, 19), toMs: Date.UTC(2026, 11, 9, 21), name: 'FOMC' },
      { fromMs: Date.UTC(2026, 11, 25), toMs: Date.UTC(2026, 11, 26), name: null },
    ],
  });
});

test('an empty file is a calendar without events', () => {
  writeFileSync(path, '# nothing yet\n');
  expect(reading().calendar.known()).toEqual({ asOfMs: 1_000, events: [] });
});

test('that is not there is not known, is said, and is read once it is', async () => {
  const { calendar, clock, lines } = reading();
  expect(calendar.known()).toBeNull();
  expect(lines[0]?.msg).toMatch(/cannot be read: tasks with notDuring: events do not roll until it can/);
  clock.atMs = 5_000;
  writeFileSync(path, '- 2026-12-25\n');
  await until(() => calendar.known() !== null);
  expect(calendar.known()).toMatchObject({ asOfMs: 5_000 });
});

test('that can no longer be read stays known as of its time, and the fault is named', async () => {
  writeFileSync(path, '- 2026-12-25\n');
  const { calendar, clock, lines } = reading();
  const before = calendar.known();
  clock.atMs = 9_000;
  writeFileSync(path, '- 2026-12-25\n- Christmas\n');
  await until(() => lines.some(({ level }) => level >= 50));
  expect(calendar.known()).toEqual({ ...before, asOfMs: calendar.known()?.asOfMs });
  expect(lines.find(({ level }) => level >= 50)).toMatchObject({
    msg: expect.stringContaining('what it said at 1970-01-01T00:00:0') as string,
    problem: expect.stringContaining('found "Christmas", expected dated times') as string,
  });
});
