/**
 * What may be wrong with the streams of one daemon while they stay connected: nothing comes for a while, what comes is old, and a
 * subscription delivers long after it was asked for. It owns how late a message is; who loses what is not sent is the stream's.
 */
import type { LocalTime } from '../../../src/exchange/bybit/time/local-time.ts';
import type { Process } from './process.ts';
import type { Timeline } from './timeline.ts';

export const streamNames = ['prices', 'options', 'account'] as const;
export type StreamName = (typeof streamNames)[number];

/** Times are exchange time. */
export class StreamTrouble {
  #stalledUntilMs = 0;
  #behindUntilMs = 0;
  #behindMs = 0;

  /** Nothing is sent before that time. */
  stall(untilMs: number): void {
    this.#stalledUntilMs = untilMs;
  }

  /** What is sent before that time comes so much later. */
  fallBehind(byMs: number, untilMs: number): void {
    this.#behindMs = byMs;
    this.#behindUntilMs = untilMs;
  }

  isStalled(nowMs: number): boolean {
    return nowMs < this.#stalledUntilMs;
  }

  /** How much later than usual a message comes that is sent now, or would be if the stream did not stand. */
  lateMs(nowMs: number): number {
    const behindMs = nowMs < this.#behindUntilMs ? this.#behindMs : 0;
    return Math.max(behindMs, this.#stalledUntilMs - nowMs, 0);
  }

  end(): void {
    this.#stalledUntilMs = 0;
    this.#behindUntilMs = 0;
  }
}

/** When options that are subscribed to before a time begin to deliver. */
export interface LateSubscriptions {
  untilMs: number;
  byMs: number;
}

/** How often something came about that a run is to show. */
export type Met = (what: string) => void;

/** The local time of a process, for what the adapter keeps. */
export const localTimeOf = (process: Process, timeline: Timeline): LocalTime => ({
  nowMs: () => timeline.nowMs(),
  dateMs: () => timeline.nowMs(),
  after: (delayMs, run) => process.after(delayMs, run),
  soon: (run) => process.after(0, run),
});
