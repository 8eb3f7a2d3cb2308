/** `rollkeeper completion`: prints a completion script for a shell, made from the commands of this program. */
import { Argument, Command } from 'commander';
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

interface Place {
  /** Words of the command: `''` for the program itself, `task add` for a command. */
  readonly path: string;
  readonly commands: readonly string[];
  readonly options: readonly string[];
}

function places(command: Command, path: readonly string[] = []): readonly Place[] {
  const own = {
    path: path.join(' '),
    commands: command.commands.map((child) => child.name()),
    options: [...command.options.flatMap(({ long }) => (long ? [long] : [])), '--help'],
  };
  return [own, ...command.commands.flatMap((child) => places(child, [...path, child.name()]))];
}

/** What takes the name of a preset: an option of several commands, and the argument of one. */
const presetOption = '--preset';
const presetCommand = 'preset show';

/** Nothing is quoted, because names of commands, options and presets consist of letters, digits and dashes. */
export function scriptOf(shell: Shell, program: Command, presets: readonly string[]): string {
  const all = places(program);
  if (shell === 'fish') return fishScript(all, presets);
  const bash = bashScript(all, presets);
  return shell === 'bash' ? bash : `${zshPrelude}${bash}`;
}

/** Bash's `complete` needs zsh's own completion, which a new `.zshrc` has not switched on. */
const zshPrelude = `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
autoload -U +X bashcompinit && bashcompinit
`;

function bashScript(all: readonly Place[], presets: readonly string[]): string {
  const cases = all.map(({ path, commands, options }) => {
    const names = path === presetCommand ? presets : [];
    return `    "${path}") words="${[...commands, ...names, ...options].join(' ')}" ;;`;
  });
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
  [[ "\${COMP_WORDS[COMP_CWORD - 1]}" == ${presetOption} ]] && words="${presets.join(' ')}"
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _rollkeeper rollkeeper
`;
}

function fishScript(all: readonly Place[], presets: readonly string[]): string {
  const lines = all.flatMap(({ path, commands, options }) => {
    const words = path === '' ? [] : path.split(' ');
    const here = [
      ...words.map((word) => `__fish_seen_subcommand_from ${word}`),
      ...(commands.length === 0 ? [] : [`not __fish_seen_subcommand_from ${commands.join(' ')}`]),
    ].join('; and ');
    return [
      ...(commands.length === 0 ? [] : [`complete -c rollkeeper -f -n '${here}' -a '${commands.join(' ')}'`]),
      ...(path === presetCommand ? [`complete -c rollkeeper -f -n '${here}' -a '${presets.join(' ')}'`] : []),
      ...options.map((option) => {
        const values = option === presetOption ? ` -x -a '${presets.join(' ')}'` : '';
        return `complete -c rollkeeper -n '${here || 'true'}' -l ${option.slice(2)}${values}`;
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
