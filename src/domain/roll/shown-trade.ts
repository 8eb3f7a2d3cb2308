/** The trade of a plan as a person is shown it who is asked first: its orders at the prices that could be had at once. */
import { cashOf, costOf } from '../market/margin.ts';
import { add, multiply, sum } from '../money.ts';
import { toleranceOf, type Tolerance } from '../rules/approval.ts';
import type { OrderPlan } from './leg-order.ts';
import type { ShownLeg, ShownTrade } from './question.ts';

interface Orders {
  readonly closings: readonly OrderPlan[];
  readonly openings: readonly OrderPlan[];
  readonly opensFirst: boolean;
}

/** The trade as a person is shown it, its orders as they would follow each other. */
export function shownTrade({ closings, openings, opensFirst }: Orders, tolerance: Tolerance): ShownTrade {
  const costs = [...closings, ...openings].map(costOf);
  const worth = sum(closings.map(costOf).map(({ price, qty }) => multiply(price, qty)));
  const [close, open] = [closings.map(legOf('close')), openings.map(legOf('open'))];
  return {
    legs: opensFirst ? [...open, ...close] : [...close, ...open],
    netCredit: sum(costs.map((cost) => add(cashOf(cost), cost.fee))),
    fees: sum(costs.map(({ fee }) => fee)),
    tolerance: toleranceOf(tolerance, worth),
  };
}

const legOf =
  (leg: ShownLeg['leg']) =>
  (order: OrderPlan): ShownLeg => {
    const { side, symbol, qty } = order;
    return { leg, side, symbol, qty, price: costOf(order).price };
  };
