/**
 * What happens to the two options of a roll that opens first while both are held: an owner or a stop closes one of them, the old
 * one is delivered, or a person ends the roll there. What is gone is booked; what is left decides how the roll goes on.
 */
import { compare, isPositive, subtract, sum, type DecimalString } from '../money.ts';
import {
  closingOption,
  hasOpenedFirst,
  isDoubled,
  newPart,
  noteDoubled,
  oldRest,
  withNewLeft,
  withNewStopped,
  withOldLeft,
  wouldBeMissing,
} from './both-held.ts';
import { bookSettlement } from './ledger.ts';
import { isNeverDelivered, settlementEveryMs, type SettlementAnswer } from './position-life.ts';
import type { LegPlan } from './leg-plan.ts';
import { afterRoll } from './roll-progress.ts';
import type { RollContext } from './roll-context.ts';
import { hasClosed } from './roll.ts';
import { bookGone, stopIn } from './stopped-out.ts';

interface Gone {
  readonly isNew: boolean;
  readonly leftQty: DecimalString;
  /** What is not there any more. */
  readonly qty: DecimalString;
  /** A stop at the exchange has closed all of that. */
  readonly isStopped: boolean;
}

/** Which of the two options the plan has found missing, and what is left of it; `null` when it found none. */
function goneIn({ plan, roll, held }: Pick<RollContext, 'plan' | 'roll' | 'held'>): Gone | null {
  if (roll === null || (plan?.kind !== 'gone' && plan?.kind !== 'mismatch')) return null;
  const symbol = symbolIn(plan);
  if (symbol === null) return null;
  const isNew = symbol === roll.toSymbol;
  const leftQty = plan.kind === 'mismatch' ? plan.found.qty : '0';
  const qty = subtract((isNew ? newPart : oldRest)(held, roll).qty, leftQty);
  const stop = stopIn(plan);
  return { isNew, leftQty, qty, isStopped: stop !== null && compare(stop.qty, qty) >= 0 };
}

const symbolIn = ({ reason: { figures } }: Exclude<LegPlan, { kind: 'order' }>): string | null =>
  'symbol' in figures ? figures.symbol : null;

/** One of the two options is not there any more, or less of it, and nothing is missing for that, or a stop has closed it. */
export const isOneGone = (context: RollContext): boolean => {
  const gone = goneIn(context);
  if (gone === null || context.roll === null) return false;
  return !gone.isNew || gone.isStopped || !wouldBeMissing({ roll: context.roll }, gone.leftQty);
};

/** Of the new option less is there than is closed of the old one already. */
export const isNewLost = (context: RollContext): boolean => goneIn(context) !== null && !isOneGone(context);

/** The roll goes on with what is left; what a stop has closed is booked at its price, the rest as its owner's doing. */
export function takeOneGone(context: RollContext): Partial<RollContext> {
  const { held, roll, ledger, plan, wakeAtMs } = context;
  const gone = goneIn(context);
  if (gone === null || roll === null) return {};
  const part = gone.isNew ? newPart(held, roll) : oldRest(held, roll);
  const ofNew = gone.isStopped ? withNewStopped : withNewLeft;
  const left = (gone.isNew ? ofNew : withOldLeft)({ held, roll }, gone.leftQty);
  return {
    ...left,
    roll: noteDoubled(left.roll, wakeAtMs),
    // Its rule rests for what has undone the roll; else nothing of it is left to be said.
    plan: isUndone(left) ? plan : null,
    ledger: bookGone(ledger, part, { qty: gone.qty, stop: stopIn(plan) }),
    heldAsOfMs: wakeAtMs,
    missingSinceMs: null,
  };
}

/** Nothing is left of what was opened, and nothing was closed: as if the roll had not begun. */
export const isUndone = ({ roll }: Pick<RollContext, 'roll'>): boolean =>
  roll?.opensFirst === true && !isPositive(sum([roll.opened.executedQty, roll.closed.executedQty]));

/** The option that was to be closed is delivered before it was. */
export const isDeliveredTwice = ({ plan, roll }: Pick<RollContext, 'plan' | 'roll'>): boolean =>
  plan?.kind === 'expired' && roll?.opensFirst === true && isDoubled(roll);

/** The option whose delivery is looked for. */
export function deliveredOfBoth({ held, roll }: RollContext): {
  readonly symbol: string;
  readonly expiryMs: number;
} {
  const { symbol, expiryMs } = roll === null ? held : closingOption(held, roll);
  return { symbol, expiryMs };
}

/** Books the delivery of the option that was to be closed; while none is on record it is looked for again. */
export function bookDeliveredTwice(context: RollContext, answer: SettlementAnswer): Partial<RollContext> {
  const { held, roll, ledger } = context;
  const { atMs } = answer;
  if (roll === null || answer.kind === 'failed') return { wakeAtMs: atMs };
  const closes = closingOption(held, roll);
  const { settlement, undelivered = null } = answer.value;
  const isMissing =
    settlement === null &&
    isNeverDelivered({ held: closes, undelivered, wakeAtMs: atMs + settlementEveryMs });
  if (settlement === null && !isMissing) return { wakeAtMs: atMs, undelivered };
  const left = roll.compensating ? withNewLeft({ held, roll }, '0') : withOldLeft({ held, roll }, '0');
  return {
    wakeAtMs: atMs,
    undelivered: null,
    plan: null,
    ...left,
    roll: noteDoubled(left.roll, atMs),
    ledger: settlement
      ? bookSettlement(ledger, closes, settlement)
      : bookGone(ledger, closes, { qty: closes.qty, stop: null }),
  };
}

/** A person wants the roll ended with what is open of the new option; what is left of the old one is theirs. */
export const areBothAccepted = ({ wish, roll }: Pick<RollContext, 'wish' | 'roll'>): boolean =>
  wish === 'acceptFlat' && canAcceptBoth({ roll });

/** Not while a part of the new option is closed again: what was closed then is not of the old one. */
export const canAcceptBoth = ({ roll }: Pick<RollContext, 'roll'>): boolean =>
  hasOpenedFirst(roll) && !(roll.compensating && hasClosed(roll));

/** The roll ends with the new option; the rest of the old one is no longer managed. */
export function keepNew(context: RollContext): Partial<RollContext> {
  const { held, roll, ledger } = context;
  if (!hasOpenedFirst(roll)) return {};
  const rest = oldRest(held, roll);
  const ended = { ...roll, compensating: false };
  const after = afterRoll({ ...context, roll: ended, plan: null });
  return {
    ...after,
    ...(after.lastRoll && { lastRoll: { ...after.lastRoll, leftQty: rest.qty } }),
    ledger: bookGone(ledger, rest, { qty: rest.qty, stop: null }),
  };
}
