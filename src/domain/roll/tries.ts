/** How the tries of a leg are counted, and when the next one comes: a new leg and a new round begin from 0. */
import { refusesNewly } from '../orders/refused-options.ts';
import { notBeforeMsOf, type LegPlan } from './leg-plan.ts';
import { backOffAfter } from './roll.ts';
import type { RollContext } from './roll-context.ts';

/** Another leg of a structure has its turn: failures are counted from 0, and news of it are reported again. */
export const beginNextLeg = ({ roll }: RollContext): Partial<RollContext> =>
  roll === null
    ? {}
    : {
        roll: {
          ...roll,
          failures: 0,
          failedTries: 0,
          nakedInterval: roll.nakedInterval && { ...roll.nakedInterval, reported: [] },
        },
      };

/** Closes the rest of the old option in another round, with failures counted from 0. */
export const startNextRound = ({ roll }: RollContext): Partial<RollContext> =>
  roll === null ? {} : { roll: { ...roll, round: roll.round + 1, failures: 0, failedTries: 0 } };

/** An outage uses up no try, nor does a delivery that is not on record yet. */
const countsAsTry = (plan: LegPlan | null): boolean =>
  plan?.kind !== 'unread' && plan?.kind !== 'unsure' && plan?.kind !== 'expired';

/** An option that cannot be traded says nothing of its neighbours: the next best is tried at once. */
export function countFailure({ roll, plan, wakeAtMs }: RollContext): Partial<RollContext> {
  if (roll === null) return {};
  const goesElsewhere = plan?.kind === 'refused' && plan.refusal === 'symbol' && refusesNewly(roll);
  const failures = roll.failures + 1;
  const failedTries = roll.failedTries + (countsAsTry(plan) ? 1 : 0);
  const nextTryMs = Math.max(
    wakeAtMs + (goesElsewhere ? 0 : backOffAfter(failures)),
    notBeforeMsOf({ plan }),
  );
  return { roll: { ...roll, failures, failedTries }, wakeAtMs: nextTryMs };
}
