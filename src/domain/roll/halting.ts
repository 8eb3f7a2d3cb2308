/**
 * What a halt makes of a roll that is under way: one that has closed nothing is broken off, one that has closed something
 * opens what is missing and then waits. No order of leg 1 is sent meanwhile. A question that stands is
 * withdrawn. Any other task between rolls is not told of a halt: no price reaches it.
 */
import { isStructure } from '../rules/structure.ts';
import { canBreakOff } from './asked-trade.ts';
import type { RollEvent } from './events.ts';
import { canGoBack } from './leg2.ts';
import { noteReason } from './reasons.ts';
import { hasClosed, isNaked, type Roll } from './roll.ts';
import type { RollContext } from './roll-context.ts';

type Rolling = Pick<RollContext, 'roll' | 'wish'>;

/** A roll is under way that was not halted yet. */
export const canBeHalted = ({ roll }: Pick<RollContext, 'roll'>): boolean =>
  roll !== null && roll.isHalted === undefined;

/** A roll is under way that was halted. */
export const isHalted = ({ roll }: Pick<RollContext, 'roll'>): boolean => roll?.isHalted === true;

/** What is closed is open again, and the rest has to wait until nothing halts it. A person's wish is done all the same. */
export const mustWait = ({ roll, wish }: Rolling): boolean =>
  isHalted({ roll }) && wish === null && !isNaked(roll);

/**
 * Some legs of a structure are closed and others are not: to be whole again without an order of leg 1, what was closed is
 * opened again.
 */
export const mustGoBack = (context: RollContext): boolean =>
  isHalted(context) &&
  context.wish === null &&
  isStructure(context) &&
  hasClosed(context.roll) &&
  isNaked(context.roll) &&
  canGoBack(context);

/** Notes the halt with the roll, and why it was broken off if it is. */
export function haltRoll(context: RollContext, event: RollEvent): Partial<RollContext> {
  const { roll, reasons } = context;
  if (roll === null || event.type !== 'HALTED') return {};
  const isBrokenOff = canBreakOff(context);
  const reason = { kind: 'halted', code: 'halted', figures: event.halt, atMs: event.atMs };
  return {
    roll: { ...roll, isHalted: true, isBrokenOff: roll.isBrokenOff || isBrokenOff },
    ...(isBrokenOff && { reasons: noteReason(reasons, reason) }),
  };
}

/** A roll that waits goes on; one that was broken off ends all the same, and the next price begins another. */
export function liftHalt({ roll }: RollContext): Partial<RollContext> {
  return roll === null ? {} : { roll: withoutHalt(roll) };
}

function withoutHalt({ isHalted: _, ...roll }: Roll): Roll {
  return roll;
}
