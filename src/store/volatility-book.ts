/** The range of each option's implied volatility, in Postgres. */
import type { Pool } from 'pg';
import { minuteMs } from '../domain/units.ts';
import { decimal, toText } from '../domain/money.ts';
import type { ExchangeEnvironment } from '../ports/directory.ts';
import type { VolatilityBook, VolatilityRange, VolatilitySample } from '../ports/volatility-book.ts';
import { sql } from './sql.ts';

const sampleEveryMs = 15 * minuteMs;

interface RangeRow {
  readonly low: string;
  readonly high: string;
  readonly samples: number;
  readonly at_ms: number;
}

export class PostgresVolatilityBook implements VolatilityBook {
  readonly #pool: Pool;
  readonly #environment: ExchangeEnvironment;

  constructor(pool: Pool, environment: ExchangeEnvironment) {
    this.#pool = pool;
    this.#environment = environment;
  }

  async range(symbol: string): Promise<VolatilityRange | null> {
    const { rows } = await this.#pool.query<RangeRow>(sql('volatility-range'), [this.#environment, symbol]);
    const [row] = rows;
    if (!row) return null;
    const { low, high, samples, at_ms: atMs } = row;
    return { low: toText(decimal(low)), high: toText(decimal(high)), samples, atMs };
  }

  async note(symbol: string, { value, atMs }: VolatilitySample): Promise<VolatilityRange> {
    await this.#pool.query(sql('note-volatility'), [this.#environment, symbol, value, atMs, sampleEveryMs]);
    return (await this.range(symbol)) ?? { low: value, high: value, samples: 1, atMs };
  }
}
