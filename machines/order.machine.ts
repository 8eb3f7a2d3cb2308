/**
 * One order, worked until it is done (design §5). Owns when to send, reprice, cancel and look up; believes nothing but
 * executed quantity. Fresh, it submits at once; whenever the outcome of a request is unknown it looks the order up by
 * its link id before anything else, and only a proof of absence lets the identical order go out again.
 */
import { assign, fromPromise, sendParent, setup } from 'xstate';
import type { OrderEvent, OrderUnresolved } from '../src/domain/events.ts';
import type { OrderRequest, Quote } from '../src/domain/order.ts';
import {
  isFinal,
  isVerified,
  noteFill,
  noteReport,
  outcomeOf,
  type OrderOutcome,
} from '../src/domain/order-progress.ts';
import {
  afterLookUp,
  cancelWaitMs,
  escalateAfterMs,
  firstContext,
  heard,
  isOurs,
  isProvenAbsent,
  lookUpWaitMs,
  missingFillsLookUpsMax,
  nextPrice,
  requestOf,
  unresolvedForMs,
  verifyWaitMs,
  wakeTime,
  type OrderContext,
  type OrderInput,
} from '../src/domain/order-work.ts';
import type { OrderLookUp, ReadAnswer, Stamp, Stamped, WriteAnswer } from '../src/domain/outcomes.ts';

const unprovided = () => Promise.reject(new Error('the runtime provides this actor'));

export const orderMachine = setup({
  types: {
    context: {} as OrderContext,
    events: {} as OrderEvent,
    input: {} as OrderInput,
    output: {} as OrderOutcome,
  },
  actors: {
    'submit order': fromPromise<Stamped<WriteAnswer>, OrderRequest>(unprovided),
    'amend order': fromPromise<Stamped<WriteAnswer>, { linkId: string; symbol: string; price: string }>(
      unprovided,
    ),
    'cancel order': fromPromise<Stamped<WriteAnswer>, { linkId: string; symbol: string }>(unprovided),
    'look up order': fromPromise<Stamped<ReadAnswer<OrderLookUp>>, { linkId: string; symbol: string }>(
      unprovided,
    ),
    'read quote': fromPromise<Stamped<ReadAnswer<Quote>>, { symbol: string }>(unprovided),
    alarm: fromPromise<Stamp, { atMs: number }>(unprovided),
  },
  guards: {
    'order is over': ({ context }) => isFinal(context.progress.report),
    'every fill is known': ({ context }) => isVerified(context.progress),
    'missing fills were waited for': ({ context }) =>
      isFinal(context.progress.report) && context.lookUps >= missingFillsLookUpsMax,
    'order is open': ({ context }) => context.progress.report?.status === 'open',
    'order is open and out of time': ({ context }) =>
      context.progress.report?.status === 'open' && context.nowMs >= context.deadlineAtMs,
    'order was never placed': ({ context }) => isProvenAbsent(context),
    'order was never placed and is out of time': ({ context }) =>
      isProvenAbsent(context) && context.nowMs >= context.deadlineAtMs,
    'fate stays unknown': ({ context }) => !context.escalated && unresolvedForMs(context) >= escalateAfterMs,
    'out of time': ({ context }) => context.nowMs >= context.deadlineAtMs,
    'walks in price steps': ({ context }) => context.execution.style === 'walk',
    'was acknowledged': (_, answer: WriteAnswer) => answer.kind === 'acknowledged',
    'was refused': (_, answer: WriteAnswer) => answer.kind === 'refused',
    'was refused because it changed': (_, answer: WriteAnswer) =>
      answer.kind === 'refused' && answer.scope === 'final',
    'may be retried': (_, answer: WriteAnswer) => answer.kind === 'retry',
    'outcome is unknown': (_, answer: WriteAnswer) => answer.kind === 'unknown',
    'price should move': ({ context }, answer: ReadAnswer<Quote> & Stamp) =>
      nextPrice(context, answer) !== null,
  },
  actions: {
    'note report': assign(({ context, event }) => {
      if (event.type !== 'ORDER_REPORTED' || !isOurs(context, event.report)) return {};
      return heard(event, noteReport(context.progress, event.report));
    }),
    'note fill': assign(({ context, event }) => {
      if (event.type !== 'FILL_REPORTED' || !isOurs(context, event.fill)) return {};
      return heard(event, noteFill(context.progress, event.fill));
    }),
    'note time': assign((_, { atMs }: Stamp) => ({ nowMs: atMs })),
    'note acknowledgement': assign(({ context }, { atMs }: Stamp) => ({
      acknowledged: true,
      unresolvedSinceMs: null,
      nowMs: atMs,
      wakeAtMs: wakeTime(context, atMs),
    })),
    'note refusal': assign(({ context }, answer: WriteAnswer & Stamp) => ({
      nowMs: answer.atMs,
      ending: answer.kind === 'refused' ? { refusal: answer.scope, reason: answer.reason } : context.ending,
    })),
    'note retry': assign(({ context }, answer: WriteAnswer & Stamp) => ({
      nowMs: answer.atMs,
      wakeAtMs: answer.atMs + (answer.kind === 'retry' ? answer.retryAfterMs : 0),
      ending: { ...context.ending, reason: answer.kind === 'retry' ? answer.reason : context.ending.reason },
    })),
    'start searching': assign(({ context }, { atMs }: Stamp) => ({
      nowMs: atMs,
      unresolvedSinceMs: context.unresolvedSinceMs ?? atMs,
      searchingSinceMs: atMs,
      lookUps: 0,
      emptyLookUps: 0,
    })),
    'note that it exists': assign(({ context }, answer: WriteAnswer) => ({
      acknowledged: context.acknowledged || (answer.kind === 'unknown' && answer.orderExists === true),
    })),
    'note look-up': assign(({ context }, answer: ReadAnswer<OrderLookUp> & Stamp) =>
      afterLookUp(context, answer),
    ),
    'wait for the next look-up': assign(({ context }) => ({
      wakeAtMs: context.nowMs + lookUpWaitMs(context.lookUps),
    })),
    'wait for the next step': assign(({ context }) => ({ wakeAtMs: wakeTime(context, context.nowMs) })),
    'wait for missing fills': assign(({ context }) => ({ wakeAtMs: context.nowMs + verifyWaitMs })),
    'wait for the cancellation': assign((_, { atMs }: Stamp) => ({
      nowMs: atMs,
      wakeAtMs: atMs + cancelWaitMs,
    })),
    'plan the new price': assign(({ context }, answer: ReadAnswer<Quote> & Stamp) => ({
      nowMs: answer.atMs,
      step: context.step + 1,
      amendedPrice: nextPrice(context, answer) ?? context.price,
    })),
    'keep the price': assign(({ context }, { atMs }: Stamp) => ({
      nowMs: atMs,
      step: context.step + 1,
      wakeAtMs: wakeTime(context, atMs),
    })),
    'take the new price': assign(({ context }, { atMs }: Stamp) => ({
      nowMs: atMs,
      price: context.amendedPrice,
      wakeAtMs: wakeTime(context, atMs),
    })),
    'stay at the old price': assign(({ context }, { atMs }: Stamp) => ({
      nowMs: atMs,
      wakeAtMs: wakeTime(context, atMs),
    })),
    'note that time is up': assign(({ context }) => ({
      ending: { ...context.ending, reason: context.ending.reason || 'not filled by its deadline' },
    })),
    'ask for a human': sendParent(({ context }): OrderUnresolved => ({
      type: 'ORDER_UNRESOLVED',
      linkId: context.linkId,
      symbol: context.symbol,
      forMs: unresolvedForMs(context),
    })),
    'note escalation': assign({ escalated: true }),
  },
}).createMachine({
  id: 'order',
  context: ({ input }) => firstContext(input),
  initial: 'submitting',
  on: {
    ORDER_REPORTED: { actions: 'note report' },
    FILL_REPORTED: { actions: 'note fill' },
  },
  states: {
    submitting: {
      always: { guard: 'order is over', target: 'verifying' },
      invoke: {
        src: 'submit order',
        input: ({ context }) => requestOf(context),
        onDone: [
          {
            guard: { type: 'was acknowledged', params: ({ event }) => event.output },
            target: 'working',
            actions: { type: 'note acknowledgement', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'was refused', params: ({ event }) => event.output },
            target: 'settled',
            actions: { type: 'note refusal', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'may be retried', params: ({ event }) => event.output },
            target: 'delaying',
            actions: { type: 'note retry', params: ({ event }) => event.output },
          },
          {
            target: 'resolving',
            actions: [
              { type: 'start searching', params: ({ event }) => event.output },
              { type: 'note that it exists', params: ({ event }) => event.output },
            ],
          },
        ],
      },
    },
    delaying: {
      invoke: {
        src: 'alarm',
        input: ({ context }) => ({ atMs: context.wakeAtMs }),
        onDone: { target: 'retrying', actions: { type: 'note time', params: ({ event }) => event.output } },
      },
    },
    retrying: {
      always: [
        { guard: 'out of time', target: 'settled', actions: 'note that time is up' },
        { target: 'submitting' },
      ],
    },
    working: {
      always: { guard: 'order is over', target: 'verifying' },
      invoke: {
        src: 'alarm',
        input: ({ context }) => ({ atMs: context.wakeAtMs }),
        onDone: { target: 'deciding', actions: { type: 'note time', params: ({ event }) => event.output } },
      },
      on: {
        RECONNECTED: {
          target: 'resolving',
          actions: { type: 'start searching', params: ({ event }) => event },
        },
      },
    },
    deciding: {
      always: [
        { guard: 'out of time', target: 'cancelling' },
        { guard: 'walks in price steps', target: 'repricing' },
        { target: 'cancelling' },
      ],
    },
    repricing: {
      initial: 'quoting',
      always: { guard: 'order is over', target: 'verifying' },
      states: {
        quoting: {
          invoke: {
            src: 'read quote',
            input: ({ context }) => ({ symbol: context.symbol }),
            onDone: [
              {
                guard: { type: 'price should move', params: ({ event }) => event.output },
                target: 'amending',
                actions: { type: 'plan the new price', params: ({ event }) => event.output },
              },
              {
                target: '#order.working',
                actions: { type: 'keep the price', params: ({ event }) => event.output },
              },
            ],
          },
        },
        amending: {
          invoke: {
            src: 'amend order',
            input: ({ context }) => ({
              linkId: context.linkId,
              symbol: context.symbol,
              price: context.amendedPrice,
            }),
            onDone: [
              {
                guard: { type: 'was acknowledged', params: ({ event }) => event.output },
                target: '#order.working',
                actions: { type: 'take the new price', params: ({ event }) => event.output },
              },
              {
                guard: { type: 'outcome is unknown', params: ({ event }) => event.output },
                target: '#order.resolving',
                actions: { type: 'start searching', params: ({ event }) => event.output },
              },
              {
                guard: { type: 'was refused because it changed', params: ({ event }) => event.output },
                target: '#order.resolving',
                actions: { type: 'start searching', params: ({ event }) => event.output },
              },
              {
                target: '#order.working',
                actions: { type: 'stay at the old price', params: ({ event }) => event.output },
              },
            ],
          },
        },
      },
    },
    cancelling: {
      entry: 'note that time is up',
      always: { guard: 'order is over', target: 'verifying' },
      invoke: {
        src: 'cancel order',
        input: ({ context }) => ({ linkId: context.linkId, symbol: context.symbol }),
        onDone: [
          {
            guard: { type: 'was acknowledged', params: ({ event }) => event.output },
            target: 'awaitingEnd',
            actions: { type: 'wait for the cancellation', params: ({ event }) => event.output },
          },
          {
            target: '#order.resolving.waiting',
            actions: { type: 'start searching', params: ({ event }) => event.output },
          },
        ],
      },
    },
    awaitingEnd: {
      always: { guard: 'order is over', target: 'verifying' },
      invoke: {
        src: 'alarm',
        input: ({ context }) => ({ atMs: context.wakeAtMs }),
        onDone: {
          target: 'resolving',
          actions: { type: 'start searching', params: ({ event }) => event.output },
        },
      },
    },
    verifying: {
      entry: 'wait for missing fills',
      always: { guard: 'every fill is known', target: 'settled' },
      invoke: {
        src: 'alarm',
        input: ({ context }) => ({ atMs: context.wakeAtMs }),
        onDone: {
          target: 'resolving',
          actions: { type: 'start searching', params: ({ event }) => event.output },
        },
      },
    },
    resolving: {
      initial: 'lookingUp',
      always: { guard: 'every fill is known', target: 'settled' },
      states: {
        lookingUp: {
          invoke: {
            src: 'look up order',
            input: ({ context }) => ({ linkId: context.linkId, symbol: context.symbol }),
            onDone: {
              target: 'judging',
              actions: { type: 'note look-up', params: ({ event }) => event.output },
            },
          },
        },
        judging: {
          always: [
            { guard: 'missing fills were waited for', target: '#order.settled' },
            { guard: 'order is over', target: 'waiting' },
            { guard: 'order is open and out of time', target: '#order.cancelling' },
            { guard: 'order is open', target: '#order.working', actions: 'wait for the next step' },
            {
              guard: 'order was never placed and is out of time',
              target: '#order.settled',
              actions: 'note that time is up',
            },
            { guard: 'order was never placed', target: '#order.submitting' },
            {
              guard: 'fate stays unknown',
              target: 'waiting',
              actions: ['ask for a human', 'note escalation'],
            },
            { target: 'waiting' },
          ],
        },
        waiting: {
          entry: 'wait for the next look-up',
          invoke: {
            src: 'alarm',
            input: ({ context }) => ({ atMs: context.wakeAtMs }),
            onDone: {
              target: 'lookingUp',
              actions: { type: 'note time', params: ({ event }) => event.output },
            },
          },
        },
      },
    },
    settled: { type: 'final' },
  },
  output: ({ context }) => outcomeOf(context, context.progress, context.ending),
});
