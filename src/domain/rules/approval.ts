/** Whether a rule asks a person before it trades: for how long, what it does without an answer, and how firm its figures are. */
import { multiply, type DecimalString } from '../money.ts';

/** How much worse than shown a trade may have become: money in settle coin, or a share of what is closed is worth. */
export interface Tolerance {
  readonly kind: 'amount' | 'share';
  readonly value: DecimalString;
}

export interface Approval {
  readonly timeoutMs: number;
  /** What is done when nobody has answered in time. */
  readonly otherwise: 'roll' | 'skip';
  readonly tolerance: Tolerance;
}

/** The tolerance in settle coin. @param worth of what is closed, in settle coin */
export const toleranceOf = ({ kind, value }: Tolerance, worth: DecimalString): DecimalString =>
  kind === 'amount' ? value : multiply(worth, value);
