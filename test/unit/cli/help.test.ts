import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../src/cli/shell/program.ts';

interface Page {
  readonly path: string;
  readonly help: string;
  readonly options: readonly string[];
}

/** The commands that do something, with the help a person sees. */
function pages(command: Command, path = 'rollkeeper'): Page[] {
  if (command.commands.length > 0) {
    return command.commands.flatMap((child) => pages(child, `${path} ${child.name()}`));
  }
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return [{ path, help, options: command.options.map((option) => option.long ?? '') }];
}

const all = pages(await buildProgram());

describe('the help', () => {
  it('knows every command', () => {
    expect(all.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'rollkeeper demo',
        'rollkeeper start',
        'rollkeeper migrate',
        'rollkeeper user add',
        'rollkeeper user list',
        'rollkeeper account add',
        'rollkeeper account list',
        'rollkeeper task add',
        'rollkeeper task edit',
        'rollkeeper task remove',
        'rollkeeper task list',
        'rollkeeper task show',
        'rollkeeper task pause',
        'rollkeeper task resume',
        'rollkeeper task retry',
        'rollkeeper task reopen',
        'rollkeeper task accept-flat',
        'rollkeeper preset list',
        'rollkeeper preset show',
        'rollkeeper paper',
      ]),
    );
  });

  it.each(all)(
    'of $path has examples, exit codes and the options every command takes',
    ({ path, help, options }) => {
      expect(help).toMatch(/^Examples:$/m);
      expect(help).toContain(`\n  ${path}`);
      expect(help).toMatch(/^Exit codes: 0 /m);
      expect(options).toEqual(expect.arrayContaining(['--json', '--data', '--database-url']));
    },
  );

  it('of task add explains the short form, the file, and what a queued task is', () => {
    const help = all.find(({ path }) => path === 'rollkeeper task add')?.help ?? '';
    expect(help).toContain('--trigger 25500 --target +1000');
    expect(help).toContain('index: { above: 25500, for: 5s }');
    expect(help).toContain('is queued until the next one starts');
  });

  it('offers no way to type a secret', () => {
    for (const { options } of all)
      expect(options.filter((name) => /secret$|password$/.test(name))).toEqual([]);
  });
});
