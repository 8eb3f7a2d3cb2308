/**
 * Which orders the exchange is to be asked about before leg 1: those that the planned roll would open, once everything else
 * allows it. What a rule only might have gone to is never asked about, because every question is a request. Pure.
 */
import { checkIn, type CheckedOrder } from '../market/pre-check.ts';
import { limitPrice } from '../orders/limit-price.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import type { Verdict } from '../rules/guards.ts';
import { triggerOf } from '../rules/judging.ts';
import { confirmedRules } from './confirmation.ts';
import type { OrderPlan } from './leg-order.ts';
import { planningTasksOf } from './planning.ts';
import { legOrderOf } from './both-held.ts';
import { closingFirst, marginAsked, marginQuestionOf } from './open-first.ts';
import { hasBegun } from './roll.ts';
import type { RollContext } from './roll-context.ts';
import type { PlanningTask } from './roll-orders.ts';
import { examine, planLeg1, type Examination } from './roll-plan.ts';
import { withOwnStops } from './stopped-out.ts';

/** What the roll would open by this reading and the exchange was not asked about yet; empty once something is closed. */
export function wantedChecks(
  context: RollContext,
  value: MarketReading,
  nowMs: number,
): readonly CheckedOrder[] {
  const { roll, triggered } = context;
  if (roll === null || hasBegun(roll)) return [];
  const fired = triggered && { ...context, trigger: triggerOf(context.rules), triggered, due: roll.rules };
  const rules = fired ? confirmedRules(fired, value, nowMs) : roll.rules;
  if (fired && rules.length === 0) return [];
  const tasks = planningTasksOf(context, { ...roll, rules });
  return uncheckedOf(tasks, withOwnStops(value, context, nowMs), nowMs);
}

/**
 * Of the first of these tasks that may act: what it would open and is not known to the exchange's word in the reading. What opens
 * first is asked about by itself, for as much as the margin allows; what may come to close first is judged as if it did.
 */
export function uncheckedOf(
  tasks: readonly PlanningTask[],
  reading: MarketReading,
  nowMs: number,
): readonly CheckedOrder[] {
  for (const task of tasks) {
    const order = legOrderOf(task);
    const examined = examine(order === 'auto' ? closingFirst(task) : task, reading, nowMs);
    if (order !== 'openFirst' && waitsForChecks(examined)) {
      const unchecked = examined.openings.filter((order) => checkIn(reading.checks, order) === undefined);
      if (unchecked.length > 0) return unchecked.map(asSent);
    }
    if (examined.plan.kind !== 'refused') return [];
  }
  return [];
}

/** Of a task that may open first: the next quantity that a preview has to ask about, to say which leg comes first. */
export function uncheckedForBoth(
  task: PlanningTask,
  reading: MarketReading,
  nowMs: number,
): readonly CheckedOrder[] {
  const plan = planLeg1(task, reading, nowMs);
  if (plan.kind !== 'order' || !plan.wouldOpen) return [];
  const found = marginAsked(marginQuestionOf({ plan }), reading.checks ?? []);
  return found.kind === 'ask' ? [found.order] : [];
}

/** The estimate of the margin afterwards may forbid what the exchange allows: it is asked all the same. */
function waitsForChecks({ plan, openings, verdicts }: Examination): boolean {
  if (openings.length === 0) return false;
  const refusals = verdicts.filter(({ passes }) => !passes);
  if (refusals.length === 0) return plan.kind === 'order' && plan.toSymbol !== null;
  return refusals.every(isOfMarginAfter);
}

const isOfMarginAfter = (verdict: Verdict): boolean =>
  verdict.code === 'maintenanceMargin' && verdict.figures.step === 'after';

/** At its first price. It is checked as one that rests, whatever the style: only margin is in question. */
const asSent = ({ symbol, side, qty, reduceOnly, quote, execution, rules }: OrderPlan): CheckedOrder => ({
  symbol,
  side,
  qty,
  price: limitPrice(quote, { side, execution, rules }, 0),
  timeInForce: 'GTC',
  reduceOnly,
});
