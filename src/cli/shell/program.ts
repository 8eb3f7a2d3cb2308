/**
 * The `rollkeeper` program: its commands, its help and its exit codes. Each command lives in its own file; this one
 * only lists them and sees to it that all of them fail the same way.
 */
import { Command } from 'commander';
import { loadConfig } from '../../config.ts';
import { BadInput } from '../../domain/errors.ts';
import { normalised, removalHint } from './command-line.ts';
import { loadCommands } from './commands.ts';
import { reportFailure } from './failure.ts';
import { addCommonOptions } from './session.ts';
import { version } from './version.ts';

const failedEndMs = 1_000;

/**
 * Runs one command line and sets `process.exitCode`; never throws.
 * @param takeSignals ends what `bin.ts` does on SIGTERM, SIGINT and SIGHUP; called once the command does it itself
 */
export async function runCli(argv: readonly string[], takeSignals = () => {}): Promise<void> {
  leaveQuietlyWhenNobodyReads();
  try {
    const program = await buildProgram(takeSignals, argv);
    const typed = normalised(program, argv);
    const hint = removalHint(program, typed);
    if (hint !== null) throw new BadInput(`There is no such command: ${hint}`, []);
    await program.parseAsync([...typed], { from: 'user' });
  } catch (error) {
    process.exitCode = reportFailure(error, { json: argv.includes('--json'), verbose: wantsCauses(argv) });
    // Whatever a failed command had opened by then must not keep it from ending; a clean end never gets here.
    setTimeout(() => process.exit(), failedEndMs).unref();
  }
}

/** @param words the command line: when it begins with the name of a command, the program has only that one */
export async function buildProgram(takeSignals = () => {}, words: readonly string[] = []): Promise<Command> {
  const program = new Command('rollkeeper')
    .description(
      'Keeps option positions on Bybit: when a trigger fires, it closes the old option and opens the next.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', rootHelp);
  for (const command of await loadCommands(words, takeSignals)) program.addCommand(command);
  prepare(program, 'rollkeeper');
  program.hook('preAction', (_, command) => {
    if (command.name() !== 'start') takeSignals();
  });
  return program;
}

/** The same at every level: common options, errors as exceptions with exit code 2, and the way to the help. */
function prepare(command: Command, path: string): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .showHelpAfterError(`  (see: ${path} --help)`)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, 'rollkeeper:')) });
  if (command.commands.length === 0) addCommonOptions(command);
  for (const child of command.commands) prepare(child, `${path} ${child.name()}`);
}

const rootHelp = `
First steps, on paper money and without any key:
  rollkeeper demo                     three weeks of real prices in a minute
  rollkeeper user add ann
  rollkeeper account add main --user ann    says which option it holds, and how to put it under care
  rollkeeper start                    the daemon; everything else also works while it runs

Every command explains itself with --help (or: rollkeeper help task add). All take --json, --data DIR and
--database-url URL, anywhere on the line. rollkeeper completion prints a script for bash, zsh or fish.
The configuration comes from the environment or a .env file: see .env.example.

Exit codes: 0 done · 1 failed or refused · 2 wrong command, argument or configuration`;

/** Somebody who asked for debug logs wants to see causes as well. */
function wantsCauses(argv: readonly string[]): boolean {
  if (argv.includes('--verbose')) return true;
  try {
    return ['debug', 'trace'].includes(loadConfig({ needsEncryptionKey: false }).log.level);
  } catch (error) {
    if (error instanceof BadInput) return false;
    throw error;
  }
}

/**
 * `rollkeeper task list | head -1` closes the pipe early, and a closed terminal takes nothing more: that is no failure. What
 * a command has opened is ended as when it is told to stop, so that no database outlives its reader.
 */
function leaveQuietlyWhenNobodyReads(): void {
  let isLeaving = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      if (process.listenerCount('SIGHUP') === 0) process.exit(0);
      if (isLeaving) return;
      isLeaving = true;
      process.once('exit', () => (process.exitCode = 0));
      process.emit('SIGHUP', 'SIGHUP');
    });
}
