/** The package as npm would publish it, installed into an empty folder: no sources, no development package, no compiler. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { packageFile } from '../../src/files/package-files.ts';
// What is packed is what was built of the sources as they are.
import '../support/compiled-program.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the demo of an installed package plays to its end', async () => {
  const [packed, installed] = [join(folder, 'packed'), join(folder, 'installed')];
  for (const each of [packed, installed]) mkdirSync(each);
  const { stdout: name } = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', packed], {
    cwd: fileURLToPath(packageFile('.')),
  });
  const tarball = join(packed, name.trim());
  await run(
    'npm',
    ['install', '--omit=dev', '--no-audit', '--prefer-offline', '--prefix', installed, tarball],
    {
      cwd: installed,
    },
  );
  for (const absent of ['tsx', 'esbuild', 'typescript', 'rollkeeper/src/cli', 'rollkeeper/test'])
    expect(existsSync(join(installed, 'node_modules', absent)), absent).toBe(false);
  const { stdout } = await run(join(installed, 'node_modules', '.bin', 'rollkeeper'), ['demo', '--json'], {
    cwd: installed,
    maxBuffer: 1 << 26,
  });
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    type: 'summary',
    positionsMatch: true,
    failed: 0,
  });
});
