/** What the saga reports to its owner, as codes with the figures that matter; leg2-alerts.ts has those between the legs. */
import type { Alert } from '../alert.ts';
import type { HeldOption } from '../market/held-option.ts';
import type { Side } from '../market/order.ts';
import { opposite } from '../market/order.ts';
import { isPositive, type DecimalString } from '../money.ts';
import { averagePrice } from '../orders/order-progress.ts';
import type { Cause } from '../orders/outcomes.ts';
import type { Unresolved } from '../orders/unknown-outcome.ts';
import type { Reason, ReasonOf } from '../reason.ts';
import type { RuleState } from '../rules/judging.ts';
import { isStructure, legsOf, openLegs, type Legs } from '../rules/structure.ts';
import type { Trigger } from '../rules/triggers.ts';
import { leftDoubled } from './both-held.ts';
import type { AnswerNotUnderstood, OrderUnresolved, RollEvent } from './events.ts';
import type { Ledger } from './ledger.ts';
import {
  hasBegun,
  leftToClose,
  missingOf,
  rollsAreUsedUp,
  type Missing,
  type MoveSummary,
  type Roll,
  type RollSummary,
} from './roll.ts';
import { stoppedOut, stopSeen } from './stop-alerts.ts';
import { stopIn } from './stopped-out.ts';
import { movedLegs } from './turns.ts';
import type { NotedReason } from './reasons.ts';
import { reasonOf, type LegPlan } from './leg-plan.ts';
import type { SettledLeg } from './roll-context.ts';
import type { TaskSpec } from '../spec/task-spec.ts';

/** What a stopped roll leaves behind. */
export type Leftover =
  | { readonly kind: 'nothingChanged' }
  | { readonly kind: 'missing'; readonly missing: Missing }
  | {
      readonly kind: 'twice';
      readonly qty: DecimalString;
      readonly symbol: string;
      readonly toSymbol: string;
    }
  | {
      readonly kind: 'moved';
      readonly qty: DecimalString;
      readonly ofQty: DecimalString;
      readonly toSymbol: string | null;
    };

interface LegQty {
  readonly symbol: string;
  readonly qty: DecimalString;
}

interface ClosedLeg extends LegQty {
  readonly side: Side;
  readonly averagePrice: DecimalString;
}

interface RolledLeg {
  readonly fromSymbol: string;
  readonly toSymbol: string;
  readonly closedQty: DecimalString;
  readonly qty: DecimalString;
}

/** Quantities in base coin, money in settle coin. */
export interface RollAlertFigures {
  readonly notRolled: {
    readonly symbol: string;
    readonly reason: Reason | null;
  };
  readonly leg1Closed: ClosedLeg & {
    readonly rollId: string;
    /** The other legs of a structure. */
    readonly others?: readonly ClosedLeg[];
  };
  readonly leg1HasRest: {
    readonly rollId: string;
    readonly symbol: string;
    readonly leftQty: DecimalString;
    readonly qty: DecimalString;
    readonly reason: Reason | null;
  };
  readonly rolled: RolledLeg & {
    readonly others?: readonly RolledLeg[];
    readonly netCredit: DecimalString;
    readonly fee: DecimalString;
    readonly nextTrigger: Trigger;
  };
  readonly takenBack: LegQty & {
    readonly rollId: string;
    readonly others?: readonly LegQty[];
    readonly netCredit: DecimalString;
    readonly fee: DecimalString;
  };
  readonly closedByRule: LegQty & {
    /** Of the option, still held: it was only reduced. */
    readonly leftQty: DecimalString;
    readonly others?: readonly LegQty[];
    /** Legs of a structure that are still held. */
    readonly stays?: readonly LegQty[];
    readonly netCredit: DecimalString;
    readonly fee: DecimalString;
  };
  readonly closedByOwner: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly foundSide: Side | null;
    /** Legs of the structure that the task goes on with; absent when it is over. */
    readonly goesOnWith?: readonly string[];
  };
  readonly changedByOwner: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly foundQty: DecimalString;
  };
  readonly grown: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly foundQty: DecimalString;
  };
  readonly foundSmaller: { readonly symbol: string; readonly reason: Reason | null };
  readonly delivered: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly deliveryPrice: DecimalString;
    readonly payout: DecimalString;
    readonly fee: DecimalString;
    readonly goesOnWith?: readonly string[];
  };
  readonly expiredWithoutRecord: { readonly symbol: string; readonly goesOnWith?: readonly string[] };
  readonly deliveryDelayed: { readonly reason: Reason | null };
  readonly positionGone: {
    readonly symbol: string;
    readonly reason: Reason | null;
    readonly goesOnWith?: readonly string[];
  };
  readonly personNeeded: {
    readonly symbol: string;
    readonly reason: Reason | null;
    readonly leftover: Leftover;
  };
  readonly rollsUsedUp: { readonly symbol: string; readonly rolls: number };
  readonly orderUnresolved: {
    readonly linkId: string;
    readonly symbol: string;
    readonly forMs: number;
    readonly reason: Unresolved;
  };
  readonly answerNotUnderstood: {
    readonly linkId: string;
    readonly symbol: string;
    readonly cause: Cause;
  };
}

export interface AlertingTask extends Legs {
  readonly spec: TaskSpec;
  readonly settledLeg?: SettledLeg | null;
  readonly roll: Roll | null;
  readonly lastRoll: RollSummary | null;
  readonly rollsDone: number;
  readonly rules: readonly RuleState[];
  readonly plan: LegPlan | null;
  readonly ledger: Ledger;
}

/** As a machine emits it. */
export type EmittedAlert = { readonly type: 'alert' } & Alert;

/** The alert as the chart emits it: severity, code and figures. */
export const emitAlert = (severity: Alert['severity'], { code, figures }: Reason): EmittedAlert => ({
  type: 'alert',
  severity,
  code,
  figures,
});

const alert = (severity: Alert['severity'], reason: ReasonOf<RollAlertFigures>): EmittedAlert =>
  emitAlert(severity, reason);

/** A trigger fired and there is no roll, with the reason. */
export const notRolled = ({ held, plan }: AlertingTask): EmittedAlert =>
  alert('info', {
    code: 'notRolled',
    figures: { symbol: held.symbol, reason: reasonOf({ plan }) },
  });

/** The old option is closed, in whole or in part, of a structure every leg that is rolled. */
export function leg1Closed({ roll, ...task }: AlertingTask): EmittedAlert {
  if (roll === null) throw new Error(`no roll of ${task.held.symbol} is under way`);
  const legs = movedLegs(task, roll).filter(({ move }) => isPositive(move.closed.executedQty));
  const [first, ...others] = legs.map(({ held, move }) => {
    const { executedQty: qty, value } = move.closed;
    return { side: opposite(held.side), qty, symbol: held.symbol, averagePrice: averagePrice(value, qty) };
  });
  if (!first) throw new Error(`${roll.rollId} has closed nothing`);
  const figures = { rollId: roll.rollId, ...first, ...(others.length > 0 && { others }) };
  return alert('info', { code: 'leg1Closed', figures });
}

/** A part of the old option is still open, with the reason. */
export const leg1HasRest = ({ held, roll, plan }: AlertingTask): EmittedAlert =>
  alert('warning', {
    code: 'leg1HasRest',
    figures: {
      rollId: roll?.rollId ?? '',
      symbol: held.symbol,
      leftQty: roll ? leftToClose(roll) : '0',
      qty: roll?.qty ?? '0',
      reason: reasonOf({ plan }),
    },
  });

/** How a roll ended: closed by its rule, taken back, or rolled. */
export function rollResult(task: AlertingTask): EmittedAlert {
  const { held, lastRoll } = task;
  if (!lastRoll) throw new Error(`the task on ${held.symbol} has no roll that ended`);
  const { rollId, netCredit, fee, nextTrigger, compensated, leftQty, others = [] } = lastRoll;
  const money = { netCredit, fee };
  const toSymbol = lastRoll.toSymbol ?? lastRoll.fromSymbol;
  if (lastRoll.toSymbol === null) {
    const closed = { symbol: lastRoll.fromSymbol, qty: lastRoll.qty };
    const also = others.map(({ fromSymbol, qty }) => ({ symbol: fromSymbol, qty }));
    const stays = isStructure(task) ? openLegs(task).map(({ symbol, qty }) => ({ symbol, qty })) : [];
    const figures = { ...closed, leftQty, ...money, ...listed({ others: also, stays }) };
    return alert('info', { code: 'closedByRule', figures });
  }
  if (compensated) {
    const also = others.map(({ fromSymbol, qty }) => ({ symbol: fromSymbol, qty }));
    const figures = { rollId, symbol: toSymbol, qty: lastRoll.qty, ...money, ...listed({ others: also }) };
    return alert('warning', { code: 'takenBack', figures });
  }
  const figures = {
    ...rolledLeg(lastRoll),
    ...money,
    nextTrigger,
    ...listed({ others: others.map(rolledLeg) }),
  };
  return alert('info', { code: 'rolled', figures });
}

const rolledLeg = ({ fromSymbol, toSymbol, closed, qty }: MoveSummary): RolledLeg => ({
  fromSymbol,
  toSymbol: toSymbol ?? fromSymbol,
  closedQty: closed.executedQty,
  qty,
});

/** Only the lists in which something is. */
const listed = <Lists extends Readonly<Record<string, readonly object[]>>>(lists: Lists): Partial<Lists> =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<Lists>;

/** The leg of a structure that the event is about; of one option that. */
const legOf = (task: AlertingTask, event: RollEvent): HeldOption =>
  (event.type === 'POSITION_SEEN' && legsOf(task).find(({ symbol }) => symbol === event.symbol)) || task.held;

/** Names of the legs that are held, without the one that is about to be given up. */
function goesOnWith(task: AlertingTask, gone?: HeldOption): { readonly goesOnWith?: readonly string[] } {
  if (!isStructure(task)) return {};
  const names = openLegs(task).flatMap((leg) => (leg === gone || leg.leg === undefined ? [] : [leg.leg]));
  return names.length === 0 ? {} : { goesOnWith: names };
}

/** @param event the position as two lists showed it */
export function closedByOwner(task: AlertingTask, event: RollEvent): EmittedAlert {
  const leg = legOf(task, event);
  const stop = stopSeen(event);
  if (stop) return stoppedOut(stop, { symbol: leg.symbol, ...goesOnWith(task, leg) });
  const foundSide = event.type === 'POSITION_SEEN' ? event.side : null;
  const figures = { symbol: leg.symbol, qty: leg.qty, foundSide, ...goesOnWith(task, leg) };
  return alert('warning', { code: 'closedByOwner', figures });
}

/** @param event the position as two lists showed it */
const foundIn = (task: AlertingTask, event: RollEvent): RollAlertFigures['grown'] => {
  const { symbol, qty } = legOf(task, event);
  return { symbol, qty, foundQty: event.type === 'POSITION_SEEN' ? event.qty : '0' };
};

/** @param event the position as two lists showed it */
export function changedByOwner(task: AlertingTask, event: RollEvent): EmittedAlert {
  const figures = foundIn(task, event);
  const stop = stopSeen(event);
  return stop
    ? stoppedOut(stop, { symbol: figures.symbol, leftQty: figures.foundQty })
    : alert('warning', { code: 'changedByOwner', figures });
}

/** @param event the position as two lists showed it */
export const grown = (task: AlertingTask, event: RollEvent): EmittedAlert =>
  alert('info', { code: 'grown', figures: foundIn(task, event) });

/** The account holds less than the task manages. */
export function foundSmaller({ held: { symbol }, plan }: AlertingTask): EmittedAlert {
  const stop = stopIn(plan);
  return stop && plan?.kind === 'mismatch'
    ? stoppedOut(stop, { symbol, leftQty: plan.found.qty })
    : alert('warning', { code: 'foundSmaller', figures: { symbol, reason: reasonOf({ plan }) } });
}

/** The option was delivered and settled, or has expired without a record of it. */
export function delivered(task: AlertingTask): EmittedAlert {
  const { held, ledger, settledLeg } = task;
  const symbol = settledLeg?.symbol ?? held.symbol;
  const rest = goesOnWith(task);
  const settlement = settledLeg?.isOnRecord === false ? null : ledger.settlement;
  if (settlement === null)
    return alert('warning', { code: 'expiredWithoutRecord', figures: { symbol, ...rest } });
  const { qty, deliveryPrice, payout, fee } = settlement;
  return alert('info', { code: 'delivered', figures: { symbol, qty, deliveryPrice, payout, fee, ...rest } });
}

/** The delivery is overdue, with what the exchange shows of the option. */
export const deliveryDelayed = ({
  reasons: [last],
}: {
  readonly reasons: readonly NotedReason[];
}): EmittedAlert =>
  alert('critical', {
    code: 'deliveryDelayed',
    figures: { reason: last ? { code: last.code, figures: last.figures } : null },
  });

/** The position is no longer in the account: the task is over, or goes on with the other legs of its structure. */
export function positionGone(task: AlertingTask): EmittedAlert {
  const stop = stopIn(task.plan);
  if (stop) return stoppedOut(stop, { symbol: task.held.symbol, ...goesOnWith(task, task.held) });
  const figures = { symbol: task.held.symbol, reason: reasonOf(task), ...goesOnWith(task, task.held) };
  return alert('warning', { code: 'positionGone', figures });
}

/** The roll cannot continue by itself, and what it leaves behind. */
export const personNeeded = ({ held: { symbol }, roll, plan }: AlertingTask): EmittedAlert =>
  alert('critical', {
    code: 'personNeeded',
    figures: { symbol, reason: reasonOf({ plan }), leftover: leftoverOf(roll) },
  });

function leftoverOf(roll: Roll | null): Leftover {
  if (roll === null || !hasBegun(roll)) return { kind: 'nothingChanged' };
  const missing = missingOf(roll);
  if (isPositive(missing.qty) || missing.others) return { kind: 'missing', missing };
  const { opened, qty, toSymbol, fromSymbol } = roll;
  const twice = leftDoubled(roll);
  if (isPositive(twice)) return { kind: 'twice', qty: twice, symbol: fromSymbol, toSymbol: toSymbol ?? '' };
  return { kind: 'moved', qty: opened.executedQty, ofQty: qty, toSymbol };
}

/** The task has rolled as often as it may, and is over. */
export function rollsUsedUp({ spec, held: { symbol }, rollsDone, rules }: AlertingTask): EmittedAlert {
  const byRules = rules.reduce((total, rule) => total + rule.rollsDone, 0);
  const rolls = rollsAreUsedUp(spec, rollsDone) ? rollsDone : byRules;
  return alert('info', { code: 'rollsUsedUp', figures: { symbol, rolls } });
}

/** The outcome of an order is unknown, or it outlives its cancellation, and for how long. */
export function orderUnresolved({ held: { symbol } }: AlertingTask, event: OrderUnresolved): EmittedAlert {
  const { linkId, forMs, reason } = event;
  return alert('critical', { code: 'orderUnresolved', figures: { linkId, symbol, forMs, reason } });
}

/** The exchange gave an answer that is in no table. */
export function answerNotUnderstood(
  { held: { symbol } }: AlertingTask,
  { linkId, cause }: AnswerNotUnderstood,
): EmittedAlert {
  return alert('warning', { code: 'answerNotUnderstood', figures: { linkId, symbol, cause } });
}
