/**
 * The only reader of the environment: turns `process.env`, a `.env` file and command-line overrides into one typed value,
 * or into one `BadInput` that names every wrong key at once. No other file reads the environment, so this one shows
 * everything that can be set. What a value means is left to the part that uses it.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { BadInput, type InputIssue } from './domain/errors.ts';
import {
  calendarPlace,
  daemonName,
  encryptionKey,
  flag,
  isLoopback,
  oneOf,
  portNumber,
  postgresUrl,
  seconds,
  type CalendarPlace,
} from './config/shapes.ts';
import { readEnvFile } from './files/env-file.ts';

export const modes = ['paper', 'testnet', 'demo', 'live'] as const;
export type Mode = (typeof modes)[number];

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFormat = 'pretty' | 'json';

/** The value of `ROLLKEEPER_LIVE` that is required, besides the mode, before real money is traded. */
export const liveConsent = 'yes-with-real-money';

export type DatabaseChoice =
  | { readonly kind: 'url'; readonly url: string }
  /** The Postgres that comes with the package; `dataDir` is an absolute path. */
  | { readonly kind: 'embedded'; readonly dataDir: string };

export interface Config {
  readonly mode: Mode;
  readonly database: DatabaseChoice;
  /** 32 bytes. In paper mode without `ENCRYPTION_KEY` it is `paperKey`, which protects nothing and need not. */
  readonly encryptionKey: Buffer;
  /** Names this daemon in the database. */
  readonly daemonName: string;
  readonly exchange: {
    /** Base addresses without a trailing slash; both given or both `null` (= the mode's own). */
    readonly restUrl: string | null;
    readonly wsUrl: string | null;
    readonly timeoutMs: number;
  };
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
  readonly migrateAtStart: boolean;
  /** How long SIGTERM waits for rolls under way to reach a committed state. */
  readonly drainTimeoutMs: number;
  /** The operator's calendar of events; `null` without one. */
  readonly calendar: CalendarPlace | null;
  /** Sentences for the log: nothing is wrong, but the operator may have meant something else. */
  readonly warnings: readonly string[];
}

/** Everything that is read from the environment. */
const keys = [
  ...(['ROLLKEEPER_MODE', 'ROLLKEEPER_LIVE', 'ROLLKEEPER_DATA', 'ROLLKEEPER_MIGRATE_AT_START'] as const),
  ...(['ROLLKEEPER_DAEMON_NAME', 'DATABASE_URL', 'ENCRYPTION_KEY', 'DRAIN_TIMEOUT_SECONDS'] as const),
  ...(['DB_HOST', 'DB_PORT', 'DB_USER', 'DB_PASSWORD', 'DB_NAME', 'DB_SSLMODE'] as const),
  ...(['BYBIT_TESTNET', 'BYBIT_REST_URL', 'BYBIT_WS_URL', 'BYBIT_TIMEOUT_SECONDS'] as const),
  ...(['BYBIT_API_SECRET', 'BLACKOUTS', 'LOG_LEVEL', 'LOG_FORMAT'] as const),
];
type Key = (typeof keys)[number];
const isKey = (text: string): text is Key => (keys as readonly string[]).includes(text);

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigSources {
  /** Default: `process.env`. */
  readonly env?: Environment;
  /** Where `.env` and the default data directory lie. Default: the working directory. */
  readonly cwd?: string;
  /** From the command line; they override everything else. */
  readonly overrides?: {
    readonly dataDir?: string | undefined;
    readonly databaseUrl?: string | undefined;
    readonly logLevel?: LogLevel | undefined;
    readonly logFormat?: LogFormat | undefined;
  };
  /** Used where the environment has no value. */
  readonly defaults?: { readonly logLevel?: LogLevel; readonly logFormat?: LogFormat };
  /** `false` for commands that never touch a secret: the key may then be absent, and is zero. */
  readonly needsEncryptionKey?: boolean;
}

/** The key of paper mode: the same everywhere, so that every program can open a paper database. */
export const paperKey = (): Buffer => createHash('sha256').update('rollkeeper paper mode').digest();

/** @throws BadInput naming every wrong key, its value (secrets are not shown) and what would be right */
export function loadConfig(sources: ConfigSources = {}): Config {
  const cwd = sources.cwd ?? process.cwd();
  const reader = new Reader(environment(sources));
  const mode = readMode(reader);
  const config: Config = {
    mode,
    database: readDatabase(reader, cwd, sources.overrides ?? {}),
    encryptionKey: readEncryptionKey(reader, mode, sources),
    daemonName: reader.read('ROLLKEEPER_DAEMON_NAME', daemonName) ?? `${hostname()}-${process.pid}`,
    exchange: readExchange(reader, mode),
    log: readLog(reader, sources),
    migrateAtStart: reader.read('ROLLKEEPER_MIGRATE_AT_START', flag) ?? true,
    drainTimeoutMs: (reader.read('DRAIN_TIMEOUT_SECONDS', seconds(1, 3_600)) ?? 30) * 1_000,
    calendar: reader.read('BLACKOUTS', calendarPlace(cwd), addressHidden) ?? null,
    warnings: reader.warnings,
  };
  reader.warnOfUnknownKeys();
  reader.throwIfWrong();
  return config;
}

/** Collects wrong values instead of stopping at the first. An empty value counts as not given. */
class Reader {
  readonly warnings: string[] = [];
  readonly #issues: InputIssue[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  text(key: Key): string | undefined {
    const value = this.#env[key]?.trim();
    return value === '' ? undefined : value;
  }

  /**
   * `undefined` when the key is not given or wrong. The schema's message is the phrase of what would be right.
   * @param shown the value as an error shows it
   */
  read<T>(key: Key, schema: z.ZodType<T, string>, shown: Shown = JSON.stringify): T | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    this.wrong(key, shown(value), parsed.error.issues[0]?.message ?? '');
    return undefined;
  }

  wrong(path: string, found: string, expected: string): void {
    this.#issues.push({ path, found, expected });
  }

  warnOfUnknownKeys(): void {
    const ours = keys.filter((key) => key.startsWith('ROLLKEEPER_')).sort();
    for (const key of Object.keys(this.#env)) {
      if (!key.startsWith('ROLLKEEPER_') || isKey(key)) continue;
      this.warnings.push(`${key} is not a key of Rollkeeper and does nothing; known are ${ours.join(', ')}`);
    }
  }

  throwIfWrong(): void {
    if (this.#issues.length > 0) throw new BadInput('The configuration is wrong', this.#issues);
  }
}

type Shown = (value: string) => string;
const hidden: Shown = (value) => `a value of ${value.length} characters (not shown)`;
/** An address may have a secret in it. */
const addressHidden: Shown = (value) => (value.includes('://') ? hidden(value) : JSON.stringify(value));

/** The process environment over `.env` of the working directory; an empty value of the former switches a key off. */
function environment({ cwd = process.cwd(), env = process.env }: ConfigSources): Environment {
  const path = join(cwd, '.env');
  return { ...(existsSync(path) ? readEnvFile(path, keys) : {}), ...env };
}

/** The API secret of an account about to be added, when the environment has it; else null. */
export const apiSecretFromEnvironment = (sources: ConfigSources = {}): string | null =>
  environment(sources)['BYBIT_API_SECRET']?.trim() || null;

/** For a child process: our own environment with some keys replaced (`undefined` takes one away). */
export const childEnvironment = (changes: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...process.env, ...changes }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value]],
    ),
  );

/** The command that runs this program: `rollkeeper` where it is installed, else through npx. */
export const programName = (): string =>
  process.env['npm_command'] === undefined && basename(process.argv[1] ?? '') === 'rollkeeper'
    ? 'rollkeeper'
    : 'npx rollkeeper';

/** Follows https://no-color.org and FORCE_COLOR, then whether the output is a terminal. */
export function wantsColour(isTerminal: boolean): boolean {
  const { NO_COLOR: none = '', FORCE_COLOR: forced, TERM: terminal } = process.env;
  if (none !== '') return false;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && terminal !== 'dumb';
}

function readMode(reader: Reader): Mode {
  const given = reader.read('ROLLKEEPER_MODE', oneOf(modes));
  const testnet = reader.read('BYBIT_TESTNET', flag);
  const consent = reader.text('ROLLKEEPER_LIVE');
  if (testnet === true && given !== undefined && given !== 'testnet') {
    reader.wrong(
      'BYBIT_TESTNET',
      '"true"',
      `no BYBIT_TESTNET beside ROLLKEEPER_MODE=${given}: they disagree`,
    );
  }
  if (given === 'live' && consent !== liveConsent) {
    reader.wrong(
      'ROLLKEEPER_LIVE',
      consent === undefined ? 'nothing' : JSON.stringify(consent),
      `${liveConsent}: ROLLKEEPER_MODE=live trades real money and has to be asked for twice`,
    );
  }
  if (given !== undefined) return given;
  if (testnet === true) return 'testnet';
  if (testnet === false || consent !== undefined) {
    const key = testnet === false ? 'BYBIT_TESTNET=false' : 'ROLLKEEPER_LIVE';
    reader.warnings.push(
      `${key} alone does not mean live: this is paper mode. For real money set ROLLKEEPER_MODE=live and ROLLKEEPER_LIVE=${liveConsent}`,
    );
  }
  return 'paper';
}

function readDatabase(
  reader: Reader,
  cwd: string,
  overrides: NonNullable<ConfigSources['overrides']>,
): DatabaseChoice {
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

function readEncryptionKey(reader: Reader, mode: Mode, { needsEncryptionKey = true }: ConfigSources): Buffer {
  const key = reader.read('ENCRYPTION_KEY', encryptionKey, hidden);
  if (key !== undefined) return key;
  if (mode === 'paper') return paperKey();
  if (needsEncryptionKey && reader.text('ENCRYPTION_KEY') === undefined) {
    reader.wrong(
      'ENCRYPTION_KEY',
      'nothing',
      `64 hex digits in ${mode} mode: it encrypts the API secrets. Make one with: openssl rand -hex 32`,
    );
  }
  return Buffer.alloc(32);
}

function readExchange(reader: Reader, mode: Mode): Config['exchange'] {
  const restUrl = reader.read('BYBIT_REST_URL', address('http', mode)) ?? null;
  const wsUrl = reader.read('BYBIT_WS_URL', address('ws', mode)) ?? null;
  for (const [missing, other] of [
    ['BYBIT_REST_URL', 'BYBIT_WS_URL'],
    ['BYBIT_WS_URL', 'BYBIT_REST_URL'],
  ] as const) {
    if (reader.text(missing) === undefined && reader.text(other) !== undefined) {
      reader.wrong(
        missing,
        'nothing',
        `the address that belongs to ${other}, so that both reach one exchange`,
      );
    }
  }
  const timeoutSeconds = reader.read('BYBIT_TIMEOUT_SECONDS', seconds(0.5, 60)) ?? 5;
  return { restUrl, wsUrl, timeoutMs: timeoutSeconds * 1_000 };
}

/** Unencrypted addresses are only for this machine and for paper money: elsewhere a signed request could be read. */
const address = (scheme: 'http' | 'ws', mode: Mode): z.ZodType<string, string> => {
  const plainAllowed = (url: URL): boolean => mode === 'paper' || isLoopback(url);
  const right = (text: string): boolean => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    return url.protocol === `${scheme}s:` || (url.protocol === `${scheme}:` && plainAllowed(url));
  };
  const phrase = `an address like ${scheme}s://host${mode === 'paper' ? ` or ${scheme}://127.0.0.1:8787` : ''}`;
  return z
    .string()
    .refine(right, phrase)
    .transform((text) => text.replace(/\/+$/, ''));
};

function readLog(reader: Reader, { overrides = {}, defaults = {} }: ConfigSources): Config['log'] {
  const level = reader.read('LOG_LEVEL', oneOf(logLevels));
  const format = reader.read('LOG_FORMAT', oneOf(['pretty', 'json']));
  const natural: LogFormat = process.stdout.isTTY ? 'pretty' : 'json';
  return {
    level: overrides.logLevel ?? level ?? defaults.logLevel ?? 'info',
    format: overrides.logFormat ?? format ?? defaults.logFormat ?? natural,
  };
}
