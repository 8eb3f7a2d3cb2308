import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapped } from '../../../src/cli/demo/wrapped.ts';

const roll = '2023-03-03 01:32:00    rolled: net credit -210, fees 6.732081, next trigger index below 21500';

test('a line that fits stays as it is', () => {
  expect(wrapped(roll, 120)).toEqual([roll]);
});

test('a longer one goes on, indented, in the next', () => {
  expect(wrapped(roll, 80)).toEqual([
    '2023-03-03 01:32:00    rolled: net credit -210, fees 6.732081, next trigger',
    '    index below 21500',
  ]);
});

test('no word is lost, and no line is longer than the screen unless one word is', () => {
  const words = fc.array(fc.stringMatching(/^[a-z0-9,.-]{1,20}$/), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(words, fc.integer({ min: 30, max: 100 }), (given, columns) => {
      const lines = wrapped(given.join(' '), columns);
      expect(lines.every((line) => line.length <= columns)).toBe(true);
      expect(lines.join(' ').split(/ +/)).toEqual(given);
    }),
  );
});
