/** A journal that cannot write is said out loud for as long as it lasts. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { reportJournal } from '../../../src/telemetry/journal-watch.ts';

test('the log says how many turns wait and why, and nothing while the journal is healthy', () => {
  const lines: { level: number; msg: string; reason: string }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  reportJournal({ waiting: 3, healthy: true, lastError: null, lagMs: 4_000, slowForMs: 2_000 }, log);
  expect(lines).toEqual([]);
  reportJournal(
    { waiting: 7, healthy: false, lastError: 'ECONNREFUSED', lagMs: 4_000, slowForMs: 9_000 },
    log,
  );
  expect(lines).toMatchObject([
    {
      level: 50,
      msg: 'the journal cannot write, 7 turns wait: no order is sent until the database is back',
      reason: 'ECONNREFUSED',
    },
  ]);
});

test('the log says that a database is too slow once that lasts', () => {
  const lines: { level: number; msg: string }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  reportJournal({ waiting: 1, healthy: true, lastError: null, lagMs: 900.4, slowForMs: 6_100.2 }, log);
  expect(lines).toMatchObject([{ level: 50, lagMs: 900, slowForMs: 6_100 }]);
  expect(lines[0]?.msg).toMatch(/^the database takes seconds to store a turn/);
});
