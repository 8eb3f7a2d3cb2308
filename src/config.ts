/**
 * The only reader of the environment: turns `process.env`, a `.env` file and command-line overrides into one typed value,
 * or into one `BadInput` that names every wrong key at once. No other file reads the environment, so this one shows
 * everything that can be set. What a value means is left to the part that uses it.
 */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { readAlerts, type AlertSettings } from './config/alerts.ts';
import { readApi, type ApiChoice } from './config/api.ts';
import { readDatabase, type DatabaseChoice, type DatabaseOverrides } from './config/database.ts';
import { readEncryptionKeys } from './config/encryption.ts';
import { readExchange, readMode, type ExchangeAddress, type Mode } from './config/exchange.ts';
import { readAdministrators, type AdministratorList } from './config/people.ts';
import { addressHidden, keys, Reader, type Environment } from './config/reader.ts';
import { readS3 } from './config/s3.ts';
import { readMetrics, type MetricsChoice } from './config/metrics.ts';
import { readTraces, type TracesChoice } from './config/traces.ts';
import { readTelegram, type TelegramChoice } from './config/telegram.ts';
import {
  calendarPlace,
  daemonName,
  flag,
  oneOf,
  seconds,
  wholeNumber,
  type CalendarPlace,
} from './config/shapes.ts';
import { readEnvFile } from './files/env-file.ts';
import type { S3Given } from './files/s3/s3-settings.ts';

export { paperKey } from './config/encryption.ts';
export { liveConsent, modes, type Mode } from './config/exchange.ts';
export type { DatabaseChoice } from './config/database.ts';
export type { Environment } from './config/reader.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFormat = 'pretty' | 'json';

export interface Config {
  readonly mode: Mode;
  readonly database: DatabaseChoice;
  /** 32 bytes. In paper mode without `ENCRYPTION_KEY` it is `paperKey`, which protects nothing and need not. */
  readonly encryptionKey: Buffer;
  /** 32 bytes each: former keys, which still open what they sealed. */
  readonly formerKeys: readonly Buffer[];
  /** Names this daemon in the database. */
  readonly daemonName: string;
  readonly exchange: ExchangeAddress;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
  readonly migrateAtStart: boolean;
  /** How long SIGTERM waits for rolls under way to reach a committed state. */
  readonly drainTimeoutMs: number;
  /** How many options are streamed before a trigger needs them; 0: nothing is read ahead. */
  readonly readAheadOptions: number;
  /** The operator's calendar of events; `null` without one. */
  readonly calendar: CalendarPlace | null;
  /** The Telegram bot; `null` without one. */
  readonly telegram: TelegramChoice | null;
  /** Who may let people in and out. */
  readonly administrators: AdministratorList;
  /** How alerts leave this program. */
  readonly alerts: AlertSettings;
  /** The HTTP API and its page; `null` when it is off. */
  readonly api: ApiChoice | null;
  /** Where the metrics are served; `null` when they are off. */
  readonly metrics: MetricsChoice | null;
  /** Where spans of rolls are sent; `null` when there are none. */
  readonly traces: TracesChoice | null;
  /** How S3 is reached, for journals that are archived there. */
  readonly s3: S3Given;
  /** Sentences for the log: nothing is wrong, but the operator may have meant something else. */
  readonly warnings: readonly string[];
}

export interface ConfigSources {
  /** Default: `process.env`. */
  readonly env?: Environment;
  /** Where `.env` and the default data directory lie. Default: the working directory. */
  readonly cwd?: string;
  /** From the command line; they override everything else. */
  readonly overrides?: DatabaseOverrides & {
    readonly logLevel?: LogLevel | undefined;
    readonly logFormat?: LogFormat | undefined;
  };
  /** Used where the environment has no value. */
  readonly defaults?: { readonly logLevel?: LogLevel; readonly logFormat?: LogFormat };
  /** `false` for commands that never touch a secret: the key may then be absent, and is zero. */
  readonly needsEncryptionKey?: boolean;
}

/** @throws BadInput naming every wrong key, its value (secrets are not shown) and what would be right */
export function loadConfig(sources: ConfigSources = {}): Config {
  const cwd = sources.cwd ?? process.cwd();
  const reader = new Reader(environment(sources));
  const mode = readMode(reader);
  const config: Config = {
    mode,
    database: readDatabase(reader, cwd, sources.overrides ?? {}),
    ...readEncryptionKeys(reader, mode, sources),
    daemonName: reader.read('ROLLKEEPER_DAEMON_NAME', daemonName) ?? `${hostname()}-${process.pid}`,
    exchange: readExchange(reader, mode),
    log: readLog(reader, sources),
    migrateAtStart: reader.read('ROLLKEEPER_MIGRATE_AT_START', flag) ?? true,
    drainTimeoutMs: (reader.read('DRAIN_TIMEOUT_SECONDS', seconds(1, 3_600)) ?? 30) * 1_000,
    readAheadOptions:
      reader.read('READ_AHEAD_OPTIONS', wholeNumber(0, 2_000)) ?? (mode === 'paper' ? 0 : 150),
    calendar: reader.read('BLACKOUTS', calendarPlace(cwd), addressHidden) ?? null,
    telegram: readTelegram(reader),
    administrators: readAdministrators(reader),
    alerts: readAlerts(reader),
    api: readApi(reader),
    metrics: readMetrics(reader),
    traces: readTraces(reader),
    s3: readS3(reader),
    warnings: reader.warnings,
  };
  reader.warnOfUnknownKeys();
  reader.throwIfWrong();
  return config;
}

/** The process environment over `.env` of the working directory; an empty value of the former switches a key off. */
function environment({ cwd = process.cwd(), env = process.env }: ConfigSources): Environment {
  const path = join(cwd, '.env');
  return { ...(existsSync(path) ? readEnvFile(path, keys) : {}), ...env };
}

/** The API secret of an account about to be added, when the environment has it; else null. */
export const apiSecretFromEnvironment = (sources: ConfigSources = {}): string | null =>
  environment(sources)['BYBIT_API_SECRET']?.trim() || null;

/**
 * What systemd asks of a service of `Type=notify`: notices, and signs of life within a span. `null` when nothing asks. It is not part of
 * the configuration, because no person sets it.
 */
export function askedBySystemd(
  env: Environment = process.env,
): { readonly watchdogMs: number | null } | null {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: span = '' } = env;
  if (socket === '') return null;
  const watchdogUs = Number(span);
  return { watchdogMs: watchdogUs > 0 ? watchdogUs / 1_000 : null };
}

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

function readLog(reader: Reader, { overrides = {}, defaults = {} }: ConfigSources): Config['log'] {
  const level = reader.read('LOG_LEVEL', oneOf(logLevels));
  const format = reader.read('LOG_FORMAT', oneOf(['pretty', 'json']));
  const natural: LogFormat = process.stdout.isTTY ? 'pretty' : 'json';
  return {
    level: overrides.logLevel ?? level ?? defaults.logLevel ?? 'info',
    format: overrides.logFormat ?? format ?? defaults.logFormat ?? natural,
  };
}
