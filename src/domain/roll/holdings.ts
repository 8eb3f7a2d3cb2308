/**
 * What a task holds, and what it has booked, at this very moment: during a roll a part is still at the old option, a part
 * at the new one already, and a part nowhere; and an order that is being worked may have executed a part of it.
 */
import type { HeldOption } from '../market/held-option.ts';
import { bookClosing, bookOpening, premiumOf, type Ledger } from './ledger.ts';
import { add, isPositive, subtract } from '../money.ts';
import { executedQty, moneyOf, type OrderProgress } from '../orders/order-progress.ts';
import type { OrderContext } from '../orders/order-work.ts';
import type { LegTally, Roll } from './roll.ts';
import type { LegPlan } from './roll-plan.ts';

interface Holder {
  readonly held: HeldOption;
  readonly others?: readonly HeldOption[];
  readonly roll: Roll | null;
}

/** One option outside of rolls; none, one or two during a roll; of a structure every leg. */
export function holdingsOf({ held, others = [], roll }: Holder): readonly HeldOption[] {
  return [...partsOf(held, roll), ...others].filter(({ qty }) => isPositive(qty));
}

function partsOf(held: HeldOption, roll: Roll | null): readonly HeldOption[] {
  if (roll === null) return [held];
  const rest = oldPart(held, roll);
  const { executedQty: qty, value } = roll.opened;
  return roll.compensating
    ? [{ ...rest, qty: add(rest.qty, qty), premium: add(rest.premium, value) }]
    : [rest, openedPart(held, roll)];
}

const oldPart = (held: HeldOption, roll: Roll): HeldOption => ({
  ...held,
  symbol: roll.fromSymbol,
  qty: subtract(held.qty, roll.closed.executedQty),
  premium: subtract(held.premium, premiumOf(held, roll.closed.executedQty)),
});

/** What is open at the new option. */
export const openedPart = (held: HeldOption, roll: Roll): HeldOption => ({
  ...held,
  ...(roll.indexAtOpening !== undefined && { indexAtOpening: roll.indexAtOpening }),
  symbol: roll.toSymbol ?? roll.fromSymbol,
  qty: roll.opened.executedQty,
  premium: roll.opened.value,
  strike: roll.toStrike ?? held.strike,
  expiryMs: roll.toExpiryMs ?? held.expiryMs,
});

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
  return order.symbol === held.symbol && !roll.compensating
    ? {
        ...task,
        roll: { ...roll, closed: counted(roll.closed) },
        ledger: bookClosing(ledger, held, { order: executed, closedBefore: roll.closed.executedQty }),
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
