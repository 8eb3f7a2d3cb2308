/** What a task waits for that does not come by itself, and what is known of the order in its way, for people. */
import type { Sentences } from '../reason.ts';
import type { KnownOrder, Resolution, StuckFigures } from '../roll/resolution.ts';
import { questionText } from './approval-text.ts';
import { durationText } from './duration-text.ts';
import { reasonText, reasonTextOrNothing } from './reason-text.ts';
import { standingText } from './standing-text.ts';

const stuck: Sentences<StuckFigures> = {
  orderUnknown: ({ linkId, forMs }) =>
    `nothing is known of order ${linkId} for ${durationText(forMs)} now; it is still looked up`,
  leg2NotOpen: ({ qty, symbol }) =>
    `${qty} of ${symbol ?? 'the target'} is missing; it is tried again and again`,
  leg1NotClosed: ({ qty, symbol }) =>
    `${qty} of ${symbol} is open twice, and is to be closed; it is tried again and again`,
  decisionNeeded: ({ reason }) => `a person has to decide: ${reasonTextOrNothing(reason)}`,
  deliveryOverdue: ({ symbol }) => `the delivery of ${symbol} is not on record yet; it is still looked for`,
  approvalWanted: (asked) => `an answer: ${questionText(asked)}`,
  paused: () => 'paused until it is resumed',
};

/** What it waits for, as a clause. */
export const stuckText = ({ code, figures }: NonNullable<Resolution['stuck']>): string =>
  stuck[code](figures as never);

/** What is known of the order, a line each: what it is, what was said of it, what the account shows. */
export function orderLines(order: KnownOrder): readonly string[] {
  const { linkId, side, qty, symbol, price, unknownSinceMs, asOfMs } = order;
  const since =
    unknownSinceMs === null
      ? statusText(order)
      : `what became of it is unknown since ${timeOf(unknownSinceMs)}, for ${durationText(asOfMs - unknownSinceMs)}`;
  return [
    `${linkId}: ${side} ${qty} ${symbol} at ${price}`,
    since,
    ...(unknownSinceMs === null ? [] : evidenceOf(order)),
  ];
}

const statusText = ({ status, executedQty, qty }: KnownOrder): string =>
  status === null ? 'on its way to the exchange' : `${status}, ${executedQty} of ${qty} traded so far`;

function evidenceOf(order: KnownOrder): readonly string[] {
  const { wasTaken, requestFault, lookUps, lookUpFault, positionQtyBefore, positionQtyNow, symbol } = order;
  const { executedQty, word, asOfMs } = order;
  return [
    `the exchange ${wasTaken ? 'took it' : 'has not said that it took it'}${requestFault === null ? '' : `; last it said: ${reasonText(requestFault)}`}`,
    lookUpFault === null
      ? `looked up ${lookUps} times, last at ${timeOf(asOfMs)}: nothing was found${executedQty === '0' ? '' : ` but ${executedQty} traded before`}`
      : `looked up ${lookUps} times, last at ${timeOf(asOfMs)}: ${reasonText(lookUpFault)}`,
    positionQtyNow === null
      ? `the account held ${positionQtyBefore} ${symbol} before it; what it holds now is not known`
      : `the account held ${positionQtyBefore} ${symbol} before it, and holds ${positionQtyNow} now`,
    ...(word === null ? [] : ['what was said of it is being compared with the exchange']),
  ];
}

/** What is closed, open and missing of the roll; `null` between rolls. */
export const rollLine = ({ standing, nakedSinceMs, twiceSinceMs, order }: Resolution): string | null => {
  if (standing === null) return null;
  const sinceMs = nakedSinceMs ?? twiceSinceMs;
  const since = sinceMs === null ? '' : `, since ${timeOf(sinceMs)}`;
  const isUntouched = standing.closedQty === '0' && standing.opened === null;
  const nothing = isUntouched ? 'nothing is closed yet' : null;
  return order === null || nothing === null
    ? `${nothing ?? standingText(standing)}${since}`
    : `${nothing}, as far as is known`;
};

const timeOf = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
