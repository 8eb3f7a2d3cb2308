/** Counts why a task did not roll though its trigger held, by kind of reason. */
import { reasonText } from '../domain/explain/reason-text.ts';
import type { NotedReason } from '../domain/roll/reasons.ts';

export interface Refusal {
  /** Text of the latest one. */
  readonly text: string;
  readonly times: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** A task has a handful of kinds; this bounds memory whatever happens. */
const kindsMax = 50;

export class Refusals {
  readonly #byKind = new Map<string, Refusal>();

  /** Counts the newest reason once. @param reasons of the task, newest first */
  note([newest]: readonly NotedReason[]): void {
    if (!newest) return;
    const { kind, atMs } = newest;
    const known = this.#byKind.get(kind);
    if (known ? known.lastAtMs >= atMs : this.#byKind.size >= kindsMax) return;
    const { times, firstAtMs } = known ?? { times: 0, firstAtMs: atMs };
    this.#byKind.set(kind, { text: reasonText(newest), times: times + 1, firstAtMs, lastAtMs: atMs });
  }

  /** The most frequent first. */
  all(): readonly Refusal[] {
    return [...this.#byKind.values()].sort((a, b) => b.times - a.times);
  }
}
