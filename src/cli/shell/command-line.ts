/**
 * Rewrites the command line before commander reads it: options that every command accepts may stand anywhere, `help task add`
 * becomes `task add --help`, and `rm` or `delete`, which other programs have, are answered with what to do instead.
 */
import type { Command } from 'commander';
import { typedCommand } from './output.ts';

const flags = ['--json', '--verbose'];
const withValue = ['--data', '--database-url'];

/** The same command line in the order commander wants. */
export function normalised(program: Command, argv: readonly string[]): readonly string[] {
  const common: string[] = [];
  const path: string[] = [];
  let group: Command = program;
  let at = 0;
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (flags.includes(word) || withValue.some((name) => word.startsWith(`${name}=`))) common.push(word);
    else if (withValue.includes(word) && argv[at + 1] !== undefined) common.push(word, argv[++at] ?? '');
    else if (path.length === 0 && word === 'help') return helpOf(program, argv.slice(at + 1), common);
    else {
      const child = group.commands.find((each) => each.name() === word);
      if (!child) break;
      path.push(word);
      group = child;
    }
  }
  const rest = argv.slice(at);
  if (common.length === 0) return argv;
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length;
  // A group has no options of its own: without a command it only prints its help.
  if (group.commands.length > 0 && rest.length === 0) return path;
  return [...path, ...rest.slice(0, end), ...common, ...rest.slice(end)];
}

/** A word that is no command stays on the line: commander reports it. */
function helpOf(program: Command, words: readonly string[], common: readonly string[]): readonly string[] {
  const path: string[] = [];
  let group = program;
  for (const word of words.filter((each) => !each.startsWith('-') && !common.includes(each))) {
    const child = group.commands.find((each) => each.name() === word);
    path.push(word);
    if (!child) return path;
    group = child;
  }
  return [...path, '--help'];
}

const removals = ['delete', 'del', 'rm', 'remove', 'destroy'];

const instead: Readonly<Record<string, () => string>> = {
  account: () =>
    `an account is never deleted while tasks refer to it. Pause its tasks (${typedCommand('rollkeeper task pause ID')}) and ` +
    'revoke its API key at the exchange',
  user: () =>
    `a user is never deleted, but can be banned, which stops their tasks: ${typedCommand('rollkeeper user ban NAME --reason WHY')}`,
};

/** What to type instead of a removal that has another name here or does not exist; `null` for any other command line. */
export function removalHint(program: Command, argv: readonly string[]): string | null {
  const [name = '', verb = ''] = argv.filter((word) => !word.startsWith('-'));
  const group = program.commands.find((each) => each.name() === name);
  if (!group || !removals.includes(verb) || group.commands.some((each) => each.name() === verb)) return null;
  if (group.commands.some((each) => each.name() === 'remove'))
    return `use "remove": ${typedCommand(`rollkeeper ${name} remove --help`, '')}`;
  return instead[name]?.() ?? null;
}
