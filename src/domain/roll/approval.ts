/**
 * Asking a person before a rule trades: when it is asked, what is asked, and what an answer, or none, comes to. While a
 * question stands no roll is begun: the position, its owner and the other rules of the task go on as between rolls, and only
 * the rules that wait for the answer rest. What was answered is planned anew; shown figures bind nobody to an old price.
 */
import type { Stamp } from '../orders/outcomes.ts';
import type { ReasonOf } from '../reason.ts';
import type { Approval } from '../rules/approval.ts';
import { isTradingRule, judgeRules, restRules, triggerOf, type RuleState } from '../rules/judging.ts';
import { firstDelivered } from '../rules/structure.ts';
import { conditionsOf, type Trigger } from '../rules/triggers.ts';
import { hourMs, minuteMs } from '../units.ts';
import { emitAlert, type EmittedAlert } from './alerts.ts';
import { answered, type Answer, type AnswerFigures } from './answers.ts';
import type { RollEvent } from './events.ts';
import type { LegPlan } from './leg-plan.ts';
import { dueTrades } from './planning.ts';
import {
  isStanding,
  isWithin,
  type Question,
  type QuestionEnding,
  type QuestionOver,
  type ShownTrade,
} from './question.ts';
import { noteReason } from './reasons.ts';
import { legsInOrder, type RollContext } from './roll-context.ts';
import type { RollReason } from './roll-reasons.ts';
import { startRoll, type Roll } from './roll.ts';
import { forgetHolding, noteHolding } from './watching.ts';

/** What a person needs to decide. Quantities in base coin, money in settle coin, times exchange time. */
export interface ApprovalAlertFigures {
  readonly approvalWanted: {
    readonly approvalId: string;
    readonly symbol: string;
    /** By its name, and what it waits for. */
    readonly rule: string;
    readonly trigger: Trigger;
    readonly from: readonly string[];
    /** Empty when nothing is opened. */
    readonly to: readonly string[];
    readonly index: string;
    readonly untilMs: number;
    readonly otherwise: Approval['otherwise'];
    /** How many questions of this trade there were, with this one. */
    readonly count: number;
  } & ShownTrade;
  readonly approvalOver: { readonly approvalId: string; readonly symbol: string } & QuestionOver;
}

const info = (reason: ReasonOf<ApprovalAlertFigures>): EmittedAlert => emitAlert('info', reason);

const approvalOfRule = ({ spec }: RollContext, place: number | null): Approval | undefined =>
  place === null ? undefined : spec.rules[place]?.approval;

type AskingPlan = Extract<LegPlan, { kind: 'order' }> & { readonly asks: ShownTrade };

const askingPlan = ({ plan, roll }: RollContext): AskingPlan | null => {
  if (plan?.kind !== 'order' || plan.asks === undefined || roll === null) return null;
  return roll.approved && isWithin(roll.approved, plan.asks) ? null : { ...plan, asks: plan.asks };
};

/** The plan stands, its rule asks, and nobody has allowed what it is now. */
export const mustAsk = (context: RollContext): boolean => askingPlan(context) !== null;

/** Before the first option is delivered there has to be time left for the trade itself. */
const leftForTradeMs = minuteMs;

function untilMsOf(context: RollContext, place: number, nowMs: number): number {
  const { spec } = context;
  const { approval, guards } = spec.rules[place] ?? {};
  const lastMs = firstDelivered(context).expiryMs - (guards?.notBeforeExpiryMs ?? 0) - leftForTradeMs;
  return Math.max(Math.min(nowMs + (approval?.timeoutMs ?? 0), lastMs), nowMs);
}

/** The question that the roll under way comes to. @throws Error when its plan asks nothing */
function questionOf(context: RollContext, { roll, plan }: { roll: Roll; plan: AskingPlan }): Question {
  const rule = plan.settles?.rule ?? null;
  if (rule === null) throw new Error(`${roll.rollId} was asked for by a person and asks nobody`);
  const nowMs = plan.order.atMs;
  return {
    approvalId: roll.rollId,
    askedAtMs: nowMs,
    untilMs: untilMsOf(context, rule, nowMs),
    otherwise: approvalOfRule(context, rule)?.otherwise ?? 'skip',
    rule,
    rules: roll.rule === null ? roll.rules.slice(0, roll.rules.indexOf(rule) + 1) : [rule],
    waiting: context.rules.flatMap(({ restsUntilMs }, place) =>
      roll.rules.includes(place) || approvalOfRule(context, place) ? [{ rule: place, restsUntilMs }] : [],
    ),
    shown: plan.asks,
    fired: roll.fired ?? null,
    indexPrice: plan.order.quote.index,
    count: (roll.approved?.count ?? 0) + 1,
  };
}

/** Puts the roll away and waits for an answer; the alert that asks for it. */
export function askFirst(context: RollContext): {
  readonly change: Partial<RollContext>;
  readonly alert: EmittedAlert;
} {
  const { roll, rules } = context;
  const plan = askingPlan(context);
  if (roll === null || plan === null) throw new Error('a question needs a plan that asks');
  const question = questionOf(context, { roll, plan });
  const change = {
    ...legsInOrder(context),
    rules: restRules(rules, (place) =>
      isWaiting(question, place) ? Math.max(rules[place]?.restsUntilMs ?? 0, question.untilMs) : null,
    ),
    roll: null,
    plan: null,
    wish: null,
    wakeAtMs: question.untilMs,
    question,
  };
  return { change, alert: wanted(context, question) };
}

function wanted({ spec, held, rules }: RollContext, question: Question): EmittedAlert {
  const { approvalId, rule, shown, indexPrice: index, untilMs, otherwise, count } = question;
  const of = (leg: 'close' | 'open') =>
    shown.legs.filter((each) => each.leg === leg).map(({ symbol }) => symbol);
  return emitAlert('warning', {
    code: 'approvalWanted',
    figures: {
      approvalId,
      symbol: held.symbol,
      rule: spec.rules[rule]?.name ?? '',
      trigger: triggerOf(rules.slice(rule, rule + 1)),
      from: of('close'),
      to: of('open'),
      index,
      untilMs,
      otherwise,
      count,
      ...shown,
    },
  } satisfies ReasonOf<ApprovalAlertFigures>);
}

/** The question is answered by this event. */
export const isAnswered = ({ question }: RollContext, event: RollEvent): boolean =>
  (event.type === 'APPROVE' || event.type === 'DECLINE') &&
  isStanding(question) &&
  (event.approvalId ?? question.approvalId) === question.approvalId;

/** The time for an answer is over. */
export const isTimeOver = ({ question }: RollContext, atMs: number): boolean =>
  isStanding(question) && atMs >= question.untilMs;
/** It is over, and without an answer the trade is made. */
export const rollsUnanswered = (context: RollContext, atMs: number): boolean =>
  isTimeOver(context, atMs) && context.question?.otherwise === 'roll';

const isWaiting = ({ waiting }: Question, place: number): boolean =>
  waiting.some(({ rule }) => rule === place);
const waitsForAnswer = ({ question }: RollContext, place: number): boolean =>
  isStanding(question) && isWaiting(question, place);

/** A rule that trades is due on this price, and does not wait for the answer. */
export const isAnotherDue = (context: RollContext, event: RollEvent): boolean =>
  event.type === 'PRICE' &&
  judgeRules(context, event.readings, event.atMs).due.some(
    (place) => isTradingRule(context, place) && !waitsForAnswer(context, place),
  );
/** The same at this time, on the readings that were noted last. */
export const isAnotherDueAt = (context: RollContext, atMs: number): boolean =>
  dueTrades(context, atMs).some((place) => !waitsForAnswer(context, place));

/** When something may be due while the question stands, and since when conditions of other rules hold. */
function waitingAt(context: RollContext, event: RollEvent): Partial<RollContext> {
  if (event.type !== 'PRICE') return {};
  const { dueAtMs } = judgeRules(context, event.readings, event.atMs);
  const untilMs = context.question?.untilMs ?? event.atMs;
  return { ...noteHolding(context, event), wakeAtMs: Math.min(dueAtMs ?? untilMs, untilMs) };
}

/** A price changes what other rules wait for. */
export function hasWaitingChanged(context: RollContext, event: RollEvent): boolean {
  const { heldSince = context.heldSince, wakeAtMs = context.wakeAtMs } = waitingAt(context, event);
  return wakeAtMs !== context.wakeAtMs || JSON.stringify(heldSince) !== JSON.stringify(context.heldSince);
}

/** Notes what other rules wait for; after an alarm nothing but the end of the question is waited for. */
export const noteWaiting = (context: RollContext, event: RollEvent): Partial<RollContext> =>
  event.type === 'PRICE'
    ? waitingAt(context, event)
    : { ...forgetHolding(), wakeAtMs: context.question?.untilMs ?? context.wakeAtMs };

/**
 * Begins the roll that the question was about; it is planned anew. What a person has allowed needs no trigger any more; what
 * only the time has allowed is confirmed, on the whole trigger as it is now.
 */
export function lockAnswered(context: RollContext, event: RollEvent, stamp: Stamp): Partial<RollContext> {
  const { question, taskId, held, others, rules } = context;
  if (question === undefined) return {};
  const { approvalId, rule, shown, count, fired, indexPrice, askedAtMs } = question;
  const trigger = triggerOf(rules.slice(rule, rule + 1));
  const { atMs, version } = stamp;
  const roll = startRoll({
    taskId,
    version,
    atMs,
    indexPrice,
    trigger,
    rules: [rule],
    asked: null,
    held,
    others,
  });
  const places = conditionsOf(triggerOf(rules)).map((_, place) => place);
  return {
    ...forgetHolding(),
    triggered: event.type === 'APPROVE' || fired === null ? null : { ...fired, places, askedAtMs },
    triggeredPrice: indexPrice,
    roll: { ...roll, ...(fired && { fired }), approved: { approvalId, shown, count } },
  };
}

const endings: Partial<Record<RollEvent['type'], QuestionEnding>> = {
  APPROVE: 'approved',
  DECLINE: 'declined',
  PAUSE: 'paused',
  EDITED: 'edited',
  REMOVED: 'removed',
  TRADE_NOW: 'tradeAsked',
  POSITION_SEEN: 'closedByOwner',
  EXPIRED: 'delivered',
  HALTED: 'halted',
};

/** How the event ends the question; `null` when it goes on after it. */
function endingBy(context: RollContext, event: RollEvent, atMs: number): QuestionEnding | null {
  if (event.type === 'PRICE') return isAnotherDue(context, event) ? 'ruleDue' : null;
  if ('output' in event) {
    if (isTimeOver(context, atMs))
      return context.question?.otherwise === 'roll' ? 'rollsUnanswered' : 'skippedUnanswered';
    return isAnotherDueAt(context, atMs) ? 'ruleDue' : null;
  }
  return endings[event.type] ?? 'withdrawn';
}

/** Who declined has decided for a while, however short the cooldown is. */
const declinedRestMs = hourMs;

/** Until when the rule would rest that asks, if it were declined at this time. */
export const declinedUntilMs = ({ spec }: Pick<RollContext, 'spec'>, place: number, atMs: number): number =>
  atMs + Math.max(spec.rules[place]?.guards.cooldownMs ?? 0, declinedRestMs);

/** What is left of a question as the task leaves it. @returns `null` while it goes on */
export function endQuestion(
  context: RollContext,
  event: RollEvent,
  { atMs }: Stamp,
): { readonly change: Partial<RollContext>; readonly emits: readonly (EmittedAlert | Answer)[] } | null {
  const { question, held } = context;
  const how = isStanding(question) ? endingBy(context, event, atMs) : null;
  if (!isStanding(question) || how === null) return null;
  const over: QuestionOver = { how, by: byOf(event), atMs };
  const rules = rulesAfter(context, question, over);
  const { approvalId } = question;
  return {
    change: {
      question: { ...question, over },
      rules,
      wakeAtMs: atMs,
      ...reasonsAfter(context, question, over),
    },
    emits: [
      ...(how === 'approved' ? [answered(event, { code: 'approved', figures: { approvalId } })] : []),
      ...(how === 'declined'
        ? [
            answered(event, {
              code: 'declined',
              figures: { approvalId, restsUntilMs: rules[question.rule]?.restsUntilMs ?? atMs },
            }),
          ]
        : []),
      info({ code: 'approvalOver', figures: { approvalId, symbol: held.symbol, ...over } }),
    ],
  };
}

const byOf = (event: RollEvent): string | null => ('askedBy' in event ? (event.askedBy ?? null) : null);

const restBefore = ({ waiting }: Question, place: number): number | null =>
  waiting.find(({ rule }) => rule === place)?.restsUntilMs ?? null;

/** After a skip they rest; else they stand as before, but for the other rule that acts now they stay where they are. */
function rulesAfter(
  context: RollContext,
  question: Question,
  { how, atMs }: QuestionOver,
): readonly RuleState[] {
  const { rules, spec } = context;
  if (how === 'ruleDue') return rules;
  const restAfterSkip = (place: number): number | null => {
    if (!question.rules.includes(place)) return null;
    if (how === 'declined') return declinedUntilMs(context, place, atMs);
    return how === 'skippedUnanswered' ? atMs + (spec.rules[place]?.guards.cooldownMs ?? 0) : null;
  };
  return restRules(rules, (place) => restAfterSkip(place) ?? restBefore(question, place));
}

function reasonsAfter(
  { reasons, spec }: RollContext,
  { rule }: Question,
  { how, by, atMs }: QuestionOver,
): Partial<RollContext> {
  if (how !== 'declined' && how !== 'skippedUnanswered') return {};
  const figures = { rule: spec.rules[rule]?.name ?? '', by };
  const reason: RollReason = { code: 'notApproved', figures };
  return { reasons: noteReason(reasons, { kind: 'approval', ...reason, atMs }) };
}

/** Once another rule has begun its trade, those that waited stand as they did before. */
export function freeRules({ question, rules }: RollContext): readonly RuleState[] {
  if (question?.over?.how !== 'ruleDue') return rules;
  return restRules(rules, (place) => {
    const beforeMs = restBefore(question, place);
    if (beforeMs === null) return null;
    return rules[place]?.restsUntilMs === Math.max(beforeMs, question.untilMs) ? beforeMs : null;
  });
}

/** Why an answer counts for nothing: nothing was asked, something else is, or it is over. */
export function answerNotAsked({ question }: RollContext, event: RollEvent): Answer {
  const asked = event.type === 'APPROVE' || event.type === 'DECLINE' ? event.approvalId : null;
  const answer = answered(event, { code: 'notAsked', figures: { problem: problemOf(question, asked) } });
  return { ...answer, status: 'refused' };
}

function problemOf(
  question: Question | undefined,
  asked: string | null,
): AnswerFigures['notAsked']['problem'] {
  if (question === undefined || (asked !== null && asked !== question.approvalId && question.over))
    return { code: 'noQuestion', figures: {} };
  const { approvalId, over } = question;
  return over
    ? { code: 'questionOver', figures: { approvalId, ...over } }
    : { code: 'anotherQuestion', figures: { approvalId } };
}
