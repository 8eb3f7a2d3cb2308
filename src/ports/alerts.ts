/** What a person must hear. Alerts leave through the outbox, written in the transaction that caused them. */
export type { Alert } from '../domain/alert.ts';
