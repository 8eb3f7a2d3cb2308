/**
 * What the product has to know of the exchange it trades on and cannot ask as data of one option: an adapter's to say,
 * as plain figures and pure functions. Machines never see it: what a decision needs of it is in the answers of effects,
 * and so in the journal.
 */
import type { DecimalString } from '../money.ts';
import type { FeeRates } from './fee-rates.ts';
import type { NamedHolding } from './holding.ts';
import { isOfFamily, type Option, type OptionFamily } from './option.ts';
import type { Quote } from './order.ts';

/** What a symbol says. When its option is delivered is not among it: that is in the listing. */
export interface NamedOption extends OptionFamily {
  readonly strike: DecimalString;
}

/** Structures that people know by a name. */
export const structureKinds = ['strangle', 'condor', 'covered-call'] as const;
export type StructureKind = (typeof structureKinds)[number];

export type LegExample =
  { readonly symbol: string; readonly side?: 'short' | 'long' } | { readonly watch: string };

/** How the exchange names its options. */
export interface SymbolRules {
  /** A symbol as it should be, for people who wrote another. */
  readonly symbolExample: string;
  /** Structures as their legs should be, likewise. */
  readonly legsExamples: Readonly<Record<StructureKind, readonly LegExample[]>>;
  /** @returns `null` when it is no option's, also of one that a person would understand: see `correctSymbol` */
  readonly readSymbol: (symbol: string) => NamedOption | null;
  /**
   * The symbol that a person means who writes it otherwise: as the exchange's pages show it, in small letters, with spaces.
   * @returns `null` when `text` is right as it is, or not understood
   */
  readonly correctSymbol: (text: string) => string | null;
  /** A holding beside options as a person may write it. @returns `null` when it is none that can be watched */
  readonly readHolding: (text: string) => NamedHolding | null;
  /** Such a holding, for people who wrote something else. */
  readonly holdingExample: string;
  /** At which time of its day an option is delivered, ms since midnight UTC. */
  readonly deliveryHourMs: number;
  /** When the option of a symbol is delivered by its name, ms since epoch; `null` when it names none. The listing may differ. */
  readonly namedDeliveryMs: (symbol: string) => number | null;
}

/** What a person wrote, as the exchange names it if that is known, else as it is written. */
export const symbolMeant = (text: string, { correctSymbol }: SymbolRules): string =>
  correctSymbol(text) ?? text;

/** Whether a symbol names an option of the family; `false` also when it names none at all. */
export function isOfSameFamily(symbol: string, family: OptionFamily, { readSymbol }: SymbolRules): boolean {
  const option = readSymbol(symbol);
  return option !== null && isOfFamily(option, family);
}

/** What one unit short binds of an account, in settle coin. */
export interface ShortMargin {
  readonly initial: DecimalString;
  readonly maintenance: DecimalString;
}

/** What the exchange takes for one unit, in settle coin. */
export interface CostRules {
  /** The rates that it usually takes; an account may have others. */
  readonly fees: FeeRates;
  /** Estimated fee of a trade of one unit at `price`, by one of these rates. */
  readonly tradeFee: (
    rate: DecimalString,
    quote: Pick<Quote, 'index'>,
    price: DecimalString,
  ) => DecimalString;
  /**
   * @param price at which the unit was, or would be, sold
   * @returns `null` for an option whose margin is not known
   */
  readonly shortMargin: (option: Option, quote: Quote, price: DecimalString) => ShortMargin | null;
}

export interface ExchangeTimes {
  /** How long after its signature a request may reach the exchange, which refuses it later. */
  readonly arriveWithinMs: number;
  /** How far our estimate of the exchange's clock may be off; further ahead than this every signature is refused. */
  readonly clockSkewMaxMs: number;
  /** How long an accepted order may stay invisible to look-ups. */
  readonly visibleWithinMs: number;
  /** How long after its expiry an option is delivered at the latest. */
  readonly deliveredWithinMs: number;
}

/** How many orders an account may send in any stretch of time of this length. */
export interface OrderPace {
  readonly ordersMax: number;
  readonly windowMs: number;
}

export interface ExchangeRules extends SymbolRules, CostRules {
  readonly times: ExchangeTimes;
  readonly orderPace: OrderPace;
}
