/** Reads values of the environment one by one, and collects what is wrong with them instead of stopping at the first. */
import type { z } from 'zod';
import { BadInput, type InputIssue } from '../domain/errors.ts';

/** Everything that is read from the environment. */
export const keys = [
  ...(['ROLLKEEPER_MODE', 'ROLLKEEPER_LIVE', 'ROLLKEEPER_DATA', 'ROLLKEEPER_MIGRATE_AT_START'] as const),
  ...(['ROLLKEEPER_DAEMON_NAME', 'DATABASE_URL', 'ENCRYPTION_KEY', 'DRAIN_TIMEOUT_SECONDS'] as const),
  ...(['ENCRYPTION_KEYS_OLD'] as const),
  ...(['DB_HOST', 'DB_PORT', 'DB_USER', 'DB_PASSWORD', 'DB_NAME', 'DB_SSLMODE'] as const),
  ...(['BYBIT_TESTNET', 'BYBIT_REST_URL', 'BYBIT_WS_URL', 'BYBIT_TIMEOUT_SECONDS'] as const),
  ...(['BYBIT_ORDERS'] as const),
  ...(['HEARTBEAT_URL', 'HEARTBEAT_SECONDS', 'SMTP_URL', 'ALERTS_FROM', 'ALERTS_PRIVATE_ADDRESSES'] as const),
  ...(['BYBIT_API_SECRET', 'BLACKOUTS', 'LOG_LEVEL', 'LOG_FORMAT', 'READ_AHEAD_OPTIONS'] as const),
  ...(['METRICS_PORT', 'METRICS_HOST'] as const),
  ...(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS'] as const),
  ...(['TELEGRAM_BOT_TOKEN', 'TELEGRAM_API_URL', 'TELEGRAM_PROXY'] as const),
  ...(['ADMINISTRATORS'] as const),
  ...(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_REGION'] as const),
  ...(['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'] as const),
  ...(['API_PORT', 'API_HOST', 'API_PUBLIC_URL', 'API_TRUSTED_PROXIES', 'API_REQUESTS_PER_MINUTE'] as const),
];
export type Key = (typeof keys)[number];
const isKey = (text: string): text is Key => (keys as readonly string[]).includes(text);

export type Environment = Readonly<Record<string, string | undefined>>;

/** The values of one environment. An empty value counts as not given. */
export class Reader {
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

export type Shown = (value: string) => string;
export const hidden: Shown = (value) => `a value of ${value.length} characters (not shown)`;
/** An address may have a secret in it. */
export const addressHidden: Shown = (value) =>
  value.includes('://') ? hidden(value) : JSON.stringify(value);
