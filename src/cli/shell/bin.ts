#!/usr/bin/env node
/** The `rollkeeper` command: handles signals and checks Node's version before anything is loaded, then runs the program. */
import { stopSignals } from '../../stop-signals.ts';
import { version } from '../../files/version.ts';

// A daemon that receives a stop signal exits with 0 at any moment, also while it is still loading, so this comes first.
// Before this line runs, Node's default applies and the signal kills the process.
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
  // While Node shuts down it removes signal handlers, and a late signal would kill the process: exit while ours are set.
  if (isDaemon) process.exit();
}
