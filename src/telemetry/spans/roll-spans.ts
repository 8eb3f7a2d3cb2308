/**
 * Spans of rolls, for OpenTelemetry: a trace for each roll, with a span for each of its parts. The ids of a trace and of its root come
 * from the id of the roll, so that a roll which another daemon goes on with stays one trace; the root is made when the roll ends. Times
 * are exchange times. Nothing is told before it is durable.
 */
import { createHash } from 'node:crypto';
import {
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Tracer,
} from '@opentelemetry/api';
import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace';
import { averagePrice, type OrderOutcome } from '../../domain/orders/order-progress.ts';
import type { RollPart } from '../../domain/explain/state-text.ts';
import type { EndedRoll } from '../../domain/explain/roll-timing.ts';
import type { Roll } from '../../domain/roll/roll.ts';
import type { ObservedTurn, RuntimeObserver } from '../../ports/observer.ts';

const partNames: Readonly<Record<RollPart, string>> = {
  planning: 'planning',
  leg1: 'leg 1',
  interval: 'between the legs',
  leg2: 'leg 2',
  other: 'other',
};

/** Rolls of which something is noted; those that went to another daemon meanwhile are forgotten first. */
const notedMax = 1_000;

/** Of the part of a roll that is under way. */
interface Noted {
  turns: number;
  /** Until its turns were durable, this computer's time. */
  journalWaitMs: number;
  readonly orders: OrderOutcome[];
}

export class RollSpans implements RuntimeObserver {
  readonly #tracer: Tracer;
  readonly #ids: RollIds;
  readonly #noted = new Map<string, Noted>();

  constructor(tracer: Tracer, ids: RollIds) {
    this.#tracer = tracer;
    this.#ids = ids;
  }

  turn(turn: ObservedTurn): void {
    const roll = turn.before.roll ?? turn.after.roll;
    if (roll === null) return;
    const madeAtMs = performance.now();
    void turn.committed.then(() => {
      const noted = this.#note(roll.rollId);
      noted.turns += 1;
      noted.journalWaitMs += performance.now() - madeAtMs;
      noted.orders.push(...turn.orders);
      if (turn.endedPart !== null) this.#endPart(roll, turn, turn.endedPart);
      if (turn.record.endedRoll) this.#endRoll(roll, turn, turn.record.endedRoll);
    });
  }

  lost(): void {
    // What the task does again begins with the part that it was in.
  }

  admitted(): void {
    // A part of planning.
  }

  watchedAgain(): void {
    // No part of a roll.
  }

  #note(rollId: string): Noted {
    const known = this.#noted.get(rollId);
    if (known) return known;
    const noted: Noted = { turns: 0, journalWaitMs: 0, orders: [] };
    this.#noted.set(rollId, noted);
    const [oldest] = this.#noted.keys();
    if (this.#noted.size > notedMax && oldest !== undefined) this.#noted.delete(oldest);
    return noted;
  }

  #endPart(
    roll: Roll,
    { record }: ObservedTurn,
    { part, tookMs }: NonNullable<ObservedTurn['endedPart']>,
  ): void {
    const { turns, journalWaitMs, orders } = this.#note(roll.rollId);
    this.#noted.delete(roll.rollId);
    const { traceId, rootId } = idsOf(roll.rollId);
    const root = trace.setSpanContext(ROOT_CONTEXT, {
      traceId,
      spanId: rootId,
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    });
    const attributes = { 'rollkeeper.turns': turns, 'rollkeeper.journal_wait_ms': Math.round(journalWaitMs) };
    const startTime = new Date(record.atMs - tookMs);
    const span = this.#tracer.startSpan(partNames[part], { startTime, attributes }, root);
    for (const order of orders)
      span.addEvent(`order ${order.result}`, attributesOf(order), new Date(order.atMs));
    span.end(new Date(record.atMs));
  }

  #endRoll(roll: Roll, { record }: ObservedTurn, ended: EndedRoll): void {
    this.#noted.delete(roll.rollId);
    const attributes: Attributes = {
      'rollkeeper.roll': ended.rollId,
      'rollkeeper.task': record.taskId,
      'rollkeeper.account': record.accountId,
      'rollkeeper.from': ended.fromSymbol,
      'rollkeeper.outcome': ended.outcome,
      'rollkeeper.index_price': ended.indexPrice,
      ...(ended.toSymbol !== null && { 'rollkeeper.to': ended.toSymbol }),
      ...(ended.summary && {
        'rollkeeper.net_credit': ended.summary.netCredit,
        'rollkeeper.fee': ended.summary.fee,
      }),
    };
    const startTime = new Date(roll.startedAtMs);
    const span = this.#ids.asRootOf(roll.rollId, () =>
      this.#tracer.startSpan('roll', { startTime, attributes, root: true }, ROOT_CONTEXT),
    );
    if (ended.outcome === 'leftFlat') span.setStatus({ code: SpanStatusCode.ERROR, message: 'left flat' });
    span.end(new Date(record.atMs));
  }
}

const attributesOf = ({ linkId, symbol, executedQty, value }: OrderOutcome): Attributes => ({
  'rollkeeper.order': linkId,
  'rollkeeper.symbol': symbol,
  'rollkeeper.executed_qty': executedQty,
  ...(executedQty !== '0' && { 'rollkeeper.average_price': averagePrice(value, executedQty) }),
});

/** Ids by chance, but for the root of a roll. */
export class RollIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #root: { readonly traceId: string; readonly rootId: string } | null = null;

  asRootOf<T>(rollId: string, start: () => T): T {
    this.#root = idsOf(rollId);
    try {
      return start();
    } finally {
      this.#root = null;
    }
  }

  readonly generateTraceId = (): string => this.#root?.traceId ?? this.#random.generateTraceId();

  readonly generateSpanId = (): string => this.#root?.rootId ?? this.#random.generateSpanId();
}

function idsOf(rollId: string): { readonly traceId: string; readonly rootId: string } {
  const hash = createHash('sha256').update(`roll ${rollId}`).digest('hex');
  return { traceId: hash.slice(0, 32), rootId: hash.slice(32, 48) };
}
