/** What the guards of the roll chart ask, each a pure function of the domain. */
import type { Stamp } from '../src/domain/orders/outcomes.ts';
import * as approval from '../src/domain/roll/approval.ts';
import * as asking from '../src/domain/roll/asked-trade.ts';
import { isDoubled } from '../src/domain/roll/both-held.ts';
import * as both from '../src/domain/roll/both-life.ts';
import * as editing from '../src/domain/roll/editing.ts';
import type { RollEvent } from '../src/domain/roll/events.ts';
import * as halting from '../src/domain/roll/halting.ts';
import * as leg2 from '../src/domain/roll/leg2.ts';
import { mustAskMargin } from '../src/domain/roll/open-first.ts';
import * as life from '../src/domain/roll/position-life.ts';
import * as saga from '../src/domain/roll/roll-context.ts';
import type { RollContext } from '../src/domain/roll/roll-context.ts';
import { canOpen, hasBegun, hasRest, isClosed, isFlat, isNaked } from '../src/domain/roll/roll.ts';
import * as covers from '../src/domain/roll/seen-cover.ts';
import * as stops from '../src/domain/roll/seen-stops.ts';
import * as ending from '../src/domain/roll/task-ending.ts';
import { isNextToClose, isNextToOpen } from '../src/domain/roll/turns.ts';
import * as watching from '../src/domain/roll/watching.ts';
import * as wishes from '../src/domain/roll/wishes.ts';
import { isStructure, openLegs } from '../src/domain/rules/structure.ts';

/** What the effect or the order that has ended says; of other events the event itself, which carries its stamp. */
export const answerIn = (event: object): never => ('output' in event ? event.output : event) as never;
export const stampIn = (event: object): Stamp => answerIn(event);

interface Asked {
  readonly context: RollContext;
  readonly event: RollEvent;
}

export const rollGuards = {
  'a trade is due': ({ context, event }: Asked) => watching.isTradeDue(context, event),
  'a trade is due at': ({ context, event }: Asked) => watching.isTradeDueAt(context, stampIn(event).atMs),
  'an alert is due': ({ context, event }: Asked) => watching.isAlertRuleDue(context, event),
  'a rule is due soon': ({ context, event }: Asked) => watching.isRuleDueSoon(context, event),
  'due time changed': ({ context, event }: Asked) => watching.dueTimeChanged(context, event),
  'holding changed': ({ context, event }: Asked) => watching.holdingConditionsChanged(context, event),
  'a condition is holding': ({ context }: Asked) => watching.isConditionHolding(context),
  'a person is asked first': ({ context }: Asked) => approval.mustAsk(context),
  'answer fits': ({ context, event }: Asked) => approval.isAnswered(context, event),
  'time is over': ({ context, event }: Asked) => approval.isTimeOver(context, stampIn(event).atMs),
  'rolls unanswered': ({ context, event }: Asked) => approval.rollsUnanswered(context, stampIn(event).atMs),
  'another trade is due': ({ context, event }: Asked) => approval.isAnotherDue(context, event),
  'another trade is due at': ({ context, event }: Asked) =>
    approval.isAnotherDueAt(context, stampIn(event).atMs),
  'wait changed': ({ context, event }: Asked) => approval.hasWaitingChanged(context, event),
  'stops are news': ({ context, event }: Asked) => stops.areStopsNews(context, event),
  'rest is stopped out': ({ context }: Asked) => life.isRestStopped(context),
  'cover is news': ({ context, event }: Asked) => covers.isCoverNews(context, event),
  'owner closed a leg': ({ context, event }: Asked) => life.isLegClosedByOwner(context, event),
  'owner closed position': ({ context, event }: Asked) => life.isClosedByOwner(context, event),
  'owner reduced position': ({ context, event }: Asked) => life.isReducedByOwner(context, event),
  'position has grown': ({ context, event }: Asked) => life.hasPositionGrown(context, event),
  'option has expired': ({ context }: Asked) => context.plan?.kind === 'gone' && life.isExpired(context),
  'delivery is settled': ({ context }: Asked) =>
    life.isSettlementBooked(context) || life.isSettlementMissing(context),
  'another leg is delivered': ({ context }: Asked) => life.isAnotherDelivered(context),
  'other legs are held': ({ context }: Asked) => life.areOtherLegsHeld(context),
  'option has not expired': ({ context }: Asked) => life.hasNotExpired(context),
  'delay must be reported': ({ context }: Asked) => life.mustReportDelay(context),
  'position is closed': ({ context }: Asked) => isClosed(context.roll),
  'position to close is gone': ({ context }: Asked) => life.isGoneUnopened(context),
  'refusal is news': ({ context }: Asked) =>
    saga.mustReportRefusal({ ...context, ...saga.noteRefusal(context) }),
  'plan stands': ({ context }: Asked) => context.plan?.kind === 'order',
  'position must be reread': ({ context }: Asked) => context.plan?.kind === 'unsure',
  'position is gone': ({ context }: Asked) => context.plan?.kind === 'gone' && !isStructure(context),
  'leg to close is gone': ({ context }: Asked) => life.isLegToCloseLost(context),
  'position is not ours': ({ context }: Asked) => life.isLegLost(context),
  'position is lost': ({ context }: Asked) =>
    context.plan?.kind === 'gone' || context.plan?.kind === 'mismatch',
  'position is smaller': ({ context }: Asked) => life.isPositionSmaller(context),
  'options have expired': ({ context }: Asked) => context.plan?.kind === 'expired',
  'nothing is traded yet': ({ context }: Asked) => !hasBegun(context.roll),
  'answer is news': ({ context, event }: Asked) => saga.isAnswerNews(context, event),
  'a new price may help': ({ context }: Asked) => saga.canPriceAgain(context),
  'new leg is complete': ({ context }: Asked) => !isNaked(context.roll),
  'leg 1 has a rest': ({ context }: Asked) => hasRest(context.roll),
  'turns back': ({ context }: Asked) =>
    isStructure(context) &&
    isNaked(context.roll) &&
    (leg2.mustGoBack(context) || halting.mustGoBack(context)),
  'must go back': ({ context }: Asked) => leg2.mustGoBack(context),
  'fallback is to stay flat': ({ context }: Asked) => leg2.mustStayFlat(context),
  'leg 2 has news': ({ context }: Asked) => leg2.newsOf(context) !== null,
  'plan has another target': ({ context }: Asked) =>
    context.plan?.kind === 'order' && leg2.newsOf(context) !== null,
  'reminder is due': ({ context, event }: Asked) => leg2.mustRemind(context, event),
  'decision reminder is due': ({ context, event }: Asked) => leg2.mustRemindOfDecision(context, event),
  'task is flat': ({ context }: Asked) => isFlat(context.roll),
  'task is rolling': ({ context }: Asked) => context.roll !== null,
  'no roll is under way': ({ context }: Asked) => context.roll === null,
  'edit is possible': ({ context, event }: Asked) => editing.canBeEdited(context, event),
  'a person has decided': ({ context }: Asked) => context.wish !== null,
  'flat is accepted': ({ context }: Asked) => wishes.isFlatAccepted(context),
  'old option is wanted back': ({ context }: Asked) => wishes.isWantedBack(context),
  'roll can be broken off': ({ context }: Asked) => asking.canBreakOff(context),
  'roll is broken off': ({ context }: Asked) => asking.isBrokenOff(context),
  'a limit is waited for': ({ context }: Asked) => saga.restsForLimit(context),
  'roll can be halted': ({ context }: Asked) => halting.canBeHalted(context),
  'roll is halted': ({ context }: Asked) => halting.isHalted(context),
  'halted structure goes back': ({ context }: Asked) => halting.mustGoBack(context),
  'halt has to be waited out': ({ context }: Asked) => halting.mustWait(context),
  'roll may go on': ({ context }: Asked) => !halting.mustWait(context),
  'trade is possible': ({ context, event }: Asked) => asking.canBeAskedFor(context, event),
  'pause is wanted': ({ context }: Asked) => context.pauseWanted,
  'rolls are used up': ({ context }: Asked) => ending.hasRolledOut(context),
  'leg 2 can begin': ({ context }: Asked) => canOpen(context.roll),
  'another leg is to be closed': ({ context }: Asked) => isNextToClose(context),
  'another leg is to be opened': ({ context }: Asked) => isNextToOpen(context),
  'nothing is held': ({ context }: Asked) => openLegs(context).length === 0,
  'old option can be reopened': ({ context }: Asked) => isNaked(context.roll) && leg2.canGoBack(context),
  'all rules rest': ({ context }: Asked) => saga.allRulesRest(context, context.wakeAtMs),
  'cooldown is not over': ({ context, event }: Asked) =>
    event.type === 'RESUME' && saga.allRulesRest(context, event.atMs),
  'plan is overtaken': ({ context }: Asked) =>
    context.wish !== null || asking.isBrokenOff(context) || halting.mustWait(context),
  'margin must be asked': ({ context }: Asked) => mustAskMargin(context),
  'plan opens first': ({ context: { plan } }: Asked) => plan?.kind === 'order' && !plan.order.reduceOnly,
  'leg 1 can follow': ({ context }: Asked) => isDoubled(context.roll),
  'even with a rest': ({ context }: Asked) => !isDoubled(context.roll) && hasRest(context.roll),
  'even and whole': ({ context }: Asked) => !isDoubled(context.roll) && !hasRest(context.roll),
  'roll is undone': ({ context }: Asked) => both.isUndone(context),
  'one option is gone': ({ context }: Asked) => both.isOneGone(context),
  'new option is lost': ({ context }: Asked) => both.isNewLost(context),
  'old option is delivered': ({ context }: Asked) => both.isDeliveredTwice(context),
  'both are accepted': ({ context }: Asked) => both.areBothAccepted(context),
  'new option can be kept': ({ context }: Asked) => both.canAcceptBoth(context),
  'new option can be closed': ({ context }: Asked) => isDoubled(context.roll) && leg2.canGoBack(context),
};
