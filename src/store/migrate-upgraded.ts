/** Migrates after an upgrade was checked: not under running daemons where a migration says that they must stop first. */
import { BadInput } from '../domain/errors.ts';
import type { StoreLog } from './log.ts';
import { migrate } from './migrate.ts';
import { livingLockClass } from './ownership/advisory-locks.ts';
import { connect, disconnect } from './pool.ts';
import { sql } from './sql.ts';

/**
 * @param stopFirst pending migrations that daemons must not live to see
 * @returns the names of the migrations applied now
 * @throws BadInput when daemons are running that must be stopped first
 */
export async function migrateUpgraded(
  databaseUrl: string,
  log: StoreLog,
  stopFirst: readonly string[],
): Promise<readonly string[]> {
  const daemons = stopFirst.length === 0 ? 0 : await countLivingDaemons(databaseUrl);
  if (daemons > 0)
    throw new BadInput('The migrations cannot be applied now', [
      {
        path: 'daemons',
        found: `${daemons} running, under which ${stopFirst.join(', ')} must not be applied`,
        expected: 'all of them to be stopped',
      },
    ]);
  return migrate(databaseUrl, log);
}

/** Of every environment. @throws Retryable when the database cannot be reached */
export async function countLivingDaemons(databaseUrl: string): Promise<number> {
  const client = await connect({ databaseUrl, name: 'rollkeeper migrate', onLost: () => undefined });
  try {
    const { rows } = await client.query<{ count: number }>(sql('count-living-daemons'), [livingLockClass]);
    return rows[0]?.count ?? 0;
  } finally {
    await disconnect(client);
  }
}
