/**
 * One task on a fixture: the real machine, runtime and recorder on a virtual clock, with an exchange in memory whose
 * behaviour a test scripts order by order. For questions about a single saga; whole paths run on real parts in e2e.
 */
import type { EventCalendar } from '../../src/domain/rules/blackouts.ts';
import { asRead } from './texts.ts';
import { createActor } from 'xstate';
import { Retryable } from '../../src/domain/errors.ts';
import type {
  Fill,
  OrderReport,
  OrderRequest,
  OrderSighting,
  Position,
  Settlement,
} from '../../src/domain/market/order.ts';
import { add, compare, isZero, multiply, subtract, toText, decimal } from '../../src/domain/money.ts';
import type { Readings } from '../../src/domain/rules/triggers.ts';
import { FixtureMargin } from './fixture-margin.ts';
import type { AccountListener, OrderRef, TradingAccount } from '../../src/ports/exchange.ts';
import type { StoredTask } from '../../src/ports/journal.ts';
import { Admission } from '../../src/runtime/task/admission.ts';
import { provideEffects } from '../../src/runtime/task/effects.ts';
import type { ReplayedRow } from '../../src/replay/replay.ts';
import { RollMachines } from '../../src/runtime/task/roll-machines.ts';
import { TaskActor } from '../../src/runtime/task/task-actor.ts';
import { FixtureJournal } from './fixture-journal.ts';
import { FixtureMarket } from './fixture-market.ts';
import { VirtualClock } from './virtual-clock.ts';
import { holdingsNamed, positionsOf, readSpec } from './options.ts';

/** What becomes of an order: how much fills at once, and whether it then stays open. */
export type Behaviour = (order: OrderRequest, account: FixtureAccount) => void | Promise<void>;

export class FixtureAccount extends FixtureMargin implements TradingAccount {
  readonly #clock: VirtualClock;
  readonly #positions = new Map<string, Position>();
  readonly orders = new Map<string, { request: OrderRequest; report: OrderReport; fills: Fill[] }>();
  readonly submitted: OrderRequest[] = [];
  readonly amended: string[] = [];
  readonly cancelled: string[] = [];
  readonly prepared: boolean[] = [];
  lookUps = 0;
  /** Called for each submit; the last one stays in force. */
  behaviours: Behaviour[] = [fillAll];
  /** Perpetuals and coins beside the options, by symbol. */
  readonly holdings = new Map<string, string>();
  /** What is on record of deliveries. */
  settlements: readonly Settlement[] = [];
  /** Look-ups see nothing while this is true. */
  isBlind = false;
  /** Reports to every period of every account that was opened on this fixture. */
  listener: AccountListener | null = null;

  constructor(clock: VirtualClock, positions: readonly Position[]) {
    super(() => clock.nowMs());
    this.#clock = clock;
    for (const position of positions) this.#positions.set(position.symbol, position);
  }

  open(next: AccountListener): Promise<void> {
    const former = this.listener;
    const both = <Args extends unknown[]>(report: (listener: AccountListener, ...args: Args) => void) => {
      return (...args: Args): void => {
        if (former) report(former, ...args);
        report(next, ...args);
      };
    };
    this.listener = {
      order: both((listener, report: OrderReport) => listener.order(report)),
      fill: both((listener, fill: Fill) => listener.fill(fill)),
      position: both((listener, position: Position) => listener.position(position)),
      connected: both((listener) => listener.connected()),
      disconnected: both((listener, reason: string) => listener.disconnected(reason)),
    };
    return Promise.resolve();
  }
  close = (): Promise<void> => Promise.resolve();

  async submit(order: OrderRequest, notAfterMs: number): Promise<void> {
    this.#refuseIfLate(notAfterMs);
    this.submitted.push(order);
    const behaviour = this.behaviours.length > 1 ? this.behaviours.shift() : this.behaviours[0];
    await behaviour?.(order, this);
  }

  accept(order: OrderRequest): void {
    if (!this.orders.has(order.linkId))
      this.orders.set(order.linkId, {
        request: order,
        report: reportOf(order, this.#clock.nowMs()),
        fills: [],
      });
  }

  /** Executes `qty` and pushes what the private stream would. */
  fill(linkId: string, qty: string, ends?: 'cancelled'): void {
    const { order, fill } = this.fillSilently(linkId, qty, ends);
    if (fill) this.listener?.fill(fill);
    this.listener?.order(order);
  }

  /** Executes `qty`; the private stream pushes nothing of it. */
  fillSilently(
    linkId: string,
    qty: string,
    ends?: 'cancelled',
  ): { readonly order: OrderReport; readonly fill: Fill | null } {
    const order = this.orders.get(linkId);
    if (!order) throw new Error(`no order ${linkId}`);
    const { request } = order;
    const atMs = this.#clock.nowMs();
    const fill = {
      execId: `e${linkId}-${order.fills.length + 1}`,
      linkId,
      symbol: request.symbol,
      side: request.side,
      qty,
      price: request.price,
      fee: multiply(qty, '0.7'),
      atMs,
    };
    if (!isZero(qty)) {
      order.fills.push(fill);
      this.#move(request, qty);
    }
    const executedQty = add(order.report.executedQty, qty);
    const status = compare(executedQty, request.qty) >= 0 ? 'filled' : (ends ?? 'open');
    order.report = {
      ...order.report,
      executedQty,
      status,
      averagePrice: request.price,
      fee: multiply(executedQty, '0.7'),
      updatedAtMs: atMs,
    };
    return { order: order.report, fill: isZero(qty) ? null : fill };
  }

  /** The exchange ends it by itself. */
  end(linkId: string, changes: Pick<OrderReport, 'refusal' | 'reason'>): void {
    const order = this.orders.get(linkId);
    if (!order) throw new Error(`no order ${linkId}`);
    order.report = { ...order.report, status: 'cancelled', ...changes };
    this.listener?.order(order.report);
  }

  async amend({ linkId, price }: OrderRef & { price: string }, notAfterMs: number): Promise<void> {
    this.#refuseIfLate(notAfterMs);
    this.amended.push(`${linkId} ${price}`);
    const order = this.orders.get(linkId);
    if (order) {
      order.request = { ...order.request, price };
      order.report = { ...order.report, price };
    }
    await Promise.resolve();
  }

  async cancel({ linkId }: OrderRef, notAfterMs: number): Promise<void> {
    this.#refuseIfLate(notAfterMs);
    this.cancelled.push(linkId);
    this.fill(linkId, '0', 'cancelled');
    await Promise.resolve();
  }

  findOrder({ linkId }: OrderRef): Promise<OrderSighting> {
    this.lookUps += 1;
    const order = this.isBlind ? undefined : this.orders.get(linkId);
    return Promise.resolve({ order: order?.report ?? null, fills: order?.fills ?? [] });
  }

  /** Its owner closes the position in this option. */
  take(symbol: string): void {
    this.#positions.delete(symbol);
  }

  /** The account shows this position. */
  hold(position: Position): void {
    this.#positions.set(position.symbol, position);
  }

  /** The account holds nothing any more. */
  showNothing(): void {
    this.#positions.clear();
  }
  heldNow(symbol: string): Position {
    return this.#positions.get(symbol) ?? { symbol, side: null, qty: '0', averagePrice: '0' };
  }
  prepare = (isNear: boolean): void => void this.prepared.push(isNear);
  positions(): Promise<readonly Position[]> {
    return Promise.resolve([...this.#positions.values()].filter(({ qty }) => !isZero(qty)));
  }
  holding(symbol: string): Promise<string> {
    return Promise.resolve(this.holdings.get(symbol) ?? '0');
  }
  settlement({ symbol }: { readonly symbol: string }): Promise<Settlement | null> {
    return Promise.resolve(this.settlements.find((each) => each.symbol === symbol) ?? null);
  }

  #refuseIfLate(notAfterMs: number): void {
    if (this.#clock.nowMs() > notAfterMs) throw new Retryable('too late', { retryAfterMs: 0 });
  }

  #move({ symbol, side }: OrderRequest, qty: string): void {
    const before = this.#positions.get(symbol);
    const signed = decimal(before?.side === 'Sell' ? subtract('0', before.qty) : (before?.qty ?? '0'));
    const after = side === 'Buy' ? signed.plus(qty) : signed.minus(qty);
    this.#positions.set(symbol, {
      symbol,
      side: after.isZero() ? null : after.isPositive() ? 'Buy' : 'Sell',
      qty: toText(after.abs()),
      averagePrice: '100',
    });
  }
}

const reportOf = (order: OrderRequest, atMs: number): OrderReport => ({
  ...order,
  status: 'open',
  executedQty: '0',
  averagePrice: '0',
  fee: '0',
  reason: '',
  refusal: null,
  updatedAtMs: atMs,
});

export const fillAll: Behaviour = (order, account) => {
  account.accept(order);
  account.fill(order.linkId, order.qty);
};
/** Acknowledged and open, nothing traded. */
export const stayOpen: Behaviour = (order, account) => account.accept(order);
export const fillPart =
  (qty: string, ends?: 'cancelled'): Behaviour =>
  (order, account) => {
    account.accept(order);
    account.fill(order.linkId, qty, ends);
  };
export const refuseWith =
  (error: Error): Behaviour =>
  () => {
    throw error;
  };
/** Takes the order and fills it, but the answer and the stream messages are lost. */
export const fillWithLostAnswer: Behaviour = (order, account) => {
  account.accept(order);
  account.fillSilently(order.linkId, order.qty);
  throw new Error('socket hang up');
};

export interface FixtureOptions {
  readonly spec?: object;
  readonly side?: 'Buy' | 'Sell';
  readonly qty?: string;
  readonly startMs?: number;
  /** Default: those of this program. */
  readonly machines?: RollMachines;
}

export const strikes = ['20000', '21000', '22000', '23000', '24000', '25000', '26000', '27000', '28000'];

export class TaskFixture {
  readonly clock: VirtualClock;
  readonly journal = new FixtureJournal();
  readonly market: FixtureMarket;
  readonly account: FixtureAccount;
  readonly lost: unknown[] = [];
  calendar: EventCalendar | null = null;
  isHalted = false;
  /** The first row of its journal. */
  readonly created: ReplayedRow;
  task: TaskActor;
  readonly #machines: RollMachines;
  #stored: StoredTask;

  constructor(options: FixtureOptions = {}) {
    const { spec = {}, side = 'Sell', qty = '0.3', startMs, machines = new RollMachines() } = options;
    this.#machines = machines;
    this.clock = new VirtualClock(startMs);
    const parsed = readSpec({
      ...('legs' in spec ? {} : { symbol: 'BTC-31MAR23-24000-C-USDT' }),
      ...('rules' in spec ? {} : { trigger: 23500, target: 1000 }),
      ...spec,
    });
    const holds = holdingsNamed(parsed, { side, qty });
    this.market = new FixtureMarket(this.clock, strikes);
    this.account = new FixtureAccount(this.clock, positionsOf(holds));
    const input = { taskId: 'task000001', spec: parsed, ...holds };
    const actor = createActor(provideEffects(), { input });
    this.#stored = {
      accountId: '1',
      taskId: input.taskId,
      version: 1,
      state: 'IDLE.watching',
      phase: 'waiting',
      snapshotJson: JSON.stringify(actor.getPersistedSnapshot()),
      machine: '1',
    };
    this.created = {
      ...this.#stored,
      path: '',
      eventJson: JSON.stringify({ type: 'CREATED', input, atMs: 0 }),
    };
    this.task = this.#bringUp(this.#stored);
  }

  price(price: string): Promise<void> {
    return this.readings({ index: price });
  }

  readings(readings: Readings): Promise<void> {
    this.market.moveTo(readings);
    this.task.send({ type: 'PRICE', readings });
    return this.clock.advance(0);
  }

  /** The daemon is killed and brings the task back from the last committed record. */
  restart(): void {
    this.task.stop();
    const last = this.journal.records.at(-1);
    this.task = this.#bringUp(
      last
        ? {
            ...this.#stored,
            version: this.journal.version,
            state: last.state,
            phase: last.phase,
            snapshotJson: last.snapshotJson,
          }
        : this.#stored,
    );
  }

  /** Kills the task as soon as its n-th record is committed, before the commit is acknowledged; it comes back at once. */
  crashAfter(crashAt: number): void {
    const commit = this.journal.commit.bind(this.journal);
    this.journal.commit = async (record) => {
      await commit(record);
      if (this.journal.records.length !== crashAt) return;
      this.restart();
      await new Promise(() => {});
    };
  }

  /** Commits that waited go through, in their order. */
  async releaseCommits(): Promise<void> {
    const waiting = this.journal.held ?? [];
    this.journal.held = null;
    for (const release of waiting) release();
    await this.clock.advance(0);
  }

  get alerts() {
    return this.journal.records.flatMap(({ alerts }) => alerts.map(asRead));
  }
  get states() {
    return this.journal.records.map(({ state }) => state);
  }

  #bringUp(stored: StoredTask): TaskActor {
    const task = new TaskActor(stored, {
      machines: this.#machines,
      account: this.account,
      market: this.market,
      clock: this.clock,
      calendar: { known: () => this.calendar, trouble: () => null },
      journal: this.journal,
      isHalted: () => this.isHalted,
      admission: new Admission(this.clock, this.market.rules.orderPace),
      host: {
        turnTaken: () => {},
        fellQuiet: (quiet) => quiet.passivate(),
        lost: (_, error) => this.lost.push(error),
      },
    });
    void this.account.open({
      order: (report) => task.sendToOrder({ type: 'ORDER_REPORTED', report }, report.linkId),
      fill: (fill) => task.sendToOrder({ type: 'FILL_REPORTED', fill }, fill.linkId),
      position: () => {},
      connected: () => task.sendToOrder({ type: 'RECONNECTED' }),
      disconnected: () => {},
    });
    task.start();
    return task;
  }
}
