/** The daemons of an installation: real processes that are told what they need by their environment, and really killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../../src/config.ts';

/** As `npm start` does. */
const memory = '--max-semi-space-size=64';
const usual = [fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url)), 'start', '--json'];
// From the project, because the daemon runs elsewhere.
const unhurried = [
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('./unhurried-daemon.ts', import.meta.url)),
];
const linesMax = 200;

export interface DaemonsOptions {
  readonly databaseUrl: string;
  readonly exchange: { readonly url: string; readonly wsUrl: string };
  /** Where no `.env` lies. */
  readonly cwd: string;
}

export interface Daemon {
  readonly name: string;
  readonly process: ChildProcess;
  /** Nobody has told it to end. */
  readonly isWanted: () => boolean;
  /** SIGKILL, or SIGTERM for an orderly end; resolves when it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export class Daemons {
  readonly #options: DaemonsOptions;
  readonly #all: Daemon[] = [];
  /** The last lines of all of them. */
  readonly #lines: string[] = [];

  constructor(options: DaemonsOptions) {
    this.#options = options;
    process.once('exit', this.#killAll);
  }

  /** @param keepsAddressLimits false: as if the exchange did not count what one address sends */
  start({ keepsAddressLimits = true, execArgv = [] as readonly string[] } = {}): Daemon {
    const { databaseUrl, exchange, cwd } = this.#options;
    const name = `daemon-${this.#all.length}`;
    const child = spawn(
      process.execPath,
      [memory, ...execArgv, ...(keepsAddressLimits ? usual : unhurried)],
      {
        cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: childEnvironment({
          DATABASE_URL: databaseUrl,
          ROLLKEEPER_MODE: 'paper',
          ROLLKEEPER_DAEMON_NAME: name,
          BYBIT_REST_URL: exchange.url,
          BYBIT_WS_URL: exchange.wsUrl,
          LOG_LEVEL: 'warn',
          LOG_FORMAT: 'json',
        }),
      },
    );
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => this.#note(`${name} ${line}`));
    const gone = once(child, 'exit');
    let isWanted = true;
    const end = async (signal: NodeJS.Signals): Promise<void> => {
      isWanted = false;
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await gone;
    };
    const daemon = { name, process: child, isWanted: () => isWanted, end };
    this.#all.push(daemon);
    return daemon;
  }

  /** One that nobody ended. */
  get hasEnded(): boolean {
    return this.#all.some(({ process: child, isWanted }) => isWanted() && child.exitCode !== null);
  }

  /** What they said last. */
  get story(): string {
    return this.#lines.join('\n');
  }

  async close(): Promise<void> {
    for (const daemon of this.#all) await daemon.end('SIGKILL');
    process.off('exit', this.#killAll);
  }

  #note(line: string): void {
    this.#lines.push(line.slice(0, 500));
    if (this.#lines.length > linesMax) this.#lines.shift();
  }

  /** Whatever made this process end: no daemon outlives it. */
  readonly #killAll = (): void => {
    for (const { process: child } of this.#all) child.kill('SIGKILL');
  };
}
