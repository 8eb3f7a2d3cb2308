#!/usr/bin/env node
/**
 * The `rollkeeper` command. Plain JavaScript, because it is what makes TypeScript run: it registers the loader and
 * hands over to the program, in this one process. Everything else is decided there.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`rollkeeper: needs Node 20.19 or newer, this is ${process.versions.node}\n`);
  process.exit(2);
}

const { register } = await import('tsx/esm/api');
register();
const { runCli } = await import('./program.ts');
await runCli(process.argv.slice(2));
