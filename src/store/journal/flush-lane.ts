/**
 * One flush lane of the journal and the turns that wait in it. It owns the order (turns of one task strictly one after
 * another, also within a flush), the retry while the database cannot be used, and settling each turn with its outcome. A turn
 * that nothing waits for is kept for a moment, so that a price and the order that it leads to take one commit.
 * Its writer owns how a flush reaches the database; the journal owns how many turns may wait.
 */
import { Conflict, Terminal, UnknownOutcome, Retryable } from '../../domain/errors.ts';
import { describeDatabaseError, isBadRow, sqlStateOf } from '../database-errors.ts';
import type { StoreLog } from '../log.ts';
import { taskKey, type Turn, type TurnWriter } from './turn-writer.ts';

export interface WaitingTurn extends Turn {
  settle(error: Error | null): void;
}

/** Calls `action` once after `delayMs`; the returned function cancels it. */
export type After = (delayMs: number, action: () => void) => () => void;

export interface LaneOptions {
  readonly writer: TurnWriter;
  readonly log: StoreLog;
  readonly rowsMax: number;
  readonly after: After;
}

const backOffMs = { first: 50, max: 2_000 };
/** How long a turn is kept for those that follow: what streams have told is read within that time, a request takes longer. */
const keptForMs = 5;

export class FlushLane {
  readonly #options: LaneOptions;
  /** Waiting turns by task, in order; the first ones may be in flight. */
  readonly #tasks = new Map<string, WaitingTurn[]>();
  /** Tasks with a turn to send and none in flight, longest waiting first. */
  readonly #ready = new Set<string>();
  /** Tasks whose turns are kept for those that follow, each with what ends that. */
  readonly #kept = new Map<string, () => void>();
  /** Turns in flight. */
  readonly #sent = new Set<WaitingTurn>();
  #running: Promise<void> | null = null;
  #wake: (() => void) | null = null;
  #abandoned = false;
  #inFlight = 0;
  #lastError: string | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get flushing(): number {
    return this.#inFlight;
  }

  /** Why the last flush failed; null when it went through. */
  get lastError(): string | null {
    return this.#lastError;
  }

  put(turn: WaitingTurn): void {
    const key = taskKey(turn);
    const queue = this.#tasks.get(key) ?? [];
    const isFirstUnsent = queue.every((waiting) => this.#sent.has(waiting));
    queue.push(turn);
    this.#tasks.set(key, queue);
    if (turn.record.mayWait !== true) this.#release(key);
    // Behind others it goes with them: it neither holds one up that is waited for, nor keeps another for longer.
    else if (isFirstUnsent) this.#keep(key);
  }

  /** Resolves when no turn waits any more. */
  async idle(): Promise<void> {
    for (const key of [...this.#kept.keys()]) this.#release(key);
    while (this.#running) await this.#running;
  }

  /** Gives up the turns that still wait: Retryable if not sent, UnknownOutcome if its flush was not answered. */
  abandon(): void {
    this.#abandoned = true;
    this.#wake?.();
    void this.#options.writer.drop();
    const reason = this.#lastError ?? 'the flush took too long';
    for (const key of [...this.#kept.keys()]) this.#unkeep(key);
    for (const queue of this.#tasks.values()) {
      for (const turn of queue) {
        const subject = `Task ${turn.record.taskId}, version ${turn.record.expectedVersion + 1}`;
        turn.settle(
          this.#sent.has(turn)
            ? new UnknownOutcome(`${subject}: the journal closed before the database answered (${reason})`)
            : new Retryable(`${subject}: the journal closed before it was sent (${reason})`),
        );
      }
    }
    this.#tasks.clear();
    this.#ready.clear();
    this.#sent.clear();
  }

  close(): Promise<void> {
    return this.#options.writer.close();
  }

  #keep(key: string): void {
    const cancel = this.#options.after(keptForMs, () => this.#release(key));
    this.#kept.set(key, cancel);
  }

  #unkeep(key: string): void {
    this.#kept.get(key)?.();
    this.#kept.delete(key);
  }

  #release(key: string): void {
    this.#unkeep(key);
    this.#makeReady(key);
  }

  /** The first flush begins in a microtask, so that all turns put in the same synchronous stretch share it. */
  #makeReady(key: string): void {
    const first = this.#tasks.get(key)?.at(0);
    if (!first || this.#sent.has(first)) return;
    this.#ready.add(key);
    this.#running ??= Promise.resolve().then(() => this.#run());
  }

  async #run(): Promise<void> {
    while (this.#ready.size > 0) {
      const batch = this.#takeBatch();
      this.#inFlight = batch.length;
      await this.#flushUntilSettled(batch);
      this.#inFlight = 0;
    }
    this.#running = null;
  }

  #takeBatch(): WaitingTurn[] {
    const batch: WaitingTurn[] = [];
    for (const key of this.#ready) {
      batch.push(...(this.#tasks.get(key) ?? []).slice(0, this.#options.rowsMax - batch.length));
      this.#ready.delete(key);
      if (batch.length >= this.#options.rowsMax) break;
    }
    for (const turn of batch) this.#sent.add(turn);
    return batch;
  }

  async #flushUntilSettled(batch: readonly WaitingTurn[]): Promise<void> {
    let waitMs = backOffMs.first;
    while (!this.#abandoned) {
      try {
        const outcomes = await this.#options.writer.flush(batch);
        this.#recovered();
        outcomes.forEach((conflict, n) => this.#settle(batch[n], conflict));
        return;
      } catch (error) {
        if (isBadRow(error)) return this.#settleBadRow(batch, error);
        await this.#options.writer.drop();
        this.#failed(error, waitMs);
        await this.#pause(waitMs);
        waitMs = Math.min(waitMs * 2, backOffMs.max);
      }
    }
  }

  /** The transaction was rolled back because of one row: each turn is flushed alone, so that only the bad one fails. */
  async #settleBadRow(batch: readonly WaitingTurn[], error: unknown): Promise<void> {
    const [only] = batch;
    if (batch.length > 1) {
      for (const turn of batch) await this.#flushUntilSettled([turn]);
    } else if (only) {
      const text = `Task ${only.record.taskId}: the database refuses this turn: ${describeDatabaseError(error)}`;
      this.#settle(only, new Terminal(text, { code: sqlStateOf(error), cause: error }));
    }
  }

  #settle(turn: WaitingTurn | undefined, error: Conflict | Terminal | null): void {
    if (!turn) return;
    this.#sent.delete(turn);
    const key = taskKey(turn);
    const queue = this.#tasks.get(key);
    // Missing when the lane was abandoned: then the caller was settled already.
    if (queue?.[0] !== turn) return;
    if (error === null) {
      queue.shift();
      const next = queue.at(0);
      if (!next) this.#tasks.delete(key);
      else if (!this.#kept.has(key)) this.#makeReady(key);
      turn.settle(null);
      return;
    }
    // Later turns of the task build on a turn that was not stored.
    this.#tasks.delete(key);
    this.#unkeep(key);
    turn.settle(error);
    for (const later of queue.slice(1)) {
      this.#sent.delete(later);
      later.settle(new Conflict(`${error.message} (a turn before this one was refused)`, { cause: error }));
    }
  }

  #failed(error: unknown, waitMs: number): void {
    const reason = describeDatabaseError(error);
    if (this.#lastError === null) {
      this.#options.log.warn({ reason, waitMs }, 'The journal cannot write; turns wait and it tries again');
    }
    this.#lastError = reason;
  }

  #recovered(): void {
    if (this.#lastError !== null) this.#options.log.info({}, 'The journal writes again');
    this.#lastError = null;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
