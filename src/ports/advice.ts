/**
 * Asking the daemon that manages an account what a task would do now, and why it did not before. Question and answer are
 * messages: nothing of them is stored, nobody finds them later, and asking again is harmless.
 */
import type { Advice } from '../domain/explain/advice.ts';

export interface AdviceQuestion {
  readonly accountId: string;
  readonly taskId: string;
  /** Of a position that is not managed yet; `null` for a task that is. */
  readonly spec: unknown;
}

export type AdviceReply =
  | { readonly kind: 'advice'; readonly advice: Advice }
  /** The daemon cannot say, and why. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface AdviceAsking {
  /**
   * @returns null when no daemon that manages the account has answered within `timeoutMs`
   * @throws Error when the question could not be sent by then, or is longer than any spec
   */
  ask(question: AdviceQuestion, timeoutMs: number): Promise<AdviceReply | null>;
}

export interface AdviceAnswering {
  /** @param answer what this daemon says; `null` for an account that it does not manage. It may be asked twice. */
  answerWith(answer: (question: AdviceQuestion) => Promise<AdviceReply | null>): Promise<void>;
}
