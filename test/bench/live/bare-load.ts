/**
 * How many orders the paper exchange takes in a second from a client that only sends: signed creates over
 * sockets that stay open, each the close of a short call as a roll sends it. A process of its own.
 */
import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { callSymbol } from '../../support/daemon-fixture.ts';
import type { BareOrder } from './bare-accepts.ts';

/** Enough that the exchange always has the next one before it has answered the last. */
const socketsTotal = 64;

process.once('message', (order: BareOrder) => {
  void run(order).then((tookMs) => process.send?.(tookMs));
});
process.on('disconnect', () => process.exit());

async function run(order: BareOrder): Promise<number> {
  const { port, hostname } = new URL(order.url);
  const sockets = await Promise.all(
    Array.from({ length: Math.min(socketsTotal, order.total) }, () => open(Number(port), hostname)),
  );
  const startedMs = performance.now();
  let next = 0;
  await Promise.all(
    sockets.map(async (socket) => {
      while (next < order.total) {
        const answer = await exchange(socket, requestOf(order, (next += 1)));
        if (!answer.includes('"retCode":0,')) throw new Error(`a bare order was refused: ${answer}`);
      }
    }),
  );
  const tookMs = performance.now() - startedMs;
  for (const socket of sockets) socket.destroy();
  return tookMs;
}

function requestOf({ prefix, accounts, price, mark, skewMs }: BareOrder, at: number): string {
  const body = JSON.stringify({
    category: 'option',
    symbol: callSymbol,
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.01',
    price,
    timeInForce: 'IOC',
    reduceOnly: true,
    orderLinkId: `${mark}-${at}`,
  });
  const apiKey = `${prefix}${at % accounts}`;
  const timestamp = String(Math.round(Date.now() + skewMs));
  const signature = createHmac('sha256', 'bench-secret').update(`${timestamp}${apiKey}5000${body}`);
  return [
    'POST /v5/order/create HTTP/1.1',
    'host: exchange',
    'content-type: application/json',
    `content-length: ${body.length}`,
    `x-bapi-api-key: ${apiKey}`,
    `x-bapi-timestamp: ${timestamp}`,
    'x-bapi-recv-window: 5000',
    `x-bapi-sign: ${signature.digest('hex')}`,
    '',
    body,
  ].join('\r\n');
}

const open = (port: number, host: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });

/** One request, and its answer with headers. */
function exchange(socket: Socket, request: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!isWhole(text)) return;
      socket.off('data', onData);
      resolve(text);
    };
    socket.on('data', onData);
    socket.write(request);
  });
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  return headEnd >= 0 && length !== undefined && text.length >= headEnd + 4 + Number(length);
}
