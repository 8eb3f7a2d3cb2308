/** Log lines that a person must look at now. They have the same severity, and the same word, as an alert of a task. */
import type { Logger } from 'pino';

/** Logs at the highest level, which is written as `critical` (telemetry/logger.ts). */
export const logCritical = (log: Logger, fields: object, text: string): void => log.fatal(fields, text);
