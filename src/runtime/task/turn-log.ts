/**
 * What the log says of a turn that changed something: one line for each step of a task, with the event that caused it and
 * the order it is about, and the alerts. Turns within a step are for whoever debugs.
 */
import type { Logger } from 'pino';
import { isZero } from '../../domain/money.ts';
import { alertText } from '../../domain/explain/alert-text.ts';
import { executedQty } from '../../domain/orders/order-progress.ts';
import { logCritical } from '../critical.ts';
import type { FinishedTurn, TaskActor, WorkedOrder } from './task-actor.ts';

/** What the log said last of each task. */
const lastSteps = new WeakMap<TaskActor, string>();

export function logTurn(log: Logger, task: TaskActor, { turn, record }: FinishedTurn, account: string): void {
  if (!record || log.level === 'silent') return;
  const { held, roll } = task.context;
  const fields = { taskId: task.taskId, account, symbol: held.symbol, rollId: roll?.rollId };
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

/** States of an order that are one step to a person. */
const orderSteps: Readonly<Record<string, string>> = {
  submitting: 'is sent',
  delaying: 'waits to be sent again',
  retrying: 'waits to be sent again',
  pricing: 'waits to be sent again',
  cancelling: 'is cancelled',
  awaitingEnd: 'is cancelled',
  verifying: 'is over',
  settled: 'is over',
  resolving: 'is looked up',
};

function orderText({ state, context }: WorkedOrder): string {
  const { linkId, side, qty, symbol, price, progress } = context;
  const executed = executedQty(progress);
  const filled = isZero(executed) ? '' : `, ${executed} filled`;
  return `${side} ${qty} ${symbol} at ${price} ${orderSteps[state.split('.')[0] ?? ''] ?? 'works'}${filled} (${linkId})`;
}

/** `PRICE`; of an effect that has ended, what it was: `planning done`. */
function eventName(event: object): string {
  const type = 'type' in event ? String(event.type) : '';
  const done = /^xstate\.(done|error)\.actor\.(?:\d+\.)?(?:roll\.|order\.)?(.*)$/.exec(type);
  return done ? `${done[2]?.split('.').at(-1) ?? ''} ${done[1] ?? ''}` : type;
}
