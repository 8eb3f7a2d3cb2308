#!/usr/bin/env node
/** The `rollkeeper` command: takes signals and looks at Node's version before anything is loaded, then runs the program. */
import { stopSignals } from '../../stop-signals.ts';
import { version } from './version.ts';

// First of all: a daemon that is told to stop ends with 0 at every moment of its life, also while it is still loading.
// From Node's own start up to this line the signal is Node's, and ends the process as signals do.
const stopAtOnce = (): void => process.exit(0);
const takeSignals = (): void => stopSignals.forEach((signal) => void process.off(signal, stopAtOnce));
const isDaemon = process.argv.includes('start');
if (isDaemon) stopSignals.forEach((signal) => void process.on(signal, stopAtOnce));

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`rollkeeper: needs Node 20.19 or newer, this is ${process.versions.node}\n`);
  process.exit(2);
}

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${version()}\n`);
} else {
  const { runCli } = await import('./program.ts');
  await runCli(argv, takeSignals);
  // Node gives signals back before it has ended by itself; here they are ours to the last.
  if (isDaemon) process.exit();
}
