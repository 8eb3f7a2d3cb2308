/** A websocket server of ours on loopback that answers subscriptions as a test wants, and streams connected to it. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type StreamTimes,
  type StreamTools,
  streamTimes,
} from '../../../src/exchange/bybit/stream/connection-plan.ts';
import { ExchangeClock } from '../../../src/exchange/bybit/time/exchange-clock.ts';
import { localTime } from '../../../src/exchange/bybit/time/local-time.ts';
import { OptionTickers, UnderlyingStream } from '../../../src/exchange/bybit/stream/price-streams.ts';
import { PrivateStream } from '../../../src/exchange/bybit/stream/private-stream.ts';
import { TradeStream } from '../../../src/exchange/bybit/stream/trade-stream.ts';
import { connectionBudget } from '../../../src/exchange/bybit/rest/request-budget.ts';
import type { MarketListener } from '../../../src/ports/market-data.ts';
import { send } from './stream-frames.ts';

export interface StreamRequest {
  readonly op: string;
  readonly req_id?: string;
  readonly args?: readonly string[];
}

export type Answer = (request: StreamRequest, socket: WebSocket) => void;

export const granted = ({ op, req_id = '' }: StreamRequest): object => ({
  success: true,
  ret_msg: '',
  op,
  conn_id: 'c',
  req_id,
});
export const refused = (request: StreamRequest, retMsg: string): object => ({
  ...granted(request),
  success: false,
  ret_msg: retMsg,
});
export const verdict = (failTopics: readonly string[], successTopics: readonly string[]): object => ({
  success: failTopics.length === 0,
  conn_id: 'c',
  type: 'COMMAND_RESP',
  data: { failTopics, successTopics },
});
export const ticker = (symbol: string, ts: number, data: object): object => ({
  topic: `tickers.${symbol}`,
  type: 'snapshot',
  ts,
  data: { symbol, markPrice: '900', indexPrice: '25000', ...data },
});

export async function until(what: string, holds: () => boolean): Promise<void> {
  const endMs = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export class StreamServer {
  readonly requests: StreamRequest[] = [];
  /** What the streams reported: `live BTC`, `stale BTC`, `connected`. */
  readonly reports: string[] = [];
  /** Records of the log, in order. */
  readonly logs: { level: number; msg: string; [field: string]: unknown }[] = [];
  connections = 0;
  answer: Answer = (request, socket) => send(socket, granted(request));
  readonly tools: StreamTools;
  readonly #server: WebSocketServer;
  readonly #closers: { close(): void }[] = [];

  private constructor(server: WebSocketServer, times: Partial<StreamTimes>) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.connections += 1;
      socket.on('error', () => undefined);
      socket.on('message', (data: Buffer) => {
        const request = JSON.parse(data.toString('utf8')) as StreamRequest;
        if (request.op !== 'ping') this.requests.push(request);
        this.answer(request, socket);
      });
    });
    const log = pino(
      { level: 'debug', base: null },
      { write: (line: string) => void this.logs.push(JSON.parse(line) as never) },
    );
    const quick = { backOffFirstMs: 20, backOffCapMs: 20, askAgainFirstMs: 40, askAgainCapMs: 160 };
    this.tools = {
      clock: new ExchangeClock(),
      local: localTime,
      log,
      random: () => 0.5,
      budget: connectionBudget(localTime),
      times: { ...streamTimes, ...quick, ...times },
      counters: { malformedFrames: 0, connections: 0 },
      priceAgeMaxMs: Number.POSITIVE_INFINITY,
    };
  }

  static async open(times: Partial<StreamTimes> = {}): Promise<StreamServer> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    return new StreamServer(server, times);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get sockets(): readonly WebSocket[] {
    return [...this.#server.clients];
  }

  push(frame: object | string | Buffer): void {
    const data = typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame);
    for (const socket of this.sockets) socket.send(data, { binary: Buffer.isBuffer(frame) });
  }

  /** Asked for with `subscribe`, in order. */
  get asked(): string[] {
    return this.requests.filter(({ op }) => op === 'subscribe').flatMap(({ args = [] }) => args);
  }

  prices(...baseCoins: string[]): UnderlyingStream {
    const stream = new UnderlyingStream(this.url, this.#listener, this.tools);
    for (const baseCoin of baseCoins) stream.watch(baseCoin);
    this.#closers.push(stream);
    void stream.open().catch(() => undefined);
    return stream;
  }

  options(...symbols: string[]): OptionTickers {
    const stream = new OptionTickers(this.url, this.#listener, this.tools);
    this.#closers.push(stream);
    for (const symbol of symbols) stream.watch(symbol);
    return stream;
  }

  account(): PrivateStream {
    const key = { accountId: 'a1', apiKey: 'testkey', apiSecret: 'testsecret' };
    const listener = {
      order: ({ linkId }: { linkId: string }) => this.reports.push(`order ${linkId}`),
      fill: ({ execId }: { execId: string }) => this.reports.push(`fill ${execId}`),
      position: ({ symbol }: { symbol: string }) => this.reports.push(`position ${symbol}`),
      connected: () => this.reports.push('connected'),
      disconnected: () => this.reports.push('disconnected'),
    };
    const stream = new PrivateStream({
      url: this.url,
      key,
      listener,
      tools: this.tools,
      onTimeRefused: () => undefined,
    });
    this.#closers.push(stream);
    void stream.open().catch(() => undefined);
    return stream;
  }

  /** The connection for an account's orders. */
  orders(onTimeRefused: () => void = () => undefined): TradeStream {
    const key = { accountId: 'a1', apiKey: 'testkey', apiSecret: 'testsecret' };
    const stream = new TradeStream({ url: this.url, key, tools: this.tools, onTimeRefused });
    this.#closers.push(stream);
    stream.open();
    return stream;
  }

  close(): void {
    for (const closer of this.#closers) closer.close();
    for (const socket of this.sockets) socket.terminate();
    this.#server.close();
  }

  get #listener(): MarketListener {
    return {
      tick: ({ source }) => this.reports.push(`tick ${source}`),
      stale: (_feed, _reason, sources = []) => this.reports.push(`stale ${sources.join()}`),
      live: (_feed, sources = []) => this.reports.push(`live ${sources.join()}`),
    };
  }
}
