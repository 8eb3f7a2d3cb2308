/**
 * Connections to Postgres, all made here so that all of them have time-outs: the client (`query_timeout`) and the server
 * (`tcp_keepalives`) notice a half-open connection, and no statement runs for ever. Callers decide what a connection is
 * used for, and what happens when it is lost.
 */
import type { Socket } from 'node:net';
import { Client, Pool, type ClientConfig } from 'pg';
import { connectionError } from './database-address.ts';
import { describeDatabaseError } from './database-errors.ts';
import type { StoreLog } from './log.ts';

export interface ConnectionOptions {
  readonly databaseUrl: string;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  readonly connectTimeoutMs?: number;
  /** Time-out of one statement on the server; the client gives up a second later. Default 10,000. */
  readonly statementTimeoutMs?: number;
  /** The server ends a session that was idle for so long; default never. */
  readonly silenceMaxMs?: number;
}

const clientConfig = (options: ConnectionOptions): ClientConfig => {
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
  return {
    connectionString: options.databaseUrl,
    application_name: options.name,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 1_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // A daemon whose machine vanished must free its locks soon: 10 s of silence, then 3 probes.
    options: `-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c idle_session_timeout=${options.silenceMaxMs ?? 0}`,
  };
};

export interface Pools {
  /** For reads and short writes. */
  readonly pool: Pool;
  /**
   * For the reads that every request of a page or program makes: planning them costs more than running them. Not for queries
   * whose best plan depends on their values, such as a filter that may be null.
   */
  readonly planned: Pool;
}

export type PoolOptions = ConnectionOptions & { readonly log: StoreLog };

/** Both connect when they are first used. */
export const openPools = (options: PoolOptions): Pools => ({
  pool: openPool(options),
  planned: openPool(options, '-c plan_cache_mode=force_generic_plan'),
});

/** An idle connection that fails is logged, and replaced by the pool. @param settings of its sessions, as the server takes them */
export function openPool(options: PoolOptions, settings = ''): Pool {
  const config = clientConfig(options);
  const pool = new Pool({
    ...config,
    options: `${config.options ?? ''} ${settings}`,
    max: connectionsMax,
    idleTimeoutMillis: 30_000,
  });
  pool.on('error', (error) =>
    options.log.warn({ reason: describeDatabaseError(error) }, 'An idle database connection was lost'),
  );
  // Of one that is lent out nobody else listens, and an error without a listener ends the process. The next query on it fails.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

const connectionsMax = 4;

/** Clients that were ended on purpose or reported already: their end is not reported. */
const finished = new WeakSet<Client>();

/**
 * One dedicated connection, for session locks, LISTEN and flushes. `onLost` is called once if it ends without `disconnect`.
 * @throws Retryable that names the address and what to do
 */
export async function connect(
  options: ConnectionOptions & { readonly onLost: (reason: string) => void },
): Promise<Client> {
  const client = new Client(clientConfig(options));
  // Until it is connected, a failure rejects the promise instead of being reported.
  finished.add(client);
  const lost = (reason: string): void => {
    if (finished.has(client)) return;
    finished.add(client);
    options.onLost(reason);
  };
  client.on('error', (error) => lost(describeDatabaseError(error)));
  client.on('end', () => lost('the connection was closed'));
  try {
    await client.connect();
    finished.delete(client);
  } catch (error) {
    void client.end().catch(() => undefined);
    throw connectionError(options.databaseUrl, error);
  }
  return client;
}

/** Ends a connection that may be half-open: waits a moment for a clean end, then cuts it. */
export async function disconnect(client: Client, withinMs = 1_000): Promise<void> {
  finished.add(client);
  const { connection } = client as unknown as { connection: { stream: Socket } };
  const timer = setTimeout(() => connection.stream.destroy(), withinMs);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}
