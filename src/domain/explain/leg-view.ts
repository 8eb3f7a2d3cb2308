/** The legs of a structure as people see them: what each is called, what of it is held now, and when that is delivered. */
import type { HeldOption } from '../market/held-option.ts';
import { legsOf, type Legs } from '../rules/structure.ts';
import type { TaskSpec } from '../spec/task-spec.ts';

export interface LegView {
  readonly name: string;
  /** `null` until a daemon has adopted the position, where the spec does not say it. */
  readonly side: 'long' | 'short' | null;
  /** In base coin: 0 of a leg that is gone, or that is closed in the middle of a roll; may be `all` before the adoption. */
  readonly qty: string;
  readonly symbol: string;
  /** At which the whole quantity was opened, in settle coin, before fees; absent until a daemon has adopted the position. */
  readonly premium?: string;
  /** When the option is delivered, ms; `null` where that is not known. */
  readonly expiryMs: number | null;
}

/**
 * In the order of the spec; in the middle of a roll a leg may be there twice, with a part of the old option and one of the new.
 * @param holdings of the task, at this moment
 * @returns `null` for a task of one option
 */
export function legViewsOf(
  task: Legs & { readonly spec: Pick<TaskSpec, 'legs'> },
  holdings: readonly HeldOption[],
): readonly LegView[] | null {
  if (task.others === undefined) return null;
  const all = legsOf(task);
  const named = task.spec.legs?.flatMap(({ name }) => all.find(({ leg }) => leg === name) ?? []);
  return (named ?? all).flatMap((leg) => {
    const parts = holdings.filter((held) => held.leg === leg.leg);
    return parts.length === 0 ? [viewOf({ ...leg, qty: '0', premium: '0' })] : parts.map(viewOf);
  });
}

const viewOf = ({ leg, side, qty, symbol, premium, expiryMs }: HeldOption): LegView => ({
  name: leg ?? symbol,
  side: side === 'Sell' ? 'short' : 'long',
  qty,
  symbol,
  premium,
  expiryMs,
});
