/**
 * Asking the daemon that manages an account what a task would do now, and why it did not roll before. Question and
 * answer are messages: neither is stored, so neither can be found later, and asking again is harmless.
 */
import type { AccountLook } from '../domain/explain/account-look.ts';
import type { Advice } from '../domain/explain/advice.ts';
import type { TradeWish } from '../domain/rules/rule.ts';

export interface AdviceQuestion {
  readonly accountId: string;
  readonly taskId: string;
  /** A task's spec as parsed JSON, for a position that is not managed yet; `null` to ask about a task that exists. */
  readonly spec: unknown;
  /** A trade that a person may want now: what it would do is shown beside what the rules would. */
  readonly trade?: TradeWish;
}

export type AdviceReply =
  | { readonly kind: 'advice'; readonly advice: Advice }
  /** The daemon cannot give advice now; the reason is one sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

export type LookReply =
  | { readonly kind: 'look'; readonly look: AccountLook }
  /** The daemon cannot look now; the reason is one sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface AdviceAsking {
  /** What an account holds and where its tasks stand. As `ask` in everything else. */
  look(accountId: string, timeoutMs: number): Promise<LookReply | null>;
  /**
   * @returns null when no daemon that manages the account has answered within `timeoutMs`
   * @throws Error when the question could not be sent within that time, or is longer than any spec
   */
  ask(question: AdviceQuestion, timeoutMs: number): Promise<AdviceReply | null>;
}

export interface AdviceAnswering {
  /**
   * Resolves when this daemon listens for questions, or after a first failure: it then keeps trying. Never rejects.
   * @param answer is called for every question, for the same one perhaps twice; `null` for an account that this daemon
   * does not manage @param look likewise
   */
  answerWith(
    answer: (question: AdviceQuestion) => Promise<AdviceReply | null>,
    look?: (accountId: string) => Promise<LookReply | null>,
  ): Promise<void>;
}
