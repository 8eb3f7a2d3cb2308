/** The part of a logger that the store uses: four levels of pino, so that a test can pass four functions. */
import type { Logger } from 'pino';

export type StoreLog = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** For callers that want no log. */
export const silentLog: StoreLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
