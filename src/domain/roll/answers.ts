/** What a person is answered who asks something of a task, as codes with the figures that matter. */
import type { Side } from '../market/order.ts';
import type { DecimalString } from '../money.ts';
import type { WordProblem } from '../orders/owners-word.ts';
import type { ReasonOf } from '../reason.ts';
import type { Action } from '../rules/rule.ts';
import type { Trigger } from '../rules/triggers.ts';
import type { RollEmitted } from './events.ts';
import type { NoWayBack } from './leg2-alerts.ts';
import type { QuestionOver } from './question.ts';
import type { Missing } from './roll.ts';

/** Where everything is when a roll is ended where it stands. Quantities in base coin. */
export interface RollStanding {
  readonly fromSymbol: string;
  readonly closedQty: DecimalString;
  /** Of the old option, still held; `null` when nothing is left. */
  readonly leftQty: DecimalString | null;
  readonly opened: { readonly qty: DecimalString; readonly symbol: string } | null;
  readonly missing: Missing | null;
  /** Open twice, because it was opened first and the old option is not closed for it yet; absent while nothing is. */
  readonly twiceQty?: DecimalString;
  /** Where the other legs of a structure are that are traded. */
  readonly others?: readonly RollStanding[];
}

interface OrderToEnd {
  readonly linkId: string;
  readonly side: Side;
  readonly symbol: string;
}

/** A rule by what it does and where its trigger is. */
export interface RuleStanding {
  readonly name: string;
  readonly does: Action['kind'];
  readonly trigger: Trigger;
}

interface MarkedOrder {
  readonly linkId: string;
  readonly qty: DecimalString;
  readonly price: DecimalString;
}

export interface ManagedLeg {
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  /** Its name in a structure. */
  readonly leg?: string;
}

export interface ManagedPosition extends ManagedLeg {
  /** Of a structure, all that are held; the position itself is the first then. */
  readonly legs?: readonly ManagedLeg[];
}

export interface AnswerFigures {
  readonly paused: object;
  readonly pausesAfterRoll: object;
  /** The roll has closed nothing yet, and is broken off. */
  readonly breaksOff: object;
  /** A trade that a person asked for has begun; `rule` is `null` when everything is closed. */
  readonly begins: {
    readonly symbol: string;
    readonly qty: DecimalString;
    /** The other legs of a structure; which of them are traded is the rule's to say. */
    readonly others?: readonly { readonly symbol: string; readonly qty: DecimalString }[];
    readonly rule: string | null;
  };
  readonly approved: { readonly approvalId: string };
  /** The rules that waited rest until then, exchange time. */
  readonly declined: { readonly approvalId: string; readonly restsUntilMs: number };
  /** Nothing waits for this answer. */
  readonly notAsked: {
    readonly problem: ReasonOf<{
      readonly noQuestion: object;
      readonly anotherQuestion: { readonly approvalId: string };
      readonly questionOver: { readonly approvalId: string } & QuestionOver;
    }>;
  };
  readonly resumed: object;
  readonly retries: object;
  readonly opensOldOption: object;
  readonly staysFlat: object;
  readonly notReopened: {
    readonly symbol: string;
    readonly problem: NoWayBack | ReasonOf<{ readonly nothingClosed: object; readonly noRoll: object }>;
  };
  /** The new option was opened first, and is not closed again. */
  readonly notClosedAgain: AnswerFigures['notReopened'];
  /** It is closed again in part already, so that it cannot be kept. */
  readonly notKept: { readonly symbol: string };
  readonly closesAgainNow: { readonly symbol: string };
  readonly closesAgainAfterOrder: OrderToEnd & { readonly toSymbol: string };
  /** The task goes on with the new option, and the rest of the old one is left to its owner. */
  readonly keepsNew: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly fromSymbol: string;
    readonly leftQty: DecimalString;
  };
  readonly keepsNewAfterOrder: OrderToEnd & { readonly toSymbol: string };
  readonly retriesNow: object;
  readonly reopensNow: { readonly symbol: string };
  readonly leftAsItIs: { readonly standing: RollStanding };
  readonly retriesAfterOrder: { readonly linkId: string };
  readonly reopensAfterOrder: OrderToEnd & { readonly fromSymbol: string };
  readonly endsAfterOrder: OrderToEnd;
  readonly markedFilled: MarkedOrder;
  /** It is cancelled first. */
  readonly markedEnded: MarkedOrder;
  /** It goes out once more under its own link id. */
  readonly markedNotPlaced: { readonly linkId: string };
  readonly notMarked: { readonly problem: WordProblem };
  readonly edited: ManagedPosition & {
    readonly rules: readonly RuleStanding[];
  };
  readonly removed: ManagedPosition;
}

export type Answer = Extract<RollEmitted, { type: 'answer' }>;

/** @param event the command */
export function answered(event: object, { code, figures }: ReasonOf<AnswerFigures>): Answer {
  const commandId = 'commandId' in event ? String(event.commandId) : '';
  return { type: 'answer', commandId, status: 'done', code, figures };
}
