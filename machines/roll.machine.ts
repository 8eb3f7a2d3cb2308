/**
 * The saga of one task (design §4): watch, plan, close the old option, open the next one, and never guess that an
 * order filled. Owns the order of the steps and what the trader is told; prices, plans and quantities are decided by
 * pure functions of the domain, orders are worked by the order machine, and time comes in with every event.
 */
import { assign, emit, fromCallback, fromPromise, setup, type EventObject } from 'xstate';
import type { RollEmitted, RollEvent } from '../src/domain/events.ts';
import type { OrderOutcome } from '../src/domain/order-progress.ts';
import type { MarketQuestion, MarketReading, ReadAnswer, Stamp, Stamped } from '../src/domain/outcomes.ts';
import { isZero } from '../src/domain/money.ts';
import * as leg2 from '../src/domain/leg2.ts';
import * as sayLeg2 from '../src/domain/leg2-messages.ts';
import { hasRest, isFlat, isNaked, rollsAreUsedUp } from '../src/domain/roll.ts';
import * as saga from '../src/domain/roll-context.ts';
import type { RollContext, RollInput } from '../src/domain/roll-context.ts';
import { planLeg1, planLeg2, refusalOf } from '../src/domain/roll-plan.ts';
import * as say from '../src/domain/roll-messages.ts';
import { afterRoll } from '../src/domain/roll-progress.ts';
import { orderMachine } from './order.machine.ts';

const unprovided = () => Promise.reject(new Error('the runtime provides this actor'));
const silent = () => {};
type MarketAnswer = Stamped<ReadAnswer<MarketReading>>;

export const rollMachine = setup({
  types: {
    context: {} as RollContext,
    events: {} as RollEvent,
    input: {} as RollInput,
    emitted: {} as RollEmitted,
  },
  actors: {
    'read market': fromPromise<MarketAnswer, MarketQuestion>(unprovided),
    'work order': orderMachine,
    alarm: fromPromise<Stamp, { atMs: number }>(unprovided),
    reminder: fromCallback<EventObject, { sinceMs: number | null }>(silent),
  },
  guards: {
    'trigger holds': ({ context, event }) => saga.holdsAt(context, event),
    'trigger holds but must go on holding': ({ context, event }) => saga.mustHoldAt(context, event),
    'trigger no longer holds': ({ context, event }) => !saga.holdsAt(context, event),
    'plan stands': ({ context }) => context.plan?.kind === 'order',
    'position is to be looked at again': ({ context }) => context.plan?.kind === 'unsure',
    'position is gone': ({ context }) => context.plan?.kind === 'gone',
    'position is not ours': ({ context }) => context.plan?.kind === 'mismatch',
    'options have expired': ({ context }) => context.plan?.kind === 'expired',
    'nothing is closed yet': ({ context }) => isZero(context.roll?.closed.executedQty ?? '0'),
    'a human is needed': ({ context }) =>
      context.plan?.kind === 'mismatch' || refusalOf(context) === 'account',
    'a new price may do': ({ context }) => saga.mayPriceAnew(context),
    'new leg is complete': ({ context }) => !isNaked(context.roll),
    'old leg has a rest': ({ context }) => hasRest(context.roll),
    'fallback is to reopen leg 1': ({ context }) => leg2.goesBack(context),
    'fallback is to stay flat': ({ context }) => leg2.staysFlat(context),
    'leg 2 has news': ({ context }) => leg2.newsOf(context) !== null,
    'plan goes elsewhere': ({ context }) => context.plan?.kind === 'order' && leg2.newsOf(context) !== null,
    'a reminder is due': ({ context, event }) => leg2.mustRemind(context, event, false),
    'a human must be reminded': ({ context, event }) => leg2.mustRemind(context, event, true),
    'task is flat': ({ context }) => isFlat(context.roll),
    'a pause is wanted': ({ context }) => context.pauseWanted,
    'rolls are used up': ({ context }) => rollsAreUsedUp(context.spec, context.rollsDone),
    'something is closed and not reopened': ({ context }) => isNaked(context.roll),
    'nothing is open at the new option': ({ context }) => isNaked(context.roll) && leg2.canGoBack(context),
    'cooldown is not over': ({ context, event }) => event.type === 'RESUME' && event.atMs < context.wakeAtMs,
  },
  actions: {
    'note triggered price': assign(({ context, event }) => saga.triggeredAt(context, event)),
    'lock the roll': assign(({ context }, stamp: Stamp) => saga.locked(context, stamp)),
    'plan leg 1': assign(({ context }, answer: MarketAnswer) => saga.planned(context, answer, planLeg1)),
    'plan leg 2': assign(({ context }, answer: MarketAnswer) => saga.planned(context, answer, planLeg2)),
    'freeze the closing order': assign(({ context }) => saga.frozen(context, 'closed')),
    'freeze the opening order': assign(({ context }) => saga.frozen(context, 'opened')),
    'count what was closed': assign(({ context }, order: OrderOutcome) => saga.closed(context, order)),
    'count what was opened': assign(({ context }, order: OrderOutcome) => saga.opened(context, order)),
    'note why not': assign(({ context }) => saga.refusedAt(context)),
    'give the roll up': assign({ roll: null, plan: null }),
    'cool down': assign(({ context }) => saga.coolingDown(context)),
    'start the next round': assign(({ context }) => saga.nextRound(context)),
    'count the failure and back off': assign(({ context }) => saga.failed(context)),
    'turn back to the old option': assign(({ context }) => leg2.turnedBack(context)),
    'start counting afresh': assign(({ context }) => leg2.afresh(context)),
    'note what was told': assign(({ context }) => leg2.toldNews(context)),
    'note the reminder': assign(({ context, event }) => leg2.reminded(context, event)),
    'move to the new option': assign(({ context }) => afterRoll(context)),
    'remember the pause': assign({ pauseWanted: true }),
    'forget the pause': assign({ pauseWanted: false }),

    'say that it was paused': emit(({ event }) => say.answered(event, 'paused')),
    'say that it pauses after the roll': emit(({ event }) => say.pausesLater(event)),
    'say that it was resumed': emit(({ event }) => say.answered(event, 'resumed')),
    'say that it tries again': emit(({ event }) => say.answered(event, 'trying again')),
    'say that it goes back': emit(({ event }) => say.answered(event, 'opening the old option again')),
    'say that it stays flat': emit(({ event }) => say.answered(event, 'left as it is; the task is over')),
    'tell why not': emit(({ context }) => say.notRolled(context)),
    'tell that the old leg is closed': emit(({ context }) => say.leg1Closed(context)),
    'tell that leg 1 has a rest': emit(({ context }) => say.leg1Partial(context)),
    'tell the news of leg 2': emit(({ context }) => sayLeg2.news(context)),
    'tell how leg 2 stands': emit(({ context, event }) => sayLeg2.reminder(context, event)),
    'tell that a human is still needed': emit(({ context, event }) => sayLeg2.stillNeeded(context, event)),
    'tell that it goes back': emit(({ context }) => sayLeg2.goesBack(context)),
    'tell that it stays flat': emit(({ context }) => sayLeg2.staysFlat(context)),
    'tell the result': emit(({ context }) => say.rolled(context)),
    'tell that the position is gone': emit(({ context }) => say.positionGone(context)),
    'tell that a human is needed': emit(({ context }) => say.humanNeeded(context)),
    'tell that the rolls are used up': emit(({ context }) => say.rollsUsedUp(context)),
    'tell that an order is unresolved': emit(({ context, event }) => say.orderUnresolved(context, event)),
  },
}).createMachine({
  id: 'roll',
  version: '1',
  context: ({ input }) => saga.firstRollContext(input),
  initial: 'IDLE',
  on: { ORDER_UNRESOLVED: { actions: 'tell that an order is unresolved' } },
  states: {
    IDLE: {
      initial: 'watching',
      on: { PAUSE: { target: 'PAUSED', actions: 'say that it was paused' } },
      states: {
        watching: {
          on: {
            PRICE: [
              {
                guard: 'trigger holds but must go on holding',
                target: 'confirming',
                actions: 'note triggered price',
              },
              {
                guard: 'trigger holds',
                target: '#roll.ROLL_INITIATED',
                actions: ['note triggered price', { type: 'lock the roll', params: ({ event }) => event }],
              },
            ],
          },
        },
        confirming: {
          invoke: {
            src: 'alarm',
            input: ({ context }) => ({ atMs: context.wakeAtMs }),
            onDone: {
              target: '#roll.ROLL_INITIATED',
              actions: { type: 'lock the roll', params: ({ event }) => event.output },
            },
          },
          on: {
            PRICE: { guard: 'trigger no longer holds', target: 'watching' },
            PRICES_STALE: 'watching',
          },
        },
        coolingDown: {
          invoke: {
            src: 'alarm',
            input: ({ context }) => ({ atMs: context.wakeAtMs }),
            onDone: 'watching',
          },
        },
        rollEnded: {
          always: [
            {
              guard: 'rolls are used up',
              target: '#roll.COMPLETED',
              actions: 'tell that the rolls are used up',
            },
            {
              guard: 'a pause is wanted',
              target: '#roll.PAUSED',
              actions: ['forget the pause', 'cool down'],
            },
            { target: 'coolingDown', actions: 'cool down' },
          ],
        },
      },
    },
    ROLL_INITIATED: {
      initial: 'planning',
      on: {
        PAUSE: { actions: ['remember the pause', 'say that it pauses after the roll'] },
        RESUME: { guard: 'a pause is wanted', actions: ['forget the pause', 'say that it was resumed'] },
      },
      states: {
        planning: {
          invoke: {
            src: 'read market',
            input: ({ context }) => saga.leg1Question(context),
            onDone: {
              target: 'judging',
              actions: { type: 'plan leg 1', params: ({ event }) => event.output },
            },
          },
        },
        judging: {
          always: [
            { guard: 'plan stands', target: 'closingLeg1', actions: 'freeze the closing order' },
            { guard: 'position is to be looked at again', target: 'backingOff', actions: 'note why not' },
            { guard: 'nothing is closed yet', target: 'refused' },
            {
              guard: 'position is gone',
              target: '#roll.IDLE.rollEnded',
              actions: ['move to the new option', 'tell the result'],
            },
            { guard: 'position is not ours', target: '#roll.FAILED' },
            { target: 'backingOff', actions: ['note why not', 'tell that leg 1 has a rest'] },
          ],
        },
        refused: {
          always: [
            {
              guard: 'position is gone',
              target: '#roll.COMPLETED',
              actions: ['note why not', 'tell that the position is gone', 'give the roll up'],
            },
            { guard: 'a human is needed', target: '#roll.FAILED' },
            {
              target: '#roll.IDLE.rollEnded',
              actions: ['note why not', 'tell why not', 'give the roll up'],
            },
          ],
        },
        closingLeg1: {
          invoke: {
            id: 'leg 1',
            src: 'work order',
            input: ({ context }) => saga.orderOf(context),
            onDone: {
              target: 'counting',
              actions: { type: 'count what was closed', params: ({ event }) => event.output },
            },
          },
        },
        counting: {
          always: [
            {
              guard: 'something is closed and not reopened',
              target: '#roll.LEG1_CLOSED',
              actions: 'tell that the old leg is closed',
            },
            { guard: 'a new price may do', target: 'backingOff', actions: 'note why not' },
            { guard: 'nothing is closed yet', target: 'refused' },
            { target: 'backingOff', actions: ['note why not', 'tell that leg 1 has a rest'] },
          ],
        },
        backingOff: {
          entry: 'count the failure and back off',
          invoke: {
            src: 'alarm',
            input: ({ context }) => ({ atMs: context.wakeAtMs }),
            onDone: 'planning',
          },
        },
      },
    },
    LEG1_CLOSED: {
      initial: 'checkpoint',
      on: {
        PAUSE: { actions: ['remember the pause', 'say that it pauses after the roll'] },
        RESUME: { guard: 'a pause is wanted', actions: ['forget the pause', 'say that it was resumed'] },
      },
      states: {
        checkpoint: {
          invoke: {
            src: 'read market',
            input: ({ context }) => saga.leg2Question(context),
            onDone: {
              target: '#roll.LEG2_OPENING.judging',
              actions: { type: 'plan leg 2', params: ({ event }) => event.output },
            },
          },
        },
      },
    },
    LEG2_OPENING: {
      initial: 'judging',
      invoke: { id: 'reminder', src: 'reminder', input: ({ context }) => leg2.reminderOf(context) },
      on: {
        PAUSE: { actions: ['remember the pause', 'say that it pauses after the roll'] },
        RESUME: { guard: 'a pause is wanted', actions: ['forget the pause', 'say that it was resumed'] },
        REMINDED: { guard: 'a reminder is due', actions: ['tell how leg 2 stands', 'note the reminder'] },
      },
      states: {
        judging: {
          always: [
            {
              guard: 'plan goes elsewhere',
              target: 'opening',
              actions: ['tell the news of leg 2', 'note what was told', 'freeze the opening order'],
            },
            { guard: 'plan stands', target: 'opening', actions: 'freeze the opening order' },
            { guard: 'options have expired', target: '#roll.FAILED' },
            { target: 'failing' },
          ],
        },
        opening: {
          invoke: {
            id: 'leg 2',
            src: 'work order',
            input: ({ context }) => saga.orderOf(context),
            onDone: {
              target: 'counting',
              actions: { type: 'count what was opened', params: ({ event }) => event.output },
            },
          },
        },
        counting: {
          always: [{ guard: 'new leg is complete', target: 'complete' }, { target: 'failing' }],
        },
        complete: {
          always: [
            {
              guard: 'old leg has a rest',
              target: '#roll.ROLL_INITIATED.planning',
              actions: 'start the next round',
            },
            { target: '#roll.IDLE.rollEnded', actions: ['move to the new option', 'tell the result'] },
          ],
        },
        failing: {
          entry: ['note why not', 'count the failure and back off'],
          always: [
            {
              guard: 'fallback is to reopen leg 1',
              target: 'backingOff',
              actions: ['turn back to the old option', 'tell that it goes back'],
            },
            { guard: 'fallback is to stay flat', target: 'stayingFlat', actions: 'tell that it stays flat' },
            {
              guard: 'leg 2 has news',
              target: 'backingOff',
              actions: ['tell the news of leg 2', 'note what was told'],
            },
            { target: 'backingOff' },
          ],
        },
        stayingFlat: {
          always: [{ guard: 'task is flat', target: '#roll.COMPLETED' }, { target: '#roll.FAILED' }],
        },
        backingOff: {
          invoke: {
            src: 'alarm',
            input: ({ context }) => ({ atMs: context.wakeAtMs }),
            onDone: 'replanning',
          },
        },
        replanning: {
          invoke: {
            src: 'read market',
            input: ({ context }) => saga.leg2Question(context),
            onDone: {
              target: 'judging',
              actions: { type: 'plan leg 2', params: ({ event }) => event.output },
            },
          },
        },
      },
    },
    PAUSED: {
      on: {
        PAUSE: { actions: 'say that it was paused' },
        RESUME: [
          { guard: 'cooldown is not over', target: 'IDLE.coolingDown', actions: 'say that it was resumed' },
          { target: 'IDLE', actions: 'say that it was resumed' },
        ],
      },
    },
    FAILED: {
      entry: ['note why not', 'tell that a human is needed', 'note what was told'],
      invoke: { id: 'reminder', src: 'reminder', input: ({ context }) => leg2.reminderOf(context) },
      on: {
        REMINDED: {
          guard: 'a human must be reminded',
          actions: ['tell that a human is still needed', 'note the reminder'],
        },
        RETRY: [
          {
            guard: 'something is closed and not reopened',
            target: 'LEG1_CLOSED',
            actions: ['start counting afresh', 'say that it tries again'],
          },
          {
            guard: 'nothing is closed yet',
            target: 'IDLE',
            actions: ['give the roll up', 'say that it tries again'],
          },
          { target: 'ROLL_INITIATED', actions: 'say that it tries again' },
        ],
        REOPEN: {
          guard: 'nothing is open at the new option',
          target: 'LEG1_CLOSED',
          actions: ['turn back to the old option', 'say that it goes back'],
        },
        ACCEPT_FLAT: { target: 'COMPLETED', actions: 'say that it stays flat' },
      },
    },
    COMPLETED: { type: 'final' },
  },
});
