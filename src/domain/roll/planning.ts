/**
 * What is asked of the market for a leg, and what the answer comes to: the plan of the first rule that is due and allowed,
 * once what fired is confirmed.
 */
import { asksForEvents, scaled, type Asked, type Terms } from '../rules/rule.ts';
import { isTradingRule, judgeRules, triggerOf } from '../rules/judging.ts';
import { isTowardsThePrice } from '../rules/structure.ts';
import { alternativesMax } from '../rules/targets.ts';
import { divide } from '../money.ts';
import type {
  MarketQuestion,
  MarketReading,
  ReadAnswer,
  Stamp,
  Stamped,
  WantedTarget,
} from '../orders/outcomes.ts';
import type { TaskSpec } from '../spec/task-spec.ts';
import {
  askedAnewFor,
  confirmedRules,
  needsUnderlying,
  unconfirmedMax,
  whyUnconfirmed,
  type AskedAnew,
} from './confirmation.ts';
import { newPart, oldRest } from './both-held.ts';
import { planLeg2 } from './leg2-plan.ts';
import { planClosingRest } from './open-first.ts';
import { isEvidence, listsLagMs } from './position-evidence.ts';
import { closedPartOf, hasBegun, hasClosed, startRoll, targetOption, type Roll } from './roll.ts';
import type { RollContext } from './roll-context.ts';
import { guardOf, refusalOf, refused, type LegPlan, type RefusedPlan } from './leg-plan.ts';
import { planLeg1 } from './roll-plan.ts';
import type { PlanningTask } from './roll-orders.ts';
import { isWithin, questionsMax } from './question.ts';
import type { RefusedRule, RollReason } from './roll-reasons.ts';
import { stopIn, stoppedRest, withOwnStops } from './stopped-out.ts';
import { noteRead } from './seen-stops.ts';
import { termsOf, termsOfRule } from './terms.ts';
import { closingTurn, openingTurn, turnTo } from './turns.ts';

/**
 * Leg 1 asks whether the targets can be had; a roll that is under way goes where it was going, and a structure that is partly
 * closed is only closed.
 */
export const leg1Question = (context: RollContext): MarketQuestion => ({
  ...questionOf(context, 0),
  ...(context.others && { others: context.others }),
  ...(context.others && hasClosed(context.roll) && { targets: [] }),
  ...(mayOpen(context) && watchedIn(context)),
  underlying: context.triggered !== null && needsUnderlying(triggerOf(context.rules)),
});

/** Leg 2 asks for the option that leg 1 was closed for and for what could take its place, never for the rule again. */
export const leg2Question = (context: RollContext): MarketQuestion =>
  questionOf(openingTurn(context), alternativesMax);

/** Closing what is open twice asks for both options, never for the rule again. */
export const restQuestion = (context: RollContext): MarketQuestion => {
  const { held, roll } = context;
  const also = roll === null ? [] : [newPart(held, roll)];
  return { ...questionOf(context, 0), ...(roll && { held: oldRest(held, roll) }), also };
};

/** A preview asks for everything that could be opened. */
export const previewQuestion = (context: RollContext): MarketQuestion => ({
  ...(context.others === undefined ? leg2Question(context) : leg1Question(context)),
  ...watchedIn(context),
});

/** A roll that has begun is completed, and what only closes is refused for no holding. */
const mayOpen = ({ spec, roll, rollsDone }: RollContext): boolean =>
  roll !== null && !hasBegun(roll) && targetsOf(termsOfRoll(spec, roll), rollsDone).length > 0;

const watchedIn = ({ spec: { watched } }: RollContext): Pick<MarketQuestion, 'holding'> =>
  watched ? { holding: watched.symbol } : {};

const questionOf = ({ held, spec, roll, rollsDone }: RollContext, alternatives: number): MarketQuestion => ({
  held,
  targets: targetsOf(roll === null ? everyTerms(spec) : termsOfRoll(spec, roll), rollsDone),
  chosen: hasBegun(roll) && roll ? targetOption(roll) : null,
  alternatives,
  ...(asksForEvents(spec.rules) && { events: true }),
});

/** How the reading for the next plan is to be made; what it shows is the same, so no journal says it. */
export interface ReadingNeeds {
  /** How much of what is to be closed the roll has closed. */
  readonly closed: 'nothing' | 'part' | 'all';
  readonly askedAnew: AskedAnew;
  /** Nothing was tried yet: the chosen option is enough, if it is quoted, and no time is lost with what could take its place. */
  readonly isFirstOpening: boolean;
}

export const readingNeeds = ({ roll, rules, triggered }: RollContext): ReadingNeeds => ({
  closed: closedPartOf(roll),
  askedAnew: triggered ? askedAnewFor(triggerOf(rules)) : { ticker: false, quotes: false },
  isFirstOpening:
    hasClosed(roll) && roll?.failures === 0 && !roll.compensating && roll.refusedOptions.length === 0,
});

const everyTerms = (spec: TaskSpec): readonly Terms[] =>
  spec.rules.flatMap((_, place) => termsOfRule(spec, place) ?? []);

const termsOfRoll = (spec: TaskSpec, roll: Roll): readonly Terms[] =>
  roll.closesOnly ? [] : termsOf(spec, roll);

const targetsOf = (terms: readonly Terms[], rollsDone: number): readonly WantedTarget[] =>
  terms.flatMap(({ action, guards }) => {
    if (action.kind !== 'roll') return [];
    const { target, legs } = action;
    const allowWrongWay = guards.allowWrongWay || isTowardsThePrice(legs);
    return [{ target, opens: scaled(action, rollsDone), allowWrongWay, ...(legs && { legs }) }];
  });

/**
 * Begins a roll: from here on its id and version stand, and which rules are due.
 * @param asked what a person asked for; `null` when rules are due
 */
export function lockRoll(
  context: RollContext,
  { atMs, version }: Stamp,
  asked: Asked | null = null,
): Partial<RollContext> {
  const { taskId, spec, triggeredPrice: indexPrice, rules: states, held, others, triggered } = context;
  const due = judgeRules(context, triggered?.readings ?? {}, atMs);
  const rules = asked === null ? due.due.filter((place) => isTradingRule(context, place)) : [];
  const trigger = triggerOf(rules.flatMap((place) => states[place] ?? []));
  const isAsking = spec.rules.some(({ approval }) => approval !== undefined);
  const roll = startRoll({ taskId, version, atMs, indexPrice, trigger, rules, asked, held, others });
  return {
    heldSince: {},
    // A rule whose rest has ended since the readings were noted is due as well, and can be confirmed.
    triggered: asked === null && triggered ? { ...triggered, places: due.places } : null,
    roll: isAsking && triggered ? { ...roll, fired: { ...triggered, places: due.places } } : roll,
    ...(triggered === null && { triggeredPrice: '' }),
  };
}

/** Places of the rules that trade and are due at this time, on the readings that were noted last. */
export const dueTrades = (context: RollContext, atMs: number): readonly number[] =>
  judgeRules(context, context.triggered?.readings ?? {}, atMs).due.filter((place) =>
    isTradingRule(context, place),
  );

type Failed = Extract<ReadAnswer<MarketReading>, { kind: 'failed' }>;
type Answer = Stamped<ReadAnswer<MarketReading>>;
type Plan = (tasks: readonly PlanningTask[], reading: MarketReading, nowMs: number) => LegPlan | null;

/** Plans a leg on one reading of the market; a reading that failed is a plan `unread`. */
function planLeg(context: RollContext, answer: Answer, plan: Plan): Partial<RollContext> {
  const { roll } = context;
  if (roll === null) return {};
  if (answer.kind === 'failed') return { wakeAtMs: answer.atMs, plan: unreadPlan(answer) };
  const reading = withOwnStops(answer.value, context, answer.atMs);
  const made = plan(planningTasksOf(context, roll), reading, answer.atMs);
  return {
    wakeAtMs: answer.atMs,
    margin: answer.value.margin,
    ...noteRead(context, answer),
    ...turnToPlanned(context, made),
    ...(made === null ? { plan: null } : believeOnceProven(context, made, answer.value.askedAtMs)),
  };
}

/** The leg that is traded next, or is not there, has the turn. */
function turnToPlanned(context: RollContext, plan: LegPlan | null): Partial<RollContext> {
  if (context.others === undefined || plan === null) return {};
  const symbol = symbolOf(plan);
  const isRestLeft = symbol === null && plan.kind !== 'order' && hasClosed(context.roll);
  const { held, others, roll } = isRestLeft
    ? closingTurn(context)
    : turnTo(context, symbol ?? context.held.symbol);
  return { held, roll, ...(others && { others }) };
}

/** The leg's present option that the plan is about, where it is about one. */
function symbolOf(plan: LegPlan): string | null {
  if (plan.kind === 'order') return plan.order.reduceOnly ? plan.order.symbol : null;
  const isAbsent = plan.kind === 'gone' || plan.kind === 'mismatch' || plan.kind === 'unsure';
  return isAbsent && 'symbol' in plan.reason.figures ? plan.reason.figures.symbol : null;
}

/** Plans leg 2, on the terms on which leg 1 was closed. */
export function planOpening(context: RollContext, answer: Answer): Partial<RollContext> {
  const turned = openingTurn(context);
  const { held, others, roll } = turned;
  return {
    ...(others && { held, others, roll }),
    ...planLeg(turned, answer, ([task], reading, nowMs) =>
      task ? (stoppedRest(turned, reading) ?? planLeg2(task, reading, nowMs)) : null,
    ),
  };
}

/** Plans to close what is open twice. */
export const planRest = (context: RollContext, answer: Answer): Partial<RollContext> =>
  planLeg(context, answer, ([task], reading, nowMs) => (task ? planClosingRest(task, reading, nowMs) : null));

/**
 * Plans leg 1; what fired has to be confirmed before anything is closed, and what was allowed and has become something else
 * every time it was shown is given up.
 */
export function planClosing(context: RollContext, answer: Answer): Partial<RollContext> {
  const made = planOnceConfirmed(context, answer);
  const { spec, roll } = context;
  const { plan } = made;
  if (plan?.kind !== 'order' || plan.asks === undefined || !roll?.approved) return made;
  const { approved } = roll;
  if (isWithin(approved, plan.asks) || approved.count < questionsMax) return made;
  const reason: RollReason = {
    code: 'keepsChanging',
    figures: {
      rule: spec.rules[plan.settles?.rule ?? 0]?.name ?? '',
      questions: approved.count,
      netCredit: plan.asks.netCredit,
      shownNetCredit: approved.shown.netCredit,
    },
  };
  return { ...made, plan: refused(reason) };
}

function planOnceConfirmed(context: RollContext, answer: Answer): Partial<RollContext> {
  const { triggered, unconfirmed, roll } = context;
  if (triggered === null || roll === null || answer.kind === 'failed')
    return { ...planLeg(context, answer, firstThatStands(context)), unconfirmed: 0 };
  const fired = { ...context, trigger: triggerOf(context.rules), triggered };
  const rules = confirmedRules({ ...fired, due: roll.rules }, answer.value, answer.atMs);
  const confirmed = { ...context, roll: { ...roll, rules } };
  const made = planLeg(rules.length > 0 ? confirmed : context, answer, firstThatStands(context));
  // A position that is not there is no matter of prices.
  const isOfPrices = made.plan?.kind === 'order' || made.plan?.kind === 'refused';
  if (!isOfPrices) return { ...made, unconfirmed: 0 };
  if (rules.length > 0)
    return { ...made, roll: made.roll ?? confirmed.roll, triggered: null, unconfirmed: 0 };
  const reason = whyUnconfirmed(fired, answer.value, answer.atMs) ?? {
    code: 'triggerUnconfirmed',
    figures: { trigger: roll.trigger },
  };
  return {
    ...made,
    plan: { kind: 'unconfirmed', reason },
    unconfirmed: Math.min(unconfirmed + 1, unconfirmedMax),
  };
}

/** The plan of the first rule that may act; when none may, the plan that says why of each. */
const firstThatStands =
  ({ spec, roll }: RollContext): Plan =>
  (tasks, reading, nowMs) => {
    const isAlone = spec.rules.length === 1 || roll?.asked != null;
    const planFrom = (from: number, before: readonly Refused[]): LegPlan | null => {
      const task = tasks[from];
      if (task === undefined) return allRefused(spec, before);
      const orNext = (made: LegPlan): LegPlan => {
        const plan = withSilence(made, task);
        if (plan.kind !== 'refused' || isAlone) return plan;
        return planFrom(from + 1, [...before, { task, plan }]) ?? plan;
      };
      const plan = planLeg1(task, reading, nowMs);
      if (plan.kind !== 'order' || !plan.wouldOpen) return orNext(plan);
      const { otherwise } = plan.wouldOpen;
      if (otherwise) return { ...plan, wouldOpen: { ...plan.wouldOpen, otherwise: orNext(otherwise) } };
      // Where the exchange says no, the next rule has its turn; when that may not act either, the no is the reason.
      const next = isAlone ? null : planFrom(from + 1, before);
      return next?.kind === 'order' ? { ...plan, wouldOpen: { ...plan.wouldOpen, otherwise: next } } : plan;
    };
    return planFrom(0, []);
  };

interface Refused {
  readonly task: PlanningTask;
  readonly plan: RefusedPlan;
}

function allRefused(spec: TaskSpec, refusals: readonly Refused[]): LegPlan | null {
  if (refusals.length === 0) return null;
  const rules = refusals.map(({ task, plan }): RefusedRule => ({
    rule: nameOf(spec, task),
    reason: plan.reason,
  }));
  const plan = refused({ code: 'rulesRefused', figures: { rules } });
  return refusals.every(({ plan: { isSilent } }) => isSilent) ? { ...plan, isSilent: true } : plan;
}

const nameOf = ({ rules }: TaskSpec, { terms }: PlanningTask): string => rules[terms.rule ?? 0]?.name ?? '';

/** A guard with `whenRefused: skip` sends no alert, unless a person was asked: `task why` shows it. */
function withSilence(plan: LegPlan, { terms, roll }: PlanningTask): LegPlan & { readonly isSilent?: true } {
  const isSkipped = guardOf({ plan }) !== null && terms.guards.whenRefused === 'skip' && !roll.approved;
  return plan.kind === 'refused' && isSkipped ? { ...plan, isSilent: true } : plan;
}

/** One for each of the terms on which the roll may be executed, in their order. */
export function planningTasksOf(context: RollContext, roll: Roll): readonly PlanningTask[] {
  const { taskId, spec, held, others, farthestStrike, rollsOnDay, rollsDone } = context;
  return termsOf(spec, roll).map((terms) => ({
    taskId,
    terms: nearerToMark(terms, context),
    held,
    ...(others && { others }),
    roll,
    farthestStrike,
    rollsOnDay,
    rollsDone,
  }));
}

const narrowedMax = 6;

/**
 * What was refused for its price is tried again nearer to the mark, half as far with each failure: the exchange's band of
 * prices may be narrower than the slippage that the task allows.
 */
function nearerToMark<Own extends PlanningTask['terms']>(
  terms: Own,
  { plan, roll }: Pick<RollContext, 'plan' | 'roll'>,
): Own {
  if (roll === null || refusalOf({ plan }) !== 'price') return terms;
  const { execution } = terms;
  const share = 2 ** Math.min(roll.failures, narrowedMax);
  return { ...terms, execution: { ...execution, slippageMax: divide(execution.slippageMax, String(share)) } };
}

const unreadPlan = ({ cause, refusal, notBeforeMs }: Failed): LegPlan => ({
  kind: 'unread',
  reason: cause,
  ...(refusal && { refusal }),
  ...(notBeforeMs !== undefined && { notBeforeMs }),
});

/** When the first list missed what this plan misses; `null` when none has that counts. */
function firstMissing(context: RollContext, plan: LegPlan): number | null {
  const { missingSinceMs, heldAsOfMs, others } = context;
  if (others === undefined || missingSinceMs === null) return missingSinceMs;
  // Of a structure it may have been another leg, or before the task learned what it holds now.
  const isSame = context.plan !== null && symbolOf(context.plan) === symbolOf(plan);
  return isSame && missingSinceMs - heldAsOfMs >= listsLagMs ? missingSinceMs : null;
}

/** A position that is not there, or not as it should be, is believed to be so once two lists prove it. */
function believeOnceProven(context: RollContext, plan: LegPlan, askedAtMs: number): Partial<RollContext> {
  if (plan.kind !== 'gone' && plan.kind !== 'mismatch') return { plan, missingSinceMs: null };
  // The exchange has the order that closed it on record.
  if (plan.kind === 'gone' && stopIn(plan) !== null) return { plan, missingSinceMs: null };
  const { heldAsOfMs } = context;
  const isTooEarly = askedAtMs - heldAsOfMs < listsLagMs;
  const missingSinceMs = firstMissing(context, plan) ?? (isTooEarly ? null : askedAtMs);
  const isProven =
    missingSinceMs !== null && isEvidence({ firstAskedAtMs: missingSinceMs, askedAtMs }, heldAsOfMs);
  return { plan: isProven ? plan : { kind: 'unsure', reason: plan.reason }, missingSinceMs };
}
