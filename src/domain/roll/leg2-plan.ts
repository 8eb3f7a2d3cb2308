/**
 * The plan of leg 2: what was closed is opened again, at the best target that can be had now. A target that cannot be had
 * is passed over for the next best; only what remains of the old expiry ends the search.
 */
import type { ListedOption } from '../market/order.ts';
import { rightWay } from '../market/option.ts';
import { compare, isPositive } from '../money.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import { refusalNow, refusedAtMs } from '../orders/refused-options.ts';
import { rankTargets, type TargetOption } from '../rules/targets.ts';
import { orderIn, type MarketMoment, type OrderOrProblem, type WantedOrder } from './leg-order.ts';
import { leftToOpen, targetOption } from './roll.ts';
import { refused, type LegPlan } from './leg-plan.ts';
import type { PlanningTask } from './roll-orders.ts';
import type { PassedOver } from './roll-reasons.ts';

/** How many passed-over targets a plan keeps and names: it is persisted, and people read it. */
export const passedOverMax = 3;

/** Leg 2: open exactly what was closed and is not open yet, on fresh quotes, at the best target that can be had now. */
export function planLeg2(task: PlanningTask, reading: MarketReading, nowMs: number): LegPlan {
  const { held, roll } = task;
  const expiryMs = roll.compensating ? held.expiryMs : (roll.toExpiryMs ?? held.expiryMs);
  if (nowMs >= expiryMs) {
    return { kind: 'expired', reason: { code: 'optionsExpired', figures: { expiryMs } } };
  }
  const ranked = targetsOf(task, reading.chain);
  const isPassedOver = (symbol: string): boolean => refusalNow(roll.refusedOptions, symbol, nowMs) !== null;
  // What was refused a moment ago comes last, longest ago first: with nothing else left it is tried again.
  const later = ranked
    .filter(isPassedOver)
    .sort((a, b) => refusedAtMs(roll.refusedOptions, a) - refusedAtMs(roll.refusedOptions, b));
  const attempt = { task, reading, nowMs, ranked };
  const usual = bestOf(
    attempt,
    ranked.filter((symbol) => !isPassedOver(symbol)),
  );
  if (usual.kind === 'order' || later.length === 0) return usual;
  const again = bestOf(attempt, later);
  return again.kind === 'order' ? again : nothingToOpen(problemsOf(attempt, ranked, 'bound'));
}

interface Attempt extends MarketMoment {
  readonly task: PlanningTask;
  /** Everything that may be opened, best first. */
  readonly ranked: readonly string[];
}

/** After a try in vain a target that can be reached is better than the wanted one that cannot. */
function bestOf(attempt: Attempt, symbols: readonly string[]): LegPlan {
  const reached = attempt.task.roll.failedTries > 0 ? firstOf(attempt, symbols, 'farTouch') : null;
  return (
    reached ?? firstOf(attempt, symbols, 'bound') ?? nothingToOpen(problemsOf(attempt, symbols, 'bound'))
  );
}

type Within = WantedOrder['within'];

function firstOf(attempt: Attempt, symbols: readonly string[], within: Within): LegPlan | null {
  for (const symbol of symbols) {
    const opening = openingOf(attempt, symbol, within);
    if ('problem' in opening) continue;
    const better = attempt.ranked.slice(0, attempt.ranked.indexOf(symbol));
    const { strike, expiryMs } = opening.instrument;
    const passedOver = problemsOf(attempt, better.slice(0, passedOverMax), within);
    const to = { toSymbol: symbol, toStrike: strike, toExpiryMs: expiryMs };
    return { kind: 'order', order: opening.order, ...to, passedOver };
  }
  return null;
}

const openingOf = (attempt: Attempt, symbol: string, within: Within): OrderOrProblem =>
  orderIn(attempt.task, { leg: 'open', symbol, qty: leftToOpen(attempt.task.roll), within }, attempt);

/** Why each of them cannot be opened now, or was not tried again so soon. */
function problemsOf(attempt: Attempt, symbols: readonly string[], within: Within): readonly PassedOver[] {
  const { refusedOptions } = attempt.task.roll;
  return symbols.flatMap((symbol) => {
    const opening = openingOf(attempt, symbol, within);
    const reason = 'problem' in opening ? opening.problem : refusalNow(refusedOptions, symbol, attempt.nowMs);
    return reason === null ? [] : [{ symbol, reason }];
  });
}

/** Best first. Back to the old option when compensating; a position is never split over two. */
function targetsOf(task: PlanningTask, chain: readonly ListedOption[]): readonly string[] {
  const { held, roll } = task;
  if (roll.compensating) return [roll.fromSymbol];
  const wanted = targetOption(roll);
  return wanted === null || isPositive(roll.opened.executedQty)
    ? [roll.toSymbol ?? roll.fromSymbol]
    : rankTargets(held, wanted, chain).filter(
        (symbol) => symbol === wanted.symbol || mayTakeItsPlace({ task, wanted, chain }, symbol),
      );
}

export interface Replacing {
  readonly task: PlanningTask;
  readonly wanted: TargetOption;
  readonly chain: readonly ListedOption[];
}

/**
 * Whether an option may take the place of the wanted one. A short that was to come nearer to the price comes no nearer than that;
 * no leg goes where another one is or goes; and the legs of a spread come no further apart and never change places.
 */
export function mayTakeItsPlace({ task, wanted, chain }: Replacing, symbol: string): boolean {
  const { held } = task;
  const strike = chain.find(({ instrument }) => instrument.symbol === symbol)?.instrument.strike;
  if (strike === undefined) return false;
  const way = rightWay(held.optionType);
  const isTowardsThePrice = compare(wanted.strike, held.strike) * way < 0;
  if (held.side === 'Sell' && isTowardsThePrice && compare(strike, wanted.strike) * way < 0) return false;
  return otherLegs(task).every(({ leg, move }) => {
    if ((move.toSymbol ?? move.fromSymbol) === symbol) return false;
    const isPartner = leg.optionType === held.optionType && leg.side !== held.side && isPositive(leg.qty);
    if (!isPartner) return true;
    const partner = move.toStrike ?? leg.strike;
    const apart = compare(partner, wanted.strike);
    return compare(strike, wanted.strike) * apart >= 0 && compare(partner, strike) * apart > 0;
  });
}

/** The legs of the structure besides this one, also those that are gone. */
const otherLegs = ({ others = [], roll }: PlanningTask) =>
  others.flatMap((leg, place) => {
    const move = roll.others?.[place];
    return move ? [{ leg, move }] : [];
  });

const nothingToOpen = (all: readonly PassedOver[]): LegPlan => {
  const passedOver = all.slice(0, passedOverMax);
  return refused({ code: 'nothingToOpen', figures: { passedOver, others: all.length - passedOver.length } });
};
