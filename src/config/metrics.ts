/** Where the metrics are served. */
import { listenAddress, portOrOff } from './api.ts';
import type { Reader } from './reader.ts';

export interface MetricsChoice {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** @returns `null` without a port: they are off */
export function readMetrics(reader: Reader): MetricsChoice | null {
  const port = reader.read('METRICS_PORT', portOrOff) ?? 'off';
  const host = reader.read('METRICS_HOST', listenAddress) ?? '127.0.0.1';
  return port === 'off' ? null : { host, port };
}
