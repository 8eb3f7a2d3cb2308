/** What the store needs of a logger: four levels of pino, nothing else, so that a test can hand in four functions. */
import type { Logger } from 'pino';

export type StoreLog = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** For callers that do not want to hear anything. */
export const silentLog: StoreLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
