/** The one order that a leg would send, or why there is none: priced, frozen, with nothing left to decide. */
import type { HeldOption } from '../market/held-option.ts';
import { opposite, type Instrument, type Side } from '../market/order.ts';
import type { PricedQuote } from '../market/unit-costs.ts';
import type { DecimalString } from '../money.ts';
import { slippageProblem, type PriceRules } from '../orders/limit-price.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import { openingProblem, tradeProblem } from '../orders/tradability.ts';
import type { Execution, Terms } from '../rules/rule.ts';
import { movesOf, orderLinkId, type Roll } from './roll.ts';
import type { RollReason } from './roll-reasons.ts';

/** One order to be worked; everything in it is frozen before anything is sent. */
export interface OrderPlan {
  readonly linkId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly reduceOnly: boolean;
  readonly execution: Execution;
  readonly rules: PriceRules;
  readonly quote: PricedQuote;
  readonly positionQtyBefore: DecimalString;
  readonly atMs: number;
}

export type OrderOrProblem =
  { readonly order: OrderPlan; readonly instrument: Instrument } | { readonly problem: RollReason };

export interface OrderingTask {
  readonly taskId: string;
  /** What the roll is decided and executed by. */
  readonly terms: Pick<Terms, 'execution'>;
  readonly held: HeldOption;
  readonly roll: Roll;
}

export interface WantedOrder {
  readonly leg: 'close' | 'open';
  readonly symbol: string;
  /** In base coin. */
  readonly qty: DecimalString;
  /**
   * `farTouch`: it has to be fillable at once within the slippage allowed; `bound`: it may wait at the worst price that
   * the slippage allows.
   */
  readonly within: 'farTouch' | 'bound';
}

/** What the market was at a time; exchange time in ms. */
export interface MarketMoment {
  readonly reading: MarketReading;
  readonly nowMs: number;
}

/** @returns the problem of the option, of the quantity or of the quote, when there is one */
export function orderIn(
  { taskId, terms, held, roll }: OrderingTask,
  { leg, symbol, qty, within }: WantedOrder,
  { reading, nowMs }: MarketMoment,
): OrderOrProblem {
  const option = reading.chain.find(({ instrument }) => instrument.symbol === symbol);
  if (!option) return { problem: { code: 'notListed', figures: { symbol } } };
  const { instrument, quote } = option;
  const position = reading.positions.find((each) => each.symbol === symbol);
  const side = leg === 'close' ? opposite(held.side) : held.side;
  const trade = { side, qty, nowMs };
  const problem = leg === 'close' ? tradeProblem(option, trade) : openingProblem(option, trade, position);
  if (problem !== null || quote === null)
    return { problem: problem ?? { code: 'noQuote', figures: { symbol } } };
  const { execution } = terms;
  const rules = { tickSize: instrument.tickSize, minPrice: instrument.minPrice };
  const tooFar = within === 'farTouch' ? slippageProblem(quote, { side, execution, rules }) : null;
  if (tooFar !== null) return { problem: tooFar };
  const tally = leg === 'close' ? 'closed' : 'opened';
  const attempt = movesOf(roll).reduce((total, move) => total + move[tally].attempts, 1);
  return {
    instrument,
    order: {
      linkId: orderLinkId({ leg, taskId, lockedVersion: roll.lockedVersion, attempt }),
      symbol,
      side,
      qty,
      reduceOnly: leg === 'close',
      execution,
      rules,
      quote,
      positionQtyBefore: position?.qty ?? '0',
      atMs: nowMs,
    },
  };
}
