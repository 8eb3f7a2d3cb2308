/** What a broken or hostile exchange may send: malformed rows, JSON texts and whole HTTP answers, from a seed. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

export type Random = () => number;

/** The same numbers for the same seed, in [0, 1). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <T>(random: Random, from: readonly T[]): T => {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error('nothing to pick from');
  return chosen;
};

const nested = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

/** Texts that stand where a value should, as JSON. */
const values: readonly string[] = [
  'null',
  'true',
  'false',
  '[]',
  '{}',
  '""',
  '0',
  '-1',
  '1e308',
  '-1e308',
  '1e999',
  '123456789012345678901',
  '"NaN"',
  '"Infinity"',
  '"-Infinity"',
  '"0x10"',
  '"1e40"',
  '"1e600000000"',
  '"1e9999999999999999999"',
  '"-1e-10000000"',
  '"1,000"',
  '" 5"',
  '"٣"',
  '"-"',
  '"."',
  '"__proto__"',
  '"constructor"',
  '"\\u0000\\u001b]0;owned\\u0007"',
  '"\\ud800"',
  '"<script>"',
  '{"toString":1,"valueOf":1}',
  '{"__proto__":{"retCode":0}}',
  '{"length":1e9}',
  '[[[[[[]]]]]]',
  `"${'9'.repeat(100_000)}"`,
  `"${'x'.repeat(100_000)}"`,
  nested('[', ']', 20_000),
  nested('{"a":', '}', 20_000),
];

/** A row of the exchange of which some fields hold what they should not. */
function spoiled(random: Random, row: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(row).flatMap(([key, value]) => {
    const dice = random();
    if (dice < 0.1) return [];
    return [`${JSON.stringify(key)}:${dice < 0.4 ? pick(random, values) : JSON.stringify(value)}`];
  });
  if (random() < 0.2) fields.push(`"__proto__":${pick(random, values)}`);
  return `{${fields.join(',')}}`;
}

const symbol = 'BTC-31MAR23-26000-C-USDT';
const rows: readonly Readonly<Record<string, unknown>>[] = [
  {
    symbol,
    bid1Price: '5',
    bid1Size: '1',
    ask1Price: '10',
    ask1Size: '1',
    markPrice: '7',
    indexPrice: '25000',
    delta: '0.4',
    gamma: '0',
    vega: '1',
    theta: '-1',
    openInterest: '3',
  },
  {
    symbol,
    status: 'Trading',
    baseCoin: 'BTC',
    settleCoin: 'USDT',
    optionsType: 'Call',
    deliveryTime: '9',
    priceFilter: { minPrice: '5', tickSize: '5' },
    lotSizeFilter: { minOrderQty: '0.01', maxOrderQty: '500', qtyStep: '0.01' },
  },
  { symbol, side: 'Sell', size: '1', avgPrice: '5', category: 'option' },
  {
    symbol,
    side: 'Buy',
    orderLinkId: 'close-a-v1',
    orderStatus: 'Filled',
    qty: '1',
    price: '5',
    cumExecQty: '1',
    avgPrice: '5',
    updatedTime: '7',
    cancelType: 'UNKNOWN',
    rejectReason: 'EC_NoError',
  },
  {
    symbol,
    side: 'Buy',
    execId: 'e1',
    orderLinkId: 'close-a-v1',
    execQty: '1',
    execPrice: '5',
    execTime: '7',
  },
  { totalEquity: '1', accountIMRate: '0.1', accountMMRate: '0.1', totalAvailableBalance: '1' },
];

function spoiledList(random: Random): string {
  const list = Array.from({ length: Math.floor(random() * 4) }, () => spoiled(random, pick(random, rows)));
  return random() < 0.2 ? pick(random, values) : `[${list.join(',')}]`;
}

/** Whole, or broken off somewhere, or with one byte changed. */
function damaged(random: Random, text: string): string {
  const dice = random();
  const at = Math.floor(random() * text.length);
  if (dice < 0.15) return text.slice(0, at);
  if (dice < 0.25) return `${text.slice(0, at)}\u0000${text.slice(at + 1)}`;
  return text;
}

const anything = (random: Random): string =>
  random() < 0.3
    ? pick(random, values)
    : `{"result":${pick(random, values)},"retCode":${pick(random, values)}}`;

/** A body where an answer of V5 should be. */
export function badBody(random: Random): string {
  if (random() < 0.2) return damaged(random, anything(random));
  const result = `{"category":"option","list":${spoiledList(random)},"nextPageCursor":${pick(random, ['""', 'null', ...values])}}`;
  const retCode = random() < 0.7 ? '0' : pick(random, [...values, '10001', '10016', '110001', '33004']);
  return damaged(
    random,
    `{"retCode":${retCode},"retMsg":${pick(random, values)},"result":${result},"time":1700000000000}`,
  );
}

const topics = [
  'tickers.BTCUSDT',
  `tickers.${symbol}`,
  'order.option',
  'execution.option',
  'position.option',
];
const replies: readonly string[] = [
  '{"op":"pong","args":[{"toString":1}]}',
  '{"op":"subscribe","success":false,"req_id":"s999"}',
  '{"type":"COMMAND_RESP","data":null}',
  '{"type":"COMMAND_RESP","data":{"failTopics":[{}]}}',
  '{"type":"COMMAND_RESP","success":false,"data":{"failTopics":["__proto__"],"successTopics":null}}',
  '{"op":"auth","success":"yes"}',
  '{"op":"unsubscribe"}',
  '{"success":true}',
];

/** A message where a frame of a stream should be; most are texts. */
export function badFrame(random: Random): string | Buffer {
  const dice = random();
  if (dice < 0.05) return Buffer.from(Array.from({ length: 64 }, () => Math.floor(random() * 256)));
  if (dice < 0.2) return damaged(random, anything(random));
  if (dice < 0.3) return damaged(random, pick(random, replies));
  const topic = random() < 0.9 ? JSON.stringify(pick(random, topics)) : pick(random, values);
  const data = random() < 0.5 ? spoiled(random, pick(random, rows)) : spoiledList(random);
  const time = random() < 0.8 ? '1' : pick(random, values);
  return damaged(
    random,
    `{"topic":${topic},"type":"snapshot","ts":${time},"creationTime":${time},"data":${data}}`,
  );
}

const head = (status: string, ...lines: readonly string[]): string =>
  `HTTP/1.1 ${status}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

/** The bytes of a whole HTTP answer; `null` when there is none. The connection is closed behind it. */
export function badAnswer(random: Random): Buffer | null {
  const body = Buffer.from(badBody(random));
  const length = `content-length: ${body.length}`;
  const json = 'content-type: application/json';
  const packed = (encoding: string, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from(head('200 OK', json, `content-encoding: ${encoding}`)), bytes]);
  const shapes: readonly (() => Buffer | string | null)[] = [
    () => null,
    () => 'garbage\r\n\r\n',
    () => 'HTTP/9.9 200 OK\r\n\r\n',
    () => head('200 OK', json, length).slice(0, Math.floor(random() * 40)),
    () => head('200 OK', json, `content-length: ${body.length + 1_000}`) + body.toString(),
    () => head('200 OK', json, 'content-length: -5') + body.toString(),
    () => head('200 OK', `x-large: ${'x'.repeat(200_000)}`) + body.toString(),
    () => head('200 OK', ...Array.from({ length: 3_000 }, (_, at) => `x-${at}: y`)) + body.toString(),
    () => head('103 Early Hints').repeat(200) + head('200 OK', json, length) + body.toString(),
    () => head('101 Switching Protocols', 'upgrade: x', 'connection: upgrade'),
    () => head('204 No Content'),
    () => head('302 Found', 'location: /v5/market/time', 'content-length: 0'),
    () => head('301 Moved', 'location: http://127.0.0.1:1/', 'content-length: 0'),
    () => head('502 Bad Gateway', 'content-type: text/html', length) + body.toString(),
    () => head('200 OK', 'content-type: text/html; charset=utf-16', length) + body.toString(),
    () => `${head('200 OK', 'transfer-encoding: chunked')}zz\r\n${body.toString()}`,
    () => `${head('200 OK', 'transfer-encoding: chunked')}ffffffff\r\n${body.toString()}`,
    () => packed('gzip', body),
    () => packed('gzip', gzipSync(body).subarray(0, 20)),
    () => packed('gzip', gzipSync(Buffer.alloc(12 * 1024 * 1024))),
    () => packed('deflate', deflateSync(body)),
    () => packed('br', brotliCompressSync(body)),
    () => packed('br', body),
    () => packed('zstd', body),
  ];
  const chosen = random() < 0.5 ? () => head('200 OK', json, length) + body.toString() : pick(random, shapes);
  const answer = chosen();
  return typeof answer === 'string' ? Buffer.from(answer) : answer;
}
