/**
 * The shapes of what Bybit sends, as zod schemas: REST answers and websocket frames. It owns tolerance, which the
 * exchange's habits make necessary (`""`, `null` and absent fields all mean "no value", numbers come as strings, REST
 * and streams name the same thing differently); it leaves meaning to parse.ts. Source: bybit-v5.md §2.3, §3, §4.
 */
import { z } from 'zod';
import { readDecimal } from '../../domain/money.ts';

const raw = z.union([z.string(), z.number()]).nullish();

/** A decimal in plain notation, or `null` for "no value". */
const figure = raw.transform((value, context) => {
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

const word = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const side = z.enum(['Buy', 'Sell']);

/** Every REST answer; `retMsg` says nothing on success (§2.3). */
export const envelope = z.object({
  retCode: z.number(),
  retMsg: word,
  result: z.unknown().optional(),
  time: millis,
});

/** One page of any list; rows are read one by one. Cursors may be null, empty or missing. */
export const page = z.object({
  list: z
    .array(z.unknown())
    .nullish()
    .transform((rows) => rows ?? []),
  nextPageCursor: word,
});

/** An order in REST lists and on the `order` topic (§3.16, §4.5). */
export const orderRow = z.object({
  category: word,
  symbol: z.string().min(1),
  orderLinkId: word,
  side,
  orderStatus: z.string(),
  qty: figure,
  price: figure,
  cumExecQty: figure,
  avgPrice: figure,
  cumExecFee: figure,
  cancelType: word,
  rejectReason: word,
  updatedTime: millis,
  createdTime: millis,
});

/** An execution in REST lists and on the `execution` topic. */
export const executionRow = z.object({
  category: word,
  symbol: z.string().min(1),
  orderLinkId: word,
  side,
  execId: z.string().min(1),
  execType: word,
  execQty: figure,
  execPrice: figure,
  execFee: figure,
  execTime: millis,
});

/** A position; the average price is `avgPrice` over REST and `entryPrice` on the stream (§3.9, §4.5). */
export const positionRow = z.object({
  category: word,
  symbol: z.string().min(1),
  side: word,
  size: figure,
  avgPrice: figure,
  entryPrice: figure,
});

export const walletRow = z.object({
  accountIMRate: figure,
  accountMMRate: figure,
  totalEquity: figure,
  totalAvailableBalance: figure,
  totalMarginBalance: figure,
  totalInitialMargin: figure,
  totalMaintenanceMargin: figure,
});

/** A position that was delivered; one row per account and option (§3.16). */
export const deliveryRow = z.object({
  symbol: z.string().min(1),
  side,
  position: figure,
  deliveryPrice: figure,
  fee: figure,
  deliveryTime: millis,
});

/** A listed option; the strike is not among the fields (§3.2). */
export const instrumentRow = z.object({
  symbol: z.string().min(1),
  status: z.enum(['PreLaunch', 'Trading', 'Delivering', 'Closed']),
  baseCoin: word,
  settleCoin: word,
  optionsType: word,
  deliveryTime: millis,
  priceFilter: z.object({ minPrice: figure, tickSize: figure }),
  lotSizeFilter: z.object({ minOrderQty: figure, maxOrderQty: figure, qtyStep: figure }),
});

/** An option's ticker under the names of REST (`bid1Price`) and of the stream (`bidPrice`) (§3.3, §4.4). */
export const optionTickerRow = z.object({
  symbol: z.string().min(1),
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

/** What we need of a linear ticker; absent in a delta = unchanged (§4.4). */
export const linearTickerRow = z.object({
  symbol: z.string().min(1),
  indexPrice: figure,
  markPrice: figure,
  lastPrice: figure,
});

/** A data frame of any stream; public ones carry `ts`, private ones `creationTime`. */
export const dataFrame = z.object({
  topic: z.string().min(1),
  type: word,
  ts: millis,
  creationTime: millis,
  data: z.unknown().optional(),
});

/** Everything that answers something we sent: pong, log-in, subscription, in every stream's own form (§2.2, §4.2, §4.3). */
export const replyFrame = z.object({
  op: word,
  type: word,
  success: z.boolean().nullish(),
  ret_msg: word,
  retCode: z.number().nullish(),
  retMsg: word,
  req_id: word,
  reqId: word,
  args: z.array(z.unknown()).nullish(),
  data: z.unknown().optional(),
});

/** The part of a `COMMAND_RESP` (option stream) that says which topics were taken. */
export const commandResponse = z.object({
  successTopics: z
    .array(z.string())
    .nullish()
    .transform((topics) => topics ?? []),
  failTopics: z
    .array(z.string())
    .nullish()
    .transform((topics) => topics ?? []),
});

export type OrderRow = z.infer<typeof orderRow>;
export type ExecutionRow = z.infer<typeof executionRow>;
export type PositionRow = z.infer<typeof positionRow>;
export type WalletRow = z.infer<typeof walletRow>;
export type InstrumentRow = z.infer<typeof instrumentRow>;
export type DeliveryRow = z.infer<typeof deliveryRow>;
export type LinearTickerRow = z.infer<typeof linearTickerRow>;
export type OptionTickerRow = z.infer<typeof optionTickerRow>;
export type DataFrame = z.infer<typeof dataFrame>;
