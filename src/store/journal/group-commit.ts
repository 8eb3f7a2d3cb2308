/**
 * The journal's logic without a database: spreads turns over a few flush lanes by task, so that turns of one task stay
 * in order while every lane group-commits whatever waits for it. It owns the bound on waiting turns and the writer
 * tokens; flush-lane.ts sends, retries and settles. A turn is acknowledged only when its writer reports it as durable.
 */
import { Retryable } from '../../domain/errors.ts';
import { sendWithinMs } from '../../domain/orders/write-window.ts';
import type { Journal, TurnRecord } from '../../ports/journal.ts';
import { FlushLane, type After } from './flush-lane.ts';
import type { StoreLog } from '../log.ts';
import type { TurnWriter } from './turn-writer.ts';

/** Bounds of the journal; all have defaults. */
export interface JournalBounds {
  /** Turns in one flush. Default 100. */
  readonly rowsMax?: number;
  /** Turns that may wait, those in a flush included, before new ones are refused. Default 20,000. */
  readonly waitingMax?: number;
  /** How long `close` lets the waiting turns drain. Default 10,000. */
  readonly drainMaxMs?: number;
}

export interface GroupCommitOptions extends JournalBounds {
  /** Session of this daemon, unique per start; the same that adopts the tasks (postgres-ownership). */
  readonly owner: string;
  /** The epoch in which this daemon has an account now (ownership/account-fences.ts). */
  readonly epochOf: (accountId: string) => number;
  /** One lane each. */
  readonly writers: readonly TurnWriter[];
  readonly log: StoreLog;
  readonly after: After;
}

export interface JournalState {
  /** Turns accepted and not yet settled, those in a flush included. */
  readonly waiting: number;
  /** Turns in a flush right now. */
  readonly flushing: number;
  readonly lastError: string | null;
  /** False while flushes fail. */
  readonly healthy: boolean;
  /** How long the oldest waiting turn has waited; 0 while none does. */
  readonly lagMs: number;
  /**
   * For how long every turn has taken longer to store than an order may be old when it leaves; 0 while turns are stored in
   * time, or none is.
   */
  readonly slowForMs: number;
}

/** After so long without a turn it is not known whether the next one will be slow, too. */
const slowForgottenMs = 10_000;

export class GroupCommitJournal implements Journal {
  readonly #owner: string;
  readonly #epochOf: (accountId: string) => number;
  readonly #waitingMax: number;
  readonly #drainMaxMs: number;
  readonly #after: After;
  readonly #lanes: readonly FlushLane[];
  /** When each turn that is not settled came in, on the monotonic clock; oldest first. */
  readonly #waiting = new Set<{ readonly sinceMs: number }>();
  /** Since when every turn was settled too late; `null` while they are in time. */
  #slowSinceMs: number | null = null;
  #settledMs = 0;
  #sequence = 0;
  #closing: Promise<void> | null = null;

  constructor({ owner, epochOf, writers, log, after, rowsMax = 100, ...bounds }: GroupCommitOptions) {
    this.#owner = owner;
    this.#epochOf = epochOf;
    this.#waitingMax = bounds.waitingMax ?? 20_000;
    this.#drainMaxMs = bounds.drainMaxMs ?? 10_000;
    this.#after = after;
    this.#lanes = writers.map((writer) => new FlushLane({ writer, log, rowsMax, after }));
  }

  commit(record: TurnRecord): Promise<void> {
    if (this.#closing) return Promise.reject(new Retryable('The journal is closed: this daemon is stopping'));
    if (this.#waiting.size >= this.#waitingMax) {
      return Promise.reject(
        new Retryable(
          `${this.#waiting.size} turns wait for the database already (bound: ${this.#waitingMax})${this.#because()}`,
        ),
      );
    }
    const waiting = { sinceMs: performance.now() };
    this.#waiting.add(waiting);
    return new Promise((resolve, reject) => {
      this.#laneOf(record).put({
        record,
        writer: `${this.#owner}/${++this.#sequence}`,
        fence: this.#epochOf(record.accountId),
        settle: (error) => {
          this.#waiting.delete(waiting);
          this.#noteSettled(waiting.sinceMs);
          if (error) reject(error);
          else resolve();
        },
      });
    });
  }

  state(): JournalState {
    const lastError = this.#lanes.find((lane) => lane.lastError !== null)?.lastError ?? null;
    const flushing = this.#lanes.reduce((total, lane) => total + lane.flushing, 0);
    const [oldest] = this.#waiting;
    const lagMs = oldest ? performance.now() - oldest.sinceMs : 0;
    return {
      waiting: this.#waiting.size,
      flushing,
      lastError,
      healthy: lastError === null,
      lagMs,
      slowForMs: this.#slowForMs(oldest?.sinceMs),
    };
  }

  /** @param oldestMs since when the oldest turn waits that is not settled */
  #slowForMs(oldestMs: number | undefined): number {
    const nowMs = performance.now();
    const lateMs = oldestMs === undefined ? Number.POSITIVE_INFINITY : oldestMs + sendWithinMs;
    const sinceMs = this.#slowSinceMs ?? (lateMs < nowMs ? lateMs : null);
    const isPast = oldestMs === undefined && nowMs - this.#settledMs > slowForgottenMs;
    return sinceMs === null || isPast ? 0 : nowMs - sinceMs;
  }

  #noteSettled(sinceMs: number): void {
    this.#settledMs = performance.now();
    const lateMs = sinceMs + sendWithinMs;
    this.#slowSinceMs = this.#settledMs < lateMs ? null : (this.#slowSinceMs ?? lateMs);
  }

  /** Drains for at most `drainMaxMs`; what still waits then is rejected as Retryable or UnknownOutcome. */
  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    const cancel = this.#after(this.#drainMaxMs, () => this.#lanes.forEach((lane) => lane.abandon()));
    await Promise.all(this.#lanes.map((lane) => lane.idle()));
    cancel();
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #laneOf({ taskId }: TurnRecord): FlushLane {
    let hash = 0;
    for (let index = 0; index < taskId.length; index += 1) hash = (hash * 31 + taskId.charCodeAt(index)) | 0;
    const lane = this.#lanes[Math.abs(hash) % this.#lanes.length];
    if (!lane) throw new Error('The journal has no flush lanes');
    return lane;
  }

  #because(): string {
    const { lastError } = this.state();
    return lastError === null ? '' : `: ${lastError}`;
  }
}
