/** Why a task did not roll though its trigger held: each kind of answer once, with how often it was given. */
import type { Reason } from '../domain/roll/reasons.ts';

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
  readonly #byCode = new Map<string, Refusal>();

  /** @param reasons of the task, newest first: the newest counts when it is later than what was counted before */
  note([newest]: readonly Reason[]): void {
    if (!newest) return;
    const { code, text, atMs } = newest;
    const known = this.#byCode.get(code);
    if (known ? known.lastAtMs >= atMs : this.#byCode.size >= kindsMax) return;
    const { times, firstAtMs } = known ?? { times: 0, firstAtMs: atMs };
    this.#byCode.set(code, { text, times: times + 1, firstAtMs, lastAtMs: atMs });
  }

  /** The most frequent first. */
  all(): readonly Refusal[] {
    return [...this.#byCode.values()].sort((a, b) => b.times - a.times);
  }
}
