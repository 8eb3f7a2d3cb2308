/**
 * The payoff of a task as it is drawn: what it holds, at delivery and today; what is left between the legs of a roll; what the next
 * roll would make of it. Every curve counts what the task has earned and paid so far. Estimates, for people, never for a decision. Pure.
 */
import type { HeldOption } from '../market/held-option.ts';
import type { NamedOption } from '../market/exchange-rules.ts';
import {
  add,
  compare,
  decimal,
  isPositive,
  isZero,
  multiply,
  subtract,
  sum,
  toText,
  type DecimalString,
} from '../money.ts';
import type { Side } from '../market/order.ts';
import type { RollContext } from '../roll/roll-context.ts';
import { isUneven } from '../roll/both-held.ts';
import { conditionsOf } from '../rules/triggers.ts';
import type { LedgerView, SeenPrices } from './advice.ts';
import {
  breakEvensOf,
  firstDelivery,
  premiumsOf,
  resultAt,
  volatilityOf,
  type PaidOption,
  type PayoffPosition,
} from './payoff.ts';
import { drawnPrices } from './payoff-prices.ts';
import type { LegPreview, Preview } from './preview.ts';
import { triggerText } from './trigger-text.ts';

/** In settle coin, at prices of the underlying. */
export interface PayoffView {
  /** In which results are counted; `null` while no daemon has adopted the task. */
  readonly settleCoin: string | null;
  /** Moment of the prices, exchange time; `null` when no daemon has answered: then only what is stored is drawn. */
  readonly atMs: number | null;
  /** Of the underlying now; `null` when it is not known. */
  readonly index: DecimalString | null;
  /** What is booked: the result of everything that was closed or delivered, less all fees. */
  readonly booked: DecimalString | null;
  /** At which prices of the underlying every curve is given, rising. */
  readonly prices: readonly DecimalString[];
  readonly curves: readonly PayoffCurve[];
  /** Levels of triggers on the underlying's price. */
  readonly triggers: readonly { readonly text: string; readonly level: DecimalString }[];
  readonly held: readonly PayoffStrike[];
  /** What the next roll would open. */
  readonly wanted: readonly PayoffStrike[];
}

export interface PayoffStrike {
  readonly symbol: string;
  readonly strike: DecimalString;
  readonly side: Side;
  readonly qty: DecimalString;
}

export interface PayoffCurve {
  /**
   * `before`: as held, at delivery; `today`: as held, at its value now by Black and Scholes; `between`: between the legs, with
   * nothing of what is rolled or, where it opens first, with both options; `after`: after the next roll, at delivery.
   */
  readonly kind: 'before' | 'today' | 'between' | 'after';
  /** `short 0.1 …` with the name of the option, several joined by `and`; `nothing` where nothing is held. */
  readonly text: string;
  /** The moment that it is drawn for: the first delivery of what is held; `null` where it is the same at any time. */
  readonly atMs: number | null;
  /** One for each of `prices`, after fees, what the task has earned so far included. */
  readonly results: readonly DecimalString[];
  readonly breakEvens: readonly DecimalString[];
}

export interface DrawnTask {
  readonly context: Pick<RollContext, 'held' | 'rules' | 'roll'>;
  readonly ledger: LedgerView;
  /** `null` when no daemon has answered. */
  readonly now: { readonly atMs: number; readonly prices: SeenPrices | null } | null;
  /** The next roll, or closing; `null` when none can be said. */
  readonly preview: Preview | null;
}

/** @param readSymbol what the exchange's symbols say: of options that a roll would open */
export function payoffView(task: DrawnTask, readSymbol: (symbol: string) => NamedOption | null): PayoffView {
  const { context, ledger, now, preview } = task;
  const position = positionOf(ledger, (held) => volatilityIn(held, now));
  const stages = preview === null ? null : stagesOf(position, preview, paidOptions(preview, readSymbol, now));
  const drawn = shapesOf({ context, position, now, stages });
  const index = now?.prices?.index ?? null;
  const triggers = triggersOf(context);
  const wanted = stages?.opened ?? [];
  const exact = drawn.flatMap(({ position: of, atMs }) => breakEvensOf(of, atMs, []));
  const prices = drawnPrices({
    centre: index ?? context.held.indexAtOpening ?? context.held.strike,
    kinks: [...position.options, ...wanted].map(({ strike }) => strike),
    others: [...exact, ...triggers.map(({ level }) => level), ...(index === null ? [] : [index])],
  });
  return {
    settleCoin: context.held.settleCoin,
    atMs: now?.atMs ?? null,
    index,
    booked: subtract(ledger.ledger.realised, ledger.ledger.fees),
    prices,
    curves: drawn.map(({ kind, position: of, atMs }) => ({
      kind,
      text: positionText(of.options),
      atMs: of.options.length === 0 ? null : atMs,
      results: prices.map((price) => resultAt(of, price, atMs)),
      breakEvens: breakEvensOf(of, atMs, prices),
    })),
    triggers,
    held: position.options.map(strikeOf),
    wanted: wanted.map(strikeOf),
  };
}

const strikeOf = ({ symbol, strike, side, qty }: PaidOption): PayoffStrike => ({ symbol, strike, side, qty });

/** `short 0.1 X and long 0.1 Y`. */
export const positionText = (options: readonly Pick<PaidOption, 'side' | 'qty' | 'symbol'>[]): string =>
  options
    .map(({ side, qty, symbol }) => `${side === 'Sell' ? 'short' : 'long'} ${qty} ${symbol}`)
    .join(' and ') || 'nothing';

/** What is booked and what is held, as one position: closing at the premium of each option would leave what is booked. */
function positionOf(
  { ledger, holdings }: LedgerView,
  volatility: (held: HeldOption) => DecimalString | null,
): PayoffPosition {
  return {
    cash: sum([subtract(ledger.realised, ledger.fees), premiumsOf(holdings)]),
    options: holdings.map((held) => ({
      symbol: held.symbol,
      strike: held.strike,
      optionType: held.optionType,
      expiryMs: held.expiryMs,
      side: held.side,
      qty: held.qty,
      volatility: volatility(held),
    })),
  };
}

function volatilityIn(option: Omit<PaidOption, 'volatility'>, now: DrawnTask['now']): DecimalString | null {
  const { index = null, options = [] } = now?.prices ?? {};
  const seen = options.find(({ symbol }) => symbol === option.symbol);
  return now === null || index === null || !seen
    ? null
    : volatilityOf(option, { index, mark: seen.mark, volatility: seen.volatility, atMs: now.atMs });
}

/** What the preview would open, as data; an option whose symbol says nothing is left out. */
function paidOptions(
  { legs, candidates }: Preview,
  readSymbol: (symbol: string) => NamedOption | null,
  now: DrawnTask['now'],
): readonly PaidOption[] {
  return legs.flatMap(({ leg, symbol, side, qty }) => {
    const named = readSymbol(symbol);
    const listed = candidates.find((candidate) => candidate.symbol === symbol);
    if (leg === 'close' || named === null || !listed) return [];
    const option = {
      symbol,
      side,
      qty,
      strike: named.strike,
      optionType: named.optionType,
      expiryMs: listed.expiryMs,
    };
    return [{ ...option, volatility: volatilityIn(option, now) }];
  });
}

interface Stages {
  /** `null` where nothing is opened afterwards. */
  readonly between: PayoffPosition | null;
  readonly after: PayoffPosition;
  readonly opened: readonly PaidOption[];
}

/** The position behind each half of a roll; `null` when a leg of it cannot be told. */
function stagesOf(
  position: PayoffPosition,
  { legs, legOrder }: Preview,
  opened: readonly PaidOption[],
): Stages | null {
  const closings = legs.filter(({ leg }) => leg === 'close');
  const openings = legs.filter(({ leg }) => leg === 'open');
  if (closings.length === 0 || opened.length !== openings.length) return null;
  const closed = {
    cash: sum([position.cash, ...closings.map(cashOf)]),
    options: closings.reduce(withoutLeg, position.options),
  };
  if (openings.length === 0) return { between: null, after: closed, opened };
  const after = {
    cash: sum([closed.cash, ...openings.map(cashOf)]),
    options: [...closed.options, ...opened],
  };
  const both = {
    cash: sum([position.cash, ...openings.map(cashOf)]),
    options: [...position.options, ...opened],
  };
  return { between: legOrder?.first === 'open' ? both : closed, after, opened };
}

/** Received, less the fee, at the price that can be had at once. */
function cashOf({ side, qty, bid, ask, mark, fee }: LegPreview): DecimalString {
  const value = multiply((side === 'Buy' ? ask : bid) ?? mark, qty);
  return side === 'Sell' ? subtract(value, fee) : multiply(add(value, fee), '-1');
}

function withoutLeg(options: readonly PaidOption[], { symbol, qty }: LegPreview): readonly PaidOption[] {
  return options
    .map((option) =>
      option.symbol === symbol
        ? { ...option, qty: compare(option.qty, qty) > 0 ? subtract(option.qty, qty) : '0' }
        : option,
    )
    .filter((option) => !isZero(option.qty));
}

interface Shape {
  readonly kind: PayoffCurve['kind'];
  readonly position: PayoffPosition;
  readonly atMs: number;
}

interface Drawing extends Pick<DrawnTask, 'context' | 'now'> {
  readonly position: PayoffPosition;
  readonly stages: Stages | null;
}

/** In the middle of a roll what is held is what lies between its legs. */
function shapesOf({ context, position, now, stages }: Drawing): readonly Shape[] {
  const shape = (kind: Shape['kind'], of: PayoffPosition): Shape => ({
    kind,
    position: of,
    atMs: firstDelivery(of) ?? 0,
  });
  if (isUneven(context.roll)) return [shape('between', position)];
  if (position.options.length === 0) return [];
  const isKnown = position.options.every(({ volatility }) => volatility !== null);
  return [
    shape('before', position),
    ...(now !== null && isKnown ? [{ kind: 'today' as const, position, atMs: now.atMs }] : []),
    ...(stages?.between ? [shape('between', stages.between)] : []),
    ...(stages ? [shape('after', stages.after)] : []),
  ];
}

function triggersOf({ held, rules }: DrawnTask['context']): PayoffView['triggers'] {
  return rules
    .flatMap(({ trigger }) => conditionsOf(trigger))
    .flatMap((condition) => {
      const { kind, level, leg } = condition;
      const isPrice = kind === 'index' || kind === 'mark' || kind === 'last';
      if (!isPrice && (kind !== 'moneyness' || leg !== undefined)) return [];
      const at = isPrice ? level : moneynessPrice(held, level);
      return isPositive(at) ? [{ text: triggerText(condition), level: at }] : [];
    });
}

/** The price of the underlying at which the option is so far in the money. */
function moneynessPrice({ strike, optionType }: HeldOption, level: DecimalString): DecimalString {
  const share = optionType === 'call' ? decimal('1').plus(level) : decimal('1').minus(level);
  return toText(share.times(strike));
}
