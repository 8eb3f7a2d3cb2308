/**
 * A whole exchange of dice around the order machine: requests and answers are lost, late, refused or doubled, reports go
 * missing or come twice, look-ups are stale or fail, the daemon restarts. Whatever falls, one order lives under the link
 * id at most, and the outcome is what was traded there.
 */
import { said } from '../support/texts.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, compare, smaller, subtract } from '../../src/domain/money.ts';
import type { Fill, OrderReport } from '../../src/domain/market/order.ts';
import { fill, OrderFixture, report, walk } from './order-fixture.ts';

/** A request that left may still be taken so much later (recv window), and a read may be so old. */
const lateMaxMs = 5_000;
const staleMaxMs = 2_000;
const stepsMax = 120;

const writes = ['submit order', 'amend order', 'cancel order'] as const;
type Write = (typeof writes)[number];

type Dice = (sides: number) => number;
const unknown = { kind: 'unknown', cause: said('timeout') };
const retry = { kind: 'retry', cause: said('busy'), retryAfterMs: 700 };
const refused = (scope: string) => ({ kind: 'refused', cause: said('no'), scope });

class Storm {
  readonly fixture = new OrderFixture({ execution: { ...walk, deadlineMs: 40_000 } });
  readonly #roll: Dice;
  #calm = false;
  /** The truth: `null` until the exchange took the order. */
  order: OrderReport | null = null;
  readonly fills: Fill[] = [];
  taken = 0;
  #takenAtMs = 0;
  #delayed: { readonly untilMs: number; readonly price: string }[] = [];

  constructor(roll: Dice) {
    this.#roll = (sides) => (this.#calm ? 0 : roll(sides));
  }

  async step(): Promise<void> {
    this.#deliverLate();
    if (!this.#calm) this.#stir();
    if (this.fixture.isOver()) return;
    if (this.#roll(25) === 24) return this.#restart();
    switch (this.fixture.waitsFor) {
      case 'submit order':
        return this.#answer('submit order', this.#submit());
      case 'amend order':
        return this.#answer('amend order', this.#amend());
      case 'cancel order':
        return this.#answer('cancel order', this.#cancel());
      case 'look up order':
        return this.#lookUp();
      case 'read quote':
        return this.#roll(4) === 3
          ? this.fixture.answer('read quote', { kind: 'failed', cause: said('timeout') })
          : this.fixture.quote();
      case 'alarm':
        return this.fixture.ring();
      case undefined:
        throw new Error(`nothing is under way in ${this.fixture.state}`);
    }
  }

  /** A report of the request's result may have come first, and have ended the wait for its answer. */
  async #answer(effect: Write, answer: object): Promise<void> {
    if (this.fixture.waits(effect)) await this.fixture.answer(effect, answer);
  }

  /** The request under way may have left or not; after the restart the machine does not know. */
  async #restart(): Promise<void> {
    const effect = writes.find((write) => this.fixture.waits(write));
    if (effect && this.#roll(2) === 1) {
      if (effect === 'submit order') this.#submit();
      else if (effect === 'amend order') this.#amend();
      else this.#cancel();
    }
    if (this.fixture.isOver()) return;
    this.fixture.restart();
    if (effect) await this.#answer(effect, unknown);
  }

  /** No more faults: everything is taken, answered and reported. */
  async calmDown(): Promise<void> {
    this.#calm = true;
    for (let steps = 0; !this.fixture.isOver(); steps += 1) {
      if (steps > 300) throw new Error(`still ${this.fixture.state} although all is calm`);
      await this.step();
    }
  }

  #submit(): object {
    const price = this.fixture.submitted.at(-1)?.price ?? '';
    const die = this.#roll(8);
    if (this.order) return die < 6 ? { ...unknown, orderExists: true } : unknown;
    if (die === 5) return retry;
    if (die === 6) return refused('margin');
    if (die === 7) return unknown;
    if (die === 4) this.#delayed.push({ untilMs: this.fixture.nowMs + this.#roll(lateMaxMs), price });
    else this.#take(price);
    return die < 2 ? { kind: 'acknowledged' } : unknown;
  }

  #take(price: string): void {
    if (this.order) return;
    this.taken += 1;
    this.#takenAtMs = this.fixture.nowMs;
    this.order = report({ price, updatedAtMs: this.fixture.nowMs });
    this.#report();
  }

  #deliverLate(): void {
    for (const { untilMs, price } of this.#delayed) if (untilMs <= this.fixture.nowMs) this.#take(price);
    this.#delayed = this.#delayed.filter(({ untilMs }) => untilMs > this.fixture.nowMs);
  }

  #amend(): object {
    const die = this.#roll(6);
    if (this.order?.status !== 'open') return refused('final');
    if (die === 5) return this.#roll(2) === 0 ? retry : refused('price');
    if (die !== 4) this.#change({ price: this.fixture.amended.at(-1) ?? '' });
    return die < 2 ? { kind: 'acknowledged' } : unknown;
  }

  #cancel(): object {
    const die = this.#roll(7);
    if (this.order?.status !== 'open') return refused('final');
    if (die === 6) return this.#roll(2) === 0 ? retry : refused('account');
    if (die === 5) return unknown;
    if (die === 4) this.#execute(this.#left());
    else this.#change({ status: 'cancelled' });
    return die < 2 ? { kind: 'acknowledged' } : unknown;
  }

  #lookUp(): Promise<void> {
    const die = this.#roll(6);
    if (die === 5) return this.fixture.answer('look up order', { kind: 'failed', cause: said('timeout') });
    const isStale = die === 4 && this.fixture.nowMs - this.#takenAtMs < staleMaxMs;
    const order = isStale ? null : this.order;
    const fills = isStale ? [] : this.fills;
    const positionQty = subtract('0.3', order?.executedQty ?? '0');
    return this.fixture.lookUp(order, die === 3 && order ? [] : fills, positionQty);
  }

  /** The market moves. */
  #stir(): void {
    if (this.order?.status !== 'open') return;
    const die = this.#roll(20);
    if (die === 19) this.#execute(smaller('0.1', this.#left()));
    if (die === 18) this.#execute(this.#left());
    if (die === 17) this.#change({ status: 'cancelled', reason: 'CancelByReduceOnly' });
  }

  #left = (): string => subtract(this.order?.qty ?? '0', this.order?.executedQty ?? '0');

  #execute(qty: string): void {
    if (!this.order) return;
    const trade = fill(`e${this.fills.length + 1}`, qty);
    this.fills.push(trade);
    const executedQty = add(this.order.executedQty, qty);
    const isAll = compare(executedQty, this.order.qty) === 0;
    for (let reported = this.#roll(3); reported < 2 && !this.fixture.isOver(); reported += 1)
      this.fixture.receiveFill(trade);
    this.#change({ executedQty, averagePrice: '1000', ...(isAll && { status: 'filled' }) });
  }

  #change(changes: Partial<OrderReport>): void {
    if (!this.order) return;
    const before = this.order;
    this.order = { ...before, ...changes, updatedAtMs: this.fixture.nowMs };
    this.#report();
    if (this.#roll(6) === 5 && !this.fixture.isOver()) this.fixture.receiveReport(before);
  }

  /** Reports the order not at all, once or twice. */
  #report(): void {
    for (let reported = this.#roll(3); reported < 2 && this.order && !this.fixture.isOver(); reported += 1)
      this.fixture.receiveReport(this.order);
  }
}

test('in any storm one order lives at most, and the outcome is what was traded', async () => {
  const endings = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 999_999 })), async (numbers) => {
      const storm = new Storm((sides) => (numbers.next().value as number) % sides);
      for (let steps = 0; steps < stepsMax && !storm.fixture.isOver(); steps += 1) await storm.step();
      if (!storm.fixture.isOver()) await storm.calmDown();
      // Requests that left before may not arrive once the outcome is reported.
      storm.fixture.nowMs += lateMaxMs;
      await storm.step();
      const { fixture, order, taken } = storm;
      expect(fixture.output?.executedQty).toBe(order?.executedQty ?? '0');
      expect(order?.status).not.toBe('open');
      expect(taken).toBeLessThanOrEqual(1);
      expect(new Set(fixture.submitted.map(({ linkId }) => linkId)).size).toBe(1);
      const result = fixture.output?.result ?? '';
      endings.set(result, (endings.get(result) ?? 0) + 1);
    }),
    { numRuns: 400 },
  );
  expect([...endings.keys()].sort()).toEqual(['filled', 'partial', 'rejected', 'unfilled']);
}, 120_000);
