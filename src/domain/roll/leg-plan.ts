/** What planning a leg comes to: the one order to send, or why there is none. Plain JSON, because it is persisted with the task. */
import type { RefusalScope } from '../errors.ts';
import type { Side } from '../market/order.ts';
import type { DecimalString } from '../money.ts';
import type { Cause } from '../orders/outcomes.ts';
import type { Reason, ReasonOf } from '../reason.ts';
import { accountLimitNames, type AccountLimitFigures, type WantedUse } from '../rules/account-limits.ts';
import { isGuardName, type GuardName } from '../rules/guards.ts';
import type { Preference } from '../rules/targets.ts';
import type { OrderPlan } from './leg-order.ts';
import type { ShownTrade } from './question.ts';
import type { Move } from './roll.ts';
import type { PassedOver, RollReason } from './roll-reasons.ts';

/** The first order of a roll that opens first, before it is known what the margin allows. Quantities in base coin. */
export interface WouldOpen {
  readonly order: OrderPlan;
  readonly legs: 'openFirst' | 'auto';
  /** Of the option. */
  readonly minQty: DecimalString;
  readonly qtyStep: DecimalString;
  /** The largest maintenance margin that the rule allows, a fraction of the balance. */
  readonly maintenanceMax: DecimalString;
  /** By our own formula, with both options held, fractions of the balance; `null` where a figure is not known. */
  readonly initialRate: DecimalString | null;
  readonly maintenanceRate: DecimalString | null;
  /** What is done where the margin does not allow it; absent where nothing is done then. */
  readonly otherwise?: LegPlan;
}

export type LegPlan =
  | {
      readonly kind: 'order';
      readonly order: OrderPlan;
      /** `null`: nothing is opened afterwards. */
      readonly toSymbol: string | null;
      readonly toStrike: DecimalString | null;
      readonly toExpiryMs: number | null;
      /** Best first, at most `passedOverMax`. */
      readonly passedOver: readonly PassedOver[];
      /** What leg 1 settles for the whole roll; absent in plans of leg 2. */
      readonly settles?: RollSettled;
      /** The preference of the target that decided for it, where one had to. */
      readonly decidedBy?: Preference;
      /** The trade as a person is asked about it, where the rule asks. */
      readonly asks?: ShownTrade;
      /** What would be opened first if the margin allows it; `order` closes first. Absent once that is known. */
      readonly wouldOpen?: WouldOpen;
    }
  | {
      readonly kind: 'refused';
      readonly reason: RollReason;
      /** Why the exchange refused the leg's last order, when it did. */
      readonly refusal?: RefusalScope | null;
      /** The exchange takes no request before this time. */
      readonly notBeforeMs?: number;
      /** No alert is sent of it. */
      readonly isSilent?: true;
    }
  /** What fired the roll is not what the exchange says when it is asked anew. */
  | { readonly kind: 'unconfirmed'; readonly reason: RollReason }
  /** The market could not be read: nothing was tried. */
  | {
      readonly kind: 'unread';
      readonly reason: Cause;
      /** The account may not trade. */
      readonly refusal?: 'account';
      readonly notBeforeMs?: number;
    }
  /** The options of the roll have expired: what is not open yet never will be. */
  | { readonly kind: 'expired'; readonly reason: RollReason }
  /** The account does not show what the task manages: it is looked at again before that is believed. */
  | { readonly kind: 'unsure'; readonly reason: RollReason }
  /** The old position is no longer there at all: its owner closed it, or it expired. */
  | { readonly kind: 'gone'; readonly reason: RollReason }
  /** The account holds less than the task manages, or the other way round: its owner traded. */
  | {
      readonly kind: 'mismatch';
      readonly reason: RollReason;
      readonly found: { readonly side: Side; readonly qty: DecimalString };
    };

/** Quantities in base coin. */
export interface RollSettled {
  /** Place of the rule that the roll is executed by; `null` for what a person asked for. */
  readonly rule: number | null;
  /** To be closed. */
  readonly qty: DecimalString;
  /** To be opened. */
  readonly openQty: DecimalString;
  /** What becomes of every leg of a structure; one that is not among them stays. */
  readonly moves?: readonly SettledMove[];
  /** The new option is opened before the old one is closed. */
  readonly opensFirst?: true;
  /** What the roll takes of its account's limits, at this index price; absent once something is closed. */
  readonly use?: WantedUse & { readonly index: DecimalString };
}

/** Where one leg of a structure goes, and with how much. */
export type SettledMove = Pick<
  Move,
  'fromSymbol' | 'toSymbol' | 'toStrike' | 'toExpiryMs' | 'qty' | 'openQty'
>;

type Planned = { readonly plan: LegPlan | null };

/** Why there is no order; `null` when there is one, or no plan. */
export const reasonOf = ({ plan }: Planned): RollReason | null =>
  plan && plan.kind !== 'order' ? plan.reason : null;

/** The guard that forbids the roll; `null` when none does. */
export const guardOf = ({ plan }: Planned): GuardName | null =>
  plan?.kind === 'refused' && isGuardName(plan.reason.code) ? plan.reason.code : null;

/** Why the exchange refused the leg's last order, or to show what it is planned on; `null` when it did not. */
export const refusalOf = ({ plan }: Planned): RefusalScope | null =>
  plan?.kind === 'refused' || plan?.kind === 'unread' ? (plan.refusal ?? null) : null;

/** Before this time no request is worth sending; 0 when nothing is known of such a time. */
export const notBeforeMsOf = ({ plan }: Planned): number =>
  plan?.kind === 'refused' || plan?.kind === 'unread' ? (plan.notBeforeMs ?? 0) : 0;

export type RefusedPlan = Extract<LegPlan, { kind: 'refused' }>;
/** The plan to do nothing, for this reason. */
export const refused = (reason: RollReason): RefusedPlan => ({ kind: 'refused', reason });

/**
 * When the account may have room again for the rule, where a limit of the account is why the plan is refused; `null` where it
 * is not. @param rule its name
 */
export function limitRestEnd({ plan }: Planned, rule: string | undefined): number | null {
  if (plan?.kind !== 'refused') return null;
  const { reason } = plan;
  const own =
    reason.code === 'rulesRefused' ? reason.figures.rules.find((each) => each.rule === rule)?.reason : reason;
  return own && isAccountLimit(own) ? own.figures.freeAtMs : null;
}

const isAccountLimit = (reason: Reason): reason is ReasonOf<AccountLimitFigures> =>
  accountLimitNames.some((name) => name === reason.code);
