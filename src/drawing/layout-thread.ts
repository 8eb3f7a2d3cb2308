/**
 * The machines' charts for a running daemon: laid out once, in a thread of its own, because no price may have to wait until a
 * picture is ready; then kept, because the charts of a version of the program never change.
 */
import { Piscina } from 'piscina';
import type { ChartLabels, MachineCharts, MachineLayout } from '../ports/machine-charts.ts';
import { runsFromSource } from '../files/package-files.ts';
import type { LayoutWish } from './machine-layout.ts';

/** As `machines` of drawings.ts has them: it is not loaded here, because a daemon does not need what draws. */
const chartNames = ['roll', 'order', 'stream', 'daemon'] as const;

/** A page asks for two charts, one right after the other. */
const idleMs = 5_000;

export class LaidOutCharts implements MachineCharts {
  readonly #known = new Map<string, Promise<MachineLayout | null>>();
  #thread: Piscina<LayoutWish, MachineLayout | null> | null = null;

  names(): readonly string[] {
    return chartNames;
  }

  async layout(name: string, labels: ChartLabels): Promise<MachineLayout | null> {
    if (!chartNames.some((each) => each === name)) return null;
    const key = `${name} ${labels}`;
    const known = this.#known.get(key) ?? this.#inThread({ name, labels });
    this.#known.set(key, known);
    try {
      return await known;
    } catch (error) {
      this.#known.delete(key);
      throw error;
    }
  }

  /** The thread ends by itself when nothing was asked for a while. */
  #inThread(wish: LayoutWish): Promise<MachineLayout | null> {
    this.#thread ??= this.#newThread();
    return this.#thread.run(wish);
  }

  #newThread(): Piscina<LayoutWish, MachineLayout | null> {
    const thread = new Piscina<LayoutWish, MachineLayout | null>({
      filename: new URL(runsFromSource ? 'layout-worker.ts' : 'layout-worker.js', import.meta.url).href,
      execArgv: runsFromSource ? ['--import', 'tsx'] : [],
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: idleMs,
    });
    // A thread that does not even start is heard of here alone; unheard, it would end the daemon. What waits for it fails.
    thread.on('error', () => {
      this.#thread = null;
      void thread.destroy();
    });
    return thread;
  }
}
