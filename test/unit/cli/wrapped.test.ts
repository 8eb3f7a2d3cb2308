/** Help pages on narrow terminals: broken at spaces, every word kept. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../src/cli/shell/program.ts';
import { wrapped } from '../../../src/cli/shell/wrapped.ts';

const longest = (text: string): number => Math.max(...text.split('\n').map(({ length }) => length));
const wordsOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);

describe('a help page', () => {
  it('fits into 80 columns, of every command', async () => {
    const program = await buildProgram();
    const all = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)];
    expect(all.length).toBeGreaterThan(30);
    for (const command of all) {
      let page = '';
      command.configureOutput({ writeOut: (text) => (page += text), getOutHelpWidth: () => 80 });
      command.outputHelp();
      const narrow = wrapped(page, 80);
      const tooLong = narrow.split('\n').filter((line) => line.length > 80 && line.trim().includes(' '));
      expect(tooLong).toEqual([]);
      expect(wordsOf(narrow)).toEqual(wordsOf(page));
    }
  });
});

describe('a line that is too long', () => {
  it('of prose is filled anew together with the lines that follow it', () => {
    expect(wrapped('one two three four\nfive six\n\nseven', 12)).toBe(
      'one two\nthree four\nfive six\n\nseven',
    );
  });

  it('in columns continues under its last column', () => {
    expect(wrapped('  add   a task to a daemon', 18)).toBe('  add   a task to\n        a daemon');
  });

  it('whose last column begins too far to the right continues under its own indent', () => {
    expect(wrapped('  rollkeeper add it    prints it', 24)).toBe('  rollkeeper add it\n    prints it');
  });

  it('keeps every word in its order, and breaks none', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '-', '–'), minLength: 1, maxLength: 12 });
    const line = fc
      .tuple(fc.nat({ max: 6 }), fc.array(fc.tuple(word, fc.constantFrom(' ', '   ')), { maxLength: 20 }))
      .map(([indent, words]) => ' '.repeat(indent) + words.flat().join('').trimEnd());
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 24, max: 90 }), (lines, columns) => {
        const text = lines.join('\n');
        const narrow = wrapped(text, columns);
        expect(wordsOf(narrow)).toEqual(wordsOf(text));
        expect(longest(narrow)).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
