import { expect, test } from 'vitest';
import { Tally } from '../../../src/backtest/tally.ts';

test('a curve of any length keeps its ends, its worst fall and at most 17,520 points', () => {
  const tally = new Tally();
  const total = 200_001;
  for (let at = 0; at < total; at += 1)
    tally.sample({ atMs: at, rolling: at === 70_001 ? '-5' : '1', notRolling: String(at) });
  const { equity, worstDrawdown, result } = tally.outcome(total);
  expect(equity.length).toBeLessThanOrEqual(17_520);
  expect(equity.length).toBeGreaterThan(8_000);
  expect([equity[0]?.atMs, equity.at(-1)?.atMs]).toEqual([0, total - 1]);
  const gaps = new Set(equity.slice(1, -1).map(({ atMs }, at) => atMs - (equity[at]?.atMs ?? 0)));
  expect(gaps.size).toBe(1);
  expect(worstDrawdown).toEqual({ rolling: '6', notRolling: '0' });
  expect(result).toEqual({ rolling: '1', notRolling: String(total - 1) });
});
