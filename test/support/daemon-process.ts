/** A daemon as users run it: a process of its own that speaks to database and exchange over sockets, and can really be killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { childEnvironment } from '../../src/config.ts';
import { compiledProgram } from './compiled-program.ts';

/** As users start it. */
export const usual = [compiledProgram, 'start', '--json'];

export interface Daemon {
  readonly process: ChildProcess;
  /** Every line it has written, also to stderr. */
  readonly logs: string[];
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM as soon as it has said something, because until Node runs our first line the signal is Node's; resolves with the exit code. */
  terminate(): Promise<number | null>;
}

export interface DaemonOptions {
  /** `--data DIR` or `--database-url URL`, unless the environment says it. */
  readonly databaseArguments?: readonly string[];
  /** What Node is to run instead of `rollkeeper start`, and how. */
  readonly nodeArguments?: readonly string[];
  readonly exchange: { readonly url: string; readonly wsUrl: string };
  /** Where no `.env` lies. */
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly onLine?: (line: string) => void;
}

export function startDaemonProcess(options: DaemonOptions): Daemon {
  const { databaseArguments = [], nodeArguments = usual, exchange, cwd, environment = {}, onLine } = options;
  const child = spawn(process.execPath, [...nodeArguments, ...databaseArguments], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment({
      ROLLKEEPER_MODE: 'paper',
      BYBIT_REST_URL: exchange.url,
      BYBIT_WS_URL: exchange.wsUrl,
      BYBIT_TIMEOUT_SECONDS: '1',
      LOG_LEVEL: 'debug',
      ...environment,
    }),
  });
  const logs: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      logs.push(line);
      onLine?.(line);
    });
  }
  const gone = once(child, 'exit');
  const begun = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) stream.once('data', resolve);
    child.once('exit', resolve);
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
    return child.exitCode;
  };
  return {
    process: child,
    logs,
    kill: async () => {
      await end('SIGKILL');
    },
    terminate: () => begun.then(() => end('SIGTERM')),
  };
}
