import { expect, test } from 'vitest';
import { foreignText } from '../../../src/domain/foreign-text.ts';

test.each([
  ['margin is not enough', 'margin is not enough'],
  ['\u001b]0;owned\u0007\u001b[31mred\u001b[0m', ']0;owned [31mred [0m'],
  ['two\r\nlines\u2028three', 'two lines three'],
  ['left\u202eright\u2066', 'left right'],
  ['\u009b31m', '31m'],
  ['\u0000', ''],
  ['価格が範囲外です', '価格が範囲外です'],
])('%j is shown as %j', (text, shown) => expect(foreignText(text)).toBe(shown));

test('a long text is shortened and counted, never in the middle of a character', () => {
  expect(foreignText('x'.repeat(1_000_000), 5)).toBe('xxxxx … (1000000 characters)');
  expect(foreignText('abcd😀efgh', 5)).toBe('abcd … (10 characters)');
});

test('a long text of control characters leaves none', () => {
  expect(foreignText('\u001b'.repeat(100_000), 10)).toBe(' … (100000 characters)');
});
