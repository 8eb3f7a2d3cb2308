/**
 * Which parameters of an order command are taken, and which are refused because they would change what the order does
 * and that is not offered here: a trader would rely on a stop that is dropped silently. Parameters that the
 * documentation has for other products, or that only say how an absent stop would work, are taken and ignored (Bybit
 * docs: v5/order/create-order, amend-order, cancel-order, cancel-all).
 */
import { Refusal } from '../engine/refusal.ts';

/** The values with which a parameter asks for nothing that is not offered here. */
type Harmless = 'any' | readonly unknown[];

export type Parameters = ReadonlyMap<string, Harmless>;

const off: Harmless = ['', '0', 0, false, null];

/** How a stop or a condition would be triggered; without one these have no effect. */
const triggering: readonly [string, Harmless][] = [
  ['tpTriggerBy', 'any'],
  ['slTriggerBy', 'any'],
  ['triggerBy', 'any'],
  ['tpslMode', ['', 'Full', null]],
];

const stops: readonly [string, Harmless][] = [
  ['tpLimitPrice', off],
  ['slLimitPrice', off],
  ['triggerPrice', off],
  ...triggering,
];

const taken = (...names: string[]): [string, Harmless][] => names.map((name) => [name, 'any']);

export const createParameters: Parameters = new Map<string, Harmless>([
  ...taken('category', 'symbol', 'side', 'orderType', 'qty', 'price', 'orderIv', 'timeInForce'),
  ...taken('positionIdx', 'orderLinkId', 'reduceOnly'),
  // For spot alone, and for orders of retail clients: there are none here.
  ...taken('isLeverage', 'marketUnit', 'rpiTakerAccess'),
  ...taken('takeProfit', 'stopLoss'),
  ...stops,
  ['tpOrderType', ['', 'Market', null]],
  ['slOrderType', ['', 'Market', null]],
  ['triggerDirection', 'any'],
  ['orderFilter', ['', 'Order', null]],
  ['closeOnTrigger', off],
  ['mmp', off],
  // Two orders of one account never trade with each other here.
  ['smpType', ['', 'None', null]],
  ['slippageToleranceType', ['', 'UNKNOWN', null]],
  ['slippageTolerance', off],
  ['bboSideType', off],
  ['bboLevel', off],
]);

export const amendParameters: Parameters = new Map<string, Harmless>([
  ...taken('category', 'symbol', 'orderId', 'orderLinkId', 'qty', 'price'),
  ['orderIv', ['', null]],
  ['takeProfit', off],
  ['stopLoss', off],
  ...stops,
]);

export const cancelParameters: Parameters = new Map<string, Harmless>([
  ...taken('category', 'symbol', 'orderId', 'orderLinkId'),
  ['orderFilter', ['', 'Order', 'StopOrder', null]],
]);

/** Only the whole position, by a market order (Bybit docs: v5/position/trading-stop). */
export const tradingStopParameters: Parameters = new Map<string, Harmless>([
  ...taken('category', 'symbol', 'positionIdx', 'takeProfit', 'stopLoss'),
  ...stops,
  ['tpslMode', ['Full']],
  ['trailingStop', off],
  ['activePrice', off],
  ['tpSize', off],
  ['slSize', off],
  ['tpOrderType', ['', 'Market', null]],
  ['slOrderType', ['', 'Market', null]],
]);

/** Parameters of the batch itself; each order in it has those of its command. */
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
