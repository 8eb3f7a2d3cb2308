/** Processes that deliver the alerts of one database, to be killed: of several, one has its turn. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export class Deliverers {
  readonly #databaseUrl: string;
  readonly #running = new Set<ChildProcess>();
  #delivering: ChildProcess | null = null;
  /** Times that a process got its turn. */
  turns = 0;

  constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl;
  }

  get delivering(): ChildProcess | null {
    return this.#delivering;
  }

  /** Resolves when the process has opened the database. */
  async start(): Promise<void> {
    const child = fork(fileURLToPath(new URL('./delivery-child.ts', import.meta.url)), [this.#databaseUrl], {
      execArgv: ['--import', 'tsx'],
    });
    this.#running.add(child);
    child.on('message', (message) => {
      if (message !== 'this daemon delivers the alerts') return;
      this.#delivering = child;
      this.turns += 1;
    });
    child.once('exit', () => {
      this.#running.delete(child);
      if (this.#delivering === child) this.#delivering = null;
    });
    await new Promise<void>((resolve, reject) => {
      child.on('message', (message) => {
        if (message === 'open') resolve();
      });
      child.once('exit', (code) => reject(new Error(`a deliverer ended with ${String(code)}`)));
    });
  }

  /** SIGKILL for the one whose turn it is. @returns false when none has its turn just now */
  async kill(): Promise<boolean> {
    const child = this.#delivering;
    if (!child) return false;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    return true;
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#running].map(async (child) => {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
  }
}
