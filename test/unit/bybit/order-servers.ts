/** A server for orders by websocket that answers as each test wants, and a REST server beside it that counts what arrives there. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach } from 'vitest';
import type { WebSocket } from 'ws';
import { AccountRest } from '../../../src/exchange/bybit/rest/account-rest.ts';
import { addressBudget } from '../../../src/exchange/bybit/rest/request-budget.ts';
import { RestChannel } from '../../../src/exchange/bybit/rest/rest.ts';
import type { TradeStream } from '../../../src/exchange/bybit/stream/trade-stream.ts';
import { localTime } from '../../../src/exchange/bybit/time/local-time.ts';
import { send } from './stream-frames.ts';
import { StreamServer, until } from './stream-server.ts';

export interface OrderFrame {
  readonly op: string;
  readonly reqId: string;
  readonly header: Readonly<Record<string, string>>;
  readonly args: readonly Readonly<Record<string, unknown>>[];
}
export type OnOrder = (frame: OrderFrame, socket: WebSocket) => void;

export const symbol = 'BTC-31MAR23-26000-C-USDT';
export const whenever = Number.POSITIVE_INFINITY;
export const order = {
  linkId: 'close-a-v1',
  symbol,
  side: 'Buy',
  qty: '0.1',
  price: '625',
  timeInForce: 'IOC',
  reduceOnly: true,
} as const;

export let server: StreamServer;
let rest: http.Server;
export let channel: RestChannel;
export let account: AccountRest;
export let orders: TradeStream;
/** Frames about orders, as they arrived. */
export let frames: OrderFrame[];
/** Paths of the requests that arrived over REST, and what they are answered. */
export let posts: string[];
export let timesRefused: number;

export const answer = ({ reqId, op }: OrderFrame, retCode = 0, retMsg = 'OK'): object => ({
  reqId,
  retCode,
  retMsg,
  op,
  data: { orderId: '1', orderLinkId: order.linkId },
  retExtInfo: {},
  header: { 'X-Bapi-Limit': '10', 'X-Bapi-Limit-Status': '9', Timenow: String(Date.now()) },
  connId: 't',
});
export const acknowledge: OnOrder = (frame, socket) => send(socket, answer(frame));
export const refuse =
  (retCode: number, retMsg = 'so it is'): OnOrder =>
  (frame, socket) =>
    send(socket, answer(frame, retCode, retMsg));
export const isLive = (): Promise<void> => until('orders are taken', () => orders.isLive);
export const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );
export const submit = (linkId: string = order.linkId): Promise<void> =>
  account.submit({ ...order, linkId }, whenever);
export const said = (msg: string): readonly object[] => server.logs.filter((line) => line.msg.includes(msg));

export const channelOf = (timeoutMs: number): RestChannel =>
  new RestChannel(
    {
      restUrl: `http://127.0.0.1:${(rest.address() as AddressInfo).port}`,
      clock: server.tools.clock,
      local: localTime,
      timeoutMs,
      address: addressBudget(localTime),
      onTimeRefused: () => (timesRefused += 1),
    },
    { apiKey: 'testkey', apiSecret: 'testsecret' },
  );

/** @param withheldMaxMs how long orders go by REST where another socket would not help */
export async function open({ timeoutMs = 20_000, withheldMaxMs = 600_000 } = {}): Promise<void> {
  server = await StreamServer.open({ pingEveryMs: 60_000, pongMaxMs: 30_000, withheldMaxMs });
  server.answer = (request, socket) => {
    if (request.op === 'auth') send(socket, script.authAnswer);
    else if (request.op.startsWith('order.')) {
      const frame = request as unknown as OrderFrame;
      frames.push(frame);
      script.onOrder(frame, socket);
    } else if (script.answersPings)
      send(socket, { retCode: 0, retMsg: 'OK', op: 'pong', data: ['1'], connId: 't' });
  };
  channel = channelOf(timeoutMs);
  account = new AccountRest(channel);
  orders = server.orders(() => (timesRefused += 1));
  channel.sendOrdersBy(orders);
}

/** What the servers answer. */
export const script: { onOrder: OnOrder; authAnswer: object; restAnswer: string; answersPings: boolean } = {
  onOrder: acknowledge,
  authAnswer: {},
  restAnswer: '',
  answersPings: true,
};

/** Gives every test of a file servers of its own. */
export function useOrderServers(): void {
  beforeEach(async () => {
    [frames, posts, timesRefused] = [[], [], 0];
    script.answersPings = true;
    script.onOrder = acknowledge;
    script.authAnswer = { retCode: 0, retMsg: 'OK', op: 'auth', connId: 't' };
    script.restAnswer = JSON.stringify({ retCode: 0, retMsg: 'OK', result: {}, time: Date.now() });
    rest = http.createServer((request, response) => {
      posts.push(request.url ?? '');
      request.resume().on('end', () => response.end(script.restAnswer));
    });
    rest.listen(0, '127.0.0.1');
    await once(rest, 'listening');
  });

  afterEach(() => {
    server.close();
    channel.close();
    rest.closeAllConnections();
    rest.close();
  });
}
