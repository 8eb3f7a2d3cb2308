/**
 * Levels of a structure that no single ticker reaches: on its tested or untested side, and on the structure as one. Each of
 * these is a source of the trigger book of its own, by task; its value is computed when the ticker of one of the legs moves.
 * A side whose leg is another one than when the task was armed wakes the task, because its levels were those of the former.
 */
import type { HeldOption } from '../../domain/market/held-option.ts';
import { triggerOf } from '../../domain/rules/judging.ts';
import {
  computedView,
  computedViews,
  computedViewsOf,
  isComputed,
  optionsNeeded,
  readingsByLeg,
  type ComputedView,
} from '../../domain/rules/leg-views.ts';
import type { Legs } from '../../domain/rules/structure.ts';
import {
  isSide,
  readField,
  type Field,
  type FieldReadings,
  type Readings,
  type SideWord,
  type Watch,
} from '../../domain/rules/triggers.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { Groups } from '../groups.ts';
import type { TriggerBook } from './trigger-book.ts';

/** What is needed to compute the levels: a task that sleeps is not woken to be looked at. */
interface Armed {
  readonly legs: Legs;
  /** The legs whose tickers move the levels. */
  readonly needed: readonly HeldOption[];
  /** The option that spoke for each side; `null` where that was not known. */
  readonly sides: readonly { readonly side: SideWord; readonly symbol: string | null }[];
  readonly levels: readonly { readonly of: ComputedView; readonly field: Field }[];
}

/** What a task waits for, and what is known now. */
export interface ToArm {
  readonly context: Pick<RollContext, 'held' | 'others' | 'rules'>;
  readonly readings: Readings;
  readonly watches: readonly Watch[];
}

/** The source of the trigger book that stands for a computed view of a task. */
export const computedSource = (taskId: string, of: ComputedView): string => `${taskId} ${of}`;

export class StructureLevels {
  readonly #book: TriggerBook;
  readonly #knownOf: (symbol: string) => FieldReadings | null;
  readonly #armed = new Map<string, Armed>();
  /** By symbol of a leg: the tasks whose computed levels its ticker may reach. */
  readonly #tasks = new Groups<string, string>();

  /** @param knownOf what is known now of an option; `null` when nothing fresh is */
  constructor(book: TriggerBook, knownOf: (symbol: string) => FieldReadings | null) {
    this.#book = book;
    this.#knownOf = knownOf;
  }

  /** The task waits for these levels now, which are in the book already. */
  arm(taskId: string, { context, readings, watches }: ToArm): void {
    const trigger = triggerOf(context.rules);
    const views = computedViewsOf(trigger, context);
    if (views.length === 0) {
      this.leave(taskId);
      return;
    }
    const { held, others } = context;
    const legs: Legs = others === undefined ? { held } : { held, others };
    const needed = optionsNeeded(trigger, legs);
    for (const { symbol } of this.#armed.get(taskId)?.needed ?? []) this.#tasks.remove(symbol, taskId);
    for (const { symbol } of needed) this.#tasks.add(symbol, taskId);
    this.#armed.set(taskId, {
      legs,
      needed,
      sides: views.filter(isSide).map((side) => ({ side, symbol: symbolOf(side, legs, readings) })),
      levels: watches.flatMap(({ of, field }) =>
        isComputed(of) && field !== 'clock' ? [{ of, field }] : [],
      ),
    });
  }

  /** The task waits for nothing. */
  leave(taskId: string): void {
    const armed = this.#armed.get(taskId);
    if (!armed) return;
    this.#armed.delete(taskId);
    for (const { symbol } of armed.needed) this.#tasks.remove(symbol, taskId);
    for (const of of computedViews) this.#book.drop(computedSource(taskId, of));
  }

  /** The ticker of this option may reach a computed level of some task. */
  has(symbol: string): boolean {
    return this.#tasks.has(symbol);
  }

  /** Disarms the tasks that this option's ticker hits, now that it has moved, and returns their ids. */
  wake(symbol: string, nowMs: number): readonly string[] {
    return this.#tasks.of(symbol).filter((taskId) => this.#isHit(taskId, nowMs));
  }

  /**
   * A computed level of the task is reached, or a side has another leg; then it is disarmed. What is not known says nothing: the
   * legs' tickers come one after the other, and between two of them the other one may be old.
   */
  #isHit(taskId: string, nowMs: number): boolean {
    const armed = this.#armed.get(taskId);
    if (!armed) return false;
    const { legs, needed, sides, levels } = armed;
    const known = readingsByLeg(legs, (leg) => (needed.includes(leg) ? this.#knownOf(leg.symbol) : null));
    const readings = { ...known, clock: String(nowMs) };
    const hasChanged = ({ side, symbol }: Armed['sides'][number]): boolean => {
      const now = symbolOf(side, legs, readings);
      return now !== null && now !== symbol;
    };
    if (sides.some(hasChanged)) {
      this.#book.disarm(taskId);
      return true;
    }
    return levels.some(({ of, field }) => {
      const view = computedView(of, legs, readings);
      const value = view && readField(field, view.held, view.readings);
      return value !== null && this.#book.wake(computedSource(taskId, of), field, value).length > 0;
    });
  }
}

const symbolOf = (side: SideWord, legs: Legs, readings: Readings): string | null =>
  computedView(side, legs, readings)?.held.symbol ?? null;
