/**
 * Which leg of a previewed roll would come first, and why, where its rule says `legs: openFirst` or `auto`: by what the exchange has
 * said of the opening order, as the saga would judge it. Pure.
 */
import type { DecimalString } from '../money.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import type { LegPlan } from '../roll/leg-plan.ts';
import {
  judgeMargin,
  marginAsked,
  marginQuestionOf,
  noMarginReason,
  type MarginFound,
} from '../roll/open-first.ts';
import type { PlanningTask } from '../roll/roll-orders.ts';
import { examine, insteadOf, planLeg1, type Examination } from '../roll/roll-plan.ts';
import type { Execution } from '../rules/rule.ts';
import { reasonText } from './reason-text.ts';

export interface LegOrderView {
  /** What the rule says. */
  readonly legs: NonNullable<Execution['legs']>;
  /** `null` when that is not known, and where nothing would be traded because both options are too much. */
  readonly first: 'open' | 'close' | null;
  /** `marginFits`: by the exchange's word; `estimateFits`: by ours, because it checks nothing here; `short`: the position is. */
  readonly why: 'marginFits' | 'estimateFits' | 'noMargin' | 'short' | 'notAsked';
  /** To be opened first; less than the whole where the margin allows a part at a time. `null` where nothing is. */
  readonly qty: DecimalString | null;
  readonly text: string;
}

interface Ordered {
  readonly examined: Examination;
  readonly legOrder?: LegOrderView;
}

/** What the roll would be, with the order of its legs settled. */
export function inLegOrder(task: PlanningTask, reading: MarketReading, nowMs: number): Ordered {
  const examined = examine(task, reading, nowMs);
  const { legs } = task.terms.execution;
  const plan = planLeg1(task, reading, nowMs);
  if (legs === undefined || plan.kind !== 'order' || plan.toSymbol === null) return { examined };
  if (!plan.wouldOpen)
    return { examined, ...(task.others === undefined && { legOrder: viewOf(legs, { why: 'short' }) }) };
  const found = marginAsked(marginQuestionOf({ plan }), reading.checks ?? []);
  if (found.kind === 'ask') return { examined, legOrder: viewOf(legs, { why: 'notAsked' }) };
  const answer = { kind: 'read', value: found, atMs: nowMs, version: 0 } as const;
  const judged = judgeMargin({ plan, held: task.held, roll: task.roll }, answer).plan ?? plan;
  if (opensFirst(judged)) {
    const { qty } = judged.order;
    const why = found.kind === 'notOffered' ? 'estimateFits' : 'marginFits';
    return {
      examined: { ...examined, plan: judged },
      legOrder: viewOf(legs, { why, qty, of: plan.wouldOpen.order.qty }),
    };
  }
  const said = whyNot(plan, found, task);
  const instead = insteadOf(task, plan.wouldOpen);
  return {
    examined: instead ? examine(instead, reading, nowMs) : { ...examined, plan: judged },
    legOrder: viewOf(legs, { why: 'noMargin', said }),
  };
}

type OrderPlan = Extract<LegPlan, { kind: 'order' }>;
const opensFirst = (plan: LegPlan): plan is OrderPlan =>
  plan.kind === 'order' && plan.settles?.opensFirst === true;

function whyNot({ wouldOpen }: OrderPlan, found: MarginFound, { held }: PlanningTask): string {
  const reason = wouldOpen && noMarginReason(wouldOpen, found, held);
  return reason ? reasonText(reason) : '';
}

interface Found {
  readonly why: LegOrderView['why'];
  readonly qty?: DecimalString | null;
  /** The whole. */
  readonly of?: DecimalString;
  /** Why the margin does not allow both. */
  readonly said?: string;
}

function viewOf(legs: LegOrderView['legs'], { why, qty = null, of, said = '' }: Found): LegOrderView {
  const part = qty === null || of === undefined || qty === of ? '' : `, ${qty} of ${of} at a time`;
  const texts = {
    marginFits: `It opens first${part}: the exchange says that the margin allows both options at once`,
    estimateFits:
      'It opens first: by our estimate the margin allows both options at once; the exchange checks nothing here',
    noMargin: legs === 'auto' ? `It does not open first: ${said}` : `It opens nothing: ${said}`,
    short: 'It closes first, because the position is short: auto opens first for long ones',
    notAsked: 'Which leg comes first is not known: the exchange was not asked about both options',
  };
  const closes = why === 'short' || (why === 'noMargin' && legs === 'auto');
  return { legs, first: qty !== null ? 'open' : closes ? 'close' : null, why, qty, text: texts[why] };
}
