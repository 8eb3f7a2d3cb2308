/** Runs the queries of `sql/` on a pool: one by itself, or several in a transaction. */
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import type { Pools } from './pool.ts';
import { sql } from './sql.ts';

/** The rows of the query `sql/<name>.sql`. @throws the driver's error */
export async function rowsOf<Row extends object>(
  pool: Pool,
  name: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const { rows } = await pool.query<Row & QueryResultRow>(sql(name), [...values]);
  return rows;
}

/** The same for what is asked again and again: each connection of that pool plans it once, whatever its values are. */
export async function plannedRowsOf<Row extends object>(
  { planned }: Pick<Pools, 'planned'>,
  name: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const { rows } = await planned.query<Row & QueryResultRow>({ name, text: sql(name), values: [...values] });
  return rows;
}

/** Commits what `work` did, or rolls it back when it throws, and throws its error. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const done = await work(client);
    await client.query('COMMIT');
    return done;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
