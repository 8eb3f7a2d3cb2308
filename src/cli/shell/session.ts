/**
 * What every command has in common: the options that choose the database and the form of the output, and the
 * configuration, log and output made from them. Opening the database is `database.ts`.
 */
import { Option, type Command } from 'commander';
import { loadConfig, wantsColour, type Config } from '../../config.ts';
import { createLogger, type Logger } from '../../telemetry/logger.ts';
import { createOutput, type Output } from './output.ts';

export interface CommonOptions {
  readonly json?: boolean;
  readonly data?: string;
  readonly databaseUrl?: string;
  readonly verbose?: boolean;
}

export interface Session {
  /** Whether an embedded database may be made where there is none. */
  readonly makesDatabase: boolean;
  /** It goes on until a stop signal, and ends by itself then. */
  readonly watches: boolean;
  readonly config: Config;
  readonly log: Logger;
  readonly out: Output;
}

/**
 * Adds `--json`, `--data`, `--database-url` and `--verbose` under a heading of their own, after the command's own options.
 * A command that defines one of them itself keeps its own.
 */
export function addCommonOptions(command: Command): void {
  const own = new Set(command.options.map((option) => option.long));
  for (const option of [
    new Option('--json', 'print JSON lines on stdout and nothing else'),
    new Option(
      '--data <dir>',
      'use the embedded database in this directory (default: the nearest .rollkeeper)',
    ),
    new Option('--database-url <url>', 'use this Postgres, like postgres://user:password@host:5432/name'),
    new Option('--verbose', 'log what happens, and show what caused an error'),
  ]) {
    if (!own.has(option.long)) command.addOption(option.helpGroup('Common options:'));
  }
}

export interface SessionNeeds {
  /** `false` for commands that never read or store a secret. */
  readonly encryptionKey?: boolean;
  /** `true` for commands that make sense on an empty database. */
  readonly makesDatabase?: boolean;
  /** `true` for commands that show what happens until a stop signal, and take the signal themselves. */
  readonly watches?: boolean;
  /** A command that keeps running logs what it does on stdout; one that answers and ends logs only warnings, on stderr. */
  readonly runsLong?: boolean;
}

/** @throws BadInput when the configuration is wrong. */
export function openSession(options: CommonOptions, needs: SessionNeeds = {}): Session {
  const json = options.json ?? false;
  const runsLong = needs.runsLong ?? false;
  const config = loadConfig({
    overrides: {
      dataDir: options.data,
      databaseUrl: options.databaseUrl,
      ...(options.verbose === true ? { logLevel: 'debug' as const } : {}),
      ...(json && runsLong ? { logFormat: 'json' as const } : {}),
    },
    defaults: runsLong ? {} : { logLevel: 'warn', logFormat: process.stderr.isTTY ? 'pretty' : 'json' },
    needsEncryptionKey: needs.encryptionKey ?? true,
  });
  const to = runsLong ? 'stdout' : 'stderr';
  const log = createLogger({ ...config.log, to, hasColour: wantsColour(process[to].isTTY) });
  for (const warning of config.warnings) log.warn(warning);
  const { makesDatabase = false, watches = false } = needs;
  return { makesDatabase, watches, config, log, out: createOutput(json) };
}
