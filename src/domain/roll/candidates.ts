/** What a roll could go to now, each judged as if it were the target: for people who look at a preview. */
import type { MarketReading } from '../orders/outcomes.ts';
import type { Destination } from '../rules/destinations.ts';
import { rankTargets, type Preference } from '../rules/targets.ts';
import { mayTakeItsPlace } from './leg2-plan.ts';
import {
  closingsOf,
  destinationsOf,
  judgeOrders,
  leavingFor,
  listedIn,
  movingTurns,
  openingsOf,
  problemIn,
  refusalAmong,
  type PlanningTask,
} from './roll-orders.ts';
import type { RollReason } from './roll-reasons.ts';

export interface JudgedCandidate {
  readonly symbol: string;
  /** Why the roll could not go there now; `null` when it could. */
  readonly problem: RollReason | null;
  /** Of the wanted one, the preference that decided for it. */
  readonly decidedBy: Preference | null;
}

/**
 * The wanted option and what could take its place, best first, each judged as if it were the target; of a structure the
 * wanted options alone, judged together.
 */
export function judgeCandidates(
  task: PlanningTask,
  reading: MarketReading,
  nowMs: number,
): readonly JudgedCandidate[] {
  const { action } = task.terms;
  const at = { reading, nowMs };
  const moving = movingTurns(task, at);
  if (action.kind === 'close' || moving === null) return [];
  const where = destinationsOf(moving, action, at);
  if (where.kind === 'refused') return [];
  const judge = (of: readonly Destination[]): RollReason | null => {
    const leaving = leavingFor(closingsOf(moving, at), of);
    const orders = { closings: leaving.map(({ order }) => order), openings: openingsOf(leaving, at) };
    const judged = judgeOrders(leaving, orders, reading);
    return problemIn(orders.openings) ?? refusalAmong(judged?.verdicts ?? []);
  };
  const [only, ...others] = where.of;
  if (!only || others.length > 0 || moving.length > 1) {
    const problem = judge(where.of);
    return where.of.map(({ option, decidedBy }) => ({
      symbol: option.instrument.symbol,
      problem,
      decidedBy,
    }));
  }
  const wanted = only.option.instrument;
  const replacing = { task, wanted, chain: reading.chain };
  return rankTargets(only.held, wanted, reading.chain).flatMap((symbol, rank) => {
    const isFit = symbol === wanted.symbol || mayTakeItsPlace(replacing, symbol);
    const option = isFit ? listedIn(reading, symbol) : undefined;
    const decidedBy = rank === 0 ? only.decidedBy : null;
    return option ? [{ symbol, problem: judge([{ ...only, option }]), decidedBy }] : [];
  });
}
