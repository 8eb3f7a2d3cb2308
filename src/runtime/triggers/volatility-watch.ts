/**
 * Reads the realised volatilities that the triggers of some tasks look at: when the first task wants one, and then every
 * hour for as long as one does. What could not be read is tried again after a minute; a figure of some hours is unknown.
 */
import type { DecimalString } from '../../domain/money.ts';
import {
  fieldsOf,
  isVolatilityField,
  volatilityDays,
  type Readings,
  type ReportedField,
  type Trigger,
  type VolatilityField,
} from '../../domain/rules/triggers.ts';
import { hourMs, minuteMs } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MarketData } from '../../ports/market-data.ts';
import { Groups } from '../groups.ts';

type VolatilityMarket = Pick<MarketData, 'realisedVolatility'>;

const ageMaxMs = 3 * hourMs;

interface Known {
  readonly value: DecimalString;
  readonly atMs: number;
}

export interface VolatilityWatchOptions {
  readonly market: VolatilityMarket;
  readonly clock: Clock;
  /** Called with each figure that was read. */
  readonly read: (baseCoin: string, field: VolatilityField, value: DecimalString) => void;
}

const keyOf = (baseCoin: string, field: VolatilityField): string => `${baseCoin} ${field}`;
const daysOf = (field: VolatilityField) =>
  volatilityDays.find((days) => field === `realised${days}`) ?? volatilityDays[0];

export class VolatilityWatch {
  readonly #options: VolatilityWatchOptions;
  /** By task: the keys that it wants. */
  readonly #wanted = new Map<string, readonly string[]>();
  /** By key: the tasks that want it. */
  readonly #tasks = new Groups<string, string>();
  readonly #known = new Map<string, Known>();
  /** By key: ends the wait for the next reading. */
  readonly #waits = new Map<string, () => void>();
  #isStopped = false;

  constructor(options: VolatilityWatchOptions) {
    this.#options = options;
  }

  /** The task wants these figures of its coin now, instead of those that it wanted before. */
  want(taskId: string, baseCoin: string, trigger: Trigger): void {
    const fields = fieldsOf(trigger).filter(isVolatilityField);
    if (fields.length === 0 && !this.#wanted.has(taskId)) return;
    const keys = fields.map((field) => keyOf(baseCoin, field));
    for (const key of keys) this.#tasks.add(key, taskId);
    const before = this.#wanted.get(taskId) ?? [];
    this.#wanted.set(taskId, keys);
    this.#release(
      taskId,
      before.filter((key) => !keys.includes(key)),
    );
    for (const field of fields)
      if (!this.#waits.has(keyOf(baseCoin, field))) void this.#read(baseCoin, field);
  }

  /** The task wants none any more. */
  leave(taskId: string): void {
    const keys = this.#wanted.get(taskId);
    if (!keys) return;
    this.#wanted.delete(taskId);
    this.#release(taskId, keys);
  }

  /** Those of these fields that are known. */
  readingsFor(baseCoin: string, fields: readonly ReportedField[]): Readings {
    const nowMs = this.#options.clock.nowMs();
    const readings: Partial<Record<VolatilityField, DecimalString>> = {};
    for (const field of fields.filter(isVolatilityField)) {
      const known = this.#known.get(keyOf(baseCoin, field));
      if (known && nowMs - known.atMs <= ageMaxMs) readings[field] = known.value;
    }
    return readings;
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#waits.values()) cancel();
  }

  #release(taskId: string, keys: readonly string[]): void {
    for (const key of keys) {
      this.#tasks.remove(key, taskId);
      if (this.#tasks.has(key)) continue;
      this.#waits.get(key)?.();
      this.#waits.delete(key);
    }
  }

  async #read(baseCoin: string, field: VolatilityField): Promise<void> {
    const { market, clock, read } = this.#options;
    const key = keyOf(baseCoin, field);
    // Holds the place while the request is on its way.
    this.#waits.set(key, () => undefined);
    const value = await market.realisedVolatility(baseCoin, daysOf(field)).catch(() => null);
    if (this.#isStopped || !this.#tasks.has(key)) return;
    const nowMs = clock.nowMs();
    const nextMs = nowMs + (value === null ? minuteMs : hourMs);
    this.#waits.set(
      key,
      clock.alarm(nextMs, () => void this.#read(baseCoin, field)),
    );
    if (value === null) return;
    this.#known.set(key, { value, atMs: nowMs });
    read(baseCoin, field, value);
  }
}

/**
 * The realised volatilities that a trigger looks at, read now; those that the exchange does not have are left out.
 * @throws Retryable | Terminal when one cannot be read
 */
export async function readVolatilities(
  trigger: Trigger,
  baseCoin: string,
  market: VolatilityMarket,
): Promise<Readings> {
  const fields = fieldsOf(trigger).filter(isVolatilityField);
  const values = await Promise.all(fields.map((field) => market.realisedVolatility(baseCoin, daysOf(field))));
  return Object.fromEntries(
    fields.flatMap((field, place) => {
      const value = values[place];
      return value === null || value === undefined ? [] : [[field, value]];
    }),
  );
}
