/**
 * What a task does and when: rules judged in their order. The first whose trigger holds and whose guards allow it acts;
 * one that is refused passes the turn on to the next.
 */
import { compare, decimal, divide, isPositive, multiply, toText, type DecimalString } from '../money.ts';
import type { Approval } from './approval.ts';
import type { Guards } from './guards.ts';
import type { Target } from './targets.ts';
import type { Trigger } from './triggers.ts';

export interface Rule {
  /** Unique in its task. */
  readonly name: string;
  readonly when: Trigger;
  readonly then: Action;
  /** The task's guards, with the rule's own in place of those that it repeats. `rollsMax` counts this rule's rolls. */
  readonly guards: Guards;
  readonly execution: Execution;
  /** It asks a person before it trades; absent when it does not. */
  readonly approval?: Approval;
}

/** Whether a rule does not trade during the events of the operator's calendar. */
export const asksForEvents = (rules: readonly Pick<Rule, 'guards'>[]): boolean =>
  rules.some(({ guards }) => guards.notDuring?.events === true);

/**
 * Which leg of a roll is traded first, where that is not closing the old option: `openFirst` opens the new one first, `auto` does
 * so for a long position whose margin allows it.
 */
export const legOrders = ['openFirst', 'auto'] as const;

export interface Execution {
  /** `walk`: from mid to the far touch; `cross`: at once up to the bound; `rest`: post-only at the near touch. */
  readonly style: 'walk' | 'cross' | 'rest';
  /** Time between two prices of a walk or a rest. */
  readonly everyMs: number;
  /** Price steps from mid to the far touch. */
  readonly steps: number;
  readonly deadlineMs: number;
  /** Largest distance from the mark price, as a fraction of it (at least one tick is always allowed). */
  readonly slippageMax: DecimalString;
  /** Absent: the old option is closed first. */
  readonly legs?: (typeof legOrders)[number];
}

/** A part of what is held: a share of it, or a quantity in base coin (all of it, where less is held). */
export type Portion =
  | { readonly kind: 'share'; readonly share: DecimalString }
  | { readonly kind: 'amount'; readonly qty: DecimalString };

/** Everything that is held. */
export const whole: Portion = { kind: 'share', share: '1' };
/** The portion is everything that is held, whatever that is. */
export const isWhole = (portion: Portion): boolean =>
  portion.kind === 'share' && compare(portion.share, '1') === 0;

/**
 * Which legs of a structure are traded: those of these names, or those of one side. A side is all legs of one option type; the
 * tested one is that whose short option has the higher delta.
 */
export type LegChoice = 'tested' | 'untested' | readonly string[];

/** Closes what is held, and opens the target. */
export interface RollAction {
  readonly kind: 'roll';
  readonly target: Target;
  /** How much of what is closed is opened again. */
  readonly qty: Portion;
  /** By roll of the task, from the first: times what share of `qty`; all of it after the end of the list. */
  readonly scale: readonly DecimalString[];
  /** Of a structure; all legs when absent. */
  readonly legs?: LegChoice;
}

/** Closes a portion, and opens nothing. */
export interface CloseAction {
  readonly kind: 'close';
  readonly qty: Portion;
  /** Of a structure; all legs when absent. */
  readonly legs?: LegChoice;
}

/** Trades nothing: it alerts, at most once in the rule's cooldown. */
export interface AlertAction {
  readonly kind: 'alert';
}

export type Action = RollAction | CloseAction | AlertAction;
export type TradeAction = RollAction | CloseAction;

/** What a trade is decided and executed by: a rule's, or what a person asked for. */
export interface Terms {
  readonly action: TradeAction;
  readonly guards: Guards;
  readonly execution: Execution;
}

/** A trade that a person wants now. */
export type TradeWish =
  /** By the rule of this name; `null`: by the first that rolls. */
  { readonly kind: 'rollNow'; readonly rule: string | null } | { readonly kind: 'closeNow' };

/** What a person asked for: to close, or to roll as a rule of the task says. */
export interface Asked {
  /** Place of the rule whose guards and execution apply. */
  readonly rule: number;
  readonly action: TradeAction;
}

/** The rule only alerts. */
export const isAlertRule = ({ then }: Pick<Rule, 'then'>): boolean => then.kind === 'alert';

/**
 * The quantity that a portion comes to, on the grid of the option: never more than `of`, rounded down.
 * @param qtyStep smallest difference between two quantities of the option, in base coin
 */
export function quantityOf(portion: Portion, of: DecimalString, qtyStep: DecimalString): DecimalString {
  if (isWhole(portion)) return of;
  const wanted = portion.kind === 'share' ? multiply(of, portion.share) : portion.qty;
  if (compare(wanted, of) >= 0) return of;
  return isPositive(qtyStep) ? multiply(toText(decimal(divide(wanted, qtyStep)).floor()), qtyStep) : wanted;
}

/** What share of the quantity the next roll opens. @param rollsDone by the task until now */
export function scaled({ qty, scale }: RollAction, rollsDone: number): Portion {
  const share = scale[rollsDone] ?? '1';
  return qty.kind === 'share'
    ? { kind: 'share', share: multiply(qty.share, share) }
    : { kind: 'amount', qty: multiply(qty.qty, share) };
}
