/**
 * What a task holds, and what it has booked, at this very moment: during a roll a part is still at the old option, a part
 * at the new one already, and a part nowhere; and an order that is being worked may have executed a part of it.
 */
import type { HeldOption } from '../market/held-option.ts';
import { bookClosing, bookOpening, premiumOf, type Ledger } from './ledger.ts';
import { add, isPositive, subtract } from '../money.ts';
import { executedQty, moneyOf, type OrderProgress } from '../orders/order-progress.ts';
import type { OrderContext } from '../orders/order-work.ts';
import type { LegTally, Move, Roll } from './roll.ts';
import type { LegPlan } from './leg-plan.ts';
import { openLegs, type Legs } from '../rules/structure.ts';
import { movedLegs } from './turns.ts';

interface Holder extends Legs {
  readonly roll: Roll | null;
}

/** One option outside of rolls; none, one or two during a roll; of a structure so many for each leg. */
export function holdingsOf(task: Holder): readonly HeldOption[] {
  const { roll } = task;
  return roll === null
    ? openLegs(task)
    : movedLegs(task, roll).flatMap(({ held, move }) => partsOf(held, roll, move));
}

/** What is held of one leg during a roll: a part of the old option, a part of the new one. */
export function partsOf(
  held: HeldOption,
  { compensating, opensFirst }: Pick<Roll, 'compensating' | 'opensFirst'>,
  move: Move,
): readonly HeldOption[] {
  const rest = oldPart(held, move);
  const { executedQty: qty, value } = move.opened;
  if (compensating && opensFirst)
    return [held, closedAgain(held, move)].filter((part) => isPositive(part.qty));
  const parts = compensating
    ? [{ ...rest, qty: add(rest.qty, qty), premium: add(rest.premium, value) }]
    : [rest, openedPart(held, move)];
  return parts.filter((part) => isPositive(part.qty));
}

/** What the roll's closing orders close, as it was before the first of them. */
export const closedOption = (held: HeldOption, roll: Roll): HeldOption =>
  roll.opensFirst && roll.compensating ? openedPart(held, roll) : held;

const oldPart = (held: HeldOption, { fromSymbol, closed }: Move): HeldOption => ({
  ...held,
  symbol: fromSymbol,
  qty: subtract(held.qty, closed.executedQty),
  premium: subtract(held.premium, premiumOf(held, closed.executedQty)),
});

/** What is open at the new option. */
export const openedPart = (held: HeldOption, move: Move): HeldOption => ({
  ...held,
  ...(move.indexAtOpening !== undefined && { indexAtOpening: move.indexAtOpening }),
  symbol: move.toSymbol ?? move.fromSymbol,
  qty: move.opened.executedQty,
  premium: move.opened.value,
  strike: move.toStrike ?? held.strike,
  expiryMs: move.toExpiryMs ?? held.expiryMs,
});

/** What is open at the new option of a roll that opened first and closes it again. */
export function closedAgain(held: HeldOption, move: Move): HeldOption {
  const part = openedPart(held, move);
  const { executedQty } = move.closed;
  return {
    ...part,
    qty: subtract(part.qty, executedQty),
    premium: subtract(part.premium, premiumOf(part, executedQty)),
  };
}

/** An order that is being worked. */
export interface WorkingOrder {
  readonly symbol: string;
  readonly progress: OrderProgress;
}

/** A task's snapshot as it is stored: orders that are being worked are its children, effects are others. */
export interface TaskSnapshot<Context> {
  readonly context: Context;
  readonly children?: Readonly<Record<string, { readonly snapshot?: { readonly context?: object } }>>;
}

/** The order that is being worked in a stored snapshot; `null` when there is none. */
export function workingOrderIn({ children = {} }: TaskSnapshot<unknown>): OrderContext | null {
  const contexts = Object.values(children).map(({ snapshot }) => snapshot?.context);
  return (contexts.find((context) => context !== undefined && 'progress' in context) ??
    null) as OrderContext | null;
}

/** The task with the fills of its working order counted in, as far as they are known. */
export function withFills<Task extends Holder & { readonly ledger: Ledger; readonly plan: LegPlan | null }>(
  task: Task,
  order: WorkingOrder | null,
): Task {
  const { roll, held, ledger, plan } = task;
  if (roll === null || order === null) return task;
  const qty = executedQty(order.progress);
  const executed = { executedQty: qty, ...moneyOf(order.progress, qty) };
  const counted = ({ attempts, ...tally }: LegTally): LegTally => ({
    attempts,
    executedQty: add(tally.executedQty, qty),
    value: add(tally.value, executed.value),
    fee: add(tally.fee, executed.fee),
  });
  const isClosing = plan?.kind === 'order' ? plan.order.reduceOnly : order.symbol === held.symbol;
  return isClosing && (roll.opensFirst || !roll.compensating)
    ? {
        ...task,
        roll: { ...roll, closed: counted(roll.closed) },
        ledger: bookClosing(ledger, closedOption(held, roll), {
          order: executed,
          closedBefore: roll.closed.executedQty,
        }),
      }
    : {
        ...task,
        roll: {
          ...roll,
          opened: counted(roll.opened),
          toSymbol: order.symbol,
          toStrike: plan?.kind === 'order' ? plan.toStrike : roll.toStrike,
        },
        ledger: bookOpening(ledger, held, executed),
      };
}
