/** What an owner must look at now, in the log: the same severity, and the same word to look for, as an alert of a task. */
import type { Logger } from 'pino';

export const logCritical = (log: Logger, fields: object, text: string): void =>
  log.error({ ...fields, severity: 'critical' }, text);
