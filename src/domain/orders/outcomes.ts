/** What effects answer. An effect never throws at a machine: its answer is an event like any other, and is journaled. */
import type { AccountStanding } from '../rules/account-limits.ts';
import type { RefusalScope } from '../errors.ts';
import type { DecimalString } from '../money.ts';
import type { Instrument, Margin, OrderSighting, Position } from '../market/order.ts';
import type { OrderCheck } from '../market/pre-check.ts';
import type { StandingStop, StopFill } from '../market/stops.ts';
import type { AppliedFees } from '../market/fee-rates.ts';
import type { PricedOption } from '../market/unit-costs.ts';
import type { ReasonOf } from '../reason.ts';
import type { HeldOption } from '../market/held-option.ts';
import type { EventCalendar } from '../rules/blackouts.ts';
import type { HeldHolding } from '../rules/cover.ts';
import type { LegChoice, Portion } from '../rules/rule.ts';
import type { Target, TargetOption } from '../rules/targets.ts';
import type { Readings } from '../rules/triggers.ts';

/** On every event a machine receives: exchange time, and the task's version the event was decided on. */
export interface Stamp {
  readonly atMs: number;
  readonly version: number;
}

export interface CauseFigures {
  /** Words of the exchange, of what stands before it, or of the network; the code is the exchange's own, or `""`. */
  readonly said: { readonly words: string; readonly exchangeCode: string };
  /** The daemon restarted before the answer was known. */
  readonly restarted: object;
  readonly deadlinePassed: object;
  /** The task no longer wants the order. */
  readonly withdrawn: object;
  /** Its owner said so, because nothing else did. */
  readonly ownersWord: object;
}

/** Why a request, or an order, came to nothing. */
export type Cause = ReasonOf<CauseFigures>;

/** The same code with the same figures. */
export const isSameCause = (a: Cause, b: Cause): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Answer of a write. Only `acknowledged` means that the exchange took the request, and even that proves no fill. */
export type WriteAnswer =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly cause: Cause; readonly scope: RefusalScope }
  | { readonly kind: 'retry'; readonly cause: Cause; readonly retryAfterMs: number }
  | {
      readonly kind: 'unknown';
      readonly cause: Cause;
      readonly orderExists?: boolean;
      /** There was an answer, of which nothing is known (domain/errors). */
      readonly answered?: 'unlisted' | 'page' | null;
    };

/** Answer of a read. `failed` reads may always be repeated. */
export type ReadAnswer<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | {
      readonly kind: 'failed';
      readonly cause: Cause;
      /** The account may not trade: only a person can end that. */
      readonly refusal?: 'account';
      /** Before this time no request is worth sending. */
      readonly notBeforeMs?: number;
    };

/** Where a rule may roll to, and what that depends on. */
export interface WantedTarget {
  readonly target: Target;
  /** How much of what is held is opened. */
  readonly opens: Portion;
  /** Whether the strike may move the wrong way. */
  readonly allowWrongWay: boolean;
  /** Of a structure: the legs that are rolled; all when absent. */
  readonly legs?: LegChoice;
}

/** What a roll is planned for. */
export interface MarketQuestion {
  readonly held: HeldOption;
  /** The other legs of a structure that are looked at together with it. */
  readonly others?: readonly HeldOption[];
  /** Of every rule that may roll; empty when nothing is opened. */
  readonly targets: readonly WantedTarget[];
  /** The option that the roll goes to, once it is chosen; `null` while the rule decides. */
  readonly chosen: TargetOption | null;
  /** How many strikes beyond the target may take its place when that cannot be had. */
  readonly alternatives: number;
  /** Whether the perpetual's prices are wanted too. */
  readonly underlying?: boolean;
  /** Whether the operator's calendar of events is. */
  readonly events?: boolean;
  /** The holding that is to cover what is opened, by its symbol. */
  readonly holding?: string;
}

/** Everything a roll is planned on, read at one moment. */
export interface MarketReading {
  /** When the account was asked for its positions; what they show is no younger. Exchange time in ms. */
  readonly askedAtMs: number;
  /** The held option, and what a roll may come to. */
  readonly chain: readonly PricedOption[];
  /** The account's open positions in options of this kind; one that is not listed is flat. */
  readonly positions: readonly Position[];
  readonly margin: Margin;
  /** The perpetual's index, mark and last price, where they were asked for. */
  readonly underlying?: Readings;
  /** The operator's calendar of events, where it was asked for and is known. */
  readonly calendar?: EventCalendar;
  /** What the account has of the holding that was asked for. */
  readonly holding?: HeldHolding;
  /** Stops that stand on the options in question, before anything is closed; missing where there are none. */
  readonly stops?: readonly StandingStop[];
  /** What stops have executed in an option that is not there as it should be; missing where none has. */
  readonly stopFills?: readonly StopFill[];
  /** What the exchange says of the orders that would open, before anything is closed; missing where it was not asked. */
  readonly checks?: readonly OrderCheck[];
  /** Limits of the account and what is used of them at this moment; missing for an account without limits. */
  readonly account?: AccountStanding;
  /** The rates that fees are estimated with; missing in what older programs read. */
  readonly fees?: AppliedFees;
}

/** What the exchange shows of an option whose delivery is not on record. */
export interface Undelivered {
  /** Of the account's position in it. */
  readonly qty: DecimalString;
  /** `null` when it is not listed any more. */
  readonly status: Instrument['status'] | null;
}

export interface OrderLookUp {
  /** So long after a search began, seeing nothing proves that there is nothing (write-window.ts). */
  readonly absenceProvenAfterMs: number;
  readonly sighting: OrderSighting;
  readonly position: Position;
}

export type Stamped<Answer> = Answer & Stamp;
