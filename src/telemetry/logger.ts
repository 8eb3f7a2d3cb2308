/**
 * The log: one pino logger per process, pretty for a person and JSON lines for a machine. It owns how a record looks
 * and what must never be in one (secrets, the exchange library's error objects); callers decide what is worth logging.
 * Children made with `log.child({ taskId, symbol, rollId })` carry those words on every line.
 */
import { createRequire } from 'node:module';
import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type { PinoPretty, PrettyOptions } from 'pino-pretty';
import { plainJson, visibleJson, visibleText } from '../domain/foreign-text.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: string;
  readonly format: 'pretty' | 'json';
  /** stderr for commands whose stdout is data. */
  readonly to: 'stdout' | 'stderr';
  /** Colours in pretty lines; default none. */
  readonly hasColour?: boolean;
}

export function createLogger({ level, format, to, hasColour = false }: LogOptions): Logger {
  const fd = to === 'stdout' ? 1 : 2;
  // Synchronous on purpose, because the last lines before an exit or a crash are needed most.
  return format === 'json'
    ? pino({ ...recordOptions, level }, destination({ dest: fd, sync: true }))
    : prettyLogger(level, { colorize: hasColour, destination: fd, sync: true });
}

/** Loads pino-pretty with the first line, because most commands log nothing. */
function prettyStream(options: PrettyOptions): DestinationStream {
  let stream: DestinationStream | null = null;
  return {
    write: (line) => {
      stream ??= (createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty)(options);
      stream.write(line);
    },
  };
}

const secretWords = [
  'apiSecret',
  'secret',
  'password',
  'encryptionKey',
  'formerKeys',
  'databaseUrl',
  'authorization',
  'headers',
  'requestOptions',
];

/**
 * An alert that an owner must look at now has a level of its own, `critical`: the highest, which pino calls fatal. Shared
 * with the tests, which send records into memory.
 */
export const recordOptions = {
  base: null,
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label === 'fatal' ? 'critical' : label }) },
  serializers: { err: describeError, error: describeError, reason: describeError },
  redact: {
    paths: ['', '*.', '*.*.'].flatMap((prefix) => secretWords.map((word) => `${prefix}${word}`)),
    censor: '(not shown)',
  },
  hooks: { streamWrite: (line: string) => visibleJson(maskAddress(line)) },
};

export const prettyOptions: PrettyOptions = {
  translateTime: 'SYS:HH:MM:ss.l',
  customPrettifiers: {
    // Pino hands its own levels over to the stream, which then does not know this one.
    level: (level, ...[, , { labelColorized, colors }]) =>
      level === 'critical' ? colors.bgRed('CRITICAL') : labelColorized,
  },
  ignore: 'taskId,symbol,rollId',
  messageFormat: (record, messageKey) => {
    const words = ['taskId', 'symbol', 'rollId'].flatMap((key) => {
      const value = record[key];
      return typeof value === 'string' ? [value] : [];
    });
    const message = record[messageKey];
    const text = typeof message === 'string' ? message : '';
    return visibleText(words.length > 0 ? `[${words.join(' ')}] ${text}` : text);
  },
};

/** Lines for people; the tests let it write into memory. */
export const prettyLogger = (
  level: string,
  options: Pick<PrettyOptions, 'colorize' | 'destination' | 'sync'>,
): Logger =>
  pino(
    { ...recordOptions, level, hooks: { streamWrite: (line) => plainJson(maskAddress(line)) } },
    prettyStream({ ...prettyOptions, ...options }),
  );

export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

/**
 * Keeps only name, message, code, stack and causes of an error: the REST library rejects with plain objects that hold the
 * request with its key and signature (docs/exchange.md#bybit-api), and these must not reach a log under any field.
 */
export function describeError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { name, message, code, stack, cause } = error as Record<string, unknown>;
  const described: DescribedError = {
    type: typeof name === 'string' ? name : 'object',
    message: typeof message === 'string' ? message : '(no message)',
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(typeof stack === 'string' ? { stack } : {}),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
  return described;
}

/**
 * Hides the password of any `scheme://user:password@host` within a text. The password ends at the last `@`, because one
 * that was not escaped may contain others.
 */
export const maskAddress = (text: string): string =>
  text.replace(/(\b\w{1,30}:\/\/)([^\s"]{1,2000})@/g, (all, scheme: string, login: string) => {
    const [user = ''] = login.split(':');
    if (user === login && !/[@/]/.test(login)) return all;
    return user === login || /[@/]/.test(user) ? `${scheme}***@` : `${scheme}${user}:***@`;
  });
