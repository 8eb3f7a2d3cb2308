/**
 * Compares the new spec of a task with what its account holds and what is listed, as adoption does. The task keeps its
 * position, of a structure each leg under its name, and manages as much of it as the spec says and no other task has.
 */
import type { HeldOption } from '../../domain/market/held-option.ts';
import { isPositive } from '../../domain/money.ts';
import { isStructure, legsOf, type Legs } from '../../domain/rules/structure.ts';
import { parseTaskSpec, type TaskSpec } from '../../domain/spec/task-spec.ts';
import { listsLagMs } from '../../domain/roll/position-evidence.ts';
import { premiumOf } from '../../domain/roll/ledger.ts';
import { rollsAreUsedUp } from '../../domain/roll/roll.ts';
import { keepsTrigger, writtenQty } from '../../domain/roll/spec-in-force.ts';
import type { Rule } from '../../domain/rules/rule.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import {
  fitToAccount,
  refuse,
  refuseIfTrue,
  type AdoptionOptions,
  type FitOptions,
} from './adopt-position.ts';

export interface FittingSpec {
  readonly spec: TaskSpec;
  /** What the task manages with it, in base coin; of a structure of its first leg. */
  readonly qty: string;
  /** Of a structure: by the names of its legs. */
  readonly quantities?: Readonly<Record<string, string>>;
}

export interface EditOptions extends Omit<AdoptionOptions, 'machine'> {
  /** Of the task that is edited; `takenPositions` are those of other tasks. */
  readonly context: RollContext;
}

/**
 * The spec in normal form with the quantity that the task manages under it.
 * @throws BadInput when the spec is wrong or does not fit, or its trigger holds already
 * @throws Retryable | Terminal when the account or the market cannot be read
 */
export async function fitEdit(options: EditOptions): Promise<FittingSpec> {
  const { command, context, market, nowMs } = options;
  const { held, roll, rollsDone, lastRoll } = context;
  const spec = parseTaskSpec(command.payload, market.rules);
  // During a roll the account holds something else. The task will refuse the spec, whatever it says.
  if (roll !== null) return { spec, qty: held.qty };
  refuseOtherOptions(spec, context);
  if (rollsAreUsedUp(spec, rollsDone)) {
    const expected = `more than the ${String(rollsDone)} rolls that the task has done`;
    refuse('guards.rolls.max', String(spec.rollsMax), expected);
  }
  // A list of positions may not show yet what its own roll has traded; the task's fills say what it holds.
  const hasJustTraded = lastRoll !== null && nowMs - lastRoll.endedAtMs < listsLagMs;
  const takesAll = legsOf(context).every((leg) => writtenQty(spec, leg) === 'all');
  const fitting = hasJustTraded && takesAll ? context : await fitToAccount(fitOptionsOf(options));
  const kept = withQuantities(context, fitting);
  // A trigger that stays as it is holds no sooner than before.
  const mayHold = (rule: Rule): boolean => keepsTrigger(context, rule);
  if (!spec.evenIfTrue) await refuseIfTrue(spec, kept, { market, nowMs, mayHold });
  return fittingSpec(spec, kept);
}

const fitOptionsOf = (options: EditOptions): FitOptions => ({
  ...options,
  taskId: options.command.taskId,
  spec: options.command.payload,
  gone: legsOf(options.context).flatMap(({ leg, qty }) =>
    leg === undefined || isPositive(qty) ? [] : [leg],
  ),
});

/** An edit keeps what the task manages: each leg under its name. @throws BadInput */
function refuseOtherOptions(spec: TaskSpec, task: Legs): void {
  const { held } = task;
  if (!isStructure(task)) {
    if (spec.legs) refuse('legs', 'several options', `symbol: ${held.symbol}, which the task manages now`);
    if (spec.symbol !== held.symbol)
      refuse('symbol', spec.symbol, `${held.symbol}, which the task manages now`);
    return;
  }
  const legs = legsOf(task);
  const names = legs.flatMap(({ leg }) => leg ?? []).join(', ');
  if (!spec.legs) return refuse('symbol', spec.symbol, `legs, which the task manages: ${names}`);
  for (const [place, { name, symbol }] of spec.legs.entries()) {
    const leg = legs.find((one) => one.leg === name);
    if (leg === undefined) refuse(`legs.${place}.name`, name, `one of the legs of the task: ${names}`);
    else if (leg.symbol !== symbol)
      refuse(`legs.${place}.symbol`, symbol, `${leg.symbol}, which the task manages as ${name} now`);
  }
  if (spec.legs.length < legs.length)
    refuse('legs', spec.legs.map(({ name }) => name).join(', '), `all legs of the task: ${names}`);
}

/** The legs of the task, each with the quantity of its namesake; one that has none keeps its own. */
function withQuantities({ held, others }: Legs, fitting: Legs): Legs {
  const kept = (leg: HeldOption): HeldOption => {
    const same = legsOf(fitting).find((one) => one.leg === leg.leg);
    return same ? { ...leg, qty: same.qty, premium: premiumOf(leg, same.qty) } : leg;
  };
  return others ? { held: kept(held), others: others.map(kept) } : { held: kept(held) };
}

function fittingSpec(spec: TaskSpec, kept: Legs): FittingSpec {
  const { qty } = kept.held;
  if (!isStructure(kept)) return { spec, qty };
  const quantities = legsOf(kept).flatMap((leg): [string, string][] =>
    leg.leg === undefined ? [] : [[leg.leg, leg.qty]],
  );
  return { spec, qty, quantities: Object.fromEntries(quantities) };
}
