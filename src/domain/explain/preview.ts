/**
 * What a roll would do now, before it may: the saga's own planner on fresh quotes, laid open. Prices are those
 * at which each leg could be traded at once; what is really paid comes with the fills. Pure.
 */
import type { Verdict } from '../rules/guards.ts';
import type { HeldOption } from '../market/held-option.ts';
import { bookClosing, bookOpening, breakEven, type Ledger } from '../roll/ledger.ts';
import { limitPrice } from '../orders/limit-price.ts';
import { cashOf, costOf, type MarginSteps } from '../market/margin.ts';
import { add, multiply, sum, toText, decimal, type DecimalString } from '../money.ts';
import type { Greeks, ListedOption, Quote, Side } from '../market/order.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import { startRoll, type LegTally } from '../roll/roll.ts';
import type { Trigger } from '../rules/triggers.ts';
import type { OrderPlan } from '../roll/leg-order.ts';
import { examine, judgeCandidates, reasonOf, type PlanningTask } from '../roll/roll-plan.ts';
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
  /** At the price that can be had at once, by the exchange's usual taker rate. */
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

export interface Preview {
  readonly atMs: number;
  readonly from: string;
  /** `null` when nothing would be opened. */
  readonly to: string | null;
  readonly would: 'roll' | 'close' | 'nothing';
  /** Why nothing would be done; `""` otherwise. */
  readonly reason: string;
  readonly legs: readonly LegPreview[];
  readonly candidates: readonly CandidatePreview[];
  /** Received less paid, before fees; `null` when one leg cannot be priced. */
  readonly netCredit: DecimalString | null;
  readonly fees: DecimalString | null;
  /** `null` of a structure, which has no single one. */
  readonly breakEven: { readonly before: DecimalString | null; readonly after: DecimalString | null };
  /** Of the task's position; `null` when the exchange shows none. */
  readonly greeks: {
    readonly before: PositionGreeks | null;
    readonly between: PositionGreeks;
    readonly after: PositionGreeks | null;
  };
  readonly margin: MarginSteps | null;
  readonly guards: readonly Verdict[];
}

export interface PreviewedTask extends Omit<PlanningTask, 'roll'> {
  /** What the rule waits for. */
  readonly trigger: Trigger;
  readonly ledger: Ledger;
}

/** @param reading as leg 2 reads it, so that the target's alternatives are in it */
export function previewRoll(task: PreviewedTask, reading: MarketReading, nowMs: number): Preview {
  const { taskId, held, ledger } = task;
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
  });
  const planning: PlanningTask = { ...task, roll };
  const { plan, closing, opening, verdicts, margin } = examine(planning, reading, nowMs);
  const isRoll = plan.kind === 'order' && plan.toSymbol !== null;
  const would = plan.kind !== 'order' ? 'nothing' : isRoll ? 'roll' : 'close';
  const next = would === 'close' ? null : opening;
  const orders = [closing, next].filter((order) => order !== null);
  const cash = sum(orders.map((order) => add(cashOf(costOf(order)), costOf(order).fee)));
  const fees = sum(orders.map((order) => costOf(order).fee));
  const isOneOption = ledger.adopted.others === undefined;
  const isPriced = closing !== null && (would === 'close' || next !== null);
  return {
    atMs: nowMs,
    from: held.symbol,
    to: next?.symbol ?? null,
    would,
    reason: reasonTextOrNothing(reasonOf({ plan })),
    legs: orders.map((order) => legOf(order, order === closing ? 'close' : 'open')),
    candidates: candidatesOf(planning, reading, { takenSymbol: isRoll ? plan.toSymbol : null, nowMs }),
    netCredit: isPriced ? cash : null,
    fees: isPriced ? fees : null,
    breakEven: {
      before: isOneOption ? breakEven(ledger, held) : null,
      after:
        isOneOption && closing && next
          ? breakEvenAfter({ ledger, held, closing, opening: next, strike: strikeIn(reading, next.symbol) })
          : null,
    },
    greeks: greeksOf(held, quoteOf(reading, held.symbol), next?.quote ?? null),
    margin,
    guards: verdicts,
  };
}

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
  { takenSymbol, nowMs }: { readonly takenSymbol: string | null; readonly nowMs: number },
): CandidatePreview[] {
  return judgeCandidates(task, reading, nowMs).map(({ symbol, problem, decidedBy }, rank) => {
    const option = listedIn(reading, symbol);
    const isWanted = rank === 0;
    const usable = isWanted ? wantedText(decidedBy) : 'may take its place in leg 2';
    return {
      symbol,
      strike: strikeIn(reading, symbol),
      expiryMs: option?.instrument.expiryMs ?? 0,
      delta: option?.quote?.greeks?.delta ?? null,
      bid: option?.quote?.bid ?? null,
      ask: option?.quote?.ask ?? null,
      isTaken: symbol === takenSymbol,
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

function greeksOf(held: HeldOption, old: Quote | null, next: Quote | null): Preview['greeks'] {
  const scaled = (quote: Quote | null): PositionGreeks | null => {
    if (!quote?.greeks) return null;
    const { delta, gamma, vega, theta } = quote.greeks;
    const times = (value: DecimalString): DecimalString =>
      toText(decimal(value).times(held.side === 'Sell' ? `-${held.qty}` : held.qty));
    return { delta: times(delta), gamma: times(gamma), vega: times(vega), theta: times(theta) };
  };
  return { before: scaled(old), between: none, after: next === null ? none : scaled(next) };
}
