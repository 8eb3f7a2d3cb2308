/** Runs the `rollkeeper` command as people do: a process of its own, real output, real exit code. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compiledProgram } from '../support/compiled-program.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** A working directory that Postgres may enter also when it is not run by us. */
export function workingDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rollkeeper-cli-'));
  chmodSync(directory, 0o755);
  return directory;
}

/** Only what a shell always has: no variable of the person who runs the tests changes what is tested. */
const bareEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap((key) => {
      const value = process.env[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );

/** A command runner in one working directory. */
export const runnerIn =
  (cwd: string) =>
  (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [compiledProgram, ...args], {
        cwd,
        env: { ...bareEnvironment(), ...options.env },
        timeout: 240_000,
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk) => (stdout += String(chunk)));
      child.stderr.on('data', (chunk) => (stderr += String(chunk)));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
      child.stdin.end(options.input ?? '');
    });

/** Every line of stdout, which must all be JSON. */
export const jsonLines = ({ stdout }: Ran): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The person's mistake, named; no stack anywhere. */
export function expectRefusal(ran: Ran, code: 1 | 2, ...words: readonly string[]): void {
  expect(ran.stderr).not.toMatch(/^\s+at /m);
  for (const word of words) expect(ran.stderr).toContain(word);
  expect(ran.code).toBe(code);
}
