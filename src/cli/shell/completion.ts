/** `rollkeeper completion`: prints a completion script for a shell, made from the commands of this program. */
import { Argument, Command, type Option } from 'commander';
import { presetNames } from '../../files/preset-files.ts';
import { createOutput } from './output.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

export const completionCommand = (): Command =>
  new Command('completion')
    .description('Print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', help)
    .action((shell: Shell, options: { readonly json?: boolean }, command: Command) => {
      const out = createOutput(options.json ?? false);
      const script = scriptOf(shell, command.parent ?? command, presetNames());
      out.record({ shell, script });
      if (!out.json) process.stdout.write(script);
    });

interface CompletedOption {
  readonly name: string;
  readonly description: string;
  /** What may follow it: some words; any other text (`'any'`, a file perhaps); nothing of its own (`null`). */
  readonly values: readonly string[] | 'any' | null;
}

interface Place {
  /** Words of the command: `''` for the program itself, `task add` for a command. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** Words that its first argument may be, where there are few. */
  readonly words: readonly string[];
  readonly options: readonly CompletedOption[];
}

function places(
  command: Command,
  presets: readonly string[],
  path: readonly string[] = [],
): readonly Place[] {
  const text = path.join(' ');
  const own: Place = {
    path: text,
    commands: command.commands.map((child) => ({ name: child.name(), description: child.description() })),
    words: text === presetCommand ? presets : (command.registeredArguments[0]?.argChoices ?? []),
    options: [
      ...command.options.flatMap((option) => optionIn(option, presets)),
      { name: '--help', description: 'show help', values: null },
    ],
  };
  return [own, ...command.commands.flatMap((child) => places(child, presets, [...path, child.name()]))];
}

function optionIn(option: Option, presets: readonly string[]): CompletedOption[] {
  const { long, description, required, optional, argChoices } = option;
  if (!long) return [];
  const takesValue = required || optional;
  const choices = long === presetOption ? presets : argChoices;
  return [{ name: long, description, values: takesValue ? (choices ?? 'any') : null }];
}

/** What takes the name of a preset: an option of several commands, and the argument of one. */
const presetOption = '--preset';
const presetCommand = 'preset show';

/** Only descriptions are quoted: names of commands, options, choices and presets consist of letters, digits and dashes. */
export function scriptOf(shell: Shell, program: Command, presets: readonly string[]): string {
  const all = places(program, presets);
  if (shell === 'fish') return fishScript(all);
  const bash = bashScript(all);
  return shell === 'bash' ? bash : `${zshPrelude}${bash}`;
}

/** Bash's `complete` needs zsh's own completion, which a new `.zshrc` has not switched on. */
const zshPrelude = `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
autoload -U +X bashcompinit && bashcompinit
`;

/** Without a word of ours the shell completes names of files. */
function bashScript(all: readonly Place[]): string {
  const cases = all.map(({ path, commands, words, options }) => {
    const offered = [...commands.map(({ name }) => name), ...words, ...options.map(({ name }) => name)];
    return `    "${path}") words="${offered.join(' ')}" ;;`;
  });
  const valued = all.flatMap(({ path, options }) =>
    options.flatMap(({ name, values }) =>
      values === null
        ? []
        : [`    "${path} ${name}") words="${values === 'any' ? '' : values.join(' ')}" ;;`],
    ),
  );
  const known = all.filter(({ path }) => path !== '').map(({ path }) => `"${path}"`);
  return `_rollkeeper() {
  local path="" words="" word next at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    next="\${path:+$path }$word"
    case "$next" in
    ${known.join(' | ')}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  case "$path \${COMP_WORDS[COMP_CWORD - 1]}" in
${valued.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _rollkeeper rollkeeper
`;
}

const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function fishScript(all: readonly Place[]): string {
  const lines = all.flatMap(({ path, commands, words, options }) => {
    const here = [
      ...(path === '' ? [] : path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`)),
      ...(commands.length === 0
        ? []
        : [`not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(' ')}`]),
    ].join('; and ');
    const start = `complete -c rollkeeper -n '${here || 'true'}'`;
    return [
      ...commands.map(({ name, description }) => `${start} -f -a ${name} -d ${fishQuoted(description)}`),
      ...(words.length === 0 ? [] : [`${start} -f -a '${words.join(' ')}'`]),
      ...options.map(({ name, description, values }) => {
        const taken = values === null ? '' : values === 'any' ? ' -r' : ` -x -a '${values.join(' ')}'`;
        return `${start} -l ${name.slice(2)}${taken} -d ${fishQuoted(description)}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}

const help = `
Examples:
  rollkeeper completion bash > ~/.local/share/bash-completion/completions/rollkeeper
  rollkeeper completion zsh > ~/.rollkeeper.zsh      then: source ~/.rollkeeper.zsh in ~/.zshrc
  rollkeeper completion fish > ~/.config/fish/completions/rollkeeper.fish

Exit codes: 0 printed · 2 unknown shell`;
