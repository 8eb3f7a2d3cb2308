/**
 * A paper exchange, the adapter connected to it, and receivers of what its streams report: what the contract tests of
 * the exchange share. Waits and time-outs are short, and in local time.
 */
import { noProgress, noteReport } from '../../src/domain/orders/order-progress.ts';
import { pino } from 'pino';
import type { Fill, OrderReport, Position } from '../../src/domain/market/order.ts';
import { type BybitExchange, createBybitExchange } from '../../src/exchange/bybit/adapter.ts';
import { endpoints } from '../../src/exchange/bybit/rest/endpoints.ts';
import { type PaperExchange, startPaperExchange } from '../../src/exchange/paper/exchange.ts';
import type { TradingAccount } from '../../src/ports/exchange.ts';
import type { ObservedRequest } from '../../src/ports/observer.ts';
import type { Feed, Tick } from '../../src/ports/market-data.ts';

export const startMs = Date.UTC(2023, 2, 1);
/** Held short, 0.5, when a fixture opens. */
export const short = 'BTC-31MAR23-26000-C-USDT';
export const key = { accountId: 'a1', apiKey: 'paper-key', apiSecret: 'paper-secret' };
/** For writes whose decision may have any age. */
export const whenever = Number.POSITIVE_INFINITY;
export const log = pino({ level: 'silent' });

/** What an account's stream has reported so far. */
export class ReceivedReports {
  readonly orders: OrderReport[] = [];
  readonly fills: Fill[] = [];
  readonly stream: string[] = [];
  readonly order = (report: OrderReport): void => void this.orders.push(report);
  readonly fill = (fill: Fill): void => void this.fills.push(fill);
  readonly positions: Position[] = [];
  stops = 0;
  readonly stop = (): void => void (this.stops += 1);
  readonly position = (position: Position): void => void this.positions.push(position);
  readonly connected = (): void => void this.stream.push('connected');
  readonly disconnected = (reason: string): void => void this.stream.push(`disconnected: ${reason}`);
  /** What is known of an order: reports may repeat, come late or out of order, so the last to arrive need not be the newest. */
  last(linkId: string): OrderReport | undefined {
    const ours = this.orders.filter((report) => report.linkId === linkId);
    return ours.reduce(noteReport, noProgress).report ?? undefined;
  }
}

export async function until(what: string, holds: () => boolean, maxMs = 60_000): Promise<void> {
  const endMs = performance.now() + maxMs;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`waited ${maxMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What the market has reported so far. */
export class Watched {
  readonly ticks: Tick[] = [];
  readonly feed: string[] = [];
  readonly tick = (...ticks: readonly Tick[]): void => void this.ticks.push(...ticks);
  readonly stale = (feed: Feed, reason: string): void =>
    void this.feed.push(`${feed === 'options' ? 'options ' : ''}stale: ${reason}`);
  readonly live = (feed: Feed): void => void this.feed.push(feed === 'options' ? 'options live' : 'live');
}

export interface EngineFixture {
  readonly paper: PaperExchange;
  readonly bybit: BybitExchange;
  readonly account: TradingAccount;
  readonly received: ReceivedReports;
  /** Every request of the adapter, as it ended. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

/** Requests as an observer is told of them, as `create websocket ok`. */
export class CountedRequests {
  readonly seen: string[] = [];
  readonly request = ({ kind, way, result }: ObservedRequest): void =>
    void this.seen.push(`${kind} ${way} ${result}`);
}

export interface Connecting {
  readonly timeoutMs: number;
  readonly staleAfterMs: number;
  /** Default: by REST alone. */
  readonly ordersBySocket?: boolean;
  readonly observer?: CountedRequests;
}

export const connect = (
  paper: PaperExchange,
  { timeoutMs, staleAfterMs, ordersBySocket = false, observer }: Connecting,
): BybitExchange =>
  createBybitExchange({
    ...endpoints.paper({ restUrl: paper.url, wsUrl: paper.wsUrl }),
    log,
    timeoutMs,
    ordersBySocket,
    observer,
    random: () => 0.5,
    times: {
      backOffFirstMs: 40,
      backOffCapMs: 200,
      staleAfterMs,
      staleMaxMs: 1_000,
      pingEveryMs: 600,
      pongMaxMs: 300,
    },
  });

/** Whether the connection for orders takes one now. */
export const takesOrders = (bybit: BybitExchange): boolean =>
  bybit
    .standing()
    .streams.some(({ stream, wanted, down }) => stream === 'orders' && wanted > 0 && down === 0);

export interface OpeningFixture {
  /** At which the position was sold; its mark by default. */
  readonly averagePrice?: string;
  /** Orders go over the websocket, which takes them when the fixture is open. Default: by REST. */
  readonly ordersBySocket?: boolean;
}

export async function openFixture({
  averagePrice,
  ordersBySocket = false,
}: OpeningFixture = {}): Promise<EngineFixture> {
  const position = { symbol: short, side: 'Sell', qty: '0.5' } as const;
  const paper = await startPaperExchange({
    source: { kind: 'manual', prices: { BTC: '23500' }, startMs },
    accounts: [
      {
        apiKey: key.apiKey,
        apiSecret: key.apiSecret,
        usdt: '100000',
        positions: [averagePrice === undefined ? position : { ...position, averagePrice }],
      },
    ],
  });
  const observer = new CountedRequests();
  const bybit = connect(paper, { timeoutMs: 700, staleAfterMs: 5_000, ordersBySocket, observer });
  const account = bybit.account(key);
  const received = new ReceivedReports();
  await account.open(received);
  if (ordersBySocket) await until('orders are taken on the socket', () => takesOrders(bybit));
  const close = async (): Promise<void> => {
    await bybit.close();
    await paper.close();
  };
  return { paper, bybit, account, received, requests: observer.seen, close };
}
