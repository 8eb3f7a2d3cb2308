/**
 * The shapes of Bybit's REST answers and websocket frames, as zod schemas. It owns the tolerance that the exchange makes
 * necessary (`""`, `null` and absent fields all mean "no value", numbers come as strings, REST and streams name the same
 * thing differently); parse.ts owns the meaning. Source: docs/exchange.md.
 */
import { z } from 'zod';
import { plainText } from '../../domain/foreign-text.ts';
import { readDecimal } from '../../domain/money.ts';
import { wireLimits } from './wire-limits.ts';

/** How requests and rows name the market of options. */
export const optionCategory = 'option';
/** Of perpetuals that are settled in USDT or USDC. */
export const linearCategory = 'linear';

const raw = z.union([z.string(), z.number()]).nullish();

/** A decimal in plain notation, or `null` for "no value". */
export const figure = raw.transform((value, context) => {
  if (value === null || value === undefined || value === '') return null;
  const text = String(value);
  const read = readDecimal(text);
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: `not a number: ${JSON.stringify(text.slice(0, 40))}` });
  return z.NEVER;
});

const wholeNumber = /^\d{1,16}$/;

/** Milliseconds since epoch, or `null` for "no value". */
const millis = raw.transform((value, context) => {
  if (value === null || value === undefined || value === '') return null;
  const text = String(value);
  if (wholeNumber.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  context.addIssue({ code: 'custom', message: `not a time: ${JSON.stringify(text.slice(0, 40))}` });
  return z.NEVER;
});

const { wordCharsMax, cursorCharsMax } = wireLimits;
const isShort = (charsMax: number) => (text: string) => text.length <= charsMax;
const tooLong = (charsMax: number) => ({ error: `longer than ${charsMax} characters` });
/** Texts that are kept, compared or cached are bounded; a longer one is malformed. */
const bounded = (charsMax: number) => z.string().refine(isShort(charsMax), tooLong(charsMax));
const name = z.string().min(1).refine(isShort(wordCharsMax), tooLong(wordCharsMax));
const word = bounded(wordCharsMax)
  .nullish()
  .transform((value) => value ?? '');
/** Of any length, because it is shortened before it is shown. */
const sentence = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const proseLengthMax = 2_000;
/** A text that may be shown to people, without control characters. */
const prose = sentence.transform((text) => plainText(text, proseLengthMax));
const side = z.enum(['Buy', 'Sell']);
/** One that cannot be read is as good as none. */
const sequence = z
  .number()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

/**
 * Taxes and other charges on top of an execution's fee (Bybit docs: v5/order/execution, `extraFees`): rows, or the same
 * as JSON text, or `""`. A value that cannot be read there must not lose the fill.
 */
const feeRows = z.array(z.object({ fee: figure }));
const extraFees = z
  .union([feeRows, z.string().transform(parsedJson).pipe(feeRows)])
  .nullish()
  .transform((rows) => rows ?? [])
  .catch([]);

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}

/** Every REST answer; `retMsg` has no meaning on success. */
export const envelope = z.object({
  retCode: z.number(),
  retMsg: sentence,
  result: z.unknown().optional(),
  retExtInfo: z.unknown().optional(),
  time: millis,
});

/** One page of any list; rows are read one by one. Cursors may be null, empty or missing. */
export const page = z.object({
  list: z
    .array(z.unknown())
    .nullish()
    .transform((rows) => rows ?? []),
  nextPageCursor: bounded(cursorCharsMax)
    .nullish()
    .transform((value) => value ?? ''),
});

/** An order in REST lists and on the `order` topic (Bybit docs: v5/order/open-order). */
export const orderRow = z.object({
  category: word,
  symbol: name,
  orderLinkId: word,
  side,
  orderStatus: bounded(wordCharsMax),
  qty: figure,
  price: figure,
  cumExecQty: figure,
  avgPrice: figure,
  cumExecFee: figure,
  cancelType: word.transform((text) => plainText(text)),
  rejectReason: word.transform((text) => plainText(text)),
  updatedTime: millis,
  createdTime: millis,
});

/** An order as far as it says which stop it is of; `''` for any other (Bybit docs: v5/enum, stopOrderType). */
export const stopRow = z.object({
  category: word,
  symbol: name,
  side,
  orderStatus: bounded(wordCharsMax),
  stopOrderType: word,
  createType: word,
  triggerPrice: figure,
  qty: figure,
  cumExecQty: figure,
  cumExecValue: figure,
  cumExecFee: figure,
  updatedTime: millis,
});

/** An execution in REST lists and on the `execution` topic. */
export const executionRow = z.object({
  category: word,
  symbol: name,
  orderLinkId: word,
  side,
  execId: name,
  execType: word,
  orderQty: figure,
  execQty: figure,
  execPrice: figure,
  execFee: figure,
  extraFees,
  execTime: millis,
  seq: sequence,
});

/** An execution on the topic `execution.fast`, which comes earlier and has no fee (Bybit docs: v5/websocket/private/fast-execution). */
export const fastExecutionRow = z.object({
  category: word,
  symbol: name,
  orderLinkId: word,
  side,
  execId: name,
  execQty: figure,
  execPrice: figure,
  execTime: millis,
  seq: sequence,
});

/** A position; the average price is `avgPrice` over REST and `entryPrice` on the stream. */
export const positionRow = z.object({
  category: word,
  symbol: name,
  side: word,
  size: figure,
  avgPrice: figure,
  entryPrice: figure,
  seq: sequence,
});

/** A coin of the wallet; `walletBalance` counts what was borrowed for spot trades as well. */
const coinRow = z.object({ coin: name, walletBalance: figure, spotBorrow: figure });

export const walletRow = z.object({
  accountType: word,
  coin: z
    .array(coinRow)
    .nullish()
    .transform((coins) => coins ?? []),
  accountIMRate: figure,
  accountMMRate: figure,
  totalEquity: figure,
  totalAvailableBalance: figure,
  totalMarginBalance: figure,
  totalInitialMargin: figure,
  totalMaintenanceMargin: figure,
});

/** A position that was delivered; one row per account and option (Bybit docs: v5/asset/delivery). */
export const deliveryRow = z.object({
  symbol: name,
  side,
  position: figure,
  deliveryPrice: figure,
  fee: figure,
  deliveryTime: millis,
});

/** A listed option; the strike is not among the fields (Bybit docs: v5/market/instrument). */
export const instrumentRow = z.object({
  symbol: name,
  status: z.enum(['PreLaunch', 'Trading', 'Delivering', 'Closed']),
  baseCoin: word,
  settleCoin: word,
  optionsType: word,
  deliveryTime: millis,
  priceFilter: z.object({ minPrice: figure, tickSize: figure }),
  lotSizeFilter: z.object({ minOrderQty: figure, maxOrderQty: figure, qtyStep: figure }),
});

/** An option's ticker under the names of REST (`bid1Price`) and of the stream (`bidPrice`). */
export const optionTickerRow = z.object({
  symbol: name,
  bid1Price: figure,
  bid1Size: figure,
  ask1Price: figure,
  ask1Size: figure,
  bidPrice: figure,
  bidSize: figure,
  askPrice: figure,
  askSize: figure,
  markPrice: figure,
  indexPrice: figure,
  markIv: figure,
  markPriceIv: figure,
  delta: figure,
  gamma: figure,
  vega: figure,
  theta: figure,
  openInterest: figure,
});

/** Realised volatility, hour by hour; its rows are the result itself (Bybit docs: v5/market/iv). */
export const volatilityRows = z.union([
  z.array(z.unknown()),
  z.object({ list: z.array(z.unknown()) }).transform(({ list }) => list),
]);
export const volatilityRow = z.object({ period: z.coerce.number(), value: figure, time: millis });

/** The fields we use of a linear ticker; one that a delta lacks is unchanged (docs/exchange.md#streams). */
export const linearTickerRow = z.object({
  symbol: name,
  indexPrice: figure,
  markPrice: figure,
  lastPrice: figure,
});

/** A data frame of any stream; public ones carry `ts`, private ones `creationTime`. */
export const dataFrame = z.object({
  topic: name,
  type: word,
  ts: millis,
  creationTime: millis,
  data: z.unknown().optional(),
});

/**
 * Everything that answers something we sent: pong, log-in, subscription, in every stream's own form
 * (docs/exchange.md#streams).
 */
export const replyFrame = z.object({
  op: word,
  type: word,
  success: z.boolean().nullish(),
  ret_msg: prose,
  retCode: z.number().nullish(),
  retMsg: prose,
  req_id: word,
  reqId: word,
  args: z.array(z.unknown()).nullish(),
  data: z.unknown().optional(),
});

/** What of an answer to an order command says whose it is and when it was sent; codes are read as those of REST are. */
export const commandFrame = z.object({
  op: word,
  reqId: word,
  header: z.object({ Timenow: raw }).nullish().catch(null),
});

/** The part of a `COMMAND_RESP` (option stream) that says which topics were accepted. */
export const commandResponse = z.object({
  successTopics: z
    .array(name)
    .nullish()
    .transform((topics) => topics ?? []),
  failTopics: z
    .array(name)
    .nullish()
    .transform((topics) => topics ?? []),
});

export type OrderRow = z.infer<typeof orderRow>;
export type StopRow = z.infer<typeof stopRow>;
export type ExecutionRow = z.infer<typeof executionRow>;
export type FastExecutionRow = z.infer<typeof fastExecutionRow>;
export type PositionRow = z.infer<typeof positionRow>;
export type WalletRow = z.infer<typeof walletRow>;
export type InstrumentRow = z.infer<typeof instrumentRow>;
export type DeliveryRow = z.infer<typeof deliveryRow>;
export type LinearTickerRow = z.infer<typeof linearTickerRow>;
export type OptionTickerRow = z.infer<typeof optionTickerRow>;
export type DataFrame = z.infer<typeof dataFrame>;
