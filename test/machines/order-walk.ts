/** What may happen to an order, whatever the exchange answers, says or swallows: the events for a walk over its chart. */
import { said } from '../support/texts.ts';
import type { OrderContext } from '../../src/domain/orders/order-work.ts';
import { executedQty, isFinal, isVerified } from '../../src/domain/orders/order-progress.ts';
import { missingFillsLookUpsMax } from '../../src/domain/orders/unknown-outcome.ts';
import { silenceMaxMs } from '../../src/domain/orders/order-work.ts';
import { orderMachine } from '../../machines/order.machine.ts';
import { done, neverAnswers, type Walk } from './chart.ts';
import { fill, filled, linkId, provenAfterMs, report, startMs, symbol } from './order-fixture.ts';

/** Without a task that it could report to, and with effects that never answer. */
export const orderAlone = orderMachine.provide({
  actors: {
    alarm: neverAnswers,
    'submit order': neverAnswers,
    'amend order': neverAnswers,
    'cancel order': neverAnswers,
    'look up order': neverAnswers,
    'read quote': neverAnswers,
  },
  actions: { 'ask for a person': () => {}, 'report the answer': () => {} },
});

const alarms = ['delaying', 'working', 'awaitingEnd', 'verifying', 'resolving.waiting'];
const final = { kind: 'refused', cause: said('the order is gone'), scope: 'final' };
const request = { kind: 'refused', cause: said('no margin'), scope: 'margin' };
const acknowledged = { kind: 'acknowledged' };
const unknown = { kind: 'unknown', cause: said('timeout') };
const retry = { kind: 'retry', cause: said('too many visits'), retryAfterMs: 500 };

function events(context: OrderContext) {
  const stamp = { atMs: context.nowMs + 3_000, version: 7 };
  const late = { atMs: context.deadlineAtMs, version: 7 };
  const quote = { symbol, bid: '950', ask: '1050', mark: '1000', index: '23000', atMs: stamp.atMs };
  const sighting = (order: object | null, fills: object[] = []) => ({
    kind: 'read',
    value: {
      absenceProvenAfterMs: provenAfterMs,
      sighting: { order, fills },
      position: { symbol, side: 'Sell', qty: '0.3', averagePrice: '900' },
    },
  });
  const cancelled = report({ status: 'cancelled', executedQty: '0.1' });
  const answers = (id: string, list: readonly object[]) =>
    list.map((answer) => done(`0.order.${id}`, { ...answer, ...stamp }));
  return [
    ...answers('submitting', [acknowledged, request, retry, unknown, { ...unknown, answered: 'page' }]),
    ...alarms.flatMap((id) => [done(`0.order.${id}`, stamp), done(`0.order.${id}`, late)]),
    ...alarms.map((id) => done(`0.order.${id}`, { atMs: context.reportedAtMs + silenceMaxMs, version: 7 })),
    ...answers('pricing', [
      { kind: 'read', value: quote },
      { kind: 'failed', cause: said('timeout') },
    ]),
    ...answers('repricing.quoting', [
      { kind: 'read', value: quote },
      { kind: 'failed', cause: said('timeout') },
    ]),
    ...answers('repricing.amending', [acknowledged, unknown, final, request]),
    ...answers('cancelling', [acknowledged, final]),
    ...answers('resolving.lookingUp', [
      sighting(null),
      sighting(report()),
      sighting(cancelled),
      sighting(cancelled, [fill('e1', '0.1')]),
      { kind: 'failed', cause: said('timeout') },
    ]),
    { type: 'ORDER_REPORTED', report: report(), ...stamp },
    { type: 'ORDER_REPORTED', report: cancelled, ...stamp },
    { type: 'ORDER_REPORTED', report: filled, ...stamp },
    { type: 'FILL_REPORTED', fill: fill('e1', '0.1'), ...stamp },
    { type: 'FILL_REPORTED', fill: fill('e2', '0.2'), ...stamp },
    { type: 'RECONNECTED', ...stamp },
    { type: 'WITHDRAWN', ...stamp },
    ...['0', '0.3'].map((qty) => ({ type: 'MARKED_FILLED', qty, price: '1000', fee: '0', ...stamp })),
    { type: 'MARKED_NOT_PLACED', ...stamp },
  ];
}

/** Two visits of a state are the same visit when nothing differs that decides what comes next. */
const facts = (context: OrderContext) => [
  context.progress.report?.status,
  executedQty(context.progress),
  isFinal(context.progress.report) && isVerified(context.progress),
  context.acknowledged,
  Math.min(context.emptyLookUps, 3),
  isFinal(context.progress.report) && Math.min(context.lookUps, missingFillsLookUpsMax),
  context.nowMs >= context.deadlineAtMs,
  context.word?.kind === 'filled' && [context.saidGone],
];

const walk = (style: 'walk' | 'cross'): Walk => ({
  machine: orderAlone,
  input: {
    linkId,
    symbol,
    side: 'Buy',
    qty: '0.3',
    reduceOnly: true,
    execution: { style, everyMs: 3_000, steps: 5, deadlineMs: 120_000, slippageMax: '0.05' },
    rules: { tickSize: '5', minPrice: '5' },
    quote: { symbol, bid: '950', ask: '1050', mark: '1000', index: '23000', atMs: startMs },
    positionQtyBefore: '0.3',
    atMs: startMs,
  },
  events,
  facts,
});

/** Orders that differ in what decides their way. */
export const orderWalks: readonly Walk[] = [walk('walk'), walk('cross')];
