/**
 * Logs the turns that changed something: one line for each step of a task, with the event that caused it and the order
 * it is about, and one for each alert. Turns within a step are logged at level debug.
 */
import type { Logger } from 'pino';
import { isZero } from '../../domain/money.ts';
import { alertText } from '../../domain/explain/alert-text.ts';
import { executedQty } from '../../domain/orders/order-progress.ts';
import type { OrderTag } from '../../domain/roll/task-phase.ts';
import { isStructure, openLegs } from '../../domain/rules/structure.ts';
import { logCritical } from '../critical.ts';
import type { FinishedTurn, TaskActor, WorkedOrder } from './task-actor.ts';

/** The step of each task that was logged last. */
const lastSteps = new WeakMap<TaskActor, string>();

/** Logs a finished turn; one without a record is not logged. @param account its name, for people */
export function logTurn(
  { log, account }: { readonly log: Logger; readonly account: string },
  task: TaskActor,
  { turn, record }: FinishedTurn,
): void {
  if (!record || log.level === 'silent') return;
  const { held, roll } = task.context;
  const symbol = isStructure(task.context)
    ? openLegs(task.context)
        .map((leg) => leg.symbol)
        .join(', ')
    : held.symbol;
  const fields = { taskId: task.taskId, account, symbol, rollId: roll?.rollId };
  const { order } = task;
  const event = eventName(turn.stimulus?.event ?? {});
  const step = order ? `${record.state}: ${orderText(order)}` : record.state;
  const isNews = lastSteps.get(task) !== step;
  lastSteps.set(task, step);
  const { linkId, price } = order?.context ?? {};
  const details = { state: record.state, event, version: task.version, order: linkId, price };
  log[isNews ? 'info' : 'debug']({ ...fields, ...details }, `${step} (${event})`);
  for (const alert of turn.alerts) {
    const { severity } = alert;
    const text = alertText(alert);
    if (severity === 'critical') logCritical(log, fields, text);
    else log[severity === 'warning' ? 'warn' : 'info'](fields, text);
  }
}

/** What an order does, in words. */
const orderSteps = {
  submitting: 'is sent',
  delayed: 'waits to be sent again',
  working: 'works',
  cancelling: 'is cancelled',
  searching: 'is looked up',
  over: 'is over',
} as const satisfies Readonly<Record<OrderTag, string>>;
const orderTags = Object.keys(orderSteps) as OrderTag[];

function orderText(order: WorkedOrder): string {
  const { linkId, side, qty, symbol, price, progress } = order.context;
  const executed = executedQty(progress);
  const filled = isZero(executed) ? '' : `, ${executed} filled`;
  const tag = orderTags.find((each) => order.hasTag(each)) ?? 'working';
  return `${side} ${qty} ${symbol} at ${price} ${orderSteps[tag]}${filled} (${linkId})`;
}

/** The type of an event, e.g. `PRICE`; for an effect that has ended its name, e.g. `planning done`. */
function eventName(event: object): string {
  const type = 'type' in event ? String(event.type) : '';
  const done = /^xstate\.(done|error)\.actor\.(?:\d+\.)?(?:roll\.|order\.)?(.*)$/.exec(type);
  return done ? `${done[2]?.split('.').at(-1) ?? ''} ${done[1] ?? ''}` : type;
}
