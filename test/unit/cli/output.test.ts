import { expect, it } from 'vitest';
import { emphasised, renderTable, timeText } from '../../../src/cli/shell/output.ts';
import { shellWord } from '../../../src/cli/shell/shell-word.ts';

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

it('What failed, is critical or was refused stands out where there are colours, and nowhere else', () => {
  const table = 'main  FAILED  critical: refused by the exchange\nside  IDLE.watching';
  expect(emphasised(table, { hasColour: true })).toBe(
    'main  \u001b[1m\u001b[31mFAILED\u001b[39m\u001b[22m  ' +
      '\u001b[1m\u001b[31mcritical\u001b[39m\u001b[22m: ' +
      '\u001b[1m\u001b[31mrefused\u001b[39m\u001b[22m by the exchange\nside  IDLE.watching',
  );
  expect(emphasised(table, { hasColour: false })).toBe(table);
});

it('A moment is written in UTC', () => {
  expect(timeText(1_677_628_800_000)).toBe('2023-03-01 00:00:00 UTC');
});

it('A suggested command can be pasted into a shell', () => {
  expect(shellWord('ann')).toBe('ann');
  expect(shellWord("ann o'hara")).toBe(String.raw`'ann o'\''hara'`);
});
