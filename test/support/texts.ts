/** Codes as the text that a person reads, and words of the exchange as a cause: tests speak as people do. */
import type { Alert } from '../../src/domain/alert.ts';
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { causesText } from '../../src/domain/explain/reason-text.ts';
import type { OrderOutcome } from '../../src/domain/orders/order-progress.ts';
import type { Cause } from '../../src/domain/orders/outcomes.ts';

export const said = (words: string, exchangeCode = ''): Cause => ({
  code: 'said',
  figures: { words, exchangeCode },
});

export const asRead = ({ severity, code, figures }: Alert) => ({
  severity,
  text: alertText({ code, figures }),
});

/** With why it ended short as one text. */
export const withReason = (outcome: OrderOutcome) => ({
  ...outcome,
  reason: causesText(outcome.cause, outcome.before),
});
