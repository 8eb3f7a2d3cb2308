/** What is reported to a person: written to the outbox in the transaction that caused it, and sent from there. */
export type { Alert } from '../domain/alert.ts';
