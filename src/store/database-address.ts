/**
 * Sentences about a database: its host, port and name, never user or password, and what to do when it cannot be reached.
 * Connections are in pool.ts.
 */
import { parse } from 'pg-connection-string';
import { Retryable } from '../domain/errors.ts';
import { describeDatabaseError, sqlStateOf } from './database-errors.ts';

/** `db.example.org:5432/rollkeeper`, or a phrase when the parts of the URL cannot be separated. */
export function databaseAddress(databaseUrl: string): string {
  try {
    const { host, port, database } = parse(databaseUrl);
    const text = `${host ?? 'localhost'}:${port === undefined || port === '' || port === null ? '5432' : port}/${database ?? ''}`;
    // After an unescaped character in the password, its rest may be taken for host or name.
    return /[@#?\s]/.test(text) ? unreadable : text;
  } catch {
    return unreadable;
  }
}

const unreadable = 'an address that cannot be read (characters like @ : / # % in a password must be escaped)';

/** The error for a connection that could not be made: where it should lead, the reason and what to do; `cause` is kept. */
export function connectionError(databaseUrl: string, error: unknown): Retryable {
  const parts = error instanceof AggregateError ? error.errors : [error];
  const reason = [...new Set(parts.map((part) => describeDatabaseError(part)))].join('; ');
  const advice = adviceOn(sqlStateOf(parts[0]), reason);
  return new Retryable(
    `The database at ${databaseAddress(databaseUrl)} (DATABASE_URL) cannot be used: ${reason}. ${advice}`,
    { cause: error },
  );
}

function adviceOn(state: string, reason: string): string {
  const parameter = /unsupported startup parameter(?: in options)?: ["']?([\w.]+)/.exec(reason)?.[1];
  if (parameter !== undefined)
    return (
      `A pooler stands in between, probably pgbouncer, and does not take the parameter "${parameter}": ` +
      'connect to Postgres directly (usually port 5432), or use pool_mode=session and add ' +
      `ignore_startup_parameters = ${startupParameters} to pgbouncer.ini.`
    );
  if (/EMFILE|ENFILE/.test(reason))
    return 'This process may open no more files: raise its limit (LimitNOFILE of its service, ulimit -n).';
  if (/ECONNREFUSED|ENOENT/.test(reason)) return 'Is Postgres running there, and is the port right?';
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return 'Is the name of the host right?';
  if (/timeout|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/i.test(reason))
    return 'Can the host be reached from here, through firewall and network?';
  if (state.startsWith('28'))
    return 'Are user and password right, and may this user come from here (pg_hba.conf)?';
  if (state === '3D000') return 'Make the database first (CREATE DATABASE), or name another one.';
  if (state === '53300') return 'It has no connection left: raise max_connections, or end other programs.';
  if (state.startsWith('57')) return 'It is starting or being shut down; it is tried again.';
  if (/SSL|certificate/i.test(reason)) return 'Does sslmode in the URL fit what the server offers?';
  return 'Is it a Postgres, and is the URL right?';
}

/** Parameters that pool.ts sends on connecting and a pooler may refuse. */
const startupParameters = 'options, statement_timeout';
