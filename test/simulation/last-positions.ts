/** The end of a simulated world: no roll is under way any more, and the exchange has the positions that the tasks manage. */
import { bybitRules } from '../../src/exchange/bybit/rules.ts';
import { add, isZero, subtract } from '../../src/domain/money.ts';
import { holdingsOf } from '../../src/domain/roll/holdings.ts';
import type { CommandAnswer } from '../../src/ports/inbox.ts';
import { contextOf } from './audit/stored-turn.ts';
import type { TradeAudit } from './audit/trade-audit.ts';
import { legsPlanned, type EpisodePlan } from './plan.ts';
import type { SimDatabase } from './world/database.ts';
import type { SimExchange } from './world/exchange.ts';

export interface LastWorld {
  readonly database: SimDatabase;
  readonly exchange: SimExchange;
  readonly plan: EpisodePlan;
  readonly trades: TradeAudit;
  /** Tasks whose rolls were under way when the daemons were asked to stop, or had ended just before. */
  readonly rollsToTheEnd: ReadonlySet<string>;
  readonly violate: (text: string) => void;
}

export function checkPositions({
  database,
  exchange,
  plan,
  trades,
  rollsToTheEnd,
  violate,
}: LastWorld): void {
  const isDelivered = (key: string): boolean =>
    (bybitRules.namedDeliveryMs(key.split(' ')[1] ?? '') ?? Infinity) <= exchange.nowMs();
  const expected = new Map([...trades.leftBehind].filter(([key, qty]) => !isZero(qty) && !isDelivered(key)));
  for (const { accountId, taskId, state, snapshotJson } of database.tasks()) {
    const waits = state === 'ROLL_INITIATED.halted' && database.bounds.halts(accountId).length > 0;
    const hasEnded = waits || /^(IDLE|PAUSED|FAILED|COMPLETED)/.test(state);
    if (!hasEnded) violate(`the roll of task ${taskId} does not end: ${state}`);
    // What a task that is over has left may be another one's by now.
    const holdings = state === 'COMPLETED' ? [] : holdingsOf(contextOf(snapshotJson));
    for (const { symbol, qty, expiryMs } of holdings) {
      // What rolls until the end, or waits for a person in the middle of it, does not notice what becomes of its other legs.
      const isBlind = state.startsWith('FAILED') || rollsToTheEnd.has(taskId);
      // Its owner may have closed it shortly before: the task looks for the delivery for hours then.
      const isSettling = /^IDLE\.(settling|awaitingSettlement)/.test(state);
      if ((isBlind || isSettling) && expiryMs <= exchange.nowMs()) continue;
      const key = `${accountId} ${symbol}`;
      const left = isBlind ? subtract(qty, trades.takenOf(taskId, symbol)) : qty;
      expected.set(key, add(expected.get(key) ?? '0', left));
    }
  }
  const added = new Set(database.tasks().map(({ taskId }) => taskId));
  for (const task of plan.tasks.filter(({ taskId }) => !added.has(taskId))) {
    if (!isRightlyRefused(database.answerToAdding(task.taskId)))
      violate(
        `task ${task.taskId} was asked for and is not there: ${database.answerToAdding(task.taskId)?.text ?? 'no answer'}`,
      );
    // Nothing was done with what it was to manage.
    for (const { symbol, qty } of legsPlanned(task)) {
      const key = `${task.accountId} ${symbol}`;
      expected.set(key, add(expected.get(key) ?? '0', qty));
    }
  }
  const found = new Map<string, string>();
  for (const { accountId } of plan.accounts)
    for (const { symbol, qty } of Object.values(exchange.account(accountId).state.positions))
      found.set(`${accountId} ${symbol}`, qty);
  for (const key of new Set([...expected.keys(), ...found.keys()]))
    if ((expected.get(key) ?? '0') !== (found.get(key) ?? '0'))
      violate(
        `position ${key}: the exchange has ${found.get(key) ?? '0'}, the tasks manage ${expected.get(key) ?? '0'}`,
      );
}

/** An answer that was lost may have let another task roll into the option meanwhile. */
const isRightlyRefused = (answer: CommandAnswer | undefined): boolean =>
  answer?.status === 'refused' && answer.text.includes('an option that nothing moves');
