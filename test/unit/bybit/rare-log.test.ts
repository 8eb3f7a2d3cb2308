import { pino } from 'pino';
import { expect, test } from 'vitest';
import { RareLog } from '../../../src/exchange/bybit/rare-log.ts';
import { HandTime } from './hand-time.ts';

function record() {
  const lines: { msg: string; more?: number; nth?: number }[] = [];
  const local = new HandTime();
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  return {
    lines,
    local,
    rare: new RareLog('a frame was skipped', { log, local, linesMax: 3, windowMs: 1_000 }),
  };
}

test('a warning that repeats is logged a few times, then counted', async () => {
  const { lines, local, rare } = record();
  for (let nth = 1; nth <= 3_115; nth += 1) rare.warn(() => ({ nth }));
  expect(lines.map(({ nth }) => nth)).toEqual([1, 2, 3]);
  await local.pass(1_000);
  expect(lines.at(-1)).toMatchObject({ more: 3_112, msg: 'a frame was skipped: and 3,112 more like it' });
  rare.warn(() => ({ nth: 4 }));
  expect(lines.at(-1)).toMatchObject({ nth: 4 });
  await local.pass(5_000);
  expect(lines).toHaveLength(5);
});

test('what was not logged by the end is counted then', () => {
  const { lines, rare } = record();
  for (let nth = 1; nth <= 5; nth += 1) rare.warn(() => ({ nth }));
  rare.flush();
  expect(lines.at(-1)?.more).toBe(2);
});
