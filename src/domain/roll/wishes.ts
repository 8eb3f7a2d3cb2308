/**
 * What a person asks for while a roll is under way: try again now, open the old option again, or stop here and leave it
 * as it is. It is remembered with the task and done as soon as no order of the roll may be alive, so that a leg never has
 * two. An order that stands in the way is ended first; the last wish counts.
 */
import type { ReasonOf } from '../reason.ts';
import { emitAlert, type EmittedAlert } from './alerts.ts';
import { answered, type Answer, type AnswerFigures, type RollStanding } from './answers.ts';
import type { RollEvent } from './events.ts';
import { canGoBack, timeOf } from './leg2.ts';
import { whyNoWayBack, type NoWayBack } from './leg2-alerts.ts';
import { isPositive, subtract } from '../money.ts';
import { hasOpenedFirst, isUneven, leftDoubled } from './both-held.ts';
import { canAcceptBoth } from './both-life.ts';
import {
  closedSymbols,
  hasOpened,
  isNaked,
  leftToClose,
  missingOfMove,
  movesOf,
  type Move,
  type Roll,
  type Wish,
} from './roll.ts';
import type { RollContext } from './roll-context.ts';
import type { OrderPlan } from './leg-order.ts';

type Rolling = Pick<RollContext, 'held' | 'others' | 'spec' | 'roll' | 'plan' | 'wakeAtMs' | 'wish'>;

const wishes: Partial<Record<RollEvent['type'], Wish>> = {
  RETRY: 'retry',
  REOPEN: 'reopen',
  ACCEPT_FLAT: 'acceptFlat',
};

/** What the event asks for; `null` when that cannot be done. */
export function wishOf(context: Rolling, event: RollEvent): Wish | null {
  const wish = wishes[event.type] ?? null;
  if (wish === 'acceptFlat' && isClosedAgain(context)) return null;
  return wish === 'reopen' && problemOfReopening(context, timeOf(event)) !== null ? null : wish;
}

/** A part of the new option is closed again: neither of the two is whole. */
const isClosedAgain = ({ roll }: Rolling): boolean => hasOpenedFirst(roll) && !canAcceptBoth({ roll });

type Problem = Extract<ReasonOf<AnswerFigures>, { code: 'notReopened' }>['figures']['problem'];

function problemOfReopening(context: Rolling, nowMs: number): Problem | null {
  const now = { ...context, wakeAtMs: Math.max(context.wakeAtMs, nowMs) };
  if (!isNaked(context.roll) && !hasOpened(context.roll)) return { code: 'nothingClosed', figures: {} };
  return canGoBack(now) ? null : whyNoWayBack(context);
}

/** The order that is being worked for the roll, `null` while there is none. */
export const orderUnderWay = ({ plan }: Rolling): OrderPlan | null =>
  plan?.kind === 'order' ? plan.order : null;

/** A try that is under way may go on; for the other wishes its order has to end. */
export const endsOrder = (context: Rolling, event: RollEvent): boolean => {
  const wish = wishOf(context, event);
  return wish !== null && wish !== 'retry' && orderUnderWay(context) !== null;
};

/** A person wants the roll ended where it stands. */
export const isFlatAccepted = ({ wish }: Rolling): boolean => wish === 'acceptFlat';
/** A person wants the old option opened again, and that is possible. */
export const isWantedBack = (context: Rolling): boolean =>
  context.wish === 'reopen' && isUneven(context.roll) && canGoBack(context);

/** What will happen. */
export function answerTo(context: Rolling, event: RollEvent): Answer {
  const { roll } = context;
  const wish = wishOf(context, event);
  if (wish === null || roll === null) {
    return { ...answered(event, whyNot(context, event)), status: 'refused' };
  }
  const order = orderUnderWay(context);
  return answered(event, order === null ? whatIsDoneNow(wish, roll) : whatIsDoneLater(wish, roll, order));
}

function whyNot(context: Rolling, event: RollEvent): ReasonOf<AnswerFigures> {
  const { held, roll } = context;
  const noRoll: Problem = { code: 'noRoll', figures: {} };
  const problem = problemOfReopening(context, timeOf(event)) ?? noRoll;
  if (!hasOpenedFirst(roll)) return { code: 'notReopened', figures: { symbol: held.symbol, problem } };
  const symbol = roll.toSymbol ?? '';
  if (event.type === 'ACCEPT_FLAT') return { code: 'notKept', figures: { symbol } };
  return { code: 'notClosedAgain', figures: { symbol, problem } };
}

/** What a wish comes to while both options are held, or will be. */
const keepsNew = (roll: Roll): ReasonOf<AnswerFigures> => ({
  code: 'keepsNew',
  figures: {
    symbol: roll.toSymbol ?? '',
    qty: roll.opened.executedQty,
    fromSymbol: roll.fromSymbol,
    leftQty: leftToClose(roll),
  },
});

export function whatIsDoneNow(wish: Wish, roll: Roll): ReasonOf<AnswerFigures> {
  if (wish === 'retry') return { code: 'retriesNow', figures: {} };
  if (hasOpenedFirst(roll))
    return wish === 'reopen'
      ? { code: 'closesAgainNow', figures: { symbol: roll.toSymbol ?? '' } }
      : keepsNew(roll);
  if (wish === 'reopen') return { code: 'reopensNow', figures: { symbol: closedSymbols(roll) } };
  return { code: 'leftAsItIs', figures: { standing: standingOf(roll) } };
}

function whatIsDoneLater(
  wish: Wish,
  roll: Roll,
  { linkId, symbol, side }: OrderPlan,
): ReasonOf<AnswerFigures> {
  const fromSymbol = closedSymbols(roll);
  if (wish === 'retry') return { code: 'retriesAfterOrder', figures: { linkId } };
  if (hasOpenedFirst(roll)) {
    const code = wish === 'reopen' ? 'closesAgainAfterOrder' : 'keepsNewAfterOrder';
    return { code, figures: { linkId, side, symbol, toSymbol: roll.toSymbol ?? '' } };
  }
  return wish === 'reopen'
    ? { code: 'reopensAfterOrder', figures: { linkId, side, symbol, fromSymbol } }
    : { code: 'endsAfterOrder', figures: { linkId, side, symbol } };
}

export interface WishAlertFigures {
  /** The task is over, because a person wants it left as it is. */
  readonly leftAsItIs: { readonly symbol: string; readonly standing: RollStanding | null };
  /** A person wanted the old option back, and the order that stood in the way has opened a part of the new one. */
  readonly closesAgainTooLate: { readonly symbol: string; readonly noWayBack: NoWayBack };
  readonly reopenCameTooLate: { readonly symbol: string; readonly noWayBack: NoWayBack };
}

const warning = (reason: ReasonOf<WishAlertFigures>): EmittedAlert => emitAlert('warning', reason);

/** The alert that the roll ended where it stood, because a person wanted it. */
export const leftAsItIs = ({ held: { symbol }, roll }: Rolling): EmittedAlert =>
  warning({ code: 'leftAsItIs', figures: { symbol, standing: roll && standingOf(roll) } });

/** `null` unless a person wanted the old option back and it is too late for that. */
export const reopenCameTooLate = (context: Rolling): EmittedAlert | null =>
  context.wish === 'reopen' && !isWantedBack(context)
    ? warning({
        code: hasOpenedFirst(context.roll) ? 'closesAgainTooLate' : 'reopenCameTooLate',
        figures: {
          symbol: (hasOpenedFirst(context.roll) && context.roll.toSymbol) || context.held.symbol,
          noWayBack: whyNoWayBack(context),
        },
      })
    : null;

/** Where everything is while the roll is under way. */
export function standingOf(roll: Roll): RollStanding {
  const [own, ...others] = movesOf(roll).map((move) => standingOfMove(roll, move)) as [
    RollStanding,
    ...RollStanding[],
  ];
  const alsoMoved = others.filter(({ closedQty, leftQty }) => isPositive(closedQty) || leftQty !== null);
  return alsoMoved.length > 0 ? { ...own, others: alsoMoved } : own;
}

function standingOfMove(roll: Roll, move: Move): RollStanding {
  if (roll.opensFirst) return standingOfBoth(roll);
  const { fromSymbol, toSymbol, closed, opened } = move;
  const { compensating } = roll;
  const openedSymbol = compensating ? fromSymbol : (toSymbol ?? fromSymbol);
  const leftQty = leftToClose(move);
  const missing = missingOfMove(roll, move);
  return {
    fromSymbol,
    closedQty: closed.executedQty,
    leftQty: !compensating && isPositive(leftQty) ? leftQty : null,
    opened: isPositive(opened.executedQty) ? { qty: opened.executedQty, symbol: openedSymbol } : null,
    missing: isPositive(missing.qty) ? missing : null,
  };
}

function standingOfBoth(roll: Roll): RollStanding {
  const { fromSymbol, toSymbol, closed, opened, qty, compensating } = roll;
  const leftQty = compensating ? qty : leftToClose(roll);
  const openedQty = compensating ? subtract(opened.executedQty, closed.executedQty) : opened.executedQty;
  const twice = leftDoubled(roll);
  return {
    fromSymbol,
    closedQty: compensating ? '0' : closed.executedQty,
    leftQty: isPositive(leftQty) ? leftQty : null,
    opened: isPositive(openedQty) ? { qty: openedQty, symbol: toSymbol ?? fromSymbol } : null,
    missing: null,
    ...(isPositive(twice) && { twiceQty: twice }),
  };
}
