/**
 * The orders of a roll as they could be sent now: which legs move, how much of each is closed and opened, where each goes, and
 * what the guards of prices say to all of them together. Pure; roll-plan.ts decides by it.
 */
import { marginOfRoll, type MarginSteps } from '../market/margin.ts';
import type { HeldOption } from '../market/held-option.ts';
import type { ListedOption } from '../market/order.ts';
import { checkIn, type OrderCheck } from '../market/pre-check.ts';
import { isPositive, subtract, type DecimalString } from '../money.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import { chooseDestinations, type Destination } from '../rules/destinations.ts';
import { coverOf, type CoverFigures } from '../rules/cover.ts';
import { judgePrices, type DayCount, type GuardReason, type Verdict } from '../rules/guards.ts';
import { quantityOf, scaled, type RollAction } from '../rules/rule.ts';
import { chosenLegs, openLegs, isTowardsThePrice, type Legs } from '../rules/structure.ts';
import { targetFor } from '../rules/target-rule.ts';
import type { Search } from '../rules/targets.ts';
import { refused, type LegPlan, type RefusedPlan, type SettledMove } from './leg-plan.ts';
import {
  orderIn,
  type MarketMoment,
  type OrderingTask,
  type OrderOrProblem,
  type OrderPlan,
  type WantedOrder,
} from './leg-order.ts';
import { legOrderOf } from './both-held.ts';
import { hasBegun } from './roll.ts';
import type { RollReason } from './roll-reasons.ts';
import type { DueTerms } from './terms.ts';
import { everyTurn, inClosingOrder, inOpeningOrder } from './turns.ts';

export interface PlanningTask extends OrderingTask, Legs {
  readonly terms: DueTerms;
  /** By the task until now. */
  readonly rollsDone: number;
  readonly farthestStrike: DecimalString;
  readonly rollsOnDay: DayCount;
}

/** The legs that the action means, each with its turn; `null` while it cannot be known which they are. */
export function movingTurns(task: PlanningTask, { reading }: MarketMoment): readonly PlanningTask[] | null {
  const deltaOf = ({ symbol }: HeldOption) => listedIn(reading, symbol)?.quote?.greeks?.delta ?? null;
  const chosen = chosenLegs(task, task.terms.action.legs, deltaOf);
  return chosen && everyTurn(task).filter(({ held }) => chosen.includes(held));
}

export const listedIn = ({ chain }: MarketReading, symbol: string): ListedOption | undefined =>
  chain.find(({ instrument }) => instrument.symbol === symbol);

type Settled = Pick<SettledMove, 'qty' | 'openQty'>;

/** How much is closed and opened: as settled when the roll began, else what the action says. */
function settledBy({ terms: { action }, held, roll, rollsDone }: PlanningTask, at: MarketMoment): Settled {
  if (hasBegun(roll)) return { qty: roll.qty, openQty: roll.openQty };
  const qtyStep = listedIn(at.reading, held.symbol)?.instrument.qtyStep ?? '0';
  if (action.kind === 'close') return { qty: quantityOf(action.qty, held.qty, qtyStep), openQty: '0' };
  return { qty: held.qty, openQty: quantityOf(scaled(action, rollsDone), held.qty, qtyStep) };
}

function closingOrderOf(
  task: PlanningTask,
  { qty, within }: Pick<WantedOrder, 'qty' | 'within'>,
  moment: MarketMoment,
): OrderOrProblem {
  const { held, roll } = task;
  const left = subtract(qty, roll.closed.executedQty);
  return orderIn(task, { leg: 'close', symbol: held.symbol, qty: left, within }, moment);
}

/** One leg as it would be left: the order, and how much of it. */
export interface Closing {
  readonly held: HeldOption;
  readonly turn: PlanningTask;
  readonly settled: Settled;
  readonly order: OrderOrProblem;
}

export const closingsOf = (
  turns: readonly PlanningTask[],
  at: MarketMoment,
  within: WantedOrder['within'] = 'bound',
): readonly Closing[] =>
  inClosingOrder(turns).map((turn) => {
    const settled = settledBy(turn, at);
    return { held: turn.held, turn, settled, order: closingOrderOf(turn, { qty: settled.qty, within }, at) };
  });

export const ordersIn = (orders: readonly OrderOrProblem[]): readonly OrderPlan[] =>
  orders.flatMap((each) => ('order' in each ? [each.order] : []));
export const problemIn = (orders: readonly OrderOrProblem[]): RollReason | null => {
  const found = orders.find((each) => 'problem' in each);
  return found && 'problem' in found ? found.problem : null;
};

export interface Leaving extends Closing {
  /** `null`: nothing is opened afterwards. */
  readonly to: Destination | null;
}

/** Each leg with where it goes; one that goes nowhere stays. */
export const leavingFor = (
  closings: readonly Closing[],
  destinations: readonly Destination[],
): readonly Leaving[] =>
  closings.flatMap((closing) => {
    const to = destinations.find(({ held }) => held === closing.held);
    return to ? [{ ...closing, to }] : [];
  });

/** Leg 2 as leg 1 looks ahead to it: what is closed now must be possible to open at once. */
export function openingsOf(leaving: readonly Leaving[], at: MarketMoment): readonly OrderOrProblem[] {
  // What a structure leaves, it may enter with another leg.
  const positions = at.reading.positions.flatMap((position) => {
    const left = leaving.length > 1 && leaving.find(({ held }) => held.symbol === position.symbol);
    if (!left) return [position];
    const qty = subtract(position.qty, left.settled.qty);
    return isPositive(qty) ? [{ ...position, qty }] : [];
  });
  const moment = { ...at, reading: { ...at.reading, positions } };
  return inOpeningOrder(leaving).map(({ turn, settled, to }) =>
    openingOrderOf(turn, to?.option.instrument.symbol ?? '', { ...moment, settled }),
  );
}

function openingOrderOf(
  task: PlanningTask,
  symbol: string,
  { settled, ...moment }: MarketMoment & { readonly settled: Settled },
): OrderOrProblem {
  const qty = subtract(settled.openQty, task.roll.opened.executedQty);
  return orderIn(task, { leg: 'open', symbol, qty, within: 'farTouch' }, moment);
}

export interface RollOrders {
  readonly closings: readonly OrderOrProblem[];
  readonly openings: readonly OrderOrProblem[];
}

export interface Judged {
  readonly margin: MarginSteps;
  readonly verdicts: readonly Verdict[];
}

/** What all orders do to the margin, and what the guards of prices say to that; `null` where one of them cannot be had. */
export function judgeOrders(
  leaving: readonly Leaving[],
  orders: RollOrders,
  reading: MarketReading,
): Judged | null {
  const [first] = leaving;
  const [closings, openings] = [ordersIn(orders.closings), ordersIn(orders.openings)];
  if (!first || closings.length < leaving.length || openings.length < leaving.length) return null;
  const { terms, farthestStrike: ofTask } = first.turn;
  const opensFirst = legOrderOf(first.turn) !== null;
  const margin = marginOfRoll(reading.margin, { held: first.held, closings, openings, opensFirst });
  const legs = leaving.flatMap(({ held, turn, to }) => {
    const closing = closings.find(({ symbol }) => symbol === held.symbol);
    const opening = openings.find(({ symbol }) => symbol === to?.option.instrument.symbol);
    if (!closing || !opening || !to) return [];
    const farthestStrike = held.farthestStrike ?? (turn.others ? held.strike : ofTask);
    return [
      {
        held,
        qty: closing.qty,
        openQty: opening.qty,
        farthestStrike,
        old: closing.quote,
        next: opening.quote,
        nextStrike: to.option.instrument.strike,
      },
    ];
  });
  return {
    margin,
    verdicts: judgePrices(terms.guards, {
      legs,
      margin,
      cover: coverAfter(leaving, legs, reading),
      checks: opensFirst ? [] : checksOf(openings, reading),
      opensFirst,
    }),
  };
}

/** The exchange's answers, where it was asked about every one of the orders. */
function checksOf(openings: readonly OrderPlan[], { checks }: MarketReading): readonly OrderCheck[] {
  const found = openings.flatMap((order) => checkIn(checks, order) ?? []);
  return found.length === openings.length ? found : [];
}

/** Of what would be short after the roll; `null` when the roll opens nothing that the holding would cover. */
function coverAfter(
  [first]: readonly Leaving[],
  rolled: readonly { readonly held: HeldOption; readonly openQty: DecimalString }[],
  { holding }: MarketReading,
): CoverFigures | null {
  if (first === undefined || holding === undefined) return null;
  const opens = rolled.map(({ held, openQty }) => ({ ...held, qty: openQty }));
  const stay = openLegs(first.turn).filter((leg) => rolled.every(({ held }) => held.symbol !== leg.symbol));
  const cover = coverOf([...stay, ...opens], holding);
  const isOpened = opens.some(({ side, optionType }) => side === 'Sell' && optionType === cover?.optionType);
  return isOpened ? cover : null;
}

/** What the first guard that does not pass has looked at. */
export function refusalAmong(verdicts: readonly Verdict[]): GuardReason | null {
  const refusal = verdicts.find(({ passes }) => !passes);
  return refusal ? ({ code: refusal.code, figures: refusal.figures } as GuardReason) : null;
}

export const forbidden = (verdicts: readonly Verdict[], refusal = refusalAmong(verdicts)): LegPlan | null =>
  refusal && refused(refusal);

type Destinations = { readonly kind: 'destinations'; readonly of: readonly Destination[] };

/** Where a roll that is under way was going, else by the task's rule. */
export function destinationsOf(
  moving: readonly PlanningTask[],
  action: RollAction,
  at: MarketMoment,
): Destinations | RefusedPlan {
  const [first] = moving;
  const fixed = first && hasBegun(first.roll) ? first.roll.toSymbol : null;
  if (first && fixed !== null) {
    const option = listedIn(at.reading, fixed);
    return option
      ? { kind: 'destinations', of: [{ held: first.held, option, decidedBy: null }] }
      : refused({ code: 'notListed', figures: { symbol: fixed } });
  }
  const choice = chooseDestinations(
    moving.map((turn) => searchOf(turn, action, at)),
    at.reading.chain,
  );
  return choice.kind === 'refused' ? refused(choice.reason) : choice;
}

function searchOf(turn: PlanningTask, { target, legs }: RollAction, at: MarketMoment): Search {
  const { held, terms } = turn;
  const { qty, openQty } = settledBy(turn, at);
  const allowWrongWay = terms.guards.allowWrongWay || isTowardsThePrice(legs);
  return { held, target: targetFor(target, held.optionType), nowMs: at.nowMs, qty, openQty, allowWrongWay };
}
