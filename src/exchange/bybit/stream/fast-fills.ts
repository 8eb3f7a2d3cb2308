/**
 * Executions that were told ahead, without their fees, and are still to come with them (docs/exchange.md#streams). One that comes
 * within a moment is all that is reported, because it is complete; only of one that stays away is the other passed on.
 */
import type { Fill } from '../../../domain/market/order.ts';
import type { LocalTime } from '../time/local-time.ts';

export interface FastFillsParts {
  readonly local: Pick<LocalTime, 'after'>;
  /** Of an execution that is not complete in time. */
  readonly overdue: (fill: Fill) => void;
}

/** Longer than both topics are usually apart, and short beside the interval between two legs. */
export const completeWithinMs = 60;
const knownMax = 1_000;

export class FastFills {
  readonly #parts: FastFillsParts;
  readonly #awaited = new Map<string, () => void>();
  readonly #complete = new Set<string>();

  constructor(parts: FastFillsParts) {
    this.#parts = parts;
  }

  /** It was told ahead. One of no order of ours is not waited for: as a maker's it has no link id. */
  told(fill: Fill): void {
    const { local, overdue } = this.#parts;
    const { execId, linkId } = fill;
    if (linkId === '' || this.#awaited.has(execId) || this.#complete.has(execId)) return;
    const cancel = local.after(completeWithinMs, () => {
      this.#awaited.delete(execId);
      this.#note(execId);
      overdue(fill);
    });
    this.#awaited.set(execId, cancel);
  }

  /** It has come with its fee. */
  came({ execId }: Pick<Fill, 'execId'>): void {
    this.#awaited.get(execId)?.();
    this.#awaited.delete(execId);
    this.#note(execId);
  }

  /** The stream is down: what happened is looked up when it is back. */
  forget(): void {
    for (const cancel of this.#awaited.values()) cancel();
    this.#awaited.clear();
  }

  /** Neither is told again. */
  #note(execId: string): void {
    if (this.#complete.size >= knownMax) this.#complete.clear();
    this.#complete.add(execId);
  }
}
