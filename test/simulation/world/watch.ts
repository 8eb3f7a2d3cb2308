/**
 * Lets somebody watch the daemons of a simulated world at the moments between which a crash makes a difference. Every
 * call comes at the very moment, from inside the daemon: whoever kills or stops the process there, strikes right there.
 */
import type { Command } from '../../../src/exchange/bybit/errors.ts';
import type { TurnRecord } from '../../../src/ports/journal.ts';

export interface Watch {
  /** A turn is made; the journal has not got it yet. */
  made(owner: string, record: TurnRecord): void;
  /** It is durable, and its daemon has not heard of that. */
  stored(owner: string, record: TurnRecord): void;
  /** A request is on its way to the exchange and cannot be called back. */
  left(owner: string, command: Command): void;
  /** The exchange is about to act on it. */
  arrived(owner: string, command: Command): void;
}

export const nobody: Watch = {
  made: () => undefined,
  stored: () => undefined,
  left: () => undefined,
  arrived: () => undefined,
};
