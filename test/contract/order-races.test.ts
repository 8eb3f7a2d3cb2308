/**
 * The order machine with its real effects, the adapter and the paper exchange, over real HTTP and websockets: what its
 * own tests script answer by answer happens here as it happens between programs.
 */
import { withReason } from '../support/texts.ts';
import { reasonText } from '../../src/domain/explain/reason-text.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { unresolvedReason } from '../../src/domain/orders/unknown-outcome.ts';
import type { OrderEvent } from '../../src/domain/roll/events.ts';
import type { OrderReport } from '../../src/domain/market/order.ts';
import type { OrderInput } from '../../src/domain/orders/order-work.ts';
import type { OrderOutcome } from '../../src/domain/orders/order-progress.ts';
import type { Execution } from '../../src/domain/rules/rule.ts';
import { provideEffects } from '../../src/runtime/task/effects.ts';
import { hostEffects } from '../../src/runtime/task/effect.ts';
import { stateName } from '../../src/domain/state-name.ts';
import type { orderMachine } from '../../machines/order.machine.ts';
import { type EngineFixture, key, openFixture, short, until } from './exchange-fixture.ts';

const rest: Execution = { style: 'rest', everyMs: 200, steps: 3, deadlineMs: 1_500, slippageMax: '0.5' };
const walk: Execution = { ...rest, style: 'walk' };
const closed = '0.1';

let fixture: EngineFixture;
let works: Work[];
let linkIds = 0;

beforeEach(async () => {
  fixture = await openFixture({ ordersBySocket: true });
  works = [];
});
afterEach(async () => {
  for (const work of works) work.stop();
  await fixture.close();
});

/** One order being worked, as a task would, on an account stream of its own. */
class Work {
  readonly linkId: string;
  readonly calls: string[] = [];
  /** Every state it has been in: one that lasts for a single answer is too short to be caught by looking now and then. */
  readonly states: string[] = [];
  #actor;

  constructor(linkId: string, input: OrderInput) {
    this.linkId = linkId;
    const machine = provideEffects().implementations.actors['work order'] as typeof orderMachine;
    const provided = machine.provide({
      actions: {
        'ask for a person': ({ context }) => void this.calls.push(reasonText(unresolvedReason(context))),
      },
    });
    this.#actor = createActor(provided, { input });
    this.#actor.subscribe(({ value }) => this.states.push(stateName(value)));
    const { clock, market } = fixture.bybit;
    hostEffects(this.#actor.system, {
      account: fixture.account,
      market,
      clock,
      feesOf: () => null,
      wantedChecks: () => [],
      mayRest: false,
      needs: { closed: 'nothing', askedAnew: { ticker: false, quotes: false }, isFirstOpening: false },
      isResuming: false,
      admitted: () => Promise.resolve(),
      committed: () => Promise.resolve(clock.nowMs()),
      settled: () => Promise.resolve(),
      mayLeave: () => true,
      standing: () => null,
      deliver: (complete) => complete(this.#stamp),
    });
  }

  async start(): Promise<void> {
    await fixture.bybit.account(key).open({
      order: (report) => this.#receive({ type: 'ORDER_REPORTED', report, ...this.#stamp }),
      fill: (fill) => this.#receive({ type: 'FILL_REPORTED', fill, ...this.#stamp }),
      position: () => {},
      connected: () => this.#receive({ type: 'RECONNECTED', ...this.#stamp }),
      disconnected: () => {},
    });
    this.#actor.start();
  }
  stop = (): void => void this.#actor.stop();

  #receive(event: OrderEvent): void {
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send(event);
  }
  get #stamp() {
    return { atMs: fixture.bybit.clock.nowMs(), version: 1 };
  }
  get state(): string {
    return stateName(this.#actor.getSnapshot().value);
  }
  get context() {
    return this.#actor.getSnapshot().context;
  }
  /** Every order that the exchange took under this link id. */
  get orders() {
    return fixture.paper
      .account(key.apiKey)
      .orders()
      .filter(({ linkId }) => linkId === this.linkId);
  }
  async outcome(): Promise<OrderOutcome> {
    await until('the order is settled', () => this.#actor.getSnapshot().status === 'done', 25_000);
    return withReason(this.#actor.getSnapshot().output as OrderOutcome);
  }
}

async function start(execution: Execution, changes: Partial<OrderInput> = {}): Promise<Work> {
  linkIds += 1;
  const linkId = `close-race${linkIds}-v1`;
  const work = new Work(linkId, {
    linkId,
    symbol: short,
    side: 'Buy',
    qty: closed,
    reduceOnly: true,
    execution,
    rules: { tickSize: '5', minPrice: '5' },
    quote: await fixture.bybit.market.quote(short),
    positionQtyBefore: '0.5',
    atMs: fixture.bybit.clock.nowMs(),
    ...changes,
  });
  works.push(work);
  await work.start();
  return work;
}

/** An order that rests at the bid, open. */
async function resting(changes: Partial<Execution> = {}): Promise<Work> {
  const work = await start({ ...rest, ...changes });
  await until('it rests', () => work.state === 'working' && work.context.progress.report !== null);
  return work;
}

const on = (work: Work) => ({ linkIdPrefix: work.linkId });
/** So low that whatever rests at the bid is filled. */
const fallingMarket = (): void => fixture.paper.setIndex('BTC', '22000');
const isFilled = { result: 'filled', executedQty: closed };

describe('a resting order', () => {
  it('joins the bid post-only, follows it without crossing, and is cancelled at its deadline', async () => {
    const work = await resting();
    const [order] = work.orders;
    const { bid } = await fixture.bybit.market.quote(short);
    expect(order).toMatchObject({ timeInForce: 'PostOnly', price: bid });
    fixture.paper.setIndex('BTC', '23600');
    const moved = await fixture.bybit.market.quote(short);
    expect(Number(moved.bid)).toBeGreaterThan(Number(bid));
    await until('it has followed', () => work.orders[0]?.price === moved.bid);
    expect(await work.outcome()).toMatchObject({ result: 'unfilled', reason: 'not filled by its deadline' });
  });

  it('that would have taken is ended by the exchange, and refused for its price alone', async () => {
    const quote = await fixture.bybit.market.quote(short);
    fixture.paper.setIndex('BTC', '22500');
    const work = await start(rest, { quote });
    expect(await work.outcome()).toMatchObject({ result: 'rejected', refusal: 'price', executedQty: '0' });
    expect(work.orders).toMatchObject([{ rejectReason: 'EC_PostOnlyWillTakeLiquidity' }]);
  });
});

describe('an order being cancelled', () => {
  it('that fills meanwhile is filled once, although the exchange says so twice', async () => {
    const work = await resting();
    fixture.paper.faults.add({ kind: 'lateCancel', match: on(work) });
    expect(await work.outcome()).toMatchObject(isFilled);
    const isReported = ({ linkId, status }: OrderReport): boolean =>
      linkId === work.linkId && status === 'filled';
    await until('it was reported twice', () => fixture.received.orders.filter(isReported).length === 2);
  });

  it('that had filled unheard is found filled', async () => {
    const work = await resting({ everyMs: 5_000 });
    fixture.paper.faults.add({ kind: 'delayEvents', ms: 20_000, match: on(work) });
    fallingMarket();
    await until('the exchange has filled it', () => work.orders[0]?.status === 'Filled');
    expect(await work.outcome()).toMatchObject(isFilled);
  });

  it.each([110079, 30035])(
    'is cancelled again after a while when the exchange answers %i',
    async (retCode) => {
      const work = await resting({ deadlineMs: 500 });
      const match = { ...on(work), endpoint: '/v5/order/cancel' };
      fixture.paper.faults.add({ kind: 'reject', retCode, match, times: 2 });
      expect(await work.outcome()).toMatchObject({ result: 'unfilled' });
      expect(work.context.cancels).toBe(3);
      expect(work.orders).toMatchObject([{ status: 'Cancelled', cancelType: 'CancelByUser' }]);
    },
  );

  it('whose answer is lost is cancelled all the same', async () => {
    const work = await resting({ deadlineMs: 500 });
    fixture.paper.faults.add({ kind: 'delayEvents', ms: 20_000, match: on(work) });
    fixture.paper.faults.add({ kind: 'loseAnswer', match: { ...on(work), endpoint: '/v5/order/cancel' } });
    expect(await work.outcome()).toMatchObject({ result: 'unfilled', executedQty: '0' });
  });
});

describe('an order being amended', () => {
  it('that had filled unheard is found filled, not sent again', async () => {
    const work = await resting({ everyMs: 1_000 });
    fixture.paper.faults.add({ kind: 'delayEvents', ms: 20_000, match: on(work) });
    fallingMarket();
    expect(await work.outcome()).toMatchObject(isFilled);
    expect(work.orders).toHaveLength(1);
  });

  it.each(['loseAnswer', 'loseRequest'] as const)(
    'whose amendment meets %s goes on from the price that the exchange has',
    async (kind) => {
      const work = await resting({ deadlineMs: 6_000 });
      fixture.paper.faults.add({ kind, match: { ...on(work), endpoint: '/v5/order/amend' } });
      fixture.paper.setIndex('BTC', '23700');
      const { bid } = await fixture.bybit.market.quote(short);
      await until('the answer is missed', () => work.states.some((state) => state.startsWith('resolving')));
      await until('it is worked on', () => work.state === 'working' && work.orders[0]?.price === bid);
      expect(work.context.price).toBe(bid);
      fallingMarket();
      expect(await work.outcome()).toMatchObject(isFilled);
    },
  );
});

describe('an order that trades in parts', () => {
  it('is filled over several rounds, each fill counted once', async () => {
    fixture.paper.faults.thinBook(short, '0.03');
    const work = await start({ ...walk, deadlineMs: 20_000 });
    await until('a part is filled', () => work.context.progress.fills.length > 0);
    fixture.paper.faults.thinBook(short, null);
    const outcome = await work.outcome();
    expect(outcome).toMatchObject(isFilled);
    expect(work.context.progress.fills.length).toBeGreaterThan(1);
    expect((await fixture.account.position(short)).qty).toBe('0.4');
  });

  it('and is ended by the exchange long after its acknowledgement, keeps its part and says why', async () => {
    fixture.paper.faults.add({ kind: 'partialFill', qty: '0.04' });
    const work = await start({ ...walk, deadlineMs: 20_000 });
    await until('a part is filled', () => work.context.progress.fills.length > 0);
    await fixture.account.submit(
      {
        linkId: `close-byhand${linkIds}`,
        symbol: short,
        side: 'Buy',
        qty: '0.5',
        price: '2000',
        timeInForce: 'IOC',
        reduceOnly: false,
      },
      Number.POSITIVE_INFINITY,
    );
    expect(await work.outcome()).toMatchObject({
      result: 'partial',
      executedQty: '0.04',
      refusal: 'request',
      reason: 'CancelByReduceOnly',
    });
  });
});

describe('an order that the exchange does not know', () => {
  it('because its answer was lost is found, filled, and not sent again', async () => {
    fixture.paper.faults.add({ kind: 'loseAnswer', match: { endpoint: '/v5/order/create' } });
    fixture.paper.faults.add({ kind: 'delayEvents', ms: 20_000 });
    const work = await start({ ...walk, style: 'cross' });
    expect(await work.outcome()).toMatchObject(isFilled);
    expect(work.orders).toHaveLength(1);
  });

  it('because it never arrived is sent again under its link id, once that is proved, and only once', async () => {
    fixture.paper.faults.add({ kind: 'loseRequest', match: { endpoint: '/v5/order/create' } });
    const work = await start({ ...walk, style: 'cross', deadlineMs: 60_000 });
    expect(await work.outcome()).toMatchObject(isFilled);
    expect(work.orders).toHaveLength(1);
    expect(work.calls).toEqual([]);
  });

  it('because the stream broke while it filled is found as soon as the stream is back', async () => {
    const work = await resting({ everyMs: 30_000, deadlineMs: 60_000 });
    fixture.paper.faults.dropSockets('private');
    fallingMarket();
    expect(await work.outcome()).toMatchObject(isFilled);
  });
});
