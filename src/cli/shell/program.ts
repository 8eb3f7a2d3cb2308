/**
 * The `rollkeeper` program: its commands, its help and its exit codes. Each command lives in its own file; this one
 * puts them together and makes all of them fail the same way.
 */
import { Command } from 'commander';
import { loadConfig } from '../../config.ts';
import { BadInput } from '../../domain/errors.ts';
import { normalised, removalHint } from './command-line.ts';
import { loadCommands } from './commands.ts';
import { reportFailure } from './failure.ts';
import { addCommonOptions } from './session.ts';
import { wrapped } from './wrapped.ts';
import { version } from '../../files/version.ts';

const failedEndMs = 1_000;

/**
 * Runs one command line and sets `process.exitCode`; never throws.
 * @param takeSignals removes the handlers that `bin.ts` has set for SIGTERM, SIGINT and SIGHUP; called by a command that
 * handles them itself
 */
export async function runCli(argv: readonly string[], takeSignals = () => {}): Promise<void> {
  leaveQuietlyWhenOutputCloses();
  try {
    const program = await buildProgram(takeSignals, argv);
    const typed = normalised(program, argv);
    const hint = removalHint(program, typed);
    if (hint !== null) throw new BadInput(`There is no such command: ${hint}`, []);
    await program.parseAsync([...typed], { from: 'user' });
  } catch (error) {
    process.exitCode = reportFailure(error, { json: argv.includes('--json'), verbose: wantsCauses(argv) });
    // What a failed command has left open must not keep the process alive. A clean end never gets here.
    setTimeout(() => process.exit(), failedEndMs).unref();
  }
}

/** @param words the command line: when it begins with the name of a command, the program has only that one */
export async function buildProgram(takeSignals = () => {}, words: readonly string[] = []): Promise<Command> {
  const program = new Command('rollkeeper')
    .description(
      'Manages option positions on Bybit: when a trigger fires, it closes the old option and opens the next one.',
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

/** Gives every command its common options, errors that are thrown, and a pointer to its help after an error. */
function prepare(command: Command, path: string): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .showHelpAfterError(`  (see: ${path} --help)`)
    .configureOutput({
      writeOut: (text) => process.stdout.write(fitting(text)),
      outputError: (text, write) => write(text.replace(/^error:/, 'rollkeeper:')),
    });
  if (command.commands.length === 0) addCommonOptions(command);
  for (const child of command.commands) prepare(child, `${path} ${child.name()}`);
}

/** A file or a program gets the lines as they are. */
const fitting = (text: string): string =>
  process.stdout.isTTY ? wrapped(text, process.stdout.columns) : text;

const rootHelp = `
First steps, on paper money and without any key:
  rollkeeper demo                     three weeks of real prices in a minute
  rollkeeper user add ann
  rollkeeper account add main --user ann    prints the task add command for an option that it holds
  rollkeeper start                    the daemon; everything else also works while it runs

Every command explains itself with --help (or: rollkeeper help task add). All accept --json, --data DIR and
--database-url URL, anywhere on the line. rollkeeper completion prints a script for bash, zsh or fish.
The configuration comes from the environment or a .env file: see .env.example.

Exit codes: 0 done · 1 failed or refused · 2 wrong command, argument or configuration`;

/** At log level debug or trace causes are shown, too. */
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
 * `rollkeeper task list | head -1` closes the pipe early, and a closed terminal accepts no more output: that is no failure.
 * The command stops as on a stop signal, so that no embedded database keeps running without it.
 */
function leaveQuietlyWhenOutputCloses(): void {
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
