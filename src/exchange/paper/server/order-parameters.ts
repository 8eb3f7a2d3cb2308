/**
 * Which parameters of an order command are taken, and which are refused because they would change what the order does
 * and nothing here does that: a stop that is dropped silently is a stop that somebody relies on. What the documentation
 * has for other products, or what only says how an absent stop would work, does no harm and is taken (Bybit docs:
 * v5/order/create-order, amend-order, cancel-order, cancel-all).
 */
import { Refusal } from '../engine/checks.ts';

/** Values with which a parameter of either kind asks for nothing. */
type Harmless = 'any' | readonly unknown[];

export type Parameters = ReadonlyMap<string, Harmless>;

const off: Harmless = ['', '0', 0, false, null];

/** How a stop or a condition would be triggered: without one these say nothing. */
const triggering: readonly [string, Harmless][] = [
  ['tpTriggerBy', 'any'],
  ['slTriggerBy', 'any'],
  ['triggerBy', 'any'],
  ['tpslMode', ['', 'Full', null]],
];

const stops: readonly [string, Harmless][] = [
  ['takeProfit', off],
  ['stopLoss', off],
  ['tpLimitPrice', off],
  ['slLimitPrice', off],
  ['triggerPrice', off],
  ...triggering,
];

const taken = (...names: string[]): [string, Harmless][] => names.map((name) => [name, 'any']);

export const createParameters: Parameters = new Map<string, Harmless>([
  ...taken('category', 'symbol', 'side', 'orderType', 'qty', 'price', 'orderIv', 'timeInForce'),
  ...taken('positionIdx', 'orderLinkId', 'reduceOnly'),
  // For spot alone, and for orders of retail clients, of which there are none here.
  ...taken('isLeverage', 'marketUnit', 'rpiTakerAccess'),
  ...stops,
  ['tpOrderType', ['', 'Market', null]],
  ['slOrderType', ['', 'Market', null]],
  ['triggerDirection', 'any'],
  ['orderFilter', ['', 'Order', null]],
  ['closeOnTrigger', off],
  ['mmp', off],
  // An account's orders never meet each other here.
  ['smpType', ['', 'None', null]],
  ['slippageToleranceType', ['', 'UNKNOWN', null]],
  ['slippageTolerance', off],
  ['bboSideType', off],
  ['bboLevel', off],
]);

export const amendParameters: Parameters = new Map<string, Harmless>([
  ...taken('category', 'symbol', 'orderId', 'orderLinkId', 'qty', 'price'),
  ['orderIv', ['', null]],
  ...stops,
]);

export const cancelParameters: Parameters = new Map<string, Harmless>([
  ...taken('category', 'symbol', 'orderId', 'orderLinkId'),
  ['orderFilter', ['', 'Order', null]],
]);

/** Around the orders of a batch; each order has its own. */
export const batchParameters: Parameters = new Map<string, Harmless>([...taken('category', 'request')]);

export const cancelAllParameters: Parameters = new Map<string, Harmless>([
  ...taken('category', 'symbol', 'baseCoin', 'settleCoin', 'orderFilter', 'stopOrderType'),
]);

/** The exchange's refusal of the first parameter that asks for what is not offered; it names the parameter. */
export function unsupported(body: unknown, parameters: Parameters): Refusal | null {
  for (const [name, value] of Object.entries(Object(body) as object)) {
    const harmless = parameters.get(name);
    if (harmless === 'any' || harmless?.includes(value)) continue;
    const shown = name.slice(0, 40);
    const why = harmless === undefined ? 'unknown parameter' : 'not supported for options here';
    return new Refusal(10001, `params error: ${shown} ${why}`);
  }
  return null;
}
