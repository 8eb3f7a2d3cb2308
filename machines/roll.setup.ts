/**
 * The words of the roll chart: what its guards ask, its actions note and its alerts report, each a pure function of the
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
import type {
  MarketQuestion,
  MarketReading,
  ReadAnswer,
  Stamp,
  Stamped,
} from '../src/domain/orders/outcomes.ts';
import * as leg2 from '../src/domain/roll/leg2.ts';
import * as editing from '../src/domain/roll/editing.ts';
import * as life from '../src/domain/roll/position-life.ts';
import * as editAlerts from '../src/domain/roll/edit-alerts.ts';
import * as leg2Alerts from '../src/domain/roll/leg2-alerts.ts';
import { hasOpened } from '../src/domain/roll/roll.ts';
import { isDoubled } from '../src/domain/roll/both-held.ts';
import * as both from '../src/domain/roll/both-life.ts';
import * as bothAlerts from '../src/domain/roll/both-alerts.ts';
import {
  judgeMargin,
  marginQuestionOf,
  type MarginAnswer,
  type MarginQuestion,
} from '../src/domain/roll/open-first.ts';
import * as stops from '../src/domain/roll/seen-stops.ts';
import * as covers from '../src/domain/roll/seen-cover.ts';
import * as saga from '../src/domain/roll/roll-context.ts';
import type { RollContext, RollInput } from '../src/domain/roll/roll-context.ts';
import {
  leg1Question,
  leg2Question,
  lockRoll,
  planClosing,
  planOpening,
  planRest,
  restQuestion,
} from '../src/domain/roll/planning.ts';
import * as halting from '../src/domain/roll/halting.ts';
import * as approval from '../src/domain/roll/approval.ts';
import * as asking from '../src/domain/roll/asked-trade.ts';
import * as stopAlerts from '../src/domain/roll/stop-alerts.ts';
import * as alerts from '../src/domain/roll/alerts.ts';
import { answered } from '../src/domain/roll/answers.ts';
import { afterRoll } from '../src/domain/roll/roll-progress.ts';
import * as ending from '../src/domain/roll/task-ending.ts';
import type { RollTag } from '../src/domain/roll/task-phase.ts';
import * as marks from '../src/domain/roll/marks.ts';
import * as tries from '../src/domain/roll/tries.ts';
import * as watching from '../src/domain/roll/watching.ts';
import * as wishes from '../src/domain/roll/wishes.ts';
import { orderMachine } from './order.machine.ts';
import { answerIn, rollGuards, stampIn } from './roll.guards.ts';
import { unprovided } from './unprovided.ts';

const silent = () => {};
type OrderActor = ActorRefFrom<typeof orderMachine>;
/** The order that is being worked; `undefined` where nothing runs, as on a walk over the chart. */
const orderOf = (snapshot: unknown): OrderActor | undefined =>
  leg1OrderOf(snapshot) ?? childrenOf(snapshot)['leg 2'];
const leg1OrderOf = (snapshot: unknown): OrderActor | undefined => childrenOf(snapshot)['leg 1'];
/** The order of the leg that comes first: a halt ends it, while the other leg goes on. */
const firstOrderOf = (snapshot: unknown, { roll }: RollContext): OrderActor | undefined =>
  childrenOf(snapshot)[roll?.opensFirst ? 'leg 2' : 'leg 1'];
const childrenOf = (snapshot: unknown): Record<string, OrderActor | undefined> =>
  ((snapshot ?? {}) as { children?: Record<string, OrderActor | undefined> }).children ?? {};
const stampOf = ({ atMs, version }: Stamp): Stamp => ({ atMs, version });
type MarketAnswer = Stamped<ReadAnswer<MarketReading>>;

interface At {
  readonly context: RollContext;
}

/** What the actors of the chart are given. */
export const inputs = {
  wake: ({ context }: At) => ({ atMs: context.wakeAtMs }),
  old: ({ context }: At) => leg1Question(context),
  new: ({ context }: At) => leg2Question(context),
  rest: ({ context }: At) => restQuestion(context),
  need: ({ context }: At) => marginQuestionOf(context),
  order: ({ context }: At) => saga.orderOf(context),
  delivery: ({ context }: At) => life.deliveredOption(context),
  oldDelivery: ({ context }: At) => both.deliveredOfBoth(context),
  reminder: ({ context }: At) => leg2.reminderOf(context),
};

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
    'check margin': fromPromise<MarginAnswer, MarginQuestion>(unprovided),
    'work order': orderMachine,
    alarm: fromPromise<Stamp, { atMs: number }>(unprovided),
    reminder: fromCallback<EventObject, { sinceMs: number | null }>(silent),
  },
  guards: rollGuards,
  actions: {
    'note holding': assign(({ context, event }) => watching.noteHolding(context, event)),
    'forget holding': assign(() => watching.forgetHolding()),
    'note trigger did not last': assign(({ context, event }) =>
      watching.noteTriggerDidNotLast(context, event),
    ),
    'lock the roll': assign(({ context, event }) => {
      const noted = watching.noteHolding(context, event);
      const locked = lockRoll({ ...context, ...noted }, answerIn(event));
      return { ...noted, ...locked, rules: approval.freeRules(context) };
    }),
    'lock what was asked': assign(({ context, event }) =>
      approval.lockAnswered(context, event, stampIn(event)),
    ),
    'note waiting': assign(({ context, event }) => approval.noteWaiting(context, event)),
    'ask first': enqueueActions(({ context, enqueue }) => {
      const { change, alert } = approval.askFirst(context);
      enqueue.assign(change);
      enqueue.emit(alert);
    }),
    'end the question': enqueueActions(({ context, event, enqueue }) => {
      const ended = approval.endQuestion(context, event, stampIn(event));
      if (ended === null) return;
      for (const each of ended.emits) enqueue.emit(each);
      enqueue.assign(ended.change);
    }),
    'plan leg 1': assign(({ context, event }) => planClosing(context, answerIn(event))),
    'plan leg 2': assign(({ context, event }) => planOpening(context, answerIn(event))),
    'freeze the closing order': assign(({ context }) => saga.freezeOrder(context, 'closed')),
    'freeze the opening order': assign(({ context }) => saga.freezeOrder(context, 'opened')),
    'count the order': assign(({ context, event }) => {
      const { type } = event as { readonly type: string };
      if (type === 'xstate.done.actor.leg 1') return saga.countClosing(context, answerIn(event));
      return type === 'xstate.done.actor.leg 2' ? saga.countOpening(context, answerIn(event)) : {};
    }),
    'note refusal': assign(({ context }) => saga.noteRefusal(context)),
    'give the roll up': assign(({ context }) => saga.giveUpRoll(context)),
    'book the settlement': assign(({ context, event }) => life.bookSettledPosition(context, answerIn(event))),
    'note not expired': assign(({ context }) => life.noteNotExpired(context)),
    'take seen position': assign(({ context, event }) => life.takePositionAsSeen(context, event)),
    'note growth': assign(({ context, event }) => life.noteGrowth(context, event)),
    'drop the lost leg': assign(({ context }) => life.dropLostLeg(context)),
    'drop what its owner closed': enqueueActions(({ context, event, enqueue }) => {
      enqueue.emit(alerts.closedByOwner(context, event));
      enqueue.assign(life.dropPosition(context, event));
    }),
    'note the cover': enqueueActions(({ context, event, enqueue }) => {
      const alert = covers.coverAlert(context, event);
      if (alert) enqueue.emit(alert);
      enqueue.assign(covers.noteCover(context, event));
    }),
    'note the stops': enqueueActions(({ context, event, enqueue }) => {
      const alert = stops.stopsAlert(context, event);
      if (alert) enqueue.emit(alert);
      enqueue.assign(stops.noteStops(context, event));
    }),
    'cool down': assign(({ context }) => saga.coolDown(context, context.wakeAtMs)),
    'begin the next leg': assign(({ context }) => tries.beginNextLeg(context)),
    'start a round': assign(({ context }) => tries.startNextRound(context)),
    'count the failure and back off': assign(({ context }) => tries.countFailure(context)),
    'turn back': assign(({ context }) => leg2.turnBack(context)),
    'start again': assign(({ context }) => leg2.startAgain(context)),
    'mark news alerted': assign(({ context }) => leg2.markNewsAlerted(context)),
    'end the roll as it stands': assign(({ context, event }) => ending.endFlat(context, event)),
    'take the wish': enqueueActions(({ context, event, self, enqueue }) => {
      const wish = wishes.wishOf(context, event);
      enqueue.emit(wishes.answerTo(context, event));
      if (wish === null) return;
      enqueue.assign({ wish });
      if (!wishes.endsOrder(context, event)) return;
      const order = orderOf(self.getSnapshot());
      if (order && 'version' in event) enqueue.sendTo(order, { type: 'WITHDRAWN', ...stampOf(event) });
    }),
    "take the owner's word": enqueueActions(({ event, self, enqueue }) => {
      if (!marks.isMark(event)) return;
      const order = orderOf(self.getSnapshot());
      const standing = order?.getSnapshot() ?? null;
      const answer = marks.answerToMark(
        event,
        standing && { context: standing.context, isSearched: standing.hasTag('searching') },
      );
      enqueue.emit(answer);
      if (!order || answer.status === 'refused') return;
      enqueue.sendTo(order, event);
    }),
    'try again': enqueueActions(({ context, enqueue }) => {
      const tooLate = wishes.reopenCameTooLate(context);
      if (tooLate) enqueue.emit(tooLate);
      enqueue.assign(leg2.startAgain(context));
    }),
    'take the new spec': enqueueActions(({ context, event, enqueue }) => {
      const taken = editing.takeSpec(context, event);
      enqueue.assign(taken);
      enqueue.emit(editAlerts.answerEdited({ ...context, ...taken }, event));
    }),
    'rest anew': enqueueActions(({ context, event, enqueue }) => {
      const taken = { ...context, ...editing.takeSpec(context, event) };
      enqueue.assign({ ...taken, ...saga.coolDown(taken, stampIn(event).atMs) });
      enqueue.emit(editAlerts.answerEdited(taken, event));
    }),
    'end the management': enqueueActions(({ context, event, enqueue }) => {
      enqueue.assign(editing.markRemoved(event));
      enqueue.emit(editAlerts.answerRemoved(context, event));
      enqueue.emit(editAlerts.alertRemoved(context));
    }),
    'break the roll off': enqueueActions(({ context, event, self, enqueue }) => {
      enqueue.emit(answered(event, { code: 'breaksOff', figures: {} }));
      enqueue.assign(asking.wantPause(context));
      const order = orderOf(self.getSnapshot());
      if (order && 'version' in event) enqueue.sendTo(order, { type: 'WITHDRAWN', ...stampOf(event) });
    }),
    'halt the roll': enqueueActions(({ context, event, self, enqueue }) => {
      enqueue.assign(halting.haltRoll(context, event));
      const order = firstOrderOf(self.getSnapshot(), context);
      if (order && 'version' in event) enqueue.sendTo(order, { type: 'WITHDRAWN', ...stampOf(event) });
    }),
    'end the rests': assign(({ context }) => saga.endLimitRests(context)),
    'let the roll go on': assign(({ context }) => halting.liftHalt(context)),
    'end the close': enqueueActions(({ context, enqueue }) => {
      const booked = life.bookClosedPosition(context);
      const after = { ...context, ...booked };
      const [stopped = alerts.rollResult(after)] = stopAlerts.rollStopped(context, after);
      enqueue.assign(booked);
      enqueue.emit(stopped);
    }),
    'begin the trade': enqueueActions(({ context, event, enqueue }) => {
      enqueue.emit(asking.answerBegins(context, event));
      enqueue.assign(asking.lockAsked(context, event));
    }),
    'alert and note': enqueueActions(({ context, event, enqueue }) => {
      for (const alert of watching.ruleAlerts(context, event)) enqueue.emit(alert);
      const rested = { ...context, ...watching.restAlertRules(context, event) };
      enqueue.assign({ ...rested, ...watching.noteHolding(rested, event) });
    }),
    'alert the rules': enqueueActions(({ context, event, enqueue }) => {
      for (const alert of watching.ruleAlerts(context, event)) enqueue.emit(alert);
      enqueue.assign(watching.restAlertRules(context, event));
    }),
    'end the roll': enqueueActions(({ context, enqueue }) => {
      const after = { ...context, ...afterRoll(context) };
      enqueue.assign(after);
      enqueue.emit(bothAlerts.bothResult(after));
      for (const alert of stopAlerts.rollStopped(context, after)) enqueue.emit(alert);
    }),
    'end the stopped roll': enqueueActions(({ context, enqueue }) => {
      const isOpened = hasOpened(context.roll);
      const after = { ...context, ...(isOpened ? afterRoll(context) : life.bookClosedPosition(context)) };
      enqueue.assign(after);
      for (const alert of stopAlerts.rollStopped(context, after)) enqueue.emit(alert);
    }),
    'take what is left': enqueueActions(({ context, enqueue }) => {
      enqueue.emit(alerts.foundSmaller(context));
      const found = life.takePositionAsFound(context);
      enqueue.assign({ ...found, ...saga.giveUpRoll({ ...context, ...found }) });
    }),
    'drop what is gone': enqueueActions(({ context, event, enqueue }) => {
      enqueue.emit(alerts.positionGone(context));
      const gone = life.dropPosition(context, event);
      enqueue.assign({ ...gone, ...saga.giveUpRoll({ ...context, ...gone }) });
    }),
    'report the refusal': enqueueActions(({ context, enqueue }) => {
      enqueue.emit(alerts.notRolled(context));
      enqueue.assign({ ...saga.markRefusalAlerted(context), ...saga.giveUpRoll(context) });
    }),
    'leave it as it is': enqueueActions(({ context, event, enqueue }) => {
      enqueue.emit(wishes.leftAsItIs(context));
      enqueue.assign(ending.endFlat(context, event));
    }),
    'report and turn back': enqueueActions(({ context, enqueue }) => {
      const turned = leg2.turnBack(context);
      enqueue.assign(turned);
      enqueue.emit(leg2Alerts.leg2GoesBack({ ...context, ...turned }));
    }),
    'answer and turn back': enqueueActions(({ context, event, enqueue }) => {
      enqueue.assign(leg2.turnBack(context));
      enqueue.emit(answered(event, { code: 'opensOldOption', figures: {} }));
    }),
    'weigh it': assign(({ context, event }) => judgeMargin(context, answerIn(event))),
    'plan rest': assign(({ context, event }) => planRest(context, answerIn(event))),
    'take what is gone': enqueueActions(({ context, enqueue }) => {
      const after = { ...context, ...both.takeOneGone(context) };
      enqueue.emit(bothAlerts.oneOfBothGone(context, after));
      enqueue.assign(after);
    }),
    'book the old delivery': enqueueActions(({ context, event, enqueue }) => {
      const after = { ...context, ...both.bookDeliveredTwice(context, answerIn(event)) };
      if (!isDoubled(after.roll)) enqueue.emit(bothAlerts.deliveredOfBoth(context, after));
      enqueue.assign(after);
    }),
    'report leg 1 news': enqueueActions(({ context, enqueue }) => {
      if (leg2.newsOf(context) === null) return;
      enqueue.emit(bothAlerts.leg1News(context));
      enqueue.assign(leg2.markNewsAlerted(context));
    }),
    'remind of leg 1': enqueueActions(({ context, event, enqueue }) => {
      enqueue.emit(bothAlerts.leg1Reminder(context, event));
      enqueue.assign(leg2.markReminded(context, event));
    }),
    'report and close again': enqueueActions(({ context, enqueue }) => {
      const turned = leg2.turnBack(context);
      enqueue.assign(turned);
      enqueue.emit(bothAlerts.leg1GoesBack({ ...context, ...turned }));
    }),
    'answer and close again': enqueueActions(({ context, event, enqueue }) => {
      enqueue.emit(wishes.answerTo(context, event));
      enqueue.assign(leg2.turnBack(context));
    }),
    'answer and keep it': enqueueActions(({ context, event, enqueue }) => {
      enqueue.emit(wishes.answerTo(context, event));
      enqueue.emit(bothAlerts.newKept(context));
      enqueue.assign(both.keepNew(context));
    }),
    'keep the new option': enqueueActions(({ context, enqueue }) => {
      enqueue.emit(bothAlerts.newKept(context));
      enqueue.assign(both.keepNew(context));
    }),
    'report the answer': enqueueActions(({ context, event, enqueue }) => {
      enqueue.emit(alerts.answerNotUnderstood(context, event as AnswerNotUnderstood));
      enqueue.assign(saga.markRefusalAlerted({ ...context, ...saga.noteAnswer(context, event) }));
    }),
    'report and freeze': enqueueActions(({ context, enqueue }) => {
      enqueue.emit(leg2Alerts.leg2News(context));
      const marked = leg2.markNewsAlerted(context);
      enqueue.assign({ ...marked, ...saga.freezeOrder({ ...context, ...marked }, 'opened') });
    }),
    'report leg 2 news': enqueueActions(({ context, enqueue }) => {
      enqueue.emit(leg2Alerts.leg2News(context));
      enqueue.assign(leg2.markNewsAlerted(context));
    }),
    'remind of leg 2': enqueueActions(({ context, event, enqueue }) => {
      enqueue.emit(leg2Alerts.leg2Reminder(context, event));
      enqueue.assign(leg2.markReminded(context, event));
    }),
    'remind of the decision': enqueueActions(({ context, event, enqueue }) => {
      const isTwice = isDoubled(context.roll);
      enqueue.emit((isTwice ? bothAlerts.bothStillHeld : leg2Alerts.personStillNeeded)(context, event));
      enqueue.assign(leg2.markReminded(context, event));
    }),
    'resume later': enqueueActions(({ context, event, enqueue }) => {
      enqueue.assign(saga.coolDown(context, stampIn(event).atMs));
      enqueue.emit(answered(event, { code: 'resumed', figures: {} }));
    }),
    'trade in the pause': enqueueActions(({ context, event, enqueue }) => {
      enqueue.emit(asking.answerBegins(context, event));
      enqueue.assign({ pauseWanted: true, ...asking.lockAsked(context, event) });
    }),
    'remember the pause': assign(({ context }) => asking.wantPause(context)),
    'forget the pause': assign(({ context }) => asking.forgetPause(context)),

    'answer that nothing waits for it': emit(({ context, event }) => approval.answerNotAsked(context, event)),
    'answer paused': emit(({ event }) => answered(event, { code: 'paused', figures: {} })),
    'answer pauses after roll': emit(({ event }) =>
      answered(event, { code: 'pausesAfterRoll', figures: {} }),
    ),
    'answer resumed': emit(({ event }) => answered(event, { code: 'resumed', figures: {} })),
    'answer retries': emit(({ event }) => answered(event, { code: 'retries', figures: {} })),
    'alert leg 2 opened': emit(({ context }) => bothAlerts.leg2OpenedFirst(context)),
    'answer why not reopened': emit(({ context, event }) => wishes.answerTo(context, event)),
    'answer stays flat': emit(({ event }) => answered(event, { code: 'staysFlat', figures: {} })),
    'alert leg 1 closed': emit(({ context }) => alerts.leg1Closed(context)),
    'alert leg 1 incomplete': emit(({ context }) => alerts.leg1HasRest(context)),
    'alert stays flat': emit(({ context }) => leg2Alerts.leg2StaysFlat(context)),
    'alert person needed': emit(({ context }) => alerts.personNeeded(context)),
    'alert changed by owner': emit(({ context, event }) => alerts.changedByOwner(context, event)),
    'alert growth': emit(({ context, event }) => alerts.grown(context, event)),
    'alert delivery': emit(({ context }) => alerts.delivered(context)),
    'alert delay': emit(({ context }) => alerts.deliveryDelayed(context)),
    'alert rolls used up': emit(({ context }) => alerts.rollsUsedUp(context)),
    'alert order unresolved': emit(({ context, event }) =>
      alerts.orderUnresolved(context, event as OrderUnresolved),
    ),
  },
});
