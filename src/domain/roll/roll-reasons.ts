/** Why a roll is not planned, does not go on or ended as it did, as codes with their figures. */
import type { RefusalScope } from '../errors.ts';
import type { Halt } from '../halt.ts';
import type { Instrument, Side } from '../market/order.ts';
import type { DecimalString } from '../money.ts';
import type { EndingCause, OrderOutcome } from '../orders/order-progress.ts';
import type { Cause, CauseFigures } from '../orders/outcomes.ts';
import type { RefusedBeforeFigures } from '../orders/refused-options.ts';
import type { TradeProblemFigures } from '../orders/trade-problem.ts';
import type { UnresolvedFigures } from '../orders/unknown-outcome.ts';
import type { Reason, ReasonOf } from '../reason.ts';
import type { GuardFigures } from '../rules/guards.ts';
import type { TargetProblemFigures } from '../rules/targets.ts';
import type { ConditionKind, Trigger } from '../rules/triggers.ts';
import type { EmergencyStopFigures, StoppedOut } from './stop-facts.ts';

/** A better target than the planned one, and why it could not be opened. */
export interface PassedOver {
  readonly symbol: string;
  readonly reason: Reason;
}

/** A rule by its name, and why it did not act. */
export interface RefusedRule {
  readonly rule: string;
  readonly reason: Reason;
}

/** Quantities in base coin; values of a condition in its own unit, `null` where they are not known. */
export interface OwnReasonFigures {
  /** What fired is not what the exchange says when it is asked anew. */
  readonly unconfirmed: {
    readonly kind: ConditionKind;
    /** Of a structure: the leg or side that the condition names. */
    readonly leg?: string;
    readonly fired: DecimalString | null;
    readonly fresh: DecimalString | null;
    /** The index as the other source has it, where two have to agree. */
    readonly otherIndex: DecimalString | null;
    /** The perpetual's ticker was not asked: what is fresh of the underlying is the option's quote's. */
    readonly byQuoteAlone?: true;
  };
  /** No rule that was due may act, and why of each. */
  readonly rulesRefused: { readonly rules: readonly RefusedRule[] };
  /** Which side of a structure is tested cannot be said: a delta that decides is not known. */
  readonly testedSideUnknown: object;
  /** Nothing is held any more of the legs that the rule trades, or of one of two sides. */
  readonly legsGone: object;
  /** Two legs of a structure would hold one option. */
  readonly legsMeet: { readonly symbol: string };
  /** A short option would be without the long one that covers it until the roll has ended. */
  readonly wouldUncover: { readonly symbol: string };
  /** Trading was halted before anything was closed. */
  readonly halted: Halt;
  readonly triggerUnconfirmed: { readonly trigger: Trigger };
  readonly didNotLast: { readonly trigger: Trigger; readonly pricesAreStale: boolean };
  readonly positionGone: { readonly symbol: string };
  readonly positionMismatch: {
    readonly symbol: string;
    readonly side: Side;
    readonly qty: DecimalString;
    readonly foundSide: Side;
    readonly foundQty: DecimalString;
  };
  /** A stop at the exchange has closed the position, or so much of it. */
  readonly stoppedOut: { readonly symbol: string; readonly stop: StoppedOut };
  readonly positionGrown: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly foundQty: DecimalString;
  };
  readonly targetProblem: { readonly problem: Reason };
  /** The best few of the options that cannot be opened, and how many more there are. */
  readonly nothingToOpen: { readonly passedOver: readonly PassedOver[]; readonly others: number };
  /** A person was asked, and declined; or nobody answered in time. */
  readonly notApproved: { readonly rule: string; readonly by: string | null };
  /** What the trade would bring kept changing, from one question to the next. */
  readonly keepsChanging: {
    readonly rule: string;
    readonly questions: number;
    readonly netCredit: DecimalString;
    readonly shownNetCredit: DecimalString;
  };
  readonly optionsExpired: { readonly expiryMs: number };
  readonly orderEnded: {
    readonly linkId: string;
    readonly result: OrderOutcome['result'];
    readonly executedQty: DecimalString;
    readonly refusal: RefusalScope | null;
    readonly cause: EndingCause | null;
    readonly before: readonly Cause[];
  };
  /** A submit was answered in words that nothing is known about. */
  readonly answerNotUnderstood: { readonly cause: Cause };
  /** The clock was wrong when the option was thought to have expired. */
  readonly notExpired: { readonly symbol: string };
  readonly deliveryOverdue: {
    readonly symbol: string;
    readonly expiryMs: number;
    readonly qty: DecimalString;
    readonly status: Instrument['status'] | null;
  };
}

export interface RollReasonFigures
  extends
    OwnReasonFigures,
    GuardFigures,
    TargetProblemFigures,
    TradeProblemFigures,
    CauseFigures,
    EmergencyStopFigures,
    RefusedBeforeFigures,
    UnresolvedFigures {}

export type RollReason = ReasonOf<RollReasonFigures>;
