/** What no client should send, made from a seed: request lines, handshakes, frames and texts, and bare sockets to send it. */
import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Small numbers from a seed, the same ones each time. */
export function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const oneOf = <T>(below: (max: number) => number, list: readonly T[]): T => list[below(list.length)] as T;

export const paths = [
  '//',
  '///',
  '//evil.example/',
  '/\\',
  '/\\\\evil',
  '/%',
  '/%zz',
  '/%00',
  '/..//..',
  '/?',
  '/?%',
  '/#',
  '*',
  '',
  'http://',
  'http://[',
  'http://127.0.0.1//',
  'https://evil.example/v5/order/create',
  'ws://x:99999999/',
  '?task=%',
  '/__proto__',
  '/constructor',
  '/v5',
  '/v5/',
  '/v5//order',
  '/v5/market/time',
  '/v5/order/create',
  '/v5/private',
  '/v5/trade?max_active_time=%',
  '/v5/public/linear',
  '/v5/public/option?max_active_time=__proto__',
  '/source',
  '/v5/market/tickers?category=option&symbol=__proto__',
  '/v5/market/tickers?category=option&baseCoin=constructor',
  '/v5/market/instruments-info?category=option&cursor=last%3D',
  '/v5/market/orderbook?category=option&limit=1e9',
  '/v5/market/new-delivery-price?category=option&baseCoin=toString',
  '/v5/market/time?__proto__=1&__proto__[x]=2',
];
const methods = ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'BREW', 'get', ''];
const headers = [
  'Host: 127.0.0.1',
  'Host:',
  'Host: [::1',
  'Host: a\r\nHost: b',
  'Origin: null',
  'Origin: http://evil.example',
  'Origin: %',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 99999999999',
  'Content-Length: 1\r\nContent-Length: 2',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked\r\nContent-Length: 3',
  'Connection: Upgrade\r\nUpgrade: websocket',
  'Connection: Upgrade\r\nUpgrade: h2c',
  'Expect: 100-continue',
  'X: \u0000',
  'X-BAPI-API-KEY: k\r\nX-BAPI-SIGN: __proto__\r\nX-BAPI-TIMESTAMP: 1e400',
  'X-BAPI-API-KEY: __proto__\r\nX-BAPI-SIGN: x',
  'Sec-WebSocket-Key: short',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 99',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: a,a',
  'Sec-WebSocket-Extensions: permessage-deflate; x="',
  ' folded: yes',
  ': nameless',
  'no colon at all',
  `X-Long: ${'a'.repeat(20_000)}`,
  'Content-Type: application/json',
];
const bodies = [
  '',
  '{',
  '[]',
  'null',
  '\u0000',
  '5\r\nhello\r\n0\r\n\r\n',
  'zz\r\nhello\r\n',
  'ffffffffffffffff\r\n',
  '0\r\n\r\nGET // HTTP/1.1\r\n\r\n',
  'GET // HTTP/1.1\r\nHost: x\r\n\r\n',
  `{"__proto__":{"x":1}}`,
  '['.repeat(50_000),
  'a'.repeat(200_000),
];

export function request(below: (max: number) => number): string {
  const lines = Array.from({ length: below(6) }, () => oneOf(below, headers));
  const version = oneOf(below, ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9', '']);
  const first = `${oneOf(below, methods)} ${oneOf(below, paths)} ${version}`;
  const whole = [first, 'Host: 127.0.0.1', ...lines, '', oneOf(below, bodies)].join('\r\n');
  // Some are never finished, some are no HTTP at all.
  if (below(12) === 0) return whole.slice(0, below(whole.length));
  return below(25) === 0 ? randomBytes(64).toString('latin1') : whole;
}

export const upgrade = (path: string, host: string, extra: readonly string[] = []): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...extra,
    '\r\n',
  ].join('\r\n');

/** Sends bytes as they are. @returns what came back first, `''` when the other side only closed or waits for more */
export function sendRaw(port: number, bytes: string | Buffer, waitMs = 10_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (text: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => done(''), waitMs);
    socket.on('connect', () => socket.write(bytes, typeof bytes === 'string' ? 'latin1' : undefined));
    socket.on('data', (data) => done(data.toString('latin1')));
    socket.on('close', () => done(''));
    socket.on('error', () => done(''));
  });
}

/** A socket after its handshake, for frames that no library would send. */
export async function rawStream(port: number, path: string): Promise<Socket | null> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(upgrade(path, `127.0.0.1:${port}`));
  const opened = await new Promise<boolean>((resolve) => {
    socket.once('data', (data) => resolve(data.toString('latin1').startsWith('HTTP/1.1 101')));
    socket.once('close', () => resolve(false));
  });
  if (!opened) socket.destroy();
  return opened ? socket : null;
}

/** Any bits in the header, any opcode, masked or not, with a length that may be a lie. */
export function frame(below: (max: number) => number): Buffer {
  const payload = Buffer.from(
    oneOf(below, [texts[below(texts.length)] ?? '', '\u00ff\u00fe', '', 'a'.repeat(200)]),
  );
  const first = below(4) === 0 ? below(256) : (below(2) << 7) | oneOf(below, [0, 1, 2, 8, 9, 10, 3, 15]);
  const claimed = oneOf(below, [payload.length, payload.length, 0, 125, 2 ** 31, 2 ** 40]);
  const isMasked = below(5) !== 0;
  const head = Buffer.alloc(claimed < 126 ? 2 : claimed < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = (isMasked ? 0x80 : 0) | (claimed < 126 ? claimed : claimed < 65_536 ? 126 : 127);
  if (claimed >= 65_536) head.writeBigUInt64BE(BigInt(claimed), 2);
  else if (claimed >= 126) head.writeUInt16BE(claimed, 2);
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([head, ...(isMasked ? [Buffer.alloc(4)] : []), payload.subarray(0, 60_000)]);
}

const ops = [
  'subscribe',
  'unsubscribe',
  'auth',
  'ping',
  'order.create',
  'order.cancel',
  'order.create-batch',
  '__proto__',
];
const args = [
  '[]',
  '{}',
  'null',
  '"x"',
  '[null]',
  '[{}]',
  '[[]]',
  '[{"__proto__":1}]',
  '["__proto__"]',
  '["tickers.__proto__"]',
  '["tickers.constructor"]',
  '["orderbook.1e9.BTCUSDT"]',
  '["publicTrade."]',
  '["k",1e999,"x"]',
  '["k",{},"x"]',
  '["__proto__",1,"x"]',
  '["order","order.option"]',
  `["${'a'.repeat(30_000)}"]`,
  `[${'0,'.repeat(30_000)}0]`,
  '[{"category":"option","symbol":"__proto__","side":"Buy","orderType":"Limit","qty":"1e999","price":"-0"}]',
];
/** Texts of frames: every op with every kind of arguments, and what is no request. */
export const texts: readonly string[] = [
  ...ops.flatMap((op) =>
    args.map((each) => `{"op":${JSON.stringify(op)},"req_id":"1","reqId":"1","args":${each}}`),
  ),
  '',
  '{',
  'null',
  '7',
  '"x"',
  '[]',
  '{"op":7}',
  '{"op":null,"args":[]}',
  '{"op":["subscribe"]}',
  '{"op":{"a":1}}',
  '{"__proto__":{"op":"ping"}}',
  '{"op":"ping","req_id":{}}',
  '{"op":"ping","reqId":"' + 'x'.repeat(99) + '"}',
  '{"op":"order.create","header":{"__proto__":"x","X-BAPI-TIMESTAMP":1e999},"args":[{}]}',
  '\ud800',
  '{"op":"\\ud800"}',
  '{"type":"@xstate.actor","sessionId":"__proto__"}',
  '{"type":"@xstate.event"}',
  '{"type":"__proto__","sessionId":"x"}',
  '['.repeat(60_000),
  `{"op":"subscribe","args":${'['.repeat(40_000)}${']'.repeat(40_000)}}`,
];

const amounts = [
  '5',
  '0.05',
  '100',
  '-0',
  '1e999',
  '9'.repeat(40),
  '0.'.padEnd(60_000, '3'),
  '',
  'NaN',
  '__proto__',
  null,
  {},
];
/** An order that is nearly one: each field right, wrong, absurd or away. */
export function order(below: (max: number) => number): Record<string, unknown> {
  const symbols = [
    'BTC-31MAR23-25000-C-USDT',
    'BTC-31MAR23-25000-C-USDT',
    '__proto__',
    'BTC--',
    7,
    'XRP-31MAR23-1-C-USDT',
  ];
  const some: Record<string, unknown> = {
    category: oneOf(below, ['option', 'option', 'option', 'option', 'linear', 1]),
    symbol: oneOf(below, symbols),
    side: oneOf(below, ['Buy', 'Sell', 'Buy', 'Sell', 'constructor']),
    orderType: oneOf(below, ['Limit', 'Limit', 'Market', 'Iceberg']),
    qty: oneOf(below, ['0.05', '0.05', '1', ...amounts]),
    price: oneOf(below, ['500', '500', ...amounts]),
    orderLinkId: oneOf(below, [`x-${below(1e9)}`, `x-${below(1e9)}`, 'x'.repeat(99), '__proto__', 7]),
    timeInForce: oneOf(below, ['GTC', 'IOC', 'FOK', 'PostOnly', 'RPI', null]),
    ...(below(4) === 0 ? { orderIv: oneOf(below, ['0.5', '0', ...amounts]) } : {}),
    ...(below(4) === 0 ? { reduceOnly: oneOf(below, [true, false, 'true']) } : {}),
    ...(below(6) === 0 ? { takeProfit: oneOf(below, amounts) } : {}),
  };
  return Object.fromEntries(Object.entries(some).filter(() => below(15) !== 0));
}

/** Runs so many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
) {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

export const settle = (): Promise<void> => sleep(50);
