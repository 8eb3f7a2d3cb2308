/**
 * Rolls that a structure cannot do leg by leg: two of its legs would hold one option, which nobody could tell apart; or a short
 * option would be without its cover between the closing of a long one and its opening, though it has it before and after.
 */
import type { OptionType } from '../market/option.ts';
import { add, compare, larger, subtract, type DecimalString } from '../money.ts';
import { legsOf, openLegs, type Legs } from '../rules/structure.ts';
import type { RollReason } from './roll-reasons.ts';
import type { Leaving } from './roll-orders.ts';

/** What is held of one type: shorts, and longs that cover them. */
interface Held {
  readonly side: 'Buy' | 'Sell';
  readonly qty: DecimalString;
  readonly optionType: OptionType;
}

/** Why the legs cannot be rolled like this; `null` when they can, and in a task of one option. */
export function unfitRoll(task: Legs, leaving: readonly Leaving[]): RollReason | null {
  if (task.others === undefined || leaving.length === 0) return null;
  return meetingLegs(task, leaving) ?? uncoveredShort(task, leaving);
}

/** A leg that is gone keeps its option too: by it the legs are told apart. */
function meetingLegs(task: Legs, leaving: readonly Leaving[]): RollReason | null {
  const symbols = legsOf(task).map(
    (leg) => leaving.find(({ held }) => held === leg)?.to?.option.instrument.symbol ?? leg.symbol,
  );
  const symbol = symbols.find((one, place) => symbols.indexOf(one) !== place);
  return symbol === undefined ? null : { code: 'legsMeet', figures: { symbol } };
}

/** Without these legs a short option would lose its cover. */
export function wouldUncover(task: Legs, leaving: readonly Pick<Leaving, 'held'>[]): boolean {
  if (task.others === undefined) return false;
  const open = openLegs(task);
  const staying = open.filter((leg) => !leaving.some(({ held }) => held === leg));
  return (['call', 'put'] as const).some(
    (type) => compare(uncovered(staying, type), uncovered(open, type)) > 0,
  );
}

/** Shorts are closed first and opened last, so the worst moment is the one at which everything that goes is closed. */
function uncoveredShort(task: Legs, leaving: readonly Leaving[]): RollReason | null {
  const open = openLegs(task);
  const staying = open.filter((leg) => !leaving.some(({ held }) => held === leg));
  const opened = leaving.map(({ held, settled }) => ({ ...held, qty: settled.openQty }));
  for (const optionType of ['call', 'put'] as const) {
    const [before, between, after] = [open, staying, [...staying, ...opened]].map((legs) =>
      uncovered(legs, optionType),
    ) as [DecimalString, DecimalString, DecimalString];
    if (compare(between, larger(before, after)) <= 0) continue;
    const cover = leaving.find(({ held }) => held.side === 'Buy' && held.optionType === optionType);
    if (cover) return { code: 'wouldUncover', figures: { symbol: cover.held.symbol } };
  }
  return null;
}

const uncovered = (legs: readonly Held[], type: OptionType): DecimalString =>
  larger(
    '0',
    legs
      .filter(({ optionType }) => optionType === type)
      .reduce((total, { side, qty }) => (side === 'Sell' ? add(total, qty) : subtract(total, qty)), '0'),
  );
