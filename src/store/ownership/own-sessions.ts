/**
 * Checks whether a connection to the database is a session of its own. Session locks and LISTEN belong to the server's
 * session; a pooler that lends one out for each transaction (pgbouncer with pool_mode=transaction or statement) passes them
 * on to the next client, and then two daemons believe that they hold the same accounts. So a daemon first tries, over
 * several connections at once, exactly what it is going to rely on. It owns that check and the error's advice.
 */
import { randomInt } from 'node:crypto';
import type { Client } from 'pg';
import { BadInput } from '../../domain/errors.ts';
import { probeLockClass } from './advisory-locks.ts';
import { databaseAddress } from '../database-address.ts';
import { connect, disconnect } from '../pool.ts';
import { sql } from '../sql.ts';

const sessionsTotal = 3;
const rounds = 3;
/** A missing notification proves something only after much more time than a slow computer needs. */
const notificationMaxMs = 10_000;

interface Identity {
  readonly pid: number;
  /** The server shows the lock that was taken first as held by the session that answers. */
  readonly holdsLock: boolean;
}

/** @throws BadInput when a session is shared with others; what `connect` throws when there is no connection */
export async function assertSessionsAreOwn(databaseUrl: string): Promise<void> {
  const clients: Client[] = [];
  try {
    while (clients.length < sessionsTotal)
      clients.push(await connect({ databaseUrl, name: 'rollkeeper check', onLost: () => undefined }));
    const found = (await sharedSession(clients)) ?? (await lostNotification(clients));
    if (found !== null) throw shared(databaseUrl, found);
  } finally {
    await Promise.all(clients.map((client) => disconnect(client)));
  }
}

/** @returns what was seen, or null when every connection is a session of its own */
async function sharedSession(clients: readonly Client[]): Promise<string | null> {
  const keys = clients.map(() => randomInt(2 ** 31));
  const pids: number[] = [];
  for (const [at, client] of clients.entries()) {
    const { pid } = await identity(client, keys[at] ?? 0, 'probe-lock');
    const other = pids.indexOf(pid);
    if (other >= 0)
      return `connections ${other + 1} and ${at + 1}, open at the same time, are one session (backend ${pid})`;
    pids.push(pid);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, client] of clients.entries()) {
      // Another connection is in a transaction meanwhile, so that a pooler has to lend this one another backend.
      const other = clients[(at + 1 + round) % clients.length] as Client;
      if (other !== client) await other.query('BEGIN');
      const { pid, holdsLock } = await identity(client, keys[at] ?? 0, 'probe-identity');
      if (other !== client) await other.query('COMMIT');
      if (pid !== pids[at])
        return `the same connection was answered by backend ${pids[at] ?? 0} and then by backend ${pid}`;
      if (!holdsLock) return `a lock of backend ${pid} was lost though it had not been released`;
    }
  }
  return null;
}

async function identity(
  client: Client,
  key: number,
  query: 'probe-lock' | 'probe-identity',
): Promise<Identity> {
  const { rows } = await client.query<Identity>(sql(query), [probeLockClass, key]);
  if (!rows[0]) throw new Error(`${query} returned no row`);
  return rows[0];
}

/** Sends a notification from one connection to another. @returns what was seen, or null when it arrived */
async function lostNotification(clients: readonly Client[]): Promise<string | null> {
  const [listener, sender] = clients as [Client, Client];
  const channel = `rollkeeper_check_${randomInt(2 ** 31)}`;
  const arrival = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), notificationMaxMs);
    const arrived = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    listener.once('notification', arrived);
    listener.once('end', arrived);
  });
  await listener.query(`LISTEN ${channel}`);
  await sender.query(`NOTIFY ${channel}`);
  return (await arrival) ? null : 'a notification did not reach the connection that listens for it';
}

const shared = (databaseUrl: string, found: string): BadInput =>
  new BadInput('The database connection is shared with others, so nothing can be owned over it', [
    {
      path: 'DATABASE_URL',
      found: `${databaseAddress(databaseUrl)}, where ${found}: a pooler that lends sessions by transaction, such as pgbouncer with pool_mode=transaction`,
      expected:
        'a connection that keeps its session: the address of Postgres itself (usually port 5432), or a pooler in session mode (pool_mode=session), under a URL of its own if others need the transaction mode',
    },
  ]);
