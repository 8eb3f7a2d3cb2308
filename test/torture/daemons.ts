/**
 * The daemons under torture: three at any time, so that others take over when one dies, each with a wire of its own
 * to the database. Starts them, reads their logs, kills and freezes them; a daemon that was running and ends by itself
 * is kept as a crash.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemonProcess, type Daemon } from '../support/daemon-process.ts';
import { openWire, type Wire } from '../support/database.ts';

export interface TorturedDaemon {
  readonly name: string;
  readonly daemon: Daemon;
  readonly wire: Wire;
  /** It has logged that it runs. */
  isRunning: boolean;
  /** It has claimed at least one account. */
  managesAccounts: boolean;
  /** The torture ends it, so its end is no crash. */
  isEndExpected: boolean;
}

/** One line of a daemon's log, as far as it matters here. */
export interface LogLine {
  readonly msg: string;
  readonly state?: string;
  readonly taskId?: string;
}

export interface DaemonPoolOptions {
  readonly databaseUrl: string;
  readonly exchange: { readonly url: string; readonly wsUrl: string };
  readonly cwd: string;
  readonly onLine: (line: LogLine) => void;
}

const daemonCount = 3;
const restartPauseMs = 300;
/** Of a daemon that ends by itself: an error with its cause has so many. */
const lastLinesMax = 60;

export class DaemonPool {
  readonly crashes: string[] = [];
  /** Every line of every daemon, for the story of a task that went wrong. */
  readonly logs: string[] = [];
  readonly #options: DaemonPoolOptions;
  readonly #alive = new Set<TorturedDaemon>();
  readonly #watchers = new Set<(target: TorturedDaemon, line: LogLine) => void>();
  readonly #endings = new Set<Promise<void>>();
  #started = 0;
  #starting = 0;
  #isClosing = false;

  constructor(options: DaemonPoolOptions) {
    this.#options = options;
    process.once('exit', this.#killAll);
  }

  async fill(): Promise<void> {
    while (!this.#isClosing && this.#alive.size + this.#starting < daemonCount) {
      this.#starting += 1;
      await this.#start().finally(() => (this.#starting -= 1));
    }
  }

  /** The first daemon that logs a matching line; null when none does in time. */
  next(matches: (line: LogLine) => boolean, withinMs: number): Promise<TorturedDaemon | null> {
    return new Promise((resolve) => {
      const stop = (target: TorturedDaemon | null): void => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        resolve(target);
      };
      const timer = setTimeout(() => stop(null), withinMs);
      const watcher = (target: TorturedDaemon, line: LogLine): void => {
        if (matches(line)) stop(target);
      };
      this.#watchers.add(watcher);
    });
  }

  get alive(): readonly TorturedDaemon[] {
    return [...this.#alive];
  }

  /** The newest daemon that manages accounts, or else any. */
  manager(): TorturedDaemon | undefined {
    return this.alive.findLast(({ managesAccounts }) => managesAccounts) ?? this.alive[0];
  }

  async kill(target: TorturedDaemon): Promise<void> {
    target.isEndExpected = true;
    await target.daemon.kill();
  }

  /** Stops the process and cuts its wire, as when a machine is suspended. */
  async freeze({ daemon, wire }: TorturedDaemon, forMs: number): Promise<void> {
    daemon.process.kill('SIGSTOP');
    wire.cut();
    await sleep(forMs);
    daemon.process.kill('SIGCONT');
  }

  /** Asks every daemon to end, and waits until all have. */
  async terminate(): Promise<void> {
    this.#isClosing = true;
    for (const target of this.#alive) {
      target.isEndExpected = true;
      const code = await target.daemon.terminate();
      // A daemon that could not start ended by itself at the same moment.
      const hasNotStarted = !target.isRunning && code !== null;
      if (code !== 0 && !hasNotStarted)
        this.crashes.push(`${target.name} ended with ${String(code)} when asked to stop`);
    }
    await Promise.all(this.#endings);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const target of this.#alive) await this.kill(target);
    await Promise.all(this.#endings);
    process.off('exit', this.#killAll);
  }

  /** No daemon outlives this process, whatever ends it. */
  readonly #killAll = (): void => {
    for (const { daemon } of this.#alive) daemon.process.kill('SIGKILL');
  };

  async #start(): Promise<void> {
    const { databaseUrl, exchange, cwd } = this.#options;
    const wire = await openWire(databaseUrl);
    if (this.#isClosing) return wire.close();
    const name = `daemon-${(this.#started += 1)}`;
    const daemon = startDaemonProcess({
      databaseArguments: ['--database-url', wire.url],
      exchange,
      cwd,
      // Both ways that orders can go: by websocket, and by REST while that is down.
      environment: { LOG_LEVEL: 'info', ROLLKEEPER_DAEMON_NAME: name, READ_AHEAD_OPTIONS: '150' },
      onLine: (line) => this.#receive(tortured, line),
    });
    const tortured: TorturedDaemon = {
      name,
      daemon,
      wire,
      isRunning: false,
      managesAccounts: false,
      isEndExpected: false,
    };
    this.#alive.add(tortured);
    const ending = new Promise<void>((resolve) => {
      daemon.process.once('exit', (code, signal) => {
        void this.#ended(tortured, signal ?? String(code)).finally(resolve);
      });
    });
    this.#endings.add(ending);
    void ending.then(() => this.#endings.delete(ending));
  }

  async #ended(target: TorturedDaemon, how: string): Promise<void> {
    this.#alive.delete(target);
    if (!target.isEndExpected && target.isRunning)
      this.crashes.push(
        `${target.name} ended with ${how} by itself:\n${target.daemon.logs.slice(-lastLinesMax).join('\n')}`,
      );
    await target.wire.close();
    // A daemon that could not start, because the database is away, is started again, as by any service manager.
    if (!target.isEndExpected) await sleep(restartPauseMs);
    await this.fill();
  }

  #receive(target: TorturedDaemon, text: string): void {
    this.logs.push(`${target.name} ${text}`);
    // The reason why a daemon cannot start is plain text, or an error without a message.
    if (!text.startsWith('{"level"')) return;
    const line = JSON.parse(text) as LogLine;
    if (line.msg.startsWith('running')) target.isRunning = true;
    if (line.msg === 'account is managed') target.managesAccounts = true;
    this.#options.onLine(line);
    for (const watcher of [...this.#watchers]) watcher(target, line);
  }
}
