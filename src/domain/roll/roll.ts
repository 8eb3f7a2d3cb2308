/**
 * The words of one roll while it runs: what was closed, what was opened, and what one leg's orders add up to.
 * Plain JSON, because it is persisted with the task.
 */
import type { OrderOutcome } from '../orders/order-progress.ts';
import {
  add,
  compare,
  decimal,
  isPositive,
  larger,
  subtract,
  sum,
  toText,
  type DecimalString,
} from '../money.ts';
import type { Side } from '../market/order.ts';
import type { HeldOption, HeldPosition } from '../market/held-option.ts';
import type { Ongoing } from '../orders/reminders.ts';
import type { RefusedOption } from '../orders/refused-options.ts';
import type { TaskSpec } from '../spec/task-spec.ts';
import type { TargetOption } from '../rules/targets.ts';
import type { Trigger, Triggered } from '../rules/triggers.ts';
import type { UseEntry } from '../rules/account-limits.ts';
import type { Asked } from '../rules/rule.ts';
import type { Approved } from './question.ts';

/** All orders of one leg together. Money in settle coin. */
export interface LegTally {
  /** Orders that were sent or are about to be; the next link id counts on. */
  readonly attempts: number;
  readonly executedQty: DecimalString;
  readonly value: DecimalString;
  readonly fee: DecimalString;
}

/** What a roll does with one option. Quantities in base coin. */
export interface Move {
  readonly fromSymbol: string;
  /** Where it goes: chosen by leg 1's plan, fixed where something was opened first. */
  readonly toSymbol: string | null;
  /** Strike of that option, and when it is delivered. */
  readonly toStrike: DecimalString | null;
  readonly toExpiryMs: number | null;
  /** Index price by which the last order that opened something was priced; absent until then. */
  readonly indexAtOpening?: DecimalString;
  /** To be closed of the old option; 0 of a leg that stays. */
  readonly qty: DecimalString;
  /** To be opened of the new one, never more than `qty`. */
  readonly openQty: DecimalString;
  readonly closed: LegTally;
  readonly opened: LegTally;
}

/** What it does with the leg whose turn it is, and everything that concerns all legs. */
export interface Roll extends Move {
  readonly rollId: string;
  /** Version at which the roll was locked; both legs' link ids are derived from it. */
  readonly lockedVersion: number;
  readonly startedAtMs: number;
  readonly indexPrice: DecimalString;
  /** What made it due. */
  readonly trigger: Trigger;
  /** Places of the rules that were due, in the order in which they are tried; empty when a person asked for it. */
  readonly rules: readonly number[];
  /** The one that it is executed by, from its first order on. */
  readonly rule: number | null;
  /** What a person asked for; `null` when it was due. */
  readonly asked: Asked | null;
  /** What it fired on, where a rule of the task asks before it trades: a question keeps it. */
  readonly fired?: Triggered;
  /** As what it was allowed, where its rule asks. */
  readonly approved?: Approved;
  /** What it does with the other legs of a structure, in their order there. */
  readonly others?: readonly Move[];
  /** The old option is closed and nothing is opened. */
  readonly closesOnly: boolean;
  readonly round: number;
  /** Failures of a leg in a row, for the back-off. */
  readonly failures: number;
  /** Those of them that saw the market, for the fallback: an outage uses up no try. */
  readonly failedTries: number;
  /** Options that the exchange would not open for this roll, newest last. */
  readonly refusedOptions: readonly RefusedOption[];
  /** A person's pause, or a halt, came before anything was closed: nothing of it is to be closed any more. */
  readonly isBrokenOff: boolean;
  /** Trading is halted: what is closed is opened, and no further order of leg 1 is sent. */
  readonly isHalted?: true;
  /** What it takes of its account's limits, and at which index price; from its first order on. */
  readonly reserved?: UseEntry & { readonly index: DecimalString };
  /** The new option is opened before the old one is closed, so that nothing is ever missing. */
  readonly opensFirst?: true;
  /** It goes back to the old option (`reopenLeg1`): opens it again or, where it opens first, closes the new one again. */
  readonly compensating: boolean;
  /** While something is closed and not opened again. */
  readonly nakedInterval: Ongoing | null;
  /** While something is opened and the old option not closed for it; absent else. */
  readonly doubledInterval?: Ongoing;
}

/** What a person asked for while it was under way. */
export type Wish = 'retry' | 'reopen' | 'acceptFlat';

/** What a roll that has ended did with one option. */
export interface MoveSummary {
  /** Its name in a structure. */
  readonly leg?: string;
  readonly fromSymbol: string;
  /** `null` when the position was closed and nothing opened. */
  readonly toSymbol: string | null;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly closed: LegTally;
  readonly opened: LegTally;
  /** Of the old option, still held: when it was only to be reduced, or was left to its owner. */
  readonly leftQty: DecimalString;
}

/** A roll that has ended, for the ledger. Net credit = received − paid over all legs, fees not included. */
export interface RollSummary extends MoveSummary {
  readonly rollId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly indexPrice: DecimalString;
  /** What made it due. */
  readonly trigger: Trigger;
  /** The other legs of a structure of which something was traded. */
  readonly others?: readonly MoveSummary[];
  readonly netCredit: DecimalString;
  readonly fee: DecimalString;
  /** What makes the next one due. */
  readonly nextTrigger: Trigger;
  /** It opened the new option before it closed the old one. */
  readonly openedFirst?: true;
  readonly compensated: boolean;
  /** It was ended where it stood, with something closed and not opened again. */
  readonly isFlat: boolean;
}

const noTally: LegTally = { attempts: 0, executedQty: '0', value: '0', fee: '0' };

export interface RollStart {
  readonly taskId: string;
  readonly version: number;
  readonly atMs: number;
  readonly indexPrice: DecimalString;
  readonly trigger: Trigger;
  readonly rules: readonly number[];
  readonly asked: Asked | null;
  readonly held: HeldPosition;
  /** The other legs of a structure. */
  readonly others?: readonly HeldPosition[] | undefined;
}

const startMove = ({ symbol, qty }: HeldPosition): Move => ({
  fromSymbol: symbol,
  toSymbol: null,
  toStrike: null,
  toExpiryMs: null,
  qty,
  openQty: qty,
  closed: noTally,
  opened: noTally,
});

/** As it is before anything is planned; its id is `<task>-v<version>`. */
export const startRoll = (start: RollStart): Roll => ({
  rollId: `${start.taskId}-v${start.version}`,
  lockedVersion: start.version,
  startedAtMs: start.atMs,
  indexPrice: start.indexPrice,
  trigger: start.trigger,
  rules: start.rules,
  rule: null,
  asked: start.asked,
  ...startMove(start.held),
  ...(start.others && { others: start.others.map(startMove) }),
  closesOnly: false,
  round: 1,
  failures: 0,
  failedTries: 0,
  refusedOptions: [],
  isBrokenOff: false,
  compensating: false,
  nakedInterval: null,
});

export interface LegAttempt {
  readonly leg: 'close' | 'open';
  readonly taskId: string;
  readonly lockedVersion: number;
  /** Counted from 1. */
  readonly attempt: number;
}

/** `close-<task>-v<version>`, with `-a<n>` from the second attempt; at most 36 characters (docs/exchange.md#orders). */
export function orderLinkId({ leg, taskId, lockedVersion, attempt }: LegAttempt): string {
  return `${leg}-${taskId}-v${lockedVersion}${attempt > 1 ? `-a${attempt}` : ''}`;
}

/** The task a link id belongs to, or `null` when the order is not one of ours. */
export const taskOfLinkId = (linkId: string): string | null =>
  /^(?:close|open)-([a-z0-9]+)-v\d+(?:-a\d+)?$/.exec(linkId)?.[1] ?? null;

/** The leg of a link id; `null` when the order is not one of ours. */
export const legOfLinkId = (linkId: string): LegAttempt['leg'] | null =>
  taskOfLinkId(linkId) === null ? null : linkId.startsWith('close') ? 'close' : 'open';

/** The tally with one order more. */
export const countOrder = (tally: LegTally, outcome: OrderOutcome): LegTally => ({
  attempts: tally.attempts,
  executedQty: add(tally.executedQty, outcome.executedQty),
  value: add(tally.value, outcome.value),
  fee: add(tally.fee, outcome.fee),
});

/** The option that it goes to; `null` while it is not chosen, or nothing is opened. */
export const targetOption = ({ toSymbol, toStrike, toExpiryMs }: Move): TargetOption | null =>
  toSymbol === null || toStrike === null || toExpiryMs === null
    ? null
    : { symbol: toSymbol, strike: toStrike, expiryMs: toExpiryMs };

/** Of every leg, the one whose turn it is first. */
export const movesOf = (roll: Roll): readonly Move[] => [roll, ...(roll.others ?? [])];

/** Still to be closed at the old option. */
export const leftToClose = ({ qty, closed }: Move): DecimalString => subtract(qty, closed.executedQty);
/**
 * Closed and not yet opened again: the quantity that is missing from the trader's position. Where the new position is to be
 * smaller, what is closed first is the difference.
 */
export const leftToOpen = (roll: Roll): DecimalString => leftToOpenOf(roll, roll);

/** `leftToOpen` of one leg of the roll. */
export function leftToOpenOf({ closesOnly, compensating, opensFirst }: Roll, move: Move): DecimalString {
  const { closed, opened, openQty } = move;
  if (closesOnly || opensFirst) return '0';
  if (compensating) return subtract(closed.executedQty, opened.executedQty);
  return larger('0', subtract(subtract(openQty, leftToClose(move)), opened.executedQty));
}

/** What a trader's position lacks during a roll. Quantities in base coin. */
export interface Missing {
  readonly qty: DecimalString;
  /** Of which option; `null` before a target is chosen. */
  readonly symbol: string | null;
  readonly closedQty: DecimalString;
  readonly fromSymbol: string;
  /** The same of other legs of a structure. */
  readonly others?: readonly Missing[];
}

/** What is closed and not opened again, and of which option; of the leg whose turn it is first. */
export function missingOf(roll: Roll): Missing {
  const [own, ...others] = movesOf(roll).map((move) => missingOfMove(roll, move)) as [Missing, ...Missing[]];
  const alsoMissing = others.filter(({ qty }) => isPositive(qty));
  return alsoMissing.length > 0 ? { ...own, others: alsoMissing } : own;
}

/** What one leg of the roll lacks. */
export const missingOfMove = (roll: Roll, move: Move): Missing => ({
  qty: leftToOpenOf(roll, move),
  symbol: roll.compensating ? move.fromSymbol : move.toSymbol,
  closedQty: move.closed.executedQty,
  fromSymbol: move.fromSymbol,
});

/** Something is closed and not opened again. */
export const isNaked = (roll: Roll | null): boolean =>
  roll !== null && movesOf(roll).some((move) => isPositive(leftToOpenOf(roll, move)));

/** Part of the old position is neither closed nor given up. */
export const hasRest = (roll: Roll | null): boolean =>
  roll !== null && !roll.compensating && movesOf(roll).some((move) => isPositive(leftToClose(move)));

/** Something was closed. */
export const hasClosed = (roll: Roll | null): boolean =>
  roll !== null && movesOf(roll).some(({ closed }) => isPositive(closed.executedQty));

/** Something was traded: the roll has to be brought to an end. */
export const hasBegun = (roll: Roll | null): boolean => hasClosed(roll) || hasOpened(roll);

/** How much of what is to be closed is; `part` as soon as something was traded. */
export const closedPartOf = (roll: Roll | null): 'nothing' | 'part' | 'all' =>
  hasBegun(roll) ? (hasRest(roll) ? 'part' : 'all') : 'nothing';

/** Something was opened, at a new option or at the old one again. */
export const hasOpened = (roll: Roll | null): boolean =>
  roll !== null && movesOf(roll).some(({ opened }) => isPositive(opened.executedQty));

/** What of the old position is closed; of several options joined by `and`. */
export const closedSymbols = (roll: Roll): string =>
  movesOf(roll)
    .filter(({ closed }) => isPositive(closed.executedQty))
    .map(({ fromSymbol }) => fromSymbol)
    .join(' and ') || roll.fromSymbol;

/** Everything that was to be closed is, and nothing opened. */
export const isFlat = (roll: Roll | null): boolean =>
  roll !== null &&
  hasClosed(roll) &&
  movesOf(roll).every(({ qty, closed }) => compare(qty, closed.executedQty) === 0) &&
  !hasOpened(roll);

/** The position was to be closed, and is. */
export const isClosed = (roll: Roll | null): boolean =>
  roll !== null && roll.closesOnly && !movesOf(roll).some((move) => isPositive(leftToClose(move)));

/**
 * Something is to be opened now. A structure is closed as a whole before: until then its longs may be needed for its shorts.
 */
export const canOpen = (roll: Roll | null): boolean =>
  roll !== null && isNaked(roll) && (roll.others === undefined || !hasRest(roll));

/** Received − paid over both legs: a short buys back and sells, a long sells and buys back. */
export function netCredit(side: Side, closed: LegTally, opened: LegTally): DecimalString {
  const difference = decimal(opened.value).minus(closed.value);
  return toText(side === 'Sell' ? difference : difference.negated());
}

/** Something of it was traded. */
export const isTraded = ({ closed, opened }: Move): boolean =>
  isPositive(closed.executedQty) || isPositive(opened.executedQty);

/** An option with what the roll did to it. */
export interface MovedLeg {
  readonly held: HeldOption;
  readonly move: Move;
}

const summarizeMove = (
  { closesOnly, compensating, opensFirst }: Roll,
  { held, move }: MovedLeg,
): MoveSummary => ({
  ...(held.leg !== undefined && { leg: held.leg }),
  fromSymbol: move.fromSymbol,
  toSymbol: closesOnly ? null : ((compensating && opensFirst ? null : move.toSymbol) ?? move.fromSymbol),
  side: held.side,
  qty: closesOnly ? move.closed.executedQty : move.opened.executedQty,
  closed: move.closed,
  opened: move.opened,
  leftQty: closesOnly ? subtract(held.qty, move.closed.executedQty) : '0',
});

/**
 * What the roll has come to; fees and values in settle coin.
 * @param legs that moved, one at least
 */
export function summarize(
  roll: Roll,
  legs: readonly MovedLeg[],
  { endedAtMs, nextTrigger }: Pick<RollSummary, 'endedAtMs' | 'nextTrigger'>,
): RollSummary {
  const [first, ...others] = legs.map((leg) => summarizeMove(roll, leg));
  if (first === undefined) throw new Error(`roll ${roll.rollId} moved nothing`);
  const { leg, fromSymbol, toSymbol, side, qty, closed, opened, leftQty } = first;
  const all = [first, ...others];
  return {
    rollId: roll.rollId,
    startedAtMs: roll.startedAtMs,
    endedAtMs,
    indexPrice: roll.indexPrice,
    trigger: roll.trigger,
    ...(leg !== undefined && { leg }),
    fromSymbol,
    toSymbol,
    side,
    qty,
    closed,
    opened,
    ...(roll.others && { others }),
    netCredit: sum(all.map((move) => netCredit(move.side, move.closed, move.opened))),
    fee: sum(all.flatMap((move) => [move.closed.fee, move.opened.fee])),
    nextTrigger,
    ...(roll.opensFirst && { openedFirst: roll.opensFirst }),
    compensated: roll.compensating,
    isFlat: false,
    leftQty,
  };
}

const backOffMs = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const;
/** Wait before the next try of a leg, growing with the failures in a row. */
export const backOffAfter = (failures: number): number =>
  backOffMs[Math.min(Math.max(failures, 1), backOffMs.length) - 1] ?? backOffMs[0];

/** The task has rolled as often as its guard allows. */
export const rollsAreUsedUp = (spec: TaskSpec, rollsDone: number): boolean =>
  spec.rollsMax !== null && rollsDone >= spec.rollsMax;
