/**
 * Delivers alerts for all daemons of a database, while it is this daemon's turn: of all of them one delivers, and another
 * takes over within seconds when that one dies or loses its lock. It never ends the daemon.
 */
import { messageOf } from '../domain/errors.ts';
import type { AlertSenders } from '../ports/channels.ts';
import type { DeliveryBook, DeliveryTurn } from '../ports/deliveries.ts';
import { usualBackOff } from './back-off.ts';
import { DeliveryRun, type DeliveryLimits } from './delivery-run.ts';
import type { AlertLog } from './log.ts';

export interface DelivererOptions {
  readonly book: DeliveryBook;
  readonly senders: AlertSenders;
  readonly log: AlertLog;
  /** For tests, which cannot wait as long as people. */
  readonly limits?: Partial<DeliveryLimits>;
}

const usualLimits: DeliveryLimits = {
  backOff: usualBackOff,
  timeoutMs: 15_000,
  lookEveryMs: 5_000,
  criticalMs: 60_000,
  digestsEveryMs: 20_000,
};

/** How often a daemon whose turn it is not tries to get it. */
const tryEveryMs = 1_000;
const drainMs = 3_000;

export class Deliverer {
  readonly #options: DelivererOptions;
  #turn: DeliveryTurn | null = null;
  #run: DeliveryRun | null = null;
  #timer: NodeJS.Timeout | null = null;
  #trying: Promise<void> = Promise.resolve();
  #isClosed = false;
  #hasWarned = false;

  constructor(options: DelivererOptions) {
    this.#options = options;
  }

  /** True while it is this daemon's turn. */
  get isDelivering(): boolean {
    return this.#run !== null;
  }

  async start(): Promise<void> {
    await this.#options.book.onAlert(() => this.#run?.wake());
    this.#try();
  }

  /** Lets what is under way end for some seconds, and another daemon take over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#trying;
    const [run, turn] = [this.#run, this.#turn];
    this.#run = null;
    this.#turn = null;
    await run?.drain(drainMs);
    await turn?.release();
  }

  #try(): void {
    this.#trying = this.#take();
  }

  #again(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => this.#try(), tryEveryMs);
  }

  async #take(): Promise<void> {
    const { book, log, senders, limits } = this.#options;
    const lost = { reason: null as string | null };
    try {
      const turn = await book.take((reason) => {
        lost.reason = reason;
        this.#lost(reason);
      });
      this.#hasWarned = false;
      if (turn === null || lost.reason !== null) {
        this.#again();
        return;
      }
      log.info({}, 'this daemon delivers the alerts');
      this.#turn = turn;
      this.#run = new DeliveryRun({
        turn,
        senders,
        log,
        limits: { ...usualLimits, ...limits },
        nowMs: Date.now,
        chance: Math.random,
        onFailure: (error) => this.#failed(turn, error),
      });
      if (!this.#isClosed) this.#run.start();
    } catch (error) {
      if (!this.#hasWarned) log.warn({ reason: messageOf(error) }, 'alerts cannot be delivered now');
      this.#hasWarned = true;
      this.#again();
    }
  }

  #lost(reason: string): void {
    if (this.#run === null) return;
    this.#options.log.warn({ reason }, 'the turn to deliver alerts was lost');
    this.#run.abandon();
    this.#run = null;
    this.#turn = null;
    this.#again();
  }

  #failed(turn: DeliveryTurn, error: unknown): void {
    if (this.#turn !== turn) return;
    this.#options.log.warn({ err: error }, 'delivering alerts failed and begins again');
    this.#run = null;
    this.#turn = null;
    void turn.release().then(() => this.#again());
  }
}
