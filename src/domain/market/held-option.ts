/** What a task manages, and the premium that was received (or paid) for it. */
import { decimal, isZero, toText, type DecimalString } from '../money.ts';
import type { Option } from './option.ts';
import type { Side } from './order.ts';

/** Our part of the account's position in one option. */
export interface HeldPosition {
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
}

/** The option as the exchange listed it when the task got it: from then on its symbol is never read. */
export interface HeldOption extends HeldPosition, Option {
  /** Value at which the whole quantity was opened, in settle coin, before fees; a total, so that it is exact. */
  readonly premium: DecimalString;
  /** Index price when a roll opened it, or when its task took it in; absent where no quote showed it. */
  readonly indexAtOpening?: DecimalString;
  /** Its name among the legs of a structure; absent in a task of one option. */
  readonly leg?: string;
  /** The farthest strike that this leg of a structure has ever had, in the direction in which it rolls. */
  readonly farthestStrike?: DecimalString;
}

/** Average price of one unit; 0 of nothing. */
export const entryPrice = ({ premium, qty }: HeldOption): DecimalString =>
  isZero(qty) ? '0' : toText(decimal(premium).dividedBy(qty));
