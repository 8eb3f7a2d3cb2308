/**
 * What a person asks for while a roll is under way: try again now, open the old option again, or stop here and leave it
 * as it is. It is remembered with the task and done as soon as no order of the roll may be alive, so that a leg never has
 * two. An order that stands in the way is ended first; the last wish counts.
 */
import type { RollEmitted, RollEvent } from './events.ts';
import { canGoBack, timeOf } from './leg2.ts';
import { noWayBack } from '../explain/leg2-messages.ts';
import { isPositive } from '../money.ts';
import { hasRest, isNaked, leftToClose, type Roll, type Wish } from './roll.ts';
import type { RollContext } from './roll-context.ts';
import { answered, missing, tell, type Telling } from '../explain/roll-messages.ts';
import type { OrderPlan } from './roll-plan.ts';

type Rolling = Pick<RollContext, 'held' | 'spec' | 'roll' | 'plan' | 'wakeAtMs' | 'wish'>;

const wishes: Partial<Record<RollEvent['type'], Wish>> = {
  RETRY: 'retry',
  REOPEN: 'reopen',
  ACCEPT_FLAT: 'acceptFlat',
};

/** What the event asks for; `null` when that cannot be done. */
export function wishOf(context: Rolling, event: RollEvent): Wish | null {
  const wish = wishes[event.type] ?? null;
  return wish === 'reopen' && problemOfReopening(context, timeOf(event)) !== null ? null : wish;
}

function problemOfReopening(context: Rolling, nowMs: number): string | null {
  const now = { ...context, wakeAtMs: Math.max(context.wakeAtMs, nowMs) };
  if (!isNaked(context.roll) && !isPositive(context.roll?.opened.executedQty ?? '0'))
    return 'nothing of it is closed';
  return canGoBack(now) ? null : noWayBack(context);
}

/** The order that is being worked for the roll, `null` while there is none. */
export const orderUnderWay = ({ plan }: Rolling): OrderPlan | null =>
  plan?.kind === 'order' ? plan.order : null;

/** A try that is under way may go on; for the other wishes its order has to end. */
export const endsOrder = (context: Rolling, event: RollEvent): boolean => {
  const wish = wishOf(context, event);
  return wish !== null && wish !== 'retry' && orderUnderWay(context) !== null;
};

export const isFlatAccepted = ({ wish }: Rolling): boolean => wish === 'acceptFlat';
export const isWantedBack = (context: Rolling): boolean =>
  context.wish === 'reopen' && isNaked(context.roll) && canGoBack(context);

type Answer = Extract<RollEmitted, { type: 'answer' }>;

/** What will happen. */
export function answerTo(context: Rolling, event: RollEvent): Answer {
  const { held, roll } = context;
  const wish = wishOf(context, event);
  if (wish === null || roll === null) {
    const problem = problemOfReopening(context, timeOf(event)) ?? 'no roll is under way';
    return { ...answered(event, `${held.symbol} is not opened again: ${problem}`), status: 'refused' };
  }
  const order = orderUnderWay(context);
  return answered(event, order === null ? nowText(wish, context, roll) : laterText(wish, roll, order));
}

function nowText(wish: Wish, { held }: Rolling, roll: Roll): string {
  if (wish === 'retry') return 'trying again now, as if for the first time';
  if (wish === 'reopen') return `opening ${held.symbol} again`;
  return `left as it is: ${standing(roll)}; the task is over`;
}

function laterText(wish: Wish, roll: Roll, { linkId, symbol, side }: OrderPlan): string {
  if (wish === 'retry')
    return `order ${linkId} is being worked; if it ends short of its quantity, it is tried again at once, as if for the first time`;
  const ending = `order ${linkId} to ${side} ${symbol} is ended first`;
  return wish === 'reopen'
    ? `${ending}; if it has opened nothing by then, ${roll.fromSymbol} is opened again, else the rest follows at ${symbol}`
    : `${ending}; what it has traded by then stays, and the task is over unless that completes the roll`;
}

/** The task is over, because a person wants it left as it is. */
export const leftAsItIs = ({ held, roll }: Rolling): Telling =>
  tell(
    'warning',
    `The task on ${held.symbol} is over, left as it is because a person wants so${roll === null ? '' : `: ${standing(roll)}`}.`,
  );

/** A person wanted the old option back, and the order that stood in the way has opened a part of the new one. */
export const cameTooLate = (context: Rolling): Telling | null =>
  context.wish === 'reopen' && !isWantedBack(context)
    ? tell('warning', `${context.held.symbol} is not opened again: ${noWayBack(context)}. The roll goes on.`)
    : null;

/** Where everything is, for people. */
function standing(roll: Roll): string {
  const parts = [
    hasRest(roll) ? `${leftToClose(roll)} ${roll.fromSymbol} still held` : '',
    isPositive(roll.opened.executedQty)
      ? `${roll.opened.executedQty} ${roll.compensating ? roll.fromSymbol : (roll.toSymbol ?? '')} opened`
      : '',
    isNaked(roll) ? missing(roll) : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? `${roll.closed.executedQty} ${roll.fromSymbol} closed` : parts.join(', ');
}
