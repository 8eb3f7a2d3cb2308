/**
 * The words of the roll chart: what its guards ask, its actions note and its messages tell, each a pure function of the
 * domain; and the actors that the runtime provides.
 */
import {
  type ActorRefFrom,
  assign,
  emit,
  enqueueActions,
  fromCallback,
  fromPromise,
  setup,
  type EventObject,
} from 'xstate';
import type {
  AnswerNotUnderstood,
  OrderUnresolved,
  RollEmitted,
  RollEvent,
} from '../src/domain/roll/events.ts';
import type { OrderOutcome } from '../src/domain/orders/order-progress.ts';
import type {
  MarketQuestion,
  MarketReading,
  ReadAnswer,
  Stamp,
  Stamped,
} from '../src/domain/orders/outcomes.ts';
import { isZero } from '../src/domain/money.ts';
import * as leg2 from '../src/domain/roll/leg2.ts';
import * as editing from '../src/domain/roll/editing.ts';
import * as life from '../src/domain/roll/position-life.ts';
import * as editAlerts from '../src/domain/roll/edit-alerts.ts';
import * as leg2Alerts from '../src/domain/roll/leg2-alerts.ts';
import { hasRest, isClosed, isFlat, isNaked, rollsAreUsedUp } from '../src/domain/roll/roll.ts';
import * as saga from '../src/domain/roll/roll-context.ts';
import type { RollContext, RollInput } from '../src/domain/roll/roll-context.ts';
import { planLeg2 } from '../src/domain/roll/leg2-plan.ts';
import * as alerts from '../src/domain/roll/alerts.ts';
import { answered } from '../src/domain/roll/answers.ts';
import { afterRoll } from '../src/domain/roll/roll-progress.ts';
import * as ending from '../src/domain/roll/task-ending.ts';
import type { RollTag } from '../src/domain/roll/task-phase.ts';
import * as watching from '../src/domain/roll/watching.ts';
import * as wishes from '../src/domain/roll/wishes.ts';
import { orderMachine } from './order.machine.ts';

const unprovided = () => Promise.reject(new Error('the runtime provides this actor'));
const silent = () => {};
type OrderActor = ActorRefFrom<typeof orderMachine>;
/** The order that is being worked; `undefined` where nothing runs, as on a walk over the chart. */
const orderOf = (snapshot: unknown): OrderActor | undefined => {
  const { children = {} } = (snapshot ?? {}) as { children?: Record<string, OrderActor | undefined> };
  return children['leg 1'] ?? children['leg 2'];
};
const stampOf = ({ atMs, version }: Stamp): Stamp => ({ atMs, version });
type MarketAnswer = Stamped<ReadAnswer<MarketReading>>;

export const rollSetup = setup({
  types: {
    context: {} as RollContext,
    events: {} as RollEvent,
    input: {} as RollInput,
    emitted: {} as RollEmitted,
    tags: {} as RollTag,
  },
  actors: {
    'read market': fromPromise<MarketAnswer, MarketQuestion>(unprovided),
    'read settlement': fromPromise<life.SettlementAnswer, { symbol: string; expiryMs: number }>(unprovided),
    'work order': orderMachine,
    alarm: fromPromise<Stamp, { atMs: number }>(unprovided),
    reminder: fromCallback<EventObject, { sinceMs: number | null }>(silent),
  },
  guards: {
    'trigger holds': ({ context, event }) => watching.holdsAt(context, event),
    'trigger holds soon': ({ context, event }) => watching.holdsSoonAt(context, event),
    'due time changed': ({ context, event }) => watching.holdsAnotherTime(context, event),
    'what has to go on holding changed': ({ context, event }) => watching.holdingChanged(context, event),
    'something has to go on holding': ({ context }) => watching.isHolding(context),
    'owner has closed it': ({ context, event }) => life.isClosedByOwner(context, event),
    'owner has reduced it': ({ context, event }) => life.isReducedByOwner(context, event),
    'there is more of it': ({ context, event }) => life.hasGrown(context, event),
    'option has expired': ({ context }) => context.plan?.kind === 'gone' && life.isExpired(context),
    'settlement is known': ({ context }) => life.isSettled(context),
    'settlement never comes': ({ context }) => life.isNeverSettled(context),
    'option has not expired': ({ context }) => life.hasNotExpired(context),
    'delay is to be told': ({ context }) => life.isOverdueTold(context),
    'position is closed': ({ context }) => isClosed(context.roll),
    'position was to be closed and is gone': ({ context }) =>
      context.plan?.kind === 'gone' && context.roll?.closesOnly === true,
    'refusal is to be told': ({ context }) => saga.isRefusalTold({ ...context, ...saga.refusedAt(context) }),
    'plan stands': ({ context }) => context.plan?.kind === 'order',
    'position is to be looked at again': ({ context }) => context.plan?.kind === 'unsure',
    'position is gone': ({ context }) => context.plan?.kind === 'gone',
    'position is not ours': ({ context }) => context.plan?.kind === 'mismatch',
    'position is gone or turned': ({ context }) =>
      context.plan?.kind === 'gone' || context.plan?.kind === 'mismatch',
    'position is smaller': ({ context }) => life.isLessThanHeld(context),
    'options have expired': ({ context }) => context.plan?.kind === 'expired',
    'nothing is closed yet': ({ context }) => isZero(context.roll?.closed.executedQty ?? '0'),
    'answer is news': ({ context, event }) => saga.isAnswerNews(context, event),
    'a new price may do': ({ context }) => saga.mayPriceAnew(context),
    'new leg is complete': ({ context }) => !isNaked(context.roll),
    'old leg has a rest': ({ context }) => hasRest(context.roll),
    'fallback is to reopen leg 1': ({ context }) => leg2.goesBack(context),
    'fallback is to stay flat': ({ context }) => leg2.staysFlat(context),
    'leg 2 has news': ({ context }) => leg2.newsOf(context) !== null,
    'plan goes elsewhere': ({ context }) => context.plan?.kind === 'order' && leg2.newsOf(context) !== null,
    'reminder is due': ({ context, event }) => leg2.mustRemind(context, event, false),
    'a human must be reminded': ({ context, event }) => leg2.mustRemind(context, event, true),
    'task is flat': ({ context }) => isFlat(context.roll),
    'task is rolling': ({ context }) => context.roll !== null,
    'no roll is under way': ({ context }) => context.roll === null,
    'edit is possible': ({ context, event }) => editing.canBeEdited(context, event),
    'a person has decided': ({ context }) => context.wish !== null,
    'flat is accepted': ({ context }) => wishes.isFlatAccepted(context),
    'old option is wanted': ({ context }) => wishes.isWantedBack(context),
    'pause is wanted': ({ context }) => context.pauseWanted,
    'rolls are used up': ({ context }) => rollsAreUsedUp(context.spec, context.rollsDone),
    'something is closed and not reopened': ({ context }) => isNaked(context.roll),
    'nothing is open at the new option': ({ context }) => isNaked(context.roll) && leg2.canGoBack(context),
    'cooldown is not over': ({ context, event }) => event.type === 'RESUME' && event.atMs < context.wakeAtMs,
  },
  actions: {
    'note what holds': assign(({ context, event }) => watching.heard(context, event)),
    'forget what held': assign(() => watching.forgotten()),
    'note that it did not last': assign(({ context, event }) => watching.didNotLast(context, event)),
    'lock the roll': assign(({ context }, stamp: Stamp) => saga.locked(context, stamp)),
    'plan leg 1': assign(({ context }, answer: MarketAnswer) => saga.plannedLeg1(context, answer)),
    'plan leg 2': assign(({ context }, answer: MarketAnswer) => saga.planned(context, answer, planLeg2)),
    'freeze the closing order': assign(({ context }) => saga.frozen(context, 'closed')),
    'freeze the opening order': assign(({ context }) => saga.frozen(context, 'opened')),
    'count what was closed': assign(({ context }, order: OrderOutcome) => saga.closed(context, order)),
    'count what was opened': assign(({ context }, order: OrderOutcome) => saga.opened(context, order)),
    'note why not': assign(({ context }) => saga.refusedAt(context)),
    'note the answer': assign(({ context, event }) => saga.answerNoted(context, event)),
    'note that it was told': assign(({ context }) => saga.toldWhyNot(context)),
    'give the roll up': assign({ roll: null, plan: null, wish: null }),
    'book what was closed': assign(({ context }) => life.closedDown(context)),
    'book the settlement': assign(({ context }, answer: life.SettlementAnswer) =>
      life.settled(context, answer),
    ),
    'note that it has not expired': assign(({ context }) => life.foundAlive(context)),
    'take over what is there': assign(({ context, event }) => life.takenOver(context, event)),
    'take what is left': assign(({ context }) => life.foundLess(context)),
    'note that there is more': assign(({ context, event }) => life.notedGrowth(context, event)),
    'let go of what is gone': assign(({ context }) => life.givenUp(context)),
    'cool down': assign(({ context }) => saga.coolingDown(context)),
    'start the next round': assign(({ context }) => saga.nextRound(context)),
    'count the failure and back off': assign(({ context }) => saga.failed(context)),
    'turn back to the old option': assign(({ context }) => leg2.turnedBack(context)),
    'start counting afresh': assign(({ context }) => leg2.afresh(context)),
    'note what was told': assign(({ context }) => leg2.toldNews(context)),
    'note the reminder': assign(({ context, event }) => leg2.reminded(context, event)),
    'end the roll where it stands': assign(({ context, event }) => ending.endFlat(context, event)),
    'move to the new option': assign(({ context }) => afterRoll(context)),
    'take the wish': enqueueActions(({ context, event, self, enqueue }) => {
      const wish = wishes.wishOf(context, event);
      enqueue.emit(wishes.answerTo(context, event));
      if (wish === null) return;
      enqueue.assign({ wish });
      if (!wishes.endsOrder(context, event)) return;
      const order = orderOf(self.getSnapshot());
      if (order && 'version' in event) enqueue.sendTo(order, { type: 'WITHDRAWN', ...stampOf(event) });
    }),
    'try afresh': enqueueActions(({ context, enqueue }) => {
      const tooLate = wishes.reopenCameTooLate(context);
      if (tooLate) enqueue.emit(tooLate);
      enqueue.assign(leg2.afresh(context));
    }),
    'take the new spec': enqueueActions(({ context, event, enqueue }) => {
      const taken = editing.takeSpec(context, event);
      enqueue.assign(taken);
      enqueue.emit(editAlerts.answerEdited({ ...context, ...taken }, event));
    }),
    'end the management': enqueueActions(({ context, event, enqueue }) => {
      enqueue.assign(editing.markRemoved(event));
      enqueue.emit(editAlerts.answerRemoved(context, event));
      enqueue.emit(editAlerts.alertRemoved(context));
    }),
    'remember the pause': assign({ pauseWanted: true }),
    'forget the pause': assign({ pauseWanted: false }),

    'say that it was paused': emit(({ event }) => answered(event, { code: 'paused', figures: {} })),
    'say that it pauses after the roll': emit(({ event }) =>
      answered(event, { code: 'pausesAfterRoll', figures: {} }),
    ),
    'say that it was resumed': emit(({ event }) => answered(event, { code: 'resumed', figures: {} })),
    'say that it tries again': emit(({ event }) => answered(event, { code: 'retries', figures: {} })),
    'say that it goes back': emit(({ event }) => answered(event, { code: 'opensOldOption', figures: {} })),
    'say why it cannot go back': emit(({ context, event }) => wishes.answerTo(context, event)),
    'say that it stays flat': emit(({ event }) => answered(event, { code: 'staysFlat', figures: {} })),
    'tell why not': emit(({ context }) => alerts.notRolled(context)),
    'tell that the old leg is closed': emit(({ context }) => alerts.leg1Closed(context)),
    'tell that leg 1 has a rest': emit(({ context }) => alerts.leg1HasRest(context)),
    'tell the news of leg 2': emit(({ context }) => leg2Alerts.leg2News(context)),
    'tell how leg 2 stands': emit(({ context, event }) => leg2Alerts.leg2Reminder(context, event)),
    'tell that a human is still needed': emit(({ context, event }) =>
      leg2Alerts.personStillNeeded(context, event),
    ),
    'tell that it goes back': emit(({ context }) => leg2Alerts.leg2GoesBack(context)),
    'tell that it stays flat': emit(({ context }) => leg2Alerts.leg2StaysFlat(context)),
    'tell what is left': emit(({ context }) => wishes.leftAsItIs(context)),
    'tell the result': emit(({ context }) => alerts.rollResult(context)),
    'tell that the position is gone': emit(({ context }) => alerts.positionGone(context)),
    'tell that a human is needed': emit(({ context }) => alerts.personNeeded(context)),
    'tell that its owner closed it': emit(({ context, event }) => alerts.closedByOwner(context, event)),
    'tell that it was changed': emit(({ context, event }) => alerts.changedByOwner(context, event)),
    'tell that there is more': emit(({ context, event }) => alerts.grown(context, event)),
    'tell that it is smaller': emit(({ context }) => alerts.foundSmaller(context)),
    'tell of the delivery': emit(({ context }) => alerts.delivered(context)),
    'tell of the delay': emit(({ context }) => alerts.deliveryDelayed(context)),
    'tell that the rolls are used up': emit(({ context }) => alerts.rollsUsedUp(context)),
    'tell the answer': emit(({ context, event }) =>
      alerts.answerNotUnderstood(context, event as AnswerNotUnderstood),
    ),
    'tell that an order is unresolved': emit(({ context, event }) =>
      alerts.orderUnresolved(context, event as OrderUnresolved),
    ),
  },
});
