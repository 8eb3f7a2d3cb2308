/** Why a task did not roll though its trigger held: each kind of answer once, with how often it was given. */
import { reasonText } from '../domain/explain/reason-text.ts';
import type { NotedReason } from '../domain/roll/reasons.ts';

export interface Refusal {
  /** As it was said last. */
  readonly text: string;
  readonly times: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** A task gives a handful of kinds; beyond so many the rarest would say nothing. */
const kindsMax = 50;

export class Refusals {
  readonly #byKind = new Map<string, Refusal>();

  /** @param reasons of the task, newest first: the newest counts when it is later than what was counted before */
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
