/**
 * What a person is asked before a rule trades, as it is persisted with the task: the trade as it was shown, until when an
 * answer counts, and how the question ended. approval.ts says when there is one.
 */
import type { Side } from '../market/order.ts';
import { compare, subtract, type DecimalString } from '../money.ts';
import type { Approval } from '../rules/approval.ts';
import type { Triggered } from '../rules/triggers.ts';

/** One order, at the price that could be had at once. Quantity in base coin, money in settle coin. */
export interface ShownLeg {
  readonly leg: 'close' | 'open';
  readonly side: Side;
  readonly symbol: string;
  readonly qty: DecimalString;
  readonly price: DecimalString;
}

/** Money in settle coin. */
export interface ShownTrade {
  readonly legs: readonly ShownLeg[];
  /** Received less paid, before fees. */
  readonly netCredit: DecimalString;
  readonly fees: DecimalString;
  /** By so much the net credit may become less without another question. */
  readonly tolerance: DecimalString;
}

/** How a question ended: by an answer, by the time, or because there was nothing left to ask. */
export type QuestionEnding =
  | 'approved'
  | 'declined'
  /** Nobody answered in time, and the rule says what is done then. */
  | 'rollsUnanswered'
  | 'skippedUnanswered'
  | 'paused'
  | 'edited'
  | 'removed'
  /** A person asked for another trade. */
  | 'tradeAsked'
  /** Another rule became due, and acts. */
  | 'ruleDue'
  | 'closedByOwner'
  | 'delivered'
  /** Trading was halted. */
  | 'halted'
  | 'withdrawn';

export interface QuestionOver {
  readonly how: QuestionEnding;
  /** Who answered, as commands name it; `null` when nobody did. */
  readonly by: string | null;
  readonly atMs: number;
}

export interface Question {
  readonly approvalId: string;
  readonly askedAtMs: number;
  /** From then on `otherwise` counts; exchange time. */
  readonly untilMs: number;
  readonly otherwise: Approval['otherwise'];
  /** Place of the rule that asks. */
  readonly rule: number;
  /** Places of the rules that rest after a skip: that one, and those that were tried before it. */
  readonly rules: readonly number[];
  /**
   * The rules that wait for the answer, and until when each rested before: those that were due with it, and all that ask, because
   * a task has one question at a time.
   */
  readonly waiting: readonly { readonly rule: number; readonly restsUntilMs: number }[];
  readonly shown: ShownTrade;
  /** What the rule fired on; `null` when that is not known any more. */
  readonly fired: Triggered | null;
  readonly indexPrice: DecimalString;
  /** How many questions of this trade there were, with this one. */
  readonly count: number;
  /** Absent while it stands. */
  readonly over?: QuestionOver;
}

/** What is asked, for those who answer. */
export type AskedNow = Pick<Question, 'approvalId' | 'shown' | 'untilMs' | 'otherwise'>;

/** What a roll was allowed as, by a person or by the time. */
export type Approved = Pick<Question, 'approvalId' | 'shown' | 'count'>;

/** A trade can be shown so often, if it keeps becoming worse. */
export const questionsMax = 3;

const ordersOf = ({ legs }: ShownTrade): string =>
  JSON.stringify(legs.map(({ leg, side, symbol, qty }) => [leg, side, symbol, qty]));

/** The same options and quantities, and not worse than was shown by more than the tolerance. */
export const isWithin = ({ shown }: Approved, now: ShownTrade): boolean =>
  ordersOf(shown) === ordersOf(now) &&
  compare(now.netCredit, subtract(shown.netCredit, shown.tolerance)) >= 0;

/** Nobody has answered yet, and nothing else has ended it. */
export const isStanding = (question: Question | undefined): question is Question =>
  question !== undefined && question.over === undefined;
