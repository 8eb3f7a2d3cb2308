/**
 * One order, worked until it is done. Owns when to send, reprice, cancel and look up; believes nothing but
 * executed quantity. Fresh, it submits at once; whenever the outcome of a request is unknown it looks the order up by
 * its link id before anything else, and only a proof of absence lets the identical order go out again.
 */
import { assign, fromPromise, sendParent, setup } from 'xstate';
import type { OrderEvent, AnswerNotUnderstood, OrderUnresolved } from '../src/domain/roll/events.ts';
import type { OrderRequest, Quote } from '../src/domain/market/order.ts';
import { isFinal, outcomeOf, type OrderOutcome } from '../src/domain/orders/order-progress.ts';
import * as search from '../src/domain/orders/unknown-outcome.ts';
import * as word from '../src/domain/orders/owners-word.ts';
import * as work from '../src/domain/orders/order-work.ts';
import type { OrderContext, OrderInput } from '../src/domain/orders/order-work.ts';
import { remindersDue } from '../src/domain/orders/reminders.ts';
import type { OrderTag } from '../src/domain/roll/task-phase.ts';
import type { OrderLookUp, ReadAnswer, Stamp, Stamped, WriteAnswer } from '../src/domain/orders/outcomes.ts';
import { unprovided } from './unprovided.ts';

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
    'order is over': ({ context }) => search.isOver(context),
    'every fill is known': ({ context }) => search.isFullyKnown(context),
    'missing fills are overdue': ({ context }) =>
      isFinal(context.progress.report) && context.lookUps >= search.missingFillsLookUpsMax,
    'order is open': ({ context }) => search.isFoundOpen(context),
    'open order is out of time': ({ context }) => search.isFoundOpen(context) && work.isOutOfTime(context),
    'order was never placed': ({ context }) => search.isProvenAbsent(context),
    'order is acknowledged': ({ context }) => context.acknowledged,
    'order is not worth sending': ({ context }) => !search.isWorthSending(context),
    'price is fresh or no longer matters': ({ context }) =>
      work.isPriceFresh(context) || work.isOutOfTime(context),
    'person must be asked': ({ context }) =>
      remindersDue(search.unresolvedForMs(context)) > context.escalations,
    'order is out of time': ({ context }) => work.isOutOfTime(context),
    'order is silent for long': ({ context }) => context.nowMs - context.reportedAtMs >= work.silenceMaxMs,
    'price follows the market': ({ context }) => context.execution.style !== 'cross',
    'owner says that all of it was filled': ({ context, event }) =>
      event.type === 'MARKED_FILLED' && word.isWholeOrder(context, event.qty),
    "owner's word stands": ({ context }) => word.wordStands(context),
    'it must be made sure that it is over': ({ context }) => word.mustMakeSure(context),
    'answer is an acknowledgement': (_, answer: WriteAnswer) => answer.kind === 'acknowledged',
    'answer is a certain refusal': ({ context }, answer: WriteAnswer) =>
      search.isCertainRefusal(context, answer),
    'answer is not understood': (_, answer: WriteAnswer) => search.isNotUnderstood(answer),
    'order may be sent again': ({ context }, answer: WriteAnswer) =>
      answer.kind === 'retry' && !context.acknowledged,
    'answer may have changed the order': (_, answer: WriteAnswer) =>
      answer.kind === 'unknown' || (answer.kind === 'refused' && answer.scope === 'final'),
    'quote can be priced on': ({ context }, answer: QuoteAnswer) =>
      work.pricingProblem(context, answer) === null,
    'price should move': ({ context }, answer: QuoteAnswer) => work.nextPrice(context, answer) !== null,
  },
  actions: {
    'note report': assign(({ context, event }) =>
      event.type === 'ORDER_REPORTED' ? work.noteOwnReport(context, event.report, event.atMs) : {},
    ),
    'note fill': assign(({ context, event }) =>
      event.type === 'FILL_REPORTED' ? work.noteOwnFill(context, event.fill, event.atMs) : {},
    ),
    'note time': assign((_, { atMs }: Stamp) => ({ nowMs: atMs })),
    'end its time': assign(({ context, event }) =>
      event.type === 'WITHDRAWN' ? work.withdraw(context, event) : {},
    ),
    "take the owner's word": assign(({ event }) => {
      if (event.type === 'MARKED_NOT_PLACED') return word.takeWord({ kind: 'notPlaced' }, event.atMs);
      if (event.type !== 'MARKED_FILLED') return {};
      const { qty, price, fee, atMs } = event;
      return word.takeWord({ kind: 'filled', qty, price, fee }, atMs);
    }),
    'let the word count': assign(({ context }) => word.countWord(context)),
    'note the acknowledgement': assign(({ context }, stamp: Stamp) =>
      work.noteAcknowledgement(context, stamp),
    ),
    'note the refusal': assign(({ context }, answer: Answer) => work.noteRefusal(context, answer)),
    'note the unknown outcome': assign(({ context }, answer: Answer) =>
      search.noteUnknownOutcome(context, answer),
    ),
    'wait to send again': assign(({ context }, answer: Answer) => work.waitToRetry(context, answer)),
    'wait for a quote': assign(({ context }, answer: QuoteAnswer) => work.waitForQuote(context, answer)),
    'price anew': assign(({ context }, answer: QuoteAnswer) => work.priceAgain(context, answer)),
    'plan the new price': assign(({ context }, answer: QuoteAnswer) => work.planPrice(context, answer)),
    'keep the price': assign(({ context }, answer: Answer | QuoteAnswer) => work.keepPrice(context, answer)),
    'take the new price': assign(({ context }) => ({ price: context.amendedPrice })),
    'count the step': assign(({ context }) => ({ step: context.step + 1 })),
    'note the fault': assign(({ context }, answer: Answer) => search.noteFault(context, answer)),
    'start searching': assign(({ context }) => search.startSearch(context)),
    'note look-up': assign(({ context }, answer: LookUpAnswer) => search.noteLookUp(context, answer)),
    'wait for the next look-up': assign(({ context }) => ({
      wakeAtMs: context.nowMs + search.pauseMs(context.lookUps),
    })),
    'wait for the next step': assign(({ context }) => ({ wakeAtMs: work.wakeTime(context, context.nowMs) })),
    'wait for missing fills': assign(({ context }) => ({ wakeAtMs: context.nowMs + search.verifyWaitMs })),
    'note that time is up': assign(({ context }) => work.noteTimeIsUp(context)),
    'count the cancellation': assign(({ context }) => search.countCancellation(context)),
    'wait for the end': assign(({ context }, answer: Answer) => search.waitForEnd(context, answer)),
    'ask for a person': sendParent(({ context }): OrderUnresolved => ({
      type: 'ORDER_UNRESOLVED',
      linkId: context.linkId,
      symbol: context.symbol,
      forMs: search.unresolvedForMs(context),
      reason: search.unresolvedReason(context),
    })),
    'report the answer': sendParent(({ context }): AnswerNotUnderstood => ({
      type: 'ANSWER_NOT_UNDERSTOOD',
      linkId: context.linkId,
      symbol: context.symbol,
      cause: context.fault ?? { code: 'said', figures: { words: '', exchangeCode: '' } },
      atMs: context.nowMs,
    })),
    'note escalation': assign(({ context }) => ({
      escalations: remindersDue(search.unresolvedForMs(context)),
    })),
  },
}).createMachine({
  id: 'order',
  context: ({ input }) => work.firstContext(input),
  initial: 'submitting',
  on: {
    ORDER_REPORTED: { actions: 'note report' },
    FILL_REPORTED: { actions: 'note fill' },
    WITHDRAWN: { actions: 'end its time' },
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
            guard: { type: 'answer is an acknowledgement', params: ({ event }) => event.output },
            target: 'working',
            actions: { type: 'note the acknowledgement', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'answer is a certain refusal', params: ({ event }) => event.output },
            target: 'settled',
            actions: { type: 'note the refusal', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'order may be sent again', params: ({ event }) => event.output },
            target: 'delaying',
            actions: { type: 'wait to send again', params: ({ event }) => event.output },
          },
          {
            guard: { type: 'answer is not understood', params: ({ event }) => event.output },
            target: 'resolving',
            actions: [
              { type: 'note the unknown outcome', params: ({ event }) => event.output },
              { type: 'report the answer' },
            ],
          },
          {
            target: 'resolving',
            actions: { type: 'note the unknown outcome', params: ({ event }) => event.output },
          },
        ],
      },
    },
    delaying: {
      tags: 'delayed',
      always: { guard: 'order is acknowledged', target: 'resolving' },
      invoke: {
        src: 'alarm',
        input: ({ context }) => ({ atMs: context.wakeAtMs }),
        onDone: { target: 'retrying', actions: { type: 'note time', params: ({ event }) => event.output } },
      },
      on: { WITHDRAWN: { target: 'retrying', actions: 'end its time' } },
    },
    retrying: {
      tags: 'delayed',
      always: [
        { guard: 'order is not worth sending', target: 'settled', actions: 'note that time is up' },
        { guard: 'price is fresh or no longer matters', target: 'submitting' },
        { target: 'pricing' },
      ],
    },
    pricing: {
      tags: 'delayed',
      always: { guard: 'order is acknowledged', target: 'resolving' },
      invoke: {
        src: 'read quote',
        input: ({ context }) => ({ symbol: context.symbol }),
        onDone: [
          {
            guard: { type: 'quote can be priced on', params: ({ event }) => event.output },
            target: 'submitting',
            actions: { type: 'price anew', params: ({ event }) => event.output },
          },
          { target: 'delaying', actions: { type: 'wait for a quote', params: ({ event }) => event.output } },
        ],
      },
      on: { WITHDRAWN: { target: 'retrying', actions: 'end its time' } },
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
        WITHDRAWN: { target: 'deciding', actions: 'end its time' },
      },
    },
    deciding: {
      tags: 'working',
      always: [
        { guard: 'order is out of time', target: 'cancelling' },
        { guard: 'order is silent for long', target: 'resolving' },
        { guard: 'price follows the market', target: 'repricing' },
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
                guard: { type: 'answer is an acknowledgement', params: ({ event }) => event.output },
                target: '#order.working',
                actions: [
                  'take the new price',
                  { type: 'keep the price', params: ({ event }) => event.output },
                ],
              },
              {
                guard: { type: 'answer may have changed the order', params: ({ event }) => event.output },
                target: '#order.resolving',
                actions: { type: 'note the fault', params: ({ event }) => event.output },
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
      on: {
        MARKED_FILLED: [
          {
            guard: 'owner says that all of it was filled',
            target: 'settled',
            actions: ["take the owner's word", 'let the word count'],
          },
          { target: 'cancelling', actions: "take the owner's word" },
        ],
        MARKED_NOT_PLACED: { target: 'retrying', actions: "take the owner's word" },
      },
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
            { guard: 'missing fills are overdue', target: '#order.settled' },
            { guard: 'order is over', target: 'waiting' },
            { guard: 'person must be asked', actions: ['ask for a person', 'note escalation'] },
            { guard: 'open order is out of time', target: '#order.cancelling' },
            { guard: 'order is open', target: '#order.working', actions: 'wait for the next step' },
            { guard: "owner's word stands", target: '#order.settled', actions: 'let the word count' },
            { guard: 'it must be made sure that it is over', target: '#order.cancelling' },
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
