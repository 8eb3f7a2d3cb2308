/** What a person must hear. */
export interface Alert {
  readonly severity: 'info' | 'warning' | 'critical';
  readonly text: string;
}
