/** The events that reach the machines and what they say back. Every event is stamped, because machines read no clock. */
import type { Alert } from '../alert.ts';
import type { Halt } from '../halt.ts';
import type { DecimalString } from '../money.ts';
import type { Unresolved } from '../orders/unknown-outcome.ts';
import type { Fill, OrderReport, Side } from '../market/order.ts';
import type { Cause, Stamp } from '../orders/outcomes.ts';
import type { Reason } from '../reason.ts';
import type { SeenTwice } from './position-evidence.ts';
import type { StopsSeen, StoppedOut } from './stop-facts.ts';
import type { Readings } from '../rules/triggers.ts';
import type { TradeWish } from '../rules/rule.ts';
import type { TaskSpec } from '../spec/task-spec.ts';

export type OrderEvent =
  | ({ type: 'ORDER_REPORTED'; report: OrderReport } & Stamp)
  | ({ type: 'FILL_REPORTED'; fill: Fill } & Stamp)
  | ({ type: 'RECONNECTED' } & Stamp)
  /** The task no longer wants it: it is ended, whatever time it had left. */
  | ({ type: 'WITHDRAWN' } & Stamp)
  /** Its outcome stays unknown, and its owner says what it was: so much traded, at this average price; then it ended. */
  | ({ type: 'MARKED_FILLED'; qty: DecimalString; price: DecimalString; fee: DecimalString } & Stamp)
  /** Its outcome stays unknown, and its owner says that the exchange never had it. */
  | ({ type: 'MARKED_NOT_PLACED' } & Stamp);

/** Sent to the task, again and again, while an order's fate stays unknown or it outlives its cancellation. */
export interface OrderUnresolved {
  readonly type: 'ORDER_UNRESOLVED';
  readonly linkId: string;
  readonly symbol: string;
  readonly forMs: number;
  /** What is known of it. */
  readonly reason: Unresolved;
}

/** Sent to the task when a submit was answered in words that nothing is known about; whether it was placed is looked up. */
export interface AnswerNotUnderstood {
  readonly type: 'ANSWER_NOT_UNDERSTOOD';
  readonly linkId: string;
  readonly symbol: string;
  readonly cause: Cause;
  readonly atMs: number;
}

/** `askedBy` is that of the command; journals that are older than it lack it. */
type Asked = { readonly commandId: string; readonly askedBy?: string } & Stamp;

export type RollEvent =
  /** A level that the task waits for was reached, or left: everything known that its trigger looks at. */
  | ({ type: 'PRICE'; readings: Readings } & Stamp)
  /** No fresh prices any more: whether the trigger went on holding is not known. */
  | ({ type: 'PRICES_STALE' } & Stamp)
  | ({ type: 'PAUSE' } & Asked)
  | ({ type: 'RESUME' } & Asked)
  | ({ type: 'RETRY' } & Asked)
  | ({ type: 'REOPEN' } & Asked)
  | ({ type: 'ACCEPT_FLAT' } & Asked)
  /** Roll or close now, whatever the triggers say. */
  | ({ type: 'TRADE_NOW'; trade: TradeWish } & Asked)
  /** What a person says of a trade that waits for it; `approvalId: null` means the one that waits now. */
  | ({ type: 'APPROVE'; approvalId: string | null } & Asked)
  | ({ type: 'DECLINE'; approvalId: string | null } & Asked)
  /** The owner's word for the order of this link id, as its machine takes it. */
  | ({
      type: 'MARKED_FILLED';
      linkId: string;
      qty: DecimalString;
      price: DecimalString;
      fee: DecimalString;
    } & Asked)
  | ({ type: 'MARKED_NOT_PLACED'; linkId: string } & Asked)
  /**
   * A new spec, in normal form, that fits the account; `qty` is what the task manages from now on, in base coin, and
   * `quantities` of a structure by the names of its legs.
   */
  | ({
      type: 'EDITED';
      spec: TaskSpec;
      qty: DecimalString;
      quantities?: Readonly<Record<string, DecimalString>>;
    } & Asked)
  /** The position is no longer to be managed. */
  | ({ type: 'REMOVED' } & Asked)
  /** The option is delivered. */
  | ({ type: 'EXPIRED' } & Stamp)
  /**
   * What two lists of the account's positions showed of this one: `side` is `null` when there is none. `symbol` says which leg
   * of a structure it is; `stop` is what a stop at the exchange has closed of it, where one has.
   */
  | ({
      type: 'POSITION_SEEN';
      symbol?: string;
      side: Side | null;
      qty: DecimalString;
      stop?: StoppedOut;
    } & SeenTwice &
      Stamp)
  /** What is to be known of stops at the exchange. */
  | ({ type: 'STOPS_SEEN' } & StopsSeen & Stamp)
  /** What the account has of the holding that the task watches, in base coin, negative for a short. */
  | ({ type: 'HOLDING_SEEN'; symbol: string; qty: DecimalString } & Stamp)
  /** Trading is halted in the task's account; only a roll that is under way is told. */
  | ({ type: 'HALTED'; halt: Halt } & Stamp)
  /** Nothing halts trading in its account any more. */
  | ({ type: 'HALT_LIFTED' } & Stamp)
  /** What the account may do in a day or a minute was changed; only tasks with a rule that rests for that are told. */
  | ({ type: 'LIMITS_CHANGED' } & Stamp)
  /** A reminder may be due that something is closed and not opened again. */
  | ({ type: 'REMINDED' } & Stamp)
  | OrderUnresolved
  | AnswerNotUnderstood;

export type RollEmitted =
  ({ type: 'alert' } & Alert) | ({ type: 'answer'; commandId: string; status: 'done' | 'refused' } & Reason);
