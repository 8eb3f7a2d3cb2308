/**
 * The rolls of this daemon that are under way, or that wait for a person: in which part each is, since when its position is
 * missing, and whether the outcome of its order is unknown. It is noted with each turn that changed a task, so that asking for it costs
 * nothing per task that waits.
 */
import { partOfRoll, type RollPart } from '../../domain/explain/state-text.ts';
import { isUneven } from '../../domain/roll/both-held.ts';
import type { EndedPart } from '../../ports/observer.ts';
import type { RollsStanding } from '../../ports/system.ts';
import type { TaskActor } from './task-actor.ts';

interface UnderWay {
  readonly rollId: string;
  readonly part: RollPart;
  /** `null` when it had begun before the task was managed here. */
  readonly partSinceMs: number | null;
  readonly isFailed: boolean;
  readonly missingSinceMs: number | null;
  readonly doubledSinceMs: number | null;
  readonly unknownSinceMs: number | null;
}

export class RollsUnderWay {
  readonly #rolls = new Map<string, UnderWay>();

  /**
   * To be called with each turn that changed the task, and with `null` when it begins to be managed here.
   * @param atMs exchange time of the turn @returns the part of a roll that ended with it, where its beginning was seen
   */
  note(task: TaskActor, atMs: number | null): EndedPart | null {
    const { roll } = task.context;
    const before = this.#rolls.get(task.taskId);
    if (roll === null) {
      if (before !== undefined) this.#rolls.delete(task.taskId);
      return before === undefined ? null : endOf(before, atMs);
    }
    const part = partOfRoll(task.state, { isBetween: isUneven(roll) });
    const goesOn = before?.rollId === roll.rollId && before.part === part;
    const { order } = task;
    this.#rolls.set(task.taskId, {
      rollId: roll.rollId,
      part,
      partSinceMs: goesOn ? before.partSinceMs : atMs,
      isFailed: task.hasTag('failed'),
      missingSinceMs: roll.nakedInterval?.sinceMs ?? null,
      doubledSinceMs: roll.doubledInterval?.sinceMs ?? null,
      unknownSinceMs: order?.hasTag('searching') === true ? sinceOf(order.context) : null,
    });
    return before === undefined || goesOn ? null : endOf(before, atMs);
  }

  /** To be called when the task is dropped. */
  forget(task: TaskActor): void {
    this.#rolls.delete(task.taskId);
  }

  standing(nowMs: number): RollsStanding {
    const parts: Record<RollPart, number> = { planning: 0, leg1: 0, interval: 0, leg2: 0, other: 0 };
    const missing = new Oldest(nowMs);
    const doubled = new Oldest(nowMs);
    const unknown = new Oldest(nowMs);
    let failed = 0;
    for (const { part, isFailed, missingSinceMs, doubledSinceMs, unknownSinceMs } of this.#rolls.values()) {
      if (isFailed) failed += 1;
      else parts[part] += 1;
      missing.note(missingSinceMs);
      doubled.note(doubledSinceMs);
      unknown.note(unknownSinceMs);
    }
    return {
      parts,
      failed,
      halfRolled: missing.standing,
      doubled: doubled.standing,
      unknownOutcomes: unknown.standing,
    };
  }
}

/** How many last, and for how long the oldest of them does. */
class Oldest {
  readonly #nowMs: number;
  #count = 0;
  #oldestMs = 0;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  note(sinceMs: number | null): void {
    if (sinceMs === null) return;
    this.#count += 1;
    this.#oldestMs = Math.max(this.#oldestMs, this.#nowMs - sinceMs);
  }

  get standing(): { readonly count: number; readonly oldestMs: number } {
    return { count: this.#count, oldestMs: this.#oldestMs };
  }
}

const endOf = ({ part, partSinceMs }: UnderWay, atMs: number | null): EndedPart | null =>
  partSinceMs === null || atMs === null ? null : { part, tookMs: atMs - partSinceMs };

const sinceOf = (order: { readonly unresolvedSinceMs: number | null; readonly searchingSinceMs: number }) =>
  order.unresolvedSinceMs ?? order.searchingSinceMs;
