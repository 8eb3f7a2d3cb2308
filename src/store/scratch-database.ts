/** A database beside the real one for work that must leave no trace: created, migrated, used and dropped. */
import { randomBytes } from 'node:crypto';
import { BadInput } from '../domain/errors.ts';
import { describeDatabaseError, sqlStateOf } from './database-errors.ts';
import type { StoreLog } from './log.ts';
import { migrate } from './migrate.ts';
import { connect, disconnect } from './pool.ts';

const insufficientPrivilege = '42501';

/** @throws BadInput when the database user may not create databases */
export async function withScratchDatabase<T>(
  databaseUrl: string,
  log: StoreLog,
  use: (scratchUrl: string) => Promise<T>,
): Promise<T> {
  const client = await connect({ databaseUrl, name: 'rollkeeper scratch', onLost: () => undefined });
  const name = `rollkeeper_scratch_${randomBytes(5).toString('hex')}`;
  try {
    await client.query(`CREATE DATABASE ${name}`).catch((error: unknown) => {
      throw sqlStateOf(error) === insufficientPrivilege ? mayNotCreate(error) : (error as Error);
    });
    try {
      const url = new URL(databaseUrl);
      url.pathname = `/${name}`;
      await migrate(url.href, log);
      return await use(url.href);
    } finally {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
  } finally {
    await disconnect(client);
  }
}

const mayNotCreate = (error: unknown): BadInput =>
  new BadInput('The database cannot be measured', [
    {
      path: 'database-url',
      found: `a user who may not make a database (${describeDatabaseError(error)})`,
      expected: 'one with CREATEDB, or no URL for the embedded database',
    },
  ]);
