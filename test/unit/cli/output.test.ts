import { expect, it } from 'vitest';
import { renderTable, timeText } from '../../../src/cli/output.ts';
import { shellWord } from '../../../src/cli/shell-word.ts';

it('A table is columns under their heads, without frames or colours', () => {
  expect(
    renderTable(
      ['TASK', 'STATE'],
      [
        ['k7m2p9qx4d', 'IDLE.watching'],
        ['x', 'QUEUED'],
      ],
    ),
  ).toBe(['TASK        STATE', 'k7m2p9qx4d  IDLE.watching', 'x           QUEUED'].join('\n'));
});

it('A moment is written in UTC', () => {
  expect(timeText(1_677_628_800_000)).toBe('2023-03-01 00:00:00 UTC');
});

it('A suggested command can be pasted into a shell', () => {
  expect(shellWord('ann')).toBe('ann');
  expect(shellWord("ann o'hara")).toBe(String.raw`'ann o'\''hara'`);
});
