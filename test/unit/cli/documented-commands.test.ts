/**
 * Commands in documents, in blocks and within sentences: each is a command of the program, with options that it has. What they do is shown
 * where they are run, those of the README by test/e2e/readme.test.ts.
 */
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from '../../../src/cli/shell/program.ts';
import { read, repositoryPaths } from '../../tidy/source.ts';

const program = await buildProgram();
const documents = repositoryPaths().filter((path) => path.endsWith('.md') && path !== 'CHANGELOG.md');

interface Written {
  readonly path: string;
  readonly line: string;
}
const written: readonly Written[] = documents.flatMap((path) => {
  const text = read(path).text.replace(/\\\n\s*/g, ' ');
  const blocks = [...text.matchAll(/^```(?:sh)?\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  const quoted = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, code = '']) => code,
  );
  return [...blocks, ...quoted].map((line) => ({ path, line }));
});

/** A command as typed, up to its comment or to what comes after it on the line. */
const typed = /(?:^|[|] *|npx |&& |sudo -u \w+ )rollkeeper +([a-z][^#|;&>]*)/;
const calls = written.flatMap(({ path, line }) => {
  const [, words] = typed.exec(line) ?? [];
  return words === undefined ? [] : [{ path, words: words.trim().split(/\s+/) }];
});

/** @returns what is wrong with it; `null` for nothing */
function faultOf(words: readonly string[]): string | null {
  let command: Command = program;
  for (const word of words) {
    const child = command.commands.find((each) => each.name() === word);
    if (child === undefined) break;
    command = child;
  }
  if (command === program) return 'no command of this name';
  const known = [...command.options, ...program.options].map(({ long }) => long);
  const options = words.flatMap((word) => /^--[a-z][a-z-]*/.exec(word) ?? []);
  const unknown = options.filter((option) => !known.includes(option) && option !== '--help');
  return unknown.length === 0 ? null : `no option ${unknown.join(', ')}`;
}

test('Every command that a document names is one of the program, with its options', () => {
  const wrong = calls.flatMap(({ path, words }) => {
    const fault = faultOf(words);
    return fault === null ? [] : [`${path}: rollkeeper ${words.join(' ')}: ${fault}`];
  });
  expect(wrong).toEqual([]);
  expect(calls.length).toBeGreaterThan(100);
  expect(faultOf(['taks', 'list'])).toBe('no command of this name');
  expect(faultOf(['task', 'list', '--jsno'])).toBe('no option --jsno');
});
