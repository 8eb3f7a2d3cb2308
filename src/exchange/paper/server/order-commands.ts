/**
 * Order commands as both transports take them: one parsed body, one answer (docs/exchange.md#orders). HTTP and the trade
 * stream wrap the answer each in its own envelope; budgets and faults of a command are the same for both.
 */
import { z } from 'zod';
import { decimalPattern, isPositive } from '../../../domain/money.ts';
import type { Account } from '../engine/account.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Ack } from '../engine/engine.ts';
import type { OrderRequest } from '../engine/types.ts';
import type { Faults, FaultSite } from '../faults.ts';
import { failure, refused, success, type Reply } from './answers.ts';
import type { ServerContext } from './context.ts';
import {
  amendParameters,
  batchParameters,
  cancelAllParameters,
  cancelParameters,
  createParameters,
  unsupported,
} from './order-parameters.ts';
import { parameterError, text } from './routes.ts';

const option = z.literal('option', 'category is not supported here, only option');
/** No figure of an order has more digits. */
const figureLengthMax = 40;
const amount = z
  .string()
  .max(figureLengthMax, 'has too many digits')
  .regex(decimalPattern, 'must be a decimal string');
const optionalAmount = z
  .string()
  .max(figureLengthMax, 'has too many digits')
  .refine((given) => given === '' || decimalPattern.test(given), 'must be a decimal string')
  .optional()
  .transform((value) => (value === '' ? undefined : value));

const orderFields = z.object({
  symbol: z.string().min(1, 'symbol is required'),
  side: z.enum(['Buy', 'Sell'], 'side invalid'),
  orderType: z.enum(['Limit', 'Market'], 'orderType invalid'),
  qty: amount,
  price: optionalAmount,
  orderIv: optionalAmount,
  takeProfit: optionalAmount,
  stopLoss: optionalAmount,
  timeInForce: z.enum(['GTC', 'IOC', 'FOK', 'PostOnly', ''], 'timeInForce invalid').optional(),
  reduceOnly: z.boolean().optional(),
  orderLinkId: text,
  positionIdx: z.literal(0, 'position idx not match position mode').optional(),
});
const amendFields = z.object({
  symbol: z.string().min(1, 'symbol is required'),
  orderId: text,
  orderLinkId: text,
  qty: optionalAmount,
  price: optionalAmount,
});
const cancelFields = z.object({
  symbol: z.string().min(1, 'symbol is required'),
  orderId: text,
  orderLinkId: text,
});
const cancelAllFields = z.object({
  category: option,
  symbol: text,
  baseCoin: text,
  settleCoin: text,
  orderFilter: z.enum(['Order', 'StopOrder', ''], 'orderFilter invalid').optional(),
});
const categoryOnly = z.object({ category: option });
const batchMax = 20;
const batchBody = z.object({
  category: option,
  request: z.array(z.record(z.string(), z.unknown())).min(1).max(batchMax, `no more than ${batchMax} orders`),
});

type Command = (body: unknown, context: ServerContext, account: Account) => Reply;

const requestOf = (fields: z.output<typeof orderFields>): OrderRequest => ({
  symbol: fields.symbol,
  side: fields.side,
  orderType: fields.orderType,
  qty: fields.qty,
  price: fields.price ?? null,
  orderIv: fields.orderIv ?? null,
  timeInForce: fields.timeInForce === undefined || fields.timeInForce === '' ? 'GTC' : fields.timeInForce,
  reduceOnly: fields.reduceOnly ?? false,
  linkId: fields.orderLinkId ?? null,
  ...attachedStops(fields),
});

/** Prices above 0; `{}` when there is none. */
function attachedStops({ takeProfit, stopLoss }: z.output<typeof orderFields>): Pick<OrderRequest, 'stops'> {
  const stops = {
    ...(takeProfit !== undefined && isPositive(takeProfit) && { takeProfit }),
    ...(stopLoss !== undefined && isPositive(stopLoss) && { stopLoss }),
  };
  return Object.keys(stops).length > 0 ? { stops } : {};
}

const answer = (outcome: Ack | Refusal): Reply =>
  outcome instanceof Refusal
    ? refused(outcome)
    : success({ orderId: outcome.orderId, orderLinkId: outcome.linkId });

/** One command on one order, without its category. */
type SingleCommand = Command;

const createOne: SingleCommand = (body, { engine }, account) => {
  const parsed = orderFields.safeParse(body);
  if (!parsed.success) return parameterError(parsed.error);
  return answer(unsupported(body, createParameters) ?? engine.create(account, requestOf(parsed.data)));
};

const amendOne: SingleCommand = (body, { engine }, account) => {
  const parsed = amendFields.safeParse(body);
  if (!parsed.success) return parameterError(parsed.error);
  const { symbol, orderId, orderLinkId, qty, price } = parsed.data;
  if (orderId === undefined && orderLinkId === undefined) return noId;
  const refusal = unsupported(body, amendParameters);
  if (refusal) return refused(refusal);
  return answer(engine.amend(account, { symbol, orderId, linkId: orderLinkId }, { qty, price }));
};

const cancelOne: SingleCommand = (body, { engine }, account) => {
  const parsed = cancelFields.safeParse(body);
  if (!parsed.success) return parameterError(parsed.error);
  const { symbol, orderId, orderLinkId } = parsed.data;
  if (orderId === undefined && orderLinkId === undefined) return noId;
  const refusal = unsupported(body, cancelParameters);
  if (refusal) return refused(refusal);
  return answer(engine.cancel(account, { symbol, orderId, linkId: orderLinkId }));
};

const noId = failure(10001, 'params error: OrderId or orderLinkId is required');

const single =
  (one: SingleCommand): Command =>
  (body, context, account) => {
    const parsed = categoryOnly.safeParse(body);
    return parsed.success ? one(body, context, account) : parameterError(parsed.error);
  };

interface BatchSpec {
  readonly one: SingleCommand;
  /** For faults: the endpoint of the same command on one order. */
  readonly endpoint: string;
  readonly showsCreateTime: boolean;
}

/** Not atomic: the code of the whole is 0, and two lists have each order's answer (docs/exchange.md#orders). */
const batch =
  ({ one, endpoint, showsCreateTime }: BatchSpec): Command =>
  (body, context, account) => {
    const parsed = batchBody.safeParse(body);
    if (!parsed.success) return parameterError(parsed.error);
    const refusal = unsupported(body, batchParameters);
    if (refusal) return refused(refusal);
    const answers = parsed.data.request.map((item) => {
      const site = faultSite(item, endpoint, account.apiKey);
      return { site, reply: rejectFault(context.faults, site) ?? one(item, context, account) };
    });
    const list = answers.map(({ site, reply }) => {
      const ack = z.object({ orderId: z.string() }).safeParse(reply.result);
      const isAccepted = reply.retCode === 0 && ack.success;
      return {
        category: 'option',
        symbol: site.symbol,
        orderId: isAccepted ? ack.data.orderId : '',
        orderLinkId: site.linkId ?? '',
        ...(showsCreateTime ? { createAt: isAccepted ? String(context.player.nowMs()) : '' } : {}),
      };
    });
    const codes = answers.map(({ reply }) => ({ code: reply.retCode, msg: reply.retMsg }));
    return success({ list }, { list: codes });
  };

const createEach: BatchSpec = { one: createOne, endpoint: 'order/create', showsCreateTime: true };
const amendEach: BatchSpec = { one: amendOne, endpoint: 'order/amend', showsCreateTime: false };
const cancelEach: BatchSpec = { one: cancelOne, endpoint: 'order/cancel', showsCreateTime: false };

const cancelAll: Command = (body, { engine }, account) => {
  const parsed = cancelAllFields.safeParse(body);
  if (!parsed.success) return parameterError(parsed.error);
  const refusal = unsupported(body, cancelAllParameters);
  if (refusal) return refused(refusal);
  const { orderFilter, symbol, baseCoin, settleCoin } = parsed.data;
  const only = orderFilter === 'StopOrder' ? 'stops' : orderFilter === 'Order' ? 'orders' : undefined;
  const acks = engine.cancelAll(account, { symbol, baseCoin, settleCoin, only });
  return success({
    list: acks.map(({ orderId, linkId }) => ({ orderId, orderLinkId: linkId })),
    success: '1',
  });
};

const preCheck: Command = (body, { engine }, account) => {
  const category = categoryOnly.safeParse(body);
  if (!category.success) return parameterError(category.error);
  const parsed = orderFields.safeParse(body);
  if (!parsed.success) return parameterError(parsed.error);
  const refusal = unsupported(body, createParameters);
  if (refusal) return refused(refusal);
  const checked = engine.preCheck(account, requestOf(parsed.data));
  if (checked instanceof Refusal) return refused(checked);
  const { before, initial, cost, maintenance, maintenanceCost, fits } = checked;
  const e4 = (margin: typeof cost): number =>
    before.wallet.isZero() ? 0 : margin.dividedBy(before.wallet).times(10_000).round().toNumber();
  const postImrE4 = e4(initial.plus(cost));
  const postMmrE4 = e4(maintenance.plus(maintenanceCost));
  if (!fits)
    return failure(110007, 'ab not enough for new order', {
      post_imr_e4: postImrE4,
      post_mmr_e4: postMmrE4,
      future_order_id: '',
      future_order_link_id: parsed.data.orderLinkId ?? '',
    });
  return success({
    orderId: '',
    orderLinkId: parsed.data.orderLinkId ?? '',
    preImrE4: e4(initial),
    preMmrE4: e4(maintenance),
    postImrE4,
    postMmrE4,
  });
};

export interface CommandSpec {
  /** The last part of the REST path; the WebSocket op is `order.<name>` where there is one. */
  readonly name: string;
  readonly perSecond: number;
  readonly onSocket: boolean;
  readonly run: Command;
}

/** Limits of an account without a VIP level (docs/exchange.md#rate-limits). */
export const orderCommands: readonly CommandSpec[] = [
  { name: 'create', perSecond: 10, onSocket: true, run: single(createOne) },
  { name: 'amend', perSecond: 10, onSocket: true, run: single(amendOne) },
  { name: 'cancel', perSecond: 10, onSocket: true, run: single(cancelOne) },
  { name: 'create-batch', perSecond: 10, onSocket: true, run: batch(createEach) },
  { name: 'amend-batch', perSecond: 10, onSocket: true, run: batch(amendEach) },
  { name: 'cancel-batch', perSecond: 10, onSocket: true, run: batch(cancelEach) },
  { name: 'cancel-all', perSecond: 1, onSocket: false, run: cancelAll },
  { name: 'pre-check', perSecond: 10, onSocket: false, run: preCheck },
];

const faultFields = z.object({
  orderLinkId: z.string().optional().catch(undefined),
  symbol: z.string().catch(''),
});

/** What is known of a request when it asks for a fault: its endpoint and, when it has them, link id and symbol. */
export function faultSite(input: unknown, endpoint: string, apiKey: string) {
  const parsed = faultFields.safeParse(input);
  const { orderLinkId, symbol } = parsed.success ? parsed.data : { orderLinkId: undefined, symbol: '' };
  return { apiKey, endpoint, linkId: orderLinkId ?? null, symbol };
}

/** The refusal that a fault gives instead of the command's own answer. */
export function rejectFault(faults: Faults, site: FaultSite): Reply | undefined {
  const fault = faults.strike('reject', site);
  return fault && failure(fault.retCode, fault.retMsg ?? 'rejected by a fault');
}
