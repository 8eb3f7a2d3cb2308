/** Runs one of the Postgres programs to its end, as the server's user, and collects its output. */
import { spawn } from 'node:child_process';
import type { ServerIdentity } from './identity.ts';

export interface RunResult {
  /** Null when the program could not be started or was killed. */
  readonly code: number | null;
  readonly output: string;
}

const timeoutMs = 120_000;

export interface RunOptions {
  readonly identity: ServerIdentity | null;
  /** Default `/`, and never our own working directory: the user may not be able to enter it. */
  readonly cwd?: string;
}

/** Never rejects; the program is killed after two minutes. */
export function run(
  program: string,
  args: readonly string[],
  { identity, cwd = '/' }: RunOptions,
): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...identity,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      windowsHide: true,
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}
