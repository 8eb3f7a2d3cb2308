/** `docs/api.md` as a newcomer follows it: every command of it, to the letter and in order, against a daemon that plays recorded prices. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageFile } from '../../src/files/package-files.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { startDaemonProcess } from '../support/daemon-process.ts';
import { freePort } from '../support/free-port.ts';
import { workingDirectory } from './cli-run.ts';

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;
const missing = ['bash', 'curl', 'jq'].filter((program) => !has(program));
if (missing.length > 0)
  process.stderr.write(`\n!! docs/api.md NOT TESTED: there is no ${missing.join(', ')} here\n\n`);

const [setup = '', ...others] = [
  ...readFileSync(packageFile('docs/api.md'), 'utf8').matchAll(/^```sh\n([\s\S]*?)\n```$/gm),
].map(([, block = '']) => block);

interface Said {
  readonly code: number | null;
  readonly output: string;
}

const shell = (script: string, cwd: string, env: Record<string, string>): Promise<Said> =>
  new Promise((resolve, reject) => {
    const path = `${join(cwd, 'bin')}:${process.env['PATH'] ?? ''}`;
    const child = spawn('bash', ['-eo', 'pipefail', '-c', script], {
      cwd,
      env: { HOME: cwd, ...env, PATH: path },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });

// reason: says aloud what is missing where it is skipped
test.skipIf(missing.length > 0)('every command of docs/api.md succeeds, in order', async () => {
  const cwd = workingDirectory();
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  const npx = join(bin, 'npx');
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${compiledProgram}" "$@"\n`);
  chmodSync(npx, 0o755);
  const port = String(await freePort());
  expect(await shell(setup, cwd, {})).toMatchObject({ code: 0 });
  const daemon = startDaemonProcess({
    nodeArguments: [compiledProgram, 'start', '--json', '--tape'],
    exchange: { url: '', wsUrl: '' },
    cwd,
    environment: { API_PORT: port, BYBIT_REST_URL: undefined, BYBIT_WS_URL: undefined, LOG_LEVEL: 'info' },
  });
  try {
    const managed = /"account is managed|claimed|"tasks":0/;
    await expect
      .poll(() => daemon.logs.some((line) => managed.test(line)), { message: daemon.logs.join('\n') })
      .toBe(true);
    const script = others.join('\n').replace('http://127.0.0.1:8787', `http://127.0.0.1:${port}`);
    const said = await shell(`set -x\n${script}`, cwd, {});
    expect(said.code, said.output).toBe(0);
    for (const part of ['adopted Sell', '"faults"', 'event: hello', 'BTC-31MAR23-25000-C-USDT\tIDLE'])
      expect(said.output).toContain(part);
  } finally {
    // It takes its database with it.
    await daemon.terminate();
  }
});
