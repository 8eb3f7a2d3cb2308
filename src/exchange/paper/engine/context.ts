/** What the parts of the engine share: the market, the accounts and their resting orders, ids, time, faults. */
import type { Faults } from '../faults.ts';
import type { Market } from '../market.ts';
import { idFor } from '../random.ts';
import type { WallClock } from '../wall-clock.ts';
import type { Account } from './account.ts';
import { RestingOrders } from './books.ts';
import type { EngineEvents } from './events.ts';
import type { EngineSettings } from './settings.ts';
import type { DecimalString } from '../../../domain/money.ts';

export interface EngineParts {
  readonly market: Market;
  readonly faults: Faults;
  readonly wall: WallClock;
  readonly settings: EngineSettings;
  readonly events: EngineEvents;
  readonly seed: number;
  /** Exchange time. */
  readonly nowMs: () => number;
  /** The last number that was used before a restart; ids continue after it. */
  readonly firstSeq: number;
}

export class EngineContext {
  readonly market: Market;
  readonly faults: Faults;
  readonly wall: WallClock;
  readonly settings: EngineSettings;
  readonly events: EngineEvents;
  readonly nowMs: () => number;
  readonly accounts = new Map<string, Account>();
  readonly resting = new RestingOrders();
  /** Stops that wait for their price; they are in no book. */
  readonly untriggered = new RestingOrders();
  /** The most that an order may execute because of a fault, by order id. */
  readonly fillCaps = new Map<string, DecimalString>();
  readonly #seed: number;
  readonly #scheduled = new Set<() => void>();
  #seq: number;

  constructor(parts: EngineParts) {
    this.market = parts.market;
    this.faults = parts.faults;
    this.wall = parts.wall;
    this.settings = parts.settings;
    this.events = parts.events;
    this.nowMs = parts.nowMs;
    this.#seed = parts.seed;
    this.#seq = parts.firstSeq;
  }

  /** One sequence for everything: place in the queue, `seq` on the wire, ids. */
  nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  get seq(): number {
    return this.#seq;
  }

  id(kind: string): string {
    return idFor(this.#seed, kind, this.nextSeq());
  }

  /** Schedules what an acknowledgement promised; the tape stays in real time until it is done. */
  later(delayMs: number, work: () => void): void {
    const cancel = this.wall.after(delayMs, () => {
      this.#scheduled.delete(cancel);
      work();
    });
    this.#scheduled.add(cancel);
  }

  get scheduledCount(): number {
    return this.#scheduled.size;
  }

  close(): void {
    for (const cancel of this.#scheduled) cancel();
    this.#scheduled.clear();
  }

  /** Notes when an order or a fill changed, for the stale-reads fault. */
  touchRow(account: Account, id: string): void {
    account.changedWallMs.set(id, this.wall.nowMs());
  }
}
