/** A journal that cannot write is said out loud for as long as it lasts. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { reportJournal } from '../../../src/telemetry/journal-watch.ts';

test('the log says how many turns wait and why, and nothing while the journal is healthy', () => {
  const lines: { level: number; msg: string; reason: string }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  reportJournal({ waiting: 3, healthy: true, lastError: null }, log);
  expect(lines).toEqual([]);
  reportJournal({ waiting: 7, healthy: false, lastError: 'ECONNREFUSED' }, log);
  expect(lines).toMatchObject([
    {
      level: 50,
      msg: 'the journal cannot write, 7 turns wait: no order is sent until the database is back',
      reason: 'ECONNREFUSED',
    },
  ]);
});
