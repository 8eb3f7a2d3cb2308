/**
 * Finds the tasks that a price hits. It keeps the levels of waiting tasks in two heaps per source and field, so that a
 * tick is compared with two tops and touches no task that it does not wake. A task may wait for several levels; the
 * first one that is reached takes the task out of the book until it is armed again.
 */
import TinyQueue from 'tinyqueue';
import type { Decimal } from '../../domain/money.ts';
import { decimal, toText, type DecimalString } from '../../domain/money.ts';
import type { Field, Watch } from '../../domain/rules/triggers.ts';

/** A level on a field of one source: a base coin, an option, or the clock. */
export interface SourcedWatch extends Watch {
  readonly source: string;
}

interface Waiting {
  readonly taskId: string;
  readonly source: string;
  readonly field: Field;
  readonly direction: Watch['direction'];
  readonly level: Decimal;
  /** A disarmed entry stays in its heap until it is at the top, or the heap is swept. */
  isArmed: boolean;
}

interface Side {
  rising: TinyQueue<Waiting>;
  falling: TinyQueue<Waiting>;
}

/** How many disarmed entries a heap may carry beyond as many as there are armed ones, twice. */
const heapSlack = 64;

const nearestFirst = {
  rising: (a: Waiting, b: Waiting) => a.level.comparedTo(b.level),
  falling: (a: Waiting, b: Waiting) => b.level.comparedTo(a.level),
} as const;

/** The levels that tasks wait for. Tasks are known by their ids alone. */
export class TriggerBook {
  /** By source, then field. */
  readonly #sides = new Map<string, Map<Field, Side>>();
  readonly #armed = new Map<string, readonly Waiting[]>();
  #armedEntries = 0;

  /** Arms the task with these levels instead of those it waited for; none disarms it. */
  arm(taskId: string, watches: readonly SourcedWatch[]): void {
    const before = this.#armed.get(taskId);
    if (before && isSame(before, watches)) return;
    this.disarm(taskId);
    if (watches.length === 0) return;
    const entries = watches.map(({ source, field, direction, level }) => {
      return { taskId, source, field, direction, level: decimal(level), isArmed: true };
    });
    this.#armed.set(taskId, entries);
    this.#armedEntries += entries.length;
    for (const entry of entries) this.#push(entry);
  }

  /** Removes every level of the task; does nothing when it has none. */
  disarm(taskId: string): void {
    const entries = this.#armed.get(taskId);
    if (!entries) return;
    for (const entry of entries) entry.isArmed = false;
    this.#armed.delete(taskId);
    this.#armedEntries -= entries.length;
  }

  /**
   * Disarms every task that this value hits, and returns their ids: rising levels first, each kind from the nearest on.
   */
  wake(source: string, field: Field, value: DecimalString): string[] {
    const side = this.#sides.get(source)?.get(field);
    if (!side) return [];
    const reached = decimal(value);
    return [
      ...this.#take(side.rising, (level) => level.lessThanOrEqualTo(reached)),
      ...this.#take(side.falling, (level) => level.greaterThanOrEqualTo(reached)),
    ];
  }

  /** The level that a rising, or falling, value reaches first; `null` when no task waits there. */
  nearest(source: string, field: Field, direction: Watch['direction']): DecimalString | null {
    const heap = this.#sides.get(source)?.get(field)?.[direction];
    for (let top = heap?.peek(); heap && top; top = heap.peek()) {
      if (top.isArmed) return toText(top.level);
      heap.pop();
    }
    return null;
  }

  /** Up to so many tasks that wait for this field to rise, or fall, to a level: the nearest first, each with its level. */
  nearestTasks(
    source: string,
    { field, direction }: Pick<Watch, 'field' | 'direction'>,
    tasksMax: number,
  ): readonly { readonly taskId: string; readonly level: Decimal }[] {
    const heap = this.#sides.get(source)?.get(field)?.[direction];
    if (!heap) return [];
    const found: Waiting[] = [];
    // Below each entry of a heap are two, none of them nearer: the nearest of those below the found ones comes next.
    const next = new TinyQueue([0], (a, b) => nearestFirst[direction](at(heap, a), at(heap, b)));
    for (let place = next.pop(); place !== undefined && found.length < tasksMax; place = next.pop()) {
      const entry = heap.data[place];
      if (entry === undefined) continue;
      if (entry.isArmed) found.push(entry);
      for (const below of [2 * place + 1, 2 * place + 2]) if (below < heap.data.length) next.push(below);
    }
    return found;
  }

  /** Drops what is kept of a source on which no task waits any more. */
  drop(source: string): void {
    this.#sides.delete(source);
  }

  /** Some task waits for a level on this field. */
  isWaitedFor(source: string, field: Field): boolean {
    return this.nearest(source, field, 'rising') !== null || this.nearest(source, field, 'falling') !== null;
  }

  /** How many tasks wait. */
  get size(): number {
    return this.#armed.size;
  }

  /** How many entries the heaps hold, disarmed ones included; bounded by the number of armed ones. */
  get entries(): number {
    let total = 0;
    for (const fields of this.#sides.values())
      for (const { rising, falling } of fields.values()) total += rising.length + falling.length;
    return total;
  }

  #push(entry: Waiting): void {
    const side = this.#side(entry.source, entry.field);
    const { direction } = entry;
    side[direction].push(entry);
    if (side[direction].length > 2 * this.#armedEntries + heapSlack)
      side[direction] = new TinyQueue(
        side[direction].data.filter(({ isArmed }) => isArmed),
        nearestFirst[direction],
      );
  }

  #take(heap: TinyQueue<Waiting>, isReached: (level: Decimal) => boolean): string[] {
    const woken: string[] = [];
    for (let top = heap.peek(); top; top = heap.peek()) {
      if (top.isArmed && !isReached(top.level)) break;
      heap.pop();
      if (!top.isArmed) continue;
      this.disarm(top.taskId);
      woken.push(top.taskId);
    }
    return woken;
  }

  #side(source: string, field: Field): Side {
    const fields = this.#sides.get(source) ?? new Map<Field, Side>();
    this.#sides.set(source, fields);
    const side = fields.get(field) ?? {
      rising: new TinyQueue([], nearestFirst.rising),
      falling: new TinyQueue([], nearestFirst.falling),
    };
    fields.set(field, side);
    return side;
  }
}

const at = (heap: TinyQueue<Waiting>, place: number): Waiting => heap.data[place] as Waiting;

const isSame = (entries: readonly Waiting[], watches: readonly SourcedWatch[]): boolean =>
  entries.length === watches.length &&
  entries.every((entry, at) => {
    const watch = watches[at];
    return (
      watch !== undefined &&
      entry.source === watch.source &&
      entry.field === watch.field &&
      entry.direction === watch.direction &&
      entry.level.equals(watch.level)
    );
  });
