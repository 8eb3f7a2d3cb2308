/**
 * The machines' charts for a running daemon: laid out once, in a thread of its own, because no price may have to wait until a
 * picture is ready; then kept, because the charts of a version of the program never change.
 */
import type { ChartLabels, MachineCharts, MachineLayout } from '../ports/machine-charts.ts';
import { Unavailable } from '../domain/request-errors.ts';
import { Thread } from '../files/thread.ts';
import type { LayoutWish } from './machine-layout.ts';

/** As `machines` of drawings.ts has them: it is not loaded here, because a daemon does not need what draws. */
const chartNames = ['roll', 'order', 'stream', 'daemon'] as const;

/** A page asks for two charts, one right after the other. */
const idleMs = 5_000;

export class LaidOutCharts implements MachineCharts {
  readonly #known = new Map<string, Promise<MachineLayout | null>>();
  readonly #thread = new Thread<LayoutWish, MachineLayout | null>({
    worker: 'layout-worker',
    beside: import.meta.url,
    idleMs,
  });

  names(): readonly string[] {
    return chartNames;
  }

  async layout(name: string, labels: ChartLabels): Promise<MachineLayout | null> {
    if (!chartNames.some((each) => each === name)) return null;
    const key = `${name} ${labels}`;
    const known = this.#known.get(key) ?? this.#thread.run({ name, labels });
    this.#known.set(key, known);
    try {
      return await known;
    } catch (cause) {
      this.#known.delete(key);
      throw new Unavailable('The chart cannot be drawn now: ask again in a moment', { cause });
    }
  }
}
