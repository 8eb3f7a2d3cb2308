/**
 * Who is hit by a price? Keeps, per base coin, the levels of waiting tasks in two heaps, so that a tick compares with
 * two tops and touches no task that it does not wake (design §8). A woken task leaves the book until it is armed again.
 */
import TinyQueue from 'tinyqueue';
import type { Decimal } from '../domain/money.ts';
import { decimal, type DecimalString } from '../domain/money.ts';
import type { WakeLevel } from '../domain/triggers.ts';

interface Waiting {
  readonly taskId: string;
  readonly direction: WakeLevel['direction'];
  readonly level: Decimal;
}

interface Side {
  rising: TinyQueue<Waiting>;
  falling: TinyQueue<Waiting>;
}

/** How many disarmed entries a heap may carry beyond as many as there are armed tasks, twice. */
const heapSlack = 64;

const nearestFirst = {
  rising: (a: Waiting, b: Waiting) => a.level.comparedTo(b.level),
  falling: (a: Waiting, b: Waiting) => b.level.comparedTo(a.level),
} as const;

export class TriggerBook {
  readonly #sides = new Map<string, Side>();
  /** The one valid entry of each task; an entry in a heap that is not it was disarmed. */
  readonly #armed = new Map<string, Waiting>();

  /** Replaces what the task waited for. */
  arm(taskId: string, baseCoin: string, { direction, level }: WakeLevel): void {
    const waiting = { taskId, direction, level: decimal(level) };
    const armed = this.#armed.get(taskId);
    if (armed?.direction === direction && armed.level.equals(waiting.level)) return;
    this.#armed.set(taskId, waiting);
    const side = this.#side(baseCoin);
    side[direction].push(waiting);
    if (side[direction].length > 2 * this.#armed.size + heapSlack)
      side[direction] = this.#withoutStale(side[direction], direction);
  }

  disarm(taskId: string): void {
    this.#armed.delete(taskId);
  }

  /** Takes out, nearest level first, every task that a price wakes. */
  wake(baseCoin: string, price: DecimalString): string[] {
    const side = this.#sides.get(baseCoin);
    if (!side) return [];
    const value = decimal(price);
    return [
      ...this.#take(side.rising, (level) => level.lessThanOrEqualTo(value)),
      ...this.#take(side.falling, (level) => level.greaterThanOrEqualTo(value)),
    ];
  }

  get size(): number {
    return this.#armed.size;
  }

  /** What the heaps hold, disarmed entries included: bounded by `size`. */
  get entries(): number {
    return [...this.#sides.values()].reduce(
      (sum, { rising, falling }) => sum + rising.length + falling.length,
      0,
    );
  }

  #take(heap: TinyQueue<Waiting>, isCrossed: (level: Decimal) => boolean): string[] {
    const woken: string[] = [];
    for (let top = heap.peek(); top; top = heap.peek()) {
      const isValid = this.#armed.get(top.taskId) === top;
      if (isValid && !isCrossed(top.level)) break;
      heap.pop();
      if (!isValid) continue;
      this.#armed.delete(top.taskId);
      woken.push(top.taskId);
    }
    return woken;
  }

  #withoutStale(heap: TinyQueue<Waiting>, direction: WakeLevel['direction']): TinyQueue<Waiting> {
    const valid = heap.data.filter((waiting) => this.#armed.get(waiting.taskId) === waiting);
    return new TinyQueue(valid, nearestFirst[direction]);
  }

  #side(baseCoin: string): Side {
    let side = this.#sides.get(baseCoin);
    if (!side) {
      side = {
        rising: new TinyQueue([], nearestFirst.rising),
        falling: new TinyQueue([], nearestFirst.falling),
      };
      this.#sides.set(baseCoin, side);
    }
    return side;
  }
}
