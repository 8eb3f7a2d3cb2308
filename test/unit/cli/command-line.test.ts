/** What people type in other orders and by other names. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { normalised, removalHint } from '../../../src/cli/shell/command-line.ts';
import { scriptOf } from '../../../src/cli/shell/completion.ts';
import { renderTable } from '../../../src/cli/shell/output.ts';
import { buildProgram } from '../../../src/cli/shell/program.ts';

const program = await buildProgram();
const asTyped = (line: string): string => normalised(program, line.split(' ')).join(' ');

describe('a command line', () => {
  it('is completed by a zsh that has not switched its own completion on', () => {
    expect(scriptOf('zsh', program, [])).toMatch(
      /\$\+functions\[compdef\].*compinit[^]*bashcompinit[^]*complete -o/,
    );
  });

  it.each([
    ['--json task list', 'task list --json'],
    ['task --data ./kept list --user ann', 'task list --user ann --data ./kept'],
    ['--data=./kept --verbose journal abc', 'journal abc --data=./kept --verbose'],
    ['--json task show -- abc', 'task show --json -- abc'],
    ['task list --json', 'task list --json'],
    ['help task add', 'task add --help'],
    ['help', '--help'],
    ['help nonsense', 'nonsense'],
    ['--version', '--version'],
  ])('%s means %s', (typed, meant) => {
    expect(asTyped(typed)).toBe(meant);
  });

  it('that removes is answered with commands that exist', () => {
    for (const line of ['task rm x', 'task delete x', 'account remove main', 'user del ann']) {
      const hint = removalHint(program, line.split(' ')) ?? '';
      const [, group, verb] = /rollkeeper (\w+) (\w+)/.exec(hint) ?? [];
      const commands = program.commands.find((each) => each.name() === group)?.commands ?? [];
      expect(commands.map((each) => each.name())).toContain(verb);
    }
    expect(removalHint(program, ['task', 'list'])).toBeNull();
  });

  it('is completed by bash', () => {
    const script = `${scriptOf('bash', program, ['thetagang', 'half-profit'])}
      COMP_WORDS=(rollkeeper task p); COMP_CWORD=2; _rollkeeper; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(rollkeeper task add --sy); COMP_CWORD=3; _rollkeeper; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(rollkeeper task add --preset t); COMP_CWORD=4; _rollkeeper; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(rollkeeper preset show h); COMP_CWORD=3; _rollkeeper; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(
      'preview pause\n--symbol\nthetagang\nhalf-profit\n',
    );
  });
});

it('Figures stand to the right, with their coin', () => {
  expect(
    renderTable(
      ['A', 'FEE'],
      [
        ['x', '1.5 USDT'],
        ['y', '-20 USDT'],
      ],
    ),
  ).toBe(['A       FEE', 'x  1.5 USDT', 'y  -20 USDT'].join('\n'));
});
