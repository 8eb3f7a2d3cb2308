/**
 * A roll that opens first: how much is held of both options, what of them is closed next, and what the roll looks like once its
 * owner, a stop or a delivery has taken one of them away. The other order's arithmetic is in roll.ts.
 */
import type { HeldOption } from '../market/held-option.ts';
import { add, compare, isPositive, larger, smaller, subtract, type DecimalString } from '../money.ts';
import { beginOngoing, type Ongoing } from '../orders/reminders.ts';
import { closedAgain, openedPart } from './holdings.ts';
import { premiumOf } from './ledger.ts';
import type { Execution, Terms } from '../rules/rule.ts';
import type { Legs } from '../rules/structure.ts';
import { hasBegun, hasClosed, hasOpened, isNaked, leftToClose, type Roll } from './roll.ts';

/** Of the new option, still to be opened by a roll that opens first. */
export const leftToOpenFirst = ({ openQty, opened }: Roll): DecimalString =>
  larger('0', subtract(openQty, opened.executedQty));

/**
 * What the task holds more of than it manages, because it is opened and the old option not closed for it: to be closed now. Where
 * the new position is to be smaller, the difference goes with the first part.
 */
export function leftDoubled(roll: Roll): DecimalString {
  const { opensFirst, compensating, opened, closed } = roll;
  if (!opensFirst || !isPositive(opened.executedQty)) return '0';
  if (compensating) return subtract(opened.executedQty, closed.executedQty);
  return larger('0', subtract(leftToClose(roll), leftToOpenFirst(roll)));
}

/** Something is open twice. */
export const isDoubled = (roll: Roll | null): boolean => roll !== null && isPositive(leftDoubled(roll));

/** Something is missing, or open twice. */
export const isUneven = (roll: Roll | null): boolean => isNaked(roll) || isDoubled(roll);

/** Something is missing or open twice, and since when; `null` while neither is. */
export const openInterval = (roll: Roll | null): Ongoing | null =>
  roll?.doubledInterval ?? roll?.nakedInterval ?? null;

/** The roll with the time since which something is open twice; without one where nothing is. */
export function noteDoubled({ doubledInterval, ...roll }: Roll, atMs: number): Roll {
  return isDoubled(roll) ? { ...roll, doubledInterval: doubledInterval ?? beginOngoing(atMs) } : roll;
}

/** The roll with this interval in place of the one that lasts. */
export const withInterval = (roll: Roll, interval: Ongoing): Roll =>
  roll.doubledInterval ? { ...roll, doubledInterval: interval } : { ...roll, nakedInterval: interval };

interface Deciding extends Legs {
  readonly terms: Pick<Terms, 'action' | 'execution'>;
  readonly roll: Roll;
}

/** Whether the roll opens first: as it began, else as its rule says; `null` when it closes first. */
export function legOrderOf({ others, terms, roll, held }: Deciding): NonNullable<Execution['legs']> | null {
  const { action, execution } = terms;
  if (others !== undefined || action.kind !== 'roll') return null;
  if (hasBegun(roll)) return roll.opensFirst ? 'openFirst' : null;
  return execution.legs === 'auto' && held.side === 'Sell' ? null : (execution.legs ?? null);
}

/** The roll opens first and has opened something. */
export const hasOpenedFirst = (roll: Roll | null): roll is Roll =>
  roll?.opensFirst === true && hasOpened(roll);

/** Going back is possible only while nothing of the old option is closed: a position is never split over two. */
export const canCloseNew = (roll: Roll, nowMs: number): boolean =>
  hasOpenedFirst(roll) && !hasClosed(roll) && nowMs < (roll.toExpiryMs ?? 0);

/** The part of the old option that the roll has not closed. */
export const oldRest = (held: HeldOption, { closed, compensating }: Roll): HeldOption =>
  compensating
    ? held
    : {
        ...held,
        qty: subtract(held.qty, closed.executedQty),
        premium: subtract(held.premium, premiumOf(held, closed.executedQty)),
      };

/** What is open of the new option; going back, without what is closed of it again. */
export const newPart = (held: HeldOption, roll: Roll): HeldOption =>
  roll.compensating ? closedAgain(held, roll) : openedPart(held, roll);

/**
 * The option that a stop of the task protects: what it holds, and of the two of a roll that opens first the new one, which stays; the
 * stop of the old one stands until that is closed. `null` while a roll is between its legs.
 */
export function protectedOption({ held, roll }: { readonly held: HeldOption; readonly roll: Roll | null }) {
  if (roll === null) return held;
  return isDoubled(roll) && !roll.compensating ? newPart(held, roll) : null;
}

/** The option that is to be closed: the old one, or the new one on the way back. */
export const closingOption = (held: HeldOption, roll: Roll): HeldOption =>
  roll.compensating ? newPart(held, roll) : oldRest(held, roll);

interface Parts {
  readonly held: HeldOption;
  readonly roll: Roll;
}

/**
 * Only so much is left of the old option, without an order of the roll: nothing more of it is to be closed, and no more is opened
 * than what is left would be closed for.
 */
export function withOldLeft({ held, roll }: Parts, leftQty: DecimalString): Parts {
  const gone = subtract(oldRest(held, roll).qty, leftQty);
  const qty = subtract(held.qty, gone);
  const left = { ...roll, qty: smaller(roll.qty, qty) };
  const openQtyMax = add(roll.opened.executedQty, leftToClose(left));
  return {
    held: { ...held, qty, premium: premiumOf(held, qty) },
    roll: roll.compensating ? left : { ...left, openQty: smaller(roll.openQty, openQtyMax) },
  };
}

/** Only so much is left of the new option, as if the rest of it had never been opened. */
export function withNewLeft({ held, roll }: Parts, leftQty: DecimalString): Parts {
  const part = openedPart(held, roll);
  const qty = roll.compensating ? subtract(part.qty, subtract(newPart(held, roll).qty, leftQty)) : leftQty;
  return {
    held,
    roll: { ...roll, opened: { ...roll.opened, executedQty: qty, value: premiumOf(part, qty) } },
  };
}

/**
 * A stop has left only so much of the new option. A stop means out: what it has closed is not opened again. Where it has left nothing,
 * the task goes on with what the roll has left of the old option, as if it had not begun.
 */
export function withNewStopped({ held, roll }: Parts, leftQty: DecimalString): Parts {
  const left = withNewLeft({ held, roll }, leftQty);
  if (roll.compensating) return left;
  if (isPositive(leftQty)) {
    const gone = subtract(roll.opened.executedQty, leftQty);
    return { held, roll: { ...left.roll, openQty: subtract(roll.openQty, gone) } };
  }
  const rest = oldRest(held, roll);
  const closed = { ...roll.closed, executedQty: '0', value: '0', fee: '0' };
  return { held: rest, roll: { ...left.roll, qty: rest.qty, closed } };
}

/** Without the part of the new option that is gone, something would be missing: what is closed already went there. */
export const wouldBeMissing = ({ roll }: Pick<Parts, 'roll'>, leftQty: DecimalString): boolean =>
  !roll.compensating && compare(leftQty, roll.closed.executedQty) < 0;

/** The leg that is traded first, as its link ids begin: a halt stops its orders, and no others. */
export const firstLegOf = (roll: Pick<Roll, 'opensFirst'> | null): 'open' | 'close' =>
  roll?.opensFirst ? 'open' : 'close';
