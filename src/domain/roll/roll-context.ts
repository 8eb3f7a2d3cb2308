/**
 * What the saga knows and how one step changes it: plan, freeze, count. Pure, so that the chart only says which step
 * follows which.
 */
import { unconfirmedBackOffMs } from './confirmation.ts';
import type { AnswerNotUnderstood, RollEvent } from './events.ts';
import { dayOf, type DayCount } from '../rules/guards.ts';
import type { HeldOption } from '../market/held-option.ts';
import { noteDoubled } from './both-held.ts';
import { closedOption } from './holdings.ts';
import { bookClosing, bookOpening, openLedger, type Ledger } from './ledger.ts';
import { isPositive } from '../money.ts';
import type { Margin } from '../market/order.ts';
import type { OrderOutcome } from '../orders/order-progress.ts';
import type { Undelivered } from '../orders/outcomes.ts';
import { isAlertDue, markAlerted, noteReason, type NotedReason } from './reasons.ts';
import type { Question } from './question.ts';
import type { RollReason } from './roll-reasons.ts';
import { beginOngoing } from '../orders/reminders.ts';
import { noteOpening } from '../orders/refused-options.ts';
import { countOrder, isNaked, type Move, type Roll, type RollSummary, type Wish } from './roll.ts';
import { attemptsOf } from './account-use.ts';
import { limitRestEnd, reasonOf, refusalOf, type LegPlan, type SettledMove } from './leg-plan.ts';
import type { OrderPlan } from './leg-order.ts';
import type { SeenStops, StoppedOut } from './stop-facts.ts';
import { termsOf } from './terms.ts';
import { inOrderOfSpec } from './turns.ts';
import type { TaskSpec } from '../spec/task-spec.ts';
import type { SeenCover } from '../rules/cover.ts';
import type { HeldSince, Triggered } from '../rules/triggers.ts';
import { isTradingRule, mayAct, nextRestEnd, restRules, type RuleState } from '../rules/judging.ts';

export interface RollInput {
  readonly taskId: string;
  readonly spec: TaskSpec;
  /** The option; of a structure the leg whose turn it is, between rolls its first. */
  readonly held: HeldOption;
  /** The other legs of a structure; absent in a task of one option. A leg of quantity 0 is gone. */
  readonly others?: readonly HeldOption[];
  /** As the exchange showed them when the task was added. */
  readonly seenStops?: SeenStops;
}

/** A leg of a structure that was delivered, or is gone without a record of its delivery. */
export interface SettledLeg {
  readonly symbol: string;
  readonly isOnRecord: boolean;
}

export interface RollContext extends RollInput {
  /** By place in the spec: where each rule stands. */
  readonly rules: readonly RuleState[];
  /** Since when conditions hold that have to go on holding. */
  readonly heldSince: HeldSince;
  /** When the task last learned, from its own fills or from two lists, what it holds; exchange time in ms. */
  readonly heldAsOfMs: number;
  readonly rollsDone: number;
  readonly rollsOnDay: DayCount;
  /** The farthest strike ever held, in the direction in which the option rolls. */
  readonly farthestStrike: string;
  readonly roll: Roll | null;
  /** What the last reading of the market led to. */
  readonly plan: LegPlan | null;
  /** When the first list was asked for that did not show the position as the task holds it; `null` while lists do. */
  readonly missingSinceMs: number | null;
  /** The account's margin at that reading. */
  readonly margin: Margin | null;
  /** What the trigger fired on, until that is confirmed. */
  readonly triggered: Triggered | null;
  /** How often in a row a trigger, or the expiry, was not confirmed. */
  readonly unconfirmed: number;
  /** The index, where it was known, when the waiting for confirmation or the roll started. */
  readonly triggeredPrice: string;
  readonly wakeAtMs: number;
  /** The owner asked for a pause while a roll was under way; it holds once the roll has ended. */
  readonly pauseWanted: boolean;
  /** What a person asked for while a roll was under way; it is done as soon as no order may be alive. */
  readonly wish: Wish | null;
  /** Why the last attempts did not roll; newest first. */
  readonly reasons: readonly NotedReason[];
  /** What the exchange showed of the option when its delivery was overdue. */
  readonly undelivered: Undelivered | null;
  readonly lastRoll: RollSummary | null;
  readonly ledger: Ledger;
  /** The leg of a structure that the last look at its deliveries has ended; `null` when it has ended none. */
  readonly settledLeg?: SettledLeg | null;
  /** What was seen last of the holding that the task watches; absent until then. */
  readonly seenCover?: SeenCover;
  /** What a person was asked last before a trade; absent until then. */
  readonly question?: Question;
  /** The stop that has closed what it managed last; absent where none has. */
  readonly stoppedOut?: StoppedOut;
  /** When a person removed the task, exchange time; only tasks that were removed have it. */
  readonly removedAtMs?: number;
}

/** From here on the order's id, quantity and limit are in the context, before anything is sent. */
export function freezeOrder({ roll, plan }: RollContext, leg: 'closed' | 'opened'): Partial<RollContext> {
  if (roll === null || plan?.kind !== 'order') return {};
  const counted = { ...roll, [leg]: { ...roll[leg], attempts: roll[leg].attempts + 1 } };
  const { toSymbol, toStrike, toExpiryMs, settles } = plan;
  if (settles === undefined) return { roll: counted };
  const { moves, rule, qty, openQty, use, opensFirst } = settles;
  const settled = { rule, qty, openQty, toSymbol, toStrike, toExpiryMs, closesOnly: toSymbol === null };
  const others = moves && roll.others?.map((move) => settleMove(move, moves));
  // Orders that it sent in vain before are counted already.
  const reserved = use && { ...use, atMs: plan.order.atMs, orders: use.orders + attemptsOf(roll) };
  return {
    roll: {
      ...counted,
      ...settled,
      ...(others && { others }),
      ...(reserved && { reserved }),
      ...(opensFirst && { opensFirst }),
    },
  };
}

/** A leg that nothing is settled for stays. */
const settleMove = (move: Move, settled: readonly SettledMove[]): Move => ({
  ...move,
  ...(settled.find(({ fromSymbol }) => fromSymbol === move.fromSymbol) ?? {
    toSymbol: null,
    toStrike: null,
    toExpiryMs: null,
    qty: '0',
    openQty: '0',
  }),
});

/** Counts an order of leg 1 and books it. */
export const countClosing = (context: RollContext, outcome: OrderOutcome): Partial<RollContext> =>
  countLegOrder(context, 'closed', outcome);
/** Counts an order of leg 2, or of the way back, and books it. */
export const countOpening = (context: RollContext, outcome: OrderOutcome): Partial<RollContext> =>
  countLegOrder(context, 'opened', outcome);

function countLegOrder(
  context: RollContext,
  leg: 'closed' | 'opened',
  outcome: OrderOutcome,
): Partial<RollContext> {
  const { roll, held, plan, ledger, heldAsOfMs } = context;
  if (roll === null) return {};
  const isFirst = leg === (roll.opensFirst ? 'opened' : 'closed') && isPositive(outcome.executedQty);
  const isOpenThere = leg === 'opened' && isPositive(outcome.executedQty);
  const counted = {
    ...roll,
    [leg]: countOrder(roll[leg], outcome),
    toSymbol: isOpenThere ? outcome.symbol : roll.toSymbol,
    toStrike: isOpenThere && plan?.kind === 'order' ? plan.toStrike : roll.toStrike,
    ...(isOpenThere && plan?.kind === 'order' && { indexAtOpening: plan.order.quote.index }),
    failures: isFirst ? 0 : roll.failures,
    failedTries: isFirst ? 0 : roll.failedTries,
    refusedOptions: leg === 'opened' ? noteOpening(roll.refusedOptions, outcome) : roll.refusedOptions,
  };
  return {
    wakeAtMs: outcome.atMs,
    heldAsOfMs: isPositive(outcome.executedQty) ? outcome.atMs : heldAsOfMs,
    ledger:
      leg === 'closed'
        ? bookClosing(ledger, closedOption(held, roll), {
            order: outcome,
            closedBefore: roll.closed.executedQty,
          })
        : bookOpening(ledger, held, outcome),
    plan: outcome.result === 'filled' ? null : refusedPlan(outcome),
    roll: roll.opensFirst
      ? noteDoubled(counted, outcome.atMs)
      : {
          ...counted,
          nakedInterval: isNaked(counted) ? (roll.nakedInterval ?? beginOngoing(outcome.atMs)) : null,
        },
  };
}

const orderEndedReason = ({
  linkId,
  result,
  executedQty,
  refusal,
  cause,
  before,
}: OrderOutcome): RollReason => ({
  code: 'orderEnded',
  figures: { linkId, result, executedQty, refusal, cause, before },
});

const refusedPlan = (outcome: OrderOutcome): LegPlan => ({
  kind: 'refused',
  reason: orderEndedReason(outcome),
  refusal: outcome.refusal,
  ...(outcome.notBeforeMs !== undefined && { notBeforeMs: outcome.notBeforeMs }),
});

/** Leg 1 was refused for its price alone: it is planned again while the roll is no older than an order may get. */
export const canPriceAgain = ({ plan, roll, spec, wakeAtMs }: RollContext): boolean =>
  plan?.kind === 'refused' &&
  plan.refusal === 'price' &&
  roll !== null &&
  termsOf(spec, roll).some(({ execution }) => wakeAtMs < roll.startedAtMs + execution.deadlineMs);

/** The order that the plan stands for. @throws Error when there is none */
export function orderOf({ plan }: RollContext): OrderPlan {
  if (plan?.kind !== 'order') throw new Error('an order is worked only when the plan stands');
  return plan.order;
}

/** Of a task that has just been adopted. */
export const firstRollContext = (input: RollInput): RollContext => ({
  ...input,
  rules: input.spec.rules.map(({ when }) => ({ trigger: when, restsUntilMs: 0, rollsDone: 0 })),
  heldSince: {},
  heldAsOfMs: 0,
  rollsDone: 0,
  rollsOnDay: { day: 0, count: 0 },
  farthestStrike: input.held.strike,
  roll: null,
  plan: null,
  missingSinceMs: null,
  margin: null,
  triggered: null,
  unconfirmed: 0,
  triggeredPrice: '',
  wakeAtMs: 0,
  pauseWanted: false,
  wish: null,
  reasons: [],
  undelivered: null,
  lastRoll: null,
  ledger: openLedger(input.held, input.others),
});

/** Why there was no roll, when its turn came. */
export function noteRefusal(context: RollContext): Partial<RollContext> {
  const { reasons, wakeAtMs } = context;
  const reason = reasonOf(context);
  return reason === null
    ? {}
    : { reasons: noteReason(reasons, { kind: kindOf(context, reason), ...reason, atMs: wakeAtMs }) };
}

/** The same guard, or the same refusal, again is the same answer, whatever its figures are now. */
function kindOf({ plan }: RollContext, reason: RollReason): string {
  const refusal = refusalOf({ plan });
  if (refusal !== null) return refusal;
  return plan?.kind === 'refused' ? codesOf(reason).join(' ') : (plan?.kind ?? '');
}

/** The codes that a reason is made of, outermost first. */
function codesOf(reason: RollReason): readonly string[] {
  const { code } = reason;
  if (code === 'orderEnded') {
    const { result, cause, before } = reason.figures;
    return [code, result, ...(cause ? codesOf(cause) : []), ...before.flatMap(codesOf)];
  }
  if (code === 'nothingToOpen')
    return [code, ...reason.figures.passedOver.map((option) => option.reason.code)];
  if (code === 'targetProblem') return [code, reason.figures.problem.code];
  if (code === 'rulesRefused')
    return [code, ...reason.figures.rules.flatMap((refused) => codesOf(refused.reason as RollReason))];
  return code === 'said' ? [code, reason.figures.exchangeCode] : [code];
}

/** An answer that is in no table is noted as a reason like any other. */
export const noteAnswer = (context: RollContext, event: RollEvent): Partial<RollContext> =>
  event.type === 'ANSWER_NOT_UNDERSTOOD'
    ? { reasons: noteReason(context.reasons, notUnderstood(event)) }
    : {};

const notUnderstood = ({ cause, atMs }: AnswerNotUnderstood) => {
  const reason: RollReason = { code: 'answerNotUnderstood', figures: { cause } };
  return { kind: [reason.code, ...codesOf(cause)].join(' '), ...reason, atMs };
};

/** No alert reported it yet, for this try or the last ones. */
export const isAnswerNews = (context: RollContext, event: RollEvent): boolean =>
  event.type === 'ANSWER_NOT_UNDERSTOOD' &&
  isAlertDue(noteAnswer(context, event).reasons ?? []) &&
  !context.reasons.some(
    ({ kind, alertedAtMs }) => kind === notUnderstood(event).kind && alertedAtMs !== null,
  );

/** That the account may not trade is reported once for all of its tasks; who was asked is told in any case. */
export const mustReportRefusal = ({ plan, reasons, roll }: RollContext): boolean => {
  const isSilent = plan?.kind === 'refused' && plan.isSilent === true;
  const isDue = roll?.approved !== undefined || isAlertDue(reasons);
  return refusalOf({ plan }) !== 'account' && !isSilent && isDue;
};

/** Notes that the newest reason was alerted. */
export const markRefusalAlerted = ({ reasons }: RollContext): Partial<RollContext> => ({
  reasons: markAlerted(reasons),
});

/** One more roll on the day on which it ended. */
export const countRollOnDay = ({ rollsOnDay }: RollContext, atMs: number): DayCount => {
  const day = dayOf(atMs);
  return { day, count: rollsOnDay.day === day ? rollsOnDay.count + 1 : 1 };
};

/**
 * Ends a roll that has changed nothing: the rules that were tried rest, each for its cooldown. After a halt none rests: it was
 * not they that were refused.
 */
export function giveUpRoll(context: RollContext): Partial<RollContext> {
  const { spec, rules, roll, plan, wakeAtMs, unconfirmed, pauseWanted } = context;
  const backOffMs = unconfirmed > 0 ? unconfirmedBackOffMs(unconfirmed) : null;
  const isHalted = roll?.isBrokenOff === true && !pauseWanted;
  const tried = roll === null || plan === null || isHalted ? [] : triedRules(roll);
  const rested = restRules(rules, (place) => {
    if (!tried.includes(place)) return null;
    const { guards, name } = spec.rules[place] ?? {};
    return limitRestEnd({ plan }, name) ?? wakeAtMs + (backOffMs ?? guards?.cooldownMs ?? 0);
  }).map((rule, place) =>
    tried.includes(place) && limitRestEnd({ plan }, spec.rules[place]?.name) !== null
      ? { ...rule, restsForLimit: true as const }
      : rule,
  );
  return { ...legsInOrder(context), rules: rested, roll: null, plan: null, wish: null };
}

/** A rule rests because its account has used up what it may. */
export const restsForLimit = ({ rules }: Pick<RollContext, 'rules'>): boolean =>
  rules.some((rule) => rule.restsForLimit === true);

/** The limits have changed: what rested because of them may act again. */
export const endLimitRests = ({ rules }: Pick<RollContext, 'rules'>): Partial<RollContext> => ({
  rules: restRules(rules, (place) => (rules[place]?.restsForLimit === true ? 0 : null)),
});

/** Between rolls the legs of a structure stand as the spec names them. */
export function legsInOrder(context: Pick<RollContext, 'held' | 'others' | 'spec'>): Partial<RollContext> {
  const { held, others } = inOrderOfSpec(context);
  return others === undefined ? {} : { held, others };
}

/** Places of the rules that were refused, or had an order in vain; those behind it never had their turn. */
const triedRules = ({ rules, rule }: Roll): readonly number[] =>
  rule === null ? rules : rules.slice(0, rules.indexOf(rule) + 1);

/**
 * After a trade every rule that trades rests, for its own cooldown, and the one that it was executed by has acted once more.
 * A trade that went back to the old option counts for nothing.
 * @param endedAtMs exchange time
 */
export const rulesAfterTrade = (
  { spec, rules, roll }: Pick<RollContext, 'spec' | 'rules' | 'roll'>,
  endedAtMs: number,
): readonly RuleState[] =>
  restRules(rules, (place) =>
    isTradingRule({ spec }, place) ? endedAtMs + (spec.rules[place]?.guards.cooldownMs ?? 0) : null,
  ).map((rule, place) =>
    place === roll?.rule && !roll.compensating ? { ...rule, rollsDone: rule.rollsDone + 1 } : rule,
  );

/** Sets when the task wakes next: now if a rule may act, else when the first that rests may act again. */
export const coolDown = (context: RollContext, atMs: number): Partial<RollContext> => ({
  wakeAtMs: mayAct(context, atMs) ? atMs : (nextRestEnd(context, atMs) ?? atMs),
});

/** No rule may act at this time, and some will later. */
export const allRulesRest = (context: RollContext, atMs: number): boolean =>
  !mayAct(context, atMs) && nextRestEnd(context, atMs) !== null;
