/**
 * What a websocket to the exchange is made of: its address, log-in, listener and times, and what all of them share. It
 * owns the shapes and the usual times; connection.ts keeps the socket alive.
 */
import type { Logger } from 'pino';
import type { StreamSettings } from '../../../../machines/stream.machine.ts';
import type { Inspection } from '../../../ports/inspection.ts';
import type { DataFrame } from '../messages.ts';
import type { RollingWindow } from '../rest/rolling-window.ts';
import type { ExchangeClock } from '../time/exchange-clock.ts';
import type { LocalTime } from '../time/local-time.ts';
import type { CommandAnswer } from './frames.ts';
import type { OutageTimes } from './outages.ts';
import type { TopicTimes } from './topics.ts';

export interface StreamTimes
  extends Omit<StreamSettings, 'needsLogin'>, Omit<TopicTimes, 'proofMaxMs'>, OutageTimes {
  readonly pingEveryMs: number;
  /** How long after a ping the exchange may stay silent. */
  readonly pongMaxMs: number;
}

export const streamTimes: StreamTimes = {
  stepMaxMs: 10_000,
  staleMaxMs: 15_000,
  withheldMaxMs: 600_000,
  steadyAfterMs: 60_000,
  backOffFirstMs: 500,
  backOffCapMs: 30_000,
  pingEveryMs: 20_000,
  pongMaxMs: 10_000,
  staleAfterMs: 10_000,
  askAgainFirstMs: 1_000,
  askAgainCapMs: 60_000,
  criticalAfterMs: 60_000,
  remindEveryMs: 900_000,
};

/** What all connections to one exchange share. */
export interface StreamTools {
  readonly clock: ExchangeClock;
  readonly local: LocalTime;
  readonly log: Logger;
  /** In [0, 1). */
  readonly random: () => number;
  readonly budget: RollingWindow;
  readonly times: StreamTimes;
  readonly counters: { malformedFrames: number; connections: number };
  /** Shows the streams' machines to an inspector. */
  readonly inspection?: Inspection | undefined;
  /** A price older than this on arrival, by exchange time, is ignored; `Infinity` where that clock may jump. */
  readonly priceAgeMaxMs: number;
}

export interface ConnectionPlan {
  readonly name: string;
  readonly url: string;
  /** The log-in frame, made anew for each connection; null on public streams. */
  readonly login: (() => object) | null;
  /** Its name in the inspector, which shows no account. Default: `name`. */
  readonly shownAs?: string;
  /** It can be done without, so it leaves new connections to others where they are scarce (connection.ts). */
  readonly isSpare?: boolean;
  /** Topics in one request share its fate, so public ones are asked for one by one. */
  readonly topicsPerRequest: number;
  /** Removes secrets from a reason before it is logged or reported. */
  readonly mask?: (text: string) => string;
  readonly listener: ConnectionListener;
}

export interface ConnectionListener {
  /**
   * @returns true when the data is fresh; stale data does not end a topic's silence
   * @throws Unreadable or ZodError: the frame is then counted as malformed
   */
  data(frame: DataFrame): boolean;
  /** The answer to a command that was sent by `write`. */
  answer?(answer: CommandAnswer): void;
  /** A frame that says neither which topic nor which request it belongs to. @param text its beginning, as it came */
  unreadable?(reason: string, text: string): void;
  /** At least one wanted topic delivers, or none is wanted. */
  live(): void;
  /** Connected, and no wanted topic delivers. */
  stale(reason: string): void;
  /** These topics deliver from now on, or again. */
  proved?(topics: readonly string[]): void;
  /** These topics do not deliver; they are asked for again until they are `proved`. */
  missing?(topics: readonly string[], reason: string): void;
  /** The connection is lost; called again for every failed attempt. */
  lost(reason: string): void;
  loginRefused(reason: string): void;
}
