/**
 * The process of the exchange: the paper exchange with accounts that each hold one short call, commanded by its parent.
 * It notes when each request arrived, and reads off its own books what the tasks traded after a price. Times are of its own
 * monotonic clock, so that no queue of another process is measured.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { startPaperExchange, type PaperExchange } from '../../../src/exchange/paper/exchange.ts';
import { Connection } from '../../../src/exchange/paper/server/connection.ts';
import type { Stream } from '../../../src/exchange/paper/server/frames.ts';
import { TradeStream } from '../../../src/exchange/paper/server/trade-stream.ts';
import { obeyParent } from '../../support/commanded-process.ts';
import { callSymbol, startMs } from '../../support/daemon-fixture.ts';
import type { ExchangeCommands, ExchangeOptions } from './exchange-words.ts';
import { farFrom } from './far-wire.ts';
import { tallyHerd } from './herd-tally.ts';

const createPath = '/v5/order/create';

type Send = (this: Connection, text: string) => void;
type OnFrame = (this: TradeStream, ...given: Parameters<Stream['received']>) => void | Promise<void>;

interface Seen {
  readonly path: string;
  readonly arrivedMs: number;
}

/** Signed requests and readings since the last price, and orders by websocket; our own floor is not signed. */
class Traffic {
  requests: Seen[] = [];
  /** When the last execution was told. */
  toldMs = 0;
  onCreate: (() => void) | null = null;

  constructor() {
    // An order that comes by websocket is noted once its frame is parsed, one that comes by HTTP once its head is.
    const received: OnFrame = Reflect.get(TradeStream.prototype, 'received');
    const noting: OnFrame = function (connection, frame) {
      if (frame?.op === 'order.create') note();
      return received.call(this, connection, frame);
    };
    Reflect.set(TradeStream.prototype, 'received', noting);
    const send: Send = Reflect.get(Connection.prototype, 'sendText');
    const sending: Send = function (text) {
      send.call(this, text);
      if (text.includes('"topic":"execution')) told();
    };
    Reflect.set(Connection.prototype, 'sendText', sending);
    const told = (): void => void (this.toldMs = performance.now());
    const note = (): void => {
      if (this.onCreate === null) return;
      this.requests.push({ path: createPath, arrivedMs: performance.now() });
      this.onCreate();
    };
    subscribe('http.server.request.start', (message) => {
      if (this.onCreate === null) return;
      const { request } = message as { request: IncomingMessage };
      const path = (request.url ?? '').split('?')[0] ?? '';
      if (path === createPath && request.headers['x-bapi-api-key'] === undefined) return;
      this.requests.push({ path, arrivedMs: performance.now() });
      if (path === createPath) this.onCreate();
    });
  }
}

const accountsOf = ({ accounts, prefix, qty }: ExchangeOptions) =>
  Array.from({ length: accounts }, (_, at) => ({
    apiKey: `${prefix}${at}`,
    apiSecret: 'bench-secret',
    usdt: '1000000000',
    usdc: '1000000000',
    positions: [{ symbol: callSymbol, side: 'Sell' as const, qty }],
  }));

function commandsOf(paper: PaperExchange): ExchangeCommands {
  const traffic = new Traffic();
  return {
    addresses: (awayMs) => {
      const near = { url: paper.url, wsUrl: paper.wsUrl };
      return awayMs === 0 ? near : farFrom(near, awayMs);
    },
    open: (options) => accountsOf(options).forEach((account) => paper.addAccount(account)),
    ordersAccepted: () => paper.stats().ordersAccepted,
    nowMs: () => paper.player.nowMs(),
    setIndex: (price) => {
      const atMs = paper.player.nowMs();
      paper.setIndex('BTC', price);
      return atMs;
    },
    react: (price) =>
      new Promise((resolve) => {
        traffic.requests = [];
        traffic.onCreate = () => {
          const { requests } = traffic;
          const [first = 0, second] = requests.flatMap(({ path }, at) => (path === createPath ? at : []));
          if (second === undefined) return;
          traffic.onCreate = null;
          resolve({
            totalMs: (requests[first]?.arrivedMs ?? 0) - tickMs,
            intervalMs: (requests[second]?.arrivedMs ?? 0) - traffic.toldMs,
            asked: first,
            askedBetween: second - first - 1,
          });
        };
        paper.setIndex('BTC', price);
        // The frame was written before `setIndex` came back.
        const tickMs = performance.now();
      }),
    tally: (options) => tallyHerd(paper, options),
  };
}

const paper = await startPaperExchange({
  source: { kind: 'manual', prices: { BTC: '23500' }, startMs },
  accounts: [],
  // So deep that no order of a herd finds an empty book.
  depth: { size: 1_000_000 },
});
obeyParent(commandsOf(paper));
