/** A database with many tasks, as after months of use: filled by Postgres itself, which is faster than any client. */
import { migrate } from '../../../src/store/migrate.ts';
import { silentLog } from '../../../src/store/log.ts';
import { query } from '../../support/database.ts';
import { storedTask } from './waiting-tasks.ts';

export interface Stock {
  readonly tasks: number;
  readonly accounts: number;
  /** How many of the tasks are between their legs; spread over the accounts. */
  readonly underWay: number;
}

/** @returns the URL of a database of its own on the same server */
export async function fillDatabase(
  adminUrl: string,
  { tasks, accounts, underWay }: Stock,
  snapshotUnderWay: string,
): Promise<string> {
  const name = `stock_${tasks}`;
  await query(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  await migrate(url.href, silentLog);
  await query(url.href, `INSERT INTO users (id, name) VALUES (1, 'many')`);
  await query(
    url.href,
    `INSERT INTO accounts (id, user_id, name, environment, api_key, secret_ciphertext)
     SELECT n, 1, 'account ' || n, 'paper', 'key ' || n, '' FROM generate_series(1, $1::int) AS n`,
    [accounts],
  );
  const { snapshotJson, machine } = storedTask(0);
  const everyTask = `FROM generate_series(0, $1::int - 1) AS n
     CROSS JOIN LATERAL (SELECT 1 + (n + n / ($1::int / $3::int)) % $2::int AS account_id, 'stock' || n AS id, n % ($1::int / $3::int) = 0 AS moves) AS task`;
  await query(
    url.href,
    `INSERT INTO tasks (account_id, id, version, owner, state, phase, spec, snapshot, machine)
     SELECT account_id, id, 1, 'fence', CASE WHEN moves THEN 'LEG1_CLOSED.checkpoint' ELSE 'IDLE.watching' END,
       CASE WHEN moves THEN 'rolling' ELSE 'waiting' END, '{}',
       CASE WHEN moves THEN replace($4, 'task000001', id) ELSE replace($5, 'waiting0', id) END::json, $6 ${everyTask}`,
    [tasks, accounts, underWay, snapshotUnderWay, snapshotJson, machine],
  );
  await query(url.href, 'VACUUM ANALYZE tasks');
  return url.href;
}
