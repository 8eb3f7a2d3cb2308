/**
 * What a task waits for that does not come by itself, what is known of it, and the ways out that a person has, each with what
 * it would do now. Pure, from the task as it is stored; whoever takes a way out is answered by the machine, which may know
 * more by then.
 */
import { managedPosition } from './edit-alerts.ts';
import type { Side } from '../market/order.ts';
import { isPositive, type DecimalString } from '../money.ts';
import { executedQty } from '../orders/order-progress.ts';
import type { OrderContext, OwnersWord } from '../orders/order-work.ts';
import type { Cause } from '../orders/outcomes.ts';
import { movedQty, problemOfWord, type WordProblem } from '../orders/owners-word.ts';
import type { Reason, ReasonOf } from '../reason.ts';
import type { AnswerFigures, RollStanding } from './answers.ts';
import { declinedUntilMs } from './approval.ts';
import { closingOption, hasOpenedFirst, isDoubled, leftDoubled } from './both-held.ts';
import { canGoBack } from './leg2.ts';
import { whatIsDone } from './marks.ts';
import { isStanding, type AskedNow, type Question } from './question.ts';
import { isNaked, leftToOpen } from './roll.ts';
import type { RollContext } from './roll-context.ts';
import { answerTo, standingOf } from './wishes.ts';

/** The order of a roll that is being worked. Times are exchange time in ms. */
export interface KnownOrder {
  readonly linkId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly price: DecimalString;
  /** As the exchange has reported it; `null` when it has reported nothing. */
  readonly status: 'open' | 'filled' | 'cancelled' | 'rejected' | null;
  readonly executedQty: DecimalString;
  /** The exchange took it or reported it. */
  readonly wasTaken: boolean;
  /** Since when its outcome is unknown; `null` while it is not. */
  readonly unknownSinceMs: number | null;
  /** When the task last heard or looked. */
  readonly asOfMs: number;
  readonly lookUps: number;
  /** What was said of its last request, and of the last look-up; `null` for nothing. */
  readonly requestFault: Cause | null;
  readonly lookUpFault: Cause | null;
  readonly positionQtyBefore: DecimalString;
  /** As last looked up; `null` when that was not answered. */
  readonly positionQtyNow: DecimalString | null;
  /** What its owner has said of it and is being made sure of. */
  readonly word: OwnersWord | null;
}

export type WayOutKind =
  'approve' | 'decline' | 'retry' | 'reopen' | 'acceptFlat' | 'filled' | 'notPlaced' | 'resume' | 'remove';

export interface WayOut {
  readonly kind: WayOutKind;
  readonly isPossible: boolean;
  /** What it would do, or why it is not possible. */
  readonly reason: ReasonOf<AnswerFigures>;
  /** What fits the account, for an order that is to count as filled. */
  readonly filled?: { readonly qty: DecimalString; readonly price: DecimalString };
}

export interface StuckFigures {
  /** An order of which nothing is known. */
  readonly orderUnknown: { readonly linkId: string; readonly forMs: number };
  /** Something is closed, and what is to take its place does not open. */
  readonly leg2NotOpen: { readonly qty: DecimalString; readonly symbol: string | null };
  /** Something is open twice, and the option that is to be closed for it is not. */
  readonly leg1NotClosed: { readonly qty: DecimalString; readonly symbol: string };
  readonly decisionNeeded: { readonly reason: Reason | null };
  readonly deliveryOverdue: { readonly symbol: string };
  /** A rule asks before it trades. */
  readonly approvalWanted: AskedNow;
  readonly paused: object;
}

export interface Resolution {
  /** What it waits for; `null` when it goes on by itself. */
  readonly stuck: ReasonOf<StuckFigures> | null;
  /** What is closed, open and missing; `null` between rolls. */
  readonly standing: RollStanding | null;
  readonly nakedSinceMs: number | null;
  /** Since when something is open twice; `null` while nothing is. */
  readonly twiceSinceMs: number | null;
  readonly order: KnownOrder | null;
  readonly waysOut: readonly WayOut[];
}

export interface StoredState {
  /** Dotted. */
  readonly state: string;
  readonly context: RollContext;
  /** The order that is being worked. */
  readonly order: OrderContext | null;
}

/** What is known, and what can be done. */
export function resolutionOf(task: StoredState): Resolution {
  const { context, order } = task;
  const { roll } = context;
  return {
    stuck: stuckOn(task),
    standing: roll && standingOf(roll),
    nakedSinceMs: roll?.nakedInterval?.sinceMs ?? null,
    twiceSinceMs: roll?.doubledInterval?.sinceMs ?? null,
    order: order && knownOrder(order),
    waysOut: waysOutOf(task),
  };
}

/** What the task waits for that does not come by itself; `null` when it goes on. */
export function stuckOn({ state, context, order }: StoredState): ReasonOf<StuckFigures> | null {
  const { roll, held, reasons, undelivered, question } = context;
  if (isStanding(question)) {
    const { approvalId, shown, untilMs, otherwise } = question;
    return { code: 'approvalWanted', figures: { approvalId, shown, untilMs, otherwise } };
  }
  if (state === 'PAUSED') return { code: 'paused', figures: {} };
  if (state === 'FAILED') {
    const [last] = reasons;
    return {
      code: 'decisionNeeded',
      figures: { reason: last ? { code: last.code, figures: last.figures } : null },
    };
  }
  if (order && order.escalations > 0 && order.unresolvedSinceMs !== null) {
    const { linkId, nowMs, unresolvedSinceMs } = order;
    return { code: 'orderUnknown', figures: { linkId, forMs: nowMs - unresolvedSinceMs } };
  }
  if (roll && isNaked(roll) && roll.failures > 0)
    return { code: 'leg2NotOpen', figures: { qty: leftToOpen(roll), symbol: roll.toSymbol } };
  if (roll && isDoubled(roll) && roll.failures > 0)
    return {
      code: 'leg1NotClosed',
      figures: { qty: leftDoubled(roll), symbol: closingOption(held, roll).symbol },
    };
  return undelivered !== null && state.startsWith('IDLE.')
    ? { code: 'deliveryOverdue', figures: { symbol: held.symbol } }
    : null;
}

function knownOrder(order: OrderContext): KnownOrder {
  const { linkId, symbol, side, qty, price, progress, acknowledged, lookUps, word } = order;
  const isLookedUp = lookUps > 0 && order.lookUpFault === null;
  return {
    linkId,
    symbol,
    side,
    qty,
    price,
    status: progress.report?.status ?? null,
    executedQty: executedQty(progress),
    wasTaken: acknowledged,
    unknownSinceMs: order.unresolvedSinceMs,
    asOfMs: order.nowMs,
    lookUps,
    requestFault: order.fault,
    lookUpFault: order.lookUpFault,
    positionQtyBefore: order.positionQtyBefore,
    positionQtyNow: isLookedUp ? order.positionQty : null,
    word,
  };
}

function waysOutOf(task: StoredState): readonly WayOut[] {
  const { state, context, order } = task;
  if (state === 'COMPLETED') return [];
  if (context.roll !== null) {
    const wishes = state === 'FAILED' ? waysOutOfFailure(context) : wishesOf(context);
    return order?.unresolvedSinceMs == null ? wishes : [...marksOf(order), ...wishes];
  }
  const remove = possible('remove', { code: 'removed', figures: managedPosition(context) });
  const { question } = context;
  if (isStanding(question)) return [...answersTo(context, question), remove];
  return state === 'PAUSED' ? [possible('resume', { code: 'resumed', figures: {} }), remove] : [remove];
}

const answersTo = (context: RollContext, question: Question): readonly WayOut[] => [
  possible('approve', { code: 'approved', figures: { approvalId: question.approvalId } }),
  possible('decline', {
    code: 'declined',
    figures: {
      approvalId: question.approvalId,
      restsUntilMs: declinedUntilMs(context, question.rule, question.askedAtMs),
    },
  }),
];

const possible = (kind: WayOutKind, reason: ReasonOf<AnswerFigures>): WayOut => ({
  kind,
  isPossible: true,
  reason,
});

function waysOutOfFailure(context: RollContext): readonly WayOut[] {
  if (hasOpenedFirst(context.roll))
    return [possible('retry', { code: 'retries', figures: {} }), ...wishesOf(context).slice(1)];
  const reopens = isNaked(context.roll) && canGoBack(context);
  return [
    possible('retry', { code: 'retries', figures: {} }),
    reopens ? possible('reopen', { code: 'opensOldOption', figures: {} }) : wishOf(context, 'reopen'),
    possible('acceptFlat', { code: 'staysFlat', figures: {} }),
  ];
}

const wishesOf = (context: RollContext): readonly WayOut[] =>
  (['retry', 'reopen', 'acceptFlat'] as const).map((kind) => wishOf(context, kind));

const wishEvents = { retry: 'RETRY', reopen: 'REOPEN', acceptFlat: 'ACCEPT_FLAT' } as const;

function wishOf(context: RollContext, kind: keyof typeof wishEvents): WayOut {
  const asked = { type: wishEvents[kind], commandId: '', atMs: context.wakeAtMs, version: 0 };
  const { status, code, figures } = answerTo(context, asked);
  return { kind, isPossible: status === 'done', reason: { code, figures } as ReasonOf<AnswerFigures> };
}

/** What its owner may say of an order whose outcome is unknown. */
function marksOf(order: OrderContext): readonly WayOut[] {
  const { price, nowMs } = order;
  const qty = movedQty(order) ?? order.qty;
  const filled = { qty, price: isPositive(qty) ? price : '0' };
  const said = { kind: 'filled', ...filled, fee: '0' } as const;
  const notPlaced = { kind: 'notPlaced' } as const;
  return [
    { ...markOf('filled', problemOfWord(order, said, nowMs), whatIsDone(order, said)), filled },
    markOf('notPlaced', problemOfWord(order, notPlaced, nowMs), whatIsDone(order, notPlaced)),
  ];
}

const markOf = (
  kind: 'filled' | 'notPlaced',
  problem: WordProblem | null,
  done: ReasonOf<AnswerFigures>,
): WayOut =>
  problem === null
    ? possible(kind, done)
    : { kind, isPossible: false, reason: { code: 'notMarked', figures: { problem } } };
