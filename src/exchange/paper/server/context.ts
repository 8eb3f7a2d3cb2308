/** What every part of the server needs: the exchange behind it, faults, clocks. */
import type { Engine } from '../engine/engine.ts';
import type { Faults } from '../faults.ts';
import type { Market } from '../market.ts';
import type { Player } from '../player.ts';
import type { WallClock } from '../wall-clock.ts';
import type { RateLimits } from './rate-limits.ts';

export interface ServerContext {
  readonly market: Market;
  readonly engine: Engine;
  readonly faults: Faults;
  readonly player: Player;
  readonly wall: WallClock;
  readonly limits: RateLimits;
  /** Wall time an order command's acknowledgement takes. */
  readonly ackDelayMs: number;
}
