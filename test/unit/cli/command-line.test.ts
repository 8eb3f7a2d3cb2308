/** What people type in other orders and by other names. */
import { execFileSync } from 'node:child_process';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { normalised, removalHint } from '../../../src/cli/shell/command-line.ts';
import { scriptOf } from '../../../src/cli/shell/completion.ts';
import { renderTable } from '../../../src/cli/shell/output.ts';
import { buildProgram } from '../../../src/cli/shell/program.ts';

const program = await buildProgram();
const shellNames = ['bash', 'zsh', 'fish'];
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
      COMP_WORDS=(rollkeeper preset show h); COMP_CWORD=3; _rollkeeper; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(rollkeeper completion ''); COMP_CWORD=2; _rollkeeper; echo "\${COMPREPLY[@]:0:3}"
      COMP_WORDS=(rollkeeper account share main --role ''); COMP_CWORD=5; _rollkeeper; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(rollkeeper task add --data ''); COMP_CWORD=4; _rollkeeper; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(
      'preview pause\n--symbol\nthetagang\nhalf-profit\nbash zsh fish\nviewer trader\n\n',
    );
  });

  it('is completed by bash with every command and option that there is, so that nothing is left behind', () => {
    const places = (command: Command, path: readonly string[]): (readonly [string, string])[] => {
      const offered = [
        ...command.commands.map((child) => child.name()),
        ...command.options.map(({ long }) => long ?? ''),
      ];
      return [
        [path.join(' '), offered.sort().join(' ')],
        ...command.commands.flatMap((child) => places(child, [...path, child.name()])),
      ];
    };
    const all = places(program, []);
    const asked = all.map(
      ([path]) =>
        `COMP_WORDS=(rollkeeper ${path} ''); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _rollkeeper; echo "\${COMPREPLY[@]}"`,
    );
    const script = `${scriptOf('bash', program, [])}\n${asked.join('\n')}`;
    const lines = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n');
    for (const [at, [path, offered]] of all.entries()) {
      const words = (lines[at] ?? '')
        .split(' ')
        .filter((word) => word !== '--help' && !shellNames.includes(word));
      expect(`${path}: ${words.sort().join(' ')}`).toBe(`${path}: ${offered}`.trim());
    }
  });

  const installed = (shell: string): boolean => {
    try {
      execFileSync(shell, ['--version']);
      return true;
    } catch {
      return false;
    }
  };

  // reason: zsh and fish are not everywhere; where one is, it reads its script
  it.each((['zsh', 'fish'] as const).filter(installed))(
    'is completed by %s, which can read its script',
    (shell) => {
      expect(
        execFileSync(shell, ['-n'], { input: scriptOf(shell, program, ['half-profit']), encoding: 'utf8' }),
      ).toBe('');
    },
  );

  it('is completed by fish with what each command and option is for', () => {
    const script = scriptOf('fish', program, ['half-profit']);
    expect(script).toContain("-f -a doctor -d 'Examine everything that a daemon needs");
    expect(script).toMatch(/seen_subcommand_from share' -l role -x -a 'viewer trader' -d /);
    for (const line of script.trim().split('\n'))
      expect(line).toMatch(/^complete -c rollkeeper -n '[^']+' -/);
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
