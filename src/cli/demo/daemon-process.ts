/** The daemon of the demo: a process of its own, as `rollkeeper start` is, that reaches the exchange only over HTTP and WebSocket. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../../config.ts';
import { compiledProgram } from '../../files/package-files.ts';

export interface DaemonProcess {
  readonly logPath: string;
  /** Rejects when the daemon ends without being asked to. */
  readonly failed: Promise<never>;
  /** Drains the daemon and waits until it has ended. @throws Error when it did not exit with 0 */
  stop(): Promise<void>;
}

const stopTimeoutMs = 15_000;

export interface DaemonOptions {
  readonly dataDir: string;
  readonly exchange: { readonly url: string; readonly wsUrl: string };
  readonly inspectorPort: number | undefined;
  /** Of the page and the API; without it, there are none. */
  readonly servePort: number | 'usual' | undefined;
}

export function startDaemon({ dataDir, exchange, inspectorPort, servePort }: DaemonOptions): DaemonProcess {
  const logPath = join(dataDir, 'daemon.log');
  const logFile = openSync(logPath, 'a');
  const inspect = inspectorPort === undefined ? [] : ['--inspect', String(inspectorPort)];
  const child = spawn(process.execPath, [compiledProgram, 'start', '--data', dataDir, '--json', ...inspect], {
    stdio: ['ignore', logFile, logFile],
    // In a process group of its own, so that Ctrl-C reaches only this process, which then stops the daemon in order.
    detached: true,
    env: childEnvironment({
      ROLLKEEPER_MODE: 'paper',
      BYBIT_TESTNET: undefined,
      BYBIT_REST_URL: exchange.url,
      BYBIT_WS_URL: exchange.wsUrl,
      API_HOST: '',
      API_PUBLIC_URL: '',
      API_PORT: apiPort(servePort),
      LOG_LEVEL: 'info',
      // Each request would slow the tape down, though nothing is due.
      READ_AHEAD_OPTIONS: '0',
    }),
  });
  closeSync(logFile);
  let isStopping = false;
  const failed = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => {
      if (!isStopping)
        reject(new Error(`the daemon ended with ${signal ?? String(code)}; its log is ${logPath}`));
    });
  });
  failed.catch(() => undefined);
  return {
    logPath,
    failed,
    stop: async () => {
      isStopping = true;
      await endProcess(child, logPath);
    },
  };
}

/** Empty: the usual one, or a free one when that is taken. What a `.env` says does not count here. */
function apiPort(servePort: DaemonOptions['servePort']): string {
  if (servePort === undefined) return 'off';
  return servePort === 'usual' ? '' : String(servePort);
}

async function endProcess(child: ChildProcess, logPath: string): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timeout = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  child.kill('SIGTERM');
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearTimeout(timeout);
  if (code !== 0) throw new Error(`the daemon ended with ${signal ?? String(code)}; its log is ${logPath}`);
}
