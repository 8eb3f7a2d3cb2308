/**
 * Plans what the rules of a waiting task would do now, on what is kept, and asks the exchange about the orders of these plans, so
 * that its answers are kept when a price makes a rule due. Nothing is decided and nothing is stored.
 */
import { checksForAdvice } from '../../domain/explain/advice.ts';
import { leg1Question } from '../../domain/roll/planning.ts';
import { readForPlan, type ReadingHost } from '../task/effects.ts';
import type { TaskActor, TaskSurroundings } from '../task/task-actor.ts';

/** What the tasks of an account share, as far as a rehearsal uses it. */
export type RehearsalSurroundings = Pick<
  TaskSurroundings,
  'account' | 'market' | 'clock' | 'calendar' | 'feesOf'
>;

/** @throws Retryable | Terminal when something cannot be read */
export async function rehearse(
  { context }: Pick<TaskActor, 'context'>,
  { account, market, clock, calendar, feesOf }: RehearsalSurroundings,
): Promise<void> {
  const host: ReadingHost = {
    account,
    market,
    clock,
    calendar,
    feesOf: (baseCoin) => feesOf?.(baseCoin) ?? null,
    mayRest: context.spec.rules.some(({ execution }) => execution.style === 'rest'),
    needs: { closed: 'nothing', askedAnew: { ticker: false, quotes: false }, isFirstOpening: false },
    wantedChecks: (reading) => checksForAdvice({ context, trade: undefined }, reading, clock.nowMs()),
  };
  await readForPlan(leg1Question(context), host);
}
