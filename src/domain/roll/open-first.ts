/**
 * The plans of a roll that opens first: what would be opened, how much of that the account's margin allows while both options are
 * held, and what is closed for it afterwards. Pure; the margin itself is asked for by an effect.
 */
import {
  compare,
  decimal,
  divide,
  isPositive,
  multiply,
  subtract,
  toText,
  type DecimalString,
} from '../money.ts';
import type { HeldOption } from '../market/held-option.ts';
import type { MarginSteps } from '../market/margin.ts';
import { limitPrice } from '../orders/limit-price.ts';
import { checkIn, type CheckedOrder, type OrderCheck } from '../market/pre-check.ts';
import type { Cause, MarketReading, ReadAnswer, Stamped } from '../orders/outcomes.ts';
import { judgeLimits, type AccountStanding } from '../rules/account-limits.ts';
import type { Execution } from '../rules/rule.ts';
import { reservedBy } from './account-use.ts';
import { closingOption, leftDoubled, legOrderOf, newPart } from './both-held.ts';
import { orderIn, type OrderPlan } from './leg-order.ts';
import { refused, type LegPlan, type WouldOpen } from './leg-plan.ts';
import type { Roll } from './roll.ts';
import { forbidden, listedIn, type PlanningTask } from './roll-orders.ts';
import type { RollContext } from './roll-context.ts';
import type { RollReason } from './roll-reasons.ts';
import { stopOutOf } from './stopped-out.ts';

/** The task as if its rule closed first. */
export const closingFirst = (task: PlanningTask): PlanningTask => ({
  ...task,
  terms: { ...task.terms, execution: withoutLegs(task.terms.execution) },
});

function withoutLegs({ legs: _, ...execution }: Execution): Execution {
  return execution;
}

interface Looked {
  readonly openings: readonly OrderPlan[];
  readonly margin: MarginSteps | null;
}

/** What the roll would open first; `null` where it closes first. */
export function wouldOpenFirst(
  task: PlanningTask,
  { openings: [order], margin }: Looked,
  reading: MarketReading,
): WouldOpen | null {
  const legs = legOrderOf(task);
  const instrument = order && listedIn(reading, order.symbol)?.instrument;
  if (legs === null || order === undefined || instrument === undefined) return null;
  const { minQty, qtyStep } = instrument;
  const { maintenanceMax } = task.terms.guards;
  const { initialRate = null, maintenanceRate = null } = margin?.between ?? {};
  return { order, legs, minQty, qtyStep, maintenanceMax, initialRate, maintenanceRate };
}

type PlannedOrder = Extract<LegPlan, { kind: 'order' }>;

/** An order whose margin is asked for, at its worst price; a part of it will do. */
export interface MarginQuestion {
  readonly order: CheckedOrder;
  readonly minQty: DecimalString;
  readonly qtyStep: DecimalString;
  /** The largest maintenance margin that the task allows, a fraction of the balance. */
  readonly maintenanceMax: DecimalString;
}

/** The account's margin after the order, fractions of the balance; `null` what is not said. */
export interface MarginRates {
  readonly initialRate: DecimalString | null;
  readonly maintenanceRate: DecimalString | null;
}

/** Why so much cannot be opened: the exchange's words, or the rates that it would come to. */
export interface NoMargin {
  readonly qty: DecimalString;
  /** `null` where it would be accepted, but is more than the task or the account can bear. */
  readonly cause: Cause | null;
  readonly rates: MarginRates;
}

export type MarginFound =
  | { readonly kind: 'fits'; readonly qty: DecimalString }
  | ({ readonly kind: 'tooMuch' } & NoMargin)
  /** The exchange does not answer such questions for this account. */
  | { readonly kind: 'notOffered' };

/** With the limits of the account at the moment of the answer; missing for an account without limits. */
export type MarginLook = MarginFound & Pick<MarketReading, 'account'>;
export type MarginAnswer = Stamped<ReadAnswer<MarginLook>>;

/** The order that would be opened first is to be asked for before the plan stands. */
export const mustAskMargin = ({ plan }: Pick<RollContext, 'plan'>): boolean =>
  plan?.kind === 'order' && plan.wouldOpen !== undefined;

/** @throws Error when the plan would open nothing first */
export function marginQuestionOf({ plan }: Pick<RollContext, 'plan'>): MarginQuestion {
  if (plan?.kind !== 'order' || !plan.wouldOpen) throw new Error('a plan that opens first has an order');
  const { order, minQty, qtyStep, maintenanceMax } = plan.wouldOpen;
  const { symbol, side, qty, quote, rules, execution } = order;
  const price = limitPrice(quote, { side, rules, execution: { ...execution, style: 'cross' } }, 0);
  return {
    order: { symbol, side, qty, price, timeInForce: 'GTC', reduceOnly: false },
    minQty,
    qtyStep,
    maintenanceMax,
  };
}

/** Halvings of the quantity, before the smallest is asked for. */
const halvingsMax = 2;

/** Quantities to ask for, the whole first; none leaves a rest that could not be ordered. */
export function quantitiesToAsk({ order: { qty }, minQty, qtyStep }: MarginQuestion): DecimalString[] {
  const onStep = (part: DecimalString): DecimalString =>
    isPositive(qtyStep) ? multiply(toText(decimal(divide(part, qtyStep)).floor()), qtyStep) : part;
  const halves = Array.from({ length: halvingsMax }, (_, at) => onStep(divide(qty, String(2 ** (at + 1)))));
  const parts = [...halves, minQty].filter(
    (part) => compare(part, minQty) >= 0 && compare(subtract(qty, part), minQty) >= 0,
  );
  return [...new Set([qty, ...parts])];
}

/** Whether the account can bear these rates. */
export const areBearable = (
  { initialRate, maintenanceRate }: MarginRates,
  maintenanceMax: DecimalString,
): boolean =>
  (initialRate === null || compare(initialRate, '1') < 0) &&
  (maintenanceRate === null || compare(maintenanceRate, maintenanceMax) <= 0);

/**
 * As much as fits by what the exchange has said so far, or its last no; `ask`: the next quantity is to be asked for.
 * @throws Error when there is no quantity to ask for
 */
export function marginAsked(
  question: MarginQuestion,
  checks: readonly OrderCheck[],
): MarginFound | { readonly kind: 'ask'; readonly order: CheckedOrder } {
  const { order, maintenanceMax } = question;
  let last: NoMargin | null = null;
  for (const qty of quantitiesToAsk(question)) {
    const check = checkIn(checks, { ...order, qty });
    if (check === undefined) return { kind: 'ask', order: { ...order, qty } };
    const { answer } = check;
    if (answer.kind === 'notOffered') return answer;
    const { initialRateAfter: initialRate, maintenanceRateAfter: maintenanceRate } = answer;
    const rates = { initialRate, maintenanceRate };
    if (answer.kind === 'refused') {
      const { words, exchangeCode } = answer;
      last = { qty, rates, cause: { code: 'said', figures: { words, exchangeCode } } };
      // A smaller order would be refused as well.
      if (answer.scope !== 'margin') break;
    } else if (areBearable(rates, maintenanceMax)) return { kind: 'fits', qty };
    else last = { qty, rates, cause: null };
  }
  if (last === null) throw new Error(`no quantity of ${order.symbol} could be asked for`);
  return { kind: 'tooMuch', ...last };
}

/**
 * The plan once the margin is known: opens first, does what it does otherwise, or is refused. The limits of the account are judged
 * again: while the exchange was asked, another task may have taken what was left of them.
 */
export function judgeMargin(
  { plan, held, roll }: Pick<RollContext, 'plan' | 'held' | 'roll'>,
  answer: MarginAnswer,
): Partial<RollContext> {
  if (plan?.kind !== 'order' || !plan.wouldOpen) return {};
  const { wouldOpen, ...planned } = plan;
  const { atMs } = answer;
  if (answer.kind === 'failed') {
    const { cause, refusal, notBeforeMs } = answer;
    const unread = { kind: 'unread', reason: cause, ...(refusal && { refusal }) } as const;
    return { wakeAtMs: atMs, plan: { ...unread, ...(notBeforeMs !== undefined && { notBeforeMs }) } };
  }
  const found = answer.value.kind === 'notOffered' ? byFormula(wouldOpen) : answer.value;
  const settled =
    found.kind === 'fits'
      ? openingFirst(planned, { ...wouldOpen.order, qty: found.qty }, wouldOpen.order.qty)
      : (wouldOpen.otherwise ?? refused(reasonOfNo(wouldOpen, found, held)));
  return { wakeAtMs: atMs, plan: withinLimits(settled, roll, { account: answer.value.account, atMs }) };
}

/** @param wholeQty of which `order` may be a part; what that leaves is rolled afterwards, with two orders more */
function openingFirst(
  { settles, ...plan }: PlannedOrder,
  order: OrderPlan,
  wholeQty: DecimalString,
): PlannedOrder {
  if (!settles) return { ...plan, order };
  const { use } = settles;
  const isPart = compare(order.qty, wholeQty) < 0;
  const ofBoth = use && { use: { ...use, orders: use.orders + (isPart ? 2 : 0) } };
  return { ...plan, order, settles: { ...settles, ...ofBoth, opensFirst: true } };
}

/** What the limits of the account say of the plan now. */
function withinLimits(
  plan: LegPlan,
  roll: Roll | null,
  { account, atMs }: { readonly account: AccountStanding | undefined; readonly atMs: number },
): LegPlan {
  const wanted = plan.kind === 'order' ? plan.settles?.use : undefined;
  if (wanted === undefined || account === undefined) return plan;
  return forbidden(judgeLimits(account, { wanted, own: roll && reservedBy(roll) }, atMs)) ?? plan;
}

/** Why the margin does not allow both; `null` where it does. */
export function noMarginReason(
  wouldOpen: WouldOpen,
  answer: MarginFound,
  held: HeldOption,
): RollReason | null {
  const found = answer.kind === 'notOffered' ? byFormula(wouldOpen) : answer;
  return found.kind === 'fits' ? null : reasonOfNo(wouldOpen, found, held);
}

type Judged = Exclude<MarginFound, { kind: 'notOffered' }> | { readonly kind: 'unknown' };

/** What our own formula says of both options at once, where the exchange says nothing. */
function byFormula({ order: { qty }, maintenanceMax, initialRate, maintenanceRate }: WouldOpen): Judged {
  if (initialRate === null || maintenanceRate === null) return { kind: 'unknown' };
  const rates = { initialRate, maintenanceRate };
  return areBearable(rates, maintenanceMax)
    ? { kind: 'fits', qty }
    : { kind: 'tooMuch', qty, cause: null, rates };
}

function reasonOfNo(
  { order: { symbol } }: WouldOpen,
  found: Exclude<Judged, { kind: 'fits' }>,
  { baseCoin }: HeldOption,
): RollReason {
  if (found.kind === 'unknown') return { code: 'marginForBothUnknown', figures: { symbol, baseCoin } };
  const { qty, cause, rates } = found;
  return { code: 'noMarginForBoth', figures: { symbol, qty, cause, rates } };
}

/**
 * Closes what is open twice: so much of the old option as was opened of the new one, or the new one again on the way back. Of
 * both it is looked whether they are there.
 */
export function planClosingRest(task: PlanningTask, reading: MarketReading, nowMs: number): LegPlan {
  const { held, roll } = task;
  const closes = closingOption(held, roll);
  const { expiryMs } = closes;
  const absent = [closes, newPart(held, roll)]
    .map((part) => absenceOf(part, reading))
    .find((plan) => plan !== null);
  if (nowMs >= expiryMs)
    return { kind: 'expired', reason: { code: 'optionsExpired', figures: { expiryMs } } };
  if (absent) return absent;
  const wanted = { leg: 'close', symbol: closes.symbol, qty: leftDoubled(roll), within: 'bound' } as const;
  const order = orderIn(task, wanted, { reading, nowMs });
  if ('problem' in order) return refused(order.problem);
  const { toSymbol, toStrike, toExpiryMs } = roll;
  return { kind: 'order', order: order.order, toSymbol, toStrike, toExpiryMs, passedOver: [] };
}

/** Why the account does not show this option as the roll left it; `null` when it does. */
function absenceOf(part: HeldOption, { positions, stopFills = [] }: MarketReading): LegPlan | null {
  const { symbol, side, qty } = part;
  if (!isPositive(qty)) return null;
  const position = positions.find((each) => each.symbol === symbol);
  const there = position?.side === side ? position.qty : '0';
  if (compare(there, qty) >= 0) return null;
  const stop = stopOutOf(stopFills, part, { missing: subtract(qty, there), sinceMs: 0 });
  const stopped = stop && ({ code: 'stoppedOut', figures: { symbol, stop } } as const);
  if (!isPositive(there))
    return { kind: 'gone', reason: stopped ?? { code: 'positionGone', figures: { symbol } } };
  const figures = { symbol, side, qty, foundSide: side, foundQty: there };
  return {
    kind: 'mismatch',
    reason: stopped ?? { code: 'positionMismatch', figures },
    found: { side, qty: there },
  };
}
