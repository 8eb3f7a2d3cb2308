/** How much of each option a trade closes and opens, computed once more from what the rule, or the person, says. */
import { decimal, isPositive, multiply, toText } from '../../../src/domain/money.ts';
import type { HeldOption } from '../../../src/domain/market/held-option.ts';
import { movesOf, type Roll, type RollSummary } from '../../../src/domain/roll/roll.ts';
import type { RollContext } from '../../../src/domain/roll/roll-context.ts';
import type { Portion, TradeAction } from '../../../src/domain/rules/rule.ts';
import { legsOf, openLegs } from '../../../src/domain/rules/structure.ts';

/** Of every option of the simulation. */
const qtyStep = '0.01';

export interface WantedLeg {
  readonly fromSymbol: string;
  readonly closed: string;
  readonly opened: string;
  /** A leg of a structure may stay where it is when others roll. */
  readonly mustMove: boolean;
}

/** Every leg that may be traded; `null` where nothing allows what was done. */
export function wantedOf(
  roll: Roll,
  summary: RollSummary,
  context: RollContext,
): readonly WantedLeg[] | null {
  const { spec, others } = context;
  const rule = roll.asked === null ? spec.rules[roll.rule ?? -1] : null;
  const action: TradeAction | null =
    roll.asked?.action ?? (rule && rule.then.kind !== 'alert' ? rule.then : null);
  if (action === null) return null;
  const legs = others === undefined ? [context.held] : chosen(action, summary, context);
  const mayClose = rule?.guards.whenRefused === 'close';
  const wanted = legs.map((held) => wantedOfLeg(held, { roll, summary, context, action, mayClose }));
  return wanted.some((leg) => leg === null) ? null : wanted.filter((leg) => leg !== null);
}

interface Traded {
  readonly roll: Roll;
  readonly summary: RollSummary;
  readonly context: RollContext;
  readonly action: TradeAction;
  readonly mayClose: boolean;
}

function wantedOfLeg(held: HeldOption, traded: Traded): WantedLeg | null {
  const { roll, summary, context, action, mayClose } = traded;
  const { compensated, toSymbol } = summary;
  const { symbol: fromSymbol, qty } = held;
  // What went back to the old option may have closed a part of it only.
  const move = movesOf(roll).find((each) => each.fromSymbol === fromSymbol);
  // What opened first has closed again what it had opened.
  const closedQty = (roll.opensFirst ? move?.opened : move?.closed)?.executedQty ?? '0';
  if (compensated) return { fromSymbol, closed: closedQty, opened: closedQty, mustMove: false };
  if (action.kind === 'close') {
    // Half of the least quantity is nothing.
    const closed = portionOf(qty, action.qty);
    return toSymbol === null ? { fromSymbol, closed, opened: '0', mustMove: isPositive(closed) } : null;
  }
  if (toSymbol === null) return mayClose ? { fromSymbol, closed: qty, opened: '0', mustMove: true } : null;
  const opened = portionOf(qty, action.qty, action.scale[context.rollsDone]);
  return { fromSymbol, closed: qty, opened, mustMove: false };
}

/** Of a side, the one that was traded: which of them was tested, only prices say. */
function chosen({ legs }: TradeAction, summary: RollSummary, task: RollContext): readonly HeldOption[] {
  const open = openLegs(task);
  if (legs === undefined) return open;
  if (typeof legs !== 'string') return open.filter(({ leg = '' }) => legs.includes(leg));
  const first = legsOf(task).find(({ symbol }) => symbol === summary.fromSymbol);
  return open.filter(({ optionType }) => optionType === first?.optionType);
}

/** On the grid of the options, rounded down. */
function portionOf(of: string, portion: Portion, scale = '1'): string {
  const wanted = portion.kind === 'share' ? multiply(of, portion.share) : portion.qty;
  const scaled = decimal(wanted).times(scale);
  if (scaled.greaterThanOrEqualTo(of)) return of;
  return toText(scaled.dividedBy(qtyStep).floor().times(qtyStep));
}
