/** What a person must know. It is stored as code and figures; `explain/` makes the text when it is delivered. */
import type { Reason } from './reason.ts';

export interface Alert extends Reason {
  readonly severity: 'info' | 'warning' | 'critical';
}
