/** The daemons of an installation: real processes that get what they need by their environment, and are really killed. */
import { fileURLToPath } from 'node:url';
import { startDaemonProcess, usual, type Daemon as DaemonProcess } from '../../support/daemon-process.ts';

/** As `npm start` does. */
const memory = '--max-semi-space-size=64';
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

export interface Daemon extends DaemonProcess {
  readonly name: string;
}

export class Daemons {
  readonly #options: DaemonsOptions;
  readonly #all: Daemon[] = [];
  /** Those that the bench ended. */
  readonly #ended = new Set<Daemon>();
  /** The last lines of all of them. */
  readonly #lines: string[] = [];

  constructor(options: DaemonsOptions) {
    this.#options = options;
    process.once('exit', this.#killAll);
  }

  /** @param keepsAddressLimits false: as if the exchange did not count what one address sends */
  start({ keepsAddressLimits = true, environment = {} } = {}): Daemon {
    const { databaseUrl, exchange, cwd } = this.#options;
    const name = `daemon-${this.#all.length}`;
    const started = startDaemonProcess({
      nodeArguments: [memory, ...(keepsAddressLimits ? usual : unhurried)],
      exchange,
      cwd,
      environment: {
        DATABASE_URL: databaseUrl,
        ROLLKEEPER_DAEMON_NAME: name,
        // Its own, not a test's.
        BYBIT_TIMEOUT_SECONDS: undefined,
        LOG_LEVEL: 'warn',
        LOG_FORMAT: 'json',
        ...environment,
      },
      onLine: (line) => this.#note(`${name} ${line}`),
    });
    const daemon = { ...started, name };
    this.#all.push(daemon);
    return daemon;
  }

  async kill(daemon: Daemon): Promise<void> {
    this.#ended.add(daemon);
    await daemon.kill();
  }

  /** Whether a daemon has ended by itself. */
  get hasEnded(): boolean {
    return this.#all.some(
      (daemon) => !this.#ended.has(daemon) && (daemon.process.exitCode ?? daemon.process.signalCode) !== null,
    );
  }

  /** The last lines of all daemons. */
  get story(): string {
    return this.#lines.join('\n');
  }

  async close(): Promise<void> {
    for (const daemon of this.#all) await this.kill(daemon);
    process.off('exit', this.#killAll);
  }

  #note(line: string): void {
    this.#lines.push(line.slice(0, 500));
    if (this.#lines.length > linesMax) this.#lines.shift();
  }

  /** No daemon outlives this process, whatever ends it. */
  readonly #killAll = (): void => {
    for (const { process: child } of this.#all) child.kill('SIGKILL');
  };
}
