/**
 * Whose turn it is among the legs of a structure: `held`, and what the roll does with it, is the leg that is looked at or
 * traded now. A task of one option is always at its only leg.
 *
 * A roll closes its shorts before its longs and opens its longs before its shorts, so that at no time it risks more than the
 * worse of what it leaves and what it goes to.
 */
import { isPositive } from '../money.ts';
import type { HeldOption } from '../market/held-option.ts';
import { legsOf, type Legs } from '../rules/structure.ts';
import type { TaskSpec } from '../spec/task-spec.ts';
import { leftToClose, leftToOpenOf, movesOf, type Move, type MovedLeg, type Roll } from './roll.ts';

/** The legs, and the moves of a roll in the same order. */
export interface Turning extends Legs {
  readonly roll: Roll | null;
  /** Names the legs in the order in which they are traded where nothing else decides. */
  readonly spec?: TaskSpec;
}

/** Every leg with what the roll does with it. */
export const movedLegs = (task: Legs, roll: Roll): readonly MovedLeg[] => {
  const moves = movesOf(roll);
  return legsOf(task).flatMap((held, place) => {
    const move = moves[place];
    return move ? [{ held, move }] : [];
  });
};

const moveIn = (roll: Roll): Move => ({
  fromSymbol: roll.fromSymbol,
  toSymbol: roll.toSymbol,
  toStrike: roll.toStrike,
  toExpiryMs: roll.toExpiryMs,
  ...(roll.indexAtOpening !== undefined && { indexAtOpening: roll.indexAtOpening }),
  qty: roll.qty,
  openQty: roll.openQty,
  closed: roll.closed,
  opened: roll.opened,
});

/** The roll with the move of another leg in front. */
function withMoves(roll: Roll, [first = moveIn(roll), ...others]: readonly Move[]): Roll {
  const turned: Roll = { ...roll, ...first, others };
  return 'indexAtOpening' in first ? turned : withoutIndex(turned);
}

function withoutIndex({ indexAtOpening: _, ...roll }: Roll): Roll {
  return roll;
}

/** At the place of the one whose turn it is comes the one at this place; the others keep theirs. */
function swapped<Item>(items: readonly Item[], place: number): readonly Item[] {
  const chosen = items[place];
  const [front] = items;
  if (place === 0 || chosen === undefined || front === undefined) return items;
  return items.map((item, at) => (at === 0 ? chosen : at === place ? front : item));
}

/** The turn goes to the leg of this symbol, which a leg that is gone may share; without one the task stays as it is. */
export function turnTo<Task extends Turning>(task: Task, symbol: string): Task {
  if (task.others === undefined) return task;
  const legs = legsOf(task);
  const open = legs.findIndex((leg) => leg.symbol === symbol && isPositive(leg.qty));
  return turnToPlace(task, open >= 0 ? open : legs.findIndex((leg) => leg.symbol === symbol));
}

function turnToPlace<Task extends Turning>(task: Task, place: number): Task {
  if (task.others === undefined || place <= 0) return task;
  const [held = task.held, ...others] = swapped(legsOf(task), place);
  const { roll } = task;
  const moved = roll?.others ? withMoves(roll, swapped([moveIn(roll), ...roll.others], place)) : roll;
  return { ...task, held, others, roll: moved };
}

/** The legs of the task, each with the turn, in the order of the spec where that is known. */
export function everyTurn<Task extends Turning>(task: Task): readonly Task[] {
  const turns = legsOf(task).map((_, place) => turnToPlace(task, place));
  const { spec } = task;
  return spec ? turns.sort((a, b) => placeIn(spec, a.held) - placeIn(spec, b.held)) : turns;
}

const placeIn = ({ legs = [] }: TaskSpec, { leg }: HeldOption): number =>
  legs.findIndex(({ name }) => name === leg);

/** Shorts before longs. */
const closingRank = ({ side }: HeldOption): number => (side === 'Sell' ? 0 : 1);

/** The legs in the order in which they are closed; those that are opened come the other way round. */
export const inClosingOrder = <Item extends { readonly held: HeldOption }>(
  items: readonly Item[],
): readonly Item[] => [...items].sort((a, b) => closingRank(a.held) - closingRank(b.held));
export const inOpeningOrder = <Item extends { readonly held: HeldOption }>(
  items: readonly Item[],
): readonly Item[] => [...items].sort((a, b) => closingRank(b.held) - closingRank(a.held));

/** The next leg to be closed has the turn; as it is when none is. */
export function closingTurn<Task extends Turning>(task: Task): Task {
  if (task.others === undefined || task.roll === null) return task;
  const next = inClosingOrder(everyTurn(task)).find(
    ({ roll }) => roll !== null && isPositive(leftToClose(roll)),
  );
  return next ?? task;
}

/** The next leg to be opened has the turn; as it is when none is. */
export function openingTurn<Task extends Turning>(task: Task): Task {
  if (task.others === undefined || task.roll === null) return task;
  const next = inOpeningOrder(everyTurn(task)).find(
    ({ roll }) => roll !== null && isPositive(leftToOpenOf(roll, roll)),
  );
  return next ?? task;
}

/** The leg whose turn it is, is done; another one is still to be closed. */
export const isNextToClose = (task: Turning): boolean =>
  task.roll !== null &&
  !isPositive(leftToClose(task.roll)) &&
  movesOf(task.roll).some((move) => isPositive(leftToClose(move)));

/** The leg whose turn it is, is done; another one is still to be opened. */
export function isNextToOpen({ roll }: Turning): boolean {
  if (roll === null || isPositive(leftToOpenOf(roll, roll))) return false;
  return movesOf(roll).some((move) => isPositive(leftToOpenOf(roll, move)));
}

/** The legs stand in the order of the spec again. */
export function inOrderOfSpec<Task extends Legs & { readonly spec: TaskSpec }>(task: Task): Task {
  const { others, spec } = task;
  if (others === undefined || !spec.legs) return task;
  const [held = task.held, ...rest] = [...legsOf(task)].sort((a, b) => placeIn(spec, a) - placeIn(spec, b));
  return { ...task, held, others: rest };
}
