/** A roll or a close that a person asks for, and a roll that a person's pause breaks off before anything is closed. */
import type { HeldOption } from '../market/held-option.ts';
import { answered, type Answer } from './answers.ts';
import type { RollEvent } from './events.ts';
import { lockRoll } from './planning.ts';
import { hasBegun } from './roll.ts';
import type { RollContext } from './roll-context.ts';
import { askedFor } from './terms.ts';
import type { Asked } from '../rules/rule.ts';
import { openLegs } from '../rules/structure.ts';

/** @returns `null` when the event asks for no trade, or the task has no rule to roll by */
const askedBy = ({ spec }: Pick<RollContext, 'spec'>, event: RollEvent): Asked | null =>
  event.type === 'TRADE_NOW' ? askedFor(spec.rules, event.trade) : null;

/** No roll is under way, something is held that is not delivered yet, and a rule says how. */
export const canBeAskedFor = (context: RollContext, event: RollEvent): boolean =>
  context.roll === null &&
  'atMs' in event &&
  openLegs(context).every(({ expiryMs }) => event.atMs < expiryMs) &&
  askedBy(context, event) !== null;

/** Begins the trade: from here on its id and version stand. */
export function lockAsked(context: RollContext, event: RollEvent): Partial<RollContext> {
  const asked = askedBy(context, event);
  return asked === null || !('version' in event) ? {} : lockRoll(context, event, asked);
}

/** That the trade has begun. */
export function answerBegins(context: RollContext, event: RollEvent): Answer {
  const { spec } = context;
  const asked = askedBy({ spec }, event);
  const choice = asked?.action.legs;
  const isNamed = ({ leg = '' }: HeldOption): boolean => typeof choice !== 'object' || choice.includes(leg);
  const [first = context.held, ...rest] = openLegs(context).filter(isNamed);
  const others = rest.map(({ symbol, qty }) => ({ symbol, qty }));
  const rule = asked?.action.kind === 'roll' ? (spec.rules[asked.rule]?.name ?? null) : null;
  return answered(event, {
    code: 'begins',
    figures: { symbol: first.symbol, qty: first.qty, ...(others.length > 0 && { others }), rule },
  });
}

/** Nothing was traded yet, as far as is known. */
export const canBreakOff = ({ roll, wish }: Pick<RollContext, 'roll' | 'wish'>): boolean =>
  roll !== null && wish === null && !hasBegun(roll);

/** A person, or a halt, has broken it off, and nothing was closed meanwhile. */
export const isBrokenOff = ({ roll, wish }: Pick<RollContext, 'roll' | 'wish'>): boolean =>
  roll?.isBrokenOff === true && canBreakOff({ roll, wish });

/**
 * Notes that a person pauses the task: a roll that has traded nothing is broken off, and one that still does what a person wanted of
 * it once that is done.
 */
export const wantPause = ({ roll }: RollContext): Partial<RollContext> => ({
  pauseWanted: true,
  ...(roll && { roll: { ...roll, isBrokenOff: !hasBegun(roll) } }),
});

/** Takes the pause back; a roll that was to be broken off goes on, unless trading is halted. */
export const forgetPause = ({ roll }: RollContext): Partial<RollContext> => ({
  pauseWanted: false,
  ...(roll && { roll: { ...roll, isBrokenOff: roll.isBrokenOff && roll.isHalted === true } }),
});
