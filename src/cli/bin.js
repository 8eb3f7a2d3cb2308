#!/usr/bin/env node
/**
 * The `rollkeeper` command. Plain JavaScript, because it is what makes TypeScript run: it registers the loader and
 * hands over to the program, in this one process. Everything else is decided there.
 */

// First of all: a daemon that is told to stop ends with 0 at every moment of its life, also while it is still loading.
// From Node's own start up to this line the signal is Node's, and ends the process as signals do.
const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
const stopAtOnce = () => process.exit(0);
const takeSignals = () => stopSignals.forEach((signal) => process.off(signal, stopAtOnce));
const isDaemon = process.argv.includes('start');
if (isDaemon) stopSignals.forEach((signal) => process.on(signal, stopAtOnce));

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`rollkeeper: needs Node 20.19 or newer, this is ${process.versions.node}\n`);
  process.exit(2);
}

try {
  const { register } = await import('tsx/esm/api');
  register();
  const { runCli } = await import('./program.ts');
  await runCli(process.argv.slice(2), takeSignals);
  // Node gives signals back before it has ended by itself; here they are ours to the last.
  if (isDaemon) process.exit();
} catch (error) {
  // Ctrl-C reaches the loader's helper process as well: what fails because of it must not hide the signal.
  await new Promise((resolve) => setImmediate(resolve));
  throw error;
}
