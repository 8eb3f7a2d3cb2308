/**
 * The moments in the life of a daemon between which a crash makes a difference, reported to a watcher. Every call comes
 * at the very moment, from inside the daemon: a watcher that kills or stops the process does it right there.
 */
import type { Command } from '../../../src/exchange/bybit/errors.ts';
import type { TurnRecord } from '../../../src/ports/journal.ts';

export interface Watch {
  /** A turn is made; the journal has not got it yet. */
  made(owner: string, record: TurnRecord): void;
  /** It is durable, and its daemon does not know that yet. */
  stored(owner: string, record: TurnRecord): void;
  /** A request is on its way to the exchange and cannot be called back. */
  left(owner: string, command: Command): void;
  /** The exchange is about to act on it. */
  arrived(owner: string, command: Command): void;
}

export const noWatch: Watch = {
  made: () => undefined,
  stored: () => undefined,
  left: () => undefined,
  arrived: () => undefined,
};
