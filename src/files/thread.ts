/**
 * A thread for work that may take long, in a program that must go on whatever becomes of it. A worker that cannot be loaded, ends by
 * itself or runs out of memory fails the work it was given, with a reason; the next work gets a fresh one.
 */
import type { Transferable } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { runsFromSource } from './package-files.ts';

export interface ThreadOptions {
  /** The module beside the one that opens the thread: `layout-worker`; in `build.js` it is an entry of its own. */
  readonly worker: string;
  /** `import.meta.url` of the module that opens the thread. */
  readonly beside: string;
  /** How long an idle thread is kept, ms. Default: it ends at once. */
  readonly idleMs?: number;
  readonly memoryMaxMb?: number;
}

export interface WorkOptions {
  /** Ends the work, and the thread with it. */
  readonly signal?: AbortSignal;
  readonly transferList?: Transferable[];
}

export class Thread<Task, Answer> {
  readonly #options: ThreadOptions;
  #pool: Piscina<Task, Answer> | null = null;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** One work after the other. @throws what the worker has thrown, or why there is none */
  async run(task: Task, work: WorkOptions = {}): Promise<Answer> {
    const pool = (this.#pool ??= this.#open());
    const failed = new AbortController();
    const failure = new Promise<never>((_, reject) => {
      pool.on('error', reject);
      failed.signal.addEventListener('abort', () => pool.off('error', reject));
    });
    try {
      return await Promise.race([pool.run(task, work), failure]);
    } finally {
      failed.abort();
    }
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = null;
    await pool?.destroy();
  }

  #open(): Piscina<Task, Answer> {
    const { worker, beside, idleMs = 0, memoryMaxMb } = this.#options;
    const pool = new Piscina<Task, Answer>({
      filename: new URL(`${worker}.${runsFromSource ? 'ts' : 'js'}`, beside).href,
      execArgv: runsFromSource ? ['--import', 'tsx'] : [],
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: idleMs,
      ...(memoryMaxMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb } }),
    });
    // Unheard, it would end the program; and a pool whose worker cannot be loaded would try for ever.
    pool.on('error', () => {
      if (this.#pool === pool) this.#pool = null;
      // After the work that waits has heard why: destroying ends it with a reason of its own.
      setImmediate(() => void pool.destroy());
    });
    return pool;
  }
}
