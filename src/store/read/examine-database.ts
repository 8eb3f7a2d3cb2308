/** Looks at a database as `doctor` does: each look opens a connection of its own and closes it again, and changes nothing. */
import type { Client } from 'pg';
import type { DatabaseFacts, SchemaFacts } from '../../domain/doctor/judge-database.ts';
import type { ClockLook } from '../../ports/probes.ts';
import { columnsRelied } from '../columns-relied.ts';
import { databaseAddress } from '../database-address.ts';
import { lookAtSchema } from '../migrate.ts';
import { connect, disconnect } from '../pool.ts';
import { sql } from '../sql.ts';

const name = 'rollkeeper doctor';

async function looking<T>(databaseUrl: string, look: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect({ databaseUrl, name, onLost: () => undefined });
  try {
    return await look(client);
  } finally {
    await disconnect(client);
  }
}

interface Row extends Omit<DatabaseFacts, 'place' | 'rightsMissing' | 'connectionsFree'> {
  readonly connectionsUsed: number;
  readonly leftOfDatabase: number | null;
  readonly leftOfUser: number | null;
  readonly mayCreate: boolean;
  readonly tableRightsMissing: readonly string[];
}

/**
 * @param migratesAtStart whether a daemon makes tables itself, so that its user has to be allowed to
 * @throws Retryable when it cannot be reached
 */
export const lookAtDatabase = (
  databaseUrl: string,
  { migratesAtStart }: { readonly migratesAtStart: boolean },
): Promise<DatabaseFacts> =>
  looking(databaseUrl, async (client) => {
    const { rows } = await client.query<Row>(sql('examine-database'), [JSON.stringify(columnsRelied)]);
    const [row] = rows;
    if (!row) throw new Error('the database did not say anything of itself');
    const { connectionsUsed, leftOfDatabase, leftOfUser, mayCreate, tableRightsMissing, ...facts } = row;
    const left = [facts.connectionsMax - connectionsUsed, leftOfDatabase, leftOfUser].flatMap((each) =>
      each === null ? [] : [each],
    );
    return {
      ...facts,
      place: databaseAddress(databaseUrl),
      connectionsFree: Math.max(0, Math.min(...left)),
      rightsMissing: [
        ...(migratesAtStart && !mayCreate ? ['CREATE in its schema'] : []),
        ...tableRightsMissing,
      ],
    };
  });

/** @throws Retryable when it cannot be reached */
export const lookAtDatabaseClock = (databaseUrl: string): Promise<ClockLook> =>
  looking(databaseUrl, async (client) => {
    const beforeMs = Date.now();
    const began = performance.now();
    const { rows } = await client.query<{ nowMs: number }>(sql('database-time'));
    const withinMs = performance.now() - began;
    return { aheadMs: (rows[0]?.nowMs ?? Number.NaN) - (beforeMs + withinMs / 2), withinMs };
  });

/** @throws Retryable when it cannot be reached */
export const lookAtDatabaseSchema = (databaseUrl: string): Promise<SchemaFacts> =>
  looking(databaseUrl, lookAtSchema);
