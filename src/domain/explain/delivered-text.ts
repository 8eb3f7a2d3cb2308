/** An alert as a message to one person: what it is about, the sentence, and when it was, in the person's zone. */
import type { Alert } from '../alert.ts';
import { alertText } from './alert-text.ts';
import { localMinuteText, offsetText, withLocalTimes } from './local-times.ts';

export interface Delivered extends Alert {
  /** `null` for what is about no account. */
  readonly accountName: string | null;
  readonly atMs: number;
}

const severityText = { critical: 'CRITICAL', warning: 'Warning', info: 'Info' } as const;

/** `CRITICAL · main`: one line, for a subject. */
export const deliveredTitle = ({
  severity,
  accountName,
}: Pick<Delivered, 'severity' | 'accountName'>): string =>
  accountName === null ? 'Rollkeeper' : `${severityText[severity]} · ${accountName}`;

/** Three lines or more: title, sentence, time. */
export function deliveredText(alert: Delivered, zone: string): string {
  const { atMs } = alert;
  return [
    deliveredTitle(alert),
    withLocalTimes(alertText(alert), zone),
    `${localMinuteText(atMs, zone)} ${offsetText(atMs, zone)}`,
  ].join('\n');
}
