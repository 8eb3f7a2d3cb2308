/** What each leg of a roll can be traded at right now: bought at the ask, sold at the bid. */
import type { Quote, Side } from '../market/order.ts';
import type { DecimalString } from '../money.ts';

type Touches = Pick<Quote, 'bid' | 'ask'>;

/** At which a position of this side is closed; `null` when that side of the book is not quoted. */
export const closingTouch = (side: Side, { bid, ask }: Touches): DecimalString | null =>
  side === 'Sell' ? ask : bid;

/** At which a position of this side is opened; `null` when that side of the book is not quoted. */
export const openingTouch = (side: Side, { bid, ask }: Touches): DecimalString | null =>
  side === 'Sell' ? bid : ask;
