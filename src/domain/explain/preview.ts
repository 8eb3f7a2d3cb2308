/**
 * What a roll would do now, before it may: the saga's own planner on fresh quotes, laid open. Prices are those
 * at which each leg could be traded at once; what is really paid comes with the fills. Pure.
 */
import type { Approval } from '../rules/approval.ts';
import type { Verdict } from '../rules/guards.ts';
import type { HeldOption } from '../market/held-option.ts';
import { bookClosing, bookOpening, breakEven, type Ledger } from '../roll/ledger.ts';
import { limitPrice } from '../orders/limit-price.ts';
import { cashOf, costOf, type MarginSteps } from '../market/margin.ts';
import { add, multiply, sum, toText, decimal, type DecimalString } from '../money.ts';
import type { AppliedFees } from '../market/fee-rates.ts';
import type { Greeks, ListedOption, Quote, Side } from '../market/order.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import { startRoll, type LegTally } from '../roll/roll.ts';
import { legsOf } from '../rules/structure.ts';
import type { Trigger } from '../rules/triggers.ts';
import type { OrderPlan } from '../roll/leg-order.ts';
import { reasonOf } from '../roll/leg-plan.ts';
import type { PlanningTask } from '../roll/roll-orders.ts';
import { judgeCandidates } from '../roll/candidates.ts';
import { verdictText } from './guard-text.ts';
import type { SeenStops } from '../roll/stop-facts.ts';
import { inLegOrder, type LegOrderView } from './leg-order-view.ts';
import { stopView, type StopView } from './stop-text.ts';
import { reasonText, reasonTextOrNothing } from './reason-text.ts';
import { wantedText } from './target-text.ts';

export interface LegPreview {
  readonly leg: 'close' | 'open';
  readonly side: Side;
  readonly qty: DecimalString;
  readonly symbol: string;
  /** Where the order starts, and the worst price that it may come to. */
  readonly limitPrice: DecimalString;
  readonly worstPrice: DecimalString;
  readonly bid: DecimalString | null;
  readonly ask: DecimalString | null;
  readonly mark: DecimalString;
  /** At the price that can be had at once, by the taker's rate; of an order that rests by the maker's. */
  readonly fee: DecimalString;
}

export interface CandidatePreview {
  readonly symbol: string;
  readonly strike: DecimalString;
  readonly expiryMs: number;
  readonly delta: DecimalString | null;
  readonly bid: DecimalString | null;
  readonly ask: DecimalString | null;
  readonly isTaken: boolean;
  /** Why it was taken or not. */
  readonly reason: string;
}

export type PositionGreeks = Pick<Greeks, 'delta' | 'gamma' | 'vega' | 'theta'>;

export type JudgedGuard = Verdict & {
  /** What it has looked at, beside its bound. */
  readonly text: string;
};

export interface Preview {
  readonly atMs: number;
  /** What would be left; several legs of a structure joined by ` + `. */
  readonly from: string;
  /** `null` when nothing would be opened. */
  readonly to: string | null;
  readonly would: 'roll' | 'close' | 'nothing';
  /** Why nothing would be done; `""` otherwise. */
  readonly reason: string;
  /** In the order in which they would be traded. */
  readonly legs: readonly LegPreview[];
  /** Which of them comes first, and why; absent where the rule closes first, and where nothing would be rolled. */
  readonly legOrder?: LegOrderView;
  readonly candidates: readonly CandidatePreview[];
  /** Received less paid, before fees; `null` when one leg cannot be priced. */
  readonly netCredit: DecimalString | null;
  readonly fees: DecimalString | null;
  /** The rates that fees are estimated with; `null` in what an older daemon answers. */
  readonly feeRates: AppliedFees | null;
  /** `null` of a structure, which has several. */
  readonly breakEven: { readonly before: DecimalString | null; readonly after: DecimalString | null };
  /** Of everything that the task holds; `null` when the exchange shows none of a leg. */
  readonly greeks: {
    readonly before: PositionGreeks | null;
    readonly between: PositionGreeks | null;
    readonly after: PositionGreeks | null;
  };
  readonly margin: MarginSteps | null;
  readonly guards: readonly JudgedGuard[];
  /** That stand at the exchange on what would be closed; absent where none does. */
  readonly stops?: readonly StopView[];
  /** A person would be asked first; absent when nobody would. */
  readonly approval?: Approval;
}

export interface PreviewedTask extends Omit<PlanningTask, 'roll'> {
  /** What the rule waits for. */
  readonly trigger: Trigger;
  readonly ledger: Ledger;
  /** Which of the stops is its own. */
  readonly seenStops?: SeenStops;
}

/** @param reading as leg 2 reads it, so that the target's alternatives are in it */
export function previewRoll(task: PreviewedTask, reading: MarketReading, nowMs: number): Preview {
  const { held, others, ledger } = task;
  const planning = previewedRoll(task, reading, nowMs);
  const { examined, legOrder } = inLegOrder(planning, reading, nowMs);
  const { plan, closings, verdicts, margin } = examined;
  const isRoll = plan.kind === 'order' && plan.toSymbol !== null;
  const would = plan.kind !== 'order' ? 'nothing' : isRoll ? 'roll' : 'close';
  const openings = would === 'close' ? [] : examined.openings;
  const orders = legOrder?.first === 'open' ? [...openings, ...closings] : [...closings, ...openings];
  const cash = sum(orders.map((order) => add(cashOf(costOf(order)), costOf(order).fee)));
  const fees = sum(orders.map((order) => costOf(order).fee));
  const isPriced = closings.length > 0 && (would === 'close' || openings.length === closings.length);
  const [closing, opening] = [closings[0], openings[0]];
  return {
    atMs: nowMs,
    from: closings.length === 0 ? held.symbol : symbolsOf(closings),
    to: openings.length === 0 ? null : symbolsOf(openings),
    would,
    reason: reasonTextOrNothing(reasonOf({ plan })),
    legs: orders.map((order) => legOf(order, order.reduceOnly ? 'close' : 'open')),
    ...(legOrder && { legOrder }),
    candidates: candidatesOf(planning, reading, {
      taken: isRoll ? openings.map(({ symbol }) => symbol) : [],
      nowMs,
    }),
    netCredit: isPriced ? cash : null,
    fees: isPriced ? fees : null,
    feeRates: reading.fees ?? null,
    breakEven: {
      before: others ? null : breakEven(ledger, held),
      after:
        closing && opening && !others
          ? breakEvenAfter({ ledger, held, closing, opening, strike: strikeIn(reading, opening.symbol) })
          : null,
    },
    greeks: greeksOf(legsOf(task), { closings, openings, opensFirst: legOrder?.first === 'open' }, reading),
    margin,
    guards: verdicts.map((verdict) => ({ ...verdict, text: verdictText(verdict) })),
    ...(reading.stops && {
      stops: reading.stops.map((stop) => stopView(stop, task.seenStops?.emergency ?? null)),
    }),
    ...(would !== 'nothing' && task.terms.approval && { approval: task.terms.approval }),
  };
}

/** The task as if the roll began now. */
export function previewedRoll(task: PreviewedTask, reading: MarketReading, nowMs: number): PlanningTask {
  const { taskId, held, others } = task;
  const index = reading.chain.find(({ quote }) => quote !== null)?.quote?.index ?? '';
  const roll = startRoll({
    taskId,
    version: 0,
    atMs: nowMs,
    indexPrice: index,
    trigger: task.trigger,
    rules: task.terms.rule === null ? [] : [task.terms.rule],
    asked: null,
    held,
    others,
  });
  return { ...task, roll };
}

const symbolsOf = (orders: readonly OrderPlan[]): string => orders.map(({ symbol }) => symbol).join(' + ');

function legOf(order: OrderPlan, leg: 'close' | 'open'): LegPreview {
  const { side, qty, symbol, quote, execution, rules } = order;
  return {
    leg,
    side,
    qty,
    symbol,
    limitPrice: limitPrice(quote, order, 0),
    worstPrice: limitPrice(quote, { side, rules, execution: { ...execution, style: 'cross' } }, 0),
    bid: quote.bid,
    ask: quote.ask,
    mark: quote.mark,
    fee: costOf(order).fee,
  };
}

/** The wanted option first, then what could take its place once the old one is closed. */
function candidatesOf(
  task: PlanningTask,
  reading: MarketReading,
  { taken, nowMs }: { readonly taken: readonly string[]; readonly nowMs: number },
): CandidatePreview[] {
  return judgeCandidates(task, reading, nowMs).map(({ symbol, problem, decidedBy }, rank) => {
    const option = listedIn(reading, symbol);
    const isWanted = rank === 0 || task.others !== undefined;
    const usable = isWanted ? wantedText(decidedBy) : 'may take its place in leg 2';
    return {
      symbol,
      strike: strikeIn(reading, symbol),
      expiryMs: option?.instrument.expiryMs ?? 0,
      delta: option?.quote?.greeks?.delta ?? null,
      bid: option?.quote?.bid ?? null,
      ask: option?.quote?.ask ?? null,
      isTaken: taken.includes(symbol),
      reason: problem === null ? usable : reasonText(problem),
    };
  });
}

const tallyOf = (order: OrderPlan): LegTally => {
  const { qty, price, fee } = costOf(order);
  return { attempts: 1, executedQty: qty, value: multiply(price, qty), fee };
};

interface Rolled {
  readonly ledger: Ledger;
  readonly held: HeldOption;
  readonly closing: OrderPlan;
  readonly opening: OrderPlan;
  /** Of the option that is opened. */
  readonly strike: DecimalString;
}

function breakEvenAfter({ ledger, held, closing, opening, strike }: Rolled): DecimalString {
  const [closed, opened] = [tallyOf(closing), tallyOf(opening)];
  const next = { ...held, symbol: opening.symbol, strike, qty: opened.executedQty, premium: opened.value };
  return breakEven(
    bookOpening(bookClosing(ledger, held, { order: closed, closedBefore: '0' }), held, opened),
    next,
  );
}

const listedIn = ({ chain }: MarketReading, symbol: string): ListedOption | undefined =>
  chain.find(({ instrument }) => instrument.symbol === symbol);
const quoteOf = (reading: MarketReading, symbol: string): Quote | null =>
  listedIn(reading, symbol)?.quote ?? null;
const strikeIn = (reading: MarketReading, symbol: string): DecimalString =>
  listedIn(reading, symbol)?.instrument.strike ?? '0';

const none: PositionGreeks = { delta: '0', gamma: '0', vega: '0', theta: '0' };

interface Orders {
  readonly closings: readonly OrderPlan[];
  readonly openings: readonly OrderPlan[];
  readonly opensFirst: boolean;
}

/** Of all legs before, of those that stay between, and of what is held afterwards. */
function greeksOf(
  legs: readonly HeldOption[],
  { closings, openings, opensFirst }: Orders,
  reading: MarketReading,
): Preview['greeks'] {
  const held = legs.map((leg) => positionGreeks(leg, quoteOf(reading, leg.symbol)));
  const leaves = (leg: HeldOption): boolean =>
    legs.length === 1 || closings.some(({ symbol }) => symbol === leg.symbol);
  const stay = legs.flatMap((leg, place) => (leaves(leg) ? [] : [held[place] ?? null]));
  const opened = openings.map((order) => positionGreeks(order, order.quote));
  const between = opensFirst ? [...held, ...opened] : stay;
  return { before: total(held), between: total(between), after: total([...stay, ...opened]) };
}

function positionGreeks(
  { side, qty }: { readonly side: Side; readonly qty: DecimalString },
  quote: Quote | null,
): PositionGreeks | null {
  if (!quote?.greeks) return null;
  const { delta, gamma, vega, theta } = quote.greeks;
  const times = (value: DecimalString): DecimalString =>
    toText(decimal(value).times(side === 'Sell' ? `-${qty}` : qty));
  return { delta: times(delta), gamma: times(gamma), vega: times(vega), theta: times(theta) };
}

function total(all: readonly (PositionGreeks | null)[]): PositionGreeks | null {
  let of: PositionGreeks | null = none;
  for (const one of all)
    of =
      of && one
        ? {
            delta: add(of.delta, one.delta),
            gamma: add(of.gamma, one.gamma),
            vega: add(of.vega, one.vega),
            theta: add(of.theta, one.theta),
          }
        : null;
  return of;
}
