/** Runs the queries of `sql/` on a pool: one by itself, or several in a transaction. */
import type { Pool, PoolClient, QueryResultRow } from 'pg';
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
