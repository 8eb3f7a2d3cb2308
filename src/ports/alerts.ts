/** What a person must hear. Alerts leave through the outbox, written in the transaction that caused them. */
export interface Alert {
  readonly severity: 'info' | 'warning' | 'critical';
  readonly text: string;
}
