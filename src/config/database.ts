/** Which database: any Postgres by its address, or the one that comes with the package in a directory. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { oneOf, portNumber, postgresUrl } from './shapes.ts';
import { hidden, type Reader } from './reader.ts';

export type DatabaseChoice =
  | { readonly kind: 'url'; readonly url: string }
  /** The Postgres that comes with the package; `dataDir` is an absolute path. */
  | { readonly kind: 'embedded'; readonly dataDir: string };

/** From the command line; they override the environment. */
export interface DatabaseOverrides {
  readonly dataDir?: string | undefined;
  readonly databaseUrl?: string | undefined;
}

export function readDatabase(reader: Reader, cwd: string, overrides: DatabaseOverrides): DatabaseChoice {
  const dataDir = reader.text('ROLLKEEPER_DATA');
  const url = reader.read('DATABASE_URL', postgresUrl, hidden);
  const legacyUrl = readLegacyDatabase(reader, url);
  const embedded = (dir: string): DatabaseChoice => ({ kind: 'embedded', dataDir: resolve(cwd, dir) });

  if (overrides.dataDir !== undefined && overrides.databaseUrl !== undefined) {
    reader.wrong('--data', JSON.stringify(overrides.dataDir), 'either --data or --database-url, not both');
  }
  if (overrides.dataDir?.trim() === '') reader.wrong('--data', '""', 'a directory');
  if (overrides.dataDir !== undefined) return embedded(overrides.dataDir);
  if (overrides.databaseUrl !== undefined) {
    const parsed = postgresUrl.safeParse(overrides.databaseUrl.trim());
    if (!parsed.success)
      reader.wrong(
        '--database-url',
        hidden(overrides.databaseUrl),
        parsed.error.issues[0]?.message ?? 'postgres://user:password@host:5432/name',
      );
    return { kind: 'url', url: overrides.databaseUrl.trim() };
  }
  const chosen = url ?? legacyUrl;
  if (chosen === undefined) return embedded(dataDir ?? defaultDataDir(cwd));
  if (dataDir !== undefined) {
    reader.warnings.push('ROLLKEEPER_DATA is not used: the environment names a database to connect to');
  }
  return { kind: 'url', url: chosen };
}

/** The nearest `.rollkeeper` from the working directory upwards, then the one at home, then a new one here. */
function defaultDataDir(cwd: string): string {
  for (let at = resolve(cwd); ; at = dirname(at)) {
    const here = join(at, '.rollkeeper');
    if (existsSync(here)) return here;
    if (dirname(at) === at) break;
  }
  const atHome = join(homedir(), '.rollkeeper');
  return existsSync(atHome) ? atHome : join(cwd, '.rollkeeper');
}

/**
 * The keys of the earlier Go version. Only the TLS modes of its driver are accepted, with the driver's meaning: `require`
 * encrypts without checking the certificate, which node-postgres does only with `uselibpqcompat`.
 */
function readLegacyDatabase(reader: Reader, databaseUrl: string | undefined): string | undefined {
  const host = reader.text('DB_HOST');
  const user = reader.text('DB_USER');
  const name = reader.text('DB_NAME');
  const password = reader.text('DB_PASSWORD');
  const port = reader.read('DB_PORT', portNumber);
  const sslMode = reader.read('DB_SSLMODE', oneOf(['disable', 'require', 'verify-ca', 'verify-full']));
  if ([host, user, name, password].every((value) => value === undefined)) return undefined;
  if (databaseUrl !== undefined) {
    reader.warnings.push('DB_HOST … DB_NAME are not used: DATABASE_URL is given and wins');
    return undefined;
  }
  if (host === undefined) reader.wrong('DB_HOST', 'nothing', 'the host of the database, like localhost');
  if (user === undefined) reader.wrong('DB_USER', 'nothing', 'the name to log in with');
  if (name === undefined) reader.wrong('DB_NAME', 'nothing', 'the name of the database');
  if (host === undefined || user === undefined || name === undefined) return undefined;

  const login = [user, ...(password === undefined ? [] : [password])].map(encodeURIComponent).join(':');
  const path = `${String(port ?? 5432)}/${encodeURIComponent(name)}`;
  const tls = sslMode === undefined ? '' : `?sslmode=${sslMode}&uselibpqcompat=true`;
  const url = `postgres://${login}@${host.includes(':') ? `[${host}]` : host}:${path}${tls}`;
  if (URL.canParse(url)) return url;
  reader.wrong('DB_HOST', JSON.stringify(host), 'a host name or an address, like localhost');
  return undefined;
}
