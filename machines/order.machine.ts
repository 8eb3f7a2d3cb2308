/**
 * One order, worked until it is done. Owns when to send, reprice, cancel and look up; believes nothing but
 * executed quantity. Fresh, it submits at once; whenever the outcome of a request is unknown it looks the order up by
 * its link id before anything else, and only a proof of absence lets the identical order go out again.
 */
import { assign, fromPromise, sendParent, setup } from 'xstate';
import type { OrderEvent, AnswerNotUnderstood, OrderUnresolved } from '../src/domain/roll/events.ts';
import type { OrderRequest, Quote } from '../src/domain/market/order.ts';
import { isFinal, isVerified, outcomeOf, type OrderOutcome } from '../src/domain/orders/order-progress.ts';
import * as doubt from '../src/domain/orders/unknown-outcome.ts';
import * as work from '../src/domain/orders/order-work.ts';
import type { OrderContext, OrderInput } from '../src/domain/orders/order-work.ts';
import type { OrderTag } from '../src/domain/roll/task-phase.ts';
import type { OrderLookUp, ReadAnswer, Stamp, Stamped, WriteAnswer } from '../src/domain/orders/outcomes.ts';

const unprovided = () => Promise.reject(new Error('the runtime provides this actor'));

type Answer = Stamped<WriteAnswer>;
type QuoteAnswer = Stamped<ReadAnswer<Quote>>;
type LookUpAnswer = Stamped<ReadAnswer<OrderLookUp>>;

export const orderMachine = setup({
  types: {
    context: {} as OrderContext,
    events: {} as OrderEvent,
    input: {} as OrderInput,
    output: {} as OrderOutcome,
    tags: {} as OrderTag,
  },
  actors: {
    'submit order': fromPromise<Answer, OrderRequest>(unprovided),
    'amend order': fromPromise<Answer, { linkId: string; symbol: string; price: string }>(unprovided),
    'cancel order': fromPromise<Answer, { linkId: string; symbol: string }>(unprovided),
    'look up order': fromPromise<LookUpAnswer, { linkId: string; symbol: string }>(unprovided),
    'read quote': fromPromise<QuoteAnswer, { symbol: string }>(unprovided),
    alarm: fromPromise<Stamp, { atMs: number }>(unprovided),
  },
  guards: {
    'order is over': ({ context }) => isFinal(context.progress.report),
    'every fill is known': ({ context }) => isVerified(context.progress),
    'missing fills were waited for': ({ context }) =>
      isFinal(context.progress.report) && context.lookUps >= doubt.missingFillsLookUpsMax,
    'order is open': ({ context }) => doubt.isFoundOpen(context),
    'order is open and out of time': ({ context }) => doubt.isFoundOpen(context) && work.isOutOfTime(context),
    'order was never placed': ({ context }) => doubt.isProvenAbsent(context),
    'order was heard of': ({ context }) => context.acknowledged,
    'order is not to be sent again': ({ context }) => !doubt.isWorthSending(context),
    'price is fresh or no longer matters': ({ context }) =>
      work.isPriceFresh(context) || work.isOutOfTime(context),
    'a person is to be asked': ({ context }) =>
      doubt.escalationsDue(doubt.unresolvedForMs(context)) > context.escalations,
    'out of time': ({ context }) => work.isOutOfTime(context),
    'nothing was heard for long': ({ context }) => context.nowMs - context.heardAtMs >= work.silenceMaxMs,
    'follows the market': ({ context }) => context.execution.style !== 'cross',
    'was acknowledged': (_, answer: WriteAnswer) => answer.kind === 'acknowledged',
    'was refused beyond doubt': ({ context }, answer: WriteAnswer) =>
      doubt.isRefusedBeyondDoubt(context, answer),
    'was answered in unknown words': (_, answer: WriteAnswer) => doubt.isAnsweredInUnknownWords(answer),
    'may be retried': ({ context }, answer: WriteAnswer) => answer.kind === 'retry' && !context.acknowledged,
    'may have changed the order': (_, answer: WriteAnswer) =>
      answer.kind === 'unknown' || (answer.kind === 'refused' && answer.scope === 'final'),
    'can be priced on': ({ context }, answer: QuoteAnswer) => work.pricingProblem(context, answer) === null,
    'price should move': ({ context }, answer: QuoteAnswer) => work.nextPrice(context, answer) !== null,
  },
  actions: {
    'note report': assign(({ context, event }) =>
      event.type === 'ORDER_REPORTED' ? work.reported(context, event.report, event.atMs) : {},
    ),
    'note fill': assign(({ context, event }) =>
      event.type === 'FILL_REPORTED' ? work.filled(context, event.fill, event.atMs) : {},
    ),
    'note time': assign((_, { atMs }: Stamp) => ({ nowMs: atMs })),
    'give it no more time': assign(({ context, event }) =>
      event.type === 'WITHDRAWN' ? work.withdrawn(context, event) : {},
    ),
    'note acknowledgement': assign(({ context }, stamp: Stamp) => work.acknowledged(context, stamp)),
    'note refusal': assign(({ context }, answer: Answer) => work.refused(context, answer)),
    'note doubt': assign(({ context }, answer: Answer) => doubt.doubted(context, answer)),
    'wait to send again': assign(({ context }, answer: Answer) => work.waitingToRetry(context, answer)),
    'wait for a quote': assign(({ context }, answer: QuoteAnswer) => work.waitingForQuote(context, answer)),
    'price anew': assign(({ context }, answer: QuoteAnswer) => work.pricedAnew(context, answer)),
    'plan the new price': assign(({ context }, answer: QuoteAnswer) => work.plannedPrice(context, answer)),
    'keep the price': assign(({ context }, answer: Answer | QuoteAnswer) => work.keptPrice(context, answer)),
    'take the new price': assign(({ context }) => ({ price: context.amendedPrice })),
    'count the step': assign(({ context }) => ({ step: context.step + 1 })),
    'note fault': assign(({ context }, answer: Answer) => doubt.faulty(context, answer)),
    'start searching': assign(({ context }) => doubt.startedSearch(context)),
    'note look-up': assign(({ context }, answer: LookUpAnswer) => doubt.afterLookUp(context, answer)),
    'wait for the next look-up': assign(({ context }) => ({
      wakeAtMs: context.nowMs + doubt.pauseMs(context.lookUps),
    })),
    'wait for the next step': assign(({ context }) => ({ wakeAtMs: work.wakeTime(context, context.nowMs) })),
    'wait for missing fills': assign(({ context }) => ({ wakeAtMs: context.nowMs + doubt.verifyWaitMs })),
    'note that time is up': assign(({ context }) => work.timeIsUp(context)),
    'count the cancellation': assign(({ context }) => doubt.askedToEnd(context)),
    'wait for the end': assign(({ context }, answer: Answer) => doubt.awaitingEnd(context, answer)),
    'ask for a person': sendParent(({ context }): OrderUnresolved => ({
      type: 'ORDER_UNRESOLVED',
      linkId: context.linkId,
      symbol: context.symbol,
      forMs: doubt.unresolvedForMs(context),
      reason: doubt.unresolvedReason(context),
    })),
    'report the answer': sendParent(({ context }): AnswerNotUnderstood => ({
      type: 'ANSWER_NOT_UNDERSTOOD',
      linkId: context.linkId,
      symbol: context.symbol,
      cause: context.fault ?? { code: 'said', figures: { words: '', exchangeCode: '' } },
      atMs: context.nowMs,
    })),
    'note escalation': assign(({ context }) => ({
      escalations: doubt.escalationsDue(doubt.unresolvedForMs(context)),
    })),
  },
}).createMachine({
  id: 'order',
  context: ({ input }) => work.firstContext(input),
  initial: 'submitting',
  on: {
    ORDER_REPORTED: { actions: 'note report' },
    FILL_REPORTED: { actions: 'note fill' },
    WITHDRAWN: { actions: 'give it no more time' },
  },
  states: {
    submitting: {
      tags: 'submitting',
      always: { guard: 'order is over', target: 'verifying' },
      invoke: {
        src: 'submit order',
        input: ({ context }) => work.requestOf(context),
        onDone: [
          {
            guard: { type: 'was acknowledged', params: ({ event }) => event.output },
            target: 'working',
            actions: { type: 'note acknowledgement', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'was refused beyond doubt', params: ({ event }) => event.output },
            target: 'settled',
            actions: { type: 'note refusal', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'may be retried', params: ({ event }) => event.output },
            target: 'delaying',
            actions: { type: 'wait to send again', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'was answered in unknown words', params: ({ event }) => event.output },
            target: 'resolving',
            actions: [
              { type: 'note doubt', params: ({ event }) => event.output },
              { type: 'report the answer' },
            ],
          },
          { target: 'resolving', actions: { type: 'note doubt', params: ({ event }) => event.output } },
        ],
      },
    },
    delaying: {
      tags: 'delayed',
      always: { guard: 'order was heard of', target: 'resolving' },
      invoke: {
        src: 'alarm',
        input: ({ context }) => ({ atMs: context.wakeAtMs }),
        onDone: { target: 'retrying', actions: { type: 'note time', params: ({ event }) => event.output } },
      },
      on: { WITHDRAWN: { target: 'retrying', actions: 'give it no more time' } },
    },
    retrying: {
      tags: 'delayed',
      always: [
        { guard: 'order is not to be sent again', target: 'settled', actions: 'note that time is up' },
        { guard: 'price is fresh or no longer matters', target: 'submitting' },
        { target: 'pricing' },
      ],
    },
    pricing: {
      tags: 'delayed',
      always: { guard: 'order was heard of', target: 'resolving' },
      invoke: {
        src: 'read quote',
        input: ({ context }) => ({ symbol: context.symbol }),
        onDone: [
          {
            guard: { type: 'can be priced on', params: ({ event }) => event.output },
            target: 'submitting',
            actions: { type: 'price anew', params: ({ event }) => event.output },
          },
          { target: 'delaying', actions: { type: 'wait for a quote', params: ({ event }) => event.output } },
        ],
      },
      on: { WITHDRAWN: { target: 'retrying', actions: 'give it no more time' } },
    },
    working: {
      tags: 'working',
      always: { guard: 'order is over', target: 'verifying' },
      invoke: {
        src: 'alarm',
        input: ({ context }) => ({ atMs: context.wakeAtMs }),
        onDone: { target: 'deciding', actions: { type: 'note time', params: ({ event }) => event.output } },
      },
      on: {
        RECONNECTED: { target: 'resolving', actions: { type: 'note time', params: ({ event }) => event } },
        WITHDRAWN: { target: 'deciding', actions: 'give it no more time' },
      },
    },
    deciding: {
      tags: 'working',
      always: [
        { guard: 'out of time', target: 'cancelling' },
        { guard: 'nothing was heard for long', target: 'resolving' },
        { guard: 'follows the market', target: 'repricing' },
        { target: 'cancelling' },
      ],
    },
    repricing: {
      tags: 'working',
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
                actions: ['count the step', { type: 'keep the price', params: ({ event }) => event.output }],
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
                actions: [
                  'take the new price',
                  { type: 'keep the price', params: ({ event }) => event.output },
                ],
              },
              {
                guard: { type: 'may have changed the order', params: ({ event }) => event.output },
                target: '#order.resolving',
                actions: { type: 'note fault', params: ({ event }) => event.output },
              },
              {
                target: '#order.working',
                actions: { type: 'keep the price', params: ({ event }) => event.output },
              },
            ],
          },
        },
      },
    },
    cancelling: {
      tags: 'cancelling',
      entry: ['note that time is up', 'count the cancellation'],
      always: { guard: 'order is over', target: 'verifying' },
      invoke: {
        src: 'cancel order',
        input: ({ context }) => ({ linkId: context.linkId, symbol: context.symbol }),
        onDone: {
          target: 'awaitingEnd',
          actions: { type: 'wait for the end', params: ({ event }) => event.output },
        },
      },
    },
    awaitingEnd: {
      tags: 'cancelling',
      always: { guard: 'order is over', target: 'verifying' },
      invoke: {
        src: 'alarm',
        input: ({ context }) => ({ atMs: context.wakeAtMs }),
        onDone: { target: 'resolving', actions: { type: 'note time', params: ({ event }) => event.output } },
      },
    },
    verifying: {
      tags: 'over',
      entry: 'wait for missing fills',
      always: { guard: 'every fill is known', target: 'settled' },
      invoke: {
        src: 'alarm',
        input: ({ context }) => ({ atMs: context.wakeAtMs }),
        onDone: { target: 'resolving', actions: { type: 'note time', params: ({ event }) => event.output } },
      },
    },
    resolving: {
      tags: 'searching',
      initial: 'lookingUp',
      entry: 'start searching',
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
            { guard: 'a person is to be asked', actions: ['ask for a person', 'note escalation'] },
            { guard: 'order is open and out of time', target: '#order.cancelling' },
            { guard: 'order is open', target: '#order.working', actions: 'wait for the next step' },
            { guard: 'order was never placed', target: '#order.retrying' },
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
          on: {
            RECONNECTED: {
              target: 'lookingUp',
              actions: { type: 'note time', params: ({ event }) => event },
            },
          },
        },
      },
    },
    settled: { type: 'final', tags: 'over' },
  },
  output: ({ context }) => outcomeOf(context, context.progress, context.ending),
});
