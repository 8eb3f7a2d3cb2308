/** Every sentence the saga says to its owner: alerts and answers to commands, with the values that matter. */
import type { Alert } from '../alert.ts';
import type { OrderInDoubt, OrderUnresolved, RollEvent } from '../roll/events.ts';
import { averagePrice, type OrderOutcome } from '../orders/order-progress.ts';
import { isPositive, isZero, type DecimalString } from '../money.ts';
import { opposite } from '../market/order.ts';
import type { HeldOption } from '../market/held-option.ts';
import type { Ledger } from '../roll/ledger.ts';
import type { Reason } from '../roll/reasons.ts';
import { leftToClose, leftToOpen, type Roll, type RollSummary } from '../roll/roll.ts';
import { reasonOf, type LegPlan } from '../roll/roll-plan.ts';
import { describeTarget } from '../rules/targets.ts';
import type { TaskSpec } from '../spec/task-spec.ts';

export interface TellingTask {
  readonly spec: TaskSpec;
  readonly held: HeldOption;
  readonly roll: Roll | null;
  readonly lastRoll: RollSummary | null;
  readonly rollsDone: number;
  readonly plan: LegPlan | null;
  readonly ledger: Ledger;
}

export type Telling = { readonly type: 'alert' } & Alert;

export const tell = (severity: Alert['severity'], text: string): Telling => ({
  type: 'alert',
  severity,
  text,
});

export function answered(event: object, text: string) {
  const commandId = 'commandId' in event ? String(event.commandId) : '';
  return { type: 'answer', commandId, status: 'done', text } as const;
}

export const pausesLater = (event: object) =>
  answered(event, 'a roll is under way; the task pauses when it has ended');

export const notRolled = ({ held, spec, plan }: TellingTask): Telling =>
  tell(
    'info',
    `Not rolled: ${held.symbol} ${describeTarget(spec.target)}: ${reasonOf({ plan })}. Nothing was changed.`,
  );

export function leg1Closed({ held, roll }: TellingTask): Telling {
  if (!roll) return tell('info', 'leg 1 closed');
  const { executedQty, value } = roll.closed;
  const price = averagePrice(value, executedQty);
  return tell(
    'info',
    `Leg 1 of ${roll.rollId}: ${opposite(held.side)} ${executedQty} ${held.symbol} at ${price}; opening the new option next.`,
  );
}

export const leg1Partial = ({ held, roll, plan }: TellingTask): Telling =>
  tell(
    'warning',
    `Roll ${roll?.rollId ?? ''}: ${roll ? leftToClose(roll) : ''} of ${roll?.qty ?? ''} ${held.symbol} is not closed yet: ${reasonOf({ plan })}. Trying again.`,
  );

/** What the trader's position lacks now, and since which closing. */
export const missing = (roll: Roll | null): string =>
  roll === null
    ? ''
    : `${leftToOpen(roll)} of ${roll.compensating ? roll.fromSymbol : (roll.toSymbol ?? 'the target')} is missing (closed ${roll.closed.executedQty} ${roll.fromSymbol})`;

export function rolled({ lastRoll }: TellingTask): Telling {
  if (!lastRoll) return tell('info', 'rolled');
  const { fromSymbol, toSymbol, qty, netCredit, fee, nextTrigger, compensated } = lastRoll;
  if (toSymbol === null)
    return tell(
      'info',
      `Closed ${qty} ${fromSymbol}: ${isPositive(netCredit) ? 'received' : 'paid'} ${netCredit.replace('-', '')}, fees ${fee}. The task is over.`,
    );
  return compensated
    ? tell(
        'warning',
        `Roll ${lastRoll.rollId} was taken back: ${qty} ${toSymbol} is open again. Result ${netCredit}, fees ${fee}.`,
      )
    : tell(
        'info',
        `Rolled ${qty} from ${fromSymbol} to ${toSymbol}: net credit ${netCredit}, fees ${fee}; next trigger ${nextTrigger}.`,
      );
}

export const closedByOwner = ({ held }: TellingTask, event: RollEvent): Telling => {
  const side = event.type === 'POSITION_SEEN' ? event.side : null;
  const found = side === null ? 'nothing is left' : `the account holds ${side} now`;
  return tell(
    'warning',
    `The task on ${held.symbol} is over: ${held.qty} was closed by its owner, ${found}.`,
  );
};

/** @param event says what is there now; the task knows what was */
export const changedByOwner = ({ held }: TellingTask, event: RollEvent): Telling =>
  tell(
    'warning',
    `The position in ${held.symbol} was changed by its owner: the task cares for ${event.type === 'POSITION_SEEN' ? event.qty : '?'} now, before for ${held.qty}.`,
  );

export const grownText = ({ symbol, qty }: HeldOption, found: DecimalString): string =>
  `the account holds ${found} ${symbol}, of which the task cares for ${qty}, as before`;

export const grown = ({ held }: TellingTask, event: RollEvent): Telling =>
  tell(
    'info',
    `More than was entrusted: ${grownText(held, event.type === 'POSITION_SEEN' ? event.qty : '')}.`,
  );

export const foundSmaller = ({ held, plan }: TellingTask): Telling =>
  tell(
    'warning',
    `The position in ${held.symbol} was changed by its owner: ${reasonOf({ plan })}. It cares for the rest.`,
  );

export function delivered({ held, ledger }: TellingTask): Telling {
  const { settlement } = ledger;
  if (settlement === null)
    return tell(
      'warning',
      `The task on ${held.symbol} is over: the option has expired; no delivery of it is on record.`,
    );
  const { qty, deliveryPrice, payout, fee } = settlement;
  const paid = isPositive(payout) ? 'received' : 'paid';
  const worth = isZero(payout) ? 'worthless' : `${paid} ${payout.replace('-', '')}, fee ${fee}`;
  return tell('info', `${qty} ${held.symbol} was delivered at ${deliveryPrice}: ${worth}. The task is over.`);
}

export const overdueDelivery = ({ reasons }: { readonly reasons: readonly Reason[] }): Telling =>
  tell(
    'critical',
    `${reasons[0]?.text ?? 'a delivery is overdue'}. Still looking; please check the exchange.`,
  );

export const positionGone = ({ held, plan }: TellingTask): Telling =>
  tell('warning', `The task on ${held.symbol} is over: ${reasonOf({ plan })}.`);

export const humanNeeded = ({ held, roll, plan }: TellingTask): Telling =>
  tell('critical', `The task on ${held.symbol} needs a person: ${reasonOf({ plan })}. ${half(roll)}.`);

/** What a stopped roll leaves behind. */
function half(roll: Roll | null): string {
  if (roll === null || isZero(roll.closed.executedQty)) return 'Nothing was changed';
  if (isPositive(leftToOpen(roll))) return `Not done: ${missing(roll)}`;
  return `Moved so far: ${roll.opened.executedQty} of ${roll.qty} to ${roll.toSymbol ?? 'the target'}`;
}

export const rollsUsedUp = ({ held, rollsDone }: TellingTask): Telling =>
  tell('info', `The task on ${held.symbol} is over: all ${rollsDone} rolls are used up.`);

export function orderUnresolved({ held }: TellingTask, event: object): Telling {
  const { linkId, forMs, trouble } = event as OrderUnresolved;
  return tell(
    'critical',
    `Order ${linkId} of the task on ${held.symbol} is unresolved for ${Math.floor(forMs / 60_000)} min: ${trouble}. Still looking; please check the exchange.`,
  );
}

export function orderInDoubt({ held }: TellingTask, event: object): Telling {
  const { linkId, said } = event as OrderInDoubt;
  return tell(
    'warning',
    `Whether order ${linkId} of the task on ${held.symbol} was placed is not known: ${said}. It is looked up.`,
  );
}

/** Why a leg's order ended short, for the reason a user reads. */
export const orderEnded = ({ linkId, result, executedQty, reason }: OrderOutcome): string =>
  `order ${linkId} ended ${result}${isPositive(executedQty) ? ` with ${executedQty}` : ''}${reason ? ` (${reason})` : ''}`;
