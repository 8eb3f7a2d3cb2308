/** One account as one daemon sees it over its link: orders, look-ups that may lag, and a private stream that may fail. */
import { isPositive } from '../../../src/domain/money.ts';
import type {
  Margin,
  OrderRequest,
  OrderSighting,
  Position,
  Settlement,
} from '../../../src/domain/market/order.ts';
import type { CheckedOrder, PreCheck } from '../../../src/domain/market/pre-check.ts';
import { KeptAccount } from '../../../src/exchange/bybit/kept/kept-account.ts';
import type { NumberedPosition } from '../../../src/exchange/bybit/kept/kept-positions.ts';
import { FastFills } from '../../../src/exchange/bybit/stream/fast-fills.ts';
import type { Command } from '../../../src/exchange/bybit/errors.ts';
import { readHolding } from '../../../src/exchange/bybit/symbols.ts';
import type { Account } from '../../../src/exchange/paper/engine/account.ts';
import type { Refusal } from '../../../src/exchange/paper/engine/refusal.ts';
import { isOpen, type PaperFill, type PaperOrder } from '../../../src/exchange/paper/engine/types.ts';
import type { StandingStop, StopFill } from '../../../src/domain/market/stops.ts';
import type { AccountListener, OrderRef, StopRequest, TradingAccount } from '../../../src/ports/exchange.ts';
import type { AccountSink } from './exchange.ts';
import type { Link } from './link.ts';
import { askToCheck } from './pre-check.ts';
import { localTimeOf } from './streams.ts';
import { undo } from './undo-fill.ts';
import {
  fillOf,
  marginOf,
  positionOf,
  reportOf,
  stopFillsOf,
  stopKindOf,
  stopsOf,
} from '../../../src/backtest/translate.ts';

/** Told of every order as it leaves, before the network has it, and when its request has been answered. */
export interface OnSubmit {
  readonly leaves?: (order: OrderRequest) => void;
  readonly isAnswered?: (order: OrderRequest) => void;
}

/** What is asked for is so already. */
const notModified = 34040;

interface WriteRequest {
  readonly notAfterMs: number;
  readonly act: () => object | Refusal;
  readonly onLeave?: () => void;
}

export class SimAccount implements TradingAccount {
  readonly #link: Link;
  readonly #account: Account;
  readonly #onSubmit: OnSubmit;
  /** What its stream has told, as the adapter keeps it. */
  readonly #kept: KeptAccount | null;
  readonly #fast: FastFills;
  #listener: AccountListener | null = null;
  #unfollow: () => void = () => undefined;
  /** `deaf`: the daemon takes it for connected, but nothing arrives. */
  #stream: 'down' | 'live' | 'deaf' = 'down';
  #asked = 0;

  constructor(link: Link, apiKey: string, onSubmit: OnSubmit) {
    this.#link = link;
    this.#account = link.parts.exchange.account(apiKey);
    this.#onSubmit = onSubmit;
    const { keepsReadings, process, timeline } = link.parts;
    const reads = {
      positions: () => this.#askPositions(),
      margin: () => this.#askMargin(),
      stops: () => this.#askStops(),
      preCheck: (order: CheckedOrder) => askToCheck(link, this.#account, order),
    };
    const local = localTimeOf(process, timeline);
    this.#kept = keepsReadings === true ? new KeptAccount(reads, local) : null;
    this.#fast = new FastFills({
      local,
      overdue: (fill) => {
        link.met('fills told ahead of late ones');
        this.#listener?.fill(fill);
      },
    });
  }

  async open(listener: AccountListener): Promise<void> {
    this.#listener = listener;
    await this.#read('stream', () => null);
    this.#connect();
  }

  close(): Promise<void> {
    this.#listener = null;
    this.#kept?.prepare(false);
    this.#disconnect();
    return Promise.resolve();
  }

  /** The stream falls silent, the daemon notices after `silentMs`, and it is back after `awayMs` more. */
  breakStream(silentMs: number, awayMs: number): void {
    if (this.#stream !== 'live') return;
    const { process } = this.#link.parts;
    this.#stream = 'deaf';
    process.after(silentMs, () => {
      this.#disconnect();
      this.#listener?.disconnected('the stream broke');
      process.after(awayMs, () => {
        if (!this.#listener) return;
        this.#connect();
      });
    });
  }

  submit(order: OrderRequest, notAfterMs: number): Promise<void> {
    const { linkId, symbol, side, qty, price, timeInForce, reduceOnly } = order;
    const create = () =>
      this.#engine.create(this.#account, {
        linkId,
        symbol,
        side,
        qty,
        price,
        timeInForce,
        reduceOnly,
        orderType: 'Limit',
        orderIv: null,
      });
    const onLeave = () => this.#onSubmit.leaves?.(order);
    return this.#write('create', { linkId, symbol }, { notAfterMs, act: create, onLeave }).finally(() =>
      this.#onSubmit.isAnswered?.(order),
    );
  }

  amend(order: OrderRef & { readonly price: string }, notAfterMs: number): Promise<void> {
    const { linkId, symbol, price } = order;
    const act = () => this.#engine.amend(this.#account, { linkId, symbol }, { price });
    return this.#write('amend', order, { notAfterMs, act });
  }

  cancel(order: OrderRef, notAfterMs: number): Promise<void> {
    const act = () => this.#engine.cancel(this.#account, order);
    return this.#write('cancel', order, { notAfterMs, act });
  }

  /** Three requests one after another, as the adapter makes them: each sees the account at another moment. */
  async findOrder(ref: OrderRef): Promise<OrderSighting> {
    const order =
      (await this.#read('/v5/order/realtime', () => this.#order(ref, '/v5/order/realtime'))) ??
      (await this.#read('/v5/order/history', () => this.#order(ref, '/v5/order/history')));
    if (order && !isPositive(order.executedQty)) return { order: reportOf(order), fills: [] };
    const fills = await this.#read('/v5/execution/list', () =>
      this.#account.state.fills.filter(
        (fill) =>
          fill.linkId === ref.linkId && this.#isVisible('/v5/execution/list', ref.linkId, fill.execId),
      ),
    );
    return { order: order && reportOf(order), fills: fills.map(fillOf) };
  }

  prepare(isNear: boolean): void {
    this.#kept?.prepare(isNear && this.#listener !== null);
  }

  stops(ageMaxMs = 0): Promise<readonly StandingStop[]> {
    return this.#kept?.stops(ageMaxMs) ?? this.#askStops();
  }

  #askStops(): Promise<readonly StandingStop[]> {
    return this.#read('/v5/order/realtime', () => stopsOf(this.#account));
  }

  stopFills(symbol: string): Promise<readonly StopFill[]> {
    return this.#read('/v5/order/history', () => stopFillsOf(this.#account, symbol));
  }

  setStop({ symbol, mark }: StopRequest, notAfterMs: number): Promise<void> {
    const act = () => {
      const refusal = this.#engine.setStops(this.#account, symbol, { stopLoss: mark ?? '0' });
      return refusal === null || refusal.code === notModified ? {} : refusal;
    };
    return this.#write('amend', { linkId: '', symbol }, { notAfterMs, act });
  }

  position(symbol: string): Promise<Position> {
    return this.#read('/v5/position/list', () => this.#positionSeen(symbol));
  }

  positions(ageMaxMs = 0): Promise<readonly Position[]> {
    return this.#kept
      ? this.#keptPositions(this.#kept, ageMaxMs)
      : this.#read('/v5/position/list', () => this.#positionsSeen().map(({ position }) => position));
  }

  async #keptPositions(kept: KeptAccount, ageMaxMs: number): Promise<readonly Position[]> {
    const asked = this.#asked;
    const positions = await kept.positions(ageMaxMs);
    if (ageMaxMs > 0) this.#link.met(asked === this.#asked ? 'positions kept' : 'positions asked for');
    return positions;
  }

  #askPositions(): Promise<readonly NumberedPosition[]> {
    this.#asked += 1;
    return this.#read('/v5/position/list', () => this.#positionsSeen());
  }

  #positionsSeen(): readonly NumberedPosition[] {
    const { positions } = this.#account.state;
    const hidden = new Set(this.#hiddenFills().map(({ symbol }) => symbol));
    return [...new Set([...Object.keys(positions), ...hidden])]
      .map((symbol) => ({
        position: this.#positionSeen(symbol),
        seq: hidden.has(symbol) ? null : (positions[symbol]?.seq ?? null),
      }))
      .filter(({ position: { side } }) => side !== null);
  }

  holding(symbol: string): Promise<string> {
    const isCoin = readHolding(symbol)?.kind === 'coin';
    const endpoint = isCoin ? '/v5/account/wallet-balance' : '/v5/position/list';
    return this.#read(endpoint, () => this.#account.holding(symbol));
  }

  margin(ageMaxMs = 0): Promise<Margin> {
    return this.#kept?.margin(ageMaxMs) ?? this.#askMargin();
  }

  #askMargin(): Promise<Margin> {
    return this.#read('/v5/account/wallet-balance', () => this.#marginNow());
  }

  #marginNow(): Margin {
    const { market } = this.#link.parts.exchange;
    return marginOf(this.#account, market, this.#engine.context.settings);
  }

  preCheck(order: CheckedOrder, ageMaxMs = 0): Promise<PreCheck> {
    if (order.reduceOnly) return Promise.resolve({ kind: 'notOffered' });
    return this.#kept?.preCheck(order, ageMaxMs) ?? askToCheck(this.#link, this.#account, order);
  }

  settlement({ symbol }: { readonly symbol: string }): Promise<Settlement | null> {
    return this.#read('/v5/asset/delivery-record', () => {
      const found = this.#account.state.deliveries.find((each) => each.symbol === symbol);
      return found ?? null;
    });
  }

  get #engine() {
    return this.#link.parts.exchange.engine;
  }

  #write(
    command: Command,
    { linkId, symbol }: OrderRef,
    { notAfterMs, act, onLeave = () => undefined }: WriteRequest,
  ): Promise<void> {
    const site = { apiKey: this.#account.apiKey, endpoint: `/v5/order/${command}`, linkId, symbol };
    return this.#link.send({ command, site, act, notAfterMs, onLeave }).then(() => undefined);
  }

  #read<T>(endpoint: string, act: () => T): Promise<T> {
    return this.#link.send({ command: 'read', site: { apiKey: this.#account.apiKey, endpoint }, act });
  }

  #order({ linkId }: OrderRef, endpoint: string): PaperOrder | null {
    const order = this.#account.find({ linkId });
    if (!order || order.status === 'Accepted') return null;
    if (!this.#isVisible(endpoint, linkId, order.orderId)) return null;
    const isForgotten = this.#account.state.orders.indexOf(order) < this.#account.realtimeFrom;
    if (endpoint === '/v5/order/history') return isOpen(order) ? null : { ...order };
    return isOpen(order) || !isForgotten ? { ...order } : null;
  }

  /** Positions lag like everything else: they may not show the latest fills yet. */
  #positionSeen(symbol: string): Position {
    const now = positionOf(this.#account, symbol);
    return this.#hiddenFills()
      .filter((fill) => fill.symbol === symbol)
      .reduce(undo, now);
  }

  #hiddenFills(): readonly PaperFill[] {
    const endpoint = '/v5/position/list';
    const { fills } = this.#account.state;
    const from = fills.findLastIndex((fill) => this.#isVisible(endpoint, fill.linkId, fill.execId));
    return fills.slice(from + 1);
  }

  #isVisible(endpoint: string, linkId: string, changeId: string): boolean {
    const { exchange, timeline } = this.#link.parts;
    const fault = exchange.faults.pending('staleReads', { apiKey: this.#account.apiKey, endpoint, linkId });
    if (!fault) return true;
    return timeline.nowMs() - (this.#account.changedWallMs.get(changeId) ?? -Infinity) >= fault.ms;
  }

  #connect(): void {
    const { exchange } = this.#link.parts;
    this.#disconnect();
    this.#stream = 'live';
    this.#unfollow = exchange.follow(this.#account.apiKey, this.#sink());
    this.#kept?.live();
    this.#listener?.connected();
  }

  #disconnect(): void {
    this.#kept?.forget();
    this.#fast.forget();
    this.#unfollow();
    this.#unfollow = () => undefined;
    this.#stream = 'down';
  }

  #sink(): AccountSink {
    return {
      order: (order) =>
        this.#deliver(() => {
          if (order.stop) this.#kept?.stopChanged();
          this.#kept?.order(reportOf(order));
          this.#listener?.order(reportOf(order));
          if (order.stop) this.#listener?.stop?.(stopKindOf(order.stop), order.symbol);
        }),
      fill: (fill) => {
        if (this.#kept) this.#tellAhead(this.#kept, fill);
        this.#deliver(() => {
          this.#fast.came(fill);
          this.#kept?.fill(fillOf(fill), fill.seq);
          this.#listener?.fill(fillOf(fill));
        });
      },
      position: (symbol) => {
        const position = positionOf(this.#account, symbol);
        this.#deliver(() => this.#listener?.position(position));
      },
      ...(this.#kept && this.#keeping(this.#kept)),
    };
  }

  /** Comes in time however late the rest is, and now and then not at all. */
  #tellAhead(kept: KeptAccount, fill: PaperFill): void {
    const { process, chance } = this.#link.parts;
    if (this.#stream !== 'live' || chance.happens(0.1)) return;
    const told = {
      ...fillOf(fill),
      linkId: fill.isMaker ? '' : fill.linkId,
      fee: '0',
      isFast: true,
    } as const;
    process.after(this.#link.latencyMs(), () => {
      if (this.#stream !== 'live') return;
      kept.fill(told, fill.seq);
      this.#fast.told(told);
    });
  }

  #keeping(kept: KeptAccount): Required<Pick<AccountSink, 'moved' | 'wallet'>> {
    return {
      moved: (symbol) => {
        const position = positionOf(this.#account, symbol);
        // One that is flat has no row any more: it is as of what was traded last.
        const seq = this.#account.state.positions[symbol]?.seq ?? this.#engine.context.seq;
        this.#deliver(() => {
          kept.position({ position, seq });
          this.#listener?.position(position);
        });
      },
      wallet: () => {
        const margin = this.#marginNow();
        this.#deliver(() => kept.wallet(margin));
      },
    };
  }

  #deliver(report: () => void): void {
    const { process, chance, weather, exchange } = this.#link.parts;
    if (this.#stream !== 'live') return;
    const nowMs = exchange.nowMs();
    const isJumbled = nowMs < weather.jumbledUntilMs;
    const lateMs = weather.streams.account.lateMs(nowMs);
    if (lateMs > 0) this.#link.met('messages of accounts that came late');
    const times = isJumbled && chance.happens(0.3) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      process.after(lateMs + (isJumbled ? chance.between(1, 2_000) : this.#link.latencyMs()), () => {
        if (this.#stream === 'live') report();
      });
    }
  }
}
