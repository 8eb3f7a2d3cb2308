/**
 * The daemons under torture: three at any time, so that others take over when one dies, each with a wire of its own
 * to the database. Owns starting, watching what they say, killing and freezing them; a daemon that ends by itself
 * while it was running is a crash, and is remembered.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemonProcess, type Daemon } from '../support/daemon-process.ts';
import { openWire, type Wire } from '../support/database.ts';

export interface Tortured {
  readonly name: string;
  readonly daemon: Daemon;
  readonly wire: Wire;
  /** It has said that it runs. */
  isRunning: boolean;
  /** Accounts are in its care. */
  isOwner: boolean;
  /** Whoever made it end expects it to. */
  isDoomed: boolean;
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

const standing = 3;
const restartPauseMs = 300;

export class DaemonPool {
  readonly crashes: string[] = [];
  /** Everything that was ever said, for the story of a task that went wrong. */
  readonly logs: string[] = [];
  readonly #options: DaemonPoolOptions;
  readonly #alive = new Set<Tortured>();
  readonly #watchers = new Set<(who: Tortured, line: LogLine) => void>();
  readonly #endings = new Set<Promise<void>>();
  #started = 0;
  #starting = 0;
  #isClosing = false;

  constructor(options: DaemonPoolOptions) {
    this.#options = options;
    process.once('exit', this.#killAll);
  }

  async fill(): Promise<void> {
    while (!this.#isClosing && this.#alive.size + this.#starting < standing) {
      this.#starting += 1;
      await this.#start().finally(() => (this.#starting -= 1));
    }
  }

  /** The first daemon that says something `matches` likes; null when none does in time. */
  next(matches: (line: LogLine) => boolean, withinMs: number): Promise<Tortured | null> {
    return new Promise((resolve) => {
      const stop = (who: Tortured | null): void => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        resolve(who);
      };
      const timer = setTimeout(() => stop(null), withinMs);
      const watcher = (who: Tortured, line: LogLine): void => {
        if (matches(line)) stop(who);
      };
      this.#watchers.add(watcher);
    });
  }

  get alive(): readonly Tortured[] {
    return [...this.#alive];
  }

  /** The one with accounts in its care, or else any. */
  owner(): Tortured | undefined {
    return this.alive.findLast(({ isOwner }) => isOwner) ?? this.alive[0];
  }

  async kill(victim: Tortured): Promise<void> {
    victim.isDoomed = true;
    await victim.daemon.kill();
  }

  /** Stands still without its database, as a suspended machine does. */
  async freeze({ daemon, wire }: Tortured, forMs: number): Promise<void> {
    daemon.process.kill('SIGSTOP');
    wire.cut();
    await sleep(forMs);
    daemon.process.kill('SIGCONT');
  }

  /** Ends all of them in order. */
  async terminate(): Promise<void> {
    this.#isClosing = true;
    for (const who of this.#alive) {
      who.isDoomed = true;
      const code = await who.daemon.terminate();
      // One that could not start has ended by itself at the same moment.
      const hasNotStarted = !who.isRunning && code !== null;
      if (code !== 0 && !hasNotStarted)
        this.crashes.push(`${who.name} ended with ${String(code)} when told to stop`);
    }
    await Promise.all(this.#endings);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const who of this.#alive) await this.kill(who);
    await Promise.all(this.#endings);
    process.off('exit', this.#killAll);
  }

  /** Whatever made this process end: no daemon outlives it. */
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
      environment: { LOG_LEVEL: 'info', ROLLKEEPER_DAEMON_NAME: name },
      onLine: (line) => this.#heard(tortured, line),
    });
    const tortured: Tortured = {
      name,
      daemon,
      wire,
      isRunning: false,
      isOwner: false,
      isDoomed: false,
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

  async #ended(who: Tortured, how: string): Promise<void> {
    this.#alive.delete(who);
    if (!who.isDoomed && who.isRunning)
      this.crashes.push(`${who.name} ended with ${how} by itself:\n${who.daemon.logs.slice(-5).join('\n')}`);
    await who.wire.close();
    // One that could not start, because the database is away, tries again as under any service manager.
    if (!who.isDoomed) await sleep(restartPauseMs);
    await this.fill();
  }

  #heard(who: Tortured, text: string): void {
    this.logs.push(`${who.name} ${text}`);
    // What keeps a daemon from starting is told as plain text or as an error without a message.
    if (!text.startsWith('{"level"')) return;
    const line = JSON.parse(text) as LogLine;
    if (line.msg.startsWith('running')) who.isRunning = true;
    if (line.msg === 'account is managed') who.isOwner = true;
    this.#options.onLine(line);
    for (const watcher of [...this.#watchers]) watcher(who, line);
  }
}
