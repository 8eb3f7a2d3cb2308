/** The order machine alone: each request of an effect waits until the test answers it. */
import { reasonText, reasonTextOrNothing } from '../../src/domain/explain/reason-text.ts';
import { said, withReason } from '../support/texts.ts';
import { createActor, fromPromise, type Snapshot } from 'xstate';
import type { OrderEvent } from '../../src/domain/roll/events.ts';
import type { Fill, OrderReport, OrderRequest, Position, Quote } from '../../src/domain/market/order.ts';
import { unresolvedReason } from '../../src/domain/orders/unknown-outcome.ts';
import type { OrderInput } from '../../src/domain/orders/order-work.ts';
import type { OrderOutcome } from '../../src/domain/orders/order-progress.ts';
import type { Execution } from '../../src/domain/rules/rule.ts';
import { stateName } from '../../src/domain/state-name.ts';
import { orderMachine } from '../../machines/order.machine.ts';
import { settle } from '../support/virtual-clock.ts';
import { absenceProvenAfterMs } from '../../src/domain/orders/write-window.ts';
import { bybitRules } from '../../src/exchange/bybit/rules.ts';

export const linkId = 'close-task000001-v1';
export const symbol = 'BTC-31MAR23-24000-C-USDT';
export const startMs = Date.UTC(2023, 2, 1);

type Effect = 'submit order' | 'amend order' | 'cancel order' | 'look up order' | 'read quote' | 'alarm';
interface Asked {
  readonly effect: Effect;
  readonly input: unknown;
  readonly answer: (output: never) => void;
}
type Unstamped<Event> = Event extends unknown ? Omit<Event, 'atMs' | 'version'> : never;

export const walk: Execution = {
  style: 'walk',
  everyMs: 3_000,
  steps: 5,
  deadlineMs: 120_000,
  slippageMax: '0.05',
};

const input: OrderInput = {
  linkId,
  symbol,
  side: 'Buy',
  qty: '0.3',
  reduceOnly: true,
  execution: walk,
  rules: { tickSize: '5', minPrice: '5' },
  quote: {
    symbol,
    bid: '950',
    ask: '1050',
    mark: '1000',
    index: '23000',
    atMs: startMs,
    greeks: null,
    openInterest: null,
  },
  positionQtyBefore: '0.3',
  atMs: startMs,
};

export const provenAfterMs = absenceProvenAfterMs(bybitRules.times);

export class OrderFixture {
  nowMs = startMs;
  /** Requests in the order in which they were made. */
  readonly submitted: OrderRequest[] = [];
  readonly amended: string[] = [];
  readonly cancelledAtMs: number[] = [];
  readonly lookedUpAtMs: number[] = [];
  readonly asked: Asked[] = [];
  /** Texts that a person was called with. */
  readonly calls: string[] = [];
  /** Answers in words that nothing is known about, as the task receives them. */
  readonly said: string[] = [];
  #actor;

  constructor(changes: Partial<OrderInput> = {}) {
    this.#actor = createActor(this.#machine(), { input: { ...input, ...changes } }).start();
  }

  get state(): string {
    return stateName(this.#actor.getSnapshot().value);
  }
  get context() {
    return this.#actor.getSnapshot().context;
  }
  get output(): (OrderOutcome & { readonly reason: string }) | undefined {
    const { output } = this.#actor.getSnapshot();
    return output && withReason(output);
  }
  /** The effect that the machine waits for: at most one at a time. */
  get waitsFor(): Effect | undefined {
    return this.asked[0]?.effect;
  }
  waits(effect: Effect): boolean {
    return this.waitsFor === effect;
  }
  isOver(): boolean {
    return this.output !== undefined;
  }

  /** Answers what is asked now, as the runtime would: with time and version. */
  async answer(effect: Effect, output: object = {}): Promise<void> {
    const at = this.asked.findIndex((request) => request.effect === effect);
    const [request] = at < 0 ? [] : this.asked.splice(at, 1);
    if (!request)
      throw new Error(
        `the machine does not wait for "${effect}"; state ${this.state}, it waits for ${this.waitsFor ?? 'nothing'}`,
      );
    request.answer({ ...output, atMs: this.nowMs, version: 1 } as never);
    await settle();
  }

  acknowledge = (effect: Effect): Promise<void> => this.answer(effect, { kind: 'acknowledged' });

  /** Moves time to the alarm that the machine waits for, and rings it. */
  async ring(): Promise<void> {
    const alarm = this.asked.find(({ effect }) => effect === 'alarm');
    if (!alarm) throw new Error(`no alarm is set in ${this.state}`);
    this.nowMs = Math.max(this.nowMs, (alarm.input as { atMs: number }).atMs);
    await this.answer('alarm');
  }

  quote(changes: Partial<Quote> = {}): Promise<void> {
    return this.answer('read quote', {
      kind: 'read',
      value: { ...input.quote, atMs: this.nowMs, ...changes },
    });
  }

  /** Answers a look-up with this. */
  lookUp(order: OrderReport | null, fills: readonly Fill[] = [], positionQty = '0.3'): Promise<void> {
    const position: Position = { symbol, side: 'Sell', qty: positionQty, averagePrice: '900' };
    return this.answer('look up order', {
      kind: 'read',
      value: { sighting: { order, fills }, position, absenceProvenAfterMs: provenAfterMs },
    });
  }

  /** The private stream reports something. */
  receive(event: Unstamped<OrderEvent>): void {
    this.#actor.send({ ...event, atMs: this.nowMs, version: 1 });
  }
  receiveFill = (fill: Fill): void => this.receive({ type: 'FILL_REPORTED', fill });
  receiveReport = (report: OrderReport): void => this.receive({ type: 'ORDER_REPORTED', report });

  /** Through JSON and back, as after a restart. */
  restart(): void {
    const snapshot = JSON.parse(JSON.stringify(this.#actor.getPersistedSnapshot())) as Snapshot<unknown>;
    this.#actor.stop();
    this.asked.length = 0;
    this.#actor = createActor(this.#machine(), { snapshot, input: undefined as never }).start();
  }

  #machine() {
    return orderMachine.provide({
      actors: {
        'submit order': this.#effect('submit order', (order) => this.submitted.push(order as OrderRequest)),
        'amend order': this.#effect('amend order', (to) =>
          this.amended.push((to as { price: string }).price),
        ),
        'cancel order': this.#effect('cancel order', () => this.cancelledAtMs.push(this.nowMs)),
        'look up order': this.#effect('look up order', () => this.lookedUpAtMs.push(this.nowMs)),
        'read quote': this.#effect('read quote'),
        alarm: this.#effect('alarm'),
      },
      actions: {
        'ask for a person': ({ context }) => void this.calls.push(reasonText(unresolvedReason(context))),
        'report the answer': ({ context }) => void this.said.push(reasonTextOrNothing(context.fault)),
      },
    });
  }

  #effect(effect: Effect, note: (request: unknown) => void = () => {}) {
    return fromPromise<never, never>(
      ({ input: request, signal }) =>
        new Promise((answer) => {
          note(request);
          const asked = { effect, input: request, answer };
          this.asked.push(asked);
          signal.addEventListener('abort', () => {
            const at = this.asked.indexOf(asked);
            if (at >= 0) this.asked.splice(at, 1);
          });
        }),
    ) as never;
  }
}

/** An order that the exchange took. */
export async function working(changes: Partial<OrderInput> = {}): Promise<OrderFixture> {
  const fixture = new OrderFixture(changes);
  await fixture.acknowledge('submit order');
  return fixture;
}

/** An order whose time is up and whose cancellation is on its way. */
export async function cancelling(): Promise<OrderFixture> {
  const fixture = await working();
  fixture.nowMs = startMs + 120_000;
  await fixture.ring();
  return fixture;
}

/** An order whose price is about to go from 1000 to 1010. */
export async function amending(): Promise<OrderFixture> {
  const fixture = await working();
  await fixture.ring();
  await fixture.quote();
  return fixture;
}

/** A submit that timed out. */
export async function unknown(answer: object = {}): Promise<OrderFixture> {
  const fixture = new OrderFixture();
  await fixture.answer('submit order', { kind: 'unknown', cause: said('timeout'), ...answer });
  return fixture;
}

/** Looks up and waits, over and over, finding nothing; stops when something else is asked or after `forMs`. */
export async function lookInVain(fixture: OrderFixture, forMs: number, positionQty?: string): Promise<void> {
  const endMs = fixture.nowMs + forMs;
  while (fixture.waits('look up order') && fixture.nowMs <= endMs) {
    await fixture.lookUp(null, [], positionQty);
    if (fixture.waits('alarm')) await fixture.ring();
  }
}

export const report = (changes: Partial<OrderReport> = {}): OrderReport => ({
  linkId,
  symbol,
  side: 'Buy',
  status: 'open',
  qty: '0.3',
  price: '1000',
  executedQty: '0',
  averagePrice: '0',
  fee: '0',
  reason: '',
  refusal: null,
  updatedAtMs: startMs,
  ...changes,
});
export const filled = report({ status: 'filled', executedQty: '0.3', averagePrice: '1000', fee: '0.2' });

export const fill = (execId: string, qty: string, changes: Partial<Fill> = {}): Fill => ({
  execId,
  linkId,
  symbol,
  side: 'Buy',
  qty,
  price: '1000',
  fee: '0.1',
  atMs: startMs,
  ...changes,
});
